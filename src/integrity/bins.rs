//! The coverage of all chains over an axis, in as many cells as there is room for: a cell of many hours is never better than its worst.

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::judgement::ChainCoverage;
use crate::integrity::judgement::Window;
use crate::integrity::judgement::WindowState;
use crate::trail::ids::ChainId;
use crate::trail::time::CALENDAR_STEPS;
use crate::trail::time::DAY;
use crate::trail::time::HOUR;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// Every chain over one stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageMap {
    /// From when until when.
    pub axis: TimeRange,
    /// How long a cell is. One hour: each cell is one window, at its own length.
    pub step: i64,
    /// A row a chain.
    pub rows: Vec<CoverageRow>,
}

/// One chain's cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageRow {
    /// The chain.
    pub chain: ChainId,
    /// Where anything is loaded, oldest first.
    pub cells: Vec<CoverageCell>,
}

/// Windows that share a place on the axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageCell {
    /// From its first loaded instant to its last: time of which nothing is loaded is not claimed at its ends.
    pub range: TimeRange,
    /// The worst inside.
    pub state: WindowState,
    /// How much time is of which state, the worst first.
    pub millis: Vec<(WindowState, i64)>,
    /// How many windows reach into it.
    pub windows: u32,
    /// How many logs the digests of these windows list.
    pub logs: u32,
    /// How many of those are not as they should be.
    pub bad: u32,
}

/// The chains over `axis` (`None`: over all that is loaded), in at most `most` cells each. `None` where nothing is loaded.
#[must_use]
pub fn coverage_map(coverage: &[ChainCoverage], axis: Option<TimeRange>, most: u32) -> Option<CoverageMap> {
    let axis = axis.filter(|axis| axis.start < axis.end).or_else(|| extent(coverage))?;
    let step = step_for(axis, most);
    let row = |chain: &ChainCoverage| CoverageRow { chain: chain.chain.clone(), cells: cells(chain, axis, step) };
    Some(CoverageMap { axis, step, rows: coverage.iter().map(row).collect() })
}

/// From the oldest window of any chain to the newest of any.
#[must_use]
pub fn extent(coverage: &[ChainCoverage]) -> Option<TimeRange> {
    let windows = || coverage.iter().flat_map(|chain| &chain.windows);
    let (start, end) = (windows().map(|window| window.start).min()?, windows().map(|window| window.end).max()?);
    (start < end).then_some(TimeRange::new(start, end))
}

/// The shortest length of clock or calendar, an hour or more, of which no more than `most` make up the axis.
fn step_for(axis: TimeRange, most: u32) -> i64 {
    let needed = axis.millis() / i64::from(most.max(1));
    let longest = 28 * DAY;
    let steps = CALENDAR_STEPS.into_iter().filter(|step| *step >= HOUR);
    steps.into_iter().find(|step| *step >= needed).unwrap_or_else(|| needed.div_euclid(longest).saturating_add(1).saturating_mul(longest))
}

fn cells(chain: &ChainCoverage, axis: TimeRange, step: i64) -> Vec<CoverageCell> {
    let mut cells: Vec<(i64, CoverageCell)> = Vec::new();
    let inside = chain.windows.iter().filter(|window| window.start < axis.end && axis.start < window.end);
    for window in inside {
        if step <= HOUR {
            cells.push((0, CoverageCell::of(window, TimeRange::new(window.start, window.end))));
            continue;
        }
        let (from, until) = (window.start.max(axis.start), window.end.min(axis.end));
        // No further than the axis: a gap of years is as many cells as can be seen of it.
        for bin in bin_of(from, step)..=bin_of(until.plus(-1), step) {
            let start = Timestamp(bin.saturating_mul(step).saturating_add(MONDAY));
            let part = TimeRange::new(window.start.max(start), window.end.min(start.plus(step)));
            match cells.iter_mut().rev().take_while(|(known, _)| *known >= bin).find(|(known, _)| *known == bin) {
                Some((_, cell)) => cell.add(window, part),
                None => cells.push((bin, CoverageCell::of(window, part))),
            }
        }
    }
    cells.into_iter().map(|(_, cell)| cell).collect()
}

fn bin_of(time: Timestamp, step: i64) -> i64 {
    time.0.saturating_sub(MONDAY).div_euclid(step)
}

impl CoverageCell {
    fn of(window: &Window, range: TimeRange) -> Self {
        let mut cell = Self { range, state: window.state, millis: Vec::new(), windows: 0, logs: 0, bad: 0 };
        cell.add(window, range);
        cell
    }

