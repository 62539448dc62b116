//! Counts per value: who, what, where, from where.

use serde::Deserialize;
use serde::Serialize;

use crate::query::scene::Scene;
use crate::table::column::ColumnId;
use crate::table::predicate::TextMatch;
use crate::table::row_set::Listed;
use crate::table::row_set::Side;
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

/// How often each value of a column occurs among all rows so far: counted on, never anew, while the table grows.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    counts: Vec<u32>,
    rows: usize,
}

impl Totals {
    /// Counts on up to the row number `rows`, at most `most` rows of it; whether that was all.
    pub fn follow(&mut self, scene: Scene<'_>, column: ColumnId, rows: usize, most: usize) -> bool {
        let past = rows.min(self.rows.saturating_add(most));
        self.counts.resize(scene.distinct(column), 0);
        scene.codes(column).count_stretch(self.rows..past, &mut self.counts);
        self.rows = past;
        past == rows
    }

    /// One count a code.
    #[must_use]
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// The counts of a part of the rows: of few, by counting them; of most, by taking off the others. Half of all rows at worst, and
    /// an exclusion, the clause that filters begin with, costs next to nothing.
    #[must_use]
    pub fn of(&self, scene: Scene<'_>, column: ColumnId, listed: &Listed) -> Vec<u32> {
        let mut counts = match listed.side {
            Side::In => vec![0; self.counts.len()],
            Side::Out => self.counts.clone(),
        };
        scene.codes(column).count(&listed.rows, listed.side.change(), &mut counts);
        counts
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.counts.capacity() * 4
    }
}

impl Tally {
    /// The `most` frequent values of a column by their counts among the rows asked for, and among all. Values that `chosen` names whole
    /// stay in the list even when nothing is left of them, so that a chosen value never disappears from under the pointer.
    #[must_use]
    pub fn of(scene: Scene<'_>, column: ColumnId, counts: &[u32], totals: &[u32], most: usize, chosen: &[TextMatch]) -> Self {
        let distinct = counts.iter().filter(|count| **count > 0).count();
        let by_count = |code: &u32| (std::cmp::Reverse(counts[*code as usize]), scene.value(column, *code));
        let least = nth_greatest(counts, most);
        // Names are compared only among those that occur as often as the last one in the list.
        let mut codes: Vec<u32> = Vec::with_capacity(most + 1);
        for code in (0..).zip(counts).filter(|(_, count)| **count >= least).map(|(code, _)| code) {
            if codes.len() < most || codes.last().is_some_and(|last| by_count(&code) < by_count(last)) {
                codes.insert(codes.partition_point(|other| by_count(other) < by_count(&code)), code);
                codes.truncate(most);
            }
        }
        for text in chosen.iter().filter(|text| matches!(text, TextMatch::Is(_) | TextMatch::Empty)) {
            let kept = (0..).zip(scene.matching(column, text)).filter(|(_, is_chosen)| *is_chosen).map(|(code, _)| code);
            codes.extend(kept.filter(|code: &u32| totals.get(*code as usize).is_some_and(|total| *total > 0)));
        }
        arrange(&mut codes, |a, b| by_count(a).cmp(&by_count(b)));
        codes.dedup();
        let value = |code: u32| TallyValue {
            value: scene.value(column, code).to_owned(),
            count: u64::from(counts[code as usize]),
            total: u64::from(totals.get(code as usize).copied().unwrap_or(0)),
        };
        Self { column, values: codes.into_iter().map(value).collect(), distinct }
    }
}

/// The count that the `most`-th of the greatest has; 1 where fewer are above nothing.
fn nth_greatest(counts: &[u32], most: usize) -> u32 {
    let mut greatest: Vec<u32> = Vec::with_capacity(most + 1);
    for count in counts {
        // The smallest of the greatest stands last.
        if *count > 0 && (greatest.len() < most || greatest.last().is_some_and(|least| count > least)) {
            let at = greatest.partition_point(|other| other >= count);
            greatest.insert(at, *count);
            greatest.truncate(most);
        }
    }
    if greatest.len() < most { 1 } else { greatest.last().copied().unwrap_or(1) }
}
