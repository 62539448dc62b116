//! The search box: clauses as chips, a text that completes field names and values, Enter to add it.

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;

use crate::query::filter::Clause;
use crate::query::filter::Field;
use crate::query::filter::Sense;
use crate::query::tally::Tally;
use crate::query::tally::TallyValue;
use crate::screen::format;
use crate::table::column::ColumnId;
use crate::view::icon::Icon;
use crate::view::icon::verdict_of;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::raw_search::offer;

/// The search box.
#[component]
pub(crate) fn Search() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let text = RwSignal::new(String::new());
    let seek_raw = move || {
        desk.seek_raw(text.get_untracked().trim());
        text.set(String::new());
    };
    let offered =
        move || text.with(|text| offer(desk, text.trim()) + ": every field, also deep in request and response. Shift+Enter does the same.");
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" if event.shift_key() => seek_raw(),
        "Enter" => {
            desk.add_filter(&text.get_untracked());
            text.set(String::new());
        }
        "Escape" if text.with_untracked(String::is_empty) => drop(panels.search.get_untracked().map(|search| search.blur())),
        "Escape" => text.set(String::new()),
        // The last chip becomes text again.
        "Backspace" if text.with_untracked(String::is_empty) => {
            let last = desk.inquiry.with_untracked(|inquiry| {
                inquiry.filter.clauses.last().map(|clause| (inquiry.filter.clauses.len() - 1, clause.to_string()))
            });
            if let Some((at, clause)) = last {
                event.prevent_default();
                desk.drop_clause(at);
                text.set(clause);
            }
        }
        _ => {}
    };
    let placeholder = move || {
        let is_bare = desk.inquiry.with(|inquiry| inquiry.filter.clauses.is_empty());
        if is_bare { "Search events, or type a field, such as userName:" } else { "Add to the filter…" }
    };
    view! {
        <div class="search" role="search">
            <Icon name="search" />
            <Chips />
            <input id="search" type="text" node_ref=panels.search list="search-list" autocomplete="off" spellcheck="false" aria-label="Search events" title=FREE_TEXT placeholder=placeholder
                prop:value=text on:input:target=move |event| text.set(event.target().value()) on:keydown=on_key />
            <button id="search-raw" type="button" class="search-raw" title=offered hidden=move || text.with(|text| text.trim().is_empty()) on:click=move |_| seek_raw()>"Raw JSON "<kbd>"⇧↵"</kbd></button>
            <datalist id="search-list">{move || completions(&text.get()).into_iter().map(|value| view! { <option label=format::plain(&value).into_owned() value=value.clone()></option> }).collect_view()}</datalist>
        </div>
    }
}

#[component]
fn Chips() -> impl IntoView {
    let desk = use_desk();
    let clauses = Memo::new(move |_| desk.inquiry.with(|inquiry| inquiry.filter.clauses.clone()));
    view! {
        <ul class="chips" aria-label="Filters">
            {move || clauses.get().into_iter().enumerate().map(|(at, clause)| view! { <Chip at=at clause=clause /> }).collect_view()}
        </ul>
    }
}

/// One clause: a click turns it into its opposite, the cross takes it away.
#[component]
fn Chip(at: usize, clause: Clause) -> impl IntoView {
    let desk = use_desk();
    let is_out = clause.sense == Sense::Exclude;
    let said = clause.to_string();
    let shown = format::plain(&said).into_owned();
    let remove = format!("Remove {shown}");
    let turn = if is_out { "Click to take in" } else { "Click to leave out" };
    let name = clause.field.name();
    view! {
        <li class="chip" class:is-out=is_out data-clause=said>
            <button type="button" class="chip-text" title=format!("{shown}. {turn}") on:click=move |_| desk.negate_clause(at)>
                {is_out.then(|| view! { <i>"not "</i> })}
                {(!name.is_empty()).then(|| view! { <b>{name}</b> " " })}
                <span>{shown_value(&clause)}</span>
            </button>
            <button type="button" class="chip-remove" aria-label=remove on:click=move |_| desk.drop_clause(at)><Icon name="cross" /></button>
        </li>
    }
}

/// What free text is sought in; said here, in the help, and where nothing was found.
pub(crate) const FREE_TEXT: &str = "Free text looks in the table’s columns, shown or not, but not inside request and response. Shift+Enter searches all of the raw JSON instead.";

/// A clause's value as it is read: a verdict by its word, nothing as such.
pub(crate) fn shown_value(clause: &Clause) -> String {
    match clause.field {
        Field::Column(ColumnId::Verdict) => {
            verdict_of(&clause.value).map_or_else(|| format::plain(&clause.value).into_owned(), |verdict| verdict.word(None).to_owned())
        }
        _ if clause.value.is_empty() => "(none)".to_owned(),
        _ => format::plain(&clause.value).into_owned(),
    }
}

/// The text with its last word completed: to a field's name, or, behind a colon, to the values that occur.
fn completions(text: &str) -> Vec<String> {
    let desk = use_desk();
    let start = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (before, word) = text.split_at(start);
    let (sign, word) = if let Some(word) = word.strip_prefix('-') { ("-", word) } else { ("", word) };
    let Some((name, _)) = word.split_once(':') else {
        let fields = ColumnId::STORED.into_iter().chain([ColumnId::Verdict]);
        return fields.map(ColumnId::field).chain(["raw"]).map(|field| format!("{before}{sign}{field}:")).collect();
    };
    let Some(column) = ColumnId::by_field(name) else { return Vec::new() };
    let completed = |value: &TallyValue| format!("{before}{sign}{}", Clause::of_value(column, &value.value, Sense::Include));
    let values = |tally: &Option<Arc<Tally>>| tally.iter().flat_map(|tally| &tally.values).map(completed).collect();
    desk.tally(column).map(|tally| tally.with(values)).unwrap_or_default()
}
