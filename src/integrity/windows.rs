//! A chain's windows side by side: which time is spoken for, which is not, and why.

use std::collections::BTreeMap;
use std::collections::HashSet;

use crate::integrity::chain::ChainBuilder;
use crate::integrity::chain::DigestChain;
use crate::integrity::chain::Holds;
use crate::integrity::chain::Stretch;
use crate::integrity::damaged::Damaged;
use crate::integrity::digests::GivenDigest;
use crate::integrity::evidence::unpacked;
use crate::integrity::location::base_of;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::report::GapCause;
use crate::integrity::report::GapRow;
use crate::integrity::report::ReportTime;
use crate::integrity::verdict::Verdict;
use crate::trail::arrange::arrange;
use crate::trail::ids::ChainId;
use crate::trail::ids::ChainKind;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;
use crate::trail::time::HOUR;
use crate::trail::time::Timestamp;

impl ChainBuilder<'_, '_> {
    /// Lays windows side by side, oldest first, and names what lies between them.
    pub(crate) fn lay_out(&self, chain: &mut DigestChain, disproven: &[usize], findings: &mut Vec<Finding>) {
        let mut windows: Vec<_> = chain.members.iter().filter_map(|index| self.window_of(*index)).collect();
        windows.extend(self.disproven_windows(&chain.id, &chain.members, disproven));
        arrange(&mut windows, |a, b| (a.end, a.start).cmp(&(b.end, b.start)));
        if chain.id.kind == ChainKind::Backfill {
            // Backfill digests speak of single old hours; what lies between them is the hourly chain's.
            chain.stretches = windows;
            return;
        }
        self.lead_in(chain, windows.first().map(|window| window.start), findings);
        let mut before: Option<(Stretch, Timestamp)> = None;
        for mut window in windows {
            if let Some((last, reached)) = before {
                if matches!(window.holds, Holds::Disproven(_) | Holds::Unread) {
                    let start = window.start.max(reached).min(window.end);
                    // Where its window begins is but a guess: less than half an hour before it is no gap.
                    window.start = if start.since(reached) < HOUR / 2 { reached.min(window.end) } else { start };
                }
                self.between(chain, &last, reached, &window, findings);
            }
            before = Some((window, before.map_or(window.end, |(_, reached)| reached.max(window.end))));
            chain.stretches.push(window);
        }
    }

    fn window_of(&self, index: usize) -> Option<Stretch> {
        let digest = self.digests.get(index)?.digest;
        Some(Stretch { start: digest.start, end: digest.end, holds: Holds::Digest(index) })
    }

