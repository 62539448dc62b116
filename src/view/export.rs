//! Taking away: rows, reports, the evidence pack; and how far that has come.

use leptos::prelude::*;

use crate::export::parts::RowsForm;
use crate::protocol::ReportForm;
use crate::protocol::Wrapping;
use crate::screen::format;
use crate::view::icon::Icon;
use crate::view::menu::Menu;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;

/// The menu "Export".
#[component]
pub(crate) fn ExportMenu() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let open = RwSignal::new(false);
    let report = move |form| {
        open.set(false);
        desk.save_report(form);
    };
    let rows = move |id: &'static str, form, wrapping, name: &'static str, note: &'static str| {
        let save = move |_| {
            open.set(false);
            desk.save_rows(form, wrapping);
        };
        view! { <button id=id type="button" class="menu-item" on:click=save>{name}<small>{note}</small></button> }
    };
    let pack = move |_| {
        open.set(false);
        desk.plan_pack();
        panels.pack.set(true);
    };
    let note = move || {
        let rows = desk.survey.with(|survey| survey.matched);
        let (csv, json) = (format::bytes(rows * CSV_ROW), format::bytes(rows * JSON_ROW));
        let large = if rows * CSV_ROW > LARGE { LARGE_NOTE } else { "" };
        let only = if desk.is_verified_only() { " Verified only is on." } else { "" };
        format!(
            "{} of the present filter, in the table’s order, all columns, each with its verdict: about {csv} as CSV, {json} as JSON lines.{large}{only}",
            format::counted(rows, "event", "events")
        )
    };
    view! {
        <Menu id="export-menu" open=open class="button quiet" button=view! { "Export"<Icon name="down" /> }>
            <p class="menu-note">{note}</p>
            {rows("export-csv", RowsForm::Csv, Wrapping::Plain, "Events, CSV", "no cell runs as a formula")}
            {rows("export-csv-gz", RowsForm::Csv, Wrapping::Gzip, "Events, CSV, packed (.gz)", "the same, usually a tenth as large")}
            {rows("export-jsonl", RowsForm::JsonLines, Wrapping::Plain, "Events, JSON lines", "one object a line; the first says what it is")}
            {rows("export-jsonl-gz", RowsForm::JsonLines, Wrapping::Gzip, "Events, JSON lines, packed (.gz)", "the same, usually a tenth as large")}
            <button id="export-pack" type="button" class="menu-item" on:click=pack>"Evidence pack (zip)…"<small>"events, their log files and what proves them"</small></button>
            <hr />
            <button id="export-json" type="button" class="menu-item" on:click=move |_| report(ReportForm::Json)>"Verdict report, JSON"<small>"every digest, log and finding"</small></button>
            <button id="export-text" type="button" class="menu-item" on:click=move |_| report(ReportForm::Text)>"Verdict report, text"<small>"the sentences of aws cloudtrail validate-logs"</small></button>
        </Menu>
    }
}

/// Shown while something is being exported.
#[component]
pub(crate) fn ExportProgress() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    // The dialog has a bar of its own.
    let is_here = move || desk.exporting.with(Option::is_some) && !panels.pack.get();
    view! {
        <Show when=is_here>
            <div id="export-progress" class="progress exporting" role="status"><ExportBar /></div>
        </Show>
    }
}

/// The bar, its words, and the button that ends it.
#[component]
pub(crate) fn ExportBar() -> impl IntoView {
    let desk = use_desk();
    let share = move || desk.exporting.with(|now| now.as_ref().map_or(0.0, |now| now.done as f64 / now.total.max(1) as f64));
    let words = move || {
        desk.exporting.with(|now| {
            now.as_ref().map(|now| match now.total {
                0 | 1 => format!("{}…", now.step),
                total => format!("{}: {} of {}", now.step, format::count(now.done), format::count(total)),
            })
        })
    };
    view! {
        <progress max="1" value=move || share().to_string() aria-label="Exported"></progress>
        <span>{words}</span>
        <button id="export-cancel" type="button" class="button small" on:click=move |_| desk.cancel_export()>"Cancel"</button>
    }
}

/// Bytes of an event as text. Of a million of the generated trail: 617 and 927.
pub(super) const CSV_ROW: u64 = 600;
pub(super) const JSON_ROW: u64 = 900;
/// Bytes of CSV above which it is told what that means.
const LARGE: u64 = 1_000_000_000;
const LARGE_NOTE: &str = " That is large: whatever is saved is first put by on the browser’s own disk, so twice its size must be free there. Packed takes \
                          least; or narrow the filter. No spreadsheet takes more than 1,048,576 lines.";
