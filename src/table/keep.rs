//! Rows chosen before they are taken in, by the predicate that a filter is: what is left out costs no memory.

use crate::table::batch::BatchColumn;
use crate::table::batch::EventBatch;
use crate::table::codes::Codes;
use crate::table::column::ColumnId;
use crate::table::event_table::EventTable;
use crate::table::predicate::Predicate;
use crate::table::predicate::TextMatch;
use crate::table::row_set::RowSet;
use crate::table::values::Values;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;

impl EventBatch {
    /// The rows that a predicate means, as a selection of the table would find them. What only the whole table can know, verdicts and
    /// which delivery counts, leaves no row out.
    #[must_use]
    pub fn meant(&self, predicate: &Predicate) -> RowSet {
        let rows = self.len();
        let joined = |parts: &[Predicate], none: RowSet, join: fn(&mut RowSet, &RowSet)| {
            parts.iter().fold(none, |mut set, part| {
                join(&mut set, &self.meant(part));
                set
            })
        };
        match predicate {
            Predicate::All(parts) => joined(parts, RowSet::all(rows), RowSet::and),
            Predicate::Any(parts) => joined(parts, RowSet::none(rows), RowSet::or),
            Predicate::Not(part) => {
                let mut set = self.meant(part);
                set.invert();
                set
            }
            Predicate::Cell(column, text) => match column.slot().and_then(|slot| self.columns.get(slot)) {
                Some(column) => cells(column, text),
                None => RowSet::all(rows),
            },
            Predicate::AnyCell(text) => {
                let mut set = joined(&[], RowSet::none(rows), RowSet::or);
                self.columns.iter().for_each(|column| set.or(&cells(column, text)));
                if let TextMatch::Contains(id) | TextMatch::Is(id) = text {
                    self.ids.rows_of(&id.to_ascii_lowercase()).into_iter().for_each(|row| set.insert(row as usize));
                }
                set
            }
            Predicate::Time(range) => {
                let mut set = RowSet::none(rows);
                self.times.iter().enumerate().filter(|(_, time)| range.contains(**time)).for_each(|(row, _)| set.insert(row));
                set
            }
            Predicate::CountedOnce => RowSet::all(rows),
        }
    }

    /// These rows alone, with no value that none of them has.
    #[must_use]
    pub fn only(&self, rows: &RowSet) -> Self {
        let order: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let cells = |column: &BatchColumn| picked(|code| column.values.value(code), &column.codes, &order);
        Self { columns: self.columns.iter().map(cells).collect(), ..self.in_order_without_columns(&order) }
    }

    /// The key of each of these rows' `eventID`, and its file.
    pub fn event_keys_of(&self, rows: &RowSet) -> impl Iterator<Item = (u64, FileId)> {
        let keys = self.ids.keys().zip(&self.files).enumerate();
        keys.filter(|(row, _)| rows.contains(*row)).filter_map(|(_, (key, file))| Some((key?, *file)))
    }

    /// How many rows there are of each file, of neighbours at once.
    pub fn rows_of_files(&self) -> impl Iterator<Item = (FileId, u64)> {
        self.files.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len() as u64)))
    }
}

impl EventTable {
    /// A table of these rows alone, in their order; it knows nothing of the others.
    #[must_use]
    pub fn only(&self, rows: &RowSet) -> Self {
        let rows: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let mut kept = Self::default();
        rows.chunks(ROWS_AT_ONCE).for_each(|some| kept.append(&self.batch(some)));
        kept
    }

    fn batch(&self, rows: &[u32]) -> EventBatch {
        let columns = ColumnId::STORED.iter().filter_map(|id| self.column(*id));
        EventBatch {
            times: rows.iter().filter_map(|row| self.times().get(*row as usize).copied()).collect(),
            files: rows.iter().filter_map(|row| self.files().get(*row as usize).copied()).collect(),
            offsets: rows.iter().filter_map(|row| self.place(RowId(*row))).map(|(_, offset)| offset).collect(),
            ids: self.ids().of_rows(rows),
            columns: columns.map(|column| picked(|code| column.dictionary.value_of(code), &column.codes, rows)).collect(),
        }
    }
}

/// One column's cells of these rows, with a dictionary of their own.
fn picked<'v>(value: impl Fn(u32) -> &'v str, codes: &Codes, rows: &[u32]) -> BatchColumn {
    let codes = codes.of_rows(rows);
    // The table's own codes may be far apart: their places are looked up by number.
    let most = codes.greatest().map_or(0, |code| code as usize + 1);
    let (mut recode, mut is_known, mut values) = (vec![0; most], vec![false; most], Values::default());
    for code in (0..codes.len()).map(|row| codes.at(row).0) {
        let (Some(new), Some(is_known)) = (recode.get_mut(code as usize), is_known.get_mut(code as usize)) else { continue };
        if !std::mem::replace(is_known, true) {
            *new = u32::try_from(values.len()).unwrap_or(u32::MAX);
            values.push(value(code));
        }
    }
    let mut cells = Codes::default();
    cells.append(&codes, &recode);
    BatchColumn { values, codes: cells }
}

fn cells(column: &BatchColumn, text: &TextMatch) -> RowSet {
    RowSet::filled(column.codes.len(), |words| column.codes.mark(&column.values.matching(text), words))
}

/// Of a table that is made anew, so many rows are copied at a time: no second copy of it all is needed.
const ROWS_AT_ONCE: usize = 65_536;
