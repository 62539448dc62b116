//! Every chain's hours as a map: proven, proven empty, not proven, disproven, missing, unspoken.

use std::collections::HashMap;

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::chain::DigestChain;
use crate::integrity::chain::Holds;
use crate::integrity::chain::Stretch;
use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digests::Digests;
use crate::integrity::judgement::ChainCoverage;
use crate::integrity::judgement::Window;
use crate::integrity::judgement::WindowState;
use crate::integrity::report::CoveredRow;
use crate::integrity::report::ReportTime;
use crate::integrity::sha256::Sha256;
use crate::trail::arrange::arrange;
use crate::trail::ids::ChainId;
use crate::trail::time::TimeRange;

/// How many logs of each digest are of one kind.
pub(crate) type LogCounts = HashMap<usize, u32>;

/// The logs of each digest that it vouches for and that are not here as signed.
pub(crate) struct Amiss<'l> {
    /// Not as they should be.
    pub(crate) bad: &'l LogCounts,
    /// Left out of an evidence pack on purpose.
    pub(crate) left_out: &'l LogCounts,
}

/// One chain's windows, oldest first.
pub(crate) fn coverage(chain: &DigestChain, digests: &Digests<'_>, verdicts: &[DigestVerdict<'_>], amiss: &Amiss<'_>) -> ChainCoverage {
    let mut stretches = chain.stretches.clone();
    arrange(&mut stretches, |a, b| (a.end, a.start).cmp(&(b.end, b.start)));
    let mut before = None;
    let windows = stretches.iter().map(|stretch| {
        let linked = is_linked(before.replace(stretch.holds), stretch.holds, digests);
        Window { linked, ..window(stretch, digests, verdicts, amiss) }
    });
    ChainCoverage { chain: chain.id.clone(), windows: windows.collect() }
}

/// Whether a digest names the one before it as what lies there: the place, and the hash of the content.
fn is_linked(before: Option<Holds>, holds: Holds, digests: &Digests<'_>) -> bool {
    let (Some(Holds::Digest(before)), Holds::Digest(index)) = (before, holds) else { return false };
    let (Some(before), Some(given)) = (digests.get(before), digests.get(index)) else { return false };
    given.digest.previous.as_ref().is_some_and(|previous| {
        previous.place == before.digest.place && previous.hash.as_deref().and_then(Sha256::parse) == Some(before.content)
    })
}

fn window(stretch: &Stretch, digests: &Digests<'_>, verdicts: &[DigestVerdict<'_>], amiss: &Amiss<'_>) -> Window {
    let index = match stretch.holds {
        Holds::Digest(index) => Some(index),
        Holds::Disproven(index) => index,
        Holds::Unread | Holds::Missing | Holds::Nothing => None,
    };
    let given = index.and_then(|index| digests.get(index));
    let logs = given.map_or(0, |given| u32::try_from(given.digest.log_files.len()).unwrap_or(u32::MAX));
    let of = |counts: &LogCounts| index.and_then(|index| counts.get(&index)).copied().unwrap_or_default();
    let (bad, left_out) = (of(amiss.bad), of(amiss.left_out));
    let proven = index.and_then(|index| verdicts.get(index)).is_some_and(|verdict| verdict.proof.is_some());
    let state = match stretch.holds {
        Holds::Missing => WindowState::Missing,
        Holds::Nothing => WindowState::Gap,
        Holds::Disproven(_) => WindowState::Invalid,
        Holds::Unread => WindowState::Unproven,
        Holds::Digest(_) if !proven => WindowState::Unproven,
        Holds::Digest(_) if bad > 0 => WindowState::InvalidInside,
        Holds::Digest(_) if logs == 0 => WindowState::ProvenEmpty,
        Holds::Digest(_) if left_out > 0 => WindowState::LeftOut,
        Holds::Digest(_) => WindowState::Proven,
    };
    let digest = given.and_then(|given| given.files.first()).map(|file| file.facts.id);
    Window { start: stretch.start, end: stretch.end, state, digest, logs, bad, left_out, linked: false }
}

