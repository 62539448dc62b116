//! Which hours are proven: a thin row a chain, on the timeline's axis.

use std::sync::Arc;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::integrity::judgement::ChainCoverage;
use crate::integrity::judgement::Window;
use crate::integrity::judgement::WindowState;
use crate::protocol::Proof;
use crate::screen::TimeScale;
use crate::screen::coverage_chart;
use crate::screen::coverage_chart::Cell;
use crate::screen::coverage_chart::Strip;
use crate::screen::format;
use crate::trail::ids::ChainKind;
use crate::trail::time::TimeRange;
use crate::view::canvas::canvas;
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
    let strips = Memo::new(move |_| Arc::new(desk.proof.with(|proof| proof.as_ref().map(|proof| strips(proof)).unwrap_or_default())));
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
        let words = desk.proof.with_untracked(|proof| {
            let chain = proof.as_ref()?.coverage.get((y / PITCH).max(0.0) as usize)?;
            let window =
                strips.with_untracked(|strips| strips.get((y / PITCH).max(0.0) as usize)?.at(time)).and_then(|at| chain.windows.get(at));
            Some(window.map_or_else(
                || format!("{}: nothing loaded for {}", chain_name(chain), format::instant(time)),
                |window| format!("{}: {}", chain_name(chain), window_words(window)),
            ))
        });
        show_tip(&tip, words.as_deref(), x + f64::from(plot.offset_left()), x / place.width());
    };
    let on_leave = move |_| hide(tip);
    let labels = move || {
        desk.proof.with(|proof| {
            proof.as_ref().map(|proof| {
                proof
                    .coverage
                    .iter()
                    .map(|chain| {
                        let (account, rest) = chain_parts(chain);
                        view! { <div class="coverage-label" title=chain_title(chain)><span class="coverage-account">{account}" · "</span>{rest}</div> }
                    })
                    .collect_view()
            })
        })
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

/// `1111…3333 · eu-west-1`
pub(crate) fn chain_name(chain: &ChainCoverage) -> String {
    let (account, rest) = chain_parts(chain);
    format!("{account} · {rest}")
}

/// Account and Region apart: where there is little room, the Region alone is shown.
fn chain_parts(chain: &ChainCoverage) -> (String, String) {
    let backfill = if chain.chain.kind == ChainKind::Backfill { " · backfill" } else { "" };
    let account = format::plain(&format::short_account(&chain.chain.account)).into_owned();
    (account, format!("{}{backfill}", format::plain(&chain.chain.region)))
}

fn chain_title(chain: &ChainCoverage) -> String {
    let title = format!(
        "{}, account {}, trail {} (home Region {})",
        chain.chain.region, chain.chain.account, chain.chain.trail, chain.chain.home_region
    );
    format::plain(&title).into_owned()
}

fn strips(proof: &Proof) -> Vec<Strip> {
    let strip = |chain: &ChainCoverage| Strip {
        cells: chain.windows.iter().map(|window| (TimeRange::new(window.start, window.end), cell(window.state))).collect(),
    };
    proof.coverage.iter().map(strip).collect()
}

fn cell(state: WindowState) -> Cell {
    match state {
        WindowState::Proven => Cell::Proven,
        WindowState::ProvenEmpty => Cell::Empty,
        WindowState::Unproven | WindowState::LeftOut => Cell::Unproven,
        WindowState::Invalid | WindowState::InvalidInside | WindowState::Missing => Cell::Broken,
        WindowState::Gap => Cell::Gap,
    }
}

/// What is known of a stretch, in words.
pub(crate) fn state_words(state: WindowState) -> &'static str {
    match state {
        WindowState::Proven => "proven",
        WindowState::ProvenEmpty => "proven, nothing was delivered",
        WindowState::LeftOut => "digest proven, logs of it are not in the pack",
        WindowState::Unproven => "not proven",
        WindowState::Invalid => "digest invalid",
        WindowState::InvalidInside => "digest valid, a log of it is not",
        WindowState::Missing => "digest not found",
        WindowState::Gap => "gap: no digest speaks for it",
    }
}

fn window_words(window: &Window) -> String {
    let logs =
        if window.logs > 0 { format!(", {}", format::counted(u64::from(window.logs), "log file", "log files")) } else { String::new() };
    let bad = if window.bad > 0 { format!(", {} of them not as signed", window.bad) } else { String::new() };
    format!("{}: {}{logs}{bad}", format::range(TimeRange::new(window.start, window.end)), state_words(window.state))
}

fn sentence(proof: &Proof) -> String {
    let windows = proof.coverage.iter().flat_map(|chain| &chain.windows);
    let (mut proven, mut other) = (0u64, 0u64);
    for window in windows {
        let is_proven = matches!(window.state, WindowState::Proven | WindowState::ProvenEmpty);
        *(if is_proven { &mut proven } else { &mut other }) += 1;
    }
    let chains = proof.coverage.len() as u64;
    format!(
        "Coverage of {}: {} proven, {} not; the tab Integrity lists them.",
        format::counted(chains, "chain", "chains"),
        format::counted(proven, "stretch", "stretches"),
        format::count(other)
    )
}

/// From one row to the next, in CSS pixels, and how much of that is the bar.
const PITCH: f64 = 14.0;
const BAR: f64 = 9.0;
