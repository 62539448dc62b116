//! The rows of one job, sorted by time, with dictionaries of their own; to and from bytes, to travel between workers.
//!
//! Codes of a batch are local to it: a reader gives no number that would mean anything elsewhere.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic))]

use std::collections::HashSet;

use crate::table::codes::Codes;
use crate::table::column::ColumnId;
use crate::table::dictionary::Code;
use crate::table::dictionary::Dictionary;
use crate::table::event_id::EventIds;
use crate::trail::arrange::arrange;
use crate::trail::event::EventRecord;
use crate::trail::ids::FileId;
use crate::trail::time::Timestamp;

/// What a row without a readable `eventTime` has in the time column: before everything.
pub const NO_TIME: Timestamp = Timestamp(i64::MIN);

/// Rows gathered from files, in the order read.
#[derive(Debug)]
pub struct BatchBuilder {
    batch: EventBatch,
}

/// Immutable rows in columns.
#[derive(Clone, Debug, Default)]
pub struct EventBatch {
    pub(crate) times: Vec<Timestamp>,
    pub(crate) files: Vec<FileId>,
    pub(crate) offsets: Vec<u64>,
    pub(crate) ids: EventIds,
    pub(crate) columns: Vec<BatchColumn>,
}

/// One stored column: its distinct values and one code a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct BatchColumn {
    pub(crate) dictionary: Dictionary,
    pub(crate) codes: Codes,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        let columns = ColumnId::STORED.iter().map(|_| BatchColumn::default()).collect();
        Self { batch: EventBatch { columns, ..EventBatch::default() } }
    }
}

impl BatchBuilder {
    /// Adds one record, which began at `offset` of its inflated file.
    pub fn push(&mut self, file: FileId, offset: u64, record: &EventRecord<'_>) {
        self.batch.times.push(record.event_time.unwrap_or(NO_TIME));
        self.batch.files.push(file);
        self.batch.offsets.push(offset);
        self.batch.ids.push(record.event_id.as_deref().unwrap_or_default());
        for (column, id) in self.batch.columns.iter_mut().zip(ColumnId::STORED) {
            let code = column.dictionary.intern(id.cell(record));
            column.codes.push(code);
        }
    }

    /// Rows so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.len()
    }

    /// Whether there is no row yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// The rows, sorted by time (records inside a file seldom are).
    #[must_use]
    pub fn finish(self) -> EventBatch {
        let mut order: Vec<usize> = (0..self.batch.len()).collect();
        arrange(&mut order, |a, b| self.batch.times.get(*a).cmp(&self.batch.times.get(*b)));
        self.batch.in_order(&order)
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

    /// The bytes that travel: every number little-endian, every list led by its length.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(64 + self.len() * 64));
        out.number(self.len());
        self.times.iter().for_each(|time| out.0.extend_from_slice(&time.0.to_le_bytes()));
        self.files.iter().for_each(|file| out.0.extend_from_slice(&file.0.to_le_bytes()));
        self.offsets.iter().for_each(|offset| out.0.extend_from_slice(&offset.to_le_bytes()));
        for row in 0..self.len() {
            match self.ids.packed().get(row) {
                Some(bytes) if *bytes != [0; 16] => {
                    out.0.push(1);
                    out.0.extend_from_slice(bytes);
                }
                _ => {
                    out.0.push(0);
                    out.text(&self.ids.text(row));
                }
            }
        }
        for column in &self.columns {
            out.number(column.dictionary.len());
            column.dictionary.values().for_each(|value| out.text(value));
            column.codes.each(|_, code| out.0.extend_from_slice(&code.to_le_bytes()));
        }
        out.0
    }

    /// Reads what `to_bytes` wrote. `None` for anything else: damaged bytes never become rows.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        let rows = from.number()?;
        // A row takes at least 24 bytes: a count that cannot be true is refused before anything is allocated for it.
        if rows > bytes.len() / 24 {
            return None;
        }
        let times = (0..rows).map(|_| from.take().map(|b| Timestamp(i64::from_le_bytes(b)))).collect::<Option<_>>()?;
        let files = (0..rows).map(|_| from.take().map(|b| FileId(u32::from_le_bytes(b)))).collect::<Option<_>>()?;
        let offsets = (0..rows).map(|_| from.take().map(u64::from_le_bytes)).collect::<Option<_>>()?;
        let mut ids = EventIds::default();
        for _ in 0..rows {
            match from.take::<1>()? {
                [1] => ids.push_packed(from.take()?),
                _ => ids.push(from.text()?),
            }
        }
        let columns = ColumnId::STORED.iter().map(|_| from.column(rows)).collect::<Option<_>>()?;
        from.0.is_empty().then_some(Self { times, files, offsets, ids, columns })
    }

    /// The rows that are not of these files.
    #[must_use]
    pub fn without(self, files: &HashSet<FileId>) -> Self {
        let kept: Vec<usize> = self.files.iter().enumerate().filter(|(_, file)| !files.contains(file)).map(|(row, _)| row).collect();
        if kept.len() == self.len() { self } else { self.in_order(&kept) }
    }

    fn in_order(self, order: &[usize]) -> Self {
        let mut ids = EventIds::default();
        order.iter().for_each(|row| ids.push(&self.ids.text(*row)));
        let columns = self.columns.into_iter().map(|column| {
            let mut codes = Codes::default();
            order.iter().for_each(|row| codes.push(column.codes.at(*row)));
            BatchColumn { dictionary: column.dictionary, codes }
        });
        Self {
            times: order.iter().filter_map(|row| self.times.get(*row).copied()).collect(),
            files: order.iter().filter_map(|row| self.files.get(*row).copied()).collect(),
            offsets: order.iter().filter_map(|row| self.offsets.get(*row).copied()).collect(),
            ids,
            columns: columns.collect(),
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

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(head).ok()
    }

    fn column(&mut self, rows: usize) -> Option<BatchColumn> {
        let mut column = BatchColumn::default();
        let values = self.number()?;
        for _ in 0..values {
            column.dictionary.intern(self.text()?);
        }
        // A value written twice would shift every code after it.
        if column.dictionary.len() != values {
            return None;
        }
        for _ in 0..rows {
            let code = u32::from_le_bytes(self.take()?);
            let known = usize::try_from(code).is_ok_and(|code| code < values);
            column.codes.push(known.then_some(Code(code))?);
        }
        Some(column)
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
        fn bytes_come_back_as_rows(times in prop::collection::vec(-5i64..5, 0..40)) {
            let batch = batch(&times);
            let back = EventBatch::from_bytes(&batch.to_bytes()).expect("its own bytes");
            prop_assert_eq!(&back.times, &batch.times);
            prop_assert!(back.times.is_sorted());
            prop_assert_eq!((&back.files, &back.offsets, &back.ids), (&batch.files, &batch.offsets, &batch.ids));
            for (ours, theirs) in batch.columns.iter().zip(&back.columns) {
                prop_assert_eq!(&ours.codes, &theirs.codes);
                prop_assert!(ours.dictionary.values().eq(theirs.dictionary.values()));
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
