//! A batch as bytes, to travel between workers.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic))]

use crate::table::batch::BatchColumn;
use crate::table::batch::EventBatch;
use crate::table::codes::Codes;
use crate::table::column::ColumnId;
use crate::table::event_id::EventIds;
use crate::table::values::Values;
use crate::trail::ids::FileId;
use crate::trail::time::Timestamp;

impl EventBatch {
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
    use crate::table::batch::BatchBuilder;
    use crate::trail::event::EventRecord;
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
