//! Every chain's hours as a map: proven, proven empty, not proven, disproven, missing, unspoken.

use std::collections::HashMap;
use std::collections::HashSet;

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
use crate::trail::arrange::arrange;

/// How many logs of each digest are not as they should be.
pub(crate) type BadLogs = HashMap<usize, u32>;

/// One chain's windows, oldest first.
pub(crate) fn coverage(
    chain: &DigestChain,
    digests: &Digests<'_>,
    verdicts: &[DigestVerdict<'_>],
    bad: &BadLogs,
    left_out: &HashSet<usize>,
) -> ChainCoverage {
    let mut windows: Vec<_> = chain.stretches.iter().map(|stretch| window(stretch, digests, verdicts, bad)).collect();
    for (window, stretch) in windows.iter_mut().zip(&chain.stretches) {
        if window.state == WindowState::Proven && matches!(stretch.holds, Holds::Digest(index) if left_out.contains(&index)) {
            window.state = WindowState::LeftOut;
        }
    }
    arrange(&mut windows, |a, b| (a.end, a.start).cmp(&(b.end, b.start)));
    ChainCoverage { chain: chain.id.clone(), windows }
}

fn window(stretch: &Stretch, digests: &Digests<'_>, verdicts: &[DigestVerdict<'_>], bad: &BadLogs) -> Window {
    let index = match stretch.holds {
        Holds::Digest(index) => Some(index),
        Holds::Disproven(index) => index,
        Holds::Unread | Holds::Missing | Holds::Nothing => None,
    };
    let given = index.and_then(|index| digests.get(index));
    let logs = given.map_or(0, |given| u32::try_from(given.digest.log_files.len()).unwrap_or(u32::MAX));
    let bad = index.and_then(|index| bad.get(&index)).copied().unwrap_or_default();
    let proven = index.and_then(|index| verdicts.get(index)).is_some_and(|verdict| verdict.proof.is_some());
    let state = match stretch.holds {
        Holds::Missing => WindowState::Missing,
        Holds::Nothing => WindowState::Gap,
        Holds::Disproven(_) => WindowState::Invalid,
        Holds::Unread => WindowState::Unproven,
        Holds::Digest(_) if !proven => WindowState::Unproven,
        Holds::Digest(_) if bad > 0 => WindowState::InvalidInside,
        Holds::Digest(_) if logs == 0 => WindowState::ProvenEmpty,
        Holds::Digest(_) => WindowState::Proven,
    };
    let digest = given.and_then(|given| given.files.first()).map(|file| file.facts.id);
    Window { start: stretch.start, end: stretch.end, state, digest, logs, bad }
}

impl ChainCoverage {
    /// While files arrive: where nothing stands yet, something may still come; and a digest whose logs are not all there is neither whole
    /// nor broken, so that the map neither promises nor accuses too early.
    pub(crate) fn wait(&mut self) {
        self.windows.retain(|window| !matches!(window.state, WindowState::Missing | WindowState::Gap));
        for window in self.windows.iter_mut().filter(|window| window.state == WindowState::InvalidInside) {
            (window.state, window.bad) = (WindowState::Unproven, 0);
        }
    }
}

impl WindowState {
    /// Whether a valid digest speaks for the time.
    pub(crate) fn speaks(self) -> bool {
        matches!(self, Self::Proven | Self::ProvenEmpty | Self::LeftOut | Self::InvalidInside)
    }
}

/// The time that valid digests speak for, stretches that touch made one.
pub(crate) fn covered(coverage: &ChainCoverage) -> Vec<CoveredRow> {
    let spoken = |window: &&Window| window.state.speaks();
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
