//! CloudTrail's nouns: what a name says, what a record says, what a digest says. No compression, no crypto, no columns.
//!
//! Invariant: nothing here fails on hostile input; parsers say `Other`, `None` or carry their flaws along.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic))]

pub mod arrange;
mod book;
pub(crate) mod bytes;
pub mod csv_lines;
mod cursor;
pub mod digest;
pub mod event;
mod identities;
pub mod ids;
pub mod lake_text;
pub mod loose;
pub mod needle;
pub mod object_key;
pub mod percent;
pub mod principal;
mod quick;
pub mod records;
pub mod s3_url;
mod target;
pub mod time;

pub use digest::{DigestFile, LoggedFile, Place};
pub use event::{EventRecord, Outcome};

pub use ids::{ChainId, ChainKind, FileId, RowId};
pub use object_key::{DigestName, KeyKind, LogName, ObjectKey};

pub use quick::Habits;
pub use records::Records;
pub use time::{TimeRange, Timestamp};
