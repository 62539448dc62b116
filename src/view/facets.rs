//! What values there are and how often: a click takes one in, Alt or the minus leaves it out.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use crate::query::filter::Clause;
use crate::query::filter::Field;
use crate::query::filter::Sense;
use crate::query::tally::Tally;
use crate::query::tally::TallyValue;
use crate::screen::format;
use crate::state::desk::FACETS;
use crate::state::desk::MANY_VALUES;
use crate::state::effect::effect;
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
            <p class="note" hidden=move || desk.survey.with(|survey| survey.total == 0 || survey.matched > 0) || desk.tallies.iter().any(|tally| tally.with(|tally| tally.as_ref().is_some_and(|tally| !tally.values.is_empty())))>"No values: no event passes the filter."</p>
            {FACETS.map(|column| view! { <Facet column=column /> })}
        </aside>
    }
    .into_any()
}

#[component]
fn Facet(column: ColumnId) -> impl IntoView {
    let desk = use_desk();
    let tally = Signal::derive(move || desk.tally(column).and_then(|tally| tally.get()));
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
    let shown = Memo::new(move |_| {
        let is_held = |value: &str| {
            desk.inquiry
                .with(|inquiry| inquiry.filter.clauses.iter().any(|clause| clause.field == Field::Column(column) && clause.value == value))
        };
        tally.with(|tally| tally.as_ref().map(|tally| chosen(tally, &sought.get(), is_open.get(), is_held)).unwrap_or_default())
    });
    // Only so many values are known here: beyond them nothing can be said.
    let none = move || {
        let is_cut = tally.with(|tally| tally.as_ref().is_some_and(|tally| tally.distinct > tally.values.len()));
        if is_cut {
            format!("No such value among the {MANY_VALUES} most frequent: type it into the search box.")
        } else {
            "No such value".to_owned()
        }
    };
    let field = NodeRef::<html::Input>::new();
    effect(move || {
        if is_sought.get() {
            field.get().inspect(|field| drop(field.focus()));
        }
    });
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
                <input class="facet-search" type="search" node_ref=field aria-label=format!("Search in {}", column.title()) placeholder="Contains…" prop:value=sought on:input:target=move |event| sought.set(event.target().value()) />
            </Show>
            <ul class:is-open=is_open>
                <For each=move || shown.get() key=|value| value.value.clone() let:value><FacetValue column=column value=value.value shown=shown most=most /></For>
            </ul>
            <p class="note facet-none" role="status" hidden=move || !is_sought.get() || shown.with(|shown| !shown.is_empty())>{none}</p>
            <button type="button" class="link facet-more" hidden=move || hidden() == 0 || is_sought.get() aria-expanded=move || is_open.get().to_string() on:click=more>
                {move || if is_open.get() { "Show fewer".to_owned() } else { format!("{} more", format::count(hidden() as u64)) }}
            </button>
        </section>
    }
}

