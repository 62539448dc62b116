//! The table's head: sorting by a click, which columns there are, how many rows.

use leptos::html;
use leptos::prelude::*;

use crate::query::order::Direction;
use crate::query::order::SortBy;
use crate::screen::format;
use crate::state::effect::effect;
use crate::table::column::ColumnId;
use crate::view::fit::held_word;
use crate::view::icon::Icon;
use crate::view::menu::Menu;
use crate::view::panels::use_desk;

/// The row of column heads.
#[component]
pub(crate) fn TableHead() -> impl IntoView {
    let desk = use_desk();
    view! {
        <div class="row table-head" role="row" aria-rowindex="1">
            <HeadCell by=SortBy::Column(ColumnId::Verdict) name="" said="Verdict" />
            <HeadCell by=SortBy::Time name="Time (UTC)" said="Time" />
            {move || desk.columns.get().into_iter().filter(|column| *column != ColumnId::Verdict).map(|column| view! { <HeadCell by=SortBy::Column(column) name=column.title() said=column.title() /> }).collect_view()}
        </div>
    }
}

#[component]
fn HeadCell(by: SortBy, name: &'static str, said: &'static str) -> impl IntoView {
    let desk = use_desk();
    let sorted = Memo::new(move |_| desk.inquiry.with(|inquiry| (inquiry.order.by == by).then_some(inquiry.order.direction)));
    let aria = move || match sorted.get() {
        Some(Direction::Ascending) => "ascending",
        Some(Direction::Descending) => "descending",
        None => "none",
    };
    let arrow = move || sorted.get().map(|direction| view! { <Icon name=if direction == Direction::Ascending { "up" } else { "down" } /> });
    let field = match by {
        SortBy::Time => "eventTime",
        SortBy::Column(column) => column.field(),
    };
    view! {
        <div class="cell head-cell" role="columnheader" aria-sort=aria data-column=field>
            <button type="button" tabindex="0" aria-label=format!("Sort by {said}") title=format!("Sort by {said}") on:click=move |_| desk.sort_by(by)>{name}{arrow}</button>
        </div>
    }
}

/// Which columns are shown.
#[component]
pub(crate) fn ColumnsMenu() -> impl IntoView {
    let desk = use_desk();
    let open = RwSignal::new(false);
    let item = move |column: ColumnId| {
        view! {
            <label class="menu-check"><input type="checkbox" data-column=column.field() prop:checked=move || desk.columns.with(|columns| columns.contains(&column)) on:change=move |_| desk.toggle_column(column) />{column.title()}</label>
        }
    };
    view! {
        <Menu id="columns-menu" open=open class="button-icon" label="Columns" button=view! { <Icon name="columns" /> }>
            {ColumnId::STORED.map(item)}
            <hr />
            <button type="button" class="menu-item" on:click=move |_| desk.reset_columns()>"The usual columns"</button>
        </Menu>
    }
}

/// How many rows, and in which order.
#[component]
pub(crate) fn RowCount() -> impl IntoView {
    let desk = use_desk();
    let counts = move || {
        desk.survey.with(|survey| format!("{} of {}", format::count(survey.matched), format::counted(survey.total, "event", "events")))
            + held_word(desk)
    };
    let order = move || {
        desk.inquiry.with(|inquiry| match (inquiry.order.by, inquiry.order.direction) {
            (SortBy::Time, Direction::Descending) => "newest first".to_owned(),
            (SortBy::Time, Direction::Ascending) => "oldest first".to_owned(),
            (SortBy::Column(column), Direction::Ascending) => format!("by {}", column.title()),
            (SortBy::Column(column), Direction::Descending) => format!("by {}, reversed", column.title()),
        })
    };
    let sorting = move || desk.sorting.get().then_some(" · Sorting…");
    // Heard once the range is let go, not at each place that the pointer passes.
    let heard = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(heard) = heard.get().filter(|_| !desk.is_brushing()) {
            heard.set_text_content(Some(&format!("{} · {}{}", counts(), order(), sorting().unwrap_or_default())));
        }
    });
    view! {
        <p id="row-count" class="row-count" aria-hidden="true">{counts}<span class="wide-only">" · "{order}</span>{sorting}</p>
        <div class="heard" aria-live="polite" node_ref=heard></div>
    }
}

/// The widths of verdict, time and the columns, as a grid template.
pub(crate) fn template(columns: &[ColumnId]) -> String {
    let rest = columns.iter().filter(|column| **column != ColumnId::Verdict).map(|column| width(*column));
    ["34px", "158px"].into_iter().chain(rest).collect::<Vec<_>>().join(" ")
}

/// The least width of a row, so that head and rows are equally wide and scroll together.
pub(crate) fn least_width(columns: &[ColumnId]) -> String {
    let pixels =
        |track: &str| track.trim_start_matches("minmax(").split("px").next().and_then(|number| number.parse::<u32>().ok()).unwrap_or(0);
    let rest = columns.iter().filter(|column| **column != ColumnId::Verdict).map(|column| pixels(width(*column)));
    format!("{}px", 34 + 158 + rest.sum::<u32>())
}

fn width(column: ColumnId) -> &'static str {
    match column {
        ColumnId::UserName => "minmax(128px, 1.3fr)",
        ColumnId::EventName => "minmax(190px, 1.7fr)",
        ColumnId::ResourceName => "minmax(150px, 1.8fr)",
        ColumnId::UserIdentityArn | ColumnId::UserAgent => "minmax(180px, 2fr)",
        // The longest names have fourteen letters.
        ColumnId::AwsRegion => "124px",
        ColumnId::SourceIpAddress => "minmax(134px, 0.9fr)",
        ColumnId::Outcome => "84px",
        ColumnId::ReadOnly => "86px",
        ColumnId::RecipientAccountId => "126px",
        ColumnId::AccessKeyId => "190px",
        _ => "minmax(120px, 1fr)",
    }
}
