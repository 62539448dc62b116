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
        self.add(entry, &data);
        self.parts.push(Part { path: path.to_owned(), size: sum.size, sha256: sum.sha256 });
        Ok(())
    }

    /// Adds a file as it lies.
    pub(super) fn add_file(&mut self, path: &str, sum: Sum, data: &Blob) {
        self.add(stored(path, sum), data);
    }

    /// Notes a file that lies with its header in the blob that is pushed next.
    pub(super) fn pass(&mut self, path: &str, sum: Sum) {
        self.writer.add(stored(path, sum));
    }

    /// Adds a blob of files, each behind its header.
    pub(super) fn push(&mut self, data: &Blob) {
        self.body.push(data);
    }

    pub(super) fn finish(self) -> Result<Blob, JsValue> {
        self.body.push(&Uint8Array::from(self.writer.finish().as_slice()));
        Blob::new_with_buffer_source_sequence(&self.body)
    }

    fn add(&mut self, entry: NewEntry<'_>, data: &Blob) {
        self.body.push(&Uint8Array::from(self.writer.add(entry).as_slice()));
        self.body.push(data);
    }
}

fn stored(path: &str, sum: Sum) -> NewEntry<'_> {
    NewEntry { path, method: Method::Stored, crc32: sum.crc32, stored: sum.size, size: sum.size }
}