    /// A disproven digest's own words count for nothing: its window is the hour before the stamp in the name of its place.
    fn disproven_windows(&self, id: &ChainId, members: &[usize], disproven: &[usize]) -> Vec<Stretch> {
        let sound: HashSet<&str> =
            members.iter().filter_map(|index| self.digests.get(*index)).map(|given| unpacked(base_of(&given.digest.place.key))).collect();
        let readable = disproven
            .iter()
            .filter_map(|index| Some((self.digests.get(*index)?.digest.place.key.as_str(), Holds::Disproven(Some(*index)))));
        let damaged = self.damaged.iter().filter(|damaged| damaged.name.as_ref().is_some_and(|name| name.chain == *id));
        let mut ends = BTreeMap::new();
        let holds = |damaged: &Damaged<'_>| match damaged.judged.verdict {
            Verdict::Invalid => Holds::Disproven(None),
            _ => Holds::Unread,
        };
        for (key, holds) in readable.chain(damaged.map(|damaged| (damaged.file.base.as_str(), holds(damaged)))) {
            if let KeyKind::Digest(name) = ObjectKey::parse(key).kind
                && !sound.contains(unpacked(base_of(key)))
            {
                ends.entry(name.end).or_insert(holds);
            }
        }
        ends.into_iter().map(|(end, holds)| Stretch { start: end.plus(-HOUR), end, holds }).collect()
    }

    /// A digest lost before the oldest one given, where what was asked reaches that far.
    fn lead_in(&self, chain: &mut DigestChain, oldest: Option<Timestamp>, findings: &mut Vec<Finding>) {
        let Some(oldest) = oldest else { return };
        let Some(lost) = chain.missing.iter().find(|missing| missing.end <= oldest).map(|missing| missing.start) else { return };
        let start = lost.min(oldest);
        chain.stretches.push(Stretch { start, end: oldest, holds: Holds::Missing });
        self.note_gap(chain, (start, oldest), hours(oldest.since(start)).max(1), GapCause::Missing, findings);
    }

    fn between(&self, chain: &mut DigestChain, last: &Stretch, reached: Timestamp, window: &Stretch, findings: &mut Vec<Finding>) {
        let given = match window.holds {
            Holds::Digest(index) => self.digests.get(index),
            _ => None,
        };
        let hole = window.start.since(reached);
        let starts_anew = given.is_some_and(|given| given.digest.previous.is_none());
        let cause = match given {
            _ if starts_anew && hole > 0 => GapCause::Stopped,
            _ if starts_anew => GapCause::Restarted,
            _ if hole <= 0 => {
                findings.extend(self.overlap(&chain.id, last, window));
                return;
            }
            Some(given) if self.is_linked(given, last) => GapCause::TimeHole,
            _ => GapCause::Missing,
        };
        let (start, end) = (reached, window.start.max(reached));
        let lost = if cause == GapCause::Missing { hours(hole).max(1) } else { 0 };
        self.note_gap(chain, (start, end), lost, cause, findings);
        chain.stretches.extend(empty_stretches(chain, start, end, lost));
    }

    /// A gap outside what was asked is nobody's concern.
    fn note_gap(
        &self,
        chain: &mut DigestChain,
        (start, end): (Timestamp, Timestamp),
        lost: u64,
        cause: GapCause,
        findings: &mut Vec<Finding>,
    ) {
        if self.asked.start.is_some_and(|asked| end < asked) || self.asked.end.is_some_and(|asked| asked < start) {
            return;
        }
        let (start, end) = (ReportTime(start), ReportTime(end));
        chain.gaps.push(GapRow { start, end, missing_digests: lost, cause });
        let what = match cause {
            GapCause::Stopped => "The trail or its validation was stopped and started again: no digest speaks for the time between.",
            GapCause::Restarted => "A new chain starts here: the trail or its validation was switched off and on again.",
            GapCause::Missing => "Digests are lost: nothing can be said of what was delivered in this time. Look for them in the bucket.",
            GapCause::TimeHole => "Two linked digests leave time between their windows that neither speaks for.",
        };
        let count = if lost > 0 { format!(" Digests lost: {lost}.") } else { String::new() };
        findings.push(Finding {
            code: FindingCode::Gap,
            subject: chain.id.to_string(),
            message: format!("{what}{count} {start} to {end}"),
            start: Some(start),
            end: Some(end),
        });
    }

    fn is_linked(&self, given: &GivenDigest<'_>, last: &Stretch) -> bool {
        let Holds::Digest(index) = last.holds else { return false };
        let before = self.digests.get(index);
        before.is_some_and(|before| given.digest.previous.as_ref().is_some_and(|previous| previous.place == before.digest.place))
    }

    fn overlap(&self, id: &ChainId, last: &Stretch, window: &Stretch) -> Option<Finding> {
        let (Holds::Digest(one), Holds::Digest(other)) = (last.holds, window.holds) else { return None };
        let (one, other) = (self.digests.get(one)?, self.digests.get(other)?);
        let place = |given: &GivenDigest<'_>| given.digest.previous.as_ref().map(|previous| previous.place.clone());
        // Two that follow the same digest are told as a fork.
        if window.start >= last.end || (place(one).is_some() && place(one) == place(other)) {
            return None;
        }
        let message = format!(
            "The windows of two digests of one chain overlap, which CloudTrail's never do. {} and {}",
            one.digest.place.key, other.digest.place.key
        );
        Some(Finding {
            code: FindingCode::Overlap,
            subject: id.to_string(),
            message,
            start: Some(ReportTime(window.start)),
            end: Some(ReportTime(last.end)),
        })
    }
}

/// Of digests lost in a row the last is named by the one after it.
fn empty_stretches(chain: &DigestChain, start: Timestamp, end: Timestamp, lost: u64) -> Vec<Stretch> {
    let named = chain.missing.iter().any(|missing| start < missing.end && missing.start < end);
    let from = match (named, lost) {
        (false, _) => end,
        (true, 0 | 1) => start,
        (true, _) => end.plus(-HOUR).max(start),
    };
    let parts = [Stretch { start, end: from, holds: Holds::Nothing }, Stretch { start: from, end, holds: Holds::Missing }];
    parts.into_iter().filter(|part| part.start < part.end).collect()
}

/// Whole hours, rounded.
fn hours(millis: i64) -> u64 {
    u64::try_from(millis.saturating_add(HOUR / 2).div_euclid(HOUR)).unwrap_or_default()
}
