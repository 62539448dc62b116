//! A stretch of time, chosen: what may be said of each chain in it, in a sentence that can be quoted and never claims more than was judged.

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::judgement::ChainCoverage;
use crate::integrity::judgement::Judgement;
use crate::integrity::judgement::Window;
use crate::integrity::judgement::WindowState;
use crate::integrity::report::DigestRow;
use crate::integrity::report::FindingCode;
use crate::integrity::selection_text::Facts;
use crate::integrity::selection_text::break_words;
use crate::integrity::selection_text::sum_up;
use crate::integrity::verdict::Verdict;
use crate::trail::arrange::arrange;
use crate::trail::ids::ChainId;
use crate::trail::ids::ChainKind;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// What may be said of the time chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// One for each chain.
    pub claims: Vec<ChainClaim>,
    /// Of all of them together, where there is more than one.
    pub together: Option<String>,
}

/// What may be said of one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainClaim {
    /// The sentences.
    pub text: String,
    /// Proven digests inside.
    pub digests: u64,
    /// Whether they follow each other without a break, and are all there is.
    pub is_unbroken: bool,
    /// The logs that they list.
    pub logs: LogCount,
}

/// A sentence to quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// What may be said.
    pub text: String,
    /// Whether it tells of no exception.
    pub is_whole: bool,
}

/// Logs that proven digests list, each place once, by the worst that is said of it; of those that an evidence pack leaves out, nothing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct LogCount {
    pub verified: u64,
    pub invalid: u64,
    pub missing: u64,
    pub open: u64,
    pub left_out: u64,
}

impl Selection {
    /// The sentences, the one about all together first.
    #[must_use]
    pub fn sentences(self) -> Vec<Sentence> {
        let is_whole = |claim: &ChainClaim| claim.is_unbroken && claim.logs.all() == claim.logs.verified;
        let all_whole = self.claims.iter().all(is_whole);
        let together = self.together.map(|text| Sentence { text, is_whole: all_whole });
        together.into_iter().chain(self.claims.into_iter().map(|claim| Sentence { is_whole: is_whole(&claim), text: claim.text })).collect()
    }
}

impl LogCount {
    /// How many there are.
    #[must_use]
    pub fn all(self) -> u64 {
        [self.verified, self.invalid, self.missing, self.open, self.left_out].into_iter().fold(0, u64::saturating_add)
    }
}

/// What may be said of these chains (of none: of all) in this time. A window counts whole if any of it lies inside: a bad hour on the edge
/// is never left out, and the sentence names the time that it does speak of.
#[must_use]
pub fn select(judgement: &Judgement, range: TimeRange, chains: &[ChainId]) -> Selection {
    let chosen = judgement.coverage.iter().filter(|coverage| chains.is_empty() || chains.contains(&coverage.chain));
    let chosen: Vec<Stretch<'_>> = chosen.map(|coverage| Stretch::of(coverage, range)).collect();
    let digests = Digests::of(judgement, &chosen);
    let logs = digests.count_logs(judgement, chosen.len());
    let unlisted = count_unlisted(judgement, &chosen, range);
    let mut fingerprints: Vec<&str> = Vec::new();
    let mut claims = Vec::new();
    for (at, stretch) in chosen.iter().enumerate() {
        let facts = Facts {
            stretch,
            digests: digests.of_chain(at),
            logs: LogCount { left_out: stretch.left_out(), ..logs.get(at).copied().unwrap_or_default() },
            unlisted: unlisted.get(at).copied().unwrap_or_default(),
            is_unbroken: stretch.is_unbroken() && !digests.has_mismatch(judgement, at),
        };
        fingerprints.extend(facts.keys().iter().map(|(key, _)| *key));
        claims.push(facts.claim(range));
    }
    let together = (claims.len() > 1).then(|| sum_up(&claims, range, &fingerprints));
    Selection { claims, together }
}

