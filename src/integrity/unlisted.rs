//! Logs that no digest lists: where their stamp falls in the chains of their account and Region, read kindly.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::integrity::chain::DigestChain;
use crate::integrity::chain::Holds;
use crate::integrity::chain::Stretch;
use crate::integrity::digests::Digests;
use crate::integrity::evidence::GivenFile;
use crate::integrity::location::base_of;
use crate::integrity::log_verdict::ROUNDING;
use crate::integrity::report::GapCause;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::NotValid;
use crate::integrity::verdict::Reason;
use crate::trail::arrange::arrange;
use crate::trail::ids::ChainKind;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::LogName;
use crate::trail::time::HOUR;
use crate::trail::time::Timestamp;

/// The time that the chains of each account and Region speak for.
#[derive(Debug, Default)]
pub(crate) struct Calendar<'a> {
    chains: HashMap<(&'a str, &'a str), Vec<Hours>>,
    /// Kinds of logs (`CloudTrail-Insight`, …) that digests of an account and Region list at all.
    listed_kinds: HashSet<(&'a str, &'a str, &'a str)>,
}

/// One chain's time: stretches that touch are one.
#[derive(Debug)]
struct Hours {
    covered: Vec<(Timestamp, Timestamp)>,
    /// When the trail stood still: it delivered nothing then.
    stopped: Vec<(Timestamp, Timestamp)>,
}

impl<'a> Calendar<'a> {
    pub(crate) fn of(chains: &'a [DigestChain], digests: &Digests<'a>, unlisted: &[&GivenFile]) -> Self {
        let mut calendar = Self::default();
        let of_other_kinds = unlisted.iter().any(|file| kind_of(file.name.base()) != Some(PLAIN));
        for chain in chains.iter().filter(|chain| chain.id.kind == ChainKind::Hourly && !chain.members.is_empty()) {
            let spoken = chain.stretches.iter().filter(|stretch| matches!(stretch.holds, Holds::Digest(_)));
            let stops = chain.gaps.iter().filter(|gap| gap.cause == GapCause::Stopped);
            let hours = Hours { covered: join(spoken), stopped: stops.map(|gap| (gap.start.0, gap.end.0)).collect() };
            calendar.chains.entry((&chain.id.account, &chain.id.region)).or_default().push(hours);
            for given in chain.members.iter().filter_map(|index| digests.get(*index)).filter(|_| of_other_kinds) {
                for logged in &given.digest.log_files {
                    if let Some(kind) = kind_of(base_of(&logged.place.key)) {
                        calendar.listed_kinds.insert((&chain.id.account, &chain.id.region, kind));
                    }
                }
            }
        }
        calendar
    }

    /// The verdict on a log that no digest lists.
    pub(crate) fn judge(&self, file: &GivenFile) -> Judged {
        let KeyKind::Log(name) = &file.name.kind else {
            return unlisted(Reason::NoChain, " Its name does not say of which account, Region and time it is.");
        };
        let reason = self.reason(name, file.name.base());
        let more = match reason {
            Reason::InCoveredTime => {
                " Either the file was put there, or another trail without validation delivers into the same place. Compare it with Event history."
            }
            Reason::AfterNewestDigest => " A digest follows about an hour later: add the newer digests.",
            Reason::InGap => " Look for the digest of this time in the bucket.",
            _ => " Add the digests of its account, Region and time.",
        };
        unlisted(reason, more)
    }

    /// The kindest reason that any chain of its account and Region gives, of those that may still come to list it. Where one chain covers
    /// the time, others excuse the log only if their own digest of that time is lost or not there yet: that a trail ended long ago, or
    /// began later, is no reason.
    fn reason(&self, name: &LogName, base: &str) -> Reason {
        let Some(chains) = self.chains.get(&(name.account.as_str(), name.region.as_str())) else { return Reason::NoChain };
        // Whether insight and network activity logs stand in the same digests is not documented: only where some do, all should.
        let kind = kind_of(base).unwrap_or(PLAIN);
        if kind != PLAIN && !self.listed_kinds.contains(&(name.account.as_str(), name.region.as_str(), kind)) {
            return Reason::NoChain;
        }
        let reasons = || chains.iter().map(|hours| (hours.reason(name.stamp), hours.may_list(name.stamp)));
        let is_covered = reasons().any(|(reason, _)| reason == Reason::InCoveredTime);
        let open = reasons().filter(|(_, may_list)| *may_list || !is_covered).map(|(reason, _)| reason);
        open.max_by_key(|reason| kindness(*reason)).unwrap_or(Reason::InCoveredTime)
    }
}

impl Hours {
    /// The stamp is the delivery rounded to five minutes: within that of an edge, the kinder reason is taken.
    fn reason(&self, stamp: Timestamp) -> Reason {
        let (from, to) = (stamp.plus(-ROUNDING), stamp.plus(ROUNDING));
        let (Some((first, _)), Some((_, last))) = (self.covered.first(), self.covered.last()) else { return Reason::NoChain };
        if to > *last {
            return Reason::AfterNewestDigest;
        }
        if from < *first {
            return Reason::BeforeFirstDigest;
        }
        let at = self.covered.partition_point(|(start, _)| *start <= from);
        let inside = at.checked_sub(1).and_then(|at| self.covered.get(at)).is_some_and(|(_, end)| to <= *end);
        if inside { Reason::InCoveredTime } else { Reason::InGap }
    }

    /// Whether a digest that is not given may list a log of this time: one that is lost, or the one after the newest.
    fn may_list(&self, stamp: Timestamp) -> bool {
        let (from, to) = (stamp.plus(-ROUNDING), stamp.plus(ROUNDING));
        match self.reason(stamp) {
            Reason::InGap => !self.stopped.iter().any(|(start, end)| *start <= from && to <= *end),
            Reason::AfterNewestDigest => self.covered.last().is_some_and(|(_, end)| from <= end.plus(HOUR)),
            _ => false,
        }
    }
}

fn kindness(reason: Reason) -> u8 {
    match reason {
        Reason::InCoveredTime => 0,
        Reason::InGap => 1,
        Reason::BeforeFirstDigest => 2,
        Reason::AfterNewestDigest => 3,
        _ => 4,
    }
}

fn unlisted(reason: Reason, more: &str) -> Judged {
    Judged::not_valid(NotValid::Unlisted, reason, format!("{}{more}", reason.sentence()))
}

/// `CloudTrail`, `CloudTrail-Insight`, …: the second part of a log's name.
fn kind_of(base: &str) -> Option<&str> {
    base.split('_').nth(1)
}

/// The kind of management and data events, which every digest covers.
const PLAIN: &str = "CloudTrail";

/// Stretches by their start, those that touch or overlap made one.
fn join<'s>(stretches: impl Iterator<Item = &'s Stretch>) -> Vec<(Timestamp, Timestamp)> {
    let mut all: Vec<_> = stretches.map(|stretch| (stretch.start, stretch.end)).collect();
    arrange(&mut all, Ord::cmp);
    let mut joined: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (start, end) in all {
        match joined.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => joined.push((start, end)),
        }
    }
    joined
}
