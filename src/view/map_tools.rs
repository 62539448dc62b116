//! What stands around the coverage map: zoom, the time chosen as text, the legend.

use leptos::html;
use leptos::prelude::*;

use crate::screen::format;
use crate::state::Desk;
use crate::state::effect::effect;
use crate::trail::ids::ChainId;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;
use crate::view::coverage_map::SHORTEST_VIEW;
use crate::view::coverage_words::chain_title;
use crate::view::coverage_words::grain_words;
use crate::view::icon::Icon;
use crate::view::panels::use_desk;
use crate::view::range_menu::read_time;

/// Zoom and pan by buttons, and how much time a cell is.
#[component]
pub(crate) fn MapTools() -> impl IntoView {
    let desk = use_desk();
    let grain = move || desk.map.with(|map| map.as_ref().map(|map| grain_words(map.step)));
    let is_whole = move || desk.map_view.with(Option::is_none);
    let to_chosen = move |_| {
        let range = desk.chosen.with_untracked(|chosen| chosen.as_ref().map(|(range, _)| widened(*range)));
        if let Some((range, (_, whole))) = range.zip(axes(desk)) {
            show(desk, range, whole);
        }
    };
    let button = |id: &'static str, label: &'static str, icon: &'static str, act: fn(Desk)| {
        view! { <button id=id type="button" class="button-icon" aria-label=label title=label on:click=move |_| act(desk)><Icon name=icon /></button> }
    };
    view! {
        <span id="map-grain" class="dim">{grain}</span>
        <div class="map-tools" role="group" aria-label="Zoom">
            <button type="button" class="button small" disabled=is_whole title="Show what lies before (Shift and wheel)" on:click=move |_| pan(desk, -0.5)>"Earlier"</button>
            <button type="button" class="button small" disabled=is_whole title="Show what comes after (Shift and wheel)" on:click=move |_| pan(desk, 0.5)>"Later"</button>
            {button("map-out", "Zoom out (minus, or Ctrl and wheel)", "minus", |desk| zoom(desk, 2.0, None))}
            {button("map-in", "Zoom in (plus, or Ctrl and wheel)", "plus", |desk| zoom(desk, 0.5, None))}
            <button id="map-chosen" type="button" class="button small" disabled=move || desk.chosen.with(Option::is_none) on:click=to_chosen>"Zoom to what is chosen"</button>
            <button id="map-all" type="button" class="button small" disabled=is_whole on:click=move |_| desk.map_view.set(None)>"All"</button>
        </div>
    }
}

/// The time chosen as text: the brush for those who type, and for exact times.
#[component]
pub(crate) fn ChosenRange() -> impl IntoView {
    let desk = use_desk();
    let (start, end, of) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new(), NodeRef::<html::Select>::new());
    let wrong = NodeRef::<html::Div>::new();
    let complain = move |is_wrong: bool| drop(wrong.get_untracked().inspect(|wrong| wrong.set_hidden(!is_wrong)));
    // What is chosen elsewhere shows here.
    effect(move || {
        let (Some(start), Some(end), Some(of)) = (start.get(), end.get(), of.get()) else { return };
        let axis = desk.map.with(|map| map.as_ref().map(|map| map.axis));
        let chosen = desk.chosen.get();
        if let Some(range) = chosen.as_ref().map(|(range, _)| *range).or(axis) {
            start.set_value(&format::row_time(range.start));
            end.set_value(&format::row_time(range.end));
            complain(false);
        }
        let one = chosen.and_then(|(_, chains)| chains.first().filter(|_| chains.len() == 1).cloned());
        let place = one.and_then(|one| chains(desk).iter().position(|known| *known == one));
        of.set_value(&place.map(|place| place.to_string()).unwrap_or_default());
    });
    let set = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(start), Some(end), Some(of)) = (start.get_untracked(), end.get_untracked(), of.get_untracked()) else { return };
        let range = read_time(&start.value()).zip(read_time(&end.value())).map(|(start, end)| TimeRange::new(start, end));
        let range = range.filter(|range| range.start < range.end);
        complain(range.is_none());
        if let Some(range) = range {
            let one = of.value().parse::<usize>().ok().and_then(|place| chains(desk).get(place).cloned());
            desk.chosen.set(Some((range, one.into_iter().collect())));
        }
    };
    let options = move || {
        desk.map.track();
        let option = |(place, chain): (usize, &ChainId)| view! { <option value=place.to_string()>{chain_title(chain)}</option> };
        chains(desk).iter().enumerate().map(option).collect_view()
    };
    view! {
        <form class="map-range" on:submit=set>
            <label>"From, UTC"<input id="map-start" type="text" spellcheck="false" autocomplete="off" node_ref=start /></label>
            <label>"Until, UTC"<input id="map-end" type="text" spellcheck="false" autocomplete="off" node_ref=end /></label>
            <label class="map-chain">"Of"<select id="map-of" node_ref=of><option value="">"all chains"</option>{options}</select></label>
            <button id="map-choose" type="submit" class="button small">"Say what is proven"</button>
            <div class="alert" role="alert" hidden node_ref=wrong>"Write times as 2026-03-09 14:00:00; the first must lie before the second."</div>
        </form>
    }
}

