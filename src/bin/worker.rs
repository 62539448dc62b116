//! A worker. For now it only proves the launch: the ledger asks a nested reader and passes the answer up.

use trailseal::browser::spawn::Program;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::DedicatedWorkerGlobalScope;
use web_sys::MessageEvent;

fn main() -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into()?;
    let name = scope.name();
    let reader = if name == "ledger" { Some(Program::received()?.spawn("reader-1")?) } else { None };
    if let Some(reader) = &reader {
        let up = scope.clone();
        let pass = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let _ = up.post_message(&event.data());
        });
        reader.set_onmessage(Some(pass.as_ref().unchecked_ref()));
        pass.forget();
    }
    let up = scope.clone();
    let answer = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = format!("{} > {name}", event.data().as_string().unwrap_or_default());
        let _ = match &reader {
            Some(reader) => reader.post_message(&text.into()),
            None => up.post_message(&text.into()),
        };
    });
    scope.set_onmessage(Some(answer.as_ref().unchecked_ref()));
    answer.forget();
    Ok(())
}
