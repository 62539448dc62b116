//! Which records of a file hold a text, anywhere in their raw JSON: the file is inflated once more, and where its records begin is known.
//!
//! A record holds a text if its JSON does as it lies in the file, or with the escapes of its strings resolved (`\"`, `\/`, `\u003c`), or with
//! percent-encoding resolved as well (IAM answers with policies so encoded). The case of a–z does not matter. Nothing is parsed but the
//! records in which something stands that may be a hit. Of a query result each line is searched as the JSON that it is shown as.

use memchr::memchr;
use memchr::memchr2;

use crate::integrity::content::Budget;
use crate::integrity::content::ContentReader;
use crate::integrity::content::Hasher;
use crate::integrity::sha256::Sha256;
use crate::protocol::RawFile;
use crate::reader::lake::LakeReading;
use crate::reader::lake::Piece;
use crate::trail::needle::Needle;
use crate::trail::percent;
use crate::trail::records::Records;

/// Looks for one text in one file after the other: `open`, `push` …, `close`.
pub struct Searcher<'t> {
    content: ContentReader,
    lake: LakeReading,
    look: Look<'t>,
}

/// What one file has shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The rows whose records hold the text.
    pub rows: Vec<u32>,
    /// Of how many rows the record, or what may be it, began where it was known to begin.
    pub many: usize,
}

/// Inflated bytes going by.
struct Look<'t> {
    text: &'t str,
    needle: Option<Needle<'t>>,
    /// What is not yet done with, and where the first byte of it stands.
    window: Vec<u8>,
    base: u64,
    /// Where the rows' records begin; the first of them that is not yet done with.
    places: Vec<(u64, u32)>,
    next: usize,
    found: Found,
    records: Records,
    plain: Vec<u8>,
}

impl<'t> Searcher<'t> {
    /// For a text.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let look = Look {
            text,
            needle: None,
            window: Vec::new(),
            base: 0,
            places: Vec::new(),
            next: 0,
            found: Found::default(),
            records: Records::default(),
            plain: Vec::new(),
        };
        Self { content: ContentReader::new(Budget::default()), lake: LakeReading::of(""), look }
    }

    /// Begins a file; who hashes it decides whether its hash is known at its end.
    pub fn open(&mut self, file: &RawFile, hasher: Hasher) {
        // What it is is told from its bytes, as when it was read: rows come only of CSV with the columns of events.
        let (_, tools) = std::mem::replace(&mut self.content, ContentReader::new(Budget::default())).finish_with_tools(&mut |_| true);
        self.content = ContentReader::with(Budget::default(), hasher, tools).of_any_text();
        self.lake = LakeReading::of("");
        (self.look.base, self.look.next, self.look.found) = (0, 0, Found::default());
        self.look.window.clear();
        self.look.places.clone_from(&file.places);
    }

    /// Takes the file's next stored bytes.
    pub fn push(&mut self, stored: &[u8]) {
        let Self { content, lake, look } = self;
        content.push(stored, &mut |inflated| lake.take(inflated, &mut |piece| look.take(piece)));
    }

    /// Ends the file: what was found. A content with a hit is offered to `elsewhere`, to be hashed.
    pub fn close(&mut self, elsewhere: &mut dyn FnMut(&[u8]) -> bool) -> (Found, Sha256) {
        let Self { content, lake, look } = self;
        lake.end(&mut |piece| look.take(piece));
        let end = look.base + look.window.len() as u64;
        look.until(end);
        let found = std::mem::take(&mut look.found);
        let content = std::mem::replace(content, ContentReader::new(Budget::default()));
        let (content, tools) = content.finish_with_tools(&mut |bytes| found.rows.is_empty() || elsewhere(bytes));
        // Kept for the next file.
        self.content = ContentReader::with(Budget::default(), Hasher::Nobody, tools);
        (found, content.sha256)
    }
}

