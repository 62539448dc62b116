//! Every event once: which of the rows with the same `eventID` stands for it where several files hold it.
//!
//! The row of the best verdict; of equals, of the first file by name. Whatever order the files came in, the same rows are left.

use std::sync::Arc;

use crate::integrity::sha256::Sha256;
use crate::integrity::verdict::Verdict;
use crate::ledger::Ledger;
use crate::ledger::class_of;
use crate::ledger::twins::Twins;
use crate::ledger::verdict_of;
use crate::query::inquiry::Deliveries;
use crate::table::row_set::RowSet;
use crate::trail::ids::FileId;

/// The rows whose events stand in more than one file, and which of them are left out. Found once for a table of that size.
#[derive(Default)]
pub(super) struct Repeated {
    twins: Twins,
    /// Those to be left out so far, and how many groups have been looked at.
    leaving: Option<(RowSet, usize)>,
    /// How many rows were left out when last counted.
    left_out: u64,
    /// Whether the page counts events once: then the rows that are left are kept up to date for every question.
    pub(super) is_wanted: bool,
}

/// What decides between the files of one event: verdict, name, content, number.
type Rank<'f> = (u8, &'f str, Option<Sha256>, FileId);

impl Ledger {
    /// Makes sure that `CountedOnce` means what it says for the rows and verdicts of now.
    pub(super) fn count_once(&mut self) {
        while !self.count_once_in_steps(usize::MAX) {}
    }

    /// A part of that; whether it was the last.
    pub(super) fn count_once_in_steps(&mut self, budget: usize) -> bool {
        let rows = self.table.len();
        if self.classes.once.as_ref().is_some_and(|once| once.rows() == rows) {
            return true;
        }
        if !self.repeated.twins.step(&self.table, budget) {
            return false;
        }
        let begun = self.repeated.leaving.take().filter(|(leaving, _)| leaving.rows() == rows);
        let (mut leaving, from) = begun.unwrap_or_else(|| (RowSet::none(rows), 0));
        let (mut at, past) = (from, from.saturating_add(budget / DEAR + 1));
        while let Some(group) = self.repeated.twins.group(at) {
            if at == past {
                self.repeated.leaving = Some((leaving, at));
                return false;
            }
            at += 1;
            let file = |row: &u32| self.table.files().get(*row as usize).copied();
            let Some(kept) = group.iter().filter_map(file).min_by_key(|id| self.rank(*id)) else { continue };
            group.iter().filter(|row| file(row) != Some(kept)).for_each(|row| leaving.insert(*row as usize));
        }
        self.repeated.left_out = leaving.count();
        leaving.invert();
        self.classes.once = Some(Arc::new(leaving));
        true
    }

    /// How many rows would be left out. While files arrive it is not looked for unless it is wanted: the table grows all the time.
    pub(super) fn repeated_rows(&mut self) -> u64 {
        if self.repeated.is_wanted || !self.progress().is_arriving() {
            self.count_once();
        }
        self.repeated.left_out
    }

    /// The way in which the page counts now.
    pub(super) fn deliveries(&self) -> Deliveries {
        if self.repeated.is_wanted { Deliveries::Once } else { Deliveries::Every }
    }

    fn rank(&self, id: FileId) -> Rank<'_> {
        let class = self.classes.of_file.get(id.index()).copied().unwrap_or_else(|| class_of(Verdict::Pending));
        let file = self.files.get(&id);
        (goodness(verdict_of(class.into())), file.map_or("", |file| &file.source), file.and_then(|file| file.sha256), id)
    }
}

impl Repeated {
    /// The rows of the event of that number among those that stand in several files.
    pub(super) fn group(&self, at: usize) -> Option<&[u32]> {
        self.twins.group(at)
    }

    /// Verdicts, names or contents have changed: another row may be the one that stays.
    pub(super) fn choose_anew(&mut self) {
        self.leaving = None;
    }
}

/// The ranks of a group's files take as long as so many comparisons of times.
const DEAR: usize = 128;

/// What is proven first, what is disproven last.
fn goodness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Valid => 0,
        Verdict::Pending => 1,
        Verdict::Unproven => 2,
        Verdict::Unlisted => 3,
        Verdict::Missing => 4,
        Verdict::Invalid => 5,
    }
}
