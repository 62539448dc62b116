//! Small questions to the document, shared by the views.

use wasm_bindgen::JsCast;

/// The element that an event came from, or its nearest ancestor that fits.
pub(crate) fn closest(event: &web_sys::Event, selector: &str) -> Option<web_sys::HtmlElement> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target.closest(selector).ok()??.dyn_into().ok()
}

/// The place of a row in the ledger's numbering.
pub(crate) fn place(row: u64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
