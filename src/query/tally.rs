//! Counts per value: who, what, where, from where.

use serde::Deserialize;
use serde::Serialize;

use crate::query::scene::Scene;
use crate::table::column::ColumnId;
use crate::table::row_set::RowSet;
use crate::trail::arrange::arrange;

/// The most frequent values of a column among the rows asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Which column.
    pub column: ColumnId,
    /// Most frequent first; of equals, by name.
    pub values: Vec<TallyValue>,
    /// How many distinct values occur among the rows asked for.
    pub distinct: usize,
}

/// One value and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyValue {
    /// The value; empty where records said nothing.
    pub value: String,
    /// Among the rows asked for.
    pub count: u64,
    /// Among all rows: the ghost behind the bar.
    pub total: u64,
}

impl Tally {
    /// The `most` frequent values of `column` in `set`; `totals` is [`histogram`] of all rows. Values that `keep` names stay in the
    /// list even when nothing is left of them, so that a chosen value never disappears from under the pointer.
    #[must_use]
    pub fn count(scene: Scene<'_>, column: ColumnId, set: &RowSet, totals: &[u64], most: usize, keep: &dyn Fn(&str) -> bool) -> Self {
        let counts = histogram(scene, column, set);
        let distinct = counts.iter().filter(|count| **count > 0).count();
        let mut codes: Vec<u32> = (0..).zip(&counts).filter(|(_, count)| **count > 0).map(|(code, _)| code).collect();
        let by_count = |code: &u32| (std::cmp::Reverse(counts[*code as usize]), scene.value(column, *code));
        if codes.len() > most {
            codes.select_nth_unstable_by(most, |a, b| by_count(a).cmp(&by_count(b)));
            codes.truncate(most);
        }
        if keep(KEEPS_NONE) {
            let kept = (0..u32::try_from(counts.len()).unwrap_or(u32::MAX)).filter(|code| keep(scene.value(column, *code)));
            codes.extend(kept.filter(|code| totals.get(*code as usize).is_some_and(|total| *total > 0)));
        }
        arrange(&mut codes, |a, b| by_count(a).cmp(&by_count(b)));
        codes.dedup();
        let value = |code: u32| TallyValue {
            value: scene.value(column, code).to_owned(),
            count: counts[code as usize],
            total: totals.get(code as usize).copied().unwrap_or(0),
        };
        Self { column, values: codes.into_iter().map(value).collect(), distinct }
    }
}

/// How often each value of a column occurs in `set`, by code.
#[must_use]
pub fn histogram(scene: Scene<'_>, column: ColumnId, set: &RowSet) -> Vec<u64> {
    let mut counts = vec![0u64; scene.distinct(column)];
    let everything = set.count() == u64::try_from(set.rows()).unwrap_or(u64::MAX);
    match scene.codes(column) {
        Some(codes) if everything => codes.each(|_, code| counts[code as usize] += 1),
        Some(codes) => set.iter().for_each(|row| counts[codes.at(row.index()).0 as usize] += 1),
        None => set.iter().for_each(|row| counts[scene.code(column, row.index()) as usize] += 1),
    }
    counts
}

/// Asked of `keep` first: whether it keeps anything at all. No value of a record is this text.
pub const KEEPS_NONE: &str = "\u{0}";
