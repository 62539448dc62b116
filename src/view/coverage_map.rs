//! The coverage map: account × Region × time in cells that can be clicked, brushed, walked through by keys, and zoomed.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use crate::integrity::bins::CoverageCell;
use crate::integrity::bins::CoverageMap;
use crate::integrity::bins::CoverageRow;
use crate::screen::TimeScale;
use crate::screen::coverage_chart;
use crate::screen::format;
use crate::state::effect::effect;
use crate::trail::ids::ChainId;
use crate::trail::time::HOUR;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;
use crate::view::canvas::canvas;
use crate::view::coverage::hide;
use crate::view::coverage::show_tip;
use crate::view::coverage_words::cell_words;
use crate::view::coverage_words::chain_name;
use crate::view::coverage_words::chain_title;
use crate::view::coverage_words::strips;
use crate::view::map_tools::Legend;
use crate::view::map_tools::MapTools;
use crate::view::map_tools::pan;
use crate::view::map_tools::zoom;
use crate::view::panels::use_desk;

/// Where the keys stand: a row, and a cell of it.
pub(crate) type Cursor = Option<(usize, TimeRange)>;

/// The map and what belongs to it; nothing while there is no digest.
#[component]
pub(crate) fn Map() -> impl IntoView {
    let desk = use_desk();
    let width = RwSignal::new(0.0);
    let sized = move |(wide, _): (f64, f64)| {
        width.set(wide);
        desk.map_cells.set((wide / CELL).clamp(20.0, 400.0) as u32);
    };
    let input = Signal::derive(move || desk.map.get());
    let draw = |area: &_, map: &Option<Arc<CoverageMap>>, palette: &_| {
        if let Some(map) = map {
            // A canvas that refuses a mark is missing that mark: there is nobody to tell.
            let _ = coverage_chart::draw(area, &strips(map), map.axis, (PITCH, BAR), palette);
        }
    };
    let rows = move || desk.map.with(|map| map.as_ref().map_or(0, |map| map.rows.len()));
    let labels = move || {
        let label = |row: &CoverageRow| view! { <div class="map-label" title=chain_title(&row.chain)>{chain_name(&row.chain)}</div> };
        desk.map.with(|map| map.as_ref().map(|map| map.rows.iter().map(label).collect_view()))
    };
    let height = move || format!("{}px", rows() as f64 * PITCH);
    let ticks = move || {
        let scale = desk.map.with(|map| map.as_ref().map(|map| TimeScale::new(map.axis, width.get().max(1.0))))?;
        let seen = scale.ticks(84.0).into_iter().map(|tick| (scale.share(tick.time), tick));
        let seen = seen.filter(|(share, _)| (1.0 - share) * scale.width > 60.0);
        Some(seen.map(|(share, tick)| view! { <span style:left=format!("{:.3}%", share * 100.0)>{tick.label}</span> }).collect_view())
    };
    view! {
        <section id="map" class="block" hidden=move || rows() == 0>
            <div class="block-head"><h3>"Coverage map"</h3><MapTools /></div>
            <div class="map-box">
                <div class="lane">
                    <div class="lane-label">{labels}</div>
                    <Plot height=Signal::derive(height)>{canvas(input, draw, None, sized)}</Plot>
                </div>
            </div>
            <div class="lane"><div class="lane-label map-utc">"UTC"</div><div class="axis" aria-hidden="true">{ticks}</div></div>
            <Legend />
        </section>
    }
}

