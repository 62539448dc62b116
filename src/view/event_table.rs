//! The table of events: only the rows in sight exist, a cursor is moved by keys, a row is one colour.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use crate::query::filter::Clause;
use crate::query::filter::Field;
use crate::query::inquiry::Inquiry;
use crate::screen::Scroll;
use crate::screen::format;
use crate::screen::scroll::Position;
use crate::state::answers::want_rows;
use crate::state::effect::effect;
use crate::view::canvas::watch_size;
use crate::view::cell_tools::CellSpot;
use crate::view::cell_tools::CellTools;
use crate::view::cell_tools::Due;
use crate::view::cell_tools::follow;
use crate::view::cell_tools::hover;
use crate::view::cell_tools::leave;
use crate::view::dom::closest;
use crate::view::dom::place;
use crate::view::event_row::EventRow;
use crate::view::frames::frames_so_far;
use crate::view::panels::use_desk;
use crate::view::raw_search::offer;
use crate::view::search::FREE_TEXT;
use crate::view::search::shown_value;
use crate::view::table_head::TableHead;
use crate::view::table_head::least_width;
use crate::view::table_head::template;

/// The table of events.
#[component]
pub(crate) fn EventTable() -> impl IntoView {
    let desk = use_desk();
    let scroller = NodeRef::<html::Div>::new();
    let viewport = RwSignal::new(0.0);
    let position = RwSignal::new(Position::default());
    let cursor = RwSignal::new(0u64);
    let spot = RwSignal::new(None::<CellSpot>);
    let due = StoredValue::new(Due::default());
    watch_size(scroller, move |(_, height)| {
        let _ = viewport.try_set((height - HEAD).max(ROW));
    });
    let rows = Memo::new(move |_| desk.survey.with(|survey| survey.matched));
    let scroll = Signal::derive(move || Scroll { rows: rows.get(), row_height: ROW, viewport: viewport.get() });
    let visible = Memo::new(move |_| scroll.get().visible(position.get(), AROUND));
    effect(move || {
        desk.rows.version();
        let (first, past) = visible.get();
        if past > first {
            want_rows(desk, place(first), place(past));
        }
    });
    let scroll_to = move |next: Position| {
        position.set(next);
        scroller.get_untracked().inspect(|scroller| scroller.set_scroll_top(next.offset.round() as i32));
    };
    back_to_top(scroll_to, cursor);
    let move_to = move |row: u64| {
        let row = row.min(rows.get_untracked().saturating_sub(1));
        cursor.set(row);
        let now = position.get_untracked();
        let next = scroll.get_untracked().showing(now, row);
        if next != now {
            scroll_to(next);
        }
    };
    let on_scroll = move |_| {
        let Some(scroller) = scroller.get_untracked() else { return };
        let offset = f64::from(scroller.scroll_top());
        let now = position.get_untracked();
        // The element rounds to whole pixels: its own echo of `scroll_to` is no movement.
        if (offset - now.offset).abs() >= 1.0 {
            position.set(scroll.get_untracked().moved(now, offset));
        }
        spot.set(None);
    };
    let open = move || {
        if let Some(row) = desk.rows.row(place(cursor.get_untracked())) {
            desk.selected.set(Some(row.row.id));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        // The buttons of the head have their own Enter.
        if closest(&event, ".table-head").is_some() {
            return;
        }
        let (scroll, now) = (scroll.get_untracked(), cursor.get_untracked());
        // After the wheel or the scrollbar the cursor may be far away: keys begin where one looks.
        let ((up, down), page) = (scroll.held(position.get_untracked(), now), scroll.page());
        match event.key().as_str() {
            "ArrowDown" => move_to(up.saturating_add(1)),
            "ArrowUp" => move_to(up.saturating_sub(1)),
            "PageDown" => move_to(down.saturating_add(page)),
            "PageUp" => move_to(up.saturating_sub(page)),
            "Home" => move_to(0),
            "End" => move_to(u64::MAX),
            "Enter" | " " => untrack(open),
            _ => return,
        }
        event.prevent_default();
        if desk.selected.get_untracked().is_some() {
            untrack(open);
        }
    };
    view! {
        <div id="event-table" class="event-table" role="grid" tabindex="0" aria-busy=move || desk.sorting.get().to_string() aria-label="Events" aria-rowcount=move || (rows.get() + 1).to_string() aria-activedescendant=move || format!("row-{}", cursor.get())
            node_ref=scroller style=("--columns", move || desk.columns.with(|columns| template(columns))) style=("--least", move || desk.columns.with(|columns| least_width(columns))) on:scroll=on_scroll on:keydown=on_key
            on:pointerover=move |event| hover(&event, spot, due) on:pointermove=move |event| follow(&event, due) on:pointerleave=move |_| leave(spot, due)>
            <TableHead />
            <div class="rows" role="rowgroup" style:height=move || format!("{}px", scroll.get().spacer())>
                <div class="rows-shown" style:transform=move || format!("translateY({:.1}px)", scroll.get().y(position.get(), visible.get().0))>
                    <Show when=move || rows.get() != 0><Rows visible=visible cursor=cursor /></Show>
                </div>
                <CellTools spot=spot />
            </div>
            <Show when=move || rows.get() == 0><NoRows /></Show>
        </div>
    }
}

/// The rows in view. The first time a few a frame: thirty at once took 90 ms, until the browser had compiled what makes a row.
#[component]
fn Rows(visible: Memo<(u64, u64)>, cursor: RwSignal<u64>) -> impl IntoView {
    let frames = frames_so_far(FRAMES_TO_FILL);
    let shown = move || {
        let ((first, past), frames) = (visible.get(), frames.get());
        if frames < FRAMES_TO_FILL { first..past.min(first + frames * ROWS_A_FRAME) } else { first..past }
    };
    view! { <For each=shown key=|at| *at children=move |at| view! { <EventRow at=at cursor=cursor /> } /> }
}

/// Another question begins at its first row.
fn back_to_top(scroll_to: impl Fn(Position) + 'static, cursor: RwSignal<u64>) {
    let desk = use_desk();
    Effect::new(move |before: Option<Inquiry>| {
        let now = desk.asked();
        if before.is_some_and(|before| before != now) {
            cursor.set(0);
            scroll_to(Position::default());
        }
        now
    });
}

/// Why there are no rows, and how to have some.
#[component]
fn NoRows() -> impl IntoView {
    let desk = use_desk();
    let total = move || desk.survey.with(|survey| survey.total);
    let why = move || match total() {
        0 if desk.progress.with(|progress| progress.is_busy()) => "Reading: no events so far.".to_owned(),
        0 if !desk.held().is_all() => "No event is held: what was read was left out. Reload the page to choose otherwise.".to_owned(),
        0 => "None of the files holds events. Digest files and keys hold none; add the log files of the same trail.".to_owned(),
        _ if desk.survey.with(|survey| survey.raw.iter().any(|state| !state.is_complete())) => {
            "Nothing found so far: the search of the raw JSON has not been run, or not over all files.".to_owned()
        }
        total => format!("None of {} passes the filter.", format::counted(total, "event", "events")),
    };
    let clauses = move || {
        let clauses = desk.inquiry.with(|inquiry| inquiry.filter.clauses.clone());
        clauses
            .into_iter()
            .enumerate()
            .map(|(at, clause)| {
                let name = clause.field.name();
                let words = format!(
                    "Remove {}{}{}",
                    if name.is_empty() { "" } else { name },
                    if name.is_empty() { "" } else { " " },
                    shown_value(&clause)
                );
                view! { <button type="button" class="button small" on:click=move |_| desk.drop_clause(at)>{words}</button> }
            })
            .collect_view()
    };
    // A text that no column holds may stand deep in a request.
    let deep = move || {
        let text = desk.inquiry.with(|inquiry| {
            inquiry
                .filter
                .clauses
                .iter()
                .position(|clause| clause.field == Field::Text)
                .map(|at| (at, inquiry.filter.clauses[at].value.clone()))
        });
        text.map(|(at, text)| {
            let words = offer(desk, &text);
            let seek = move |_| {
                desk.drop_clause(at);
                desk.seek_raw(&text);
            };
            view! { <button id="no-rows-raw" type="button" class="button small primary" on:click=seek>{words}</button> }
        })
    };
    let range = move || {
        desk.asked().range.map(|range| view! { <button type="button" class="button small" on:click=move |_| desk.reset_time()>{format!("Remove the time range {}", format::range(range))}</button> })
    };
    view! {
        <div id="no-rows" class="no-rows" role="status" aria-live=move || desk.is_brushing().then_some("off")>
            <p>{why}</p>
            <p>{move || (total() > 0).then(|| desk.inquiry.with(|inquiry| hint(&inquiry.filter.clauses)))}</p>
            <Show when=move || { total() > 0 }>
                <div>{deep}{clauses}{range}<button type="button" class="button small" on:click=move |_| desk.reset_filters()>"Remove all filters"</button></div>
            </Show>
        </div>
    }
}

/// What may have gone wrong with a text that was typed.
fn hint(clauses: &[Clause]) -> Option<String> {
    let mut texts = clauses.iter().filter(|clause| clause.field == Field::Text).peekable();
    texts.peek()?;
    let unknown = texts.find_map(|clause| unknown_field(&clause.value));
    let unknown = unknown.map(|name| format!(" There is no field of this name: “{}”.", format::plain(name)));
    Some(format!("{FREE_TEXT}{}", unknown.unwrap_or_default()))
}

/// The name before a colon, where a text looks like `name:value`; an ARN or an address does not.
fn unknown_field(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once(':')?;
    let is_name =
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    (is_name && name != "arn" && !rest.starts_with([':', '/'])).then_some(name)
}

/// Height of a row and of the head, in CSS pixels; `table.css` has the same.
const ROW: f64 = 28.0;
const HEAD: f64 = 30.0;
/// Rows that exist above and below what is seen.
const AROUND: u64 = 8;
/// The first time, so many rows a frame, for as many frames as the tallest screen needs.
const ROWS_A_FRAME: u64 = 4;
const FRAMES_TO_FILL: u64 = 32;
