//! What the page and a packer say to each other while an export is made. Bytes and blobs travel beside.

use serde::Deserialize;
use serde::Serialize;

use crate::export::parts::Sum;

/// What a packer is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Parcel {
    /// Put these files, whose bytes are beside, one behind the other, each behind its zip header: their paths in the zip file.
    Files(Vec<String>),
    /// Take the next piece of a text, beside.
    Piece(Wrapping),
    /// The same, and it is the last.
    Last(Wrapping),
    /// Add up what the blob beside unpacks to. At more than so many bytes it ends.
    Unpack(u64),
}

/// How a text is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrapping {
    /// Not at all.
    Plain,
    /// As a file of its own, `.gz`.
    Gzip,
    /// As an entry of a zip file, and added up.
    Entry,
}

/// What it has done: what each file, or the text before it was packed, adds up to. A blob may be beside. `None`: the browser had no room, or
/// could not read.
pub type Packed = Option<Vec<Sum>>;