/// What pointer and keys do over the cells.
#[component]
fn Plot(height: Signal<String>, children: Children) -> impl IntoView {
    let desk = use_desk();
    let (plot, brush, ring, tip) =
        (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    // Nothing on the page follows these: they are no signals.
    let from = Rc::new(Cell::new(None::<(f64, f64)>));
    let (cursor, anchor) = (Rc::new(Cell::new(Cursor::None)), Rc::new(Cell::new(Cursor::None)));
    let spoken = NodeRef::<html::Div>::new();
    let place = move |event: &web_sys::MouseEvent| {
        let place = plot.get_untracked()?.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()) - place.left(), f64::from(event.client_y()) - place.top());
        Some((x.clamp(0.0, place.width()), y.clamp(0.0, (place.height() - 1.0).max(0.0)), place.width()))
    };
    let spanned = move |(x, y): (f64, f64), (to_x, to_y): (f64, f64), wide: f64| {
        desk.map.with_untracked(|map| {
            let map = map.as_ref()?;
            let scale = TimeScale::new(map.axis, wide);
            let rows = (row_at(y.min(to_y)), row_at(y.max(to_y)).min(map.rows.len().checked_sub(1)?));
            // Whole seconds: that is what digests have, and what a sentence should hold.
            let whole = |x: f64, more: i64| Timestamp(scale.time(x).plus(more).0.div_euclid(1000) * 1000);
            Some((TimeRange::new(whole(x.min(to_x), 0), whole(x.max(to_x), 999)), rows))
        })
    };
    let choose = move |range: TimeRange, (first, last): (usize, usize)| {
        let chains = desk.map.with_untracked(|map| chains_of(map.as_deref(), first, last));
        desk.chosen.set(Some((range, chains)));
    };
    effect(move || {
        let (Some(map), chosen, Some(brush)) = (desk.map.get(), desk.chosen.get(), brush.get()) else { return };
        place_box(&brush, &map, chosen.as_ref().map(|(range, chains)| (*range, rows_of(&map, chains))));
    });
    effect(move || {
        // What the ring stood on may lie elsewhere on another map.
        desk.map.track();
        ring.get_untracked().inspect(|ring| ring.set_hidden(true));
    });
    let stand = {
        let cursor = cursor.clone();
        move |map: &CoverageMap, at: Cursor| {
            cursor.set(at);
            ring.get_untracked().inspect(|ring| place_box(ring, map, at.map(|(row, range)| (range, (row, row)))));
        }
    };
    let down = from.clone();
    let on_down = move |event: ev::PointerEvent| {
        if event.button() == 0
            && let (Some((x, y, _)), Some(plot)) = (place(&event), plot.get_untracked())
        {
            down.set(Some((x, y)));
            let _ = plot.set_pointer_capture(event.pointer_id());
        }
    };
    let moving = from.clone();
    let on_move = move |event: ev::PointerEvent| {
        let (Some((x, y, wide)), Some(tip)) = (place(&event), tip.get_untracked()) else { return };
        let dragged = moving.get().filter(|(start, top)| (x - start).abs() >= SHORTEST || row_at(*top) != row_at(y));
        let words = match dragged.and_then(|start| spanned(start, (x, y), wide)) {
            Some((range, rows)) => {
                if let (Some(brush), Some(map)) = (brush.get_untracked(), desk.map.get_untracked()) {
                    place_box(&brush, &map, Some((range, rows)));
                }
                Some(format::dated_range(range))
            }
            None => desk.map.with_untracked(|map| map.as_ref().and_then(|map| words_at(map, row_at(y), x, wide))),
        };
        show_tip(&tip, words.as_deref(), x, x / wide);
    };
    let cancelled = from.clone();
    let (clicked, unanchored) = (stand.clone(), anchor.clone());
    let on_up = move |event: ev::PointerEvent| {
        let (Some(start), Some((x, y, wide))) = (from.take(), place(&event)) else { return };
        let Some((range, rows)) = spanned(start, (x, y), wide) else { return };
        if (x - start.0).abs() >= SHORTEST || rows.0 != rows.1 {
            return choose(range, rows);
        }
        let Some(map) = desk.map.get_untracked() else { return };
        if let Some(cell) = cell_at(&map, rows.0, range.start) {
            choose(cell.range, rows);
            clicked(&map, Some((rows.0, cell.range)));
            unanchored.set(None);
        }
    };
    let on_wheel = move |event: ev::WheelEvent| {
        let Some((x, _, wide)) = place(&event) else { return };
        if event.ctrl_key() || event.meta_key() {
            event.prevent_default();
            let middle = desk.map.with_untracked(|map| map.as_ref().map(|map| TimeScale::new(map.axis, wide).time(x)));
            zoom(desk, if event.delta_y() < 0.0 { 0.8 } else { 1.25 }, middle);
        } else if event.shift_key() || event.delta_x().abs() > event.delta_y().abs() {
            event.prevent_default();
            let along = if event.delta_x() == 0.0 { event.delta_y() } else { event.delta_x() };
            pan(desk, along / wide);
        }
    };
    let focused = (cursor.clone(), stand.clone());
    let on_key = move |event: ev::KeyboardEvent| {
        let Some(map) = desk.map.get_untracked() else { return };
        let key = event.key();
        match key.as_str() {
            "Enter" | " " => {
                if let Some((row, range)) = cursor.get() {
                    choose(range, (row, row));
                }
            }
            "Escape" if desk.chosen.with_untracked(Option::is_some) => desk.chosen.set(None),
            "+" | "=" => zoom(desk, 0.5, cursor.get().map(|(_, range)| range.start)),
            "-" => zoom(desk, 2.0, cursor.get().map(|(_, range)| range.start)),
            _ => {
                let before = cursor.get();
                let Some(next) = step(&map, before, &key) else { return };
                if event.shift_key() {
                    let (row, range) = anchor.get().or(before).unwrap_or(next);
                    anchor.set(Some((row, range)));
                    let span = TimeRange::new(range.start.min(next.1.start), range.end.max(next.1.end));
                    choose(span, (row.min(next.0), row.max(next.0)));
                } else {
                    anchor.set(None);
                }
                stand(&map, Some(next));
                let words = cell_at(&map, next.0, next.1.start).map(|cell| told(&map, next.0, cell));
                spoken.get_untracked().inspect(|spoken| spoken.set_text_content(words.as_deref()));
            }
        }
        event.prevent_default();
        // `z`, `0`, Escape and others mean something else on the rest of the page.
        event.stop_propagation();
    };
    let on_focus = move |_| {
        let (cursor, stand) = &focused;
        if let Some(map) = desk.map.get_untracked() {
            stand(&map, cursor.get().or_else(|| step(&map, None, "Home")));
        }
    };
    view! {
        <div id="map-plot" class="map-plot" node_ref=plot tabindex="0" role="application" aria-roledescription="coverage map" aria-label=HINT style:height=height
            on:pointerdown=on_down on:pointermove=on_move on:pointerup=on_up on:pointercancel=move |_| cancelled.set(None) on:pointerleave=move |_| hide(tip)
            on:wheel=on_wheel on:keydown=on_key on:focus=on_focus>
            {children()}
            <div id="map-brush" class="brush" node_ref=brush hidden></div>
            <div class="map-ring" node_ref=ring hidden></div>
            <div class="tip" node_ref=tip hidden></div>
        </div>
        <div class="heard" aria-live="polite" node_ref=spoken></div>
    }
}

