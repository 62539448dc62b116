//! The rows of one job, sorted by time, with dictionaries of their own.
//!
//! Codes of a batch are local to it: a reader gives no number that would mean anything elsewhere.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic))]

use std::ops::Range;

use hashbrown::HashSet;

use crate::table::codes::Codes;
use crate::table::column::ColumnId;
use crate::table::dictionary::Code;
use crate::table::dictionary::Dictionary;
use crate::table::event_id::EventIds;
use crate::table::values::Values;
use crate::trail::bytes::same;
use crate::trail::event::EventRecord;
use crate::trail::ids::FileId;
use crate::trail::time::Timestamp;

/// What a row without a readable `eventTime` has in the time column: before everything.
pub const NO_TIME: Timestamp = Timestamp(i64::MIN);

/// Rows gathered from files, in the order read.
#[derive(Debug)]
pub struct BatchBuilder {
    times: Vec<Timestamp>,
    files: Vec<FileId>,
    offsets: Vec<u64>,
    ids: EventIds,
    columns: Vec<OpenColumn>,
}

#[derive(Debug, Default)]
struct OpenColumn {
    dictionary: Dictionary,
    codes: Codes,
    last: Code,
    /// Where among the dictionary's texts that of the last code stands.
    place: Range<usize>,
    /// So many rows at the end have the last code and stand not yet among the codes.
    run: usize,
}

/// Immutable rows in columns.
#[derive(Clone, Debug, Default)]
pub struct EventBatch {
    pub(super) times: Vec<Timestamp>,
    pub(super) files: Vec<FileId>,
    pub(super) offsets: Vec<u64>,
    pub(super) ids: EventIds,
    pub(super) columns: Vec<BatchColumn>,
}

/// One stored column: its distinct values and one code a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BatchColumn {
    pub(super) values: Values,
    pub(super) codes: Codes,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        let columns = ColumnId::STORED.iter().map(|_| OpenColumn::default()).collect();
        Self { times: Vec::new(), files: Vec::new(), offsets: Vec::new(), ids: EventIds::default(), columns }
    }
}

impl BatchBuilder {
    /// Adds one record, which began at `offset` of its inflated file.
    pub fn push(&mut self, file: FileId, offset: u64, record: &EventRecord<'_>) {
        self.times.push(record.event_time.unwrap_or(NO_TIME));
        self.files.push(file);
        self.offsets.push(offset);
        self.ids.push(record.event_id.as_deref().unwrap_or_default());
        for (column, cell) in self.columns.iter_mut().zip(ColumnId::cells(record)) {
            column.push(cell);
        }
    }

    /// Rows so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is no row yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The rows, sorted by time (records inside a file seldom are).
    #[must_use]
    pub fn finish(self) -> EventBatch {
        let columns = self.columns.into_iter().map(OpenColumn::finish);
        let batch = EventBatch { times: self.times, files: self.files, offsets: self.offsets, ids: self.ids, columns: columns.collect() };
        if batch.times.is_sorted() {
            return batch;
        }
        let order = in_time(&batch.times);
        batch.in_order(&order)
    }
}

/// The rows from the first to the last; of one time, as they were read.
fn in_time(times: &[Timestamp]) -> Vec<u32> {
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(times.len());
    for (row, time) in (0..).zip(times) {
        keys.push((time.0.abs_diff(i64::MIN), row));
    }
    // Time and row beside each other: `arrange` would look both up for each comparison.
    keys.sort_unstable();
    keys.iter().map(|(_, row)| *row).collect()
}

impl OpenColumn {
    /// Neighbours often say the same (Region, account, session): comparing is cheaper than looking up, and counting than writing.
    #[inline(always)]
    fn push(&mut self, cell: &str) {
        if self.run == 0 || !same(self.dictionary.bytes_at(&self.place), cell.as_bytes()) {
            self.begin_run(cell);
        }
        self.run += 1;
    }

    fn begin_run(&mut self, cell: &str) {
        self.end_run();
        self.last = self.dictionary.intern(cell);
        self.place = self.dictionary.place(self.last);
    }

    fn end_run(&mut self) {
        self.codes.push_run(self.last, std::mem::take(&mut self.run));
    }

    fn finish(mut self) -> BatchColumn {
        self.end_run();
        BatchColumn { values: self.dictionary.into_values(), codes: self.codes }
    }
}

impl EventBatch {
    /// The files that the rows are of.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        let mut files: Vec<FileId> = self.files.clone();
        files.dedup();
        files.into_iter()
    }

    /// The key of each row's `eventID`, and its file; rows without an id are left out.
    pub fn event_keys(&self) -> impl Iterator<Item = (u64, FileId)> {
        self.ids.keys().zip(&self.files).filter_map(|(key, file)| Some((key?, *file)))
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The rows that are not of these files.
    #[must_use]
    pub fn without(self, files: &HashSet<FileId>) -> Self {
        if files.is_empty() {
            return self;
        }
        let kept: Vec<u32> = (0..).zip(&self.files).filter(|(_, file)| !files.contains(*file)).map(|(row, _)| row).collect();
        self.in_order(&kept)
    }

    fn in_order(self, order: &[u32]) -> Self {
        fn pick<T: Copy>(cells: &[T], order: &[u32]) -> Vec<T> {
            let mut picked = Vec::with_capacity(order.len());
            for row in order {
                picked.extend(cells.get(usize::try_from(*row).unwrap_or(usize::MAX)));
            }
            picked
        }
        let column = |column: BatchColumn| BatchColumn { codes: column.codes.of_rows(order), ..column };
        Self {
            times: pick(&self.times, order),
            files: pick(&self.files, order),
            offsets: pick(&self.offsets, order),
            ids: self.ids.of_rows(order),
            columns: self.columns.into_iter().map(column).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_of_one_time_keep_their_order(times in prop::collection::vec(prop_oneof![5 => -5i64..5, 1 => any::<i64>(), 1 => Just(i64::MIN)], 0..40)) {
            let times: Vec<Timestamp> = times.into_iter().map(Timestamp).collect();
            let mut order: Vec<u32> = (0..times.len() as u32).collect();
            order.sort_by_key(|row| times[*row as usize]);
            prop_assert_eq!(in_time(&times), order);
        }
    }
}
