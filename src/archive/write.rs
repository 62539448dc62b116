//! A zip file's headers, written around data that is put between them as it lies.

use crate::archive::CENTRAL;
use crate::archive::END;
use crate::archive::END_64;
use crate::archive::EXTRA_64;
use crate::archive::LOCAL;
use crate::archive::LOCATOR_64;
use crate::archive::SEE_64;
use crate::archive::read::Method;

/// Writes headers: for each entry `add`, then its data; at the end `finish`.
#[derive(Debug, Default)]
pub struct ZipWriter {
    offset: u64,
    central: Vec<u8>,
    entries: u64,
}

/// What is to be known of an entry before its data.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// Its path, folders divided by `/`.
    pub path: &'a str,
    /// How its data are packed.
    pub method: Method,
    /// CRC-32 of its content.
    pub crc32: u32,
    /// Bytes of its data as they stand in the zip file.
    pub stored: u64,
    /// Bytes of its content.
    pub size: u64,
}

impl NewEntry<'_> {
    /// The header that comes before its data: the same wherever in the zip file it stands.
    #[must_use]
    pub fn header(self) -> Vec<u8> {
        let is_large = self.is_large();
        let mut local = Vec::new();
        put_32(&mut local, LOCAL);
        describe(&mut local, self, is_large);
        put_16(&mut local, if is_large { 20 } else { 0 });
        local.extend_from_slice(name(self));
        if is_large {
            put_16(&mut local, EXTRA_64);
            put_16(&mut local, 16);
            put_64(&mut local, self.size);
            put_64(&mut local, self.stored);
        }
        local
    }

    fn is_large(self) -> bool {
        [self.stored, self.size].iter().any(|size| *size >= u64::from(SEE_64))
    }
}

impl ZipWriter {
    /// The header that comes before the data of this entry.
    pub fn add(&mut self, entry: NewEntry<'_>) -> Vec<u8> {
        let local = entry.header();
        self.note(entry, entry.is_large() || self.offset >= u64::from(SEE_64));
        self.offset = self.offset.saturating_add(length(&local)).saturating_add(entry.stored);
        self.entries = self.entries.saturating_add(1);
        local
    }

    /// Adds the entry's line to the directory.
    fn note(&mut self, entry: NewEntry<'_>, is_large: bool) {
        let central = &mut self.central;
        put_32(central, CENTRAL);
        put_16(central, MADE_BY);
        describe(central, entry, is_large);
        put_16(central, if is_large { 28 } else { 0 });
        // No comment, first disk, no inner attributes.
        [0; 3].iter().for_each(|nothing| put_16(central, *nothing));
        put_32(central, ATTRIBUTES);
        put_32(central, if is_large { SEE_64 } else { narrow(self.offset) });
        central.extend_from_slice(name(entry));
        if is_large {
            put_16(central, EXTRA_64);
            put_16(central, 24);
            [entry.size, entry.stored, self.offset].iter().for_each(|number| put_64(central, *number));
        }
    }

    /// The directory, which ends the file.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let (at, size, entries) = (self.offset, length(&self.central), self.entries);
        let mut end = self.central;
        if at >= u64::from(SEE_64) || size >= u64::from(SEE_64) || entries >= u64::from(u16::MAX) {
            put_32(&mut end, END_64);
            put_64(&mut end, 44);
            put_16(&mut end, MADE_BY);
            put_16(&mut end, 45);
            put_64(&mut end, 0);
            [entries, entries, size, at].iter().for_each(|number| put_64(&mut end, *number));
            put_32(&mut end, LOCATOR_64);
            put_32(&mut end, 0);
            put_64(&mut end, at.saturating_add(size));
            put_32(&mut end, 1);
        }
        put_32(&mut end, END);
        put_32(&mut end, 0);
        let entries = u16::try_from(entries).unwrap_or(u16::MAX);
        put_16(&mut end, entries);
        put_16(&mut end, entries);
        put_32(&mut end, narrow(size));
        put_32(&mut end, narrow(at));
        put_16(&mut end, 0);
        end
    }
}

