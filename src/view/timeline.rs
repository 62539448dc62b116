//! The timeline: bars over time, a range to drag or to set by keys, the same numbers as a table.

use std::sync::Arc;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::HtmlElement;

use crate::protocol::Survey;
use crate::screen::TimeScale;
use crate::screen::format;
use crate::screen::timeline_chart;
use crate::state::effect::effect;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;
use crate::view::canvas::canvas;
use crate::view::coverage::hide;
use crate::view::coverage::show_tip;
use crate::view::panels::use_desk;
use crate::view::words::class_word;

type Drawn = (Arc<Survey>, Option<TimeRange>);

/// The bars and the brush over them.
#[component]
pub(crate) fn Timeline(axis: Memo<Option<TimeRange>>, width: RwSignal<f64>) -> impl IntoView {
    let desk = use_desk();
    let input = Signal::derive(move || (desk.survey.get(), axis.get()));
    let draw = |area: &_, (survey, axis): &Drawn, palette: &_| {
        if let Some(axis) = axis {
            // A canvas that refuses a mark is missing that mark: there is nobody to tell.
            let _ = timeline_chart::draw(area, &survey.timeline, *axis, palette);
        }
    };
    let sized = move |(wide, _): (f64, f64)| {
        width.set(wide);
        // One bar in three pixels: narrower ones are not told apart.
        desk.bins.set((wide / 3.0).clamp(40.0, 800.0) as u32);
    };
    let label = Signal::derive(move || desk.survey.with(|survey| sentence(survey)));
    view! {
        <div class="timeline">
            <Brush axis=axis>{canvas(input, draw, Some(label), sized)}</Brush>
            <RangeSliders axis=axis />
            <Numbers />
        </div>
    }
}

/// What the pointer drags over the bars: the panels follow it, the inquiry has it when it is let go.
#[component]
fn Brush(axis: Memo<Option<TimeRange>>, children: Children) -> impl IntoView {
    let desk = use_desk();
    let (plot, brush, tip) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let from = StoredValue::new(None::<Drag>);
    let x_of = move |event: &ev::PointerEvent| {
        plot.get_untracked()
            .map(|plot| plot.get_bounding_client_rect())
            .map(|place| ((f64::from(event.client_x()) - place.left()).clamp(0.0, place.width()), place.width()))
    };
    let shown = move || {
        desk.marked()
            .zip(axis.get())
            .map(|(range, axis)| (TimeScale::new(axis, 1.0).share(range.start), TimeScale::new(axis, 1.0).share(range.end)))
    };
    // A range that is the whole axis needs no showing.
    let shown = move || shown().filter(|(start, end)| *start > 0.001 || *end < 0.999);
    effect(move || {
        let (shown, Some(brush)) = (shown(), brush.get()) else { return };
        place_brush(&brush, shown);
    });
    let on_down = move |event: ev::PointerEvent| {
        if event.button() == 0
            && let (Some((x, _)), Some(plot)) = (x_of(&event), plot.get_untracked())
        {
            from.set_value(Some(Drag { start: x, is_drawn: false }));
            let _ = plot.set_pointer_capture(event.pointer_id());
        }
    };
    let on_move = move |event: ev::PointerEvent| {
        let (Some((x, wide)), Some(axis), Some(tip)) = (x_of(&event), axis.get_untracked(), tip.get_untracked()) else { return };
        // Drawn and no longer there: Escape took it away.
        if from.get_value().is_some_and(|drag| drag.is_drawn && desk.pointed.with_untracked(Option::is_none)) {
            from.set_value(None);
        }
        let dragged = from.get_value().map(|drag| (drag, (x - drag.start).abs() >= SHORTEST));
        let words = match dragged {
            Some((drag, true)) => {
                let range = range_between(TimeScale::new(axis, wide), drag.start, x);
                from.set_value(Some(Drag { is_drawn: true, ..drag }));
                desk.brush(range);
                Some(format::range(range))
            }
            _ => desk.survey.with_untracked(|survey| bin_words(survey, desk.stacked.get_untracked(), TimeScale::new(axis, wide).time(x))),
        };
        // Back where it began.
        if let Some((drag @ Drag { is_drawn: true, .. }, false)) = dragged {
            from.set_value(Some(Drag { is_drawn: false, ..drag }));
            desk.drop_brush();
        }
        show_tip(&tip, words.as_deref(), x, x / wide);
    };
    let on_up = move |event: ev::PointerEvent| {
        on_move(event);
        if from.get_value().is_some() {
            from.set_value(None);
            desk.let_go();
        }
    };
    let on_cancel = move |_| {
        if from.get_value().is_some() {
            from.set_value(None);
            desk.drop_brush();
        }
    };
    view! {
        <div id="timeline-plot" class="timeline-plot" node_ref=plot on:pointerdown=on_down on:pointermove=on_move on:pointerup=on_up on:pointercancel=on_cancel
            on:pointerleave=move |_| hide(tip) on:dblclick=move |_| desk.zoom_to_range()>
            {children()}
            <div id="brush" class="brush" node_ref=brush hidden></div>
            <div class="tip" node_ref=tip hidden></div>
        </div>
    }
}

