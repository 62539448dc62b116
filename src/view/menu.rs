//! A button with a panel under it: closes on Escape, on a click elsewhere, and when the focus leaves.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Node;

/// A button and its panel. `id` names the whole, `#id button` its button, `#id-panel` the panel.
#[component]
pub(crate) fn Menu(
    id: &'static str,
    open: RwSignal<bool>,
    /// What the button says to those who hear it.
    #[prop(optional)]
    label: &'static str,
    #[prop(default = "button")] class: &'static str,
    button: impl IntoView + 'static,
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let is_inside = move |target: Option<web_sys::EventTarget>| {
        let node = target.and_then(|target| target.dyn_into::<Node>().ok());
        root.get_untracked().is_some_and(|root| root.contains(node.as_ref()))
    };
    let elsewhere = window_event_listener(ev::pointerdown, move |event| {
        if open.try_get_untracked() == Some(true) && !is_inside(event.target()) {
            open.set(false);
        }
    });
    on_cleanup(move || elsewhere.remove());
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            focus_button(root);
        }
    };
    let on_leave = move |event: ev::FocusEvent| {
        if event.related_target().is_some() && !is_inside(event.related_target()) {
            open.set(false);
        }
    };
    view! {
        <div id=id class="menu" node_ref=root on:keydown=on_key on:focusout=on_leave>
            <button type="button" class=class aria-label=(!label.is_empty()).then_some(label) title=(!label.is_empty()).then_some(label)
                aria-expanded=move || open.get().to_string() aria-controls=format!("{id}-panel") on:click=move |_| open.update(|open| *open = !*open)>
                {button}
            </button>
            <div id=format!("{id}-panel") class="menu-panel" hidden=move || !open.get()>{children()}</div>
        </div>
    }
}

fn focus_button(root: NodeRef<html::Div>) {
    let button = root.get_untracked().and_then(|root| root.query_selector("button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = button.focus();
    }
}
