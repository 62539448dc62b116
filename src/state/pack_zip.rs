//! An evidence pack's zip file, put together of blobs: nothing of it is copied.

use js_sys::Array;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::Blob;

use crate::archive::Method;
use crate::archive::NewEntry;
use crate::archive::ZipWriter;
use crate::export::parts::Part;
use crate::export::parts::Sum;
use crate::state::export::NO_ROOM;
use crate::state::export::Stop;

/// A zip file that is being put together.
#[derive(Default)]
pub(super) struct Zip {
    writer: ZipWriter,
    body: Array,
    /// The parts that are no files.
    pub(super) parts: Vec<Part>,
}

impl Zip {
    /// Adds a text, deflated.
    pub(super) fn add_text(&mut self, path: &str, sums: &[Sum], data: Option<Blob>) -> Result<(), Stop> {
        let (Some(sum), Some(data)) = (sums.first(), data) else { return Err(NO_ROOM) };
        let entry = NewEntry { path, method: Method::Deflated, crc32: sum.crc32, stored: data.size() as u64, size: sum.size };
        self.body.push(&Uint8Array::from(self.writer.add(entry).as_slice()));
        self.body.push(&data);
        self.parts.push(Part { path: path.to_owned(), size: sum.size, sha256: sum.sha256 });
        Ok(())
    }

    /// The header of a file that is pushed next.
    pub(super) fn push_header(&mut self, path: &str, sums: &[Sum]) {
        for sum in sums {
            self.body.push(&Uint8Array::from(stored(path, *sum).header().as_slice()));
        }
    }

    /// Notes a file whose header and data are pushed, or lie in a blob that is.
    pub(super) fn pass(&mut self, path: &str, sum: Sum) {
        self.writer.add(stored(path, sum));
    }

    /// Adds data.
    pub(super) fn push(&mut self, data: &Blob) {
        self.body.push(data);
    }

    pub(super) fn finish(self) -> Result<Blob, JsValue> {
        self.body.push(&Uint8Array::from(self.writer.finish().as_slice()));
        Blob::new_with_buffer_source_sequence(&self.body)
    }
}

fn stored(path: &str, sum: Sum) -> NewEntry<'_> {
    NewEntry { path, method: Method::Stored, crc32: sum.crc32, stored: sum.size, size: sum.size }
}
