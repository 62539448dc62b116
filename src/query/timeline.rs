//! Counts per stretch of time and class, and the same unfiltered as a ghost behind it.

use serde::Deserialize;
use serde::Serialize;

use crate::query::scene::Scene;
use crate::table::column::ColumnId;
use crate::table::row_set::RowSet;
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

impl Timeline {
    /// Counts the rows of `set` over `bins`, by the values of `stacked`.
    #[must_use]
    pub fn count(scene: Scene<'_>, set: &RowSet, bins: Bins, stacked: ColumnId) -> Self {
        let classes = scene.distinct(stacked).max(1);
        let mut counts = vec![0u32; classes * bins.count];
        let mut ghost = vec![0u32; bins.count];
        let times = scene.table.times();
        for (at, word) in set.words().iter().enumerate() {
            let rows = times.iter().enumerate().skip(at * 64).take(64);
            for (bit, (row, time)) in rows.enumerate() {
                let Some(bin) = bins.of(*time) else { continue };
                ghost[bin] += 1;
                if word >> bit & 1 == 1 {
                    counts[scene.code(stacked, row) as usize * bins.count + bin] += 1;
                }
            }
        }
        let stack = |(name, counts): (&str, &[u32])| Stack { name: name.to_owned(), counts: counts.to_vec() };
        let stacks = scene.values(stacked).zip(counts.chunks(bins.count)).map(stack);
        let stacks = stacks.filter(|stack| stack.counts.iter().any(|count| *count > 0)).collect();
        Self { start: bins.start(), step: bins.step, stacks, ghost }
    }

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
