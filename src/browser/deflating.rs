//! What the browser itself deflates and inflates, piece by piece: what was made of millions of rows is never there whole.

use js_sys::Array;
use js_sys::Function;
use js_sys::Reflect;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;
use web_sys::ReadableStream;
use web_sys::ReadableWritablePair;
use web_sys::Response;
use web_sys::WritableStream;
use web_sys::WritableStreamDefaultWriter;

/// Deflates text that is pushed piece by piece.
pub struct Deflating {
    writer: WritableStreamDefaultWriter,
    packed: JsFuture,
}

impl Deflating {
    /// Begins: in `gzip`, or as `deflate-raw` without a wrapper.
    ///
    /// # Errors
    /// When the browser cannot do it.
    pub fn begin(format: &str) -> Result<Self, JsValue> {
        let pair = made("CompressionStream", format)?;
        let (taken, given) = (Reflect::get(&pair, &"writable".into())?, Reflect::get(&pair, &"readable".into())?);
        // Takes what comes out from now on, and lets the browser page it to disk.
        let packed = JsFuture::from(Response::new_with_opt_readable_stream(Some(given.unchecked_ref()))?.blob()?);
        Ok(Self { writer: taken.unchecked_into::<WritableStream>().get_writer()?, packed })
    }

    /// Takes some more. The browser deflates in the thread that asks for it, so this is for workers.
    ///
    /// # Errors
    /// When the browser has no room for it.
    pub async fn push(&mut self, bytes: &Uint8Array) -> Result<(), JsValue> {
        let mut start = 0;
        while start < bytes.length() {
            let end = start.saturating_add(AT_ONCE).min(bytes.length());
            JsFuture::from(self.writer.write_with_chunk(&bytes.subarray(start, end))).await?;
            start = end;
        }
        Ok(())
    }

    /// All of it, deflated.
    ///
    /// # Errors
    /// When the browser has no room for it.
    pub async fn finish(self) -> Result<Blob, JsValue> {
        JsFuture::from(self.writer.close()).await?;
        self.packed.await?.dyn_into()
    }
}

/// What comes of a blob when it flows through such a stream. `web-sys` knows these two streams only as unstable; every browser since 2023
/// has them.
pub(super) fn piped(blob: &Blob, through: &str, format: &str) -> Result<ReadableStream, JsValue> {
    Ok(blob.stream().pipe_through(made(through, format)?.unchecked_ref::<ReadableWritablePair>()))
}

fn made(stream: &str, format: &str) -> Result<JsValue, JsValue> {
    let make: Function = Reflect::get(&js_sys::global(), &stream.into())?.dyn_into()?;
    Reflect::construct(&make, &Array::of1(&format.into()))
}

/// Bytes, two milliseconds.
const AT_ONCE: u32 = 256 << 10;
