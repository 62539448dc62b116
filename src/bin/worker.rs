//! A worker: looks at its own name, serves as ledger or as reader.

use wasm_bindgen::JsValue;

fn main() -> Result<(), JsValue> {
    trailseal::worker::serve()
}
