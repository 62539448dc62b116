//! The page. For now it only proves the launch: page, ledger worker and a nested reader answer each other.

use trailseal::browser::spawn::Program;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::HtmlElement;
use web_sys::MessageEvent;

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        if let Err(error) = launch().await {
            show("failed", &format!("{error:?}"));
        }
    });
}

async fn launch() -> Result<(), JsValue> {
    let ledger = Program::load().await?.spawn("ledger")?;
    let answer = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        show("ok", &event.data().as_string().unwrap_or_else(|| format!("{:?}", event.data())));
    });
    ledger.set_onmessage(Some(answer.as_ref().unchecked_ref()));
    answer.forget();
    ledger.post_message(&"hello".into())
}

fn show(launch: &str, text: &str) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    if let (Some(body), Ok(line)) = (document.body(), document.create_element("p")) {
        line.set_text_content(Some(text));
        let _ = body.append_child(&line);
    }
    if let Some(root) = document.document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) {
        let _ = root.set_attribute("data-launch", launch);
        let _ = root.set_attribute("data-busy", "0");
    }
}
