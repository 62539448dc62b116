//! One row of the table: a skeleton until it is here.

use leptos::ev;
use leptos::prelude::*;

use crate::query::filter::Clause;
use crate::query::filter::Sense;
use crate::screen::format;
use crate::state::Desk;
use crate::state::rows::ShownRow;
use crate::table::column::ColumnId;
use crate::view::dom::closest;
use crate::view::dom::place;
use crate::view::icon::VerdictMark;
use crate::view::panels::use_desk;

/// The row at a place of the table.
#[component]
pub(crate) fn EventRow(at: u64, cursor: RwSignal<u64>) -> impl IntoView {
    let desk = use_desk();
    let row = Signal::derive_local(move || desk.rows.row(place(at)));
    let is_chosen = move || row.with(|row| row.as_ref().map(|row| row.row.id)).is_some_and(|id| desk.selected.get() == Some(id));
    let choose = move |event: ev::MouseEvent| {
        cursor.set(at);
        if event.alt_key() {
            if let Some(cell) = closest(&event, "[data-column]") {
                filter_by(desk, &cell, if event.shift_key() { Sense::Exclude } else { Sense::Include });
            }
            return;
        }
        if let Some(id) = row.with_untracked(|row| row.as_ref().map(|row| row.row.id)) {
            desk.selected.set(Some(id));
        }
    };
    let class = move || row.with(|row| row.as_ref().map_or("row is-waiting", row_class));
    view! {
        <div class=class role="row" id=format!("row-{at}") aria-rowindex=(at + 2).to_string() aria-selected=move || is_chosen().to_string() class:is-cursor=move || cursor.get() == at on:click=choose>
            {move || match row.get() {
                Some(row) => cells(&row, &desk.columns.get()).into_any(),
                None => desk.columns.get().into_iter().map(|_| view! { <div class="cell" role="gridcell"><span class="skeleton"></span></div> }).collect_view().into_any(),
            }}
        </div>
    }
}

/// Filters by what a cell holds.
fn filter_by(desk: Desk, cell: &web_sys::HtmlElement, sense: Sense) {
    let column = cell.get_attribute("data-column").and_then(|name| ColumnId::by_field(&name));
    if let Some(column) = column {
        desk.filter_for(Clause::of_value(column, &cell.get_attribute("data-value").unwrap_or_default(), sense));
    }
}

fn cells(row: &ShownRow, columns: &[ColumnId]) -> impl IntoView + use<> {
    let time = row.row.time.map_or_else(|| "no time".to_owned(), format::row_time);
    let cells = columns.iter().filter(|column| **column != ColumnId::Verdict).map(|column| cell(row, *column)).collect_view();
    view! {
        <div class="cell cell-verdict" role="gridcell" data-column="verdict" data-value=row.row.verdict.slug()><VerdictMark verdict=row.row.verdict /></div>
        <div class="cell cell-time mono" role="gridcell">{time}</div>
        {cells}
    }
}

fn cell(row: &ShownRow, column: ColumnId) -> impl IntoView + use<> {
    let value = row.cell(column).to_owned();
    let prefix = (column == ColumnId::EventName).then(|| format!("{}:", format::plain(format::service(row.cell(ColumnId::EventSource)))));
    let class = if is_mono(column) { "cell mono" } else { "cell" };
    let shown = match column {
        ColumnId::EventSource => format::service(&value).to_owned(),
        ColumnId::ReadOnly if value == "true" => "Read".to_owned(),
        ColumnId::ReadOnly if value == "false" => "Write".to_owned(),
        _ => value.clone(),
    };
    let (shown, said) = (format::plain(&shown).into_owned(), format::plain(&value).into_owned());
    view! {
        <div class=class class:key=column == ColumnId::UserName || column == ColumnId::EventName role="gridcell" data-column=column.field() data-value=value title=said>
            {prefix.map(|prefix| view! { <span class="dim">{prefix}</span> })}{shown}
        </div>
    }
}

fn is_mono(column: ColumnId) -> bool {
    use ColumnId::{AccessKeyId, RecipientAccountId, ResourceName, SourceIpAddress, UserAgent, UserIdentityArn};
    matches!(column, AccessKeyId | RecipientAccountId | ResourceName | SourceIpAddress | UserAgent | UserIdentityArn)
}

/// One row, one colour: what was refused or failed, what changed something, what only looked.
fn row_class(row: &ShownRow) -> &'static str {
    match (row.cell(ColumnId::Outcome), row.cell(ColumnId::ReadOnly)) {
        ("Success" | "", "true") => "row is-routine",
        ("Success" | "", _) => "row",
        _ => "row is-bad",
    }
}