/// The windows of one chain that the range touches.
pub(crate) struct Stretch<'a> {
    pub(crate) chain: &'a ChainId,
    pub(crate) windows: Vec<&'a Window>,
    /// All of the chain, to say what of the range nothing is loaded of.
    pub(crate) whole: Option<TimeRange>,
}

impl<'a> Stretch<'a> {
    fn of(coverage: &'a ChainCoverage, range: TimeRange) -> Self {
        let windows = coverage.windows.iter().filter(|window| window.start < range.end && range.start < window.end).collect();
        Self { chain: &coverage.chain, windows, whole: coverage.summary().span }
    }

    pub(crate) fn span(&self) -> Option<TimeRange> {
        let start = self.windows.iter().map(|window| window.start).min()?;
        let end = self.windows.iter().map(|window| window.end).max()?;
        Some(TimeRange::new(start, end))
    }

    /// Whether a proven digest inside ends then: windows are in the order of their ends.
    fn has_proven_end(&self, end: Timestamp) -> bool {
        let from = self.windows.partition_point(|window| window.end < end);
        self.windows.iter().skip(from).take_while(|window| window.end == end).any(|window| window.state.has_proven_digest())
    }

    pub(crate) fn proven(&self) -> impl Iterator<Item = &Window> {
        self.windows.iter().copied().filter(|window| window.state.has_proven_digest())
    }

    /// Listed logs that are not here on purpose.
    fn left_out(&self) -> u64 {
        self.proven().map(|window| u64::from(window.left_out)).fold(0, u64::saturating_add)
    }

    /// Every digest proven, each linked to the one before it and beginning where that ends. Backfill digests are not in the order of
    /// their hours, so nothing of the kind is said of them.
    fn is_unbroken(&self) -> bool {
        let joins = |pair: &[&Window]| matches!(pair, [before, next] if next.linked && next.start == before.end);
        self.chain.kind == ChainKind::Hourly
            && !self.windows.is_empty()
            && self.windows.iter().all(|window| window.state.has_proven_digest())
            && self.windows.windows(2).all(joins)
    }

    /// What keeps it from being one chain, in the order of time.
    pub(crate) fn breaks(&self) -> Vec<String> {
        let mut breaks: Vec<(WindowState, TimeRange, u64)> = Vec::new();
        let mut said = Vec::new();
        let mut before: Option<&Window> = None;
        let flush = |breaks: &mut Vec<(WindowState, TimeRange, u64)>, said: &mut Vec<String>| {
            said.extend(breaks.drain(..).map(|(state, range, windows)| break_words(state, range, windows)));
        };
        for window in &self.windows {
            if window.state.has_proven_digest() {
                flush(&mut breaks, &mut said);
                let follows = before.is_some_and(|before| before.state.has_proven_digest());
                if follows && self.chain.kind == ChainKind::Hourly && !window.linked {
                    said.push(format!("the digest that begins at {} does not follow the one before it", window.start));
                }
            } else {
                match breaks.last_mut() {
                    Some((state, range, windows)) if *state == window.state && range.end == window.start => {
                        range.end = window.end;
                        *windows = windows.saturating_add(1);
                    }
                    _ => breaks.push((window.state, TimeRange::new(window.start, window.end), 1)),
                }
            }
            before = Some(window);
        }
        flush(&mut breaks, &mut said);
        said
    }
}

