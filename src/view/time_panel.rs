//! Coverage and timeline under each other, on one axis.

use leptos::prelude::*;

use crate::screen::TimeScale;
use crate::screen::format;
use crate::screen::palette::class_token;
use crate::table::column::ColumnId;
use crate::trail::time::TimeRange;
use crate::view::coverage::Coverage;
use crate::view::fit::held_word;
use crate::view::panels::use_desk;
use crate::view::timeline::Timeline;
use crate::view::words::class_word;

/// The panel of time.
#[component]
pub(crate) fn TimePanel() -> impl IntoView {
    let desk = use_desk();
    // What is drawn, not what is asked: the axis changes with the picture.
    let axis = Memo::new(move |_| {
        desk.survey
            .with(|survey| (!survey.timeline.ghost.is_empty()).then(|| TimeRange::new(survey.timeline.start, survey.timeline.end())))
            .or_else(|| desk.whole())
    });
    let width = RwSignal::new(0.0);
    view! {
        <section id="time-panel" class="card time-panel" aria-label="Coverage and timeline">
            <Coverage axis=axis />
            <div class="lane lane-timeline">
                <TimelineLabel />
                <Timeline axis=axis width=width />
            </div>
            <Axis axis=axis width=width />
        </section>
    }
}

/// What the bars count, and what their colours mean.
#[component]
fn TimelineLabel() -> impl IntoView {
    let desk = use_desk();
    let stacks =
        Memo::new(move |_| desk.survey.with(|survey| survey.timeline.stacks.iter().map(|stack| stack.name.clone()).collect::<Vec<_>>()));
    let choose = move |value: String| {
        if let Some(column) = ColumnId::by_field(&value) {
            desk.stacked.set(column);
        }
    };
    let options = STACKED.map(|column| view! { <option value=column.field() selected=move || desk.stacked.get() == column>"by "{column.title().to_ascii_lowercase()}</option> });
    view! {
        <div class="lane-label">
            <p id="event-count"><b>{move || desk.survey.with(|survey| format::count(survey.matched))}</b>" of "{move || desk.survey.with(|survey| format::counted(survey.total, "event", "events"))}{move || held_word(desk)}</p>
            <select id="stacked" aria-label="Bars are stacked by" on:change:target=move |event| choose(event.target().value())>{options}</select>
            <ul class="legend">
                {move || stacks.get().into_iter().take(5).map(|name| view! { <li><i style:background=class_token(&name)></i>{class_word(desk.stacked.get(), &name)}</li> }).collect_view()}
            </ul>
        </div>
    }
}

#[component]
fn Axis(axis: Memo<Option<TimeRange>>, width: RwSignal<f64>) -> impl IntoView {
    let desk = use_desk();
    let ticks = move || {
        let scale = axis.get().map(|axis| TimeScale::new(axis, width.get().max(1.0)))?;
        // No label hangs over the right edge.
        let seen = scale
            .ticks(84.0)
            .into_iter()
            .map(|tick| (scale.share(tick.time), tick))
            .filter(|(share, _)| (1.0 - share) * scale.width > 92.0);
        Some(seen.map(|(share, tick)| view! { <span style:left=format!("{:.3}%", share * 100.0)>{tick.label}</span> }).collect_view())
    };
    let is_zoomed = move || desk.window.with(Option::is_some);
    let has_range = move || desk.inquiry.with(|inquiry| inquiry.range.is_some());
    view! {
        <div class="lane lane-axis">
            <div class="lane-label time-tools">
                <button id="zoom" type="button" class="link" disabled=move || !has_range() title="Show the chosen range over the whole width (z)" on:click=move |_| desk.zoom_to_range()>"Zoom"</button>
                <button id="reset-time" type="button" class="link" disabled=move || !is_zoomed() && !has_range() title="All time (0)" on:click=move |_| desk.reset_time()>"Reset"</button>
                <span class="utc">"UTC"</span>
            </div>
            <div class="axis" aria-hidden="true">{ticks}</div>
        </div>
    }
}

const STACKED: [ColumnId; 3] = [ColumnId::Verdict, ColumnId::Outcome, ColumnId::ReadOnly];
