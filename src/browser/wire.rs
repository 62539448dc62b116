//! Protocol values ⇄ messages. A message is `[json, attachment…]`: small JSON, and beside it blobs and byte buffers that are moved, not copied.

use js_sys::Array;
use js_sys::ArrayBuffer;
use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
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

/// Sends a protocol value with what travels beside it. Byte buffers are moved, blobs are shared.
///
/// # Errors
/// When the browser refuses the message.
pub fn send<T: Serialize>(to: &impl Post, value: &T, attachments: &[JsValue]) -> Result<(), JsValue> {
    let json = serde_json::to_string(value).map_err(|error| JsValue::from(error.to_string()))?;
    let message = Array::of1(&json.into());
    let transfer = Array::new();
    for attachment in attachments {
        message.push(attachment);
        if let Some(bytes) = attachment.dyn_ref::<Uint8Array>() {
            transfer.push(&bytes.buffer());
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
    let json = message.get(0).as_string().ok_or("a message without its text")?;
    let value = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    Ok((value, message.iter().skip(1).collect()))
}

/// Bytes as an attachment.
#[must_use]
pub fn attach(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// The bytes of an attachment; none where it is something else.
#[must_use]
pub fn bytes(attachment: Option<&JsValue>) -> Vec<u8> {
    match attachment {
        Some(attachment) if attachment.is_instance_of::<Uint8Array>() => Uint8Array::new(attachment).to_vec(),
        Some(attachment) if attachment.is_instance_of::<ArrayBuffer>() => Uint8Array::new(attachment).to_vec(),
        _ => Vec::new(),
    }
}
