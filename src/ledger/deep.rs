//! The search of the raw JSON: which files are yet to be searched for a text, where the records of their rows begin, and what was found.
//!
//! What is found stays as long as the rows do. A clause of the filter takes it as it stands, and says how far the search has come.

use std::sync::Arc;

use crate::ledger::Ledger;
use crate::protocol::Job;
use crate::protocol::Named;
use crate::protocol::RawFile;
use crate::protocol::RawFound;
use crate::protocol::RawSearch;
use crate::protocol::RawState;
use crate::query::inquiry::Inquiry;
use crate::query::scene::Scene;
use crate::table::row_set::RowSet;
use crate::trail::ids::FileId;

/// All that was searched for.
#[derive(Default)]
pub(super) struct Deep {
    /// By text in small letters, as the hits: what has become of each file, by its number.
    fates: Vec<Vec<Fate>>,
    /// Jobs whose reports have not come.
    open: usize,
    /// These are of rows that have other numbers now: what they find is of no use.
    is_outdated: bool,
    rows: RowsOfFiles,
}

/// What has become of a file in a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    NotSearched,
    Searched,
    Changed,
}

/// The rows of each file, while files are being searched: the table has them in the order of their times.
#[derive(Default)]
struct RowsOfFiles {
    rows: Vec<u32>,
    /// Where each file's rows end.
    ends: Vec<u32>,
}

impl Ledger {
    /// The files that must be searched for this text before its clause means what it says.
    pub(super) fn unsearched(&mut self, inquiry: &Inquiry, text: &str) -> Vec<FileId> {
        let at = inquiry.filter.raw_texts().find(|(_, known)| known.eq_ignore_ascii_case(text)).map(|(at, _)| at);
        let (_, files) = self.wanted(inquiry, at);
        let search = self.search_of(text);
        // Of a file that has been read all rows are here: whatever is searched by this list, its rows are found.
        self.deep.rows = RowsOfFiles::of(self.table.files());
        let is_read = |id: &FileId| self.files.get(id).is_some_and(|file| file.done);
        files.iter().map(|row| FileId(row.0)).filter(is_read).filter(|id| self.deep.fate(search, *id) != Fate::Searched).collect()
    }

    /// The job of searching these files.
    pub(super) fn search(&mut self, number: u32, text: String, files: &[Named]) -> Job {
        if self.deep.rows.ends.is_empty() {
            self.deep.rows = RowsOfFiles::of(self.table.files());
        }
        self.deep.open += 1;
        let file = |Named { id, size, .. }: &Named| {
            let place = |row: &u32| Some((self.table.place(crate::trail::ids::RowId(*row))?.1, *row));
            let mut places: Vec<(u64, u32)> = self.deep.rows.of_file(*id).iter().filter_map(place).collect();
            places.sort_unstable();
            let known = self.files.get(id);
            let (taken, sha256) = known.map_or((*size, None), |file| (file.taken, file.sha256));
            RawFile { id: *id, size: *size, taken, sha256, places }
        };
        Job::Search(number, RawSearch { files: files.iter().map(file).collect(), text })
    }

    /// Takes in what a reader found.
    pub fn found(&mut self, found: &RawFound) {
        self.deep.open = self.deep.open.saturating_sub(1);
        let is_outdated = self.deep.is_outdated;
        if self.deep.open == 0 {
            (self.deep.rows, self.deep.is_outdated) = (RowsOfFiles::default(), false);
        }
        if is_outdated {
            return self.progress.generation += 1;
        }
        let search = self.search_of(&found.text);
        let fates = &mut self.deep.fates[search];
        for (ids, fate) in [(&found.searched, Fate::Searched), (&found.changed, Fate::Changed)] {
            for id in ids {
                if fates.len() <= id.index() {
                    fates.resize(id.index() + 1, Fate::NotSearched);
                }
                fates[id.index()] = fate;
            }
        }
        let hits = Arc::make_mut(&mut self.classes.raw[search].1);
        hits.grow(self.table.len());
        found.rows.iter().for_each(|row| hits.insert(*row as usize));
        self.views.forget_raw();
        // No verdict changes by this: nothing is judged anew.
        self.progress.generation += 1;
    }

