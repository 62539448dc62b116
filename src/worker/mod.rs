//! The worker tower: message in, one call to `ledger` or `reader`, message out. All thinking is elsewhere, tested natively.

pub mod checking;
mod extracting;
mod ledger_host;
mod ledger_work;
mod pace;
mod packing;
mod pool;
mod raw;
mod reader_host;

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::DedicatedWorkerGlobalScope;

/// The name of the ledger worker; every other worker is a reader.
pub const LEDGER: &str = "ledger";

/// The worker that this program runs in; `None` on the page.
#[must_use]
pub fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

/// Serves the role that this worker's name says.
///
/// # Errors
/// When this is not a worker that `browser::spawn` started.
pub fn serve(scope: &DedicatedWorkerGlobalScope) -> Result<(), JsValue> {
    if scope.name() == LEDGER { ledger_host::serve(scope) } else { reader_host::serve(scope) }
}
