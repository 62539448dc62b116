//! Ways in: the whole window takes drops, two hidden pickers, the menu "Add files".

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::EventTarget;
use web_sys::Node;

use crate::state::Desk;
use crate::state::intake::Sample;
use crate::view::dialog::Dialog;
use crate::view::icon::Icon;
use crate::view::menu::Menu;
use crate::view::panels::focus_on;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::parts::PasteBox;

/// Takes drops anywhere in the window, with an overlay while something is held over it.
#[component]
pub(crate) fn DropTarget() -> impl IntoView {
    let desk = use_desk();
    let is_over = RwSignal::new(false);
    // A set of entered elements rather than a count: elements may go away under the pointer.
    let entered: Rc<RefCell<Vec<EventTarget>>> = Rc::default();
    let enter = {
        let entered = entered.clone();
        window_event_listener(ev::dragenter, move |event| {
            if holds_files(&event) {
                event.prevent_default();
                entered.borrow_mut().extend(event.target());
                is_over.set(true);
            }
        })
    };
    let leave = {
        let entered = entered.clone();
        window_event_listener(ev::dragleave, move |event| {
            let left = event.target();
            let mut entered = entered.borrow_mut();
            entered.retain(|target| Some(target) != left.as_ref() && is_on_page(target));
            is_over.set(!entered.is_empty());
        })
    };
    let over = window_event_listener(ev::dragover, |event| {
        if holds_files(&event) {
            event.prevent_default();
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        if holds_files(&event) {
            event.prevent_default();
            entered.borrow_mut().clear();
            is_over.set(false);
            with_intake(desk, |intake| intake.open_drop(&event));
        }
    });
    on_cleanup(move || [enter, leave, over, dropped].into_iter().for_each(leptos::leptos_dom::helpers::WindowListenerHandle::remove));
    view! {
        <div id="drop-overlay" class="drop-overlay" hidden=move || !is_over.get() aria-hidden="true">
            <div><Icon name="folder" />"Drop logs, digests and keys, or a zip of them, to check them here"</div>
        </div>
    }
}

/// The pickers of files and of a folder; buttons elsewhere press them.
#[component]
pub(crate) fn Pickers() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let take = move |event: ev::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return };
        if let Some(files) = input.files() {
            with_intake(desk, |intake| intake.open_files(&files));
        }
        // The same files may be chosen again.
        input.set_value("");
    };
    view! {
        <input id="pick-files" type="file" multiple hidden tabindex="-1" aria-label="Files" node_ref=panels.pick_files on:change=take />
        <input id="pick-folder" type="file" hidden tabindex="-1" aria-label="Folder" prop:webkitdirectory=true node_ref=panels.pick_folder on:change=take />
    }
}

/// More files, at any time.
#[component]
pub(crate) fn AddMenu() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let open = RwSignal::new(false);
    let sample = move |sample| {
        open.set(false);
        with_intake(desk, |intake| intake.open_sample(sample));
    };
    let press = move |node: NodeRef<leptos::html::Input>| {
        open.set(false);
        node.get_untracked().inspect(|input| input.click());
    };
    view! {
        <Menu id="add-menu" open=open class="button quiet" button=view! { <Icon name="plus" /><span class="wide-only">"Add files"</span><span class="heard narrow-only">"Add files"</span> }>
            <button type="button" class="menu-item" on:click=move |_| press(panels.pick_files)>"Files…"</button>
            <button type="button" class="menu-item" on:click=move |_| press(panels.pick_folder)>"Folder…"</button>
            <button id="add-paste" type="button" class="menu-item" on:click=move |_| { open.set(false); panels.paste.set(true); }>"Paste URLs, keys or a signature…"</button>
            <hr />
            <button type="button" class="menu-item" on:click=move |_| sample(Sample::Whole)>"The sample trail"</button>
            <button type="button" class="menu-item" on:click=move |_| sample(Sample::Tampered)>"The tampered twin"</button>
            <p class="menu-note">"Or drop files anywhere on the page."</p>
        </Menu>
    }
}

/// The box to paste into, once the first page is gone.
#[component]
pub(crate) fn PasteDialog() -> impl IntoView {
    let panels = use_panels();
    // What opened this lies in a menu that is closed by now.
    let after = Callback::new(move |()| {
        panels.paste.set(false);
        set_timeout(|| focus_on("#add-menu button"), Duration::ZERO);
    });
    view! {
        <Dialog id="paste-dialog" title="Paste URLs, keys or a signature" open=panels.paste>
            <p>"Presigned URLs of logs and digests, one a line; or what "<code>"aws cloudtrail list-public-keys"</code>" or "<code>"aws s3api head-object"</code>" prints."</p>
            <PasteBox id="paste-more" placeholder="Presigned URLs, one a line; or the JSON of keys or of a signature" after=after />
        </Dialog>
    }
}

/// Does something with the intake, or says that there is none yet.
pub(crate) fn with_intake(desk: Desk, order: impl FnOnce(&crate::state::intake::Intake)) {
    match desk.intake.get_untracked() {
        Some(intake) => order(&intake),
        None => desk.notice.set(Some("The dashboard is still starting. Try again in a moment.".to_owned())),
    }
}

fn holds_files(event: &web_sys::DragEvent) -> bool {
    let types = event.data_transfer().map(|transfer| transfer.types());
    types.is_some_and(|types| types.iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

fn is_on_page(target: &EventTarget) -> bool {
    target.dyn_ref::<Node>().is_some_and(Node::is_connected)
}
