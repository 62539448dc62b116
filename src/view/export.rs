//! Taking away: rows, reports, the evidence pack; and how far that has come.

use leptos::prelude::*;

use crate::export::parts::RowsForm;
use crate::protocol::ReportForm;
use crate::protocol::Wrapping;
use crate::screen::format;
use crate::state::effect::effect;
use crate::state::export::LargeRows;
use crate::view::dialog::Dialog;
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
    let rows = move |form| {
        open.set(false);
        desk.save_rows(form);
    };
    let pack = move |_| {
        open.set(false);
        desk.plan_pack();
        panels.pack.set(true);
    };
    let matched = move || desk.survey.with(|survey| format::counted(survey.matched, "event", "events"));
    view! {
        <Menu id="export-menu" open=open class="button quiet" button=view! { "Export"<Icon name="down" /> }>
            <p class="menu-note">{matched}" of the present filter, in the table’s order, all columns, each with its verdict"{move || if desk.is_verified_only() { ". Verified only is on." } else { "" }}</p>
            <button id="export-csv" type="button" class="menu-item" on:click=move |_| rows(RowsForm::Csv)>"Events, CSV"<small>"no cell runs as a formula"</small></button>
            <button id="export-jsonl" type="button" class="menu-item" on:click=move |_| rows(RowsForm::JsonLines)>"Events, JSON lines"<small>"one object a line; the first says what it is"</small></button>
            <button id="export-pack" type="button" class="menu-item" on:click=pack>"Evidence pack (zip)…"<small>"events, their log files and what proves them"</small></button>
            <hr />
            <button id="export-json" type="button" class="menu-item" on:click=move |_| report(ReportForm::Json)>"Verdict report, JSON"<small>"every digest, log and finding"</small></button>
            <button id="export-text" type="button" class="menu-item" on:click=move |_| report(ReportForm::Text)>"Verdict report, text"<small>"the sentences of aws cloudtrail validate-logs"</small></button>
        </Menu>
    }
}

/// Asks how events are to be saved that are very many.
#[component]
pub(crate) fn LargeDialog() -> impl IntoView {
    let desk = use_desk();
    let open = RwSignal::new(false);
    effect(move || open.set(desk.large.with(Option::is_some)));
    view! {
        <Dialog id="large-dialog" title="A large file" open=open>
            {move || desk.large.get().map(|large| view! { <Large large=large /> })}
        </Dialog>
    }
}

#[component]
fn Large(large: LargeRows) -> impl IntoView {
    let desk = use_desk();
    let LargeRows { form, rows, bytes } = large;
    let (name, ending) = match form {
        RowsForm::Csv => ("CSV", ".csv.gz"),
        RowsForm::JsonLines => ("JSON lines", ".jsonl.gz"),
    };
    let (events, size, packed) = (format::counted(rows, "event", "events"), format::bytes(bytes), format::bytes(bytes / 10));
    let sheets = (form == RowsForm::Csv && rows >= SHEET).then_some(" No spreadsheet takes more than 1,048,576 lines.");
    let save = move |wrapping| desk.save_large_rows(form, wrapping);
    view! {
        <p>{events}" as "{name}" come to about "<b>{size.clone()}</b>". All of it is put by on the browser’s disk before it is saved, so about "<b>{format::bytes(bytes * 2)}</b>" must be free there."{sheets}</p>
        <p>"Packed with gzip it is usually a tenth of that, and most programs that read such files read it packed. Or narrow the filter."</p>
        <div class="actions">
            <button id="export-gzip" type="button" class="button primary" on:click=move |_| save(Wrapping::Gzip)>{format!("Save packed ({ending}), about {packed}")}</button>
            <button id="export-go" type="button" class="button" on:click=move |_| save(Wrapping::Plain)>{format!("Save as it is, about {size}")}</button>
        </div>
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

/// The lines of a sheet, with the first one for the names.
const SHEET: u64 = 1_048_576;