#[component]
fn FacetValue(column: ColumnId, value: String, shown: Memo<Vec<TallyValue>>, most: Memo<u64>) -> impl IntoView {
    let desk = use_desk();
    let clause = |sense| Clause::of_value(column, &value, sense);
    let (included, excluded) = (clause(Sense::Include), clause(Sense::Exclude));
    let state = Memo::new(move |_| {
        desk.inquiry.with(|inquiry| match &inquiry.filter.clauses {
            clauses if clauses.contains(&included) => Some(Sense::Include),
            clauses if clauses.contains(&excluded) => Some(Sense::Exclude),
            _ => None,
        })
    });
    let (to_toggle, to_drop, to_find, to_leave) = (value.clone(), value.clone(), value.clone(), value.clone());
    let button = NodeRef::<html::Button>::new();
    // A chosen value moves to the top, and an element that is moved loses the focus.
    let keep_focus = move || {
        let focus = move || drop(button.try_get_untracked().flatten().map(|button| button.focus()));
        set_timeout(focus, std::time::Duration::ZERO);
    };
    let toggle = move |event: ev::MouseEvent| {
        let sense = match (state.get_untracked(), event.alt_key()) {
            (Some(held), _) => held,
            (None, true) => Sense::Exclude,
            (None, false) => Sense::Include,
        };
        desk.toggle_value(column, &to_toggle, sense);
        keep_focus();
    };
    // What Alt and a click do, by keys: browsers do not agree on whether Alt+Enter clicks.
    let by_key = move |event: ev::KeyboardEvent| {
        if event.alt_key() && event.key() == "Enter" {
            event.prevent_default();
            desk.toggle_value(column, &to_leave, state.get_untracked().unwrap_or(Sense::Exclude));
            keep_focus();
        }
    };
    let share = move |count: u64| format!("{:.1}%", count as f64 / most.get().max(1) as f64 * 100.0);
    // The row stays while its counts change: only texts and widths are touched when a filter moves.
    let counts = Memo::new(move |_| {
        shown.with(|shown| shown.iter().find(|value| value.value == to_find).map_or((0, 0), |value| (value.count, value.total)))
    });
    let (count, total) = (move || counts.get().0, move || counts.get().1);
    let name = value_name(column, &value);
    let named = name.clone();
    let said = move || format!("{named}: {} of {}. Alt-click or Alt+Enter leaves it out.", format::count(count()), format::count(total()));
    let leave_out = format!("Leave out {name}");
    let mark = (column == ColumnId::Verdict).then(|| verdict_of(&value)).flatten();
    let mark =
        mark.map(|verdict| view! { <span class=format!("verdict verdict-{}", verdict.slug())><Icon name=verdict_icon(verdict) /></span> });
    view! {
        <li class="facet-value" class:is-in=move || state.get() == Some(Sense::Include) class:is-out=move || state.get() == Some(Sense::Exclude) data-value=value.clone()>
            <button type="button" class="facet-toggle" node_ref=button aria-pressed=move || state.get().is_some().to_string() title=said on:click=toggle on:keydown=by_key>
                <i class="facet-ghost" style:width=move || share(total())></i>
                <i class="facet-bar" style:width=move || share(count())></i>
                {mark}
                <span class="facet-name">{name}</span>
                <span class="facet-count">{move || format::count(count())}</span>
            </button>
            <button type="button" tabindex="-1" class="button-icon facet-out" aria-label=leave_out.clone() title=format!("{leave_out} (Alt+Enter on the value does the same)") on:click=move |_| desk.toggle_value(column, &to_drop, Sense::Exclude)><Icon name="minus" /></button>
        </li>
    }
}

/// The values that are shown: those that the filter names, then what is sought, else the most frequent.
fn chosen(tally: &Tally, sought: &str, is_open: bool, is_held: impl Fn(&str) -> bool) -> Vec<TallyValue> {
    let sought = sought.to_ascii_lowercase();
    let matching = tally
        .values
        .iter()
        .filter(|value| sought.is_empty() || value_name(tally.column, &value.value).to_ascii_lowercase().contains(&sought));
    let most = if is_open || !sought.is_empty() { usize::try_from(MANY_VALUES).unwrap_or(FEW) } else { FEW };
    let (held, other): (Vec<&TallyValue>, Vec<&TallyValue>) = matching.partition(|value| is_held(&value.value));
    let room = most.saturating_sub(held.len());
    held.into_iter().chain(other.into_iter().take(room)).cloned().collect()
}

fn value_name(column: ColumnId, value: &str) -> String {
    match column {
        _ if value.is_empty() => "(none)".to_owned(),
        ColumnId::Verdict => verdict_of(value).map_or_else(|| value.to_owned(), |verdict| verdict.word(None).to_owned()),
        ColumnId::EventSource => format::plain(format::service(value)).into_owned(),
        ColumnId::ReadOnly if value == "true" => "Read".to_owned(),
        ColumnId::ReadOnly if value == "false" => "Write".to_owned(),
        _ => format::plain(value).into_owned(),
    }
}

/// Values that are shown before "more".
const FEW: usize = 6;
