//! What the page and a packer say to each other while an export is made. Bytes and blobs travel beside.

use serde::Deserialize;
use serde::Serialize;

use crate::export::parts::Sum;

/// What a packer is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Parcel {
    /// Put these files, whose bytes are beside, one behind the other, each behind its zip header: their paths in the zip file.
    Files(Vec<String>),
    /// A text is to be packed: its pieces follow.
    Begin(Wrapping),
    /// Its next piece, beside.
    Piece,
    /// It is complete.
    End,
    /// Add up what the blob beside unpacks to. At more than so many bytes it ends.
    Unpack(u64),
    /// Add up the blob beside as it is.
    AddUp,
}

/// How a text is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrapping {
    /// Not at all.
    Plain,
    /// As a file of its own, `.gz`.
    Gzip,
    /// As an entry of a zip file.
    Entry,
}

/// What a packer has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Packed {
    /// The files: what each adds up to. Beside them one blob.
    Files(Vec<Sum>),
    /// Another piece may come.
    Ready,
    /// The text: what it added up to, before it was packed. Beside it a blob.
    Text(Sum),
    /// The browser had no room, or could not read it.
    Failed,
}
