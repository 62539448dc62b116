//! Files on their way down together: one message for many, and what they lie in end to end.

use js_sys::Array;
use web_sys::Blob;

use crate::browser::dropped::NamedFile;
use crate::browser::frame::now;
use crate::state::intake::Files;

/// Files that will be sent together.
#[derive(Default)]
pub(super) struct Sheaf {
    pub(super) files: Vec<NamedFile>,
    pub(super) bytes: f64,
}

impl Sheaf {
    /// Adds a file. Its size is asked for before it goes into a composite: the other way round the browser takes half as long again.
    pub(super) fn push(&mut self, file: NamedFile) {
        let size = file.size();
        self.bytes += size as f64;
        self.files.push(NamedFile { known_size: Some(size), ..file });
    }

    /// Whether it is large enough to be sent.
    pub(super) fn is_full(&self) -> bool {
        self.files.len() >= SHEAF_FILES || self.bytes >= SHEAF_BYTES
    }
}

/// The files end to end in one `Blob`; each is a part of it by itself, since the browser takes apart composites of composites again and again
/// (20,000 tiny files: 97 to 110 µs each, 82 to 91 so).
pub(super) fn whole(files: &[NamedFile]) -> Option<Blob> {
    let blobs: Array = files.iter().map(|file| &file.file).collect();
    // Fails for no list of blobs.
    Blob::new_with_blob_sequence(&blobs).ok()
}

/// Whether the browser has the sizes of these files at hand, by asking for some: it has those of dropped files and of such that scripts have
/// made, and looks up those of files that a person has chosen.
pub(super) fn are_sizes_at_hand(files: Files) -> (bool, Files) {
    let mut files = files;
    let some: Vec<NamedFile> = files.by_ref().take(SHEAF_PART).collect();
    let since = now();
    let some: Vec<NamedFile> = some.into_iter().map(|file| NamedFile { known_size: Some(file.size()), ..file }).collect();
    let are = now() - since < AT_HAND;
    (are, Box::new(some.into_iter().chain(files)))
}

/// A sheaf: at most so many files or bytes. One message a file would cost more than reading it; a composite of twice as many holds the
/// page for two thirds of a frame.
pub(super) const SHEAF_FILES: usize = 128;
pub(super) const SHEAF_BYTES: f64 = 8_388_608.0;
/// Files whose sizes are asked for at a stretch, 200 µs each.
pub(super) const SHEAF_PART: usize = 16;
/// Milliseconds that these sizes take at most where the browser has them at hand: 3 µs each of files that a script has made. Each size that it
/// looks up on the disk is a question to another process.
const AT_HAND: f64 = 0.5;
