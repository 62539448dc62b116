//! Files on their way down together: one message for many, and what they lie in end to end.

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
    /// Adds a file. Its size is asked for before it goes into a composite: the other way round the browser takes a fifth to a half longer.
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

/// Whether the browser has the sizes of these files at hand, by asking it for some: it has those of files that scripts have made, and looks up
/// those of files that a person has chosen.
pub(super) fn are_sizes_at_hand(mut files: Files) -> (bool, Files) {
    let mut some: Vec<NamedFile> = files.by_ref().take(SHEAF_PART).collect();
    let mut least = f64::MAX;
    for few in some.chunks_mut(ASKED) {
        let since = now();
        // What is known without the browser tells nothing of it.
        few.iter_mut().for_each(|file| file.known_size = Some(file.file.size() as u64));
        least = least.min(now() - since);
    }
    (least < AT_HAND, Box::new(some.into_iter().chain(files)))
}

/// A sheaf: at most so many files or bytes. One message a file would cost more than reading it; a composite of twice as many holds the
/// page for two thirds of a frame.
pub(super) const SHEAF_FILES: usize = 128;
pub(super) const SHEAF_BYTES: f64 = 8_388_608.0;
/// Files whose sizes are asked for at a stretch, 200 µs each.
pub(super) const SHEAF_PART: usize = 16;
/// So many of them at once are timed, and the quickest time counts: the clock goes in tenths of a millisecond, and the page is interrupted now
/// and then.
const ASKED: usize = 4;
/// Milliseconds that these take at most where the browser has their sizes at hand: less than 1 µs each of files that a script has made. Each
/// size that it looks up on the disk is a question to another process.
const AT_HAND: f64 = 0.3;
