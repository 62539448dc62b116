//! What leaves the page is put into blobs here, so that the page deflates, hashes and copies nothing. Whoever packs is a reader of the page's
//! own that lives as long as one export, and to end it ends whatever was begun.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::archive::Method;
use crate::archive::NewEntry;
use crate::browser::deflating::Deflating;
use crate::browser::deflating::inflated;
use crate::browser::source;
use crate::export::parts::Sum;
use crate::export::sums::Summing;
use crate::protocol::Parcel;
use crate::protocol::Place;
use crate::protocol::Wrapping;

/// The text that is being packed, if there is one.
#[derive(Clone, Default)]
pub(super) struct OpenText(Rc<RefCell<Option<Text>>>);

/// What was packed: its sums, and a blob where one was made.
type Done = (Vec<Sum>, Option<Blob>);

/// A text on its way: where its pieces go, and what they add up to where somebody wants to know.
struct Text {
    deflating: Deflating,
    sum: Option<Summing>,
}

impl OpenText {
    /// Does what the page wants, with the bytes or the blob beside.
    pub(super) async fn pack(&self, parcel: Parcel, bytes: Vec<Uint8Array>, blob: Option<Blob>) -> Result<Done, JsValue> {
        let mut summing = Summing::default();
        let (wrapping, place, sums, pieces) = match (parcel, blob) {
            (Parcel::Files(paths), _) => {
                let (sums, whole) = wrapped(&paths, &bytes);
                (Wrapping::Plain, Place::Before, sums, vec![Uint8Array::from(whole.as_slice())])
            }
            (Parcel::Piece(wrapping, place), _) => (wrapping, place, Vec::new(), bytes),
            (Parcel::Unpack(most), Some(data)) => {
                let mut add = |bytes: &Uint8Array| {
                    summing.push(&bytes.to_vec());
                    Ok(())
                };
                inflated(&data, most, &mut add).await?;
                return Ok((vec![summing.finish()], None));
            }
            (Parcel::AddUp, Some(data)) => {
                source::read_slices(&data, |bytes| summing.push(bytes)).await?;
                return Ok((vec![summing.finish()], None));
            }
            _ => return Err(JsValue::NULL),
        };
        // The page asks for one thing at a time: while a piece is being taken no other comes.
        let mut text = match self.0.take() {
            Some(text) => text,
            None => Text::begin(wrapping)?,
        };
        for piece in &pieces {
            if let Some(sum) = &mut text.sum {
                sum.push(&piece.to_vec());
            }
            JsFuture::from(text.deflating.push(piece)).await?;
        }
        if place == Place::Last {
            let blob = text.deflating.finish().await?;
            return Ok((text.sum.map(Summing::finish).into_iter().collect(), Some(blob)));
        }
        self.0.replace(Some(text));
        Ok((sums, None))
    }
}

impl Text {
    fn begin(wrapping: Wrapping) -> Result<Self, JsValue> {
        let (format, sum) = match wrapping {
            Wrapping::Plain => (None, None),
            Wrapping::Gzip => (Some("gzip"), None),
            Wrapping::Entry => (Some("deflate-raw"), Some(Summing::default())),
        };
        Ok(Self { deflating: Deflating::begin(format)?, sum })
    }
}

/// Files end to end, each behind its header.
fn wrapped(paths: &[String], beside: &[Uint8Array]) -> (Vec<Sum>, Vec<u8>) {
    let (mut sums, mut whole) = (Vec::with_capacity(beside.len()), Vec::new());
    for (path, bytes) in paths.iter().zip(beside) {
        let bytes = bytes.to_vec();
        let sum = Sum::of(&bytes);
        let entry = NewEntry { path, method: Method::Stored, crc32: sum.crc32, stored: sum.size, size: sum.size };
        whole.extend_from_slice(&entry.header());
        whole.extend_from_slice(&bytes);
        sums.push(sum);
    }
    (sums, whole)
}
