//! A stretch of time that was chosen: its sentences, its windows with their files, its gaps.

use crate::integrity::judgement::Judgement;
use crate::integrity::judgement::Window;
use crate::integrity::judgement::WindowState;
use crate::integrity::remedy::cause_of;
use crate::integrity::remedy::remedy_for;
use crate::integrity::report::DigestRow;
use crate::integrity::report::LogRow;
use crate::integrity::selection::select;
use crate::integrity::verdict::Verdict;
use crate::ledger::Ledger;
use crate::ledger::files::fingerprints;
use crate::ledger::files::log_row;
use crate::ledger::files::severity;
use crate::ledger::proof::chain_of;
use crate::protocol::FileRow;
use crate::protocol::GapView;
use crate::protocol::Stretch;
use crate::protocol::WindowView;
use crate::table::dictionary::Dictionary;
use crate::trail::arrange::arrange;
use crate::trail::ids::ChainId;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// A window of the stretch, before its files are looked up.
type Chosen<'a> = (&'a ChainId, &'a Window);

impl Ledger {
    pub(super) fn stretch(&mut self, range: TimeRange, chains: &[ChainId]) -> Stretch {
        let is_chosen = |chain: &ChainId| chains.is_empty() || chains.contains(chain);
        let touches = |start: Timestamp, end: Timestamp| start < range.end && range.start < end;
        // A chain that starts anew without a gap does so at one instant.
        let gaps = self.gap_views(|chain, gap| is_chosen(chain) && touches(gap.start, gap.end.max(gap.start.plus(1))));
        let Some(judgement) = &self.judgement else { return Stretch::default() };
        let sentences = select(judgement, range, chains).sentences();
        let mut windows: Vec<Chosen<'_>> = judgement
            .coverage
            .iter()
            .filter(|coverage| is_chosen(&coverage.chain))
            .flat_map(|coverage| coverage.windows.iter().map(move |window| (&coverage.chain, window)))
            .filter(|(_, window)| touches(window.start, window.end))
            .collect();
        arrange(&mut windows, |(_, a), (_, b)| {
            let open = |window: &Window| window.state.is_whole();
            (open(a), a.start, a.end).cmp(&(open(b), b.start, b.end))
        });
        let more = windows.len().saturating_sub(MOST_WINDOWS) as u64;
        windows.truncate(MOST_WINDOWS);
        let windows = self.window_views(judgement, &windows, &gaps);
        Stretch { generation: self.progress.generation, sentences, windows, more, gaps }
    }

    fn window_views(&self, judgement: &Judgement, windows: &[Chosen<'_>], gaps: &[GapView]) -> Vec<WindowView> {
        let digests = digests_of(judgement, windows);
        // The first window that each digest stands in, by the code of its name.
        let (mut names, mut places) = (Dictionary::default(), Vec::new());
        for (at, key) in digests.iter().enumerate().filter_map(|(at, digest)| Some((at, digest.as_ref()?.key.as_deref()?))) {
            if names.intern(key).0 as usize == places.len() {
                places.push(at);
            }
        }
        let mut logs: Vec<Vec<&LogRow>> = vec![Vec::new(); windows.len()];
        for row in &judgement.report.logs {
            for key in row.listed_by.iter() {
                if let Some(logs) = names.code(key).and_then(|code| logs.get_mut(*places.get(code.0 as usize)?)) {
                    logs.push(row);
                }
            }
        }
        let order = |a: &&LogRow, b: &&LogRow| (severity(a.verdict), &a.key).cmp(&(severity(b.verdict), &b.key));
        for rows in &mut logs {
            arrange(rows, order);
            rows.truncate(MOST_LOGS);
        }
        let fingerprints = fingerprints(judgement);
        let of_digests = digests.iter().flatten().map(|row| &row.source);
        let ids = self.ids_of(of_digests.chain(logs.iter().flatten().map(|row| &row.source)).flatten().map(String::as_str));
        let views = windows.iter().zip(digests).zip(logs).map(|(((chain, window), digest), rows)| {
            let gap = gaps.iter().find(|gap| gap.chain == **chain && gap.range.start < window.end && window.start < gap.range.end);
            let cause = gap.map(|gap| gap.cause);
            let mut files: Vec<FileRow> = digest.iter().map(|row| self.digest_row(row, ids.of(row.source.as_deref()))).collect();
            files.extend(rows.into_iter().map(|row| log_row(row, ids.of(row.source.as_deref()), &fingerprints)));
            WindowView {
                chain: (*chain).clone(),
                range: TimeRange::new(window.start, window.end),
                state: window.state,
                cause: cause_of(window.state, digest, cause),
                remedy: remedy_for(window.state, digest, cause).map(str::to_owned),
                files,
                listed: window.logs,
            }
        });
        views.collect()
    }
}

/// The report's row of each window's digest: the one whose verdict the window's state tells.
fn digests_of<'a>(judgement: &'a Judgement, windows: &[Chosen<'a>]) -> Vec<Option<&'a DigestRow>> {
    let mut found = vec![None; windows.len()];
    for row in &judgement.report.digests {
        let Some((end, key)) = row.end.map(|end| end.0).zip(row.key.as_deref()) else { continue };
        for ((chain, window), slot) in windows.iter().zip(&mut found) {
            let fits = slot.is_none() && window.end == end && tells(row.verdict, window.state);
            if fits && chain_of(key).as_ref() == Some(*chain) {
                *slot = Some(row);
            }
        }
    }
    found
}

fn tells(verdict: Verdict, state: WindowState) -> bool {
    match state {
        WindowState::Proven | WindowState::ProvenEmpty | WindowState::LeftOut | WindowState::InvalidInside => verdict == Verdict::Valid,
        WindowState::Unproven => matches!(verdict, Verdict::Unproven | Verdict::Pending),
        WindowState::Invalid => verdict == Verdict::Invalid,
        WindowState::Missing => verdict == Verdict::Missing,
        WindowState::Gap => false,
    }
}

/// Windows and logs that one answer tells of: a panel beside the map, not a report.
const MOST_WINDOWS: usize = 24;
const MOST_LOGS: usize = 40;
