//! The sections of one event, from its raw JSON once that is here, until then from the table's cells.

use std::sync::Arc;

use leptos::prelude::*;

use crate::protocol::Detail;
use crate::screen::format;
use crate::screen::record::Line;
use crate::screen::record::RecordSections;
use crate::screen::record::Section;
use crate::state::intents::clause_of;
use crate::table::column::ColumnId;
use crate::view::event_detail::make_room;
use crate::view::icon::Icon;
use crate::view::panels::use_desk;
use crate::view::parts::CopyButton;

/// The sections.
#[component]
pub(crate) fn Sections(detail: Arc<Detail>) -> impl IntoView {
    let desk = use_desk();
    let sections = move || {
        let record = desk.record.get();
        let json = record
            .as_deref()
            .and_then(|record| record.as_ref().ok())
            .and_then(|record| record.json.as_ref().ok().map(|json| (record.row, json)));
        let read = json.filter(|(row, _)| *row == detail.id).and_then(|(_, json)| RecordSections::read(json));
        read.map_or_else(|| of_cells(&detail), |record| record.sections)
    };
    move || sections().into_iter().map(|section| view! { <SectionView section=section /> }).collect_view()
}

#[component]
fn SectionView(section: Section) -> impl IntoView {
    view! {
        <section class="detail-section" data-section=section.title>
            <h3>{section.title}</h3>
            <dl>{section.lines.into_iter().map(|line| view! { <LineView line=line /> }).collect_view()}</dl>
        </section>
    }
}

#[component]
fn LineView(line: Line) -> impl IntoView {
    let desk = use_desk();
    let is_block = line.value.contains('\n');
    let clause = line.field.and_then(|field| clause_of(field, &line.value));
    let filter = clause.map(|clause| {
        let words = format!("Only events with this {}", format::plain(&line.label));
        view! { <button type="button" class="button-icon" aria-label=words.clone() title=words on:click=move |_| { desk.filter_for(clause.clone()); make_room(desk); }><Icon name="filter" /></button> }
    });
    let shown = |text: &str| format::plain(&format::cut(text, MOST_LETTERS)).into_owned();
    let (label, value) = (shown(&line.label), shown(&line.value));
    let shown_label = label.clone();
    let said = (!is_block).then(|| value.clone());
    let shown = if is_block { view! { <pre tabindex="0">{value}</pre> }.into_any() } else { view! { <span>{value}</span> }.into_any() };
    view! {
        <dt title=label>{shown_label}</dt>
        <dd class:is-block=is_block title=said>{shown}<span class="line-tools">{filter}<CopyButton text=line.value /></span></dd>
    }
}

/// What the table's cells alone can say.
fn of_cells(detail: &Detail) -> Vec<Section> {
    let section = |title, columns: &[ColumnId]| {
        let line = |column: &ColumnId| {
            let (_, value) = detail.cells.iter().find(|(known, _)| known == column)?;
            Some(Line { label: column.title().to_owned(), value: value.clone(), field: Some(column.field()) })
        };
        Section { title, lines: columns.iter().filter_map(line).collect() }
    };
    use ColumnId::{
        AccessKeyId, AwsRegion, ErrorCode, EventCategory, EventType, ReadOnly, RecipientAccountId, ResourceName, ResourceType,
        SourceIpAddress, UserAgent, UserIdentityArn, UserIdentityType, UserName,
    };
    let mut context = section("CONTEXT", &[SourceIpAddress, UserAgent, EventType, EventCategory, ReadOnly]);
    context.lines.push(Line { label: "Event ID".to_owned(), value: detail.event_id.clone(), field: Some("eventID") });
    let sections = [
        section("ACTOR", &[UserIdentityType, UserName, UserIdentityArn, AccessKeyId]),
        section("TARGET", &[ResourceType, ResourceName, RecipientAccountId, AwsRegion]),
        context,
        section("ERROR", &[ErrorCode]),
    ];
    sections.into_iter().filter(|section| !section.lines.is_empty()).collect()
}

/// Letters of a value that are shown. User agents of some hundred are known; a million held the page for a third of a second.
const MOST_LETTERS: usize = 20_000;
