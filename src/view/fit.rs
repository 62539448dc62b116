//! A load that may not fit into memory: what it comes to, and what can be left out. And, wherever counts stand, what was left out.

use leptos::prelude::*;

use crate::export::held::words;
use crate::query::keep::Keep;
use crate::screen::format;
use crate::state::Desk;
use crate::state::crowd::Crowded;
use crate::state::crowd::Extent;
use crate::state::fit::Choice;
use crate::table::estimate::BROWSERS_FILE;
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
    Effect::new(move |_| {
        if !desk.is_asked.get() {
            desk.go_on(Choice::Nothing);
        }
    });
    view! { <Dialog id="fit-dialog" title="This may not fit into memory" open=desk.is_asked><Choices /></Dialog> }
}

#[component]
fn Choices() -> impl IntoView {
    let desk = use_desk();
    if let Some(crowded) = desk.crowded() {
        return view! { <Files crowded=crowded /> }.into_any();
    }
    let fit = desk.fit();
    let (span, waiting) = (fit.span(), format::counted(fit.waiting, "file is", "files are"));
    let told = move || {
        let total = fit.estimate(desk.learned());
        format!(
            "{}, {} as stored: about {} events. Held as rows they take about {} of memory; this page has {}.",
            format::counted(fit.stored.files, "file", "files"),
            format::bytes(fit.stored.bytes()),
            format::short_count(total.events),
            format::bytes(total.memory),
            format::bytes(desk.limit.get())
        )
    };
    let present = desk.inquiry.with_untracked(Keep::of);
    let filter = (!present.is_everything()).then(|| {
        let words = format::plain(&words(&present)).into_owned();
        offer("fit-filter", "Matches of the present filter only", words, Choice::Only(present))
    });
    view! {
        <p id="fit-told">{told}</p>
        <p>"Whichever rows you keep, every file is read and judged, and the verdicts are complete. What is left out are rows of events; the page and all that you save from it say how many."</p>
        {span.map(|span| view! { <RangeOffer span=span /> })}
        {offer("fit-writes", "Write events only", WRITES.to_owned(), Choice::Only(Keep::writes()))}
        {filter}
        {offer("fit-all", "Everything", EVERYTHING.to_owned(), Choice::Everything)}
        {offer("fit-none", "Nothing more", format!("{waiting} not read, and not judged. What was read before stays."), Choice::Nothing)}
    }
    .into_any()
}

/// So many files that the browser itself may not hold them.
#[component]
fn Files(crowded: Crowded) -> impl IntoView {
    let files = format::counted(crowded.files, "file", "files");
    let (known, taken) = match crowded.extent {
        Extent::All => (" are open or chosen now.", " For a folder that was chosen it has taken most of that already."),
        Extent::SoFar => (" are open or were found so far, and there may be more.", ""),
    };
    let machine = crowded.machine.map_or_else(
        || "This browser does not tell how much memory the machine has.".to_owned(),
        |machine| format!("By what this browser tells, the machine has {} of memory, or more.", format::bytes(machine)),
    );
    let told = format!(
        "{files}{known} The browser itself keeps some {} of memory for each, as measured in Chromium: about {} here, beside what this page takes \
         for events.{taken} {machine}",
        format::bytes(BROWSERS_FILE),
        format::bytes(crowded.files.saturating_mul(BROWSERS_FILE))
    );
    view! {
        <p id="fit-files">{told}</p>
        <p>"Should memory run out, the browser may close this page, and all that was read is lost with it. Open less at once: a folder of one Region, or of one month. To keep fewer rows does not help here, since every file is opened, read and judged whichever rows are kept."</p>
        {offer("fit-go-on", "Open them all the same", "You are asked about rows next, should they not fit either.".to_owned(), Choice::AllFiles)}
        {offer("fit-none", "Nothing more", "Nothing more is opened, and what waits is let go of. What was opened before stays.".to_owned(), Choice::Nothing)}
    }
}

fn offer(id: &'static str, name: &'static str, note: String, choice: Choice) -> impl IntoView {
    let desk = use_desk();
    let choose = move |_| desk.go_on(choice.clone());
    view! { <button id=id type="button" class="button offer" on:click=choose><b>{name}</b><small>{note}</small></button> }
}

/// Start and end as text, at first those of the newest days that fit.
#[component]
fn RangeOffer(span: TimeRange) -> impl IntoView {
    let desk = use_desk();
    let first = untrack(move || desk.fit().newest(desk.learned(), desk.limit.get())).unwrap_or(span);
    let start = RwSignal::new(format::row_time(first.start));
    let end = RwSignal::new(format::row_time(first.end));
    let range = move || {
        let range = TimeRange::new(start.with(|text| read_time(text))?, end.with(|text| read_time(text))?);
        (range.start < range.end).then_some(range)
    };
    let words = move || match range() {
        None => "Write times as 2026-03-09 14:00:00; the first must lie before the second.".to_owned(),
        Some(range) => about(desk.fit().within(range, desk.learned())),
    };
    let set = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(range) = untrack(range) {
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
                <button id="fit-range" type="submit" class="button">"Only this range"</button>
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
    let words = move || desk.held().sentences(format::count).unwrap_or_default();
    view! {
        <p id="held-note" class="held-note" role="status" hidden=move || words().is_empty()><Icon name="bang" /><span>{move || format::plain(&words()).into_owned()}</span></p>
    }
}

/// Behind a number of events: that they are not all that were read.
pub(crate) fn held_word(desk: Desk) -> &'static str {
    if desk.held().is_all() { "" } else { " held" }
}

const WRITES: &str = "Leaves out events that say readOnly: true, most often the greater part.";
const EVERYTHING: &str = "Rows are taken in until memory ends, then no more: the page says how many are lacking.";
