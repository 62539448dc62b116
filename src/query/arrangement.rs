//! The selected rows in the table's order, without a list of them: how many lie in each stretch, and the few that are on the screen.

use crate::query::order::Direction;
use crate::table::row_set::RowSet;
use crate::trail::ids::RowId;

/// Where the rows of a set lie in an order. Two bytes for every thousand rows, where a list of the rows took four bytes a row.
#[derive(Debug)]
pub struct Arrangement {
    /// Of each stretch of the order, how many of its rows are in the set; empty where all are.
    stretches: Vec<u16>,
    matched: usize,
}

impl Arrangement {
    /// Of `set` in `order`.
    #[must_use]
    pub fn new(order: &[u32], set: &RowSet) -> Self {
        if usize::try_from(set.count()) == Ok(set.rows()) {
            return Self { stretches: Vec::new(), matched: order.len() };
        }
        let inside = |rows: &[u32]| rows.iter().map(|row| u16::from(set.contains(*row as usize))).sum();
        let stretches: Vec<u16> = order.chunks(STRETCH).map(inside).collect();
        let matched = stretches.iter().map(|count| usize::from(*count)).sum();
        Self { stretches, matched }
    }

    /// How many rows of the order are in the set.
    #[must_use]
    pub fn matched(&self) -> usize {
        self.matched
    }

    /// The rows from place `start` on, `count` of them: what is on the screen. `order` and `set` as they were when this was made.
    #[must_use]
    pub fn slice(&self, order: &[u32], set: &RowSet, direction: Direction, start: usize, count: usize) -> Vec<RowId> {
        let start = start.min(self.matched);
        let count = count.min(self.matched - start);
        match direction {
            Direction::Ascending => self.ascending(order, set, start, count),
            Direction::Descending => {
                let mut rows = self.ascending(order, set, self.matched - start - count, count);
                rows.reverse();
                rows
            }
        }
    }

    fn ascending(&self, order: &[u32], set: &RowSet, start: usize, count: usize) -> Vec<RowId> {
        if self.stretches.is_empty() {
            return order.iter().skip(start).take(count).map(|row| RowId(*row)).collect();
        }
        let (mut before, mut stretch) = (0, 0);
        while let Some(inside) = self.stretches.get(stretch).map(|count| usize::from(*count))
            && before + inside <= start
        {
            before += inside;
            stretch += 1;
        }
        let rows = order.iter().skip(stretch * STRETCH).filter(|row| set.contains(**row as usize));
        rows.skip(start - before).take(count).map(|row| RowId(*row)).collect()
    }
}

/// Rows looked at one by one to find the first of a slice; their sum fits two bytes.
const STRETCH: usize = 1024;
