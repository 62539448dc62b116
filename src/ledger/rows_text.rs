//! Rows as text, slice after slice: in between the ledger answers others.

use crate::export::parts::RowsText;
use crate::export::parts::RowsTextRequest;
use crate::export::parts::Sums;
use crate::export::rows;
use crate::export::rows::ExportRow;
use crate::export::sums::Summing;
use crate::integrity::verdict::Verdict;
use crate::ledger::Ledger;
use crate::query::inquiry::Inquiry;
use crate::table::column::ColumnId;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;

/// Rows that are being handed out as text.
pub(super) struct Exported {
    pub(super) inquiry: Inquiry,
    /// Of a table of so many.
    of_rows: usize,
    arranged: Vec<RowId>,
    /// Where the next slice begins, and what all before it add up to.
    end: usize,
    sums: Option<Summing>,
}

impl Ledger {
    pub(super) fn rows_text(&mut self, request: &RowsTextRequest) -> RowsText {
        let rows = self.table.len();
        let known = self.views.exported.take().filter(|known| known.inquiry == request.inquiry && known.of_rows == rows);
        let (arranged, before) =
            known.map_or_else(|| (self.arranged(&request.inquiry), None), |known| (known.arranged, Some((known.end, known.sums))));
        let matched = arranged.len();
        let start = (request.start as usize).min(matched);
        let end = start.saturating_add((request.count as usize).min(MOST_ROWS)).min(matched);
        let slice: Vec<RowId> = arranged[start..end].to_vec();
        let mut text = String::new();
        if request.start == 0 {
            text = rows::head(request.form, &self.about(&request.inquiry));
        }
        let mut hash = (FileId(u32::MAX), String::new());
        for id in &slice {
            self.push_row(*id, request, &mut hash, &mut text);
        }
        let mut sums = match (request.sums, before) {
            (Sums::None, _) => None,
            (Sums::Whole, _) if start == 0 => Some(Summing::default()),
            (Sums::Whole, before) => before.filter(|(end, _)| *end == start).and_then(|(_, sums)| sums),
        };
        if let Some(sums) = &mut sums {
            sums.push(text.as_bytes());
        }
        let sum = if end < matched {
            self.views.exported = Some(Exported { inquiry: request.inquiry.clone(), of_rows: rows, arranged, end, sums });
            None
        } else {
            sums.map(Summing::finish)
        };
        RowsText {
            generation: self.progress.generation,
            matched: matched as u64,
            rows: u32::try_from(slice.len()).unwrap_or(u32::MAX),
            text,
            sum,
        }
    }

    fn push_row(&self, id: RowId, request: &RowsTextRequest, hash: &mut (FileId, String), text: &mut String) {
        let Some((file_id, _)) = self.table.place(id) else { return };
        let file = self.files.get(&file_id);
        // Neighbouring rows are often of one file.
        if hash.0 != file_id {
            *hash = (file_id, file.and_then(|file| file.sha256).map(|hash| hash.to_string()).unwrap_or_default());
        }
        let judged = self.judgement.as_ref().and_then(|judgement| judgement.files.get(file_id.index())?.as_ref());
        let row = ExportRow {
            time: self.table.time(id).map(|time| time.to_string()).unwrap_or_default(),
            event_id: self.table.ids().text(id.index()),
            cells: ColumnId::STORED.iter().map(|column| self.table.cell(id, *column)).collect(),
            verdict: judged.map(|judged| judged.verdict).unwrap_or(Verdict::Pending).slug(),
            reason: judged.and_then(|judged| judged.reason).map_or("", |reason| reason.slug()),
            file: file.map_or("", |file| file.source.as_str()),
            sha256: &hash.1,
        };
        rows::push(request.form, &row, text);
    }
}

/// Rows in one answer: some ten milliseconds in a browser, so that other questions need not wait.
const MOST_ROWS: usize = 8192;
