//! What a question is asked of: the table, and which class each file is of.

use std::sync::Arc;

use crate::table::codes::Codes;
use crate::table::column::ColumnId;
use crate::table::dictionary::Code;
use crate::table::event_table::EventTable;
use crate::table::predicate::TextMatch;
use crate::table::row_set::RowSet;

/// `FileId` → small class number, and the classes' names. In practice: verdicts.
#[derive(Clone, Debug, Default)]
pub struct FileClasses {
    /// One class a file; files past the end are of class 0.
    pub of_file: Vec<u8>,
    /// The name of each class, as a filter names it.
    pub names: Vec<String>,
    /// The rows that are left where every event counts once; it follows from the classes. `None` while nobody has asked.
    pub once: Option<Arc<RowSet>>,
    /// The class of each row's file, as far as [`Self::follow`] has come: one byte a row, so that verdicts are counted and sorted by
    /// the very loops of the stored columns.
    pub of_row: Codes,
    /// What searches of the raw JSON have found so far, by their texts in small letters.
    pub raw: Vec<(String, Arc<RowSet>)>,
}

impl FileClasses {
    /// The rows in whose raw JSON this text was found; `None` where it was never sought.
    #[must_use]
    pub fn raw_hits(&self, text: &str) -> Option<&Arc<RowSet>> {
        self.raw.iter().find(|(known, _)| known.eq_ignore_ascii_case(text)).map(|(_, rows)| rows)
    }

    /// Takes over new classes; whether any of them differs from before. Which rows count once is to be found anew.
    pub fn renew(&mut self, of_file: Vec<u8>, names: Vec<String>) -> bool {
        // Files without a class are of class 0: a list that has only grown by these says nothing new.
        let least = self.of_file.len().min(of_file.len());
        let of_none = |classes: &[u8]| classes.iter().skip(least).all(|class| *class == 0);
        let same = names == self.names && self.of_file.get(..least) == of_file.get(..least) && of_none(&self.of_file) && of_none(&of_file);
        if !same {
            self.of_row = Codes::default();
        }
        // Names and contents of files decide too, which this knows nothing of.
        (self.of_file, self.names, self.once) = (of_file, names, None);
        !same
    }

    /// Looks up the rows that have come since.
    pub fn follow(&mut self, table: &EventTable) {
        let new = table.files().get(self.of_row.len()..).unwrap_or_default();
        self.of_row.extend_narrow(new.iter().map(|file| self.of_file.get(file.index()).copied().unwrap_or(0)));
    }
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
        self.codes(column).at(row).0
    }

    /// All values of a column, by code.
    pub fn values(self, column: ColumnId) -> impl Iterator<Item = &'a str> {
        (0..u32::try_from(self.distinct(column)).unwrap_or(u32::MAX)).map(move |code| self.value(column, code))
    }

    /// One flag a code of the column: whether its value matches.
    #[must_use]
    pub fn matching(self, column: ColumnId, text: &TextMatch) -> Vec<bool> {
        match self.table.column(column) {
            Some(column) => column.dictionary.matching(text),
            None => self.classes.names.iter().map(|name| text.holds(name)).collect(),
        }
    }

    /// The column's cells where they are stored.
    #[must_use]
    pub fn codes(self, column: ColumnId) -> &'a Codes {
        self.table.column(column).map_or(&self.classes.of_row, |column| &column.codes)
    }
}
