//! All rows: batches appended one after the other, their local codes turned into the table's own.

use crate::table::batch::EventBatch;
use crate::table::batch::NO_TIME;
use crate::table::codes::Codes;
use crate::table::column::ColumnId;
use crate::table::dictionary::Dictionary;
use crate::table::event_id::EventIds;
use crate::table::growth::OutOfRoom;
use crate::table::growth::make_room;
use crate::table::growth::probe;
use crate::table::growth::share;
use crate::table::growth::try_room;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// The table of events. Only grows; a `RowId` keeps its meaning.
#[derive(Debug)]
pub struct EventTable {
    times: Vec<Timestamp>,
    files: Vec<FileId>,
    offsets: Vec<u64>,
    ids: EventIds,
    columns: Vec<Column>,
    span: Option<(Timestamp, Timestamp)>,
}

/// One stored column.
#[derive(Debug, Default)]
pub struct Column {
    /// Its distinct values.
    pub dictionary: Dictionary,
    /// One code a row.
    pub codes: Codes,
}

impl Default for EventTable {
    fn default() -> Self {
        let columns = ColumnId::STORED.iter().map(|_| Column::default()).collect();
        Self { times: Vec::new(), files: Vec::new(), offsets: Vec::new(), ids: EventIds::default(), columns, span: None }
    }
}

impl EventTable {
    /// Adds the rows of a batch behind all others.
    pub fn append(&mut self, batch: &EventBatch) {
        for (column, new) in self.columns.iter_mut().zip(&batch.columns) {
            let recode: Vec<u32> = new.values.iter().map(|value| column.dictionary.intern(value).0).collect();
            column.codes.append(&new.codes, &recode);
        }
        let rows = batch.len();
        make_room(&mut self.times, rows);
        make_room(&mut self.files, rows);
        make_room(&mut self.offsets, rows);
        self.times.extend_from_slice(&batch.times);
        self.files.extend_from_slice(&batch.files);
        self.offsets.extend_from_slice(&batch.offsets);
        self.ids.append(&batch.ids);
        for time in batch.times.iter().filter(|time| **time != NO_TIME) {
            let (first, last) = self.span.unwrap_or((*time, *time));
            self.span = Some((first.min(*time), last.max(*time)));
        }
    }

    /// Makes room for the rows of a batch, and for `beside` bytes in one piece that must be left when they are there. After an error the
    /// rows are what they were; columns that had grown keep their room.
    ///
    /// # Errors
    /// When there is no memory for that.
    pub fn try_reserve(&mut self, batch: &EventBatch, beside: usize) -> Result<(), OutOfRoom> {
        let rows = batch.len();
        try_room(&mut self.times, rows)?;
        try_room(&mut self.files, rows)?;
        try_room(&mut self.offsets, rows)?;
        self.ids.try_reserve(&batch.ids)?;
        for (column, new) in self.columns.iter_mut().zip(&batch.columns) {
            column.dictionary.try_reserve(&new.values)?;
            column.codes.try_reserve(rows, column.dictionary.len() + new.values.len())?;
        }
        probe(beside)
    }

    /// What the memory held may grow by for so many more rows; nothing while there is room left for them.
    #[must_use]
    pub fn growth(&self, rows: usize) -> usize {
        let is_there = self.times.capacity() - self.times.len() >= rows;
        if is_there { 0 } else { (self.memory() / share(self.len())).max(rows * WIDEST_ROW) }
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

    /// A stored column; `None` for the verdict, which its file has.
    #[must_use]
    pub fn column(&self, id: ColumnId) -> Option<&Column> {
        self.columns.get(id.slot()?)
    }

    /// `eventTime` of every row; `NO_TIME` where there is none.
    #[must_use]
    pub fn times(&self) -> &[Timestamp] {
        &self.times
    }

    /// The file of every row.
    #[must_use]
    pub fn files(&self) -> &[FileId] {
        &self.files
    }

    /// The event ids.
    #[must_use]
    pub fn ids(&self) -> &EventIds {
        &self.ids
    }

    /// From the first event to just after the last; `None` while no row has a time.
    #[must_use]
    pub fn span(&self) -> Option<TimeRange> {
        self.span.map(|(first, last)| TimeRange::new(first, last.plus(1)))
    }

    /// Where a row's record lies: its file, and its offset in the inflated file.
    #[must_use]
    pub fn place(&self, row: RowId) -> Option<(FileId, u64)> {
        Some((*self.files.get(row.index())?, *self.offsets.get(row.index())?))
    }

    /// The time of a row.
    #[must_use]
    pub fn time(&self, row: RowId) -> Option<Timestamp> {
        self.times.get(row.index()).copied().filter(|time| *time != NO_TIME)
    }

    /// A cell as text; empty where the record said nothing.
    #[must_use]
    pub fn cell(&self, row: RowId, column: ColumnId) -> &str {
        self.column(column).map_or("", |column| column.dictionary.value(column.codes.at(row.index())))
    }

    /// Bytes of memory held by all columns and dictionaries.
    #[must_use]
    pub fn memory(&self) -> usize {
        let columns: usize = self.columns.iter().map(|column| column.dictionary.memory() + column.codes.memory()).sum();
        columns + self.times.capacity() * 8 + self.files.capacity() * 4 + self.offsets.capacity() * 8 + self.ids.memory()
    }
}

/// Time, file, offset, id and seventeen codes of four bytes: more than any row takes in its columns.
const WIDEST_ROW: usize = 104;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::batch::BatchBuilder;
    use crate::trail::event::EventRecord;

    #[test]
    fn batches_with_codes_of_their_own_agree_in_the_table() {
        let mut table = EventTable::default();
        for names in [["A", "B"], ["B", "C"]] {
            let mut builder = BatchBuilder::default();
            for name in names {
                let json = format!(r#"{{"eventName":"{name}","eventTime":"2024-01-01T00:00:00Z"}}"#);
                builder.push(FileId(7), 3, &EventRecord::parse(json.as_bytes()).expect("a record"));
            }
            table.append(&builder.finish());
        }
        let names: Vec<&str> = (0..4).map(|row| table.cell(RowId(row), ColumnId::EventName)).collect();
        assert_eq!(names, ["A", "B", "B", "C"]);
        assert_eq!(table.column(ColumnId::EventName).map(|column| column.dictionary.len()), Some(3));
        assert_eq!(table.place(RowId(3)), Some((FileId(7), 3)));
    }
}
