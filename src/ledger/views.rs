//! What is kept between two questions: none of it is an answer, all of it can be made again from the rows.

use std::collections::HashMap;
use std::sync::Arc;

use crate::query::arrangement::Arrangement;
use crate::query::inquiry::Inquiry;
use crate::query::scene::Scene;
use crate::query::select::Selections;
use crate::query::sorting::Sorting;
use crate::query::tally::Totals;
use crate::query::timeline::Axis;
use crate::table::column::ColumnId;
use crate::table::row_set::Listed;
use crate::table::row_set::RowSet;

/// Each entry knows for which rows it was true, and is told when verdicts change.
#[derive(Default)]
pub(super) struct Views {
    pub(super) selections: Selections,
    pub(super) totals: HashMap<ColumnId, Totals>,
    pub(super) axis: Axis,
    pub(super) sorting: Sorting,
    pub(super) arranged: Option<Arranged>,
    /// The set that was listed last: twelve facets mostly ask for one and the same.
    listed: Option<(Arc<RowSet>, Arc<Listed>)>,
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
    }

    /// The rows of a set one by one, or those outside of it.
    pub(super) fn listed(&mut self, set: &Arc<RowSet>) -> Arc<Listed> {
        match &self.listed {
            Some((known, listed)) if Arc::ptr_eq(known, set) => listed.clone(),
            _ => {
                let listed = Arc::new(set.listed());
                self.listed = Some((set.clone(), listed.clone()));
                listed
            }
        }
    }

    /// A survey is done: its lists are of no more use, and up to two bytes a row.
    pub(super) fn forget_lists(&mut self) {
        self.listed = None;
    }

    /// How often each value of a column occurs among all rows.
    pub(super) fn totals(&mut self, scene: Scene<'_>, column: ColumnId) -> &Totals {
        let totals = self.totals.entry(column).or_default();
        totals.follow(scene, column, scene.table.len(), usize::MAX);
        totals
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        let totals: usize = self.totals.values().map(Totals::memory).sum();
        let arranged = self.arranged.as_ref().map_or(0, |arranged| arranged.set.memory());
        totals + arranged + self.selections.memory() + self.axis.memory() + self.sorting.memory()
    }
}
