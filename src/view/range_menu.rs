//! The time range: shown in words, set exactly, to the last hours, or to all.

use leptos::prelude::*;

use crate::screen::format;
use crate::state::effect::effect;
use crate::trail::time::DAY;
use crate::trail::time::HOUR;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;
use crate::view::icon::Icon;
use crate::view::menu::Menu;
use crate::view::panels::use_desk;

/// The menu of the time range.
#[component]
pub(crate) fn RangeMenu() -> impl IntoView {
    let desk = use_desk();
    let open = RwSignal::new(false);
    let words = move || desk.asked().range.map_or_else(|| "All time".to_owned(), format::range);
    let last = move |millis: i64| {
        open.set(false);
        if let Some(span) = desk.survey.with_untracked(|survey| survey.span) {
            desk.choose_range(Some(TimeRange::new(span.end.plus(-millis), span.end)));
        }
    };
    let presets =
        PRESETS.map(|(name, millis)| view! { <button type="button" class="button small" on:click=move |_| last(millis)>{name}</button> });
    view! {
        <Menu id="range-menu" open=open button=view! { <span class="range-words">{words}</span><Icon name="down" /> }>
            <div class="range-presets">{presets}</div>
            <ExactRange open=open />
            <button id="range-clear" type="button" class="button small" on:click=move |_| { open.set(false); desk.reset_time(); }>"All time"</button>
        </Menu>
    }
}

/// Start and end as text, in UTC.
#[component]
fn ExactRange(open: RwSignal<bool>) -> impl IntoView {
    let desk = use_desk();
    let start = RwSignal::new(String::new());
    let end = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    // The fields show what holds whenever the menu is opened.
    let shown = Memo::new(move |_| (open.get(), desk.inquiry.with(|inquiry| inquiry.range).or_else(|| desk.whole())));
    effect(move || {
        if open.get() {
            [start, end].iter().for_each(|field| field.set(String::new()));
            wrong.set(false);
        }
    });
    let value = move |pick: fn(TimeRange) -> Timestamp, typed: RwSignal<String>| {
        move || {
            if typed.with(String::is_empty) {
                shown.with(|(_, range)| range.map(pick).map(format::row_time).unwrap_or_default())
            } else {
                typed.get()
            }
        }
    };
    let set = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let held = shown.with_untracked(|(_, range)| *range);
        let read = |typed: RwSignal<String>, pick: fn(TimeRange) -> Timestamp| {
            typed.with_untracked(|text| if text.is_empty() { held.map(pick) } else { read_time(text) })
        };
        let range = read(start, |range| range.start)
            .zip(read(end, |range| range.end))
            .map(|(start, end)| TimeRange::new(start, end))
            .filter(|range| range.start < range.end);
        wrong.set(range.is_none());
        if range.is_some() {
            desk.choose_range(range);
            [start, end].iter().for_each(|field| field.set(String::new()));
            open.set(false);
        }
    };
    view! {
        <form class="range-exact" on:submit=set>
            <label>"From, UTC"<input id="range-start" type="text" spellcheck="false" autocomplete="off" prop:value=value(|range| range.start, start) on:input:target=move |event| start.set(event.target().value()) /></label>
            <label>"Until, UTC"<input id="range-end" type="text" spellcheck="false" autocomplete="off" prop:value=value(|range| range.end, end) on:input:target=move |event| end.set(event.target().value()) /></label>
            <p class="alert" role="alert" hidden=move || !wrong.get()>"Write times as 2026-03-09 14:00:00; the first must lie before the second."</p>
            <button id="range-set" type="submit" class="button small primary">"Show this range"</button>
        </form>
    }
}

/// `2026-03-09`, `2026-03-09 14:00`, `2026-03-09T14:00:05Z`
pub(crate) fn read_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}:00")))
}

const PRESETS: [(&str, i64); 3] =
    [("Last hour of the logs", HOUR), ("Last 24 hours of the logs", DAY), ("Last 7 days of the logs", 7 * DAY)];
