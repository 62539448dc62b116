//! Filter for, filter out, copy: small buttons over the cell under the pointer. One set for the whole table.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use crate::query::filter::Clause;
use crate::query::filter::Sense;
use crate::table::column::ColumnId;
use crate::view::event_table::closest;
use crate::view::icon::Icon;
use crate::view::panels::use_desk;

/// The cell under the pointer, and where its right edge lies among the rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CellSpot {
    column: ColumnId,
    value: String,
    right: f64,
    top: f64,
}

/// Shows the tools once the pointer has rested on a cell: at once they would lie under every click. `turns` counts the cells entered.
pub(crate) fn hover(event: &ev::PointerEvent, shown: RwSignal<Option<CellSpot>>, turns: StoredValue<u64>) {
    if closest(event, ".cell-tools").is_some() {
        return;
    }
    let under = spot(event);
    let turn = turns.get_value().wrapping_add(1);
    turns.set_value(turn);
    if shown.with_untracked(Option::is_some) {
        shown.set(None);
    }
    let show = move || {
        // The table may be gone by then.
        if turns.try_get_value() == Some(turn) {
            let _ = shown.try_set(under);
        }
    };
    set_timeout(show, REST);
}

/// The pointer has left the table.
pub(crate) fn leave(shown: RwSignal<Option<CellSpot>>, turns: StoredValue<u64>) {
    turns.update_value(|turn| *turn = turn.wrapping_add(1));
    shown.set(None);
}

fn spot(event: &ev::PointerEvent) -> Option<CellSpot> {
    let cell = closest(event, ".rows [data-column]")?;
    let column = ColumnId::by_field(&cell.get_attribute("data-column")?)?;
    let value = cell.get_attribute("data-value").filter(|value| !value.is_empty())?;
    let rows = cell.closest(".rows").ok()??.get_bounding_client_rect();
    let place = cell.get_bounding_client_rect();
    Some(CellSpot { column, value, right: place.right() - rows.left(), top: place.top() - rows.top() })
}

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
        <div class="cell-tools" aria-hidden="true" hidden=move || spot.with(Option::is_none) style:left=place(|spot| spot.right) style:top=place(|spot| spot.top)>
            <button type="button" tabindex="-1" title="Only this (Alt-click)" on:click=move |_| filter(Sense::Include)><Icon name="plus" /></button>
            <button type="button" tabindex="-1" title="Without this (Alt-Shift-click)" on:click=move |_| filter(Sense::Exclude)><Icon name="minus" /></button>
            <button type="button" tabindex="-1" title="Copy" on:click=copy><Icon name="copy" /></button>
        </div>
    }
}
