//! Sorts all rows, in steps as short as the caller likes: first by time, then, for a column, by its values' alphabet.

use std::cmp::Ordering;

use crate::query::merge::MergeSort;
use crate::query::order::SortBy;
use crate::query::scene::Scene;
use crate::query::tally::Totals;
use crate::table::column::ColumnId;
use crate::table::dictionary::Code;

/// The order by time, and that of the column last asked for.
#[derive(Debug, Default)]
pub struct Sorting {
    by_time: MergeSort,
    column: Option<ByColumn>,
}

/// A counting sort: stable, so rows with equal cells stay in order of time. A round is over so many rows as there were at its beginning:
/// while files arrive faster than rows are sorted, each round is finished all the same.
#[derive(Debug)]
struct ByColumn {
    column: ColumnId,
    stage: Stage,
    /// The rows of this round.
    rows: usize,
    totals: Totals,
    /// The codes in alphabetical order of their values.
    alphabet: MergeSort,
    /// Of each code, the place of its next row.
    next: Vec<u32>,
    order: Vec<u32>,
}

/// What is being done, and how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// How many rows each value has.
    Count,
    /// Which value comes first.
    Spell,
    /// Where each value's rows begin: of so many values, so many rows.
    Part(usize, u32),
    /// Every row to its place: so many.
    Deal(usize),
    Done,
}

impl Sorting {
    /// The rows sorted ascending, if that order is there: maybe without the rows that came last.
    #[must_use]
    pub fn order(&self, by: SortBy) -> Option<&[u32]> {
        match by {
            SortBy::Time => self.by_time.is_done().then(|| self.by_time.order()),
            SortBy::Column(id) => self
                .column
                .as_ref()
                .filter(|column| column.column == id && column.stage == Stage::Done)
                .map(|column| column.order.as_slice()),
        }
    }

    /// Whether the order is there, of all rows.
    #[must_use]
    pub fn is_there(&self, scene: Scene<'_>, by: SortBy) -> bool {
        self.order(by).is_some_and(|order| order.len() == scene.table.len())
    }

    /// Goes on towards this order, and drops what was begun of another column's; whether it is there. A `budget` of one is a few
    /// nanoseconds: a comparison, or a row put in its place.
    pub fn step(&mut self, scene: Scene<'_>, by: SortBy, budget: usize) -> bool {
        let times = scene.table.times();
        // What rows are dealt from must hold still.
        if self.column.as_ref().is_none_or(|column| SortBy::Column(column.column) != by || column.stage == Stage::Done) {
            self.by_time.grow(times.len());
        }
        if !self.by_time.is_done() {
            self.by_time.step(budget, |a, b| times.get(a as usize) > times.get(b as usize));
            return by == SortBy::Time && self.by_time.is_done();
        }
        let SortBy::Column(id) = by else { return true };
        self.column.take_if(|known| known.column != id);
        self.column.get_or_insert_with(|| ByColumn::new(id)).step(scene, self.by_time.order(), budget)
    }

    /// Classes of files have changed: an order by them is forgotten.
    pub fn forget_classes(&mut self) {
        self.column.take_if(|column| column.column == ColumnId::Verdict);
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        let column = self
            .column
            .as_ref()
            .map_or(0, |column| column.alphabet.memory() + column.totals.memory() + (column.next.capacity() + column.order.capacity()) * 4);
        self.by_time.memory() + column
    }
}

impl ByColumn {
    fn new(column: ColumnId) -> Self {
        let (totals, alphabet) = (Totals::default(), MergeSort::default());
        Self { column, stage: Stage::Done, rows: 0, totals, alphabet, next: Vec::new(), order: Vec::new() }
    }

