//! What values there are and how often: a click takes one in, Alt or the minus leaves it out.

use leptos::ev;
use leptos::prelude::*;

use crate::query::filter::Clause;
use crate::query::filter::Sense;
use crate::query::tally::Tally;
use crate::query::tally::TallyValue;
use crate::screen::format;
use crate::state::answers::FACETS;
use crate::state::desk::MANY_VALUES;
use crate::table::column::ColumnId;
use crate::view::icon::Icon;
use crate::view::icon::verdict_icon;
use crate::view::icon::verdict_of;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;

/// All facets.
#[component]
pub(crate) fn Facets() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    view! {
        <aside id="facets" class="card facets" aria-label="Values and their counts">
            <button type="button" class="button-icon facets-close" aria-label="Close the filters" on:click=move |_| panels.facets.set(false)><Icon name="cross" /></button>
            <p class="note" hidden=move || desk.survey.with(|survey| survey.matched > 0 || survey.tallies.iter().any(|tally| !tally.values.is_empty()))>"No values: no event passes the filter."</p>
            {FACETS.map(|column| view! { <Facet column=column /> })}
        </aside>
    }
    .into_any()
}

#[component]
fn Facet(column: ColumnId) -> impl IntoView {
    let desk = use_desk();
    let tally = Memo::new(move |_| desk.survey.with(|survey| survey.tallies.iter().find(|tally| tally.column == column).cloned()));
    let is_open = RwSignal::new(false);
    let is_sought = RwSignal::new(false);
    let sought = RwSignal::new(String::new());
    let seek = move |_| {
        is_sought.update(|sought| *sought = !*sought);
        sought.set(String::new());
        desk.most.set(MANY_VALUES);
    };
    let more = move |_| {
        is_open.update(|open| *open = !*open);
        desk.most.set(MANY_VALUES);
    };
    let shown =
        Memo::new(move |_| tally.with(|tally| tally.as_ref().map(|tally| chosen(tally, &sought.get(), is_open.get())).unwrap_or_default()));
    let most = Memo::new(move |_| {
        tally
            .with(|tally| tally.as_ref().and_then(|tally| tally.values.iter().map(|value| value.total.max(value.count)).max()).unwrap_or(1))
    });
    let hidden = move || tally.with(|tally| tally.as_ref().map_or(0, |tally| tally.values.len().max(tally.distinct).saturating_sub(FEW)));
    // A column of which no record says anything takes no room.
    let is_silent = move || tally.with(|tally| tally.as_ref().is_none_or(|tally| tally.values.iter().all(|value| value.value.is_empty())));
    view! {
        <section class="facet" data-column=column.field() hidden=is_silent>
            <h3>{column.title()}
                <button type="button" class="button-icon" aria-label=format!("Search in {}", column.title()) aria-expanded=move || is_sought.get().to_string() on:click=seek hidden=move || hidden() == 0><Icon name="search" /></button>
            </h3>
            <Show when=move || is_sought.get()>
                <input class="facet-search" type="search" autofocus aria-label=format!("Search in {}", column.title()) placeholder="Contains…" prop:value=sought on:input:target=move |event| sought.set(event.target().value()) />
            </Show>
            <ul class:is-open=is_open>
                {move || shown.get().into_iter().map(|value| view! { <FacetValue column=column value=value most=most /> }).collect_view()}
            </ul>
            <button type="button" class="link facet-more" hidden=move || hidden() == 0 || is_sought.get() aria-expanded=move || is_open.get().to_string() on:click=more>
                {move || if is_open.get() { "Show fewer".to_owned() } else { format!("{} more", format::count(hidden() as u64)) }}
            </button>
        </section>
    }
}

#[component]
fn FacetValue(column: ColumnId, value: TallyValue, most: Memo<u64>) -> impl IntoView {
    let desk = use_desk();
    let clause = |sense| Clause::of_value(column, &value.value, sense);
    let (included, excluded) = (clause(Sense::Include), clause(Sense::Exclude));
    let state = Memo::new(move |_| {
        desk.inquiry.with(|inquiry| match &inquiry.filter.clauses {
            clauses if clauses.contains(&included) => Some(Sense::Include),
            clauses if clauses.contains(&excluded) => Some(Sense::Exclude),
            _ => None,
        })
    });
    let (to_toggle, to_drop) = (value.value.clone(), value.value.clone());
    let toggle = move |event: ev::MouseEvent| {
        let sense = match (state.get_untracked(), event.alt_key()) {
            (Some(held), _) => held,
            (None, true) => Sense::Exclude,
            (None, false) => Sense::Include,
        };
        desk.toggle_value(column, &to_toggle, sense);
    };
    let share = move |count: u64| format!("{:.1}%", count as f64 / most.get().max(1) as f64 * 100.0);
    let (count, total) = (value.count, value.total);
    let name = value_name(column, &value.value);
    let said = format!("{name}: {} of {}. Alt-click leaves it out.", format::count(count), format::count(total));
    let leave_out = format!("Leave out {name}");
    let mark = (column == ColumnId::Verdict).then(|| verdict_of(&value.value)).flatten();
    let mark =
        mark.map(|verdict| view! { <span class=format!("verdict verdict-{}", verdict.slug())><Icon name=verdict_icon(verdict) /></span> });
    view! {
        <li class="facet-value" class:is-in=move || state.get() == Some(Sense::Include) class:is-out=move || state.get() == Some(Sense::Exclude) data-value=value.value.clone()>
            <button type="button" class="facet-toggle" aria-pressed=move || state.get().is_some().to_string() title=said on:click=toggle>
                <i class="facet-ghost" style:width=move || share(total)></i>
                <i class="facet-bar" style:width=move || share(count)></i>
                {mark}
                <span class="facet-name">{name}</span>
                <span class="facet-count">{format::count(count)}</span>
            </button>
            <button type="button" class="button-icon facet-out" aria-label=leave_out on:click=move |_| desk.toggle_value(column, &to_drop, Sense::Exclude)><Icon name="minus" /></button>
        </li>
    }
}

/// The values that are shown: what is sought, else the most frequent.
fn chosen(tally: &Tally, sought: &str, is_open: bool) -> Vec<TallyValue> {
    let sought = sought.to_ascii_lowercase();
    let matching =
        tally.values.iter().filter(|value| sought.is_empty() || value_name(tally.column, &value.value).to_ascii_lowercase().contains(&sought));
    let most = if is_open || !sought.is_empty() { usize::try_from(MANY_VALUES).unwrap_or(FEW) } else { FEW };
    matching.take(most).cloned().collect()
}

fn value_name(column: ColumnId, value: &str) -> String {
    match column {
        _ if value.is_empty() => "(none)".to_owned(),
        ColumnId::Verdict => verdict_of(value).map_or_else(|| value.to_owned(), |verdict| verdict.word(None).to_owned()),
        ColumnId::EventSource => format::service(value).to_owned(),
        ColumnId::ReadOnly if value == "true" => "Read".to_owned(),
        ColumnId::ReadOnly if value == "false" => "Write".to_owned(),
        _ => value.to_owned(),
    }
}

/// Values that are shown before "more".
const FEW: usize = 6;
