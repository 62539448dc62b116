//! Small things that many views use: copying, commands to copy, the box to paste into.

use leptos::prelude::*;

use crate::screen::format;
use crate::state::intents::Unread;
use crate::view::icon::Icon;
use crate::view::panels::use_desk;

/// Copies a text, and says so for a moment.
#[component]
pub(crate) fn CopyButton(#[prop(into)] text: Signal<String>, #[prop(default = "Copy")] label: &'static str) -> impl IntoView {
    let desk = use_desk();
    let done = RwSignal::new(false);
    let copy = move |_| {
        desk.copy(text.get_untracked());
        done.set(true);
        // The button may be gone by then.
        let undo = move || {
            let _ = done.try_set(false);
        };
        set_timeout(undo, std::time::Duration::from_millis(1400));
    };
    view! {
        <button type="button" class="button-icon copy" aria-label=label title=label class:is-done=done on:click=copy>
            <Icon name=Signal::derive(move || if done.get() { "check" } else { "copy" }) />
        </button>
    }
}

/// A command to run elsewhere.
#[component]
pub(crate) fn Command(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <div class="command"><code>{move || text.with(|text| format::plain(text).into_owned())}</code><CopyButton text=text label="Copy the command" /></div> }
}

/// Takes URLs, keys, and what `head-object` prints. What it cannot take, it says.
#[component]
pub(crate) fn PasteBox(id: &'static str, placeholder: &'static str, #[prop(optional)] after: Option<Callback<()>>) -> impl IntoView {
    let desk = use_desk();
    let text = RwSignal::new(String::new());
    let refused = RwSignal::new(Vec::<String>::new());
    let take = move |_| {
        let pasted = text.get_untracked();
        if pasted.trim().is_empty() {
            return;
        }
        // What was taken is gone from the box; what was not stays, to be mended.
        let unread = desk.take_paste(&pasted);
        let is_taken = unread.is_none();
        let Unread { text: left, why } = unread.unwrap_or_default();
        refused.set(why);
        text.set(left);
        if is_taken {
            after.inspect(|after| after.run(()));
        }
    };
    view! {
        <div class="paste">
            <textarea id=id rows="3" spellcheck="false" autocomplete="off" placeholder=placeholder aria-label=placeholder prop:value=text
                on:input:target=move |event| text.set(event.target().value())></textarea>
            <div class="paste-end">
                <button id=format!("{id}-go") type="button" class="button" disabled=move || text.with(|text| text.trim().is_empty()) on:click=take>"Read it"</button>
                <ul class="paste-refused" role="alert">{move || refused.get().into_iter().map(|why| view! { <li>{format::plain(&why).into_owned()}</li> }).collect_view()}</ul>
            </div>
        </div>
    }
}

/// Whether the policy of this build lets the page connect at all.
pub(crate) fn can_connect() -> bool {
    let policy = document().query_selector("meta[http-equiv='Content-Security-Policy']").ok().flatten();
    let policy = policy.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
    !policy.contains("connect-src 'none'")
}
