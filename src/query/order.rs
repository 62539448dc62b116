//! Which rows come first: every row's place in a sorted table, and the slice of it that is on the screen.

use serde::Deserialize;
use serde::Serialize;

use crate::query::scene::Scene;
use crate::table::column::ColumnId;
use crate::table::row_set::RowSet;
use crate::trail::arrange::arrange;
use crate::trail::ids::RowId;

/// By what and in which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    /// The time or a column; within equal cells, by time.
    pub by: SortBy,
    /// Ascending or descending.
    pub direction: Direction,
}

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SortBy {
    /// `eventTime`.
    Time,
    /// A column's text.
    Column(ColumnId),
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// Oldest, or A, first.
    Ascending,
    /// Newest, or Z, first.
    Descending,
}

impl Default for Order {
    /// Newest first.
    fn default() -> Self {
        Self { by: SortBy::Time, direction: Direction::Descending }
    }
}

impl Direction {
    /// The other one.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// All rows, sorted ascending. The descending order is this one read from its end.
#[must_use]
pub fn ascending(scene: Scene<'_>, by: SortBy) -> Vec<u32> {
    let times = scene.table.times();
    let mut rows: Vec<u32> = (0..u32::try_from(times.len()).unwrap_or(u32::MAX)).collect();
    // Batches are sorted inside: a merge of runs, which the standard library's stable sort does in near-linear time.
    rows.sort_by_key(|row| times[*row as usize]);
    match by {
        SortBy::Time => rows,
        SortBy::Column(column) => by_rank(scene, column, &rows),
    }
}

/// A counting sort by the values' alphabetical rank: stable, so equal cells stay in order of time.
fn by_rank(scene: Scene<'_>, column: ColumnId, by_time: &[u32]) -> Vec<u32> {
    let mut named: Vec<(String, u32)> = (0..).zip(scene.values(column)).map(|(code, value)| (value.to_ascii_lowercase(), code)).collect();
    arrange(&mut named, Ord::cmp);
    let codes: Vec<u32> = named.into_iter().map(|(_, code)| code).collect();
    let mut rank = vec![0u32; codes.len()];
    (0..).zip(&codes).for_each(|(place, code)| rank[*code as usize] = place);
    let rank_of = |row: u32| rank[scene.code(column, row as usize) as usize] as usize;
    let mut starts = vec![0usize; codes.len() + 1];
    by_time.iter().for_each(|row| starts[rank_of(*row) + 1] += 1);
    (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
    let mut sorted = vec![0u32; by_time.len()];
    for row in by_time {
        let next = &mut starts[rank_of(*row)];
        sorted[*next] = *row;
        *next += 1;
    }
    sorted
}

/// The rows of `set` in this order.
#[must_use]
pub fn arranged(ascending: &[u32], direction: Direction, set: &RowSet) -> Vec<RowId> {
    let wanted = |row: &&u32| set.contains(**row as usize);
    match direction {
        Direction::Ascending => ascending.iter().filter(wanted).map(|row| RowId(*row)).collect(),
        Direction::Descending => ascending.iter().rev().filter(wanted).map(|row| RowId(*row)).collect(),
    }
}