    fn step(&mut self, scene: Scene<'_>, by_time: &[u32], budget: usize) -> bool {
        self.stage = match self.stage {
            Stage::Done if self.rows == by_time.len() => Stage::Done,
            Stage::Done => {
                self.rows = by_time.len();
                self.alphabet.grow(scene.distinct(self.column));
                self.next.resize(scene.distinct(self.column), 0);
                self.order.reserve_exact(self.rows - self.order.len());
                self.order.resize(self.rows, 0);
                Stage::Count
            }
            Stage::Count if self.totals.follow(scene, self.column, self.rows, budget) => Stage::Spell,
            Stage::Count => Stage::Count,
            Stage::Spell => {
                let is_done = match scene.table.column(self.column).map(|column| &column.dictionary) {
                    Some(values) => {
                        let value = |code| values.bytes(Code(code));
                        self.alphabet.step(budget / TEXT + 1, |a, b| by_letters(value(a), value(b)) == Ordering::Greater)
                    }
                    None => self.alphabet.step(budget, |a, b| scene.value(self.column, a) > scene.value(self.column, b)),
                };
                if is_done { Stage::Part(0, 0) } else { Stage::Spell }
            }
            Stage::Part(from, free) => self.part(from, free, budget),
            Stage::Deal(from) => {
                let past = self.rows.min(from.saturating_add(budget));
                let rows = by_time.get(from..past).unwrap_or_default();
                scene.codes(self.column).deal(rows, &mut self.next, &mut self.order);
                if past == self.rows { Stage::Done } else { Stage::Deal(past) }
            }
        };
        if self.stage == Stage::Done {
            self.next = Vec::new();
        }
        self.stage == Stage::Done
    }

    fn part(&mut self, from: usize, mut free: u32, budget: usize) -> Stage {
        let codes = self.alphabet.order();
        let past = codes.len().min(from.saturating_add(budget));
        for code in codes.get(from..past).unwrap_or_default().iter().map(|code| *code as usize) {
            if let Some(next) = self.next.get_mut(code) {
                *next = free;
            }
            free += self.totals.counts().get(code).copied().unwrap_or(0);
        }
        if past == codes.len() { Stage::Deal(0) } else { Stage::Part(past, free) }
    }
}

/// As `a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase())`, eight bytes at a time: ARNs say the same for forty bytes and more, and byte
/// by byte a million of them took twice as long.
fn by_letters(a: &[u8], b: &[u8]) -> Ordering {
    let ((eights_a, rest_a), (eights_b, rest_b)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (eight_a, eight_b) in eights_a.iter().zip(eights_b) {
        if eight_a != eight_b {
            let (eight_a, eight_b) = (small_letters(u64::from_be_bytes(*eight_a)), small_letters(u64::from_be_bytes(*eight_b)));
            if eight_a != eight_b {
                return eight_a.cmp(&eight_b);
            }
        }
    }
    let of_next = |eights: &[[u8; 8]], rest: &[u8], at: usize| {
        small_letters(eights.get(at).map_or_else(|| padded(rest), |eight| u64::from_be_bytes(*eight)))
    };
    let at = eights_a.len().min(eights_b.len());
    of_next(eights_a, rest_a, at).cmp(&of_next(eights_b, rest_b, at)).then(a.len().cmp(&b.len()))
}

/// Fewer than eight bytes and nothing behind them. What ends comes first, as a zero does; of two that differ by zeros alone, the shorter.
fn padded(rest: &[u8]) -> u64 {
    rest.iter().rev().fold(0, |word, byte| word >> 8 | u64::from(*byte) << 56)
}

/// A–Z as a–z in all eight bytes at once.
fn small_letters(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let low = word & (0x7f * EACH);
    let (from_a, past_z) = (low + (0x80 - 0x41) * EACH, low + (0x80 - 0x5b) * EACH);
    let capitals = !word & (from_a ^ past_z) & (0x80 * EACH);
    word | capitals >> 2
}

/// A comparison of two texts takes as long as so many of numbers.
const TEXT: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn letters_are_compared_as_if_they_were_small(a in "[aAbB_@Zz\\[é\u{0}]{0,20}", b in "[aAbB_@Zz\\[é\u{0}]{0,20}", common in "[aA]{0,12}") {
            let (a, b) = (format!("{common}{a}"), format!("{}{b}", common.to_ascii_uppercase()));
            let (small_a, small_b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
            prop_assert_eq!(by_letters(a.as_bytes(), b.as_bytes()), small_a.cmp(&small_b));
        }
    }
}