    fn add(&mut self, window: &Window, part: TimeRange) {
        self.range = TimeRange::new(self.range.start.min(part.start), self.range.end.max(part.end));
        if window.state.severity() > self.state.severity() {
            self.state = window.state;
        }
        match self.millis.iter_mut().find(|(state, _)| *state == window.state) {
            Some((_, millis)) => *millis = millis.saturating_add(part.millis()),
            None => {
                let place = self.millis.iter().position(|(state, _)| state.severity() < window.state.severity());
                self.millis.insert(place.unwrap_or(self.millis.len()), (window.state, part.millis()));
            }
        }
        self.windows = self.windows.saturating_add(1);
        self.logs = self.logs.saturating_add(window.logs);
        self.bad = self.bad.saturating_add(window.bad);
    }
}

/// 1970-01-05 was the first Monday: weeks begin there. Days and hours divide it.
const MONDAY: i64 = 4 * DAY;

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::as_conversions)] // a test may panic
mod tests {
    use super::*;
    use crate::trail::ids::ChainKind;
    use proptest::prelude::*;

    const STATES: [WindowState; 8] = [
        WindowState::Proven,
        WindowState::ProvenEmpty,
        WindowState::Unproven,
        WindowState::Invalid,
        WindowState::InvalidInside,
        WindowState::Missing,
        WindowState::Gap,
        WindowState::LeftOut,
    ];

    fn chain(lengths: &[(usize, i64)]) -> ChainCoverage {
        let mut start = Timestamp(1_741_600_000_000);
        let mut windows = Vec::new();
        for (state, minutes) in lengths {
            let end = start.plus(minutes * 60_000);
            windows.push(Window { start, end, state: STATES[*state % 8], digest: None, logs: 1, bad: 0, left_out: 0, linked: false });
            start = end;
        }
        let name = |text: &str| text.to_owned();
        let chain = ChainId { account: name("1"), region: name("r"), trail: name("t"), home_region: name("h"), kind: ChainKind::Hourly };
        ChainCoverage { chain, windows }
    }

    #[test]
    fn hours_stay_what_they_are_while_there_is_room() {
        let chain = chain(&[(0, 60), (1, 60), (6, 180)]);
        let map = coverage_map(std::slice::from_ref(&chain), None, 100).expect("a map");
        assert_eq!(map.step, HOUR);
        let cells: Vec<_> = map.rows[0].cells.iter().map(|cell| (cell.range.millis() / HOUR, cell.state)).collect();
        assert_eq!(cells, [(1, WindowState::Proven), (1, WindowState::ProvenEmpty), (3, WindowState::Gap)]);
    }

    #[test]
    fn years_of_hours_are_few_cells_and_one_bad_hour_is_in_one_of_them() {
        let lengths: Vec<(usize, i64)> = (0..26_280).map(|hour| (if hour == 9000 { 4 } else { hour % 2 }, 60)).collect();
        let map = coverage_map(&[chain(&lengths)], None, 170).expect("a map");
        assert_eq!(map.step, 7 * DAY);
        assert!(map.rows[0].cells.len() <= 172);
        assert_eq!(map.rows[0].cells.iter().filter(|cell| cell.state == WindowState::InvalidInside).count(), 1);
    }

    proptest! {
        #[test]
        fn a_cell_is_never_better_than_its_worst_hour(
            lengths in prop::collection::vec((0usize..8, 1i64..3000), 1..60), most in 1u32..300, from in 0.0f64..1.0, share in 0.01f64..1.0,
        ) {
            let chain = chain(&lengths);
            let whole = extent(std::slice::from_ref(&chain)).expect("windows");
            let start = whole.start.plus((whole.millis() as f64 * from * 0.9) as i64);
            let axis = TimeRange::new(start, start.plus(((whole.millis() as f64 * share) as i64).max(1)));
            let map = coverage_map(std::slice::from_ref(&chain), Some(axis), most).expect("a map");
            let cells = &map.rows[0].cells;
            for window in chain.windows.iter().filter(|window| window.start < axis.end && axis.start < window.end) {
                let over = cells.iter().filter(|cell| cell.range.start < window.end && window.start < cell.range.end);
                let mut covered = 0;
                for cell in over {
                    prop_assert!(cell.state.severity() >= window.state.severity() || cell.range.end <= window.start.max(axis.start));
                    covered += cell.range.end.min(window.end).since(cell.range.start.max(window.start));
                }
                prop_assert!(covered > 0, "a window that is on the axis is in some cell");
            }
            for cell in cells {
                prop_assert_eq!(cell.millis.first().map(|(state, _)| *state), Some(cell.state));
                prop_assert!(cell.range.start < cell.range.end);
                prop_assert_eq!(cell.millis.iter().map(|(_, millis)| *millis).sum::<i64>(), cell.range.millis());
            }
            prop_assert!(cells.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
            prop_assert!(map.step == HOUR || cells.len() <= most as usize + 2);
        }
    }
}
