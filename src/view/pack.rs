//! The evidence pack's dialog: what goes in, how large it is, what it will be able to show.

use std::sync::Arc;

use leptos::prelude::*;

use crate::export::parts::PackPlan;
use crate::integrity::verdict::Verdict;
use crate::screen::format;
use crate::view::dialog::Dialog;
use crate::view::export::CSV_ROW;
use crate::view::export::ExportBar;
use crate::view::export::JSON_ROW;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;

/// The dialog.
#[component]
pub(crate) fn PackDialog() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    view! {
        <Dialog id="pack-dialog" title="Evidence pack" open=panels.pack>
            <p>"The events of the present filter, the log files that hold them, and the digests, signatures and keys that prove those files, in one zip file. Dropped on Trailseal again, or given to "<code>"trailseal verify"</code>", it verifies alone."</p>
            {move || match desk.pack_plan.get() {
                Some(plan) => view! { <Plan plan=plan /> }.into_any(),
                None => view! { <p class="note">"Counting what goes in…"</p> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Plan(plan: Arc<PackPlan>) -> impl IntoView {
    let desk = use_desk();
    let (size, files) = (plan.bytes, plan.files());
    let filter = format::plain(&plan.words).into_owned();
    let only = desk.is_verified_only().then_some("Verified only is on: events of other files are left out.");
    let verified: u64 = plan.verdicts.iter().filter(|(verdict, _)| *verdict == Verdict::Valid).map(|(_, rows)| rows).sum();
    let not_verified = match plan.rows - verified {
        0 => None,
        _ if verified == 0 => Some("Nothing of this is proven. The files go in as they are, and the pack says so.".to_owned()),
        other => Some(format!(
            "{} in files that are not verified. They go in as they are, and the pack says so.",
            format::counted(other, "event lies", "events lie")
        )),
    };
    let left_out = (plan.left_out > 0).then(|| {
        let logs = format::counted(plan.left_out, "other log file", "other log files");
        format!(
            "The digests list {logs}, which are not in this selection: the pack leaves them out, says so, and proves nothing about them."
        )
    });
    let text = plan.rows * (CSV_ROW + JSON_ROW);
    let whole = size + text / PACKED;
    let large = if files > MANY_FILES || whole > MANY_BYTES { LARGE } else { "" };
    let text = format!(
        "about {} as CSV and JSON lines, packed to about a tenth: in all about {}{large}",
        format::bytes(text),
        format::bytes(whole)
    );
    let is_nothing = plan.rows == 0;
    let row = |id: &'static str, name: &'static str, value: String| view! { <dt>{name}</dt><dd id=id>{value}</dd> };
    view! {
        <dl class="keys">
            {row("pack-filter", "Filter", filter)}
            {row("pack-rows", "Events", format::count(plan.rows))}
            {row("pack-logs", "Files with them", format::count(plan.logs))}
            {row("pack-digests", "Digests", format::count(plan.digests))}
            {(plan.lake > 0).then(|| row("pack-lake", "Of their Lake queries", format::counted(plan.lake, "further file", "further files")))}
            {row("pack-size", "Their size", format::bytes(size))}
            {row("pack-text", "Events as text", text)}
        </dl>
        {only.map(|text| view! { <p><b>{text}</b></p> })}
        {not_verified.map(|text| view! { <p id="pack-not-verified"><b>{text}</b></p> })}
        {left_out.map(|text| view! { <p>{text}</p> })}
        <p class="note">"The manifest in it holds the SHA-256 of every part. It is not signed: it shows accidents, while the digests prove the log files."</p>
        {move || if desk.exporting.with(Option::is_some) {
            view! { <div class="exporting"><ExportBar /></div> }.into_any()
        } else {
            view! { <button id="pack-make" type="button" class="button primary" disabled=is_nothing on:click=move |_| desk.save_pack()>"Make the pack"</button> }.into_any()
        }}
    }
}

const LARGE: &str = ". That is large: all of it is put by on the browser’s own disk before it is saved, so twice as much must be free there. If it \
                     is too much, narrow the filter: one pack a month, for example.";
/// More than this is worth a warning.
const MANY_FILES: u64 = 10_000;
const MANY_BYTES: u64 = 1_000_000_000;
/// Deflated, events come to a twelfth of their text (a generated trail: CSV to a ninth to eleventh, JSON lines to a fourteenth).
const PACKED: u64 = 12;
