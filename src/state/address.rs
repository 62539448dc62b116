//! Inquiry ⇄ `location.hash`: never sent to a server, kept in bookmarks and tickets. Dragging replaces, committing pushes.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::query::inquiry::Inquiry;
use crate::state::desk::Desk;
use crate::trail::time::TimeRange;

/// Reads the address into the desk now and whenever it changes, and writes the inquiry into it. To be called once, at the root.
pub fn keep_address(desk: Desk) {
    desk.inquiry.set(read());
    let listener = window_event_listener(ev::hashchange, move |_| {
        let inquiry = read();
        if desk.inquiry.with_untracked(|now| *now != inquiry) {
            // An axis that shows another stretch than what is asked for becomes whole again: the address does not hold it.
            let is_inside = |window: TimeRange| inquiry.range.is_some_and(|range| window.start <= range.start && range.end <= window.end);
            if desk.window.get_untracked().is_some_and(|window| !is_inside(window)) {
                desk.window.set(None);
            }
            desk.inquiry.set(inquiry);
        }
    });
    // The desk lives as long as the page, and so does this.
    std::mem::forget(listener);
    Effect::new(move |is_later: Option<()>| {
        let hash = desk.inquiry.with(Inquiry::to_hash);
        if is_later.is_some() && read_text() != hash {
            write(&hash);
        }
    });
}

fn read_text() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}

fn read() -> Inquiry {
    Inquiry::from_hash(&read_text())
}

/// Each committed inquiry is a step that the browser's own "back" undoes.
fn write(hash: &str) {
    let Ok(history) = window().history() else { return };
    let address = if hash.is_empty() { "#".to_owned() } else { format!("#{hash}") };
    // Browsers refuse more than about a hundred of these in half a minute; then the address stays behind, and nothing else does.
    let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address));
}
