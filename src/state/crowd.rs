//! So many files that the browser may not hold them, whatever becomes of their rows: asked about before they are opened, as far as the page
//! hears of them before.
//!
//! What is chosen in a folder the browser has listed by the time that the page is told; a dropped tree the page lists itself, and waits.

use futures_channel::oneshot;
use leptos::prelude::Set;
use leptos::prelude::Update;
use leptos::prelude::WithUntracked;

use crate::browser::spawn::machine_memory;
use crate::state::desk::Desk;
use crate::state::fit::Asking;
use crate::state::fit::Gate;
use crate::table::estimate::is_crowd;

/// Whether all files are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All of them.
    #[default]
    All,
    /// A walk is under way: there may be more.
    SoFar,
}

/// Files that wait for a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crowded {
    /// How many were opened on this page, with those that wait.
    pub files: u64,
    /// Whether these are all.
    pub extent: Extent,
    /// The machine's memory, as far as the browser tells.
    pub machine: Option<u64>,
}

/// How many files the browser holds, and who waits for a word about it.
#[derive(Default)]
pub(super) struct Crowd {
    files: u64,
    extent: Extent,
    /// So many are all right with whoever was asked.
    allowed: u64,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Desk {
    /// The files that wait for a word; `None` where the question is another one.
    #[must_use]
    pub fn crowded(&self) -> Option<Crowded> {
        let intake = self.intake.with_untracked(Clone::clone)?;
        let load = intake.gate.load.borrow();
        let crowded = Crowded { files: load.crowd.files, extent: load.crowd.extent, machine: machine_memory() };
        (load.asking == Asking::Files).then_some(crowded)
    }
}

impl Gate {
    /// Counts files that are about to be opened; where there are too many, returns when somebody has chosen.
    pub(super) async fn wait_for_word(&self, files: u64, extent: Extent) {
        self.desk.is_ending.set(false);
        let word = {
            let mut load = self.load.borrow_mut();
            load.crowd.files = load.crowd.files.saturating_add(files);
            load.crowd.extent = extent;
            if extent == Extent::All {
                let opened = self.desk.progress.with_untracked(|progress| progress.files);
                self.desk.expected.update(|expected| *expected = opened.max(*expected).saturating_add(files));
            }
            if load.crowd.files <= load.crowd.allowed || !is_crowd(load.crowd.files, machine_memory()) {
                return;
            }
            let (sender, word) = oneshot::channel();
            load.crowd.waiting.push(sender);
            // Behind another question it waits for the answer to that.
            if load.asking == Asking::Nothing {
                load.asking = Asking::Files;
            }
            word
        };
        self.desk.is_asked.set(true);
        // Cancelled is answered too.
        let _ = word.await;
    }

    /// Lets those go on who wait. Asked again is at twice as many.
    pub(super) fn go_on(&self) {
        let mut load = self.load.borrow_mut();
        if load.crowd.waiting.is_empty() {
            return;
        }
        load.crowd.allowed = load.crowd.files.saturating_mul(2);
        // Whoever walked has gone, if nobody hears.
        for waiting in std::mem::take(&mut load.crowd.waiting) {
            let _ = waiting.send(());
        }
    }
}
