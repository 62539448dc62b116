//! Pictures of the table for one inquiry, and the few things that are worth keeping between two questions.

use std::collections::HashMap;

use crate::ledger::Ledger;
use crate::ledger::export::Packing;
use crate::ledger::verdict_of;
use crate::protocol::Detail;
use crate::protocol::RowView;
use crate::protocol::Rows;
use crate::protocol::RowsRequest;
use crate::protocol::Survey;
use crate::protocol::SurveyRequest;
use crate::query::activity::busiest;
use crate::query::filter::Field;
use crate::query::inquiry::Deliveries;
use crate::query::inquiry::Inquiry;
use crate::query::order::SortBy;
use crate::query::order::arranged;
use crate::query::order::ascending;
use crate::query::select::select;
use crate::query::tally::KEEPS_NONE;
use crate::query::tally::Tally;
use crate::query::tally::histogram;
use crate::query::timeline::Bins;
use crate::query::timeline::Timeline;
use crate::table::column::ColumnId;
use crate::table::predicate::Predicate;
use crate::table::predicate::TextMatch;
use crate::table::row_set::RowSet;
use crate::trail::ids::RowId;

/// What is kept between questions. Each entry knows for which rows, and which verdicts, it was true.
#[derive(Default)]
pub(super) struct Views {
    /// The rows of the last inquiry in its order: scrolling asks for slice after slice of it.
    arranged: Option<(Inquiry, usize, Vec<RowId>)>,
    orders: HashMap<SortBy, Vec<u32>>,
    totals: HashMap<(ColumnId, Deliveries), (usize, Vec<u64>)>,
    /// The rows of an export that is on its way, whatever the table shows meanwhile.
    pub(super) exported: Option<(Inquiry, usize, Vec<RowId>)>,
    /// What an evidence pack would hold: asked for piece after piece.
    pub(super) packing: Option<Packing>,
}

impl Views {
    /// Verdicts have changed: what depends on them is forgotten.
    pub(super) fn forget_verdicts(&mut self) {
        self.arranged = None;
        self.orders.remove(&SortBy::Column(ColumnId::Verdict));
        self.totals.retain(|(column, deliveries), _| *column != ColumnId::Verdict && *deliveries == Deliveries::Every);
        self.exported = None;
        self.packing = None;
    }
}

impl Ledger {
    pub(super) fn survey(&mut self, request: &SurveyRequest) -> Survey {
        let repeated = self.repeated_rows();
        let total = self.counted(request.inquiry.deliveries).count();
        let tallies = request.tallies.iter().map(|column| self.tally(*column, request)).collect();
        let scene = self.scene();
        let span = self.table.span();
        let matched = select(&request.inquiry.predicate(), scene);
        let Some(axis) = request.window.or(span) else {
            return Survey {
                generation: self.progress.generation,
                total,
                repeated,
                matched: matched.count(),
                tallies,
                ..Survey::default()
            };
        };
        let bins = Bins::over(axis, request.bins as usize);
        let unbrushed = match request.inquiry.range {
            Some(_) => &select(&Inquiry { range: None, ..request.inquiry.clone() }.predicate(), scene),
            None => &matched,
        };
        let brushed = request.inquiry.range.unwrap_or(axis);
        Survey {
            generation: self.progress.generation,
            total,
            repeated,
            matched: matched.count(),
            span,
            timeline: Timeline::count(scene, unbrushed, bins, request.stacked),
            tallies,
            people: busiest(scene, &matched, Bins::over(brushed, PEOPLE_BINS), MOST_PEOPLE),
        }
    }

    /// All rows that count.
    fn counted(&self, deliveries: Deliveries) -> RowSet {
        match deliveries {
            Deliveries::Every => RowSet::all(self.table.len()),
            Deliveries::Once => select(&Predicate::CountedOnce, self.scene()),
        }
    }

