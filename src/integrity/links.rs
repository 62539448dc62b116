//! Where a digest's link to its predecessor leads, and the walk along a chain's links.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::integrity::chain::ChainBuilder;
use crate::integrity::chain::DigestChain;
use crate::integrity::digests::Answer;
use crate::integrity::digests::GivenDigest;
use crate::integrity::digests::answer;
use crate::integrity::evidence::unpacked;
use crate::integrity::location::base_of;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::report::ReportTime;
use crate::integrity::sha256::Sha256;
use crate::trail::digest::PreviousDigest;

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The digest it names, as it names it.
    Fits(usize),
    /// A digest is there; this of it is not as the link states.
    Differs(Option<usize>, &'static str),
    /// What is there is disproven already.
    Disproven,
    /// Nothing is there.
    Absent,
}

/// Where this digest's link leads; `Absent` too where it has none.
pub(crate) fn target(builder: &ChainBuilder<'_, '_>, given: &GivenDigest<'_>) -> Target {
    let Some(previous) = &given.digest.previous else { return Target::Absent };
    let hash = previous.hash.as_deref().and_then(Sha256::parse);
    let there: Vec<usize> =
        builder.digests.at(&previous.place).iter().copied().filter(|index| !builder.displaced.contains(index)).collect();
    let fitting = there.iter().copied().find(|index| builder.digests.get(*index).map(|found| found.content) == hash && hash.is_some());
    let sound = |index: &usize| !builder.is_disproven(*index);
    match (fitting, there.iter().copied().find(|index| sound(index))) {
        (Some(index), _) if builder.is_disproven(index) => Target::Disproven,
        (Some(index), _) => check_signature(builder, previous, index),
        (None, Some(index)) => Target::Differs(Some(index), "hash"),
        (None, None) if !there.is_empty() || builder.damaged_names.contains(unpacked(base_of(&previous.place.key))) => Target::Disproven,
        (None, None) => match hash.and_then(|hash| builder.digests.with_content(hash)).filter(|index| !builder.displaced.contains(index)) {
            Some(index) => Target::Differs(Some(index), "place"),
            None => Target::Absent,
        },
    }
}

fn check_signature(builder: &ChainBuilder<'_, '_>, previous: &PreviousDigest, index: usize) -> Target {
    let Some(found) = builder.digests.get(index) else { return Target::Absent };
    let fails = match previous.signature.as_deref() {
        None => true,
        Some(signature) => matches!(answer(builder.evidence, found, signature), Answer::Fails | Answer::Malformed),
    };
    if fails { Target::Differs(Some(index), "signature") } else { Target::Fits(index) }
}

impl ChainBuilder<'_, '_> {
    /// Follows the links from the newest digest back; what is never reached is off the chain.
    pub(crate) fn walk(&self, chain: &DigestChain, findings: &mut Vec<Finding>) {
        let order: HashMap<usize, usize> = chain.members.iter().enumerate().map(|(place, index)| (*index, place)).collect();
        let mut visited = HashSet::new();
        let mut next = chain.members.last().copied();
        let mut older = chain.members.len();
        while let Some(current) = next {
            visited.insert(current);
            let Some(given) = self.digests.get(current) else { break };
            let linked = match target(self, given) {
                Target::Fits(index) | Target::Differs(Some(index), _) if order.contains_key(&index) => Some(index),
                _ => None,
            };
            if let Some(index) = linked.filter(|index| order.get(index) >= order.get(&current)) {
                findings.push(self.cycle(current, index));
            }
            next = linked.filter(|index| !visited.contains(index));
            if next.is_none() {
                // A segment begins here; the one before it is the newest digest that ends before this one starts.
                older = older.min(order.get(&current).copied().unwrap_or_default());
                while let Some(place) = older.checked_sub(1) {
                    older = place;
                    let candidate = chain.members.get(place).copied();
                    let ends = candidate.and_then(|index| self.digests.get(index)).map(|found| found.digest.end);
                    if ends.is_some_and(|end| end <= given.digest.start || given.digest.previous.is_none())
                        && candidate.is_some_and(|index| !visited.contains(&index))
                    {
                        next = candidate;
                        break;
                    }
                }
            }
        }
        for index in chain.members.iter().filter(|index| !visited.contains(*index) && !self.forks(chain, **index)) {
            findings.extend(self.orphan(*index));
        }
    }

    /// Whether another digest of the chain follows the same one; that is told as a fork.
    fn forks(&self, chain: &DigestChain, index: usize) -> bool {
        let Some(previous) = self.digests.get(index).and_then(|given| given.digest.previous.as_ref()) else { return false };
        self.digests.naming(&previous.place).iter().any(|other| *other != index && chain.members.binary_search(other).is_ok())
    }

    fn cycle(&self, from: usize, to: usize) -> Finding {
        let key = |index| self.digests.get(index).map(|given| given.digest.place.key.clone()).unwrap_or_default();
        let message = format!(
            "This digest names one as its predecessor that is not older, so the chain runs in a circle; CloudTrail never writes that. {} names {}",
            key(from),
            key(to)
        );
        Finding { code: FindingCode::Cycle, subject: key(from), message, start: None, end: None }
    }

    fn orphan(&self, index: usize) -> Option<Finding> {
        let given = self.digests.get(index)?;
        let message = format!(
            "No digest of its chain leads to this one, although digests of its time are linked without it: it may have been put there. {}",
            given.digest.place.key
        );
        Some(Finding {
            code: FindingCode::Orphan,
            subject: given.digest.place.key.clone(),
            message,
            start: Some(ReportTime(given.digest.start)),
            end: Some(ReportTime(given.digest.end)),
        })
    }
}
