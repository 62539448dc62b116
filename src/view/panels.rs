//! What is open on the page and nobody outside of the views needs to know.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::state::Desk;

/// Dialogs, drawers, and what else views share among themselves.
#[derive(Clone, Copy)]
pub(crate) struct Panels {
    pub(crate) help: RwSignal<bool>,
    pub(crate) supply: RwSignal<bool>,
    pub(crate) problems: RwSignal<bool>,
    pub(crate) paste: RwSignal<bool>,
    pub(crate) pack: RwSignal<bool>,
    /// The facets, where there is no room for them beside the table.
    pub(crate) facets: RwSignal<bool>,
    /// What the integrity view is to show first, until someone moves in it.
    pub(crate) goal: RwSignal<Option<&'static str>>,
    pub(crate) pick_files: NodeRef<html::Input>,
    pub(crate) pick_folder: NodeRef<html::Input>,
    /// Grows when the system's colours change: canvases are painted again.
    pub(crate) repaint: RwSignal<u32>,
    /// Where the search box lies, for its key.
    pub(crate) search: NodeRef<html::Input>,
}

impl Panels {
    pub(crate) fn new() -> Self {
        Self {
            help: RwSignal::new(false),
            supply: RwSignal::new(false),
            problems: RwSignal::new(false),
            paste: RwSignal::new(false),
            pack: RwSignal::new(false),
            facets: RwSignal::new(false),
            goal: RwSignal::new(None),
            pick_files: NodeRef::new(),
            pick_folder: NodeRef::new(),
            repaint: RwSignal::new(0),
            search: NodeRef::new(),
        }
    }
}

/// Gives the focus to what the selector finds; nothing where that is not on the page.
pub(crate) fn focus_on(selector: &str) {
    let element = document().query_selector(selector).ok().flatten();
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that takes no focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Scrolls `within` to what the selector finds in it. Only where that is still out of sight the page itself moves: left to itself, the
/// browser would also scroll what is not meant to be scrolled.
pub(crate) fn bring_into_view(within: &str, selector: &str) {
    let found = |selector: &str| document().query_selector(selector).ok().flatten();
    let (Some(within), Some(target)) = (found(within), found(selector)) else { return };
    let below = target.get_bounding_client_rect().top() - within.get_bounding_client_rect().top();
    within.set_scroll_top(within.scroll_top() + below as i32);
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    target.scroll_into_view_with_scroll_into_view_options(&options);
}

/// The desk that `App` has provided.
pub(crate) fn use_desk() -> Desk {
    expect_context()
}

/// The panels that `App` has provided.
pub(crate) fn use_panels() -> Panels {
    expect_context()
}
