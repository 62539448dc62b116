//! Where a row's record lies: all that a reader must be told to find it again.

use crate::ledger::Ledger;
use crate::protocol::Extract;
use crate::trail::ids::RowId;

impl Ledger {
    /// The job that finds a row's record again; of a large gzip file from the last place before it.
    pub(super) fn extract(&self, number: u32, row: RowId) -> Option<Extract> {
        let (file, offset) = self.table.place(row)?;
        let sha256 = self.files.get(&file).and_then(|file| file.sha256);
        let noted = self.checkpoints.iter().find(|(of, _)| *of == file);
        let from = noted.and_then(|(_, places)| places.iter().rev().find(|place| place.inflated() <= offset)).cloned();
        Some(Extract { number, row, offset, sha256, event_id: self.table.ids().text(row.index()), from })
    }
}
