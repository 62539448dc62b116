//! The busiest identities: how much, what of it changed or failed, from how many addresses, when.

use leptos::prelude::*;

use crate::query::activity::Activity;
use crate::query::filter::Clause;
use crate::query::filter::Sense;
use crate::screen::activity_chart;
use crate::screen::format;
use crate::table::column::ColumnId;
use crate::view::canvas::canvas;
use crate::view::panels::use_desk;

/// The table of identities.
#[component]
pub(crate) fn People() -> impl IntoView {
    let desk = use_desk();
    let people = move || desk.people.with(|people| people.iter().flat_map(|people| people.iter().cloned()).collect::<Vec<_>>());
    let is_empty = move || desk.people.with(|people| people.as_ref().is_some_and(|people| people.is_empty()));
    view! {
        <div id="people" class="scroll">
            <table class="plain people">
                <thead><tr>
                    <th scope="col">"User name"</th><th scope="col">"User identity type"</th><th scope="col" class="number">"Events"</th><th scope="col" class="number">"Write"</th>
                    <th scope="col" class="number">"Failed"</th><th scope="col" class="number">"Addresses"</th><th scope="col">"Activity"</th><th scope="col">"First, UTC"</th><th scope="col">"Last, UTC"</th>
                </tr></thead>
                <tbody>{move || people().into_iter().map(|person| view! { <Person person=person /> }).collect_view()}</tbody>
            </table>
            <Show when=is_empty><p class="no-rows">"No events, so nobody to show."</p></Show>
            <p class="note" hidden=is_empty>"The busiest identities of the events that the filter lets through. Bars show the square root of the counts."</p>
        </div>
    }
    .into_any()
}

#[component]
fn Person(person: Activity) -> impl IntoView {
    let desk = use_desk();
    let name = if person.name.is_empty() { "(none)".to_owned() } else { format::plain(&person.name).into_owned() };
    let (value, said) = (person.name.clone(), format!("Only events of {name}"));
    let show = move |_| desk.filter_for(Clause::of_value(ColumnId::UserName, &value, Sense::Include));
    let draw = |area: &_, bins: &Vec<u32>, palette: &_| {
        // A canvas that refuses a mark is missing that mark: there is nobody to tell.
        let _ = activity_chart::draw(area, bins, palette);
    };
    let failures = if person.failures > 0 { "number bad" } else { "number" };
    view! {
        <tr data-person=person.name.clone()>
            <th scope="row"><button type="button" class="link" title=said on:click=show>{name}</button></th>
            <td>{format::plain(&person.kind).into_owned()}</td>
            <td class="number">{format::count(person.events)}</td>
            <td class="number">{format::count(person.writes)}</td>
            <td class=failures>{format::count(person.failures)}</td>
            <td class="number">{format::count(person.addresses as u64)}</td>
            <td class="activity">{canvas(Signal::stored(person.bins), draw, None, |_| {})}</td>
            <td class="mono">{format::row_time(person.first)}</td>
            <td class="mono">{format::row_time(person.last)}</td>
        </tr>
    }
}
