//! What a zip file holds, read from its directory. Names are shown and matched, never used as paths: nothing is written anywhere.

use crate::archive::CENTRAL;
use crate::archive::END;
use crate::archive::END_64;
use crate::archive::EXTRA_64;
use crate::archive::LOCAL;
use crate::archive::LOCATOR_64;
use crate::archive::SEE_64;
use crate::trail::arrange::arrange;

/// One file in a zip file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path, as it stands there; whatever is no UTF-8 is replaced.
    pub path: String,
    /// How its data are packed.
    pub method: Method,
    /// Whether a password was set.
    pub is_encrypted: bool,
    /// CRC-32 of its content, as stated.
    pub crc32: u32,
    /// Bytes of its data in the zip file.
    pub stored: u64,
    /// Bytes of its content, as stated.
    pub size: u64,
    /// Where its own header begins.
    pub header_at: u64,
}

/// How an entry's data are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// As they are.
    Stored,
    /// Deflate without a wrapper.
    Deflated,
    /// Any other, by its number.
    Other(u16),
}

/// Where the directory lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Where it begins.
    pub at: u64,
    /// Its bytes.
    pub size: u64,
    /// How many entries it says it has.
    pub entries: u64,
    /// Bytes that stand before the zip file proper; all its offsets are short of them.
    pub shift: u64,
}

/// Why a zip file cannot be read: half a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZipFlaw {
    /// No directory at its end.
    NoEnd,
    /// The directory is not what it says it is.
    Directory,
    /// It goes on in further files.
    Parts,
    /// A directory too large to be that of logs.
    TooLarge,
    /// Entries lie upon each other.
    Overlap,
    /// An entry has no header where the directory says.
    NoHeader,
}

impl Method {
    /// Its number in the headers.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflated => 8,
            Self::Other(number) => number,
        }
    }
}

impl ZipFlaw {
    /// The half sentence.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::NoEnd => "it is no zip file, or its end is missing (a broken download)",
            Self::Directory => "the directory of this zip file is damaged",
            Self::Parts => "this zip file is one of several parts; unpack it with the program that made it",
            Self::TooLarge => "the directory of this zip file is larger than 256 MiB; unpack it and give the folder",
            Self::Overlap => "entries of this zip file lie upon each other, as no honest program writes them",
            Self::NoHeader => "this entry is not where the zip file's directory says",
        }
    }
}

impl Entry {
    /// Whether it is a folder, which holds nothing itself.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.path.ends_with(['/', '\\'])
    }

    /// Why its content cannot be had, in half a sentence.
    #[must_use]
    pub fn obstacle(&self) -> Option<String> {
        let is_zip = self.path.get(self.path.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".zip"));
        match self.method {
            _ if self.is_encrypted => {
                Some("it is encrypted inside the zip file; unpack it with its password and give the files".to_owned())
            }
            Method::Other(number) => {
                Some(format!("it is packed inside the zip file by method {number}, which is not read here; unpack it and give the files"))
            }
            _ if is_zip => Some("a zip file inside a zip file is not opened; unpack the outer one and give what is in it".to_owned()),
            _ => None,
        }
    }

    /// Where its data begin; `header` are the bytes from `header_at` on, at least [`HEADER`] of them.
    ///
    /// # Errors
    /// When there is no header.
    pub fn data_at(&self, header: &[u8]) -> Result<u64, ZipFlaw> {
        let lengths = || Some((word_32(header, 0)? == LOCAL, word_16(header, 26)?, word_16(header, 28)?));
        match lengths() {
            Some((true, name, extra)) => {
                Ok(self.header_at.saturating_add(HEADER).saturating_add(u64::from(name)).saturating_add(u64::from(extra)))
            }
            _ => Err(ZipFlaw::NoHeader),
        }
    }
}

