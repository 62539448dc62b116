//! What is chosen in the coverage map: sentences to copy, and what lies inside, window by window.

use std::sync::Arc;

use leptos::prelude::*;

use crate::integrity::selection::Sentence;
use crate::protocol::Stretch;
use crate::protocol::WindowView;
use crate::screen::format;
use crate::view::coverage_words::chain_title;
use crate::view::coverage_words::state_class;
use crate::view::coverage_words::state_words;
use crate::view::files::FileLine;
use crate::view::gaps::GapStory;
use crate::view::icon::Icon;
use crate::view::map_tools::ChosenRange;
use crate::view::panels::use_desk;
use crate::view::parts::CopyButton;

/// The panel below the map.
#[component]
pub(crate) fn ChosenStretch() -> impl IntoView {
    let desk = use_desk();
    let has_map = move || desk.map.with(|map| map.as_ref().is_some_and(|map| !map.rows.is_empty()));
    let shown = move || desk.chosen.with(Option::is_some).then(|| desk.stretch.get()).flatten();
    view! {
        <section id="stretch" class="block stretch" hidden=move || !has_map()>
            <div class="block-head">
                <h4>"The time chosen"</h4>
                <button id="map-clear" type="button" class="button small" hidden=move || desk.chosen.with(Option::is_none) on:click=move |_| desk.chosen.set(None)>"Clear"</button>
            </div>
            <ChosenRange />
            <p class="note" hidden=move || desk.chosen.with(Option::is_some)>"Click a cell for its files and cause, or drag over the map, for a sentence that says what is proven of that time."</p>
            <div aria-live="polite">{move || shown().map(|stretch| view! { <Told stretch=stretch /> })}</div>
        </section>
    }
}

#[component]
fn Told(stretch: Arc<Stretch>) -> impl IntoView {
    let desk = use_desk();
    let sentences = &stretch.sentences;
    let copy_all = (sentences.len() > 1).then(|| {
        let text = sentences.iter().map(|sentence| sentence.text.as_str()).collect::<Vec<_>>().join("\n");
        view! { <button id="copy-sentences" type="button" class="button small" on:click=move |_| desk.copy(text.clone())>{format!("Copy all {} sentences", sentences.len())}</button> }
    });
    let more = sentences.len().saturating_sub(MOST_SENTENCES);
    let shown = sentences.iter().take(MOST_SENTENCES).map(|sentence| view! { <Quote sentence=sentence.clone() /> }).collect_view();
    let gaps = stretch.gaps.iter().map(|gap| view! { <GapStory gap=gap.clone() /> }).collect_view();
    let windows = stretch
        .windows
        .iter()
        .map(|window| view! { <WindowStory window=window.clone() is_alone=stretch.windows.len() == 1 /> })
        .collect_view();
    let rest = (stretch.more > 0).then(|| view! { <p class="note">{format!("and {} more; zoom in, or choose less time", format::counted(stretch.more, "window", "windows"))}</p> });
    view! {
        <div id="sentences" class="sentences">{copy_all}{shown}
            {(more > 0).then(|| view! { <p class="note">{format!("and {} more; copying takes them all", format::count(more as u64))}</p> })}
        </div>
        {gaps}
        <div class="windows">{windows}{rest}</div>
    }
    .into_any()
}

/// A sentence to copy; marked where it tells of an exception.
#[component]
fn Quote(sentence: Sentence) -> impl IntoView {
    let (icon, class) = if sentence.is_whole { ("check", "verdict verdict-valid") } else { ("bang", "verdict verdict-unproven") };
    view! { <div class="sentence"><span class=class><Icon name=icon /></span><p>{format::plain(&sentence.text).into_owned()}</p><CopyButton text=sentence.text label="Copy the sentence" /></div> }
}

/// One window: what is known of it, why, what would settle it, and its files.
#[component]
fn WindowStory(window: WindowView, is_alone: bool) -> impl IntoView {
    let desk = use_desk();
    let range = window.range;
    let title = format!("{} · {}", format::dated_range(range), chain_title(&window.chain));
    let remedy = window.remedy.map(|remedy| view! { <p class="remedy"><b>"To settle it: "</b>{remedy}</p> });
    let rows = window.files;
    let of = u64::from(window.listed);
    let shown = rows.iter().filter(|row| row.kind == "log").count() as u64;
    let summary = if of > 0 { format!("Digest and {}", format::counted(of, "log file", "log files")) } else { "Digest".to_owned() };
    let cut = (shown < of).then(|| view! { <p class="note">{format!("{} of {} are shown, the worst first; the list of files has them all.", shown, format::counted(of, "log file", "log files"))}</p> });
    let files = (!rows.is_empty()).then(|| {
        let lines = rows.into_iter().map(|file| view! { <FileLine file=file /> }).collect_view();
        view! { <details open=is_alone><summary>{summary}</summary><div class="files-box"><table class="plain files"><tbody>{lines}</tbody></table></div>{cut}</details> }
    });
    view! {
        <article class="window" data-state=state_class(window.state)>
            <h5><i class=format!("shape is-{}", state_class(window.state))></i><b>{state_words(window.state)}</b>
                <button type="button" class="link" title="Show the events of this time" on:click=move |_| desk.show_time(range)>{title}</button></h5>
            <p>{format::plain(&window.cause).into_owned()}</p>
            {remedy}{files}
        </article>
    }
}

/// Sentences that are shown one by one: more nobody reads.
const MOST_SENTENCES: usize = 20;
