//! Rows as text, slice after slice: in between the ledger answers others.

use std::sync::Arc;

use crate::export::about::About;
use crate::export::parts::RowsForms;
use crate::export::parts::RowsText;
use crate::export::parts::RowsTextRequest;
use crate::export::rows;
use crate::export::rows::ExportRow;
use crate::integrity::verdict::Verdict;
use crate::ledger::Ledger;
use crate::ledger::class_of;
use crate::query::inquiry::Inquiry;
use crate::query::order::Direction;
use crate::query::scene::Scene;
use crate::table::column::ColumnId;
use crate::table::row_set::RowSet;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;
use crate::trail::time::Timestamp;

/// Rows that are being handed out as text, whatever the table shows meanwhile.
pub(super) struct Exported {
    pub(super) inquiry: Inquiry,
    /// Of a table of so many.
    of_rows: usize,
    set: Arc<RowSet>,
    arranged: Vec<RowId>,
    /// How far the order was gone through.
    seen: usize,
    /// How many of the rows lie in verified files.
    verified: u64,
}

/// What the row before has left: neighbours are often of one file, and of one second.
struct Before {
    file: FileId,
    sha256: String,
    at: Option<Timestamp>,
    time: String,
}

impl Ledger {
    pub(super) fn rows_text(&mut self, request: &RowsTextRequest) -> RowsText {
        let generation = self.progress.generation;
        if request.forms == RowsForms::None {
            // Nobody wants them any more: four bytes a row.
            self.views.exported = None;
            return RowsText { generation, is_ready: true, ..RowsText::default() };
        }
        let mut exported = self.exported(&request.inquiry);
        self.collect(&mut exported, COLLECTED);
        if exported.seen < exported.of_rows {
            self.views.exported = Some(exported);
            return RowsText { generation, ..RowsText::default() };
        }
        let matched = exported.arranged.len();
        let start = (request.start as usize).min(matched);
        let end = start.saturating_add((request.count as usize).min(MOST_ROWS)).min(matched);
        let mut texts = vec![String::new(); request.forms.each().len()];
        if request.start == 0 {
            let about = self.about(&request.inquiry, matched as u64, exported.verified);
            texts.iter_mut().zip(request.forms.each()).for_each(|(text, form)| text.push_str(&rows::head(*form, &about)));
        }
        self.push_rows(exported.arranged.get(start..end).unwrap_or_default(), request, &mut texts);
        if end < matched {
            self.views.exported = Some(exported);
        }
        let rows = u32::try_from(end - start).unwrap_or(u32::MAX);
        RowsText { generation, is_ready: true, matched: matched as u64, rows, texts }
    }

    /// What is said of these rows wherever they go.
    pub(super) fn about(&mut self, inquiry: &Inquiry, rows: u64, verified: u64) -> About {
        let mut about = About::new(inquiry, rows, verified, &self.held());
        for state in self.raw_states(inquiry).iter().filter(|state| !state.is_complete()) {
            about.words += &format!("; of {} files only {} were searched for \"{}\"", state.files, state.searched, state.text);
        }
        about
    }

    fn exported(&mut self, inquiry: &Inquiry) -> Exported {
        let of_rows = self.table.len();
        let known = self.views.exported.take().filter(|known| known.inquiry == *inquiry && known.of_rows == of_rows);
        known.unwrap_or_else(|| {
            let scene = Scene { table: &self.table, classes: &self.classes };
            let set = self.views.selections.select(&inquiry.predicate(), scene);
            Exported { inquiry: inquiry.clone(), of_rows, set, arranged: Vec::new(), seen: 0, verified: 0 }
        })
    }

    /// Goes through some more of the order. That of the table is there already; another one is made whatever time that takes.
    fn collect(&mut self, exported: &mut Exported, most: usize) {
        let Inquiry { order: wanted, .. } = exported.inquiry;
        if exported.seen == exported.of_rows {
            return;
        }
        self.sort(wanted.by);
        let order = self.views.sorting.order(wanted.by).unwrap_or_default();
        let past = exported.seen.saturating_add(most).min(order.len());
        let stretch = match wanted.direction {
            Direction::Ascending => exported.seen..past,
            Direction::Descending => order.len() - past..order.len() - exported.seen,
        };
        let from = exported.arranged.len();
        exported.arranged.reserve(past - exported.seen);
        let valid = u32::from(class_of(Verdict::Valid));
        for row in order.get(stretch).unwrap_or_default() {
            if exported.set.contains(*row as usize) {
                exported.arranged.push(RowId(*row));
                exported.verified += u64::from(self.classes.of_row.at(*row as usize).0 == valid);
            }
        }
        if let (Direction::Descending, Some(new)) = (wanted.direction, exported.arranged.get_mut(from..)) {
            new.reverse();
        }
        exported.seen = past;
    }

    fn push_rows(&self, slice: &[RowId], request: &RowsTextRequest, texts: &mut [String]) {
        let mut before = Before { file: FileId(u32::MAX), sha256: String::new(), at: None, time: String::new() };
        let mut cells = Vec::with_capacity(ColumnId::STORED.len());
        for id in slice {
            let Some((file_id, _)) = self.table.place(*id) else { continue };
            let file = self.files.get(&file_id);
            if before.file != file_id {
                before.file = file_id;
                before.sha256 = file.and_then(|file| file.sha256).map(|hash| hash.to_string()).unwrap_or_default();
            }
            let time = self.table.time(*id);
            if before.at != time {
                before.at = time;
                before.time = time.map(|time| time.to_string()).unwrap_or_default();
            }
            let judged = self.judgement.as_ref().and_then(|judgement| judgement.files.get(file_id.index())?.as_ref());
            cells.clear();
            cells.extend(ColumnId::STORED.iter().map(|column| self.table.cell(*id, *column)));
            let row = ExportRow {
                time: &before.time,
                event_id: self.table.ids().text(id.index()),
                cells: &cells,
                verdict: judged.map(|judged| judged.verdict).unwrap_or(Verdict::Pending).slug(),
                reason: judged.and_then(|judged| judged.reason).map_or("", |reason| reason.slug()),
                file: file.map_or("", |file| file.source.as_str()),
                sha256: &before.sha256,
            };
            texts.iter_mut().zip(request.forms.each()).for_each(|(text, form)| rows::push(*form, &row, text));
        }
    }
}

/// Rows in one answer: some ten milliseconds in a browser, so that other questions need not wait.
const MOST_ROWS: usize = 8192;
/// Rows that are put in their order for one question.
const COLLECTED: usize = 1 << 20;
