//! Filter for, filter out, copy: small buttons over the cell under the pointer. One set for the whole table.

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

/// The cell under the pointer: `Some(None)` where there is none, `None` where the pointer is on the tools themselves.
pub(crate) fn spot_under(event: &ev::PointerEvent) -> Option<Option<CellSpot>> {
    if closest(event, ".cell-tools").is_some() {
        return None;
    }
    Some(spot(event))
}

fn spot(event: &ev::PointerEvent) -> Option<CellSpot> {
    let cell = closest(event, ".rows [data-column]")?;
    let column = ColumnId::by_field(&cell.get_attribute("data-column")?)?;
    let value = cell.get_attribute("data-value").filter(|value| !value.is_empty())?;
    let rows = cell.closest(".rows").ok()??.get_bounding_client_rect();
    let place = cell.get_bounding_client_rect();
    Some(CellSpot { column, value, right: place.right() - rows.left(), top: place.top() - rows.top() })
}

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