/// The report's rows of the proven digests inside, each digest once: by the place of its chain, then by time.
struct Digests<'a> {
    rows: Vec<(usize, Timestamp, &'a DigestRow)>,
    /// The same by their keys, each with the place of its chain.
    by_key: Vec<(&'a str, usize)>,
}

impl<'a> Digests<'a> {
    fn of(judgement: &'a Judgement, chosen: &[Stretch<'_>]) -> Self {
        let mut rows = Vec::new();
        for row in judgement.report.digests.iter().filter(|row| row.verdict == Verdict::Valid) {
            let (Some(key), Some(end)) = (row.key.as_deref(), row.end) else { continue };
            if !chosen.iter().any(|stretch| stretch.has_proven_end(end.0)) {
                continue;
            }
            let KeyKind::Digest(name) = ObjectKey::parse(key).kind else { continue };
            let place = chosen.iter().position(|stretch| *stretch.chain == name.chain && stretch.has_proven_end(end.0));
            rows.extend(place.map(|place| (place, end.0, row)));
        }
        arrange(&mut rows, |a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        let mut by_key: Vec<(&str, usize)> = rows.iter().filter_map(|(place, _, row)| Some((row.key.as_deref()?, *place))).collect();
        arrange(&mut by_key, |a, b| a.cmp(b));
        // Two copies of one digest are one digest.
        rows.dedup_by(|a, b| (a.0, a.1) == (b.0, b.1));
        Self { rows, by_key }
    }

    fn of_chain(&self, at: usize) -> &[(usize, Timestamp, &'a DigestRow)] {
        let from = self.rows.partition_point(|(place, ..)| *place < at);
        let past = self.rows.partition_point(|(place, ..)| *place <= at);
        self.rows.get(from..past).unwrap_or_default()
    }

    fn chain_of(&self, key: &str) -> Option<usize> {
        let at = self.by_key.partition_point(|(known, _)| *known < key);
        self.by_key.get(at).filter(|(known, _)| *known == key).map(|(_, chain)| *chain)
    }

    fn count_logs(&self, judgement: &'a Judgement, chains: usize) -> Vec<LogCount> {
        let mut listed: Vec<(usize, &str, Verdict)> = Vec::new();
        for row in &judgement.report.logs {
            let of = row.listed_by.iter().filter_map(|key| self.chain_of(key));
            listed.extend(of.map(|at| (at, row.key.as_deref().unwrap_or_default(), row.verdict)));
        }
        // The worst that is said of a place comes first and counts.
        arrange(&mut listed, |a, b| (a.0, a.1, badness(b.2)).cmp(&(b.0, b.1, badness(a.2))));
        listed.dedup_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let mut counts = vec![LogCount::default(); chains];
        for (at, _, verdict) in listed {
            let Some(counts) = counts.get_mut(at) else { continue };
            let slot = match verdict {
                Verdict::Valid => &mut counts.verified,
                Verdict::Invalid => &mut counts.invalid,
                Verdict::Missing => &mut counts.missing,
                Verdict::Unproven | Verdict::Unlisted | Verdict::Pending => &mut counts.open,
            };
            *slot = slot.saturating_add(1);
        }
        counts
    }

    /// Whether a link of one of these digests was found not to fit what lies before it.
    fn has_mismatch(&self, judgement: &Judgement, at: usize) -> bool {
        let mut mismatches = judgement.report.findings.iter().filter(|finding| finding.code == FindingCode::LinkMismatch);
        mismatches.any(|finding| self.chain_of(&finding.subject) == Some(at))
    }
}

fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Valid => 0,
        Verdict::Pending | Verdict::Unlisted | Verdict::Unproven => 1,
        Verdict::Missing => 2,
        Verdict::Invalid => 3,
    }
}

/// Logs of this time, account and Region that no digest lists.
fn count_unlisted(judgement: &Judgement, chosen: &[Stretch<'_>], range: TimeRange) -> Vec<u64> {
    let mut counts = vec![0u64; chosen.len()];
    for row in judgement.report.logs.iter().filter(|row| row.verdict == Verdict::Unlisted && !row.is_once_more()) {
        let KeyKind::Log(name) = ObjectKey::parse(row.key.as_deref().unwrap_or_default()).kind else { continue };
        for (count, stretch) in counts.iter_mut().zip(chosen) {
            let range = stretch.span().unwrap_or(range);
            if range.contains(name.stamp) && stretch.chain.account == name.account && stretch.chain.region == name.region {
                *count = count.saturating_add(1);
            }
        }
    }
    counts
}
