//! Sorts all rows, in steps as short as the caller likes: first by time, then, for a column, by its values' alphabet.

use crate::query::merge::MergeSort;
use crate::query::order::SortBy;
use crate::query::scene::Scene;
use crate::query::spelling::Spelling;
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
    alphabet: Vec<u32>,
    /// The same in the making, where values have come since.
    spelling: Option<Spelling>,
    /// Of each code, the place of its next row.
    next: Vec<u32>,
    order: Vec<u32>,
}

/// What is being done, and how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Room for the rows: to write over forty megabytes at once takes longer than a step may.
    Room,
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
            self.by_time.step(budget, times);
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
        let column = self.column.as_ref().map_or(0, |column| {
            column.totals.memory() + (column.alphabet.capacity() + column.next.capacity() + column.order.capacity()) * 4
        });
        self.by_time.memory() + column
    }
}

impl ByColumn {
    fn new(column: ColumnId) -> Self {
        let (totals, alphabet) = (Totals::default(), Vec::new());
        Self { column, stage: Stage::Done, rows: 0, totals, alphabet, spelling: None, next: Vec::new(), order: Vec::new() }
    }

    fn step(&mut self, scene: Scene<'_>, by_time: &[u32], budget: usize) -> bool {
        let values = scene.table.column(self.column).map(|column| &column.dictionary);
        self.stage = match self.stage {
            Stage::Done if self.rows == by_time.len() => Stage::Done,
            Stage::Done => {
                self.rows = by_time.len();
                let distinct = scene.distinct(self.column);
                self.spelling = (self.alphabet.len() < distinct).then(|| Spelling::of(distinct));
                self.next.resize(scene.distinct(self.column), 0);
                self.order.reserve_exact(self.rows - self.order.len());
                Stage::Room
            }
            Stage::Room => {
                let room = self.rows.min(self.order.len().saturating_add(budget.saturating_mul(ROOM)));
                self.order.resize(room, 0);
                if room == self.rows { Stage::Count } else { Stage::Room }
            }
            Stage::Count if self.totals.follow(scene, self.column, self.rows, budget) => Stage::Spell,
            Stage::Count => Stage::Count,
            Stage::Spell => {
                let value = |code| match values {
                    Some(values) => values.bytes(Code(code)),
                    None => scene.value(self.column, code).as_bytes(),
                };
                let is_done = self.spelling.as_mut().is_none_or(|spelling| spelling.step(budget / LETTER + 1, value));
                if is_done {
                    self.alphabet = self.spelling.take().map_or_else(|| std::mem::take(&mut self.alphabet), Spelling::into_order);
                    Stage::Part(0, 0)
                } else {
                    Stage::Spell
                }
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
        let codes = &self.alphabet;
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

/// So many zeros are written in the time of a comparison.
const ROOM: usize = 8;
/// A look at one letter takes as long as so many comparisons of times.
const LETTER: usize = 2;