/// The chains of the map, in its order.
fn chains(desk: Desk) -> Vec<ChainId> {
    desk.map.with_untracked(|map| map.iter().flat_map(|map| &map.rows).map(|row| row.chain.clone()).collect())
}

/// What the shapes mean, in words.
#[component]
pub(crate) fn Legend() -> impl IntoView {
    let entries = LEGEND.map(|(class, words)| view! { <li><i class=format!("shape is-{class}")></i>{words}</li> });
    view! { <ul class="map-legend" aria-label="What the shapes mean">{entries}</ul> }
}

/// Shows `factor` times as much time as before, `middle` staying where it is.
pub(crate) fn zoom(desk: Desk, factor: f64, middle: Option<Timestamp>) {
    let Some((axis, whole)) = axes(desk) else { return };
    let chosen = desk.chosen.with_untracked(|chosen| chosen.as_ref().map(|(range, _)| range.start.plus(range.millis() / 2)));
    let middle = middle.or(chosen).filter(|middle| axis.contains(*middle)).unwrap_or_else(|| axis.start.plus(axis.millis() / 2));
    let length = ((axis.millis() as f64 * factor) as i64).max(SHORTEST_VIEW);
    let before = (middle.since(axis.start) as f64 / axis.millis().max(1) as f64 * length as f64) as i64;
    show(desk, TimeRange::new(middle.plus(-before), middle.plus(length - before)), whole);
}

/// Moves along by that share of what is shown.
pub(crate) fn pan(desk: Desk, share: f64) {
    let Some((axis, whole)) = axes(desk) else { return };
    let by = (axis.millis() as f64 * share) as i64;
    let by = by.clamp(whole.start.since(axis.start).min(0), whole.end.since(axis.end).max(0));
    show(desk, TimeRange::new(axis.start.plus(by), axis.end.plus(by)), whole);
}

fn show(desk: Desk, view: TimeRange, whole: TimeRange) {
    let view = TimeRange::new(view.start.max(whole.start), view.end.min(whole.end));
    let is_whole = view.start <= whole.start && whole.end <= view.end;
    desk.map_view.set((!is_whole && view.start < view.end).then_some(view));
}

/// What the map shows, and what it could.
fn axes(desk: Desk) -> Option<(TimeRange, TimeRange)> {
    let axis = desk.map_view.get_untracked().or_else(|| desk.map.with_untracked(|map| map.as_ref().map(|map| map.axis)))?;
    let whole = desk.proof.with_untracked(|proof| {
        let spans = || proof.iter().flat_map(|proof| &proof.chains).filter_map(|chain| chain.span);
        Some(TimeRange::new(spans().map(|span| span.start).min()?, spans().map(|span| span.end).max()?))
    });
    Some((axis, whole?))
}

/// A little room on both sides, and never less than can be looked at.
fn widened(range: TimeRange) -> TimeRange {
    let room = (range.millis() / 10).max((SHORTEST_VIEW - range.millis()) / 2);
    TimeRange::new(range.start.plus(-room), range.end.plus(room))
}

/// The shapes of the map, and what each says.
const LEGEND: [(&str, &str); 6] = [
    ("valid", "Proven"),
    ("empty", "Proven, nothing was delivered"),
    ("unproven", "Not proven"),
    ("gap", "Gap: no digest speaks for it"),
    ("invalid", "A digest or a log is not found, or not as signed"),
    ("blank", "Nothing loaded"),
];
