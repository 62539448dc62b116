//! Filter for, filter out, copy: small buttons over the cell under the pointer. One set for the whole table.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use crate::query::filter::Clause;
use crate::query::filter::Sense;
use crate::table::column::ColumnId;
use crate::view::dom::closest;
use crate::view::icon::Icon;
use crate::view::panels::use_desk;

/// The cell under the pointer, and where its tools lie among the rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CellSpot {
    column: ColumnId,
    value: String,
    left: f64,
    top: f64,
}

/// The last cell entered, by number, and where the pointer is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Due {
    turn: u64,
    x: f64,
}

/// Shows the tools once the pointer has rested on a cell: at once they would lie under every click. They lie where the pointer is not.
pub(crate) fn hover(event: &ev::PointerEvent, shown: RwSignal<Option<CellSpot>>, due: StoredValue<Due>) {
    if closest(event, ".cell-tools").is_some() {
        return;
    }
    let event = event.clone();
    let turn = due.with_value(|due| due.turn).wrapping_add(1);
    due.set_value(Due { turn, x: f64::from(event.client_x()) });
    let under = closest(&event, ".rows [data-column]");
    if shown.with_untracked(Option::is_some) {
        shown.set(None);
    }
    let show = move || {
        // The table may be gone by then.
        if let Some(Due { turn: now, x }) = due.try_get_value()
            && now == turn
        {
            let _ = shown.try_set(under.and_then(|cell| spot(&cell, x)));
        }
    };
    set_timeout(show, REST);
}

/// The pointer moves: the tools that are about to come must keep clear of it.
pub(crate) fn follow(event: &ev::PointerEvent, due: StoredValue<Due>) {
    due.update_value(|due| due.x = f64::from(event.client_x()));
}

/// The pointer has left the table.
pub(crate) fn leave(shown: RwSignal<Option<CellSpot>>, due: StoredValue<Due>) {
    due.update_value(|due| due.turn = due.turn.wrapping_add(1));
    shown.set(None);
}

fn spot(cell: &web_sys::HtmlElement, x: f64) -> Option<CellSpot> {
    let column = ColumnId::by_field(&cell.get_attribute("data-column")?)?;
    let value = cell.get_attribute("data-value").filter(|value| !value.is_empty())?;
    let rows = cell.closest(".rows").ok()??.get_bounding_client_rect();
    let place = cell.get_bounding_client_rect();
    let left = clear_of(x, place.left(), place.right(), rows.left());
    Some(CellSpot { column, value, left: left - rows.left(), top: place.top() - rows.top() })
}

/// Where the tools begin: at the cell's end, at its start, or else beside the pointer, so that a click that follows at once is never theirs.
fn clear_of(x: f64, left: f64, right: f64, least: f64) -> f64 {
    if x < right - WIDTH - CLEAR {
        right - WIDTH
    } else if x > left + WIDTH + CLEAR {
        left
    } else if x - WIDTH - CLEAR >= least {
        x - WIDTH - CLEAR
    } else {
        x + CLEAR
    }
}

/// How wide the tools are, in CSS pixels, as `table.css` makes them; and how far they stay from the pointer.
const WIDTH: f64 = 68.0;
const CLEAR: f64 = 8.0;

/// How long the pointer must rest.
const REST: Duration = Duration::from_millis(350);

/// The buttons; for the pointer only, the detail has the same for keys.
#[component]
pub(crate) fn CellTools(spot: RwSignal<Option<CellSpot>>) -> impl IntoView {
    let desk = use_desk();
    let filter = move |sense| {
        if let Some(spot) = spot.get_untracked() {
            desk.filter_for(Clause::of_value(spot.column, &spot.value, sense));
        }
        spot.set(None);
    };
    let copy = move |_| {
        if let Some(spot) = spot.get_untracked() {
            desk.copy(spot.value);
        }
    };
    let place = move |pick: fn(&CellSpot) -> f64| move || format!("{:.1}px", spot.with(|spot| spot.as_ref().map_or(0.0, pick)));
    view! {
        <div class="cell-tools" aria-hidden="true" hidden=move || spot.with(Option::is_none) style:left=place(|spot| spot.left) style:top=place(|spot| spot.top)>
            <button type="button" tabindex="-1" title="Only this (Alt-click)" on:click=move |_| filter(Sense::Include)><Icon name="plus" /></button>
            <button type="button" tabindex="-1" title="Without this (Alt-Shift-click)" on:click=move |_| filter(Sense::Exclude)><Icon name="minus" /></button>
            <button type="button" tabindex="-1" title="Copy" on:click=copy><Icon name="copy" /></button>
        </div>
    }
}
