//! Predicate × scene → the rows meant. A column's text is matched once a distinct value, never once a row.

use std::sync::Arc;

use crate::query::scene::Scene;
use crate::table::column::ColumnId;
use crate::table::predicate::Predicate;
use crate::table::predicate::TextMatch;
use crate::table::row_set::RowSet;
use crate::trail::time::TimeRange;

/// The sets of single conditions last asked for: of a filter that changes by one clause, only that clause looks at rows.
#[derive(Debug, Default)]
pub struct Selections {
    /// For how many rows they are true.
    rows: usize,
    /// The one asked for last stands last.
    known: Vec<(Predicate, Arc<RowSet>)>,
}

impl Selections {
    /// The rows that a predicate means.
    pub fn select(&mut self, predicate: &Predicate, scene: Scene<'_>) -> Arc<RowSet> {
        let rows = scene.table.len();
        if self.rows != rows {
            self.known.clear();
            self.rows = rows;
        }
        match predicate {
            Predicate::All(parts) => self.joined(parts, scene, RowSet::all, RowSet::and),
            Predicate::Any(parts) => self.joined(parts, scene, RowSet::none, RowSet::or),
            Predicate::Not(part) => {
                let mut set = self.select(part, scene);
                Arc::make_mut(&mut set).invert();
                set
            }
            Predicate::Cell(column, text) => self.single(predicate, rows, || cells(scene, *column, text)),
            Predicate::AnyCell(text) => self.single(predicate, rows, || any_cell(scene, text)),
            Predicate::Time(range) => self.single(predicate, rows, || within(scene, *range)),
            // Not kept here: the scene has it, and knows when it is true no longer.
            Predicate::CountedOnce => match &scene.classes.once {
                Some(once) if once.rows() == rows => once.clone(),
                _ => Arc::new(RowSet::all(rows)),
            },
            Predicate::Raw(text) => {
                scene.classes.raw_hits(text).map_or_else(|| Arc::new(RowSet::none(rows)), |hits| RowSet::of_rows(hits, rows))
            }
        }
    }

    /// Classes of files have changed: what depends on them is forgotten.
    pub fn forget_classes(&mut self) {
        self.known.retain(|(predicate, _)| !matches!(predicate, Predicate::Cell(ColumnId::Verdict, _)));
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.known.iter().map(|(_, set)| set.memory()).sum()
    }

    fn joined(
        &mut self,
        parts: &[Predicate],
        scene: Scene<'_>,
        of_none: fn(usize) -> RowSet,
        join: fn(&mut RowSet, &RowSet),
    ) -> Arc<RowSet> {
        let mut parts = parts.iter();
        let Some(first) = parts.next() else { return Arc::new(of_none(self.rows)) };
        parts.fold(self.select(first, scene), |mut set, part| {
            join(Arc::make_mut(&mut set), &self.select(part, scene));
            set
        })
    }

    fn single(&mut self, predicate: &Predicate, rows: usize, look: impl FnOnce() -> RowSet) -> Arc<RowSet> {
        let known = self.known.iter().position(|(known, _)| known == predicate).map(|at| self.known.remove(at).1);
        let set = known.unwrap_or_else(|| Arc::new(look()));
        debug_assert_eq!(set.rows(), rows);
        self.known.push((predicate.clone(), set.clone()));
        let past = self.known.len().saturating_sub(MOST_KNOWN);
        self.known.drain(..past);
        set
    }
}

/// The rows that a predicate means, looked for anew.
#[must_use]
pub fn select(predicate: &Predicate, scene: Scene<'_>) -> RowSet {
    Arc::unwrap_or_clone(Selections::default().select(predicate, scene))
}

fn cells(scene: Scene<'_>, column: ColumnId, text: &TextMatch) -> RowSet {
    let wanted = scene.matching(column, text);
    match (wanted.contains(&true), wanted.contains(&false)) {
        (false, _) => RowSet::none(scene.table.len()),
        (true, false) => RowSet::all(scene.table.len()),
        (true, true) => RowSet::filled(scene.table.len(), |words| scene.codes(column).mark(&wanted, words)),
    }
}

/// Free text looks where a person would expect it: every stored column, and the event id as a whole.
fn any_cell(scene: Scene<'_>, text: &TextMatch) -> RowSet {
    let mut set = RowSet::none(scene.table.len());
    for column in ColumnId::STORED {
        set.or(&cells(scene, column, text));
    }
    if let TextMatch::Contains(id) | TextMatch::Is(id) = text {
        scene.table.ids().rows_of(&id.to_ascii_lowercase()).into_iter().for_each(|row| set.insert(row as usize));
    }
    set
}

fn within(scene: Scene<'_>, range: TimeRange) -> RowSet {
    RowSet::filled(scene.table.len(), |words| {
        for (word, times) in words.iter_mut().zip(scene.table.times().chunks(64)) {
            *word = times.iter().enumerate().fold(0, |bits, (at, time)| bits | u64::from(range.contains(*time)) << at);
        }
    })
}

/// A filter seldom has more clauses. At an eighth of a byte a row each: two bytes a row at most.
const MOST_KNOWN: usize = 16;
