//! What is kept between two questions: none of it is an answer, all of it can be made again from the rows.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ledger::export::Packing;
use crate::ledger::rows_text::Exported;
use crate::query::activity::Busiest;
use crate::query::arrangement::Arrangement;
use crate::query::inquiry::Deliveries;
use crate::query::inquiry::Inquiry;
use crate::query::scene::Scene;
use crate::query::select::Selections;
use crate::query::sorting::Sorting;
use crate::query::tally::Totals;
use crate::query::timeline::Axis;
use crate::table::column::ColumnId;
use crate::table::predicate::Predicate;
use crate::table::row_set::Listed;
use crate::table::row_set::RowSet;
use crate::trail::time::TimeRange;

/// Each entry knows for which rows it was true, and is told when verdicts change.
#[derive(Default)]
pub(super) struct Views {
    pub(super) selections: Selections,
    pub(super) totals: HashMap<ColumnId, Totals>,
    pub(super) axis: Axis,
    pub(super) sorting: Sorting,
    pub(super) arranged: Option<Arranged>,
    /// The rows of an export that is on its way, whatever the table shows meanwhile.
    pub(super) exported: Option<Exported>,
    /// Who did how much: of which inquiry, over which stretch of the axis, among how many rows.
    pub(super) people: Option<(Inquiry, Option<TimeRange>, usize, Busiest)>,
    /// What an evidence pack would hold: asked for piece after piece.
    pub(super) packing: Option<Packing>,
    /// The two sets that were listed last: twelve facets mostly ask for the rows that match, and for those that count.
    listed: Vec<(Arc<RowSet>, Arc<Listed>)>,
}

/// The rows of an inquiry in its order: scrolling asks for slice after slice of it.
pub(super) struct Arranged {
    /// The inquiry; its direction does not matter.
    pub(super) inquiry: Inquiry,
    pub(super) set: Arc<RowSet>,
    /// How many rows the order had.
    pub(super) rows: usize,
    pub(super) places: Arrangement,
}

impl Views {
    /// Verdicts have changed: what depends on them is forgotten.
    pub(super) fn forget_verdicts(&mut self) {
        self.selections.forget_classes();
        self.axis.forget_classes();
        self.sorting.forget_classes();
        self.totals.remove(&ColumnId::Verdict);
        self.arranged = None;
        self.exported = None;
        self.people = None;
        self.packing = None;
    }

    /// Another row may stand for an event that was delivered more than once: what was chosen by that is forgotten.
    pub(super) fn forget_counted(&mut self) {
        let is_once = |inquiry: &Inquiry| inquiry.deliveries == Deliveries::Once;
        self.arranged.take_if(|arranged| is_once(&arranged.inquiry));
        self.exported.take_if(|exported| is_once(&exported.inquiry));
        self.people.take_if(|(inquiry, ..)| is_once(inquiry));
        self.packing.take_if(|packing| is_once(&packing.inquiry));
    }

    /// A search of the raw JSON has come on: what was chosen by one is forgotten.
    pub(super) fn forget_raw(&mut self) {
        let is_raw = |inquiry: &Inquiry| inquiry.filter.raw_texts().next().is_some();
        self.arranged.take_if(|arranged| is_raw(&arranged.inquiry));
        self.exported.take_if(|exported| is_raw(&exported.inquiry));
        self.people.take_if(|(inquiry, ..)| is_raw(inquiry));
        self.packing.take_if(|packing| is_raw(&packing.inquiry));
    }

    /// The rows that count; `None` where all do.
    pub(super) fn counted(&mut self, scene: Scene<'_>, deliveries: Deliveries) -> Option<Arc<RowSet>> {
        (deliveries == Deliveries::Once).then(|| self.selections.select(&Predicate::CountedOnce, scene))
    }

    /// The rows of a set one by one, or those outside of it.
    pub(super) fn listed(&mut self, set: &Arc<RowSet>) -> Arc<Listed> {
        let known = self.listed.iter().position(|(known, _)| Arc::ptr_eq(known, set)).map(|at| self.listed.remove(at).1);
        let listed = known.unwrap_or_else(|| Arc::new(set.listed()));
        self.listed.truncate(1);
        self.listed.insert(0, (set.clone(), listed.clone()));
        listed
    }

    /// A survey is done: its lists are of no more use, and up to two bytes a row.
    pub(super) fn forget_lists(&mut self) {
        self.listed.clear();
    }

    /// How often each value of a column occurs among all rows.
    pub(super) fn totals(&mut self, scene: Scene<'_>, column: ColumnId) -> &Totals {
        self.follow_totals(scene, column, usize::MAX);
        self.totals.entry(column).or_default()
    }

    /// Counts `most` rows of a column that are not counted yet; whether all are.
    pub(super) fn follow_totals(&mut self, scene: Scene<'_>, column: ColumnId, most: usize) -> bool {
        self.totals.entry(column).or_default().follow(scene, column, scene.table.len(), most)
    }

    /// The same among the rows that count. Only those that do not are looked at, and nothing of it is kept: another verdict may choose
    /// others.
    pub(super) fn counted_totals(&mut self, scene: Scene<'_>, column: ColumnId, deliveries: Deliveries) -> Vec<u32> {
        let listed = self.counted(scene, deliveries).map(|counted| self.listed(&counted));
        let totals = self.totals(scene, column);
        listed.map_or_else(|| totals.counts().to_vec(), |listed| totals.of(scene, column, &listed))
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        let totals: usize = self.totals.values().map(Totals::memory).sum();
        let arranged = self.arranged.as_ref().map_or(0, |arranged| arranged.set.memory());
        let people = self.people.as_ref().map_or(0, |(.., busiest)| busiest.memory());
        totals + arranged + people + self.selections.memory() + self.axis.memory() + self.sorting.memory()
    }
}
