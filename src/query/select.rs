//! Predicate × scene → the rows meant. A column's text is matched once a distinct value, never once a row.

use crate::query::scene::Scene;
use crate::table::column::ColumnId;
use crate::table::predicate::Predicate;
use crate::table::predicate::TextMatch;
use crate::table::row_set::RowSet;
use crate::trail::time::TimeRange;

/// The rows that a predicate means.
#[must_use]
pub fn select(predicate: &Predicate, scene: Scene<'_>) -> RowSet {
    let rows = scene.table.len();
    match predicate {
        Predicate::All(parts) => {
            let mut parts = parts.iter();
            let Some(first) = parts.next() else { return RowSet::all(rows) };
            parts.fold(select(first, scene), |mut set, part| {
                set.and(&select(part, scene));
                set
            })
        }
        Predicate::Any(parts) => parts.iter().fold(RowSet::none(rows), |mut set, part| {
            set.or(&select(part, scene));
            set
        }),
        Predicate::Not(part) => {
            let mut set = select(part, scene);
            set.invert();
            set
        }
        Predicate::Cell(column, text) => cells(scene, *column, text),
        Predicate::AnyCell(text) => any_cell(scene, text),
        Predicate::Time(range) => within(scene, *range),
        Predicate::CountedOnce => scene.classes.once.clone().filter(|once| once.rows() == rows).unwrap_or_else(|| RowSet::all(rows)),
    }
}

fn cells(scene: Scene<'_>, column: ColumnId, text: &TextMatch) -> RowSet {
    let wanted: Vec<bool> = scene.values(column).map(|value| text.holds(value)).collect();
    match (wanted.contains(&true), wanted.contains(&false)) {
        (false, _) => RowSet::none(scene.table.len()),
        (true, false) => RowSet::all(scene.table.len()),
        (true, true) => RowSet::filled(scene.table.len(), |words| scene.mark(column, &wanted, words)),
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