impl Look<'_> {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Json(inflated) => {
                self.window.extend_from_slice(inflated);
                let end = self.base + self.window.len() as u64;
                let begun = self.places.get(self.next..).unwrap_or_default().partition_point(|(place, _)| *place < end);
                // The last record that has begun may go on, but for ever only if it is none.
                let open = begun.checked_sub(1).and_then(|last| self.places.get(self.next + last)).map_or(end, |(place, _)| *place);
                self.until(if end - open > LARGEST_RECORD { end } else { open });
            }
            Piece::Line(offset, json, _) => {
                let Some((_, row)) = self.places.get(self.next).filter(|(place, _)| *place == offset).copied() else { return };
                (self.next, self.found.many) = (self.next + 1, self.found.many + 1);
                if self.holds(json.as_bytes()) {
                    self.found.rows.push(row);
                }
            }
        }
    }

    /// Looks through all records that begin before `until`, and forgets what stands before it.
    fn until(&mut self, until: u64) {
        let past = self.places.get(self.next..).unwrap_or_default().partition_point(|(place, _)| *place < until) + self.next;
        let window = std::mem::take(&mut self.window);
        let places = std::mem::take(&mut self.places);
        if let Some(stretch) = places.get(self.next..past).filter(|stretch| !stretch.is_empty()) {
            let at = |place: u64| usize::try_from(place.saturating_sub(self.base)).unwrap_or(usize::MAX).min(window.len());
            let starts: Vec<usize> = stretch.iter().map(|(place, _)| at(*place)).chain([at(until)]).collect();
            self.search(&window, stretch, &starts);
        }
        (self.window, self.places, self.next) = (window, places, past);
        let keep = usize::try_from(until.saturating_sub(self.base)).unwrap_or(usize::MAX).min(self.window.len());
        self.window.drain(..keep);
        self.base += keep as u64;
    }

    /// `starts[i]..starts[i + 1]` holds the record of `stretch[i]` and whatever stands between it and the next.
    fn search(&mut self, window: &[u8], stretch: &[(u64, u32)], starts: &[usize]) {
        let end = starts.last().copied().unwrap_or(0);
        let Some(bytes) = window.get(..end) else { return };
        self.found.many += starts.iter().take(stretch.len()).filter(|start| bytes.get(**start) == Some(&b'{')).count();
        if self.needle.is_none() {
            self.needle = Needle::new(self.text, bytes);
        }
        let Some(needle) = self.needle.clone() else { return };
        let mut hits: Vec<usize> = Vec::new();
        let mut from = starts.first().copied().unwrap_or(0);
        while let Some(hit) = needle.find(bytes, from) {
            let (record, region_end) = region(starts, hit);
            // Each record's end is looked for once at most: the first hit in its region decides.
            let json = self.record(region_of(bytes, starts, record));
            let within = hit - starts.get(record).copied().unwrap_or(0) + needle.length() <= json;
            hits.extend(within.then_some(record));
            from = region_end;
        }
        let mut from = starts.first().copied().unwrap_or(0);
        while let Some(at) = bytes.get(from..).and_then(|rest| memchr2(b'\\', b'%', rest)) {
            let (record, region_end) = region(starts, from + at);
            from = region_end;
            if hits.binary_search(&record).is_ok() {
                continue;
            }
            let region = region_of(bytes, starts, record);
            let json = self.record(region);
            if self.holds_resolved(&needle, region.get(..json).unwrap_or_default()) {
                // Kept apart: `hits` stays in order for the search above.
                self.found.rows.extend(stretch.get(record).map(|(_, row)| *row));
            }
        }
        self.found.rows.extend(hits.iter().filter_map(|record| stretch.get(*record)).map(|(_, row)| *row));
    }

    /// How long the record is that a region begins with; 0 where there is none.
    fn record(&mut self, region: &[u8]) -> usize {
        let mut length = 0;
        // As an element of a list: an object by itself may have `Records` of its own.
        self.records.push(b"[", &mut |_| {});
        self.records.push(region, &mut |piece| {
            if length == 0 && piece.offset == 1 {
                length = piece.json.len();
            }
        });
        self.records.finish();
        length
    }

    fn holds(&mut self, json: &[u8]) -> bool {
        let Some(needle) = Needle::new(self.text, json) else { return false };
        needle.find(json, 0).is_some() || self.holds_resolved(&needle, json)
    }

    fn holds_resolved(&mut self, needle: &Needle<'_>, json: &[u8]) -> bool {
        resolve_escapes(json, &mut self.plain);
        if needle.find(&self.plain, 0).is_some() {
            return true;
        }
        memchr(b'%', &self.plain).is_some() && {
            let decoded = percent::decode(&String::from_utf8_lossy(&self.plain));
            needle.find(decoded.as_bytes(), 0).is_some()
        }
    }
}

/// The region in which a place lies, and where it ends.
fn region(starts: &[usize], place: usize) -> (usize, usize) {
    let next = starts.partition_point(|start| *start <= place);
    (next.saturating_sub(1), starts.get(next).copied().unwrap_or(usize::MAX))
}

fn region_of<'a>(bytes: &'a [u8], starts: &[usize], record: usize) -> &'a [u8] {
    let bounds = starts.get(record).zip(starts.get(record + 1));
    bounds.and_then(|(start, end)| bytes.get(*start..*end)).unwrap_or_default()
}

/// JSON as its strings read: escapes outside of strings there are none.
fn resolve_escapes(json: &[u8], plain: &mut Vec<u8>) {
    plain.clear();
    let mut rest = json;
    while let Some(at) = memchr(b'\\', rest) {
        let (before, escape) = rest.split_at(at);
        plain.extend_from_slice(before);
        let (text, length) = match escape.get(1) {
            Some(b'n') => ('\n', 2),
            Some(b't') => ('\t', 2),
            Some(b'r') => ('\r', 2),
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'u') => code_point(escape),
            Some(other) if other.is_ascii() => (char::from(*other), 2),
            _ => ('\\', 1),
        };
        plain.extend_from_slice(text.encode_utf8(&mut [0; 4]).as_bytes());
        rest = escape.get(length..).unwrap_or_default();
    }
    plain.extend_from_slice(rest);
}

/// `\u003c`, or `\ud83d\ude00`: a pair of them for what lies beyond the first 65,536 characters.
fn code_point(escape: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let Some(first) = unit(0) else { return ('\\', 1) };
    if let Some(single) = char::from_u32(first) {
        return (single, 6);
    }
    let pair = unit(6).filter(|second| (0xdc00..0xe000).contains(second) && first < 0xdc00);
    let pair = pair.and_then(|second| char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)));
    pair.map_or((char::REPLACEMENT_CHARACTER, 6), |pair| (pair, 12))
}

/// As in `Records`: what is longer is no record.
const LARGEST_RECORD: u64 = 64 << 20;
