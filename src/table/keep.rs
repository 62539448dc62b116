//! Some rows of a table, as a batch or as a table of their own, with no value that none of them has.

use crate::table::batch::BatchColumn;
use crate::table::batch::EventBatch;
use crate::table::codes::Codes;
use crate::table::column::ColumnId;
use crate::table::dictionary::Code;
use crate::table::event_table::Column;
use crate::table::event_table::EventTable;
use crate::table::row_set::RowSet;
use crate::table::values::Values;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;

impl EventTable {
    /// A table of these rows alone, in their order; it knows nothing of the others.
    #[must_use]
    pub fn only(&self, rows: &RowSet) -> Self {
        let rows: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let mut kept = Self::default();
        rows.chunks(ROWS_AT_ONCE).for_each(|some| kept.append(&self.batch(some)));
        kept
    }

    /// These rows as a batch.
    #[must_use]
    pub fn only_batch(&self, rows: &RowSet) -> EventBatch {
        self.batch(&rows.iter().map(|row| row.0).collect::<Vec<_>>())
    }

    /// The key of each `eventID`, and its file, of the rows outside of a set; rows without an id are left out.
    pub fn event_keys_outside(&self, rows: &RowSet) -> impl Iterator<Item = (u64, FileId)> {
        let keys = self.ids().keys().zip(self.files()).enumerate();
        keys.filter(|(row, _)| !rows.contains(*row)).filter_map(|(_, (key, file))| Some((key?, *file)))
    }

    fn batch(&self, rows: &[u32]) -> EventBatch {
        let mut batch = EventBatch { ids: self.ids().of_rows(rows), ..EventBatch::default() };
        for row in rows {
            batch.times.extend(self.times().get(*row as usize));
            if let Some((file, offset)) = self.place(RowId(*row)) {
                batch.files.push(file);
                batch.offsets.push(offset);
            }
        }
        let columns = ColumnId::STORED.iter().filter_map(|id| self.column(*id));
        batch.columns = columns.map(|column| picked(column, rows)).collect();
        batch
    }
}

impl EventBatch {
    /// How many rows there are of each file, of neighbours at once.
    pub fn rows_of_files(&self) -> impl Iterator<Item = (FileId, u64)> {
        self.files.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len() as u64)))
    }
}

/// One column's cells of these rows, with a dictionary of their own.
fn picked(column: &Column, rows: &[u32]) -> BatchColumn {
    let of_none = u32::MAX;
    let (mut recode, mut values, mut codes) = (vec![of_none; column.dictionary.len()], Values::default(), Codes::default());
    for row in rows {
        let code = column.codes.at(*row as usize);
        let Some(new) = recode.get_mut(code.0 as usize) else { continue };
        if *new == of_none {
            *new = u32::try_from(values.len()).unwrap_or(of_none);
            values.push(column.dictionary.value(code));
        }
        codes.push(Code(*new));
    }
    BatchColumn { values, codes }
}

/// Of a table that is made anew, so many rows are copied at a time: no second copy of it all is needed.
const ROWS_AT_ONCE: usize = 65_536;
