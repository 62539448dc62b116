//! The search of the raw JSON, file by file: what a reader is to look for and where, what it found, and how far it all has come.

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::sha256::Sha256;
use crate::trail::ids::FileId;

/// A text, and the files in which it is to be looked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RawSearch {
    /// The text.
    pub text: String,
    /// The files, end to end in the `Blob` beside.
    pub files: Vec<RawFile>,
}

/// A file that is read once more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RawFile {
    /// Its number.
    pub id: FileId,
    /// Its stored size.
    pub size: u64,
    /// How many of its stored bytes were read for its rows: all, unless reading was ended before.
    pub taken: u64,
    /// What those hashed to, unpacked.
    pub sha256: Option<Sha256>,
    /// Where each of its rows' records begins in the inflated file, ascending, and the number of the row.
    pub places: Vec<(u64, u32)>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawFound {
    /// The text.
    pub text: String,
    /// The files that were searched.
    pub searched: Vec<FileId>,
    /// Those that could not be: they are no longer what they were when their rows were made, or cannot be read any more.
    pub changed: Vec<FileId>,
    /// The rows whose records hold the text; none of a file that has changed.
    pub rows: Vec<u32>,
}

/// How far the search has come that a clause of the filter rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawState {
    /// The text.
    pub text: String,
    /// Events found so far, of those that pass all other clauses.
    pub hits: u64,
    /// Files with events that pass all other clauses: so many have to be searched.
    pub files: u64,
    /// How many of them were.
    pub searched: u64,
    /// How many of the others have changed since they were opened, or cannot be read any more.
    pub changed: u64,
}

impl RawFound {
    /// Notes what a file has shown: where records began of `many` of its rows, and which of them hold the text. `sha256` is asked for of a
    /// file with hits alone: only of the very content that its rows were made of can it be said whose they are.
    pub fn admit(&mut self, file: &RawFile, many: usize, rows: Vec<u32>, sha256: Sha256) {
        let is_same = many == file.places.len() && (rows.is_empty() || file.sha256 == Some(sha256));
        let files = if is_same { &mut self.searched } else { &mut self.changed };
        files.push(file.id);
        if is_same {
            self.rows.extend(rows);
        }
    }
}

impl RawState {
    /// Whether all that had to be searched was.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.searched == self.files
    }
}
