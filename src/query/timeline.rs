//! Counts per stretch of time and class, and the same unfiltered as a ghost behind it.

use serde::Deserialize;
use serde::Serialize;

use crate::query::scene::Scene;
use crate::table::column::ColumnId;
use crate::table::row_set::Listed;
use crate::table::row_set::Side;
use crate::trail::time::CALENDAR_STEPS;
use crate::trail::time::DAY;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// Equal bins over a range; `stacks[s].counts[b]` events of class `s` in bin `b`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Start of the first bin.
    pub start: Timestamp,
    /// Length of a bin in milliseconds.
    pub step: i64,
    /// One list of counts a class.
    pub stacks: Vec<Stack>,
    /// All events, whatever the filter.
    pub ghost: Vec<u32>,
}

/// The events of one class over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// The class: a value of the column stacked by.
    pub name: String,
    /// One count a bin.
    pub counts: Vec<u32>,
}

/// The bins of a time axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bins {
    start: i64,
    step: i64,
    count: usize,
}

impl Bins {
    /// At most `most` bins over `range`, of a length that a person would choose, beginning at a multiple of it.
    #[must_use]
    pub fn over(range: TimeRange, most: usize) -> Self {
        let most = i64::try_from(most.clamp(1, 4096)).unwrap_or(1);
        let fits = |step: &i64| (range.end.0.saturating_sub(1)).div_euclid(*step) - range.start.0.div_euclid(*step) < most;
        let step = CALENDAR_STEPS.iter().copied().find(fits).unwrap_or_else(|| (range.millis() / most / DAY + 2) * DAY);
        let start = range.start.0.div_euclid(step) * step;
        let count = usize::try_from((range.end.0 - 1).saturating_sub(start).div_euclid(step) + 1).unwrap_or(1);
        Self { start, step, count: count.clamp(1, 8192) }
    }

    /// The bin of an instant.
    #[must_use]
    pub fn of(self, time: Timestamp) -> Option<usize> {
        let bin = usize::try_from(time.0.checked_sub(self.start)?.div_euclid(self.step)).ok()?;
        (bin < self.count).then_some(bin)
    }

    /// Writes the bin of each of these instants; [`Self::count`] for one that lies in none. Neighbours mostly share a bin, so that most rows
    /// cost two comparisons and no division.
    fn write(self, times: &[Timestamp], of_row: &mut [u16]) {
        let (mut start, mut end, mut bin) = (0, 0, 0);
        for (time, place) in times.iter().zip(of_row) {
            if time.0 < start || time.0 >= end {
                let at = self.of(*time);
                bin = u16::try_from(at.unwrap_or(self.count)).unwrap_or(u16::MAX);
                start = self.start + i64::from(bin) * self.step;
                end = if at.is_some() { start + self.step } else { start };
            }
            *place = bin;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(self) -> usize {
        self.count
    }

    /// Where the first begins.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp(self.start)
    }

    /// How long each is, in milliseconds.
    #[must_use]
    pub fn step(self) -> i64 {
        self.step
    }
}

/// The bin of every row on the present axis, and what all rows together look like on it: two bytes a row, kept while only the filter
/// changes, so that a question divides nothing.
#[derive(Debug, Default)]
pub struct Axis {
    bins: Option<Bins>,
    /// [`Bins::count`] for a row that lies in none.
    of_row: Vec<u16>,
    stacked: Option<ColumnId>,
    /// Counts of all rows, as [`Codes::stack`](crate::table::codes::Codes::stack) writes them; and of how many rows.
    all: Vec<u32>,
    counted: usize,
}

impl Axis {
    /// Counts the rows of a set over `bins`, by the values of `stacked`.
    pub fn timeline(&mut self, scene: Scene<'_>, listed: &Listed, bins: Bins, stacked: ColumnId) -> Timeline {
        self.follow(scene, bins, stacked, usize::MAX);
        let width = bins.count + 1;
        let mut counts = match listed.side {
            Side::In => vec![0; self.all.len()],
            Side::Out => self.all.clone(),
        };
        scene.codes(stacked).stack(&listed.rows, &self.of_row, width, listed.side.change(), &mut counts);
        let mut ghost = vec![0; bins.count];
        self.all.chunks(width).for_each(|line| ghost.iter_mut().zip(line).for_each(|(sum, count)| *sum += count));
        let stack = |(name, line): (&str, &[u32])| Stack { name: name.to_owned(), counts: line.iter().take(bins.count).copied().collect() };
        let stacks = scene.values(stacked).zip(counts.chunks(width)).map(stack);
        let stacks = stacks.filter(|stack| stack.counts.iter().any(|count| *count > 0)).collect();
        Timeline { start: bins.start(), step: bins.step, stacks, ghost }
    }

    /// Classes of files have changed: stacks by them are forgotten.
    pub fn forget_classes(&mut self) {
        if self.stacked == Some(ColumnId::Verdict) {
            self.stacked = None;
        }
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.of_row.capacity() * 2 + self.all.capacity() * 4
    }

    /// Looks at `most` rows, on this axis and stacked so, that it does not know yet; whether it knows them all.
    pub fn follow(&mut self, scene: Scene<'_>, bins: Bins, stacked: ColumnId, most: usize) -> bool {
        if self.bins != Some(bins) {
            (self.bins, self.stacked) = (Some(bins), None);
            self.of_row.clear();
        }
        if self.stacked != Some(stacked) {
            self.stacked = Some(stacked);
            self.all.clear();
            self.counted = 0;
        }
        let width = bins.count + 1;
        self.all.resize(scene.distinct(stacked).max(1) * width, 0);
        let rows = scene.table.len();
        self.of_row.reserve_exact(rows.saturating_sub(self.of_row.len()));
        let until = rows.min(self.counted.saturating_add(most));
        while self.counted < until {
            let past = until.min(self.counted + AT_ONCE);
            let known = self.of_row.len();
            if known < past {
                self.of_row.resize(past, 0);
                let times = scene.table.times().get(known..past).unwrap_or_default();
                bins.write(times, self.of_row.get_mut(known..).unwrap_or_default());
            }
            let rows: Vec<u32> = (self.counted..past).filter_map(|row| u32::try_from(row).ok()).collect();
            scene.codes(stacked).stack(&rows, &self.of_row, width, 1, &mut self.all);
            self.counted = past;
        }
        self.counted == rows
    }
}

impl Timeline {
    /// The instant after the last bin.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.start.plus(self.step.saturating_mul(i64::try_from(self.ghost.len()).unwrap_or(i64::MAX)))
    }

    /// How many events of the filter lie in a bin.
    #[must_use]
    pub fn total(&self, bin: usize) -> u32 {
        self.stacks.iter().filter_map(|stack| stack.counts.get(bin)).sum()
    }
}

/// Rows whose numbers are written down at once.
const AT_ONCE: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_instant_of_the_range_has_a_bin(start in -1_000_000_000_000i64..4_000_000_000_000, length in 1i64..400_000_000_000, most in 1usize..2000, at in 0i64..400_000_000_000) {
            let range = TimeRange::new(Timestamp(start), Timestamp(start + length));
            let bins = Bins::over(range, most);
            prop_assert!(bins.count() <= most.max(1) + 1);
            prop_assert!(bins.of(Timestamp(start + at % length)).is_some());
        }
    }
}
