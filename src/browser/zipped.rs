//! Zip files as the page gets them: entries that are stored become slices of the file, others are inflated by the browser itself.

use std::future::Future;
use std::pin::Pin;

use js_sys::Array;
use js_sys::Reflect;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;
use web_sys::ReadableStreamDefaultReader;

use crate::archive::Entry;
use crate::archive::Method;
use crate::archive::TAIL;
use crate::archive::entries;
use crate::archive::find_end;
use crate::archive::read::HEADER;
use crate::browser::deflating::piped;
use crate::browser::source::read;

/// What a zip file holds.
pub struct Unzipped {
    /// Its files, by their paths in it.
    pub files: Vec<(String, Blob)>,
    /// Those that are only to be looked through, as they are packed.
    pub beside: Vec<Beside>,
    /// Those that cannot be had, each with the half sentence that says why.
    pub refused: Vec<(String, String)>,
}

/// An entry as it is packed.
pub struct Beside {
    /// Its path.
    pub path: String,
    /// Its data.
    pub data: Blob,
    /// Whether these are deflated.
    pub is_deflated: bool,
    /// Bytes of its content, as stated.
    pub size: u64,
}

/// Opens a zip file. What is stored in it is not copied. `stays` says, knowing all paths, which entries are to be left as they are packed.
///
/// # Errors
/// When it is none, or damaged: the half sentence that says why.
pub async fn unzip(zip: &Blob, stays: impl FnOnce(&[Entry]) -> Vec<bool>) -> Result<Unzipped, String> {
    let mut found = directory(zip).await?;
    found.retain(|entry| !entry.is_folder());
    let stays = stays(&found);
    let unpacks = |(entry, stays): &(&Entry, &bool)| entry.method == Method::Deflated && !**stays;
    let sizes = found.iter().zip(&stays).filter(unpacks).map(|(entry, _)| entry.size);
    if sizes.fold(0, u64::saturating_add) > MOST_UNPACKED {
        return Err("it says that it holds more than 16 GB unpacked; unpack it and give the folder".to_owned());
    }
    let mut unzipped = Unzipped { files: Vec::new(), beside: Vec::new(), refused: Vec::new() };
    let mut found = found.into_iter().zip(stays).peekable();
    while found.peek().is_some() {
        // Asked for all at once, awaited one after the other: one by one each would wait for a turn of the event loop.
        let asked: Vec<(String, bool, Asked)> =
            found.by_ref().take(ASKED_AT_ONCE).map(|(entry, stays)| (entry.path.clone(), stays, ask(zip, entry))).collect();
        for (path, stays, entry) in asked {
            let content = match entry.await {
                Ok(beside) if stays => {
                    unzipped.beside.push(beside);
                    continue;
                }
                Ok(beside) => beside.content().await,
                Err(why) => Err(why),
            };
            match content {
                Ok(content) => unzipped.files.push((path, content)),
                Err(why) => unzipped.refused.push((path, why)),
            }
        }
    }
    Ok(unzipped)
}

impl Beside {
    /// Its content.
    ///
    /// # Errors
    /// The half sentence that says why it cannot be had.
    pub async fn content(self) -> Result<Blob, String> {
        if self.is_deflated { inflate(&self.data, self.size).await.map_err(broken) } else { Ok(self.data) }
    }
}

/// Hands on what a deflated blob unpacks to, piece by piece, and stops at so many bytes.
///
/// # Errors
/// When it is damaged, or unpacks to more.
pub async fn unpacked(data: &Blob, most: u64, take: &mut dyn FnMut(&Uint8Array)) -> Result<(), JsValue> {
    let reader: ReadableStreamDefaultReader = piped(data, "DecompressionStream", "deflate-raw")?.get_reader().dyn_into()?;
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
        take(&bytes);
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

type Asked = Pin<Box<dyn Future<Output = Result<Beside, String>>>>;

/// An entry's data. The reading of its header begins at once.
fn ask(zip: &Blob, entry: Entry) -> Asked {
    let header_end = (entry.header_at + HEADER) as f64;
    let header = zip.slice_with_f64_and_f64(entry.header_at as f64, header_end).map(|blob| JsFuture::from(blob.array_buffer()));
    let zip = zip.clone();
    Box::pin(async move {
        if let Some(why) = entry.obstacle() {
            return Err(why);
        }
        let header = Uint8Array::new(&header.map_err(broken)?.await.map_err(broken)?).to_vec();
        let start = entry.data_at(&header).map_err(|flaw| flaw.why().to_owned())? as f64;
        let data = zip.slice_with_f64_and_f64(start, start + entry.stored as f64).map_err(broken)?;
        Ok(Beside { path: entry.path, data, is_deflated: entry.method == Method::Deflated, size: entry.size })
    })
}

fn broken(_: JsValue) -> String {
    "it could not be read out of the zip file, which is damaged or has changed".to_owned()
}

/// Inflates, and stops at the size that the entry states: nothing grows beyond what was said.
async fn inflate(data: &Blob, size: u64) -> Result<Blob, JsValue> {
    let (whole, parts, mut held) = (Array::new(), Array::new(), 0);
    let mut put_by = |bytes: &Uint8Array| {
        held += u64::from(bytes.length());
        parts.push(bytes);
        if held > HELD {
            // What is in a blob the browser may page to disk.
            if let Ok(blob) = Blob::new_with_u8_array_sequence(&parts) {
                whole.push(&blob);
            }
            parts.set_length(0);
            held = 0;
        }
    };
    unpacked(data, size, &mut put_by).await?;
    whole.push(&Blob::new_with_u8_array_sequence(&parts)?.into());
    Blob::new_with_blob_sequence(&whole)
}

const ASKED_AT_ONCE: usize = 32;
/// Bytes of one entry in memory at a time.
const HELD: u64 = 16 << 20;
/// What all entries may say they unpack to: real logs are packed twice at most, so that this is more than a browser takes anyway.
const MOST_UNPACKED: u64 = 16 << 30;
