//! One chain: its digests in a row, and what stands for each stretch of its time.

use std::collections::HashSet;

use crate::integrity::damaged::Damaged;
use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digests::Digests;
use crate::integrity::evidence::Evidence;
use crate::integrity::judgement::Asked;
use crate::integrity::report::GapRow;
use crate::integrity::verdict::Verdict;
use crate::trail::digest::Place;
use crate::trail::ids::ChainId;
use crate::trail::time::HOUR;
use crate::trail::time::Timestamp;

/// One chain, oldest digest first.
#[derive(Debug)]
pub(crate) struct DigestChain {
    pub(crate) id: ChainId,
    pub(crate) organization: Option<String>,
    /// Digests that are not disproven, by their windows.
    pub(crate) members: Vec<usize>,
    pub(crate) stretches: Vec<Stretch>,
    pub(crate) gaps: Vec<GapRow>,
    pub(crate) missing: Vec<MissingDigest>,
}

/// A stretch of the chain's time and what stands there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) holds: Holds,
}

/// What stands for a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Digest(usize),
    /// A disproven digest; readable or not.
    Disproven(Option<usize>),
    /// A file at a digest's place that could not be read.
    Unread,
    Missing,
    Nothing,
}

/// A digest that a proven one names and that is not among the files.
#[derive(Clone, Debug)]
pub(crate) struct MissingDigest {
    pub(crate) place: Place,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
}

/// What all chains are built from.
pub(crate) struct ChainBuilder<'j, 'a> {
    pub(crate) evidence: &'j Evidence,
    pub(crate) digests: &'j Digests<'a>,
    pub(crate) verdicts: &'j [DigestVerdict<'a>],
    pub(crate) damaged: &'j [Damaged<'a>],
    /// The names under which those lie.
    pub(crate) damaged_names: &'j HashSet<&'a str>,
    /// Digests that lie only at others' places.
    pub(crate) displaced: &'j HashSet<usize>,
    pub(crate) asked: &'j Asked,
}

impl ChainBuilder<'_, '_> {
    pub(crate) fn is_disproven(&self, index: usize) -> bool {
        self.verdicts.get(index).is_some_and(|verdict| verdict.judged.verdict == Verdict::Invalid)
    }
}

/// The AWS CLI's rule: listed are digests whose stamp is not before the start and not an hour after the end.
pub(crate) fn in_range(asked: &Asked, end: Timestamp) -> bool {
    asked.start.is_none_or(|start| start <= end) && asked.end.is_none_or(|last| end <= last.plus(HOUR))
}
