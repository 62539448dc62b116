//! Small drawings: each is defined once and used by name.

use leptos::prelude::*;

use crate::integrity::verdict::Verdict;

/// The definitions; once on the page.
#[component]
pub(crate) fn Symbols() -> impl IntoView {
    view! {
        <svg class="symbols" aria-hidden="true">
            <symbol id="i-check" viewBox="0 0 16 16"><path d="m3.4 8.5 3 3 6.2-6.8" /></symbol>
            <symbol id="i-cross" viewBox="0 0 16 16"><path d="m4 4 8 8m0-8-8 8" /></symbol>
            <symbol id="i-ring" viewBox="0 0 16 16"><circle cx="8" cy="8" r="4.8" /></symbol>
            <symbol id="i-dashed" viewBox="0 0 16 16"><circle cx="8" cy="8" r="4.8" stroke-dasharray="2.5 2.53" stroke-linecap="butt" /></symbol>
            <symbol id="i-question" viewBox="0 0 16 16"><path d="M5.4 5.9a2.6 2.6 0 1 1 3.7 2.5C8.3 8.8 8 9.2 8 10.1" /><path d="M8 12.6v.1" /></symbol>
            <symbol id="i-dots" viewBox="0 0 16 16"><path d="M3.6 8v.01M8 8v.01M12.4 8v.01" /></symbol>
            <symbol id="i-bang" viewBox="0 0 16 16"><path d="M8 3.4v5.4M8 12.3v.1" /></symbol>
            <symbol id="i-gap" viewBox="0 0 16 16"><path d="M2 8h3m6 0h3M6.4 11l3.2-6" /></symbol>
            <symbol id="i-down" viewBox="0 0 16 16"><path d="m4.5 6.5 3.5 3.5 3.5-3.5" /></symbol>
            <symbol id="i-up" viewBox="0 0 16 16"><path d="M4.5 9.5 8 6l3.5 3.5" /></symbol>
            <symbol id="i-plus" viewBox="0 0 16 16"><path d="M8 3.5v9M3.5 8h9" /></symbol>
            <symbol id="i-minus" viewBox="0 0 16 16"><path d="M3.5 8h9" /></symbol>
            <symbol id="i-search" viewBox="0 0 16 16"><circle cx="7" cy="7" r="4" /><path d="m10 10 3.4 3.4" /></symbol>
            <symbol id="i-copy" viewBox="0 0 16 16"><rect x="5.5" y="5.5" width="7.5" height="8" rx="1.5" /><path d="M10.5 3.2V3A1 1 0 0 0 9.5 2h-5A1.5 1.5 0 0 0 3 3.500v6A1 1 0 0 0 3.6 10.5" /></symbol>
            <symbol id="i-columns" viewBox="0 0 16 16"><rect x="2.5" y="3" width="11" height="10" rx="1.5" /><path d="M6.3 3v10M9.9 3v10" /></symbol>
            <symbol id="i-filter" viewBox="0 0 16 16"><path d="M2.5 4h11M4.5 8h7M6.5 12h3" /></symbol>
            <symbol id="i-contrast" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.5" /><path d="M8 2.500a5.5 5.5 0 0 1 0 11z" class="solid" /></symbol>
            <symbol id="i-sun" viewBox="0 0 16 16"><circle cx="8" cy="8" r="2.8" /><path d="M8 1.800v1.400m0 9.600v1.400M1.8 8h1.400m9.6 0h1.400M3.6 3.600l1 1m6.8 6.8 1 1m0-8.8-1 1M4.6 11.400l-1 1" /></symbol>
            <symbol id="i-moon" viewBox="0 0 16 16"><path d="M13 9.600A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.600z" /></symbol>
            <symbol id="i-folder" viewBox="0 0 16 16"><path d="M2 5V4a1 1 0 0 1 1-1h3l1.5 2H13a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1z" /></symbol>
            <symbol id="i-lock" viewBox="0 0 16 16"><rect x="3.5" y="7" width="9" height="6.5" rx="1.5" /><path d="M5.5 7V5.200a2.5 2.5 0 0 1 5 0V7" /></symbol>
        </svg>
    }
}

/// The drawing of that name.
#[component]
pub(crate) fn Icon(#[prop(into)] name: Signal<&'static str>) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><use href=move || format!("#i-{}", name.get()) /></svg> }
}

/// Trailseal's own sign.
#[component]
pub(crate) fn Seal() -> impl IntoView {
    view! {
        <svg class="seal" viewBox="0 0 22 22" aria-hidden="true">
            <path class="seal-shield" d="M11 1.5 19 5v6c0 5-3.4 8.2-8 9.500C6.4 19.2 3 16 3 11V5z" />
            <path class="seal-check" d="m7.2 11 2.7 2.7 5-5.4" />
        </svg>
    }
}

/// A verdict as a shape, a colour and a word; the word is seen where `is_worded`, and heard always.
#[component]
pub(crate) fn VerdictMark(verdict: Verdict) -> impl IntoView {
    let word = verdict.word(None);
    view! {
        <span class=format!("verdict verdict-{}", verdict.slug()) title=word>
            <Icon name=verdict_icon(verdict) />
            <span class="heard">{word}</span>
        </span>
    }
}

/// The shape of a verdict.
pub(crate) fn verdict_icon(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "check",
        Verdict::Invalid => "cross",
        Verdict::Missing => "ring",
        Verdict::Unproven => "dashed",
        Verdict::Unlisted => "question",
        Verdict::Pending => "dots",
    }
}

/// The verdict of a slug.
pub(crate) fn verdict_of(slug: &str) -> Option<Verdict> {
    Verdict::ALL.into_iter().find(|verdict| verdict.slug() == slug)
}
