//! A gap and what was done near it: who, from where, with what outcome, and whether that row is itself proven.

use leptos::prelude::*;

use crate::integrity::report::GapCause;
use crate::protocol::GapView;
use crate::protocol::NEARBY_CELLS;
use crate::protocol::RowView;
use crate::screen::format;
use crate::trail::time::HOUR;
use crate::trail::time::TimeRange;
use crate::view::coverage_words::chain_title;
use crate::view::icon::VerdictMark;
use crate::view::panels::use_desk;

/// One gap with its story.
#[component]
pub(crate) fn GapStory(gap: GapView) -> impl IntoView {
    let desk = use_desk();
    let range = gap.range;
    let when = if range.start < range.end {
        format!("{} · {}", format::dated_range(range), format::length(range.millis()))
    } else {
        format!("at {}", format::instant(range.start))
    };
    let heading = format!("{} · {}", cause_word(gap.cause), chain_title(&gap.chain));
    let around = TimeRange::new(range.start.plus(-HOUR), range.end.plus(HOUR));
    let body = if gap.nearby.is_empty() {
        view! { <p>"None of the loaded rows, from an hour before it until an hour after, switches this trail off or on, changes it, its bucket or a key. That proves nothing: the log of that hour may itself be missing, or the trail may not record such calls."</p> }.into_any()
    } else {
        let rows = gap.nearby.into_iter().map(|event| view! { <EventLine event=event /> }).collect_view();
        let more = (gap.more > 0).then(|| view! { <p class="note">{format!("and {} more", format::count(gap.more))}</p> });
        view! {
            <p>"Done near it, among the loaded rows. Nearness is not causation: read the record before you accuse."</p>
            <div class="scroll-x"><table class="plain nearby"><thead><tr><th scope="col"><span class="heard">"Verdict"</span></th><th scope="col">"Time, UTC"</th><th scope="col">"Event"</th><th scope="col">"By"</th><th scope="col">"Outcome"</th></tr></thead><tbody>{rows}</tbody></table></div>
            {more}
        }
        .into_any()
    };
    view! {
        <article class="gap-story" data-gap=range.start.to_string()>
            <h5><i class="shape is-gap"></i><b>{heading}</b><button type="button" class="link" title="Show the events around it" on:click=move |_| desk.show_time(around)>{when}</button></h5>
            {body}
        </article>
    }
    .into_any()
}

#[component]
fn EventLine(event: RowView) -> impl IntoView {
    let desk = use_desk();
    let time = event.time.unwrap_or_default();
    let cell = |at: usize| event.cells.get(at).map(|text| format::plain(text).into_owned()).unwrap_or_default();
    let (user, key, address) = (cell(2), cell(3), cell(4));
    let user = if user.is_empty() { "nobody named".to_owned() } else { user };
    let by = if key.is_empty() || address.is_empty() { format!("{key}{address}") } else { format!("{key} · {address}") };
    let id = event.cells.get(NEARBY_CELLS.len()).cloned().unwrap_or_default();
    // An event without an id can still be found by its time.
    let show = move |_| if id.is_empty() { desk.show_time(TimeRange::new(time, time.plus(1000))) } else { desk.show_event(&id) };
    view! {
        <tr data-event=event.cells.first().cloned()>
            <td class="file-verdict"><VerdictMark verdict=event.verdict /></td>
            <td class="mono">{format::row_time(time)}</td>
            <th scope="row"><button type="button" class="link" title="Show this event in the table" on:click=show>{cell(0)}</button><small class="dim">{cell(1)}</small></th>
            <td>{user}<small class="dim mono">{by}</small></td>
            <td>{cell(5)}</td>
        </tr>
    }
}

fn cause_word(cause: GapCause) -> &'static str {
    match cause {
        GapCause::Stopped => "Logging or validation was off",
        GapCause::Restarted => "A new chain starts",
        GapCause::Missing => "Digests are lost",
        GapCause::TimeHole => "Neither neighbour speaks for it",
    }
}
