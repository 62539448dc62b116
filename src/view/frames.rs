//! What is built over several frames, so that no task of the page takes long.

use leptos::prelude::*;

use crate::browser::frame::next_frame;

/// Counts the frames since now, up to `until`.
pub(crate) fn frames_so_far(until: u64) -> RwSignal<u64> {
    let frames = RwSignal::new(0);
    count_on(frames, until);
    frames
}

fn count_on(frames: RwSignal<u64>, until: u64) {
    next_frame(move || {
        // What was being built may be gone by then.
        let counted = frames.try_update(|frames| {
            *frames += 1;
            *frames
        });
        if counted.is_some_and(|counted| counted < until) {
            count_on(frames, until);
        }
    });
}