    /// A facet follows every filter but its own, so that the values not chosen keep their counts.
    fn tally(&mut self, column: ColumnId, request: &SurveyRequest) -> Tally {
        let rows = self.table.len();
        let deliveries = request.inquiry.deliveries;
        if self.views.totals.get(&(column, deliveries)).is_none_or(|(known, _)| *known != rows) {
            let totals = histogram(self.scene(), column, &self.counted(deliveries));
            self.views.totals.insert((column, deliveries), (rows, totals));
        }
        let totals = self.views.totals.get(&(column, deliveries)).map(|(_, totals)| totals.as_slice()).unwrap_or_default();
        let scene = self.scene();
        let own = request.inquiry.filter.concerns(column).then_some(column);
        let set = select(&request.inquiry.predicate_without(own), scene);
        let chosen: Vec<TextMatch> = request
            .inquiry
            .filter
            .clauses
            .iter()
            .filter(|clause| clause.field == Field::Column(column))
            .map(|clause| TextMatch::pattern(&clause.value))
            .collect();
        let exact = |value: &str| chosen.iter().any(|text| matches!(text, TextMatch::Is(_) | TextMatch::Empty) && text.holds(value));
        let keep = |value: &str| if value == KEEPS_NONE { !chosen.is_empty() } else { exact(value) };
        Tally::count(scene, column, &set, totals, request.most as usize, &keep)
    }

    pub(super) fn rows(&mut self, request: &RowsRequest) -> Rows {
        let arranged = self.arrange(&request.inquiry);
        let start = (request.start as usize).min(arranged.len());
        let end = start.saturating_add((request.count as usize).min(MOST_ROWS)).min(arranged.len());
        let matched = arranged.len() as u64;
        let slice: Vec<RowId> = arranged[start..end].to_vec();
        let rows = slice.into_iter().map(|id| self.row(id, &request.columns)).collect();
        Rows { generation: self.progress.generation, matched, start: request.start, rows }
    }

    pub(super) fn row(&self, id: RowId, columns: &[ColumnId]) -> RowView {
        let scene = self.scene();
        let verdict = verdict_of(scene.code(ColumnId::Verdict, id.index()));
        let cells = columns.iter().map(|column| scene.value(*column, scene.code(*column, id.index())).to_owned()).collect();
        RowView { id, time: self.table.time(id), verdict, cells }
    }

    pub(super) fn arrange(&mut self, inquiry: &Inquiry) -> &[RowId] {
        let rows = self.table.len();
        let known = self.views.arranged.as_ref().is_some_and(|(asked, then, _)| asked == inquiry && *then == rows);
        if !known {
            let by = inquiry.order.by;
            if self.views.orders.get(&by).is_none_or(|order| order.len() != rows) {
                let order = ascending(self.scene(), by);
                self.views.orders.insert(by, order);
            }
            let set = select(&inquiry.predicate(), self.scene());
            let order = self.views.orders.get(&by).map(Vec::as_slice).unwrap_or_default();
            self.views.arranged = Some((inquiry.clone(), rows, arranged(order, inquiry.order.direction, &set)));
        }
        self.views.arranged.as_ref().map(|(.., rows)| rows.as_slice()).unwrap_or_default()
    }

    pub(super) fn detail(&self, row: RowId) -> Option<Detail> {
        let (file, _) = self.table.place(row)?;
        let cells =
            ColumnId::STORED.iter().map(|column| (*column, self.table.cell(row, *column).to_owned())).filter(|(_, text)| !text.is_empty());
        Some(Detail {
            id: row,
            file,
            time: self.table.time(row),
            event_id: self.table.ids().text(row.index()),
            cells: cells.collect(),
            source: self.file_row(file)?,
            related: RELATED.iter().filter_map(|column| self.related(row, *column)).collect(),
        })
    }

    /// How many rows share this row's value.
    fn related(&self, row: RowId, column: ColumnId) -> Option<(ColumnId, u64)> {
        if self.table.cell(row, column).is_empty() {
            return None;
        }
        let codes = &self.table.column(column)?.codes;
        let wanted = codes.at(row.index()).0;
        let mut count = 0;
        codes.each(|row, code| count += u64::from(code == wanted && self.counts(row)));
        Some((column, count))
    }
}

/// A sparkline of this many bars is as fine as its place on the screen.
const PEOPLE_BINS: usize = 60;
const MOST_PEOPLE: usize = 50;
/// A page asks for 64 rows at a time; more than this in one answer would be a mistake.
const MOST_ROWS: usize = 1024;
/// What one wants to follow from a row.
const RELATED: [ColumnId; 5] =
    [ColumnId::AccessKeyId, ColumnId::UserName, ColumnId::SourceIpAddress, ColumnId::ResourceName, ColumnId::EventName];
