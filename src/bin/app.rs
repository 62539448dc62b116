//! The one program of the browser: on the page it shows, in a worker it serves as ledger or as reader.

use trailseal::view::App;
use trailseal::worker;
use wasm_bindgen::JsValue;

fn main() -> Result<(), JsValue> {
    if let Some(scope) = worker::scope() {
        return worker::serve(&scope);
    }
    // The console says where it fell; what people read comes from `boot.js`.
    std::panic::set_hook(Box::new(|fall| leptos::logging::error!("{fall}")));
    leptos::mount::mount_to_body(App);
    Ok(())
}