/// Finds the directory. `tail` are the file's last bytes: [`TAIL`] of them, or all.
///
/// # Errors
/// When there is none.
pub fn find_end(tail: &[u8], file_size: u64) -> Result<End, ZipFlaw> {
    let before = file_size.saturating_sub(length(tail));
    let last = tail.len().checked_sub(END_BYTES).ok_or(ZipFlaw::NoEnd)?;
    // The comment that ends the file could hold the mark too: the true one's comment reaches to the very end.
    let fits = |at: &usize| {
        word_32(tail, *at) == Some(END)
            && word_16(tail, at.saturating_add(20)).is_some_and(|comment| at.saturating_add(END_BYTES + usize::from(comment)) == tail.len())
    };
    let at = (0..=last).rev().find(fits).ok_or(ZipFlaw::NoEnd)?;
    let number = |offset: usize| word_16(tail, at.saturating_add(offset)).unwrap_or_default();
    if (number(4), number(6)) != (0, 0) && number(4) != u16::MAX {
        return Err(ZipFlaw::Parts);
    }
    let wide = |offset: usize| word_32(tail, at.saturating_add(offset)).unwrap_or_default();
    let (mut size, mut start, mut count) = (u64::from(wide(12)), u64::from(wide(16)), u64::from(number(10)));
    let mut end_at = before.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
    if let Some(large) = at.checked_sub(LOCATOR_BYTES).filter(|locator| word_32(tail, *locator) == Some(LOCATOR_64)) {
        // The larger directory's end lies right before what points to it: nobody writes anything between them.
        let large = large.checked_sub(END_64_BYTES).filter(|at| word_32(tail, *at) == Some(END_64)).ok_or(ZipFlaw::Directory)?;
        let number = |offset: usize| word_64(tail, large.saturating_add(offset)).ok_or(ZipFlaw::Directory);
        (count, size, start) = (number(32)?, number(40)?, number(48)?);
        end_at = before.saturating_add(u64::try_from(large).unwrap_or(u64::MAX));
    }
    if size > MOST_DIRECTORY {
        return Err(ZipFlaw::TooLarge);
    }
    let real = end_at.checked_sub(size).ok_or(ZipFlaw::Directory)?;
    let shift = real.checked_sub(start).ok_or(ZipFlaw::Directory)?;
    Ok(End { at: real, size, entries: count, shift })
}

/// The entries of a directory, in its order, folders too. `directory` are the bytes from `end.at` on.
///
/// # Errors
/// When it is damaged, or entries share data: of such files bombs are made.
pub fn entries(directory: &[u8], end: &End) -> Result<Vec<Entry>, ZipFlaw> {
    let size = usize::try_from(end.size).map_err(|_| ZipFlaw::TooLarge)?;
    let mut rest = directory.get(..size).ok_or(ZipFlaw::Directory)?;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (entry, after) = read_entry(rest, end.shift).ok_or(ZipFlaw::Directory)?;
        found.push(entry);
        rest = after;
    }
    // Without the larger directory the count is cut to 16 bits.
    if length(&found) & 0xffff != end.entries & 0xffff {
        return Err(ZipFlaw::Directory);
    }
    let mut places: Vec<(u64, u64)> = found.iter().map(|entry| (entry.header_at, entry.stored)).collect();
    arrange(&mut places, Ord::cmp);
    let next = places.iter().skip(1).map(|(at, _)| *at).chain([end.at]);
    let is_free = |((at, stored), next): (&(u64, u64), u64)| at.saturating_add(HEADER).saturating_add(*stored) <= next;
    if places.iter().zip(next).all(is_free) { Ok(found) } else { Err(ZipFlaw::Overlap) }
}

fn read_entry(bytes: &[u8], shift: u64) -> Option<(Entry, &[u8])> {
    if word_32(bytes, 0)? != CENTRAL {
        return None;
    }
    let (flags, method) = (word_16(bytes, 8)?, word_16(bytes, 10)?);
    let [name, extra, comment] = [28, 30, 32].map(|at| word_16(bytes, at).map(usize::from));
    let (name, extra, comment) = (name?, extra?, comment?);
    let path = String::from_utf8_lossy(bytes.get(46..46 + name)?).into_owned();
    let extra_at = 46 + name;
    let mut large = extra_64(bytes.get(extra_at..extra_at + extra)?);
    let mut wide = |at: usize| match word_32(bytes, at)? {
        SEE_64 => large.next().or_else(|| Some(u64::from(SEE_64))),
        number => Some(u64::from(number)),
    };
    // In the order in which the extra field holds them.
    let (size, stored, header_at) = (wide(24)?, wide(20)?, wide(42)?);
    let method = match method {
        0 => Method::Stored,
        8 => Method::Deflated,
        other => Method::Other(other),
    };
    let is_encrypted = flags & (1 | 1 << 13) != 0;
    let entry = Entry { path, method, is_encrypted, crc32: word_32(bytes, 16)?, stored, size, header_at: header_at.checked_add(shift)? };
    Some((entry, bytes.get(extra_at + extra + comment..)?))
}

