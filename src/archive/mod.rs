//! Zip files as bytes: headers written around data that lies elsewhere, and the list of what a zip file holds. No IO, no inflating.
//!
//! Well-kept crates write and read whole streams; here the data stay where they are (files on a disk, `Blob`s of a page), so that a pack of
//! two gigabytes needs no memory, and the page and the command line find the same entries, whatever somebody wrote into a zip file.
#![deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic)]

pub mod read;
pub mod write;

pub use read::{End, Entry, Method, TAIL, ZipFlaw, entries, find_end};
pub use write::{NewEntry, ZipWriter};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
/// The extra field with sizes and offsets of more than 32 bits.
const EXTRA_64: u16 = 1;
/// In the place of a number that stands in the extra field.
const SEE_64: u32 = u32::MAX;