/// Where a drag began, in pixels, and whether it has become a range.
#[derive(Clone, Copy)]
struct Drag {
    start: f64,
    is_drawn: bool,
}

/// The same range by keys: two sliders over the bars' edges.
#[component]
fn RangeSliders(axis: Memo<Option<TimeRange>>) -> impl IntoView {
    let desk = use_desk();
    let at = move |pick: fn(TimeRange) -> Timestamp, otherwise: f64| {
        move || {
            let range = desk.marked();
            let share =
                range.zip(axis.get()).map_or(otherwise, |(range, axis)| TimeScale::new(axis, STEPS).x(pick(range)).clamp(0.0, STEPS));
            format!("{:.0}", share)
        }
    };
    let words = move |pick: fn(TimeRange) -> Timestamp| {
        move || desk.marked().or_else(|| axis.get()).map(|range| format::instant(pick(range))).unwrap_or_default()
    };
    let set = move |slider: web_sys::HtmlInputElement, edge: Edge| {
        let Some(axis) = axis.get_untracked() else { return };
        // The browser's number: to parse it here takes a table of powers of five, 14 kB gzipped for this one line.
        let step = slider.value_as_number();
        let scale = TimeScale::new(axis, STEPS);
        let held = untrack(|| desk.marked()).unwrap_or(axis);
        // Pushed past the other one, a slider stops a step before it.
        let (step, range) = match edge {
            Edge::Start => {
                let step = step.min(scale.x(held.end) - 1.0).max(0.0);
                (step, TimeRange::new(scale.time(step), held.end))
            }
            Edge::End => {
                let step = step.max(scale.x(held.start) + 1.0).min(STEPS);
                (step, TimeRange::new(held.start, scale.time(step)))
            }
        };
        // The element may hold another step than the one that was taken, and the range may be the same as before.
        slider.set_value(&format!("{step:.0}"));
        desk.brush(range);
    };
    // Keys repeat: each says `change`, and the range is let go with the key.
    let is_held = StoredValue::new(false);
    let on_any = move |event: ev::Event| {
        let Some(slider) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return };
        let edge = if slider.id() == "slider-start" { Edge::Start } else { Edge::End };
        match event.type_().as_str() {
            "keydown" => {
                is_held.set_value(true);
                if event.dyn_ref::<web_sys::KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
                    desk.drop_brush();
                }
            }
            "input" => set(slider, edge),
            "change" if is_held.get_value() => set(slider, edge),
            "change" => {
                set(slider, edge);
                desk.let_go();
            }
            // The key is up, or the focus is elsewhere.
            _ => {
                is_held.set_value(false);
                desk.let_go();
            }
        }
    };
    // Listeners of one type: each type takes a kilobyte.
    let sliders = NodeRef::<html::Div>::new();
    effect(move || {
        let Some(sliders) = sliders.get() else { return };
        let listen = Closure::<dyn Fn(ev::Event)>::new(on_any);
        for name in ["input", "change", "keydown", "keyup", "focusout"] {
            // Fails for no name of an event.
            let _ = sliders.add_event_listener_with_callback(name, listen.as_ref().unchecked_ref());
        }
        // Lives as long as its element.
        let _ = listen.into_js_value();
    });
    let slider = move |id: &'static str, label: &'static str, pick: fn(TimeRange) -> Timestamp, otherwise: f64| {
        view! { <input id=id type="range" min="0" max="400" aria-label=label aria-valuetext=words(pick) prop:value=at(pick, otherwise) /> }
    };
    view! {
        <div class="range-sliders" node_ref=sliders>
            {slider("slider-start", "Start of the time range", |range| range.start, 0.0)}
            {slider("slider-end", "End of the time range", |range| range.end, STEPS)}
        </div>
    }
}

/// Which end of the range a slider moves.
#[derive(Clone, Copy)]
enum Edge {
    Start,
    End,
}

