//! Protocol values ⇄ messages. A message is `[value, attachment…]`: a few bytes, and beside them blobs and buffers that are moved, not copied.

use js_sys::Array;
use js_sys::ArrayBuffer;
use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::Blob;
use web_sys::DedicatedWorkerGlobalScope;
use web_sys::Worker;

/// Where messages go: down to a worker, or up to who started this one.
pub trait Post {
    /// Posts `message`, moving the buffers of `transfer`.
    ///
    /// # Errors
    /// When the browser cannot clone or move what is in it.
    fn post(&self, message: &JsValue, transfer: &JsValue) -> Result<(), JsValue>;
}

impl Post for Worker {
    fn post(&self, message: &JsValue, transfer: &JsValue) -> Result<(), JsValue> {
        self.post_message_with_transfer(message, transfer)
    }
}

impl Post for DedicatedWorkerGlobalScope {
    fn post(&self, message: &JsValue, transfer: &JsValue) -> Result<(), JsValue> {
        self.post_message_with_transfer(message, transfer)
    }
}

/// Sends a protocol value with what travels beside it. Byte buffers are moved, blobs are shared. An array stands for very many buffers: as an
/// attachment each, they would be handled one by one at every hop.
///
/// # Errors
/// When the browser refuses the message.
pub fn send<T: Serialize>(to: &impl Post, value: &T, attachments: &[JsValue]) -> Result<(), JsValue> {
    let bytes = postcard::to_allocvec(value).map_err(|error| JsValue::from(error.to_string()))?;
    let bytes = Uint8Array::from(bytes.as_slice());
    let (message, mut transfer) = (Array::of1(&bytes), Array::of1(&bytes.buffer()));
    for attachment in attachments {
        message.push(attachment);
        if let Some(bytes) = attachment.dyn_ref::<Uint8Array>() {
            transfer.push(&bytes.buffer());
        } else if let Some(buffers) = attachment.dyn_ref::<Array>() {
            transfer = transfer.concat(buffers);
        }
    }
    to.post(&message, &transfer)
}

/// Reads a message back: the value, and what travelled beside it.
///
/// # Errors
/// When it is not a message of this protocol.
pub fn receive<T: DeserializeOwned>(message: &JsValue) -> Result<(T, Vec<JsValue>), String> {
    let message = message.dyn_ref::<Array>().ok_or("a message of another kind")?;
    let bytes: Uint8Array = message.get(0).dyn_into().map_err(|_| "a message without its value")?;
    let (value, rest) =
        postcard::take_from_bytes(&bytes.to_vec()).map(|(value, rest)| (value, rest.len())).map_err(|error| error.to_string())?;
    if rest > 0 {
        return Err("a message longer than its value".to_owned());
    }
    Ok((value, message.iter().skip(1).collect()))
}

/// Bytes as an attachment.
#[must_use]
pub fn attach(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// Text as an attachment that the receiver only hands on: it need not be copied there once more.
#[must_use]
pub fn attach_blob(text: &str) -> JsValue {
    let bytes = Uint8Array::from(text.as_bytes());
    Blob::new_with_u8_array_sequence(&Array::of1(&bytes)).map_or_else(|_| bytes.into(), JsValue::from)
}

/// The bytes of an attachment; none where it is something else.
#[must_use]
pub fn bytes(attachment: Option<&JsValue>) -> Vec<u8> {
    let Some(attachment) = attachment else { return Vec::new() };
    match attachment.dyn_ref::<Uint8Array>() {
        // `Uint8Array::new` would copy it before it is copied here.
        Some(bytes) => bytes.to_vec(),
        None if attachment.is_instance_of::<ArrayBuffer>() => Uint8Array::new(attachment).to_vec(),
        None => Vec::new(),
    }
}
