//! What a question is asked of: the table, and which class each file is of.

use crate::table::codes::Codes;
use crate::table::column::ColumnId;
use crate::table::dictionary::Code;
use crate::table::event_table::EventTable;
use crate::table::row_set::RowSet;

/// `FileId` → small class number, and the classes' names. In practice: verdicts.
#[derive(Clone, Debug, Default)]
pub struct FileClasses {
    /// One class a file; files past the end are of class 0.
    pub of_file: Vec<u8>,
    /// The name of each class, as a filter names it.
    pub names: Vec<String>,
    /// The rows that are left where every event counts once; it follows from the classes. `None` while nobody has asked.
    pub once: Option<RowSet>,
}

/// The table with its files' classes: everything that a question may look at.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The rows.
    pub table: &'a EventTable,
    /// The class of each row's file.
    pub classes: &'a FileClasses,
}

impl<'a> Scene<'a> {
    /// How many distinct values a column has.
    #[must_use]
    pub fn distinct(self, column: ColumnId) -> usize {
        self.table.column(column).map_or(self.classes.names.len(), |column| column.dictionary.len())
    }

    /// A value of a column by its code.
    #[must_use]
    pub fn value(self, column: ColumnId, code: u32) -> &'a str {
        match self.table.column(column) {
            Some(column) => column.dictionary.value(Code(code)),
            None => self.classes.names.get(code as usize).map_or("", String::as_str),
        }
    }

    /// The code of a row's cell.
    #[must_use]
    pub fn code(self, column: ColumnId, row: usize) -> u32 {
        match self.table.column(column) {
            Some(column) => column.codes.at(row).0,
            None => self.class(row),
        }
    }

    /// All values of a column, by code.
    pub fn values(self, column: ColumnId) -> impl Iterator<Item = &'a str> {
        (0..u32::try_from(self.distinct(column)).unwrap_or(u32::MAX)).map(move |code| self.value(column, code))
    }

    /// Writes one bit a row: whether `wanted[code]` holds for its cell.
    pub fn mark(self, column: ColumnId, wanted: &[bool], words: &mut [u64]) {
        match self.table.column(column) {
            Some(column) => column.codes.mark(wanted, words),
            None => {
                for (word, files) in words.iter_mut().zip(self.table.files().chunks(64)) {
                    *word = files.iter().enumerate().fold(0, |bits, (at, file)| {
                        let class = self.classes.of_file.get(file.index()).copied().unwrap_or(0);
                        bits | u64::from(wanted.get(usize::from(class)).copied().unwrap_or(false)) << at
                    });
                }
            }
        }
    }

    /// The column's cells where they are stored; `None` for the class of the row's file.
    #[must_use]
    pub fn codes(self, column: ColumnId) -> Option<&'a Codes> {
        self.table.column(column).map(|column| &column.codes)
    }

    fn class(self, row: usize) -> u32 {
        let file = self.table.files().get(row);
        file.and_then(|file| self.classes.of_file.get(file.index())).copied().map_or(0, u32::from)
    }
}
