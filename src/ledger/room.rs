//! Which rows are taken in: those that are wanted, and only while there is memory for them and for the questions that will be asked.
//!
//! Files are judged whatever becomes of their rows. Rows that do not come in are counted, and the page says so wherever it counts.

use crate::export::held::Held;
use crate::export::held::told;
use crate::export::held::words;
use crate::ledger::Ledger;
use crate::ledger::views::Views;
use crate::protocol::Problem;
use crate::protocol::Weight;
use crate::query::keep::Keep;
use crate::query::scene::FileClasses;
use crate::query::scene::Scene;
use crate::query::select::select;
use crate::table::batch::EventBatch;
use crate::table::estimate::QUESTIONS;
use crate::table::event_table::EventTable;
use crate::table::predicate::Predicate;

/// How much memory there is, and which rows are to be kept.
pub(super) struct Room {
    /// Bytes that may be taken for rows, what is known of files, and answers.
    pub(super) limit: u64,
    keep: Option<Predicate>,
    /// Which are wanted, and were by earlier choices; in words.
    kept: String,
    /// Memory has run out: no row is taken in from here on, so that what is held is what came first, without holes.
    is_full: bool,
    /// Files of which not all events were taken in, and the first of them.
    pub(super) cut_files: u64,
    pub(super) first_cut: String,
}

impl Default for Room {
    fn default() -> Self {
        Self { limit: u64::MAX, keep: None, kept: String::new(), is_full: false, cut_files: 0, first_cut: String::new() }
    }
}

impl Ledger {
    /// Says how many bytes of memory may be taken.
    pub fn limit(&mut self, bytes: u64) {
        self.room.limit = bytes;
    }

    /// From now on only such rows are kept; of those that are there already the others are left out too. `None`: whatever comes.
    /// Numbers of rows that were given before mean nothing afterwards.
    pub fn keep(&mut self, keep: Option<Keep>) {
        let keep = keep.filter(|keep| !keep.is_everything());
        self.room.keep = keep.as_ref().map(Keep::predicate);
        let (Some(keep), Some(predicate)) = (&keep, &self.room.keep) else { return };
        told(&mut self.room.kept, &words(keep));
        let meant = select(predicate, self.scene());
        let left_out = self.table.len() as u64 - meant.count();
        if left_out == 0 {
            return;
        }
        self.event_keys.extend(self.table.event_keys_outside(&meant));
        self.table = self.table.only(&meant);
        self.progress.left_out += left_out;
        // Whatever was made of the rows was made of others.
        let wanted = self.repeated.is_wanted;
        (self.views, self.repeated) = (Views::default(), super::Repeated::default());
        self.repeated.is_wanted = wanted;
        (self.classes.of_row, self.classes.once) = Default::default();
        self.forget_found();
        self.changed();
    }

    /// What became of the events that were read.
    #[must_use]
    pub fn held(&self) -> Held {
        Held {
            rows: self.table.len() as u64,
            left_out: self.progress.left_out,
            not_taken: self.progress.not_taken,
            kept: self.room.kept.clone(),
        }
    }

    /// Takes in the rows that are wanted, if there is room for them. Of others the ids are noted: whether an event stands in several files
    /// is told of all.
    pub(super) fn take_rows(&mut self, rows: EventBatch) {
        for id in rows.files() {
            if let Some(file) = self.files.get_mut(&id) {
                file.has_rows = true;
            }
        }
        let rows = self.of_kept(rows);
        if rows.is_empty() {
            return;
        }
        self.room.is_full = self.room.is_full || !self.makes_room(&rows);
        if self.room.is_full { self.refuse(&rows) } else { self.table.append(&rows) }
    }

    /// The rows that are to be kept, found as any filter finds rows: in a table, here of one batch.
    fn of_kept(&mut self, rows: EventBatch) -> EventBatch {
        let Some(predicate) = &self.room.keep else { return rows };
        let mut table = EventTable::default();
        table.append(&rows);
        let meant = select(predicate, Scene { table: &table, classes: &FileClasses::default() });
        self.event_keys.extend(table.event_keys_outside(&meant));
        self.progress.left_out += table.len() as u64 - meant.count();
        table.only_batch(&meant)
    }

    /// Whether these rows fit, with what they make the columns grow by, and leave enough for questions.
    fn makes_room(&mut self, rows: &EventBatch) -> bool {
        let after = self.table.len() + rows.len();
        let reserve =
            (after * QUESTIONS as usize).max(self.views.memory()) + RESERVE.min(usize::try_from(self.room.limit / 8).unwrap_or(RESERVE));
        let known = self.files.len() * FILE + self.event_keys.capacity() * 16;
        let needed = self.table.memory() + self.table.growth(rows.len()) + reserve + known;
        needed as u64 <= self.room.limit && self.table.try_reserve(rows, reserve.min(ONE_PIECE)).is_ok()
    }

    fn refuse(&mut self, rows: &EventBatch) {
        for (id, events) in rows.rows_of_files() {
            self.progress.not_taken += events;
            let Some(file) = self.files.get_mut(&id) else { continue };
            if file.not_taken == 0 {
                self.room.cut_files += 1;
                if self.room.first_cut.is_empty() {
                    self.room.first_cut.clone_from(&file.source);
                }
            }
            file.not_taken += events;
        }
    }

    /// What could not be taken in, and what to do; `None` while everything could.
    pub(super) fn room_problem(&self) -> Option<Problem> {
        let (events, files) = (self.progress.not_taken, self.room.cut_files);
        let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
        let what = format!(
            "Memory has run out: {events} events of {files} were not taken in. These files were read and judged like all others, and what was \
             held before is held still. Reload the page and open less at once, or open the same again and choose a time range or write \
             events only when asked."
        );
        (events > 0).then(|| Problem { source: format!("from {} on", self.room.first_cut), what, weight: Weight::Lost })
    }
}

/// Bytes that stay free however few rows there are: two reports of a reader, and the judgement's making. Of a small limit an eighth.
const RESERVE: usize = 96 << 20;
/// Of the reserve so much is seen to be there in one piece: the longest list that a question over many rows makes.
const ONE_PIECE: usize = 256 << 20;
/// Bytes that are known of a file, with its share of the judgement.
const FILE: usize = 4000;
