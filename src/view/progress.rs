//! How far reading has come, and what could not be read.

use leptos::prelude::*;

use crate::protocol::Problem;
use crate::protocol::Weight;
use crate::screen::format;
use crate::state::effect::effect;
use crate::trail::arrange::arrange;
use crate::view::dialog::Dialog;
use crate::view::drop::with_intake;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;

/// Shown while something is on its way; gone when all is there.
#[component]
pub(crate) fn ReadingProgress() -> impl IntoView {
    let desk = use_desk();
    let is_reading = Memo::new(move |_| desk.progress.with(|progress| progress.is_busy()) || desk.arriving.get() > 0);
    effect(move || {
        if !is_reading.get() {
            desk.is_ending.set(false);
        }
    });
    let share = move || {
        let of = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let expected = desk.expected.get();
        desk.progress.with(|progress| of(progress.bytes_read, progress.bytes) * of(progress.files, expected.max(progress.files)))
    };
    let words = move || {
        let expected = desk.expected.get();
        desk.progress.with(|progress| {
            if progress.files == 0 {
                return "Opening files…".to_owned();
            }
            let files = format::counted(progress.files.max(expected), "file", "files");
            let (ending, so_far) = match desk.is_ending.get() {
                true => ("Ending with what has begun: ", ""),
                false if progress.listings > 0 && expected < progress.files => ("", " so far"),
                false => ("", ""),
            };
            let files = format!("{ending}{} of {files}{so_far}", format::count(progress.files_read));
            let checks = match progress.files_read == progress.files {
                true if progress.checks > 0 => " · checking signatures",
                true if progress.judging && !progress.is_arriving() => " · settling verdicts",
                _ => "",
            };
            let events = if progress.rows == 1 { "event" } else { "events" };
            format!("{files} · {} · {} {events}{checks}", format::bytes(progress.bytes_read), format::short_count(progress.rows))
        })
    };
    view! {
        <div id="progress" class="progress" role="status" aria-live="polite" hidden=move || !is_reading.get()>
            <progress max="1" value=move || share().to_string() aria-label="Files read"></progress>
            <span>{words}</span>
            <button type="button" class="button small" on:click=move |_| { with_intake(desk, crate::state::intake::Intake::cancel); desk.is_ending.set(true); }>"Cancel"</button>
        </div>
    }
}

/// A button that tells how many problems there are; nothing where there are none.
#[component]
pub(crate) fn ProblemsButton() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let many = Memo::new(move |_| desk.progress.with(|progress| progress.problems));
    view! {
        <Show when=move || { many.get() > 0 }>
            <button id="problems" type="button" class="pill unproven" on:click=move |_| panels.problems.set(true)>{move || format::counted(many.get(), "problem", "problems")}</button>
        </Show>
    }
}

/// Every problem with its sentence, the worst first.
#[component]
pub(crate) fn ProblemsDialog() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let sorted = move || {
        let mut problems: Vec<Problem> = desk.problems.with(|problems| problems.to_vec());
        arrange(&mut problems, |a, b| b.weight.cmp(&a.weight));
        problems
    };
    view! {
        <Dialog id="problems-dialog" title="What could not be read" open=panels.problems>
            <ul class="problems">
                {sorted().into_iter().map(|problem| view! {
                    <li class="problem"><b class=weight_class(problem.weight)>{weight_word(problem.weight)}</b><p>{format::plain(&problem.what).into_owned()}</p><code>{format::plain(&problem.source).into_owned()}</code></li>
                }).collect_view()}
            </ul>
        </Dialog>
    }
}

fn weight_word(weight: Weight) -> &'static str {
    match weight {
        Weight::PassedOver => "Passed over",
        Weight::Partly => "Partly lost",
        Weight::Lost => "Lost",
    }
}

fn weight_class(weight: Weight) -> &'static str {
    match weight {
        Weight::PassedOver => "pill neutral",
        Weight::Partly => "pill unproven",
        Weight::Lost => "pill invalid",
    }
}