    /// Rows have other numbers now: nothing was searched that means anything.
    pub(super) fn forget_found(&mut self) {
        self.classes.raw.clear();
        self.deep = Deep { open: self.deep.open, is_outdated: self.deep.open > 0, ..Deep::default() };
    }

    /// Whether files are being searched.
    #[must_use]
    pub fn is_searching(&self) -> bool {
        self.deep.open > 0
    }

    /// How far the searches have come that an inquiry rests on.
    pub(super) fn raw_states(&mut self, inquiry: &Inquiry) -> Vec<RawState> {
        let texts: Vec<(usize, String)> = inquiry.filter.raw_texts().map(|(at, text)| (at, text.to_owned())).collect();
        let state = |(at, text): (usize, String)| {
            let (mut rows, files) = self.wanted(inquiry, Some(at));
            let search = self.search_of(&text);
            Arc::make_mut(&mut rows).and(&RowSet::of_rows(&self.classes.raw[search].1, self.table.len()));
            let many = |fate| files.iter().filter(|id| self.deep.fate(search, FileId(id.0)) == fate).count() as u64;
            RawState { text, hits: rows.count(), files: files.count(), searched: many(Fate::Searched), changed: many(Fate::Changed) }
        };
        texts.into_iter().map(state).collect()
    }

    /// The rows that pass every other clause, and their files.
    fn wanted(&mut self, inquiry: &Inquiry, at: Option<usize>) -> (Arc<RowSet>, RowSet) {
        let others = at.map_or_else(|| inquiry.filter.clone(), |at| inquiry.filter.without(at));
        let predicate = Inquiry { filter: others, ..inquiry.clone() }.predicate();
        let scene = Scene { table: &self.table, classes: &self.classes };
        let rows = self.views.selections.select(&predicate, scene);
        let mut files = RowSet::none(0);
        for id in rows.iter().filter_map(|row| self.table.files().get(row.index())) {
            files.grow(id.index() + 1);
            files.insert(id.index());
        }
        (rows, files)
    }

    fn search_of(&mut self, text: &str) -> usize {
        let raw = &mut self.classes.raw;
        raw.iter().position(|(known, _)| known.eq_ignore_ascii_case(text)).unwrap_or_else(|| {
            raw.push((text.to_ascii_lowercase(), Arc::new(RowSet::none(0))));
            self.deep.fates.push(Vec::new());
            raw.len() - 1
        })
    }
}

impl Deep {
    fn fate(&self, search: usize, id: FileId) -> Fate {
        self.fates.get(search).and_then(|fates| fates.get(id.index())).copied().unwrap_or(Fate::NotSearched)
    }
}

impl RowsOfFiles {
    /// Counted, then dealt: two walks over the rows, whatever their order.
    fn of(files: &[FileId]) -> Self {
        let most = files.iter().max().map_or(0, |id| id.index() + 1);
        let mut free = vec![0u32; most];
        files.iter().for_each(|id| free[id.index()] += 1);
        let mut start = 0;
        for free in &mut free {
            start += std::mem::replace(free, start);
        }
        let mut rows = vec![0; files.len()];
        for (row, id) in (0u32..).zip(files) {
            let free = &mut free[id.index()];
            rows[*free as usize] = row;
            *free += 1;
        }
        // Each place has moved on to where the next file's began.
        Self { rows, ends: free }
    }

    fn of_file(&self, id: FileId) -> &[u32] {
        let start = id.index().checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(id.index()).copied().unwrap_or(start);
        self.rows.get(start as usize..end as usize).unwrap_or_default()
    }
}