/// One chain in numbers, with what is not proven of it: what a page can show however long the trail is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainSummary {
    /// The chain.
    pub chain: ChainId,
    /// From its oldest window to its newest.
    pub span: Option<TimeRange>,
    /// How many windows it has.
    pub windows: u64,
    /// How many of them are proven, with every log.
    pub proven: u64,
    /// How much time those are.
    pub proven_millis: i64,
    /// What is not, neighbours of one state together, oldest first; cut at a few dozen.
    pub exceptions: Vec<Run>,
    /// How many more there are.
    pub more: u64,
}

/// Neighbouring windows of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// From the first one's start to the last one's end.
    pub range: TimeRange,
    /// What is known of each.
    pub state: WindowState,
    /// How many.
    pub windows: u64,
}

impl WindowState {
    /// Whether the digest is proven, and every log of it.
    #[must_use]
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Proven | Self::ProvenEmpty)
    }

    /// Whether the digest is proven, whatever became of its logs.
    #[must_use]
    pub fn has_proven_digest(self) -> bool {
        self.is_whole() || matches!(self, Self::InvalidInside | Self::LeftOut)
    }

    /// How bad it is: of many windows in one cell the worst is shown. What a signature or key can still settle weighs less than time
    /// that nobody speaks for, and that less than what is disproven.
    #[must_use]
    pub fn severity(self) -> u8 {
        match self {
            Self::ProvenEmpty => 0,
            Self::Proven => 1,
            Self::LeftOut => 2,
            Self::Unproven => 3,
            Self::Gap => 4,
            Self::Missing => 5,
            Self::InvalidInside => 6,
            Self::Invalid => 7,
        }
    }
}

impl ChainCoverage {
    /// The chain in numbers.
    #[must_use]
    pub fn summary(&self) -> ChainSummary {
        let whole = || self.windows.iter().filter(|window| window.state.is_whole());
        let start = self.windows.iter().map(|window| window.start).min();
        let end = self.windows.iter().map(|window| window.end).max();
        let mut exceptions = self.runs();
        exceptions.retain(|run| !run.state.is_whole());
        let more = exceptions.len().saturating_sub(MOST_RUNS);
        exceptions.truncate(MOST_RUNS);
        ChainSummary {
            chain: self.chain.clone(),
            span: start.zip(end).map(|(start, end)| TimeRange::new(start, end)),
            windows: count(self.windows.len()),
            proven: count(whole().count()),
            proven_millis: whole().map(|window| window.end.since(window.start)).sum(),
            exceptions,
            more: count(more),
        }
    }

    /// Neighbouring windows of one state as one.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for window in &self.windows {
            match runs.last_mut() {
                Some(run) if run.state == window.state && run.range.end == window.start => {
                    run.range.end = window.end;
                    run.windows = run.windows.saturating_add(1);
                }
                _ => runs.push(Run { range: TimeRange::new(window.start, window.end), state: window.state, windows: 1 }),
            }
        }
        runs
    }

    /// While files arrive: where nothing stands yet, something may still come; and a digest whose logs are not all there is neither whole
    /// nor broken, so that the map neither promises nor accuses too early.
    pub(crate) fn wait(&mut self) {
        self.windows.retain(|window| !matches!(window.state, WindowState::Missing | WindowState::Gap));
        for window in self.windows.iter_mut().filter(|window| window.state == WindowState::InvalidInside) {
            (window.state, window.bad) = (WindowState::Unproven, 0);
        }
    }
}

/// The time that valid digests speak for, stretches that touch made one.
pub(crate) fn covered(coverage: &ChainCoverage) -> Vec<CoveredRow> {
    let spoken = |window: &&Window| window.state.has_proven_digest();
    let mut windows: Vec<_> = coverage.windows.iter().filter(spoken).collect();
    arrange(&mut windows, |a, b| (a.start, a.end).cmp(&(b.start, b.end)));
    let mut rows: Vec<CoveredRow> = Vec::new();
    for window in windows {
        let (start, end) = (ReportTime(window.start), ReportTime(window.end));
        match rows.last_mut() {
            Some(row) if start <= row.end => {
                row.end = row.end.max(end);
                row.digests = row.digests.saturating_add(1);
            }
            _ => rows.push(CoveredRow { start, end, digests: 1 }),
        }
    }
    rows
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Stretches of one chain that are named one by one: more nobody reads on a page; the report has them all.
const MOST_RUNS: usize = 40;
