//! What a reader is to do that makes an export, or adds up what a zip file holds. Such a reader is the page's own. Bytes and blobs travel beside.

use serde::Deserialize;
use serde::Serialize;

/// What is to be packed, or added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Parcel {
    /// Add up these files, whose bytes are beside: their paths in a zip file. They are pieces of a text that is not packed, each behind its zip
    /// header.
    Files(Vec<String>),
    /// Take the next piece of a text, if one is beside. With the last one comes its blob.
    Piece(Wrapping, Place),
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
    /// As an entry of a zip file, and added up.
    Entry,
}

/// Where a piece of a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// There are more.
    Before,
    /// At its end.
    Last,
}
