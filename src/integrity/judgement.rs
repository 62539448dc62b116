//! What was asked, and all that is answered: verdicts by file, the report, the hours covered, what is still lacking.

use std::borrow::Cow;

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::pack::PackScope;
use crate::integrity::report::VerdictReport;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::NotValid;
use crate::integrity::verdict::Reason;
use crate::trail::digest::Place;
use crate::trail::ids::ChainId;
use crate::trail::ids::FileId;
use crate::trail::time::Timestamp;

/// What is to be judged, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// From when; `None`: from the oldest digest given.
    pub start: Option<Timestamp>,
    /// Until when; `None`: until the newest digest given.
    pub end: Option<Timestamp>,
    /// Whether the container counts too.
    pub strictness: Strictness,
    /// Whether more evidence is on its way.
    pub stage: Stage,
    /// Whether evidence packs may narrow what is asked.
    pub packs: PackScope,
}

/// Whether only content counts, or the container too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strictness {
    /// Content decides, the container is remarked.
    #[default]
    Content,
    /// As strict as the AWS CLI: some remarks make a file invalid.
    Strict,
}

/// Whether more evidence is on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// What is not yet settled is `Pending`.
    Arriving,
    /// Final words.
    #[default]
    Settled,
    /// Final words on what was read: of what was opened some was not, since somebody ended the reading.
    CutShort,
}

impl Stage {
    /// What must be known to whoever reads that files were not found.
    #[must_use]
    pub fn caveat(self) -> Option<&'static str> {
        let caveat = "Reading was ended early: of what was opened some was not read, and a file that was not found may be among that.";
        (self == Self::CutShort).then_some(caveat)
    }

    /// The verdict on a file that a proven digest names and that was not found.
    pub(crate) fn missing(self, message: impl Into<Cow<'static, str>>) -> Judged {
        let mut message = message.into();
        if self == Self::CutShort {
            message.to_mut().push_str(
                " Reading was ended early: it may be among what was opened and not read, so that this does not show that it is gone.",
            );
        }
        Judged::not_valid(NotValid::Missing, Reason::NotFound, message)
    }
}

/// All that follows from the evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// By `FileId`; `None` for files that get no verdict.
    pub files: Vec<Option<Judged>>,
    /// The document of verdicts.
    pub report: VerdictReport,
    /// Every chain's hours.
    pub coverage: Vec<ChainCoverage>,
    /// What is proven, assumed, not proven; in plain sentences.
    pub claims: Claims,
    /// What would settle what is still open.
    pub lacking: Vec<Lacking>,
    /// Of which stage all this is.
    pub stage: Stage,
}

/// One chain's hours, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainCoverage {
    /// The chain.
    pub chain: ChainId,
    /// Its windows, oldest first.
    pub windows: Vec<Window>,
}

/// One stretch of a chain's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Where it starts.
    pub start: Timestamp,
    /// Where it ends.
    pub end: Timestamp,
    /// What is known of it.
    pub state: WindowState,
    /// The digest's file, where there is one.
    pub digest: Option<FileId>,
    /// How many logs its digest lists.
    pub logs: u32,
    /// How many of them are invalid, missing or unreadable.
    pub bad: u32,
    /// How many of them were left out of an evidence pack on purpose.
    pub left_out: u32,
    /// Its digest names the digest of the window before it, by place and by content.
    pub linked: bool,
}

/// What is known of a stretch of a chain's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowState {
    /// The digest is valid and so is every log it lists.
    Proven,
    /// The digest is valid and says that nothing was delivered.
    ProvenEmpty,
    /// The digest is valid; logs of it were left out of the evidence pack, those that are there are valid.
    LeftOut,
    /// The digest is not proven.
    Unproven,
    /// The digest is disproven.
    Invalid,
    /// The digest is valid; a log of it is invalid, missing or unreadable.
    InvalidInside,
    /// A valid digest names a digest for this time that is not among the files.
    Missing,
    /// No digest speaks for this time.
    Gap,
}

/// What is proven, assumed and not proven; sentences an auditor could sign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Follows from signatures.
    pub proven: Vec<String>,
    /// Taken on trust.
    pub assumed: Vec<String>,
    /// Not shown by this evidence.
    pub not_proven: Vec<String>,
}

/// What one chain still lacks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lacking {
    /// The signature of this digest: its S3 metadata, or the digest after it.
    Signature {
        /// The chain.
        chain: ChainId,
        /// The digest.
        digest: Place,
    },
    /// The key of a CloudTrail Lake query's sign file.
    LakeKey {
        /// The Region that the sign file names.
        region: String,
        /// The key's fingerprint.
        fingerprint: String,
        /// When the query was done: the AWS CLI asks for the keys of the 20 days from then on.
        completed: Option<Timestamp>,
    },
    /// A key.
    Key {
        /// The chain.
        chain: ChainId,
        /// The key's fingerprint.
        fingerprint: String,
        /// From when on digests were signed with it, as far as their windows say.
        from: Timestamp,
        /// Until when; `None` where nobody knows: a backfill digest is signed long after the hour that it is of.
        until: Option<Timestamp>,
    },
}
