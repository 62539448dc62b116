//! Builds chains out of digests: links, gaps, breaks, forks, and the hours each stretch stands for.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::integrity::chain::ChainBuilder;
use crate::integrity::chain::DigestChain;
use crate::integrity::chain::MissingDigest;
use crate::integrity::chain::in_range;
use crate::integrity::digests::GivenDigest;
use crate::integrity::links::Target;
use crate::integrity::links::target;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::report::ReportTime;
use crate::integrity::sha256::Sha256;
use crate::integrity::verdict::Reason;
use crate::trail::arrange::arrange;
use crate::trail::digest::Place;
use crate::trail::ids::ChainId;
use crate::trail::ids::ChainKind;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;
use crate::trail::time::HOUR;
use crate::trail::time::Timestamp;

impl ChainBuilder<'_, '_> {
    /// The digests of each chain, in the order of the chains' names: those that are not disproven, and the others.
    pub(crate) fn grouped(&self) -> BTreeMap<&ChainId, (Vec<usize>, Vec<usize>)> {
        let mut grouped: BTreeMap<&ChainId, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (index, given) in self.digests.all.iter().enumerate() {
            let Some(chain) = given.chain.as_ref().filter(|_| !self.displaced.contains(&index)) else { continue };
            let (members, disproven) = grouped.entry(chain).or_default();
            if self.is_disproven(index) { disproven.push(index) } else { members.push(index) }
        }
        for damaged in self.damaged {
            if let Some(name) = &damaged.name {
                grouped.entry(&name.chain).or_default();
            }
        }
        grouped
    }

    /// One chain, and what is odd about it.
    pub(crate) fn build(&self, id: &ChainId, members: Vec<usize>, disproven: &[usize], findings: &mut Vec<Finding>) -> DigestChain {
        let everyone: Vec<_> = members.iter().chain(disproven).filter_map(|index| self.digests.get(*index)).collect();
        let organization = everyone.iter().find_map(|given| given.digest.organization());
        let oldest = match id.kind {
            ChainKind::Hourly => everyone.iter().map(|given| given.digest.end).min(),
            ChainKind::Backfill => self.first_backfill(&members),
        };
        let mut chain = DigestChain { id: id.clone(), organization, members, stretches: Vec::new(), gaps: Vec::new(), missing: Vec::new() };
        self.check_links(&mut chain, oldest, findings);
        self.lay_out(&mut chain, disproven, findings);
        if id.kind == ChainKind::Hourly {
            self.walk(&chain, findings);
        }
        chain
    }

    /// Backfill digests follow each other as they are made, whatever hours they are of: the oldest is the one whose predecessor is not
    /// given. `None` where that is for certain not outside of what was given: the starting digest is there too.
    fn first_backfill(&self, members: &[usize]) -> Option<Timestamp> {
        let all = || members.iter().filter_map(|index| self.digests.get(*index));
        if all().any(|given| given.digest.previous.is_none()) {
            return Some(Timestamp(i64::MIN));
        }
        all().filter(|given| target(self, given) == Target::Absent).map(|given| given.digest.end).min()
    }

    /// Where each link leads: forks, links that do not fit, digests that are named and not there.
    fn check_links(&self, chain: &mut DigestChain, oldest: Option<Timestamp>, findings: &mut Vec<Finding>) {
        let mut named: HashMap<&Place, usize> = HashMap::new();
        for index in &chain.members {
            let Some(given) = self.digests.get(*index) else { continue };
            let Some(previous) = &given.digest.previous else { continue };
            if let Some(other) = named.insert(&previous.place, *index).and_then(|other| self.digests.get(other)) {
                let message = format!(
                    "Two digests say that they follow the same one, so the chain forks: one of them is not CloudTrail's. {} and {}",
                    other.digest.place.key, given.digest.place.key
                );
                findings.push(Finding {
                    code: FindingCode::Fork,
                    subject: chain.id.to_string(),
                    message,
                    start: Some(ReportTime(given.digest.start.min(other.digest.start))),
                    end: Some(ReportTime(given.digest.end.max(other.digest.end))),
                });
            }
            match target(self, given) {
                Target::Fits(_) => {}
                Target::Disproven => findings.extend(self.only_proof_differs(*index, given, &previous.place)),
                Target::Differs(_, what) => findings.push(link_mismatch(given, what)),
                Target::Absent => {
                    if self.is_proven(*index) && self.is_asked_for(given, oldest) {
                        chain.missing.push(missing_digest(given, &previous.place));
                    }
                }
            }
        }
        arrange(&mut chain.missing, |a, b| (a.end, &a.place).cmp(&(b.end, &b.place)));
        chain.missing.dedup_by(|a, b| a.place == b.place);
        chain.missing.retain(|missing| in_range(self.asked, missing.end));
    }

    /// A predecessor that only this digest's link disproves: told on both. Where a signature disproves it too, its own verdict says all.
    fn only_proof_differs(&self, index: usize, given: &GivenDigest<'_>, place: &Place) -> Option<Finding> {
        let by_link = |there: &usize| self.verdicts.get(*there).is_some_and(|verdict| verdict.judged.reason == Some(Reason::LinkMismatch));
        let there = self.digests.at(place).iter().copied().find(by_link).filter(|_| self.is_proven(index))?;
        let hash = given.digest.previous.as_ref()?.hash.as_deref().and_then(Sha256::parse);
        let fits = self.digests.get(there).map(|found| found.content) == hash;
        Some(link_mismatch(given, if fits { "signature" } else { "hash" }))
    }

    /// The predecessor of the oldest digest given lies outside what was asked, unless the start reaches before it.
    fn is_asked_for(&self, given: &GivenDigest<'_>, oldest: Option<Timestamp>) -> bool {
        oldest.is_some_and(|oldest| oldest < given.digest.end) || self.asked.start.is_some_and(|start| start < given.digest.start)
    }

    fn is_proven(&self, index: usize) -> bool {
        self.verdicts.get(index).is_some_and(|verdict| verdict.proof.is_some())
    }
}

fn missing_digest(successor: &GivenDigest<'_>, place: &Place) -> MissingDigest {
    let (start, end) = match ObjectKey::parse(&place.key).kind {
        KeyKind::Digest(name) => (name.end.plus(-HOUR), name.end),
        _ => (successor.digest.start.plus(-HOUR), successor.digest.start),
    };
    MissingDigest { place: place.clone(), start, end }
}

fn link_mismatch(given: &GivenDigest<'_>, what: &str) -> Finding {
    let message = format!(
        "This digest states another {what} for the digest before it than that digest has: one of the two is not as CloudTrail left it. {}",
        given.digest.place.key
    );
    Finding {
        code: FindingCode::LinkMismatch,
        subject: given.digest.place.key.clone(),
        message,
        start: Some(ReportTime(given.digest.start)),
        end: Some(ReportTime(given.digest.end)),
    }
}
