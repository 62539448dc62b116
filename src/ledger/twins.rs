//! Finding the rows that share an event id, among millions and in steps as short as the caller likes.
//!
//! A bit for each of eight places a row tells ids that surely stand alone; only the few others are sorted. Ten million rows whose ids all
//! differ: half of the time that sorting all of their keys took.

use crate::table::event_id::EventIds;
use crate::table::event_table::EventTable;
use crate::trail::arrange::arrange;

/// Groups of rows with one id.
#[derive(Default)]
pub(super) struct Twins {
    /// The rows, group by group.
    rows: Vec<u32>,
    /// Where each group ends in `rows`.
    ends: Vec<u32>,
    search: Search,
}

/// The search, for a table of so many rows.
#[derive(Default)]
struct Search {
    of_rows: usize,
    stage: Stage,
    /// Places where an id was seen; where a second one was.
    once: Vec<u64>,
    twice: Vec<u64>,
    /// Rows that may have a twin, each in the heap that its key says.
    heaps: Vec<Vec<u32>>,
    /// The keys of the rows that are looked at.
    keys: Vec<u64>,
}

/// What is being done, and how far it is: rows, at last heaps.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    Mark(usize),
    Deal(usize),
    Match(usize),
    #[default]
    Done,
}

impl Twins {
    /// Goes on with the search; whether all are found. A `budget` of one is a few nanoseconds.
    pub(super) fn step(&mut self, table: &EventTable, budget: usize) -> bool {
        if self.search.of_rows != table.len() {
            *self = Self { search: Search::of(table.len()), ..Self::default() };
        }
        let mut left = budget / DEAR + 1;
        while left > 0 && self.search.stage != Stage::Done {
            let spent = match self.search.stage {
                Stage::Match(heap) => self.matched(table, heap),
                _ => self.search.sift(table.ids(), left),
            };
            left = left.saturating_sub(spent.max(1));
        }
        self.search.stage == Stage::Done
    }

    /// The group of that number.
    pub(super) fn group(&self, at: usize) -> Option<&[u32]> {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.rows.get(start as usize..*self.ends.get(at)? as usize)
    }

    /// The groups of one heap.
    fn matched(&mut self, table: &EventTable, heap: usize) -> usize {
        let ids = table.ids();
        let Some(rows) = self.search.heaps.get_mut(heap).map(std::mem::take) else {
            self.search = Search { of_rows: self.search.of_rows, ..Search::default() };
            return 1;
        };
        self.search.stage = Stage::Match(heap + 1);
        let mut keyed: Vec<(u64, u32)> = rows.iter().filter_map(|row| Some((ids.key(*row)?, *row))).collect();
        keyed.sort_unstable();
        for same_key in keyed.chunk_by(|(a, _), (b, _)| a == b).filter(|same| same.len() > 1) {
            // Different ids with the same key have to be made; whoever makes a million of them shall not stop the page.
            let mut rows: Vec<u32> = same_key.iter().map(|(_, row)| *row).collect();
            arrange(&mut rows, |a, b| ids.compare(*a, *b));
            for same in rows.chunk_by(|a, b| ids.compare(*a, *b).is_eq()) {
                let mut files = same.iter().map(|row| table.files().get(*row as usize));
                let first = files.next();
                if files.any(|file| Some(file) != first) {
                    self.rows.extend_from_slice(same);
                    self.ends.push(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
                }
            }
        }
        keyed.len() * 2
    }
}

impl Search {
    fn of(rows: usize) -> Self {
        let words = (rows / 8).next_power_of_two();
        Self { of_rows: rows, stage: Stage::Mark(0), once: vec![0; words], twice: vec![0; words], ..Self::default() }
    }

    /// Looks at so many rows; how many it were. Plain loops: at the size that the page is built for, closures are called and not inlined.
    fn sift(&mut self, ids: &EventIds, most: usize) -> usize {
        let (Stage::Mark(from) | Stage::Deal(from) | Stage::Match(from)) = self.stage else { return 1 };
        let past = self.of_rows.min(from.saturating_add(most.min(AT_ONCE)));
        ids.read_keys(from..past, &mut self.keys);
        let is_last = past == self.of_rows;
        if matches!(self.stage, Stage::Mark(_)) {
            self.mark();
            self.stage = if is_last { Stage::Deal(0) } else { Stage::Mark(past) };
        } else {
            self.once = Vec::new();
            self.heaps.resize(HEAPS, Vec::new());
            for (row, key) in (from..past).zip(&self.keys) {
                if is_marked(&self.twice, *key)
                    && let Some(heap) = self.heaps.get_mut(heap_of(*key))
                {
                    heap.push(u32::try_from(row).unwrap_or(u32::MAX));
                }
            }
            self.stage = if is_last { Stage::Match(0) } else { Stage::Deal(past) };
        }
        past - from
    }

    fn mark(&mut self) {
        for key in self.keys.iter().filter(|key| **key != 0) {
            let (word, bit) = place_of(&self.once, *key);
            if let (Some(once), Some(twice)) = (self.once.get_mut(word), self.twice.get_mut(word)) {
                *twice |= *once & bit;
                *once |= bit;
            }
        }
    }
}

/// Which word, and which bit of it: the low end of the key. The heap is of the high end.
fn place_of(words: &[u64], key: u64) -> (usize, u64) {
    let place = usize::try_from(key & 0xffff_ffff).unwrap_or(0);
    ((place / 64) & (words.len() - 1), 1 << (place % 64))
}

fn is_marked(words: &[u64], key: u64) -> bool {
    let (word, bit) = place_of(words, key);
    key != 0 && words.get(word).is_some_and(|word| word & bit != 0)
}

fn heap_of(key: u64) -> usize {
    usize::try_from(key >> 52).unwrap_or(0)
}

/// As many as twelve bits tell apart: of ten million rows that all may have twins, two thousand in each.
const HEAPS: usize = 1 << 12;
/// Rows whose keys are read together.
const AT_ONCE: usize = 1 << 12;
/// A look at an id takes as long as so many comparisons of times.
const DEAR: usize = 4;
