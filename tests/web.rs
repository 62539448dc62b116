//! In a real browser: messages keep what they carry, buffers are moved and not copied, blobs are read slice by slice.
#![cfg(target_arch = "wasm32")]

use js_sys::Array;
use js_sys::Uint8Array;
use trailseal::browser::frame;
use trailseal::browser::source;
use trailseal::browser::wire;
use trailseal::protocol::Call;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::trail::ids::FileId;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use wasm_bindgen_test::wasm_bindgen_test_configure;
use web_sys::Blob;
use web_sys::MessageEvent;
use web_sys::Url;
use web_sys::Worker;

wasm_bindgen_test_configure!(run_in_browser);

/// A worker that sends back what it gets, as our own workers would find it.
fn echo() -> Worker {
    let source = Array::of1(&"onmessage = event => postMessage(event.data)".into());
    let blob = Blob::new_with_str_sequence(&source).expect("a blob");
    Worker::new(&Url::create_object_url_with_blob(&blob).expect("an address")).expect("a worker")
}

async fn answer(worker: &Worker) -> JsValue {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let listen = Closure::once_into_js(move |event: MessageEvent| {
            let _ = resolve.call1(&JsValue::UNDEFINED, &event.data());
        });
        worker.set_onmessage(Some(listen.unchecked_ref()));
    });
    JsFuture::from(promise).await.expect("an answer")
}

#[wasm_bindgen_test]
async fn a_message_keeps_its_value_and_moves_its_bytes() {
    let worker = echo();
    let call = Call::Open(vec![Named { id: FileId(7), name: "AWSLogs/ä.json.gz".to_owned(), size: 3 }]);
    let bytes = Uint8Array::from(&[1u8, 2, 3][..]);
    wire::send(&worker, &call, &[bytes.clone().into()]).expect("sent");
    assert_eq!(bytes.length(), 0, "the bytes were copied, not moved");
    let (back, attachments) = wire::receive::<Call>(&answer(&worker).await).expect("the same message");
    let Call::Open(files) = back else { panic!("another call") };
    assert_eq!(files, [Named { id: FileId(7), name: "AWSLogs/ä.json.gz".to_owned(), size: 3 }]);
    assert_eq!(wire::bytes(attachments.first()), [1, 2, 3]);
    worker.terminate();
}

#[wasm_bindgen_test]
async fn a_message_of_another_kind_is_refused() {
    for message in [JsValue::NULL, JsValue::from("x"), Array::of1(&"{\"x\":1}".into()).into()] {
        assert!(wire::receive::<Question>(&message).is_err());
    }
}

#[wasm_bindgen_test]
async fn a_blob_is_read_slice_by_slice_and_whole() {
    // Just over one slice of 4 MB, so that there are two.
    let bytes: Vec<u8> = (0..4_194_304u32 + 100).map(|at| at as u8).collect();
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(&bytes[..]))).expect("a blob");
    let mut slices = Vec::new();
    let mut together = Vec::new();
    source::read_slices(&blob, |slice| {
        slices.push(slice.len());
        together.extend_from_slice(slice);
    })
    .await
    .expect("read");
    assert_eq!(slices, [4_194_304, 100]);
    assert!(together == bytes);
    assert!(source::read(&blob).await.expect("read").to_vec() == bytes);
}

#[wasm_bindgen_test]
async fn the_event_loop_takes_a_turn() {
    let before = frame::now();
    frame::breathe().await;
    assert!(frame::now() >= before && frame::pixel_ratio() > 0.0);
}
