//! What stands, in one sentence, with its exceptions one click away.

use leptos::prelude::*;

use crate::integrity::standing::Exception;
use crate::integrity::standing::Standing;
use crate::integrity::standing::Tone;
use crate::view::icon::Icon;
use crate::view::icon::verdict_icon;
use crate::view::icon::verdict_of;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::progress::ProblemsButton;

/// The banner.
#[component]
pub(crate) fn Banner() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let standing = Memo::new(move |_| desk.proof.with(|proof| proof.as_ref().map_or_else(waiting, |proof| proof.standing.clone())));
    let is_lacking = Memo::new(move |_| desk.proof.with(|proof| proof.as_ref().is_some_and(|proof| !proof.lacking.is_empty())));
    let tone = Memo::new(move |_| standing.with(|standing| standing.tone));
    let tone = move || tone.get();
    // Said at once, whatever else is being read out: only that something has turned out to be broken, once each time.
    let broken = move || (tone() == Tone::Broken).then(|| standing.with_untracked(|standing| standing.headline.clone()));
    view! {
        <section id="banner" class=move || format!("banner tone-{}", tone_class(tone())) aria-label="What is proven" data-tone=move || tone_class(tone())>
            <span class="banner-icon"><Icon name=Signal::derive(move || tone_icon(tone())) /></span>
            <p class="heard" role="alert">{broken}</p>
            <div class="banner-words" role="status">
                <h1>{move || standing.with(|standing| standing.headline.clone())}</h1>
                <p>
                    // What is lacking while files are read may be among those that are still to come.
                    {move || standing.with(|standing| if standing.tone == Tone::Arriving && !standing.detail.is_empty() { format!("So far: {}", standing.detail) } else { standing.detail.clone() })}
                    <Show when=move || is_lacking.get() && tone() != Tone::Arriving>" "<button id="supply" type="button" class="link" on:click=move |_| panels.supply.set(true)>"Supply it"</button></Show>
                </p>
            </div>
            <div class="banner-end">
                {move || standing.with(|standing| standing.exceptions.clone()).into_iter().map(|exception| view! { <ExceptionPill exception=exception /> }).collect_view()}
                <ProblemsButton />
                <button id="verified-only" type="button" class="button" aria-pressed=move || desk.is_verified_only().to_string() on:click=move |_| desk.toggle_verified_only()>"Verified only"</button>
            </div>
        </section>
    }
}

#[component]
fn ExceptionPill(exception: Exception) -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let icon = verdict_of(&exception.kind).map_or("gap", verdict_icon);
    let class = format!("pill {}", exception.kind);
    let kind = exception.kind;
    let to = kind.clone();
    let show = move |_| {
        desk.show_exception(&to);
        panels.goal.set(Some(if to == "gap" { "#findings" } else { "#files" }));
    };
    view! {
        <button type="button" class=class data-exception=kind title="Show them" on:click=show><Icon name=icon />{exception.text}</button>
    }
}

fn waiting() -> Standing {
    Standing {
        tone: Tone::Arriving,
        headline: "Reading".to_owned(),
        detail: "Verdicts settle as proofs arrive.".to_owned(),
        exceptions: Vec::new(),
    }
}

fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Empty => "empty",
        Tone::Arriving => "arriving",
        Tone::Proven => "proven",
        Tone::Open => "open",
        Tone::Broken => "broken",
    }
}

fn tone_icon(tone: Tone) -> &'static str {
    match tone {
        Tone::Empty | Tone::Arriving => "dots",
        Tone::Proven => "check",
        Tone::Open => "bang",
        Tone::Broken => "cross",
    }
}
