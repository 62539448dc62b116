//! The search of the raw JSON: offered while a text is typed; then, for each clause of the filter, how far it has come and what to do.

use leptos::prelude::*;

use crate::protocol::RawState;
use crate::query::filter::Field;
use crate::query::filter::Sense;
use crate::screen::format;
use crate::state::Desk;
use crate::view::panels::use_desk;

/// What a search of the raw JSON for this text would be, in words. A filter may leave fewer files than there are.
pub(crate) fn offer(desk: Desk, text: &str) -> String {
    let files = desk.survey.with(|survey| survey.files);
    let is_bare = |inquiry: &crate::query::Inquiry| {
        inquiry.range.is_none() && inquiry.filter.clauses.iter().all(|clause| clause.field == Field::Text)
    };
    let most = if desk.inquiry.with(is_bare) { "" } else { "up to " };
    format!("Search the raw JSON of {most}{} for “{}”", format::counted(files, "file", "files"), format::plain(text))
}

/// The line above the table.
#[derive(Default)]
struct Line {
    words: String,
    button: String,
    /// What the button searches for; `None`: it ends the search.
    text: Option<String>,
}

/// What the filter's clauses of raw JSON rest on. One element that stays, so that its button is not made anew under a click.
#[component]
pub(crate) fn RawSearches() -> impl IntoView {
    let desk = use_desk();
    let press = move |_| match line(desk).text {
        Some(text) => desk.search_raw(text),
        None => desk.cancel_raw(),
    };
    let share = move || desk.sought.with(|now| now.as_ref().map_or(0.0, |now| now.done as f64 / now.total.max(1) as f64));
    view! {
        <div id="raw-search" class="raw-search" role="status" hidden=move || line(desk).words.is_empty()>
            <span>{move || line(desk).words}</span>
            <progress max="1" value=move || share().to_string() aria-label="Searched" hidden=move || desk.seeking.with(Option::is_none)></progress>
            <button type="button" class="button small" hidden=move || line(desk).button.is_empty() on:click=press>{move || line(desk).button}</button>
        </div>
    }
    .into_any()
}

fn line(desk: Desk) -> Line {
    let mut line = Line::default();
    let seeking = desk.seeking.get();
    let survey = desk.survey.get();
    let clauses = desk.inquiry.with(|inquiry| inquiry.filter.clauses.clone());
    for clause in clauses.iter().filter(|clause| clause.field == Field::Raw) {
        let Some(state) = survey.raw.iter().find(|state| state.text == clause.value) else { continue };
        if seeking.as_ref() == Some(&state.text) {
            continue;
        }
        line.words += &standing(state, clause.sense);
        if !state.is_complete() && seeking.is_none() && line.text.is_none() {
            (line.button, line.text) = (wanted(state), Some(state.text.clone()));
        }
    }
    if let Some(text) = seeking {
        let state = survey.raw.iter().find(|state| state.text == text).cloned().unwrap_or_default();
        let bytes = desk.sought.with(|now| now.as_ref().map(|now| format!("{} of {}", format::bytes(now.done), format::bytes(now.total))));
        line.words += &format!(
            "Searching the raw JSON for “{}”: {} so far · {} of {} · {}",
            format::plain(&text),
            format::counted(state.hits, "event", "events"),
            format::count(state.searched),
            format::counted(state.files, "file", "files"),
            bytes.unwrap_or_default()
        );
        line.button = "Cancel".to_owned();
    }
    line
}

/// What was searched, what was found, and what is lacking.
fn standing(state: &RawState, sense: Sense) -> String {
    let text = format::plain(&state.text);
    let files = format::counted(state.files, "file", "files");
    let (does, done) = if sense == Sense::Include { ("shown", "found") } else { ("left out", "left out") };
    let mut said = match state.searched {
        _ if state.files == 0 => return format!("Nothing to search for “{text}”: no event passes the other filters. "),
        0 => format!("The raw JSON has not been searched for “{text}”: no event is {does} before it is. "),
        searched => {
            let events = format::counted(state.hits, "event", "events");
            let all = if state.is_complete() { files } else { format!("only {} of {files}", format::count(searched)) };
            format!("{events} with “{text}” {done}. Searched: the raw JSON of {all}, fields deep in request and response included. ")
        }
    };
    if state.changed > 0 {
        let files = format::counted(state.changed, "file", "files");
        said += &format!("Not to be searched: {files} changed since, or no longer readable. Open again what is there now. ");
    }
    said
}

fn wanted(state: &RawState) -> String {
    match state.files.saturating_sub(state.searched) {
        left if left == state.changed => "Try again".to_owned(),
        left if state.searched == 0 => format!("Search {}", format::counted(left, "file", "files")),
        left => format!("Search {}", format::counted(left, "more file", "more files")),
    }
}
