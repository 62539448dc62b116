//! Rows on the screen: a slice of the sorted table, and all that is known of one row.

use crate::ledger::Ledger;
use crate::ledger::verdict_of;
use crate::ledger::views::Arranged;
use crate::protocol::Detail;
use crate::protocol::RowView;
use crate::protocol::Rows;
use crate::protocol::RowsRequest;
use crate::query::arrangement::Arrangement;
use crate::query::inquiry::Inquiry;
use crate::query::order::Order;
use crate::query::order::SortBy;
use crate::query::scene::Scene;
use crate::table::column::ColumnId;
use crate::trail::ids::RowId;

impl Ledger {
    /// All rows in their order, whatever time that takes.
    pub(super) fn sort(&mut self, by: SortBy) {
        let scene = Scene { table: &self.table, classes: &self.classes };
        while !self.views.sorting.is_there(scene, by) {
            self.views.sorting.step(scene, by, usize::MAX);
        }
    }

    /// Without the rows that came after their order was made: those come with the next generation's question.
    pub(super) fn rows(&mut self, request: &RowsRequest) -> Rows {
        let by = request.inquiry.order.by;
        if self.views.sorting.order(by).is_none() {
            self.sort(by);
        }
        self.arrange(&request.inquiry);
        let (start, count) = (request.start as usize, (request.count as usize).min(MOST_ROWS));
        let (matched, slice) = match (&self.views.arranged, self.views.sorting.order(by)) {
            (Some(Arranged { set, places, .. }), Some(order)) => {
                (places.matched(), places.slice(order, set, request.inquiry.order.direction, start, count))
            }
            _ => (0, Vec::new()),
        };
        let rows = slice.into_iter().map(|id| self.row(id, &request.columns)).collect();
        Rows { generation: self.progress.generation, matched: matched as u64, start: request.start, rows }
    }

    fn arrange(&mut self, inquiry: &Inquiry) {
        let scene = Scene { table: &self.table, classes: &self.classes };
        let inquiry = Inquiry { order: Order { by: inquiry.order.by, ..Order::default() }, ..inquiry.clone() };
        let Some(order) = self.views.sorting.order(inquiry.order.by) else { return };
        let is_known = |known: &Arranged| known.inquiry == inquiry && known.rows == order.len() && known.set.rows() == scene.table.len();
        if !self.views.arranged.as_ref().is_some_and(is_known) {
            let set = self.views.selections.select(&inquiry.predicate(), scene);
            let places = Arrangement::new(order, &set);
            self.views.arranged = Some(Arranged { inquiry, rows: order.len(), set, places });
        }
    }

    pub(super) fn row(&self, id: RowId, columns: &[ColumnId]) -> RowView {
        let scene = self.scene();
        let verdict = verdict_of(scene.code(ColumnId::Verdict, id.index()));
        let cells = columns.iter().map(|column| scene.value(*column, scene.code(*column, id.index())).to_owned()).collect();
        RowView { id, time: self.table.time(id), verdict, cells }
    }

    pub(super) fn detail(&mut self, row: RowId) -> Option<Detail> {
        let (file, _) = self.table.place(row)?;
        let related = RELATED.iter().filter_map(|column| self.related(row, *column)).collect();
        self.views.forget_lists();
        let cells =
            ColumnId::STORED.iter().map(|column| (*column, self.table.cell(row, *column).to_owned())).filter(|(_, text)| !text.is_empty());
        Some(Detail {
            id: row,
            file,
            time: self.table.time(row),
            event_id: self.table.ids().text(row.index()),
            cells: cells.collect(),
            source: self.file_row(file)?,
            related,
        })
    }

    /// How many rows share this row's value: what the totals say, which a facet most often has counted already.
    fn related(&mut self, row: RowId, column: ColumnId) -> Option<(ColumnId, u64)> {
        let deliveries = self.deliveries();
        let scene = Scene { table: &self.table, classes: &self.classes };
        let code = scene.code(column, row.index());
        let count = *self.views.counted_totals(scene, column, deliveries).get(code as usize)?;
        (!scene.value(column, code).is_empty()).then_some((column, u64::from(count)))
    }
}

/// A page asks for 64 rows at a time; more than this in one answer would be a mistake.
const MOST_ROWS: usize = 1024;
/// What one wants to follow from a row.
const RELATED: [ColumnId; 5] =
    [ColumnId::AccessKeyId, ColumnId::UserName, ColumnId::SourceIpAddress, ColumnId::ResourceName, ColumnId::EventName];
