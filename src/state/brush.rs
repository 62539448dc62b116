//! A range that is being dragged: the panels follow it one picture after the other, and nothing is committed before it is let go.
//!
//! `pointed` is where the pointer is, sixty times a second; `brushed` what the panels are asked about, as often as they can answer.

use leptos::prelude::*;

use crate::browser::frame::next_frame_begins;
use crate::query::inquiry::Inquiry;
use crate::state::ask::Slot;
use crate::state::desk::Desk;
use crate::state::effect::effect;
use crate::trail::time::TimeRange;

impl Desk {
    /// The range under the pointer while it is dragged, else the one that was chosen.
    #[must_use]
    pub fn marked(&self) -> Option<TimeRange> {
        self.pointed.get().or_else(|| self.inquiry.with(|inquiry| inquiry.range))
    }

    /// What the panels ask: the inquiry, with the range that is being dragged in the place of its own.
    #[must_use]
    pub fn asked(&self) -> Inquiry {
        let mut inquiry = self.inquiry.get();
        inquiry.range = self.brushed.get().or(inquiry.range);
        inquiry
    }

    /// Whether a range is being dragged: what the panels show is then on its way somewhere else.
    #[must_use]
    pub fn is_brushing(&self) -> bool {
        self.brushed.with(Option::is_some)
    }

    /// Drags to this range.
    pub fn brush(&self, range: TimeRange) {
        if range.start < range.end {
            self.pointed.set(Some(range));
        }
    }

    /// Lets go of what is being dragged: a step that the browser's own "back" undoes.
    pub fn let_go(&self) {
        let range = self.pointed.get_untracked();
        self.drop_brush();
        if range.is_some() {
            self.choose_range(range);
        }
    }

    /// As it was before the drag.
    pub fn drop_brush(&self) {
        self.pointed.set(None);
        self.brushed.set(None);
    }
}

/// Shows the panels where the pointer is: the next picture is asked for when the last one stands, and then the newest. `pictures` are
/// those that a range changes.
pub(crate) fn keep_brushed(desk: Desk, pictures: [Slot; 2]) {
    let slot = Slot::default();
    effect(move || {
        if desk.pointed.with(Option::is_none) {
            return;
        }
        let pictures = pictures.clone();
        slot.run(move || {
            let pictures = pictures.clone();
            Box::pin(async move {
                let pointed = desk.pointed.get_untracked();
                if pointed.is_none() {
                    return;
                }
                desk.brushed.set(pointed);
                loop {
                    next_frame_begins().await;
                    if !pictures.iter().any(Slot::is_busy) && !desk.rows.is_waiting() {
                        return;
                    }
                }
            })
        });
    });
}
