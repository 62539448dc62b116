//! Pages of the event table: 64 rows each, asked for when they come into sight, kept until something newer is there.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use leptos::prelude::*;

use crate::protocol::RowView;
use crate::table::column::ColumnId;

/// Rows on a page.
pub const PAGE: u32 = 64;
/// Cells that every row brings, after those that are shown: what its colour and prefixes come from.
pub const ALWAYS: [ColumnId; 3] = [ColumnId::Outcome, ColumnId::ReadOnly, ColumnId::EventSource];

/// The pages fetched so far.
#[derive(Clone, Copy)]
pub struct RowCache {
    pages: StoredValue<Pages, LocalStorage>,
    /// Grows whenever a page has arrived or has become old.
    version: RwSignal<u64>,
}

type Pages = Rc<RefCell<PageTable>>;

#[derive(Default)]
struct PageTable {
    /// Raised when all pages have become old.
    epoch: u64,
    pages: HashMap<u32, Page>,
    asked: HashMap<u32, u64>,
}

struct Page {
    epoch: u64,
    columns: Rc<Vec<ColumnId>>,
    rows: Vec<Rc<RowView>>,
}

/// One row, with the columns that its cells belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownRow {
    /// The row.
    pub row: Rc<RowView>,
    columns: Rc<Vec<ColumnId>>,
}

impl ShownRow {
    /// The text of a column; empty where it was not asked for.
    #[must_use]
    pub fn cell(&self, column: ColumnId) -> &str {
        let at = self.columns.iter().position(|known| *known == column);
        at.and_then(|at| self.row.cells.get(at)).map_or("", String::as_str)
    }
}

impl RowCache {
    pub(crate) fn new() -> Self {
        Self { pages: StoredValue::new_local(Rc::default()), version: RwSignal::new(0) }
    }

    /// The row at a place of the table, if it is here. Tracks arrivals.
    #[must_use]
    pub fn row(&self, at: u32) -> Option<ShownRow> {
        self.version.track();
        let pages = self.pages.try_get_value()?;
        let pages = pages.borrow();
        let page = pages.pages.get(&(at / PAGE))?;
        let row = page.rows.get(usize::try_from(at % PAGE).ok()?)?;
        Some(ShownRow { row: row.clone(), columns: page.columns.clone() })
    }

    /// Grows whenever something has arrived or become old.
    pub fn version(&self) -> u64 {
        self.version.get()
    }

    /// Whether pages are on their way.
    pub(crate) fn is_waiting(&self) -> bool {
        self.pages.try_get_value().is_some_and(|pages| !pages.borrow().asked.is_empty())
    }

    /// All pages are old: they stay in sight until newer ones arrive. After another inquiry, only those that may be in sight stay.
    pub(crate) fn expire(&self, is_other_inquiry: bool) {
        let Some(pages) = self.pages.try_get_value() else { return };
        let mut pages = pages.borrow_mut();
        pages.epoch += 1;
        if is_other_inquiry {
            // What was on its way when the question changed is of no use.
            pages.asked.clear();
        }
        let epoch = pages.epoch;
        pages.pages.retain(|_, page| epoch - page.epoch <= OLDEST);
        drop(pages);
        self.version.update(|version| *version += 1);
    }

    /// The pages of these rows that are not here or are old, each with the age to hand back; they count as asked for from now on.
    pub(crate) fn due(&self, first: u32, past: u32) -> Vec<(u32, u64)> {
        let Some(pages) = self.pages.try_get_value() else { return Vec::new() };
        let mut table = pages.borrow_mut();
        let epoch = table.epoch;
        // One question a page at a time: what has grown old meanwhile is asked again when the answer is here.
        let is_due = |number: &u32| {
            let is_here = table.pages.get(number).is_some_and(|page| page.epoch == epoch);
            !is_here && !table.asked.contains_key(number)
        };
        let due: Vec<u32> = (first / PAGE..=past.saturating_sub(1) / PAGE).filter(is_due).collect();
        table.asked.extend(due.iter().map(|number| (*number, epoch)));
        due.into_iter().map(|number| (number, epoch)).collect()
    }

    /// A page has arrived; one that was asked for before the question changed is dropped.
    pub(crate) fn arrived(&self, (number, epoch): (u32, u64), columns: Vec<ColumnId>, rows: Option<Vec<RowView>>) {
        let Some(pages) = self.pages.try_get_value() else { return };
        let mut table = pages.borrow_mut();
        if table.asked.get(&number) != Some(&epoch) {
            return;
        }
        table.asked.remove(&number);
        if let Some(rows) = rows {
            let rows = rows.into_iter().map(Rc::new).collect();
            table.pages.insert(number, Page { epoch, columns: Rc::new(columns), rows });
        }
        drop(table);
        self.version.update(|version| *version += 1);
    }
}

/// Changes that a page out of sight outlives: reading changes the ledger again and again.
const OLDEST: u64 = 8;
