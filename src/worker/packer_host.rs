//! Serves `packer`: what leaves the page is put into blobs here, so that the page deflates, hashes and copies nothing. It lives as long as
//! one export, and to end it ends whatever was begun.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;
use web_sys::DedicatedWorkerGlobalScope;
use web_sys::MessageEvent;

use crate::archive::Method;
use crate::archive::NewEntry;
use crate::browser::deflating::Deflating;
use crate::browser::source;
use crate::browser::subtle::Subtle;
use crate::browser::wire;
use crate::browser::zipped::unpacked;
use crate::export::parts::Sum;
use crate::export::sums::Summing;
use crate::integrity::sha256::Sha256;
use crate::protocol::Parcel;
use crate::protocol::Wrapping;
use crate::worker::reader_host::copy;

/// Listens to the page. Each message is a ticket and a parcel; each answer bears the ticket.
pub(super) fn serve(scope: &DedicatedWorkerGlobalScope) {
    let up = scope.clone();
    let text: Rc<RefCell<Option<Text>>> = Rc::default();
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Ok(((ticket, parcel), beside)) = wire::receive::<(u32, Parcel)>(&event.data()) else { return };
        let (up, text) = (up.clone(), text.clone());
        spawn_local(async move {
            let (sums, blob) = match work(&text, parcel, &beside).await {
                Ok((sums, blob)) => (Some(sums), blob.map_or(JsValue::UNDEFINED, JsValue::from)),
                Err(_) => (None, JsValue::UNDEFINED),
            };
            // An answer that cannot be posted would be waited for for ever, so this must be heard.
            if let Err(error) = wire::send(&up, &(ticket, sums), &[blob]) {
                wasm_bindgen::throw_val(error);
            }
        });
    });
    scope.set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
}

/// A text on its way: where its pieces go, and what they add up to where somebody wants to know.
struct Text {
    sink: Sink,
    sum: Option<Summing>,
}

enum Sink {
    /// Into blobs, which the browser pages to disk: those made, the pieces in none of them yet, and the bytes of these.
    Blobs(Array, Array, f64),
    Deflated(Deflating),
}

async fn work(text: &RefCell<Option<Text>>, parcel: Parcel, beside: &[JsValue]) -> Result<(Vec<Sum>, Option<Blob>), JsValue> {
    let (wrapping, is_last) = match parcel {
        Parcel::Files(paths) => return files(&paths, beside).await,
        Parcel::Unpack(most) => {
            let data = beside.first().and_then(JsCast::dyn_ref).ok_or("nothing to unpack")?;
            let mut summing = Summing::default();
            unpacked(data, most, &mut |bytes| summing.push(&bytes.to_vec())).await?;
            return Ok((vec![summing.finish()], None));
        }
        Parcel::Piece(wrapping) => (wrapping, false),
        Parcel::Last(wrapping) => (wrapping, true),
    };
    // The page asks for one thing at a time: while a piece is being taken no other comes.
    let mut taken = match text.take() {
        Some(text) => text,
        None => Text::begin(wrapping)?,
    };
    let piece: &Uint8Array = beside.first().and_then(JsCast::dyn_ref).ok_or("a piece without its bytes")?;
    if let Some(sum) = &mut taken.sum {
        sum.push(&piece.to_vec());
    }
    match &mut taken.sink {
        Sink::Deflated(deflating) => deflating.push(piece).await?,
        Sink::Blobs(made, loose, bytes) => {
            loose.push(piece);
            *bytes += f64::from(piece.length());
            if is_last || *bytes > IN_ONE_BLOB {
                made.push(&blob_of(loose).await?.into());
                loose.set_length(0);
                *bytes = 0.0;
            }
        }
    }
    if !is_last {
        text.replace(Some(taken));
        return Ok((Vec::new(), None));
    }
    let blob = match taken.sink {
        Sink::Deflated(deflating) => deflating.finish().await?,
        Sink::Blobs(made, ..) => Blob::new_with_blob_sequence(&made)?,
    };
    Ok((taken.sum.map(Summing::finish).into_iter().collect(), Some(blob)))
}

impl Text {
    fn begin(wrapping: Wrapping) -> Result<Self, JsValue> {
        let sink = match wrapping {
            Wrapping::Plain => Sink::Blobs(Array::new(), Array::new(), 0.0),
            Wrapping::Gzip => Sink::Deflated(Deflating::begin("gzip")?),
            Wrapping::Entry => Sink::Deflated(Deflating::begin("deflate-raw")?),
        };
        Ok(Self { sink, sum: (wrapping == Wrapping::Entry).then(Summing::default) })
    }
}

/// Files end to end, each behind its header.
async fn files(paths: &[String], beside: &[JsValue]) -> Result<(Vec<Sum>, Option<Blob>), JsValue> {
    let subtle = Subtle::here();
    let (parts, mut content) = (Array::new(), Vec::new());
    let mut begun = Vec::with_capacity(paths.len());
    for bytes in beside.iter().filter_map(|bytes| bytes.dyn_ref::<Uint8Array>()) {
        copy(bytes, &mut content);
        let hash = subtle.as_ref().and_then(|subtle| subtle.sha256(&content));
        // The browser hashes four times as fast; where it may not, it is done here.
        let sum = if hash.is_some() { Sum::without_hash(&content) } else { Sum::of(&content) };
        begun.push((bytes, sum, hash));
    }
    let mut sums = Vec::with_capacity(begun.len());
    for (path, (bytes, mut sum, hash)) in paths.iter().zip(begun) {
        if let Some(hash) = hash {
            sum.sha256 = Sha256(hash.done().await.ok_or("the browser did not hash it")?);
        }
        let entry = NewEntry { path, method: Method::Stored, crc32: sum.crc32, stored: sum.size, size: sum.size };
        parts.push(&Uint8Array::from(entry.header().as_slice()));
        parts.push(bytes);
        sums.push(sum);
    }
    Ok((sums, Some(blob_of(&parts).await?)))
}

/// A blob that the browser has for certain: one for which it had no room says so only when it is read, and one of a worker that has ended
/// meanwhile would never be whole.
async fn blob_of(parts: &Array) -> Result<Blob, JsValue> {
    let blob = Blob::new_with_buffer_source_sequence(parts)?;
    let size = blob.size();
    source::read(&blob.slice_with_f64_and_f64((size - 1.0).max(0.0), size)?).await?;
    Ok(blob)
}

/// Bytes: a few slices of a text.
const IN_ONE_BLOB: f64 = 16_777_216.0;
