//! A load that may not fit into memory: what it comes to, and what can be left out. And, wherever counts stand, what was left out.

use leptos::prelude::*;

use crate::query::keep::Keep;
use crate::screen::format;
use crate::state::Desk;
use crate::state::fit::Choice;
use crate::state::fit::Fit;
use crate::table::estimate::Estimate;
use crate::trail::time::TimeRange;
use crate::view::dialog::Dialog;
use crate::view::icon::Icon;
use crate::view::panels::use_desk;
use crate::view::range_menu::read_time;

/// The dialog. To close it is to read nothing more.
#[component]
pub(crate) fn FitDialog() -> impl IntoView {
    let desk = use_desk();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(desk.fit.with(Option::is_some)));
    Effect::new(move |was: Option<bool>| {
        let is_open = open.get();
        if was == Some(true) && !is_open {
            desk.go_on(Choice::Nothing);
        }
        is_open
    });
    view! {
        <Dialog id="fit-dialog" title="This may not fit into memory" open=open>
            {move || desk.fit.get().map(|fit| view! { <Choices fit=(*fit).clone() /> })}
        </Dialog>
    }
}

#[component]
fn Choices(fit: Fit) -> impl IntoView {
    let desk = use_desk();
    let fit = StoredValue::new(fit);
    let total = move || fit.with_value(|fit| fit.estimate(desk.learned()));
    let told = move || {
        let (files, bytes) = fit.with_value(|fit| (fit.stored.files, fit.stored.bytes()));
        format!(
            "{}, {} as stored: about {} events. Held as rows they take about {} of memory; this page has {}.",
            format::counted(files, "file", "files"),
            format::bytes(bytes),
            format::short_count(total().events),
            format::bytes(total().memory),
            format::bytes(desk.limit.get())
        )
    };
    let inquiry = desk.inquiry.get_untracked();
    let present = Keep { range: inquiry.range, filter: inquiry.filter };
    let choose = move |choice: Choice| move |_| desk.go_on(choice.clone());
    let filter = (!present.is_everything()).then(|| {
        let words = format::plain(&crate::export::held::words(&present)).into_owned();
        view! { <Offer id="fit-filter" name="Matches of the present filter only" note=words on_click=choose(Choice::Only(present.clone())) /> }
    });
    view! {
        <p id="fit-told">{told}</p>
        <p>"Whatever you choose, every file is read and judged, and the verdicts are complete. What is left out are rows of events; the page and all that you save from it say how many."</p>
        {fit.with_value(Fit::span).map(|span| view! { <RangeOffer fit=fit span=span /> })}
        <Offer id="fit-writes" name="Write events only" note="Leaves out events that say readOnly: true, most often the greater part.".to_owned() on_click=choose(Choice::Only(Keep::writes())) />
        {filter}
        <Offer id="fit-all" name="Everything" note="Rows are taken in until memory ends, then no more: the page says how many are lacking.".to_owned() on_click=choose(Choice::Everything) />
        <Offer id="fit-none" name="Nothing more" note=format!("{} not read. What was read before stays.", format::counted(fit.with_value(|fit| fit.waiting), "file is", "files are")) on_click=choose(Choice::Nothing) />
    }
}

#[component]
fn Offer(id: &'static str, name: &'static str, note: String, on_click: impl Fn(leptos::ev::MouseEvent) + 'static) -> impl IntoView {
    view! { <button id=id type="button" class="button offer" on:click=on_click><b>{name}</b><small>{note}</small></button> }
}

/// Start and end as text, at first those of the newest days that fit.
#[component]
fn RangeOffer(fit: StoredValue<Fit>, span: TimeRange) -> impl IntoView {
    let desk = use_desk();
    let first = untrack(move || fit.with_value(|fit| fit.newest(desk.learned(), desk.limit.get()))).unwrap_or(span);
    let start = RwSignal::new(format::row_time(first.start));
    let end = RwSignal::new(format::row_time(first.end));
    let range = Memo::new(move |_| {
        let range = TimeRange::new(start.with(|text| read_time(text))?, end.with(|text| read_time(text))?);
        (range.start < range.end).then_some(range)
    });
    let words = move || match range.get() {
        None => "Write times as 2026-03-09 14:00:00; the first must lie before the second.".to_owned(),
        Some(range) => about(fit.with_value(|fit| fit.within(range, desk.learned()))),
    };
    let set = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(range) = range.get_untracked() {
            desk.go_on(Choice::Only(Keep { range: Some(range), ..Keep::default() }));
        }
    };
    let names = format!("The names of the log files tell {}.", format::dated_range(span));
    let field = move |id: &'static str, name: &'static str, text: RwSignal<String>| {
        view! { <label>{name}<input id=id type="text" spellcheck="false" autocomplete="off" prop:value=text on:input:target=move |event| text.set(event.target().value()) /></label> }
    };
    view! {
        <form class="offer offer-range" on:submit=set>
            <b>"A time range"</b>
            <small>{names}</small>
            <div class="range-fields">{field("fit-from", "From, UTC", start)}{field("fit-until", "Until, UTC", end)}
                <button id="fit-range" type="submit" class="button" disabled=move || range.with(Option::is_none)>"Only this range"</button>
            </div>
            <small id="fit-range-told" role="status">{words}</small>
        </form>
    }
}

fn about(estimate: Estimate) -> String {
    format!("About {} events, {}.", format::short_count(estimate.events), format::bytes(estimate.memory))
}

/// How many of the events that were read are held, where not all are.
#[component]
pub(crate) fn HeldNote() -> impl IntoView {
    let desk = use_desk();
    let words = Memo::new(move |_| desk.held().sentences(|number| format::count(number)));
    view! {
        <Show when=move || words.with(Option::is_some)>
            <p id="held-note" class="held-note" role="status"><Icon name="bang" /><span>{move || words.get().map(|words| format::plain(&words).into_owned())}</span></p>
        </Show>
    }
}

/// Behind a number of events: that they are not all that were read.
pub(crate) fn held_word(desk: Desk) -> &'static str {
    if desk.held().is_all() { "" } else { " held" }
}
