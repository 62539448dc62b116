//! Files on their way down together: one message for many, and what they lie in end to end.

use js_sys::Array;
use web_sys::Blob;

use crate::browser::dropped::NamedFile;

/// Files that will be sent together.
#[derive(Default)]
pub(super) struct Sheaf {
    pub(super) files: Vec<NamedFile>,
    /// What the first of them are in already, some in each.
    pub(super) parts: Array,
    in_parts: usize,
    pub(super) bytes: f64,
}

impl Sheaf {
    /// Adds a file.
    pub(super) fn push(&mut self, file: NamedFile) {
        self.files.push(file);
        if self.files.len() - self.in_parts >= SHEAF_PART {
            self.tie();
        }
    }

    /// Puts the files that are in no part yet into one. The browser looks a file up when it first goes into a composite, and its size is
    /// known from then on; to ask for sizes first has each looked up twice (a tenth of what it costs to have 11,000 files read).
    pub(super) fn tie(&mut self) {
        let loose = self.files.get(self.in_parts..).unwrap_or_default();
        let blobs: Array = loose.iter().map(|file| &file.file).collect();
        // Fails for no list of blobs; if ever, the ledger finds the whole too short and asks for each file alone.
        if let (false, Ok(part)) = (loose.is_empty(), Blob::new_with_blob_sequence(&blobs)) {
            self.parts.push(&part);
        }
        self.bytes += loose.iter().map(|file| file.size() as f64).sum::<f64>();
        self.in_parts = self.files.len();
    }

    /// Whether it is large enough to be sent.
    pub(super) fn is_full(&self) -> bool {
        self.files.len() >= SHEAF_FILES || self.bytes >= SHEAF_BYTES
    }
}

/// A sheaf: at most so many files or bytes. One message a file would cost more than reading it; a composite of twice as many holds the
/// page for two thirds of a frame.
pub(super) const SHEAF_FILES: usize = 128;
pub(super) const SHEAF_BYTES: f64 = 8_388_608.0;
/// Files that are looked up at a stretch, 200 µs each.
pub(super) const SHEAF_PART: usize = 16;
