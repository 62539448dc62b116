//! Loads that may not fit into memory: sized while they are listed, asked about before they are read whole.
//!
//! What fits begins to be read at once, and is never asked about. Where the sizes say that it will not fit, what was not sent yet is held
//! back until somebody has chosen; what was read by then tells better what the rest will cost.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;

use crate::browser::dropped::NamedFile;
use crate::export::held::Held;
use crate::export::held::told;
use crate::export::held::words;
use crate::protocol::Call;
use crate::protocol::Listing;
use crate::query::keep::Keep;
use crate::state::crowd::Crowd;
use crate::state::desk::Desk;
use crate::table::estimate::Estimate;
use crate::table::estimate::Learned;
use crate::table::estimate::Stored;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;
use crate::trail::time::DAY;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// A load that waits for a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// All that was opened, with what is read already.
    pub stored: Stored,
    /// Stored bytes of logs by the day that their names tell, in order of time.
    pub days: Vec<(Timestamp, u64)>,
    /// How many files wait.
    pub waiting: u64,
}

/// What is to become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Every row, as long as there is memory.
    Everything,
    /// Only such rows.
    Only(Keep),
    /// All the files, however many they are.
    AllFiles,
    /// Read nothing more.
    Nothing,
}

impl Fit {
    /// What it comes to, by what has been read so far.
    #[must_use]
    pub fn estimate(&self, learned: Learned) -> Estimate {
        self.stored.estimate(learned)
    }

    /// The time that the names tell; `None` where they tell none.
    #[must_use]
    pub fn span(&self) -> Option<TimeRange> {
        let (first, last) = (self.days.first()?, self.days.last()?);
        Some(TimeRange::new(first.0, last.0.plus(DAY)))
    }

    /// What it comes to if only the rows of these days are kept: every file is opened and judged all the same.
    #[must_use]
    pub fn within(&self, range: TimeRange, learned: Learned) -> Estimate {
        let inside = self.days.iter().filter(|(day, _)| *day < range.end && day.plus(DAY) > range.start).map(|(_, bytes)| bytes).sum();
        let (whole, files) =
            (self.estimate(learned), Stored { files: self.stored.files, ..Stored::default() }.estimate(Learned::default()).memory);
        let rows = Estimate { memory: whole.memory.saturating_sub(files), ..whole }.share(inside, self.stored.bytes());
        Estimate { memory: rows.memory.saturating_add(files), ..rows }
    }

    /// The newest days that fit; at least one.
    #[must_use]
    pub fn newest(&self, learned: Learned, limit: u64) -> Option<TimeRange> {
        let span = self.span()?;
        let fits = |(day, _): &&(Timestamp, u64)| is_fitting(self.within(TimeRange::new(*day, span.end), learned), limit);
        let first = self.days.iter().rev().take_while(fits).last().or_else(|| self.days.last())?;
        Some(TimeRange::new(first.0, span.end))
    }
}

impl Desk {
    /// What has been read so far.
    #[must_use]
    pub fn learned(&self) -> Learned {
        self.progress.with(|progress| Learned {
            bytes: progress.bytes_read,
            events: progress.rows + progress.left_out + progress.not_taken,
            left_out: progress.left_out,
            rows: progress.rows,
            memory: progress.memory,
        })
    }

    /// What became of the events that were read.
    #[must_use]
    pub fn held(&self) -> Held {
        let progress = self.progress.get();
        Held { rows: progress.rows, left_out: progress.left_out, not_taken: progress.not_taken, kept: self.kept.get() }
    }

    /// The load that waits.
    #[must_use]
    pub fn fit(&self) -> Fit {
        self.intake.with_untracked(|intake| intake.as_ref().map(|intake| intake.gate.load.borrow().fit.clone())).unwrap_or_default()
    }

    /// Goes on with the load that waits.
    pub fn go_on(&self, choice: Choice) {
        let Some(intake) = self.intake.get_untracked() else { return };
        let asking = std::mem::take(&mut intake.gate.load.borrow_mut().asking);
        // A dialog that goes away because of a choice chooses nothing more.
        if asking == Asking::Nothing {
            return;
        }
        let keep = match choice {
            Choice::Nothing => {
                let files = intake.end_listing();
                intake.gate.go_on();
                self.is_asked.set(false);
                if asking == Asking::Files {
                    return self.notice.set(Some("Nothing more is opened. What was opened before stays.".to_owned()));
                }
                intake.client.say(&Call::Listing(Listing::Ended), &[]);
                return self.notice.set(Some(format!("Files not read: {files}. What was read before stays.")));
            }
            Choice::AllFiles => {
                intake.gate.go_on();
                return self.is_asked.set(false);
            }
            Choice::Everything => None,
            Choice::Only(keep) => Some(keep),
        };
        intake.gate.go_on();
        if let Some(keep) = &keep {
            self.kept.update(|kept| told(kept, &words(keep)));
            // Rows get other numbers.
            self.selected.set(None);
        }
        intake.client.say(&Call::Keep(keep), &[]);
        intake.send_held();
        self.is_asked.set(false);
        intake.client.say(&Call::Listing(Listing::Ended), &[]);
    }
}

