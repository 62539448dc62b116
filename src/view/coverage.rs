//! Which hours are proven: a thin row a chain, on the timeline's axis.

use std::sync::Arc;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::integrity::bins::CoverageRow;
use crate::protocol::Proof;
use crate::screen::TimeScale;
use crate::screen::coverage_chart;
use crate::screen::coverage_chart::Strip;
use crate::screen::format;
use crate::trail::time::TimeRange;
use crate::view::canvas::canvas;
use crate::view::coverage_words::cell_words;
use crate::view::coverage_words::chain_name;
use crate::view::coverage_words::chain_parts;
use crate::view::coverage_words::chain_title;
use crate::view::coverage_words::strips;
use crate::view::panels::use_desk;

/// What the strip is drawn from.
#[derive(Clone, PartialEq)]
struct Drawn {
    strips: Arc<Vec<Strip>>,
    axis: Option<TimeRange>,
}

/// The strip.
#[component]
pub(crate) fn Coverage(axis: Memo<Option<TimeRange>>) -> impl IntoView {
    let desk = use_desk();
    let plot = NodeRef::<html::Div>::new();
    let tip = NodeRef::<html::Div>::new();
    let strips = Memo::new(move |_| Arc::new(desk.strip.with(|map| map.as_ref().map(|map| strips(map)).unwrap_or_default())));
    let input = Signal::derive(move || Drawn { strips: strips.get(), axis: axis.get() });
    let draw = |area: &_, drawn: &Drawn, palette: &_| {
        if let Some(axis) = drawn.axis {
            // A canvas that refuses a mark is missing that mark: there is nobody to tell.
            let _ = coverage_chart::draw(area, &drawn.strips, axis, (PITCH, BAR), palette);
        }
    };
    let label = Signal::derive(move || desk.proof.with(|proof| proof.as_ref().map(|proof| sentence(proof)).unwrap_or_default()));
    let height = move || format!("{}px", strips.with(|strips| strips.len()) as f64 * PITCH);
    // Direct writes: the pointer moves more often than the page should think.
    let on_move = move |event: ev::PointerEvent| {
        let (Some(plot), Some(tip), Some(axis)) = (plot.get_untracked(), tip.get_untracked(), axis.get_untracked()) else { return };
        let place = plot.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()) - place.left(), f64::from(event.client_y()) - place.top());
        let time = TimeScale::new(axis, place.width()).time(x);
        let row = (y / PITCH).max(0.0) as usize;
        let words = desk.strip.with_untracked(|map| {
            let row = map.as_ref()?.rows.get(row)?;
            let cell = row.cells.iter().find(|cell| cell.range.contains(time));
            let name = chain_name(&row.chain);
            Some(cell.map_or_else(
                || format!("{name}: nothing loaded for {}", format::instant(time)),
                |cell| format!("{name}: {}", cell_words(cell)),
            ))
        });
        show_tip(&tip, words.as_deref(), x + f64::from(plot.offset_left()), x / place.width());
    };
    let on_leave = move |_| hide(tip);
    let labels = move || {
        let label = |row: &CoverageRow| {
            let (account, rest) = chain_parts(&row.chain);
            // In little room its end alone tells accounts apart.
            let end = account.rsplit('…').next().unwrap_or_default().to_owned();
            view! { <div class="coverage-label" title=chain_title(&row.chain)><span class="coverage-account" data-end=end>{account}" · "</span>{rest}</div> }
        };
        desk.strip.with(|map| map.as_ref().map(|map| map.rows.iter().map(label).collect_view()))
    };
    view! {
        <div id="coverage" class="coverage" hidden=move || strips.with(|strips| strips.is_empty())>
            <div class="lane lane-coverage">
                <div class="lane-label">{labels}</div>
                <div class="coverage-plot" node_ref=plot style:height=height on:pointermove=on_move on:pointerleave=on_leave>{canvas(input, draw, Some(label), |_| {})}</div>
            </div>
            <div class="tip" node_ref=tip hidden></div>
        </div>
    }
}

/// Takes a tip away.
pub(crate) fn hide(tip: NodeRef<html::Div>) {
    if let Some(tip) = tip.get_untracked() {
        tip.set_hidden(true);
    }
}

/// Puts words at the pointer, `x` pixels into the tip's own parent: shifted to the left as far as `share` says, so that they never
/// leave the chart.
pub(crate) fn show_tip(tip: &web_sys::HtmlDivElement, words: Option<&str>, x: f64, share: f64) {
    tip.set_hidden(words.is_none());
    tip.set_text_content(words);
    let style = tip.unchecked_ref::<web_sys::HtmlElement>().style();
    // Fails for no value that is written here.
    let _ = style.set_property("left", &format!("{x:.1}px"));
    let _ = style.set_property("transform", &format!("translateX({:.1}%)", -100.0 * share.clamp(0.0, 1.0)));
}

fn sentence(proof: &Proof) -> String {
    let proven: u64 = proof.chains.iter().map(|chain| chain.proven).sum();
    let windows: u64 = proof.chains.iter().map(|chain| chain.windows).sum();
    format!(
        "Coverage of {}: {} of {} proven; the tab Integrity has the map.",
        format::counted(proof.chains.len() as u64, "chain", "chains"),
        format::count(proven),
        format::counted(windows, "stretch", "stretches"),
    )
}

/// From one row to the next, in CSS pixels, and how much of that is the bar.
const PITCH: f64 = 14.0;
const BAR: f64 = 9.0;
