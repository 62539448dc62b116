//! All files by verdict, a page at a time.

use leptos::html;
use leptos::prelude::*;

use crate::integrity::verdict::Verdict;
use crate::protocol::FileRow;
use crate::protocol::Proof;
use crate::screen::format;
use crate::state::answers::FILES_PAGE;
use crate::trail::time::HOUR;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;
use crate::view::icon::VerdictMark;
use crate::view::icon::verdict_of;
use crate::view::panels::use_desk;
use crate::view::parts::CopyButton;
use crate::view::words::remarks_words;

/// The list of files.
#[component]
pub(crate) fn Files() -> impl IntoView {
    let desk = use_desk();
    let verdict = move || desk.files_asked.get().0;
    let choose = move |value: String| desk.files_asked.set((verdict_of(&value), 0));
    let is_pending = move || desk.progress.with(|progress| progress.is_busy()) || verdict() == Some(Verdict::Pending);
    let option = move |of: Option<Verdict>, name: &'static str| view! { <option value=of.map_or("", Verdict::slug) selected=move || verdict() == of hidden=move || of == Some(Verdict::Pending) && !is_pending()>{name}</option> };
    let options = Verdict::ALL.map(|of| option(Some(of), of.word(None)));
    let rows = move || desk.files.get().1.iter().map(|file| view! { <FileLine file=file.clone() /> }).collect_view();
    let files_box = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        desk.files_asked.track();
        files_box.get_untracked().inspect(|files_box| files_box.set_scroll_top(0));
    });
    let is_empty = move || desk.files.with(|(many, _)| *many == 0);
    view! {
        <section id="files" class="block">
            <div class="block-head">
                <h3>"Files"</h3>
                <label class="heard" for="files-verdict">"Only files with the verdict"</label>
                <select id="files-verdict" on:change:target=move |event| choose(event.target().value())>{option(None, "All verdicts")}{options}</select>
                <Pager />
            </div>
            <div class="files-box" node_ref=files_box tabindex="0" role="region" aria-label="Files">
                <table class="plain files"><tbody>{rows}</tbody></table>
                <p class="note" hidden=move || !is_empty()>"No such files."</p>
            </div>
        </section>
    }
}

#[component]
fn Pager() -> impl IntoView {
    let desk = use_desk();
    let many = move || desk.files.with(|(many, _)| *many);
    let start = move || u64::from(desk.files_asked.get().1);
    let past = move || (start() + u64::from(FILES_PAGE)).min(many());
    let is_last = move || many() <= past();
    let words = move || {
        if many() == 0 {
            "0 files".to_owned()
        } else {
            format!("{}–{} of {}", format::count(start() + 1), format::count(past()), format::count(many()))
        }
    };
    let turn = move |forward: bool| {
        desk.files_asked
            .update(|(_, start)| *start = if forward { start.saturating_add(FILES_PAGE) } else { start.saturating_sub(FILES_PAGE) })
    };
    view! {
        <p id="files-count" class="pager">{words}
            <button type="button" class="button small" disabled=move || start() == 0 on:click=move |_| turn(false)>"Previous"</button>
            <button type="button" class="button small" disabled=is_last on:click=move |_| turn(true)>"Next"</button>
        </p>
    }
}

#[component]
fn FileLine(file: FileRow) -> impl IntoView {
    let desk = use_desk();
    let verdict = file.verdict;
    let name = format::plain(&file.name).into_owned();
    let shown = name.clone();
    let word = file.reason.clone().unwrap_or_else(|| verdict.word(None).to_owned());
    let around = desk.proof.with_untracked(|proof| file.at.map(|at| around(&file, at, proof.as_deref())));
    let at = file.at.zip(around).map(|(at, around)| view! { <button type="button" class="link mono" title="Show the events around this time" on:click=move |_| desk.show_time(around)>{format::row_time(at)}</button> });
    let remarks = (!file.remarks.is_empty()).then(|| view! { <small class="dim">{remarks_words(&file.remarks)}</small> });
    let listed = file
        .listed_by
        .first()
        .map(|key| view! { <small class="dim" title=format::plain(key).into_owned()>"listed by "{format::plain(format::file_name(key)).into_owned()}</small> });
    let message = (verdict != Verdict::Valid).then(|| view! { <p>{format::plain(&file.message).into_owned()}</p> });
    view! {
        <tr data-file=file.name.clone() data-verdict=verdict.slug()>
            <td class="file-verdict"><VerdictMark verdict=verdict /></td>
            <th scope="row"><span class="file-name" title=name>{shown}</span><CopyButton text=file.name.clone() label="Copy the name" />{message}{listed}{remarks}</th>
            <td class="file-kind">{file.kind.clone()}<small class="dim">{word}</small></td>
            <td class="number">{(file.events > 0).then(|| format::counted(file.events, "event", "events"))}</td>
            <td class="file-time">{at}</td>
        </tr>
    }
}

/// The time that a file speaks of: a digest's window, and what a log holds that was written at that time.
fn around(file: &FileRow, at: Timestamp, proof: Option<&Proof>) -> TimeRange {
    if file.kind == "log" {
        return TimeRange::new(at.plus(-BEFORE), at.plus(AFTER));
    }
    let mut windows = proof.iter().flat_map(|proof| &proof.coverage).flat_map(|chain| &chain.windows);
    let window = windows.find(|window| window.digest.is_some() && window.digest == file.id);
    // A digest that is not there has no window of its own; CloudTrail writes one an hour.
    window.map_or_else(|| TimeRange::new(at, at.plus(HOUR)), |window| TimeRange::new(window.start, window.end))
}

/// AWS: logs are typically delivered within about 5 minutes of a call, without a promise; so four times that before the stamp in the
/// name, and a little after it for clocks that differ.
const BEFORE: i64 = 20 * 60_000;
const AFTER: i64 = 5 * 60_000;
