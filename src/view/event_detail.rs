//! One event: its proof first, then who, what on, in which context, asked and answered; the raw JSON last.

use std::sync::Arc;

use leptos::prelude::*;

use crate::integrity::verdict::Verdict;
use crate::protocol::Compared;
use crate::protocol::Detail;
use crate::protocol::FileRow;
use crate::protocol::Record;
use crate::query::filter::Clause;
use crate::query::filter::Sense;
use crate::screen::format;
use crate::screen::json;
use crate::state::Desk;
use crate::table::column::ColumnId;
use crate::view::detail_sections::Sections;
use crate::view::icon::Icon;
use crate::view::icon::verdict_icon;
use crate::view::panels::focus_on;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::parts::CopyButton;
use crate::view::words::remarks_words;

/// The panel beside the table.
#[component]
pub(crate) fn EventDetail() -> impl IntoView {
    let desk = use_desk();
    view! {
        <aside id="detail" class="card detail" aria-label="Event">
            <button id="detail-close" type="button" class="button-icon detail-close" aria-label="Close the detail" title="Close (Esc)" on:click=move |_| close_detail(desk)><Icon name="cross" /></button>
            {move || desk.detail.get().map(|detail| view! { <Shown detail=detail /> })}
        </aside>
    }
    .into_any()
}

/// Closes the panel; the focus goes back to the table that it was opened from.
pub(crate) fn close_detail(desk: Desk) {
    if desk.selected.get_untracked().is_some() {
        desk.selected.set(None);
        focus_on("#event-table");
    }
}

/// Closes the panel where it lies over what a click in it has led to.
pub(crate) fn make_room(desk: Desk) {
    // As in `layout.css`.
    let is_over = window().match_media("(max-width: 1180px)").ok().flatten().is_some_and(|query| query.matches());
    if is_over {
        close_detail(desk);
    }
}

#[component]
fn Shown(detail: Arc<Detail>) -> impl IntoView {
    let cell = |column| detail.cells.iter().find(|(known, _)| *known == column).map(|(_, text)| text.clone()).unwrap_or_default();
    let time = detail.time.map_or_else(|| "no time".to_owned(), format::instant);
    let place = [time, format::service(&cell(ColumnId::EventSource)).to_owned(), cell(ColumnId::AwsRegion)];
    let place = place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let place = format::plain(&place).into_owned();
    view! {
        <h2 id="detail-title">{format::plain(&cell(ColumnId::EventName)).into_owned()}</h2>
        <p class="detail-place">{place}</p>
        <ProofBox source=detail.source.clone() />
        <Sections detail=detail.clone() />
        <Related detail=detail.clone() />
        <RawRecord />
    }
}

/// What is proven of the file that the event lies in.
#[component]
fn ProofBox(source: FileRow) -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let verdict = source.verdict;
    let is_lakes = source.kind == "query result";
    let sentence = if verdict == Verdict::Valid && is_lakes {
        "This line lies unchanged in a query result that CloudTrail Lake has signed.".to_owned()
    } else if verdict == Verdict::Valid {
        "This record lies unchanged in a log file that a signed digest lists.".to_owned()
    } else {
        format::plain(&source.message).into_owned()
    };
    let show = move |_| {
        desk.list_files(verdict);
        panels.goal.set(Some("#files"));
        make_room(desk);
    };
    let line = |name: &'static str, value: String, shown: String| {
        let (said, shown) = (format::plain(&value).into_owned(), format::plain(&shown).into_owned());
        view! { <dt>{name}</dt><dd title=said><span>{shown}</span><CopyButton text=value /></dd> }
    };
    let listed = source.listed_by.into_iter().map(|key| line("Listed by", key.clone(), format::file_name(&key).to_owned())).collect_view();
    let remarks = (!source.remarks.is_empty()).then(|| line("Remarks", source.remarks.join(", "), remarks_words(&source.remarks)));
    view! {
        <div id="proof-box" class=format!("proof-box {}", verdict.slug()) data-verdict=verdict.slug()>
            <p><Icon name=verdict_icon(verdict) /><span><b>{verdict.word(None).trim_end_matches('…')}". "</b>{sentence}</span></p>
            <dl>
                {line(if is_lakes { "Result" } else { "Log file" }, source.name.clone(), format::file_name(&source.name).to_owned())}
                {listed}
                {source.fingerprint.map(|key| line("Key", key.clone(), key))}
                {source.sha256.map(|hash| line("SHA-256", hash.clone(), hash))}
                {remarks}
            </dl>
            <button type="button" class="link" on:click=show>"All such files"</button>
        </div>
    }
}