/// The numbers behind the bars.
#[component]
fn Numbers() -> impl IntoView {
    let desk = use_desk();
    let open = RwSignal::new(false);
    let rows = move || {
        let stacked = desk.stacked.get();
        desk.survey.with(|survey| {
            let timeline = &survey.timeline;
            let filled = timeline.ghost.iter().enumerate().filter(|(_, count)| **count > 0).take(MOST_NUMBERS);
            let row = |(bin, all): (usize, &u32)| {
                let cells = timeline.stacks.iter().map(|stack| view! { <td>{format::count(stack.counts.get(bin).copied().unwrap_or(0))}</td> }).collect_view();
                view! { <tr><th scope="row">{format::instant(start_of(survey, bin))}</th>{cells}<td>{format::count(*all)}</td></tr> }
            };
            let heads = timeline.stacks.iter().map(|stack| view! { <th scope="col">{class_word(stacked, &stack.name)}</th> }).collect_view();
            view! { <thead><tr><th scope="col">"From"</th>{heads}<th scope="col">"All events"</th></tr></thead><tbody>{filled.map(row).collect_view()}</tbody> }
        })
    };
    let toggled = move |event: ev::Event| {
        open.set(
            event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                .is_some_and(|details| details.has_attribute("open")),
        )
    };
    view! {
        <details class="numbers" on:toggle=toggled>
            <summary title="The numbers behind the bars">"Numbers"</summary>
            <div class="numbers-panel"><table class="plain"><Show when=move || open.get()>{rows}</Show></table></div>
        </details>
    }
}

fn place_brush(brush: &HtmlElement, shares: Option<(f64, f64)>) {
    brush.set_hidden(shares.is_none());
    if let Some((start, end)) = shares {
        // Fails for no value that is written here.
        let _ = brush.style().set_property("left", &format!("{:.3}%", start * 100.0));
        let _ = brush.style().set_property("width", &format!("{:.3}%", (end - start).max(0.0) * 100.0));
    }
}

fn range_between(scale: TimeScale, one: f64, other: f64) -> TimeRange {
    // Whole seconds: that is what records have, and what an address should hold.
    let whole = |time: Timestamp| Timestamp(time.0.div_euclid(1000) * 1000);
    TimeRange::new(whole(scale.time(one.min(other))), whole(scale.time(one.max(other)).plus(999)))
}

fn start_of(survey: &Survey, bin: usize) -> Timestamp {
    survey.timeline.start.plus(i64::try_from(bin).unwrap_or(0).saturating_mul(survey.timeline.step))
}

fn bin_words(survey: &Survey, stacked: crate::table::column::ColumnId, time: Timestamp) -> Option<String> {
    let timeline = &survey.timeline;
    let bin = usize::try_from(time.since(timeline.start).checked_div(timeline.step)?).ok()?;
    let all = *timeline.ghost.get(bin)?;
    let range = format::range(TimeRange::new(start_of(survey, bin), start_of(survey, bin + 1)));
    let some = timeline.stacks.iter().filter_map(|stack| {
        stack
            .counts
            .get(bin)
            .filter(|count| **count > 0)
            .map(|count| format!("{} {}", format::count(*count), class_word(stacked, &stack.name).to_ascii_lowercase()))
    });
    let split = some.collect::<Vec<_>>().join(", ");
    Some(format!(
        "{range}: {} of {}{}",
        format::count(timeline.total(bin)),
        format::counted(u64::from(all), "event", "events"),
        if split.is_empty() { String::new() } else { format!(" ({split})") }
    ))
}

fn sentence(survey: &Survey) -> String {
    let Some(span) = survey.span else { return "No events yet.".to_owned() };
    let highest = (0..survey.timeline.ghost.len()).max_by_key(|bin| (survey.timeline.total(*bin), std::cmp::Reverse(*bin)));
    let most = highest.filter(|bin| survey.timeline.total(*bin) > 0).map(|bin| {
        format!(" Most of them, {}, from {}.", format::count(survey.timeline.total(bin)), format::instant(start_of(survey, bin)))
    });
    format!(
        "{} of {} over {}.{}",
        format::count(survey.matched),
        format::counted(survey.total, "event", "events"),
        format::range(span),
        most.unwrap_or_default()
    )
}

/// A drag shorter than this is a click that shook.
const SHORTEST: f64 = 4.0;
/// Steps of the sliders, as in their `max`.
const STEPS: f64 = 400.0;
/// Rows of the table of numbers: more nobody reads, and each costs.
const MOST_NUMBERS: usize = 500;