/// What somebody is being asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Asking {
    #[default]
    Nothing,
    /// Which rows to keep.
    Rows,
    /// Whether to open so many files.
    Files,
}

/// Where files pass on their way down. Cheap to clone.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) desk: Desk,
    pub(super) load: Rc<RefCell<Load>>,
}

#[derive(Default)]
pub(super) struct Load {
    fit: Fit,
    held: Vec<NamedFile>,
    pub(super) crowd: Crowd,
    /// What somebody is being asked.
    pub(super) asking: Asking,
    /// Walks and the like under way: the question is asked when all that was dropped is known.
    open: u32,
    /// Somebody has chosen: the rest passes.
    is_chosen: bool,
}

impl Gate {
    pub(super) fn new(desk: Desk) -> Self {
        Self { desk, load: Rc::default() }
    }

    /// Something begins that may bring files.
    pub(super) fn begin(&self) {
        self.load.borrow_mut().open += 1;
    }

    /// It has ended; with the last one, what was held back passes after all or is asked about.
    pub(super) fn end(&self) {
        let mut load = self.load.borrow_mut();
        load.open = load.open.saturating_sub(1);
        if load.open > 0 {
            return;
        }
        load.is_chosen = false;
        if load.held.is_empty() {
            return;
        }
        load.fit.waiting = load.held.len() as u64;
        let fit = load.fit.clone();
        let asking = load.asking;
        drop(load);
        let Some(intake) = self.desk.intake.get_untracked() else { return };
        if untrack(|| self.is_fitting(&fit)) {
            // What was read meanwhile has shown that it does.
            return intake.send_held();
        }
        // Dropped behind an open question: the same choice is for it.
        if asking == Asking::Rows {
            return;
        }
        // What waits is not missing: nothing is final before somebody has chosen.
        intake.client.say(&Call::Listing(Listing::Begun), &[]);
        self.load.borrow_mut().asking = Asking::Rows;
        self.desk.is_asked.set(true);
    }

    /// Files that may go down now.
    pub(super) fn pass(&self, files: Vec<NamedFile>) -> Vec<NamedFile> {
        let mut load = self.load.borrow_mut();
        if load.is_chosen {
            return files;
        }
        for file in &files {
            load.fit.add(&file.path, file.size());
        }
        if load.held.is_empty() && untrack(|| self.is_fitting(&load.fit)) {
            return files;
        }
        // What was read of them is read again: memory is what there is too little of.
        load.held.extend(files.into_iter().map(|file| NamedFile { bytes: None, ..file }));
        Vec::new()
    }

    /// Whether files are held back, and others will be with them.
    pub(super) fn is_holding(&self) -> bool {
        !self.load.borrow().held.is_empty()
    }

    /// What was held back; from now on everything passes until the load has ended.
    pub(super) fn take(&self) -> Vec<NamedFile> {
        let mut load = self.load.borrow_mut();
        load.is_chosen = true;
        std::mem::take(&mut load.held)
    }

    /// Lets go of what was held back.
    pub(super) fn forget(&self) -> Vec<NamedFile> {
        let mut load = self.load.borrow_mut();
        let held = std::mem::take(&mut load.held);
        for file in &held {
            load.fit.remove(&file.path, file.size());
        }
        held
    }

    fn is_fitting(&self, fit: &Fit) -> bool {
        is_fitting(fit.estimate(self.desk.learned()), self.desk.limit.get())
    }
}

impl Fit {
    fn add(&mut self, path: &str, size: u64) {
        self.stored.add(path, size);
        if let Some(bytes) = self.day(path) {
            *bytes = bytes.saturating_add(size);
        }
    }

    fn remove(&mut self, path: &str, size: u64) {
        self.stored.remove(path, size);
        if let Some(bytes) = self.day(path) {
            *bytes = bytes.saturating_sub(size);
        }
    }

    /// Stored bytes of the day that a log's name tells.
    fn day(&mut self, path: &str) -> Option<&mut u64> {
        let KeyKind::Log(log) = ObjectKey::parse(path).kind else { return None };
        let day = Timestamp(log.stamp.0.div_euclid(DAY) * DAY);
        let at = self.days.partition_point(|(known, _)| *known < day);
        if self.days.get(at).is_none_or(|(known, _)| *known != day) {
            self.days.insert(at, (day, 0));
        }
        self.days.get_mut(at).map(|(_, bytes)| bytes)
    }
}

/// An estimate may be wrong by a quarter without rows being lost for it.
fn is_fitting(estimate: Estimate, limit: u64) -> bool {
    estimate.memory <= limit / 4 * 3
}
