//! Zip files as the page gets them: entries that are stored become slices of the file, others are inflated by the browser itself.

use std::future::Future;
use std::pin::Pin;

use js_sys::Array;
use js_sys::Function;
use js_sys::Reflect;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;
use web_sys::ReadableStream;
use web_sys::ReadableStreamDefaultReader;
use web_sys::ReadableWritablePair;
use web_sys::Response;
use web_sys::WritableStream;
use web_sys::WritableStreamDefaultWriter;

use crate::archive::Entry;
use crate::archive::Method;
use crate::archive::TAIL;
use crate::archive::entries;
use crate::archive::find_end;
use crate::archive::read::HEADER;
use crate::browser::frame::breathe;
use crate::browser::frame::now;
use crate::browser::source::read;

/// What a zip file holds.
pub struct Unzipped {
    /// Its files, by their paths in it.
    pub files: Vec<(String, Blob)>,
    /// Those that cannot be had, each with the half sentence that says why.
    pub refused: Vec<(String, String)>,
}

/// Opens a zip file. What is stored in it is not copied.
///
/// # Errors
/// When it is none, or damaged: the half sentence that says why.
pub async fn unzip(zip: &Blob) -> Result<Unzipped, String> {
    let found = directory(zip).await?;
    let mut unzipped = Unzipped { files: Vec::new(), refused: Vec::new() };
    let packed: u64 = found.iter().filter(|entry| entry.method == Method::Deflated).fold(0, |sum, entry| sum.saturating_add(entry.size));
    if packed > MOST_UNPACKED {
        return Err("it says that it holds more than 16 GB unpacked; unpack it and give the folder".to_owned());
    }
    let mut found = found.into_iter().filter(|entry| !entry.is_folder()).peekable();
    while found.peek().is_some() {
        // Asked for all at once, awaited one after the other: one by one each would wait for a turn of the event loop.
        let asked: Vec<(String, Asked)> = found.by_ref().take(ASKED_AT_ONCE).map(|entry| (entry.path.clone(), ask(zip, entry))).collect();
        for (path, content) in asked {
            match content.await {
                Ok(content) => unzipped.files.push((path, content)),
                Err(why) => unzipped.refused.push((path, why)),
            }
        }
    }
    Ok(unzipped)
}

/// A blob deflated without a wrapper, by the browser.
///
/// # Errors
/// When it cannot be read, or the browser cannot do it.
pub async fn deflate(blob: &Blob) -> Result<Blob, JsValue> {
    let stream = piped(blob, "CompressionStream")?;
    JsFuture::from(Response::new_with_opt_readable_stream(Some(&stream))?.blob()?).await?.dyn_into()
}

/// Deflates text that is pushed piece by piece: what was made of millions of rows is never there whole.
pub struct Deflating {
    writer: WritableStreamDefaultWriter,
    packed: JsFuture,
    since: f64,
}

impl Deflating {
    /// Begins.
    ///
    /// # Errors
    /// When the browser cannot do it.
    pub fn begin() -> Result<Self, JsValue> {
        let pair = made("CompressionStream")?;
        let (taken, given) = (Reflect::get(&pair, &"writable".into())?, Reflect::get(&pair, &"readable".into())?);
        // Takes what comes out from now on, and lets the browser page it to disk.
        let packed = JsFuture::from(Response::new_with_opt_readable_stream(Some(given.unchecked_ref()))?.blob()?);
        Ok(Self { writer: taken.unchecked_into::<WritableStream>().get_writer()?, packed, since: now() })
    }

    /// Takes some more. The browser deflates in the page's own thread: so little at a time that no frame is lost.
    ///
    /// # Errors
    /// When the browser has no room for it.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        for piece in bytes.chunks(DEFLATED_AT_ONCE) {
            JsFuture::from(self.writer.write_with_chunk(&Uint8Array::from(piece))).await?;
            if now() - self.since > 8.0 {
                breathe().await;
                self.since = now();
            }
        }
        Ok(())
    }

    /// All of it, deflated without a wrapper.
    ///
    /// # Errors
    /// When the browser has no room for it.
    pub async fn finish(self) -> Result<Blob, JsValue> {
        JsFuture::from(self.writer.close()).await?;
        self.packed.await?.dyn_into()
    }
}

