//! How often the picture is drawn anew, and all files judged, while more of them arrive. All times in milliseconds.

/// What was done when, and what it took.
#[derive(Default)]
pub(super) struct Pace {
    began: Option<f64>,
    next_picture: f64,
    next_judging: f64,
    /// What went into answers since the last picture.
    answering: f64,
}

impl Pace {
    /// Notes that answers took so long.
    pub(super) fn answered(&mut self, took: f64) {
        self.answering += took;
    }

    /// Whether it is time for a picture; if so, the next one is put off.
    pub(super) fn is_picture_due(&mut self, now: f64) -> bool {
        let since = *self.began.get_or_insert(now);
        if now < self.next_picture {
            return false;
        }
        // A picture costs page and ledger some 60 ms at first: four a second took a third of both cores from reading a million events.
        let pace = if now - since < FIRST_LIGHT { PICTURE_AT_FIRST } else { PICTURE_LATER };
        self.next_picture = now + (std::mem::take(&mut self.answering) * ANSWERS_PART).clamp(pace, SLOWEST);
        true
    }

    /// Whether it is time to judge.
    pub(super) fn is_judging_due(&self, now: f64) -> bool {
        now >= self.next_judging
    }

    /// Notes that judging took from then to now.
    pub(super) fn judged(&mut self, from: f64, now: f64) {
        self.next_judging = now + (now - from) * JUDGING_PART;
    }
}

/// The picture grows quickly at first and then calmly.
const FIRST_LIGHT: f64 = 1500.0;
const PICTURE_AT_FIRST: f64 = 250.0;
const PICTURE_LATER: f64 = 1000.0;
const SLOWEST: f64 = 10_000.0;
/// Judging has one part in so many of the ledger's time, answers one in so many of theirs: both grow with what is loaded.
const JUDGING_PART: f64 = 20.0;
const ANSWERS_PART: f64 = 15.0;
