//! By what the table is sorted, and in which direction.

use serde::Deserialize;
use serde::Serialize;

use crate::table::column::ColumnId;

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
