//! What the browser itself deflates and inflates, piece by piece: what was made of millions of rows is never there whole.

use js_sys::Array;
use js_sys::Function;
use js_sys::Promise;
use js_sys::Reflect;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;
use web_sys::ReadableStreamDefaultReader;
use web_sys::ReadableWritablePair;
use web_sys::Response;
use web_sys::WritableStream;
use web_sys::WritableStreamDefaultWriter;

/// A text that is pushed piece by piece, deflated or not, and becomes a blob.
pub struct Deflating {
    writer: WritableStreamDefaultWriter,
    packed: JsFuture,
}

impl Deflating {
    /// Begins: in `gzip`, as `deflate-raw` without a wrapper, or as it is.
    ///
    /// # Errors
    /// When the browser cannot do it.
    pub fn begin(format: Option<&str>) -> Result<Self, JsValue> {
        let pair = made(if format.is_some() { "CompressionStream" } else { "TransformStream" }, format)?;
        let (taken, given) = (Reflect::get(&pair, &"writable".into())?, Reflect::get(&pair, &"readable".into())?);
        // Takes what comes out from now on, and lets the browser page it to disk.
        let packed = JsFuture::from(Response::new_with_opt_readable_stream(Some(given.unchecked_ref()))?.blob()?);
        Ok(Self { writer: taken.unchecked_into::<WritableStream>().get_writer()?, packed })
    }

    /// Takes some more; the promise is kept when it is taken. The browser deflates in the thread that asks for it, so this is for workers.
    pub fn push(&self, bytes: &Uint8Array) -> Promise {
        self.writer.write_with_chunk(bytes)
    }

    /// All of it.
    ///
    /// # Errors
    /// When the browser has no room for it.
    pub async fn finish(self) -> Result<Blob, JsValue> {
        JsFuture::from(self.writer.close()).await?;
        self.packed.await?.dyn_into()
    }
}

/// Hands on what a deflated blob holds, piece by piece; it stops at so many bytes.
///
/// # Errors
/// When it cannot be read, is damaged, or holds more, or a piece cannot be taken.
pub async fn inflated(data: &Blob, most: u64, take: &mut dyn FnMut(&Uint8Array) -> Result<(), JsValue>) -> Result<(), JsValue> {
    // `web-sys` knows such streams only as unstable; every browser since 2023 has them.
    let stream = data.stream().pipe_through(made("DecompressionStream", Some("deflate-raw"))?.unchecked_ref::<ReadableWritablePair>());
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
    let mut total = 0;
    loop {
        let piece = JsFuture::from(reader.read()).await?;
        if Reflect::get(&piece, &"done".into())?.is_truthy() {
            return Ok(());
        }
        let bytes: Uint8Array = Reflect::get(&piece, &"value".into())?.dyn_into()?;
        total += u64::from(bytes.length());
        if total > most {
            drop(reader.cancel());
            return Err("more than was said".into());
        }
        take(&bytes)?;
    }
}

fn made(stream: &str, format: Option<&str>) -> Result<JsValue, JsValue> {
    let make: Function = Reflect::get(&js_sys::global(), &stream.into())?.dyn_into()?;
    Reflect::construct(&make, &Array::of1(&format.into()))
}