/// The numbers of the extra field that holds large ones.
fn extra_64(mut extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut found: &[u8] = &[];
    while let (Some(kind), Some(size)) = (word_16(extra, 0), word_16(extra, 2)) {
        let body = extra.get(4..4 + usize::from(size)).unwrap_or_default();
        if kind == EXTRA_64 {
            found = body;
        }
        extra = extra.get(4 + usize::from(size)..).unwrap_or_default();
    }
    found.chunks_exact(8).filter_map(|bytes| word_64(bytes, 0))
}

fn word_16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn word_32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn word_64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

/// Bytes of an entry's own header without name and extra field.
pub const HEADER: u64 = 30;
/// So many last bytes hold the end of the directory: 22, a comment of at most 65,535, and of a large file 76 more.
pub const TAIL: u64 = 65_633;
const END_BYTES: usize = 22;
const LOCATOR_BYTES: usize = 20;
const END_64_BYTES: usize = 56;
/// A million entries with names as long as CloudTrail's take 190 MB.
const MOST_DIRECTORY: u64 = 256 << 20;

#[cfg(test)]
#[allow(clippy::indexing_slicing)] // A test that panics has failed, which is its purpose.
mod tests {
    use super::*;
    use crate::archive::write::NewEntry;
    use crate::archive::write::ZipWriter;
    use proptest::prelude::*;

    fn zip(paths: &[&str]) -> Vec<u8> {
        let (mut zip, mut bytes) = (ZipWriter::default(), Vec::new());
        for path in paths {
            bytes.extend(zip.add(NewEntry { path, method: Method::Stored, crc32: 1, stored: 3, size: 3 }));
            bytes.extend(b"abc");
        }
        bytes.extend(zip.finish());
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<Entry>, ZipFlaw> {
        let end = find_end(bytes, length(bytes))?;
        entries(bytes.get(usize::try_from(end.at).expect("small")..).unwrap_or_default(), &end)
    }

    #[test]
    fn bytes_before_it_and_a_comment_behind_it_hide_nothing() {
        let mut bytes = [b"#!/bin/sh\n".as_slice(), &zip(&["a", "b"])].concat();
        let end = bytes.len() - 2;
        // A comment that itself looks like the end of an empty zip file.
        let comment = [&END.to_le_bytes()[..], &[0; 17]].concat();
        bytes[end..].copy_from_slice(&u16::try_from(comment.len()).expect("short").to_le_bytes());
        bytes.extend(&comment);
        let found = read(&bytes).expect("entries");
        assert_eq!(found.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(found[0].header_at, 10);
        assert_eq!(found[0].data_at(&bytes[10..]), Ok(10 + 30 + 1));
    }

    #[test]
    fn what_is_no_sound_zip_file_is_refused_with_a_reason() {
        assert_eq!(read(b"rubbish that is long enough to hold an end"), Err(ZipFlaw::NoEnd));
        let whole = zip(&["a", "b"]);
        assert_eq!(read(&whole[..whole.len() - 1]), Err(ZipFlaw::NoEnd));
        // Both entries of the directory name the first one's data: how bombs are made of one kilobyte.
        let mut bomb = whole.clone();
        let second = whole.len() - 22 - 47 + 42;
        bomb[second..second + 4].copy_from_slice(&0u32.to_le_bytes());
        assert_eq!(read(&bomb), Err(ZipFlaw::Overlap));
    }

    #[test]
    fn entries_that_are_not_opened_say_why() {
        let entry = |path: &str, method, is_encrypted| {
            Entry { path: path.to_owned(), method, is_encrypted, crc32: 0, stored: 0, size: 0, header_at: 0 }.obstacle()
        };
        assert_eq!(entry("a.json.gz", Method::Deflated, false), None);
        assert!(entry("a.json.gz", Method::Stored, true).is_some_and(|why| why.contains("password")));
        assert!(entry("a.json.gz", Method::Other(93), false).is_some_and(|why| why.contains("93")));
        assert!(entry("more.ZIP", Method::Stored, false).is_some_and(|why| why.contains("inside a zip")));
        assert_eq!(entry("é", Method::Stored, false), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), changes in prop::collection::vec((any::<u16>(), any::<u8>()), 0..6)) {
            let _ = read(&bytes);
            let mut changed = zip(&["a/b", "c"]);
            for (at, value) in changes {
                let at = usize::from(at) % changed.len();
                changed[at] = value;
            }
            for entry in read(&changed).unwrap_or_default() {
                prop_assert!(entry.header_at + HEADER + entry.stored <= length(&changed));
            }
        }
    }
}