fn row_at(y: f64) -> usize {
    (y / PITCH).max(0.0) as usize
}

/// The chains of these rows; of all rows: none, which means all.
fn chains_of(map: Option<&CoverageMap>, first: usize, last: usize) -> Vec<ChainId> {
    let Some(map) = map.filter(|map| first > 0 || last + 1 < map.rows.len() || map.rows.len() == 1) else { return Vec::new() };
    map.rows.iter().skip(first).take(last + 1 - first).map(|row| row.chain.clone()).collect()
}

fn rows_of(map: &CoverageMap, chains: &[ChainId]) -> (usize, usize) {
    let mut places = map.rows.iter().enumerate().filter(|(_, row)| chains.contains(&row.chain)).map(|(at, _)| at);
    let first = places.next();
    let last = places.next_back().or(first);
    first.zip(last).unwrap_or_else(|| (0, map.rows.len().saturating_sub(1)))
}

fn cell_at(map: &CoverageMap, row: usize, time: Timestamp) -> Option<&CoverageCell> {
    map.rows.get(row)?.cells.iter().find(|cell| cell.range.contains(time))
}

fn words_at(map: &CoverageMap, row: usize, x: f64, wide: f64) -> Option<String> {
    let time = TimeScale::new(map.axis, wide).time(x);
    let name = chain_name(&map.rows.get(row)?.chain);
    let nothing = || format!("{name}: nothing loaded for {}", format::instant(time));
    Some(cell_at(map, row, time).map_or_else(nothing, |cell| told(map, row, cell)))
}