async fn directory(zip: &Blob) -> Result<Vec<Entry>, String> {
    let gone = |_| "the browser could not read it; it has changed, moved or been deleted since it was opened".to_owned();
    let size = zip.size();
    let slice = |from: f64, to: f64| zip.slice_with_f64_and_f64(from, to);
    let tail = read(&slice((size - TAIL as f64).max(0.0), size).map_err(gone)?).await.map_err(gone)?.to_vec();
    let end = find_end(&tail, size as u64).map_err(|flaw| flaw.why().to_owned())?;
    let bytes = read(&slice(end.at as f64, (end.at + end.size) as f64).map_err(gone)?).await.map_err(gone)?.to_vec();
    entries(&bytes, &end).map_err(|flaw| flaw.why().to_owned())
}

type Asked = Pin<Box<dyn Future<Output = Result<Blob, String>>>>;

/// An entry's content. The reading of its header begins at once.
fn ask(zip: &Blob, entry: Entry) -> Asked {
    let header_end = (entry.header_at + HEADER) as f64;
    let header = zip.slice_with_f64_and_f64(entry.header_at as f64, header_end).map(|blob| JsFuture::from(blob.array_buffer()));
    let zip = zip.clone();
    Box::pin(async move {
        if let Some(why) = entry.obstacle() {
            return Err(why);
        }
        let broken = |_| "it could not be read out of the zip file, which is damaged or has changed".to_owned();
        let header = Uint8Array::new(&header.map_err(broken)?.await.map_err(broken)?).to_vec();
        let start = entry.data_at(&header).map_err(|flaw| flaw.why().to_owned())? as f64;
        let data = zip.slice_with_f64_and_f64(start, start + entry.stored as f64).map_err(broken)?;
        match entry.method {
            Method::Deflated => inflate(&data, entry.size).await.map_err(broken),
            _ => Ok(data),
        }
    })
}

/// Inflates, and stops at the size that the entry states: nothing grows beyond what was said.
async fn inflate(data: &Blob, size: u64) -> Result<Blob, JsValue> {
    let reader: ReadableStreamDefaultReader = piped(data, "DecompressionStream")?.get_reader().dyn_into()?;
    let (mut parts, mut held, mut total) = (Array::new(), 0, 0);
    let whole = Array::new();
    loop {
        let piece = JsFuture::from(reader.read()).await?;
        if Reflect::get(&piece, &"done".into())?.is_truthy() {
            break;
        }
        let bytes: Uint8Array = Reflect::get(&piece, &"value".into())?.dyn_into()?;
        held += u64::from(bytes.length());
        total += u64::from(bytes.length());
        parts.push(&bytes);
        if total > size {
            drop(reader.cancel());
            return Err("more than was said".into());
        }
        if held > HELD {
            // What is in a blob the browser may page to disk.
            whole.push(&Blob::new_with_u8_array_sequence(&parts)?.into());
            (parts, held) = (Array::new(), 0);
        }
    }
    whole.push(&Blob::new_with_u8_array_sequence(&parts)?.into());
    Blob::new_with_blob_sequence(&whole)
}

/// `web-sys` knows these two streams only as unstable; every browser since 2023 has them.
fn piped(blob: &Blob, through: &str) -> Result<ReadableStream, JsValue> {
    Ok(blob.stream().pipe_through(made(through)?.unchecked_ref::<ReadableWritablePair>()))
}

fn made(stream: &str) -> Result<JsValue, JsValue> {
    let make: Function = Reflect::get(&js_sys::global(), &stream.into())?.dyn_into()?;
    Reflect::construct(&make, &Array::of1(&"deflate-raw".into()))
}

const ASKED_AT_ONCE: usize = 32;
/// Bytes, one or two milliseconds.
const DEFLATED_AT_ONCE: usize = 64 << 10;
/// Bytes of one entry in memory at a time.
const HELD: u64 = 16 << 20;
/// What all entries may say they unpack to: real logs are packed twice at most, so that this is more than a browser takes anyway.
const MOST_UNPACKED: u64 = 16 << 30;
