//! All files by verdict, a page at a time.

use leptos::html;
use leptos::prelude::*;

use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Verdict;
use crate::protocol::FileRow;
use crate::screen::format;
use crate::state::desk::FILES_PAGE;
use crate::state::effect::effect;
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
    let verdict = move || desk.files_asked.with(|asked| asked.verdict);
    let reason = move || desk.files_asked.with(|asked| asked.reason.clone());
    let choose =
        move |value: String| desk.files_asked.update(|asked| (asked.verdict, asked.reason, asked.start) = (verdict_of(&value), None, 0));
    let choose_reason = move |value: String| {
        desk.files_asked.update(|asked| (asked.reason, asked.start) = (Some(value).filter(|value| !value.is_empty()), 0))
    };
    let is_pending = move || desk.progress.with(|progress| progress.is_busy()) || verdict() == Some(Verdict::Pending);
    let option = move |of: Option<Verdict>, name: &'static str| view! { <option value=of.map_or("", Verdict::slug) selected=move || verdict() == of hidden=move || of == Some(Verdict::Pending) && !is_pending()>{name}</option> };
    let options = Verdict::ALL.map(|of| option(Some(of), of.word(None)));
    let reasons = move || {
        let known = desk.files.with(|page| page.reasons.clone());
        let option = |(slug, many): (String, u64)| {
            let words = reason_words(&slug).map(|words| format!(": {words}")).unwrap_or_default();
            let named = slug.clone();
            view! { <option value=slug.clone() selected=move || reason().as_ref() == Some(&named)>{format!("{slug} ({}){words}", format::count(many))}</option> }
        };
        known.into_iter().map(option).collect_view()
    };
    let rows = move || desk.files.with(|page| page.rows.iter().map(|file| view! { <FileLine file=file.clone() /> }).collect_view());
    let files_box = NodeRef::<html::Div>::new();
    effect(move || {
        desk.files_asked.track();
        files_box.get_untracked().inspect(|files_box| files_box.set_scroll_top(0));
    });
    let is_empty = move || desk.files.with(|page| page.many == 0);
    let no_reasons = move || desk.files.with(|page| page.reasons.is_empty());
    view! {
        <section id="files" class="block">
            <div class="block-head">
                <h3>"Files"</h3>
                <label class="heard" for="files-verdict">"Only files with the verdict"</label>
                <select id="files-verdict" on:change:target=move |event| choose(event.target().value())>{option(None, "All verdicts")}{options}</select>
                <label class="heard" for="files-reason">"Only files with the reason"</label>
                <select id="files-reason" hidden=no_reasons on:change:target=move |event| choose_reason(event.target().value())>
                    <option value="" selected=move || reason().is_none()>"All reasons"</option>{reasons}</select>
                <Pager />
            </div>
            <div class="files-box" node_ref=files_box tabindex="0" role="region" aria-label="Files">
                <table class="plain files"><tbody>{rows}</tbody></table>
                <p class="note" hidden=move || !is_empty()>"No such file among the logs and digests."</p>
            </div>
        </section>
    }
}

/// A reason's first words, for the list to choose from.
fn reason_words(slug: &str) -> Option<String> {
    let reason = Reason::ALL.iter().find(|reason| reason.slug() == slug)?;
    Some(format::head(reason.sentence(), 60))
}

#[component]
fn Pager() -> impl IntoView {
    let desk = use_desk();
    let many = move || desk.files.with(|page| page.many);
    let start = move || desk.files_asked.with(|asked| u64::from(asked.start));
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
        desk.files_asked.update(|asked| {
            asked.start = if forward { asked.start.saturating_add(FILES_PAGE) } else { asked.start.saturating_sub(FILES_PAGE) };
        });
    };
    view! {
        <p id="files-count" class="pager">{words}
            <button type="button" class="button small" disabled=move || start() == 0 on:click=move |_| turn(false)>"Previous"</button>
            <button type="button" class="button small" disabled=is_last on:click=move |_| turn(true)>"Next"</button>
        </p>
    }
}

/// One file: its verdict, why, what lists it, and the way to its events.
#[component]
pub(crate) fn FileLine(file: FileRow) -> impl IntoView {
    let desk = use_desk();
    let verdict = file.verdict;
    let name = format::plain(&file.name).into_owned();
    let shown = name.clone();
    let word = file.reason.clone().unwrap_or_else(|| verdict.word(None).to_owned());
    let at = file.at.map(|at| (at, around(&file, at))).map(|(at, around)| view! { <button type="button" class="link mono" title="Show the events around this time" on:click=move |_| desk.show_time(around)>{format::row_time(at)}</button> });
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
fn around(file: &FileRow, at: Timestamp) -> TimeRange {
    match file.until.filter(|until| at < *until) {
        _ if file.kind == "log" => TimeRange::new(at.plus(-BEFORE), at.plus(AFTER)),
        Some(until) => TimeRange::new(at, until),
        // Where its window begins is not known; CloudTrail writes one an hour.
        None => TimeRange::new(at.plus(-HOUR), at),
    }
}

/// AWS: logs are typically delivered within about 5 minutes of a call, without a promise; so four times that before the stamp in the
/// name, and a little after it for clocks that differ.
const BEFORE: i64 = 20 * 60_000;
const AFTER: i64 = 5 * 60_000;