fn told(map: &CoverageMap, row: usize, cell: &CoverageCell) -> String {
    let name = map.rows.get(row).map(|row| chain_name(&row.chain)).unwrap_or_default();
    format!("{name}: {}", cell_words(cell))
}

/// Where a key leads from a cell: along its row, or to the cell of that time in another one.
fn step(map: &CoverageMap, from: Cursor, key: &str) -> Cursor {
    let (row, time) = from.map_or((0, map.axis.start), |(row, range)| (row.min(map.rows.len().saturating_sub(1)), range.start));
    let cells = &map.rows.get(row)?.cells;
    let here = cells.iter().position(|cell| time < cell.range.end).unwrap_or_else(|| cells.len().saturating_sub(1));
    let (row, at) = match key {
        "ArrowRight" => (row, here + usize::from(from.is_some())),
        "ArrowLeft" => (row, here.checked_sub(1)?),
        "Home" => (row, 0),
        "End" => (row, cells.len().checked_sub(1)?),
        "ArrowUp" | "ArrowDown" => {
            let row = if key == "ArrowUp" { row.checked_sub(1)? } else { row + 1 };
            let cells = &map.rows.get(row)?.cells;
            (row, cells.iter().position(|cell| time < cell.range.end).or_else(|| cells.len().checked_sub(1))?)
        }
        _ => return None,
    };
    map.rows.get(row)?.cells.get(at).map(|cell| (row, cell.range))
}

/// Lays a box over a stretch of time of these rows; hides it where that is out of sight.
fn place_box(element: &web_sys::HtmlElement, map: &CoverageMap, at: Option<(TimeRange, (usize, usize))>) {
    let seen = at.filter(|(range, _)| range.start < map.axis.end && map.axis.start < range.end);
    element.set_hidden(seen.is_none());
    if let Some((range, (first, last))) = seen {
        let scale = TimeScale::new(map.axis, 100.0);
        let (left, right) = (scale.share(range.start) * 100.0, scale.share(range.end) * 100.0);
        let set = |name: &str, value: String| {
            // Fails for no value that is written here.
            let _ = element.style().set_property(name, &value);
        };
        set("left", format!("{left:.3}%"));
        set("width", format!("{:.3}%", (right - left).max(0.1)));
        set("top", format!("{}px", first as f64 * PITCH));
        set("height", format!("{}px", (last + 1 - first) as f64 * PITCH));
    }
}

/// No less than this can be looked at: below it, cells are wider than the screen.
pub(crate) const SHORTEST_VIEW: i64 = 6 * HOUR;
const HINT: &str = "Coverage of each chain over time. Arrow keys go from cell to cell, with Shift they choose a stretch, Enter opens a cell, plus and minus zoom, Escape clears.";
/// A drag shorter than this is a click that shook.
const SHORTEST: f64 = 4.0;
/// From one row to the next, in CSS pixels, and how much of that is the bar; how wide a cell is to be at least.
const PITCH: f64 = 20.0;
const BAR: f64 = 13.0;
const CELL: f64 = 8.0;
