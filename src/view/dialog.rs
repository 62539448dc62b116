//! A dialog of the platform: modal, closed by Escape, by its cross and by a click beside it.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::state::effect::effect;
use crate::view::icon::Icon;

/// A dialog that is there while `open`. Its content is made each time anew.
#[component]
pub(crate) fn Dialog(id: &'static str, title: &'static str, open: RwSignal<bool>, children: ChildrenFn) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        let (Some(dialog), is_open) = (dialog.get(), open.get()) else { return };
        match (is_open, dialog.open()) {
            // It fails only where the dialog is already shown.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let beside = move |event: web_sys::MouseEvent| {
        let is_itself = event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|element| element.id() == id);
        if is_itself {
            open.set(false);
        }
    };
    let children = StoredValue::new(children);
    view! {
        <dialog id=id class="dialog" node_ref=dialog aria-labelledby=format!("{id}-title") on:close=move |_| open.set(false) on:click=beside>
            <Show when=move || open.get()>
                <div class="dialog-box">
                    <header class="dialog-head">
                        <h2 id=format!("{id}-title")>{title}</h2>
                        <button type="button" class="button-icon" aria-label="Close" on:click=move |_| open.set(false)><Icon name="cross" /></button>
                    </header>
                    <div class="dialog-body">{children.with_value(|children| children())}</div>
                </div>
            </Show>
        </dialog>
    }
}
