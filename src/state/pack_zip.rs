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

/// A zip file that is being put together.
#[derive(Default)]
pub(super) struct Zip {
    writer: ZipWriter,
    body: Array,
    /// Headers and data that are in none of its blobs yet.
    loose: Array,
    /// What was put in so far.
    pub(super) parts: Vec<Part>,
}

impl Zip {
    /// Adds a part that takes `stored` bytes as it is packed.
    pub(super) fn add(&mut self, path: &str, method: Method, sum: Sum, data: &Blob, stored: u64) {
        let entry = NewEntry { path, method, crc32: sum.crc32, stored, size: sum.size };
        self.loose.push(&Uint8Array::from(self.writer.add(entry).as_slice()));
        self.loose.push(data);
        self.parts.push(Part { path: path.to_owned(), size: sum.size, sha256: sum.sha256 });
    }

    /// Puts what has come since into one blob. A file is looked up when it first goes into one: all eleven thousand of a pack at its end held
    /// the page for a second.
    pub(super) fn tie(&mut self) -> Result<(), JsValue> {
        self.body.push(&Blob::new_with_buffer_source_sequence(&self.loose)?.into());
        self.loose = Array::new();
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Blob, JsValue> {
        self.tie()?;
        self.body.push(&Uint8Array::from(self.writer.finish().as_slice()));
        Blob::new_with_buffer_source_sequence(&self.body)
    }
}