/// How much more there is by the same key, name and address.
#[component]
fn Related(detail: Arc<Detail>) -> impl IntoView {
    let desk = use_desk();
    let links = detail.related.iter().filter(|(_, count)| *count > 1).filter_map(|(column, count)| {
        let (column, value) = detail.cells.iter().find(|(known, _)| known == column)?.clone();
        let words = format!("{} with this {}", format::counted(*count, "event", "events"), column.title());
        let show = move |_| {
            desk.filter_for(Clause::of_value(column, &value, Sense::Include));
            make_room(desk);
        };
        Some(view! { <li><button type="button" class="link" on:click=show>{words}</button></li> })
    });
    let links: Vec<_> = links.collect();
    (!links.is_empty()).then(|| view! { <section class="detail-section"><h3>"RELATED"</h3><ul class="related">{links}</ul></section> })
}

/// The record as it lies in the file: read again, and compared with what was judged.
#[component]
fn RawRecord() -> impl IntoView {
    let desk = use_desk();
    let shown = move || match desk.record.get().as_deref() {
        None => view! { <p class="dim">"Reading the record from its file…"{move || slowly(desk)}</p> }.into_any(),
        Some(Err(why)) => view! { <p class="alert">{format::plain(why).into_owned()}</p> }.into_any(),
        Some(Ok(record)) => {
            let is_lakes = desk.detail.with_untracked(|detail| detail.as_ref().is_some_and(|detail| detail.source.kind == "query result"));
            let has_id = desk.detail.with_untracked(|detail| detail.as_ref().is_some_and(|detail| !detail.event_id.is_empty()));
            raw(
                record,
                if is_lakes { "Line of the query result, as JSON" } else { "Event record, raw JSON" },
                if has_id { IN_PART } else { IN_PART_NAMELESS },
            )
            .into_any()
        }
    };
    view! { <section id="raw-record" class="detail-section">{shown}</section> }
}

/// Why it may take a while. Of most gzip files it is a tenth of a second; of one that is a single block of many gigabytes, or CSV, many.
fn slowly(desk: Desk) -> Option<String> {
    let file = desk.detail.with(|detail| detail.as_ref().map(|detail| detail.file))?;
    let size = desk.client.with_untracked(|client| client.as_ref()?.blob(file).map(|blob| blob.size() as u64))?;
    let words = || {
        format!(
            " The file is large ({}): if it is compressed, what stands before the record may have to be unpacked first.",
            format::bytes(size)
        )
    };
    (size > 64 << 20).then(words)
}

fn raw(record: &Record, title: &'static str, in_part: &'static str) -> impl IntoView + use<> {
    let changed = match (record.file, &record.json) {
        (Compared::Same, _) | (Compared::InPart, Err(_)) => None,
        (Compared::Changed, _) => Some(
            view! { <p id="changed-on-disk" class="alert" role="alert">"The file on disk has changed since it was judged: this text is not what the verdict speaks of. Open the folder again."</p> }.into_any(),
        ),
        (Compared::InPart, Ok(_)) => Some(view! { <p id="read-in-part" class="dim">{in_part}</p> }.into_any()),
    };
    let shown = match &record.json {
        Err(why) => view! { <p class="alert">{format::plain(why).into_owned()}</p> }.into_any(),
        Ok(text) => view! {
            <details class="raw">
                <summary>{title}</summary>
                <div class="raw-body"><CopyButton text=text.clone() label="Copy the record" /><pre tabindex="0">{format::plain(&format::cut(&json::pretty(text), MOST_LETTERS)).into_owned()}</pre></div>
            </details>
        }
        .into_any(),
    };
    (changed, shown)
}

/// What was checked of a file above 64 MB. Its time of change is the browser's to compare: Chromium does, Firefox does not.
const IN_PART: &str = "The file is larger than 64 MB and was not hashed again. Checked: it is no shorter than it was, and where the record stood, there is one with the eventID of this row. The verdict speaks of the file as it was when it was opened.";
const IN_PART_NAMELESS: &str = "The file is larger than 64 MB and was not hashed again. Checked: it is no shorter than it was, and where the record stood, there is one. The verdict speaks of the file as it was when it was opened.";
/// Letters of a record that are shown. Real ones have some 10,000 laid out, the largest known 66 kB; two millions held the page for two seconds.
const MOST_LETTERS: usize = 200_000;
