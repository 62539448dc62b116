//! The rows of one job, sorted by time, with dictionaries of their own; to and from bytes, to travel between workers.
//!
//! Codes of a batch are local to it: a reader gives no number that would mean anything elsewhere.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic))]

use std::collections::HashSet;
use std::ops::Range;

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
        batch.in_order(&in_time(&batch.times))
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

    /// The bytes that travel: every number little-endian, every list led by its length, columns as they lie in memory.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(64 + self.len() * 80));
        out.number(self.len());
        out.words(self.times.iter().map(|time| time.0.to_le_bytes()));
        out.words(self.files.iter().map(|file| file.0.to_le_bytes()));
        out.words(self.offsets.iter().map(|offset| offset.to_le_bytes()));
        out.words(self.ids.packed().iter().copied());
        let odd = self.ids.odd();
        out.number(odd.len());
        for (row, id) in odd {
            out.0.extend_from_slice(&row.to_le_bytes());
            out.text(id);
        }
        for column in &self.columns {
            let (text, ends) = column.values.parts();
            out.text(text);
            out.number(ends.len());
            out.words(ends.iter().map(|end| end.to_le_bytes()));
            match &column.codes {
                Codes::Narrow(cells) => {
                    out.0.push(1);
                    out.0.extend_from_slice(cells);
                }
                Codes::Middle(cells) => out.cells(2, cells.iter().map(|code| code.to_le_bytes())),
                Codes::Wide(cells) => out.cells(4, cells.iter().map(|code| code.to_le_bytes())),
            }
        }
        out.0
    }

    /// Reads what `to_bytes` wrote. `None` for anything else: damaged bytes never become rows.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        let rows = from.number()?;
        let times = from.words(rows, |bytes| Timestamp(i64::from_le_bytes(bytes)))?;
        let files = from.words(rows, |bytes| FileId(u32::from_le_bytes(bytes)))?;
        let offsets = from.words(rows, u64::from_le_bytes)?;
        let packed = from.words(rows, |bytes: [u8; 16]| bytes)?;
        let odd = (0..from.number()?).map(|_| Some((u32::from_le_bytes(from.take()?), from.text()?.to_owned()))).collect::<Option<_>>()?;
        let ids = EventIds::from_parts(packed, odd)?;
        let columns = ColumnId::STORED.iter().map(|_| from.column(rows)).collect::<Option<_>>()?;
        from.0.is_empty().then_some(Self { times, files, offsets, ids, columns })
    }

    /// The rows that are not of these files.
    #[must_use]
    pub fn without(self, files: &HashSet<FileId>) -> Self {
        if files.is_empty() {
            return self;
        }
        let kept: Vec<u32> = (0..).zip(&self.files).filter(|(_, file)| !files.contains(file)).map(|(row, _)| row).collect();
        self.in_order(&kept)
    }

    fn in_order(&self, order: &[u32]) -> Self {
        fn pick<T: Copy>(cells: &[T], order: &[u32]) -> Vec<T> {
            let mut picked = Vec::with_capacity(order.len());
            for row in order {
                picked.extend(cells.get(usize::try_from(*row).unwrap_or(usize::MAX)));
            }
            picked
        }
        let column = |column: &BatchColumn| BatchColumn { values: column.values.clone(), codes: column.codes.of_rows(order) };
        Self {
            times: pick(&self.times, order),
            files: pick(&self.files, order),
            offsets: pick(&self.offsets, order),
            ids: self.ids.of_rows(order),
            columns: self.columns.iter().map(column).collect(),
        }
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: usize) {
        self.0.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn words<const N: usize>(&mut self, words: impl ExactSizeIterator<Item = [u8; N]>) {
        let start = self.0.len();
        self.0.resize(start + words.len() * N, 0);
        let places = self.0.get_mut(start..).unwrap_or_default().as_chunks_mut().0;
        for (place, word) in places.iter_mut().zip(words) {
            *place = word;
        }
    }

    fn cells<const N: usize>(&mut self, width: u8, cells: impl ExactSizeIterator<Item = [u8; N]>) {
        self.0.push(width);
        self.words(cells);
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.take()?)).ok()
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.bytes(length)?).ok()
    }

    /// A count that cannot be true finds too few bytes before anything is allocated for it.
    fn words<const N: usize, T>(&mut self, count: usize, word: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
        let bytes = self.bytes(count.checked_mul(N)?)?;
        Some(bytes.as_chunks::<N>().0.iter().map(|bytes| word(*bytes)).collect())
    }

    fn column(&mut self, rows: usize) -> Option<BatchColumn> {
        let text = self.text()?;
        let count = self.number()?;
        let values = Values::from_parts(text, self.words(count, u32::from_le_bytes)?)?;
        let codes = match self.take()? {
            [1] => Codes::Narrow(self.bytes(rows)?.to_vec()),
            [2] => Codes::Middle(self.words(rows, u16::from_le_bytes)?),
            [4] => Codes::Wide(self.words(rows, u32::from_le_bytes)?),
            _ => return None,
        };
        let known = codes.greatest().is_none_or(|code| usize::try_from(code).is_ok_and(|code| code < count));
        known.then_some(BatchColumn { values, codes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn batch(times: &[i64]) -> EventBatch {
        let mut builder = BatchBuilder::default();
        for (row, time) in times.iter().enumerate() {
            let json = format!(r#"{{"eventName":"E{}","eventID":"x{row}","awsRegion":"r{}"}}"#, row % 3, row % 2);
            let mut record = EventRecord::parse(json.as_bytes()).expect("a record");
            record.event_time = Some(Timestamp(*time));
            builder.push(FileId(row as u32), row as u64 * 10, &record);
        }
        builder.finish()
    }

    proptest! {
        #[test]
        fn rows_of_one_time_keep_their_order(times in prop::collection::vec(prop_oneof![5 => -5i64..5, 1 => any::<i64>(), 1 => Just(i64::MIN)], 0..40)) {
            let times: Vec<Timestamp> = times.into_iter().map(Timestamp).collect();
            let mut order: Vec<u32> = (0..times.len() as u32).collect();
            order.sort_by_key(|row| times[*row as usize]);
            prop_assert_eq!(in_time(&times), order);
        }

        #[test]
        fn bytes_come_back_as_rows(times in prop::collection::vec(-5i64..5, 0..40)) {
            let batch = batch(&times);
            let back = EventBatch::from_bytes(&batch.to_bytes()).expect("its own bytes");
            prop_assert_eq!(&back.times, &batch.times);
            prop_assert!(back.times.is_sorted());
            prop_assert_eq!((&back.files, &back.offsets, &back.ids), (&batch.files, &batch.offsets, &batch.ids));
            for (ours, theirs) in batch.columns.iter().zip(&back.columns) {
                prop_assert_eq!(ours, theirs);
            }
        }

        #[test]
        fn damaged_bytes_are_refused_or_read_never_a_panic(times in prop::collection::vec(-5i64..5, 0..8), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let mut bytes = batch(&times).to_bytes();
            let place = at.index(bytes.len());
            bytes[place] = byte;
            let _ = EventBatch::from_bytes(&bytes);
            let _ = EventBatch::from_bytes(&bytes[..cut.index(bytes.len())]);
        }
    }
}