/// From "version needed" to "length of the name": the same in both headers.
fn describe(into: &mut Vec<u8>, entry: NewEntry<'_>, is_large: bool) {
    put_16(into, if is_large { 45 } else { 20 });
    put_16(into, UTF_8);
    put_16(into, entry.method.number());
    put_16(into, 0);
    put_16(into, NO_DATE);
    put_32(into, entry.crc32);
    put_32(into, if is_large { SEE_64 } else { narrow(entry.stored) });
    put_32(into, if is_large { SEE_64 } else { narrow(entry.size) });
    put_16(into, u16::try_from(name(entry).len()).unwrap_or(u16::MAX));
}

/// No path on any system is as long as a zip file could say.
fn name(entry: NewEntry<'_>) -> &[u8] {
    entry.path.as_bytes().get(..usize::from(u16::MAX)).unwrap_or(entry.path.as_bytes())
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(SEE_64)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn put_16(into: &mut Vec<u8>, number: u16) {
    into.extend_from_slice(&number.to_le_bytes());
}

fn put_32(into: &mut Vec<u8>, number: u32) {
    into.extend_from_slice(&number.to_le_bytes());
}

fn put_64(into: &mut Vec<u8>, number: u64) {
    into.extend_from_slice(&number.to_le_bytes());
}

/// Unix, version 4.5: so that the attributes are read as permissions.
const MADE_BY: u16 = 3 << 8 | 45;
/// A plain file that everybody may read.
const ATTRIBUTES: u32 = 0o100_644 << 16;
/// Names are UTF-8.
const UTF_8: u16 = 1 << 11;
/// 1 January 1980, the first day of zip files: what is in here dates itself.
const NO_DATE: u16 = 1 << 5 | 1;

#[cfg(test)]
#[allow(clippy::indexing_slicing)] // A test that panics has failed, which is its purpose.
mod tests {
    use super::*;
    use crate::archive::read::End;
    use crate::archive::read::entries;
    use crate::archive::read::find_end;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(files in prop::collection::vec(("[a-zä/]{1,12}x", prop::collection::vec(any::<u8>(), 0..40), any::<u32>()), 0..8)) {
            let mut zip = ZipWriter::default();
            let mut bytes = Vec::new();
            for (path, data, crc32) in &files {
                let size = length(data);
                bytes.extend(zip.add(NewEntry { path, method: Method::Stored, crc32: *crc32, stored: size, size }));
                bytes.extend(data);
            }
            bytes.extend(zip.finish());
            let size = length(&bytes);
            let end = find_end(&bytes, size).expect("an end");
            let read = entries(&bytes[usize::try_from(end.at).expect("small")..], &end).expect("entries");
            prop_assert_eq!(read.len(), files.len());
            for (entry, (path, data, crc32)) in read.iter().zip(&files) {
                prop_assert_eq!((&entry.path, entry.crc32, entry.size), (path, *crc32, length(data)));
                let at = usize::try_from(entry.header_at).expect("small");
                let start = usize::try_from(entry.data_at(&bytes[at..]).expect("a header")).expect("small");
                prop_assert_eq!(&bytes[start..start + data.len()], data.as_slice());
            }
        }
    }

    /// A writer that has written so much already.
    fn far_on(offset: u64) -> ZipWriter {
        ZipWriter { offset, ..ZipWriter::default() }
    }

    proptest! {
        /// On both sides of every bound at which a number no longer fits into 32 bits, or the entries into 16.
        #[test]
        fn what_lies_beyond_four_gigabytes_is_found(
            at in prop_oneof![Just(0u64), (1u64 << 32) - 200..(1 << 32) + 200, 1u64 << 40..1 << 50],
            sizes in prop::collection::vec(prop_oneof![0u64..9, (1u64 << 32) - 3..(1 << 32) + 3, 5u64 << 32..6 << 32], 1..6),
            is_deflated: bool,
        ) {
            let mut zip = far_on(at);
            let method = if is_deflated { Method::Deflated } else { Method::Stored };
            let mut headers = Vec::new();
            for (number, size) in (0..).zip(&sizes) {
                // Deflated, what is large may be small where it lies.
                let stored = if is_deflated { size / 9 } else { *size };
                let entry = NewEntry { path: "rows.csv", method, crc32: number, stored, size: *size };
                let (header_at, header) = (zip.offset, zip.add(entry));
                prop_assert_eq!(&header, &entry.header(), "wherever it stands");
                headers.push((header_at, header, stored));
            }
            let directory_at = zip.offset;
            let tail = zip.finish();
            let end = find_end(&tail, directory_at + length(&tail)).expect("an end");
            prop_assert_eq!((end.at, end.shift), (directory_at, 0));
            let read = entries(&tail, &end).expect("entries");
            prop_assert_eq!(read.len(), sizes.len());
            for ((entry, size), (header_at, header, stored)) in read.iter().zip(&sizes).zip(&headers) {
                prop_assert_eq!((entry.header_at, entry.size, entry.stored, entry.method), (*header_at, *size, *stored, method));
                // Readers are given its first bytes only: the lengths of name and extra field stand there.
                prop_assert_eq!(entry.data_at(&header[..30]), Ok(header_at + length(header)));
                // What needs more than 32 bits says so to old programs, and nothing else does.
                let is_large = *size >= u64::from(SEE_64) || *stored >= u64::from(SEE_64);
                prop_assert_eq!(header[4], if is_large { 45 } else { 20 });
            }
        }
    }

    /// One entry around the number that 16 bits cannot hold: whoever counts 65,535 has to look into the larger directory.
    #[test]
    fn the_number_of_entries_is_right_around_its_bound() {
        for many in [65_534u32, 65_535, 65_536, 112_909] {
            let (mut zip, mut bytes) = (ZipWriter::default(), Vec::new());
            for number in 0..many {
                let path = format!("files/AWSLogs/{number}.json.gz");
                let data = number.to_le_bytes();
                let entry = NewEntry { path: &path, method: Method::Stored, crc32: number, stored: length(&data), size: length(&data) };
                bytes.extend(zip.add(entry));
                bytes.extend(data);
            }
            bytes.extend(zip.finish());
            let size = length(&bytes);
            let tail = &bytes[bytes.len() - 65_633..];
            let end = find_end(tail, size).expect("an end");
            assert_eq!(end.entries, u64::from(many));
            let read = entries(&bytes[usize::try_from(end.at).expect("small")..], &end).expect("entries");
            assert_eq!(u32::try_from(read.len()), Ok(many));
            for (number, entry) in (0u32..).zip(&read) {
                let at = usize::try_from(entry.header_at).expect("small");
                let data = usize::try_from(entry.data_at(&bytes[at..at + 30]).expect("a header")).expect("small");
                assert_eq!(bytes[data..data + 4], number.to_le_bytes());
            }
        }
    }

    #[test]
    fn more_than_four_gigabytes_and_sixty_five_thousand_entries_are_found_again() {
        let mut zip = ZipWriter::default();
        let huge = 5 << 30;
        let mut header = 0;
        for number in 0..70_000u32 {
            let stored = if number == 0 { huge } else { 0 };
            header = length(&zip.add(NewEntry { path: "a", method: Method::Stored, crc32: number, stored, size: stored }));
        }
        let at = zip.offset;
        let tail = zip.finish();
        let size = at + length(&tail);
        let end = find_end(&tail, size).expect("an end");
        assert_eq!(end, End { at, size: end.size, entries: 70_000, shift: 0 });
        let read = entries(&tail, &end).expect("entries");
        assert_eq!((read.len(), read[0].size, read[69_999].crc32), (70_000, huge, 69_999));
        assert_eq!(read[69_999].header_at, at - header);
    }
}
