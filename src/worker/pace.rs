//! How often the picture is drawn anew, and all files judged, while more of them arrive. All times in milliseconds.

use crate::protocol::Progress;

/// What was done when, and what it took.
#[derive(Default)]
pub(super) struct Pace {
    began: Option<f64>,
    next_picture: f64,
    next_judging: f64,
    /// What went into the judgement that is being made.
    judging: f64,
    /// What went into answers since the last picture.
    answering: f64,
}

impl Pace {
    /// Notes that answers took so long.
    pub(super) fn answered(&mut self, took: f64) {
        self.answering += took;
    }

    /// How soon the page is to hear how far things are.
    pub(super) fn tells_in(&self) -> u32 {
        // Until there is something to see, whoever waits for it looks at nothing else.
        if self.began.is_some() { TOLD_EVERY } else { TOLD_AT_FIRST }
    }

    /// Whether it is time for a picture; if so, the next one is put off. Before a file was read, or the first rows of a large one, there is
    /// nothing to see.
    pub(super) fn is_picture_due(&mut self, now: f64, progress: Progress) -> bool {
        if progress.files_read == 0 && progress.rows == 0 {
            return false;
        }
        let since = *self.began.get_or_insert(now);
        if now < self.next_picture {
            return false;
        }
        // Each waits twice as long as there was to see so far. A picture costs page and ledger some 60 ms even at first: four a second took a
        // third of both cores from reading a million events.
        let pace = ((now - since) * 2.0).clamp(SOONEST, CALM);
        self.next_picture = now + (std::mem::take(&mut self.answering) * ANSWERS_PART).clamp(pace, SLOWEST);
        true
    }

    /// Whether it is time to judge.
    pub(super) fn is_judging_due(&self, now: f64) -> bool {
        now >= self.next_judging
    }

    /// Notes that a part of judging took so long.
    pub(super) fn judging(&mut self, took: f64) {
        self.judging += took;
    }

    /// Notes that it is judged.
    pub(super) fn judged(&mut self, now: f64) {
        self.next_judging = now + std::mem::take(&mut self.judging) * JUDGING_PART;
    }
}

/// Milliseconds of work after which other questions have their turn.
pub(super) const AT_A_STRETCH: f64 = 8.0;
/// How much is done between two looks at the clock.
pub(super) const STEP: usize = 20_000;
/// Sorting that takes no longer is not worth a word on the screen.
pub(super) const UNNOTICED: f64 = 100.0;
/// The progress line moves this often: each time the page is laid out and painted anew, for some five milliseconds.
const TOLD_EVERY: u32 = 500;
const TOLD_AT_FIRST: u32 = 50;
/// The picture grows quickly at first and then calmly.
const SOONEST: f64 = 250.0;
const CALM: f64 = 3000.0;
const SLOWEST: f64 = 10_000.0;
/// Judging has one part in so many of the ledger's time, answers one in so many of theirs: both grow with what is loaded.
const JUDGING_PART: f64 = 20.0;
const ANSWERS_PART: f64 = 15.0;
