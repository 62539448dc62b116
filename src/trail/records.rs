//! The records of a file, one by one, as its bytes flow by: no file is ever needed whole, and one flaw does not lose the rest.
//!
//! A scanner, not a parser: it follows braces and strings to find where a record begins and ends, and leaves the record itself to
//! `EventRecord`. Shapes taken: `{"Records":[…]}` with its keys in any order, a bare array, JSON lines, a single object.

use memchr::memchr2;

use crate::trail::event::EventRecord;
use crate::trail::quick::Habits;

/// Cuts inflated bytes, given in chunks of any size, into the JSON texts of records.
#[derive(Debug, Default)]
pub struct Records {
    /// Bytes of earlier chunks not yet done with: from the start of the open record or document on. While there are none, a chunk is
    /// scanned where it lies.
    pending: Vec<u8>,
    /// Where the bytes that are scanned begin in the file.
    base: u64,
    /// The byte before them: a bare word may be cut by the end of a chunk.
    before: Option<u8>,
    /// How far they have been scanned.
    scanned: usize,
    depth: u32,
    in_string: bool,
    place: Place,
    /// Where in them the open record or document began; `None` between them, or when it has outgrown its limit.
    open: Option<usize>,
    /// Inside a top-level object, at depth 1: whether the next string is a key, and the key last read.
    key: KeyState,
    found: Found,
    habits: Habits,
}

/// One stretch of JSON found in the file.
#[derive(Debug)]
pub struct Piece<'a> {
    /// Where it stood.
    pub kind: PieceKind,
    /// Offset in the inflated file.
    pub offset: u64,
    /// The JSON text.
    pub json: &'a [u8],
    /// The record, where it was read while its end was looked for.
    pub record: Option<EventRecord<'a>>,
}

/// Where a piece stood in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// An element of `Records`.
    Record,
    /// An element of a bare array.
    Element,
    /// A top-level object without `Records`: one record, a line of JSON lines, a digest, a key list, …
    Document,
}

/// What the file turned out to be, once its end was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// `Records` was there: the shape of a delivered log file.
    pub records_array: bool,
    /// A bare array was there.
    pub bare_array: bool,
    /// Top-level objects without `Records`.
    pub documents: u64,
    /// Something was there that is no JSON: where it stands.
    pub garbage_at: Option<u64>,
    /// The file ends inside a record or document.
    pub cut_off: bool,
    /// Pieces larger than the limit, skipped.
    pub too_large: u64,
    /// Elements that are no objects (numbers, strings, …).
    pub not_objects: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Top,
    Object,
    Array,
    Records,
}

#[derive(Debug, Default)]
struct KeyState {
    expected: bool,
    starts_at: usize,
    is_records: bool,
}

impl Records {
    /// Takes the next bytes and hands every piece that is now complete to `sink`.
    pub fn push(&mut self, chunk: &[u8], sink: &mut dyn FnMut(Piece<'_>)) {
        if self.found.garbage_at.is_some() {
            return;
        }
        if self.pending.is_empty() {
            self.scan(chunk, sink);
            let done = self.forget_done(chunk);
            self.pending.extend_from_slice(chunk.get(done..).unwrap_or_default());
        } else {
            let mut pending = std::mem::take(&mut self.pending);
            pending.extend_from_slice(chunk);
            self.scan(&pending, sink);
            let done = self.forget_done(&pending);
            pending.drain(..done);
            self.pending = pending;
        }
    }

    /// The end of the file: what it was. Ready for the next file; what room it has, it keeps.
    pub fn finish(&mut self) -> Found {
        let mut pending = std::mem::take(&mut self.pending);
        pending.clear();
        // One file with a huge record must not hold its room for ever.
        pending.shrink_to(1 << 20);
        let habits = std::mem::take(&mut self.habits);
        let ended = std::mem::replace(self, Self { pending, habits, ..Self::default() });
        Found { cut_off: ended.depth > 0 && ended.found.garbage_at.is_none(), ..ended.found }
    }

    fn scan(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Piece<'_>)) {
        while let Some(rest) = bytes.get(self.scanned..) {
            if self.in_string {
                let Some(at) = memchr2(b'"', b'\\', rest) else {
                    self.scanned = bytes.len();
                    return;
                };
                match rest.get(at) {
                    // The escaped character may be a quote: skip both, or wait for it.
                    Some(b'\\') if rest.len() < at + 2 => return self.scanned += at,
                    Some(b'\\') => self.scanned += at + 2,
                    _ => {
                        self.scanned += at + 1;
                        self.end_string(bytes);
                    }
                }
                continue;
            }
            let Some(at) = rest.iter().position(|byte| self.matters(*byte)) else {
                self.scanned = bytes.len();
                return;
            };
            let Some(byte) = rest.get(at).copied() else { return };
            self.scanned += at + 1;
            self.structural(byte, bytes, sink);
            if self.found.garbage_at.is_some() {
                (self.open, self.scanned) = (None, bytes.len());
                return;
            }
        }
    }

    /// Inside a piece only quotes and brackets matter; outside, everything does.
    fn matters(&self, byte: u8) -> bool {
        matches!(byte, b'"' | b'{' | b'}' | b'[' | b']') || (self.depth <= self.piece_depth() && !byte.is_ascii_whitespace())
    }

    /// The depth at which pieces begin, and in a top-level object the depth of its keys.
    fn piece_depth(&self) -> u32 {
        match self.place {
            Place::Top => 0,
            Place::Object | Place::Array => 1,
            Place::Records => 2,
        }
    }

    fn structural(&mut self, byte: u8, bytes: &[u8], sink: &mut dyn FnMut(Piece<'_>)) {
        match byte {
            b'"' => self.begin_string(),
            b'{' | b'[' => self.begin(byte, bytes, sink),
            b'}' | b']' => self.end(bytes, sink),
            _ if self.depth == 0 => self.outside(byte),
            b',' => self.key.expected = self.place == Place::Object,
            b':' => {}
            _ if self.place == Place::Object => {}
            _ => self.found.not_objects += u64::from(self.follows_separator(bytes)),
        }
    }

    /// Whether the byte just read begins a bare value (the rest of the word would be counted again otherwise).
    fn follows_separator(&self, bytes: &[u8]) -> bool {
        let before = self.scanned.checked_sub(2).map_or(self.before.as_ref(), |at| bytes.get(at));
        before.is_none_or(|byte| matches!(byte, b',' | b'[') || byte.is_ascii_whitespace())
    }

    fn outside(&mut self, byte: u8) {
        // Byte order mark, commas and separators between documents are let pass; anything else is not JSON.
        let bom_or_comma = matches!(byte, b',' | 0xef | 0xbb | 0xbf | 0x1e);
        if !bom_or_comma {
            self.found.garbage_at = Some(self.offset(self.scanned.saturating_sub(1)));
        }
    }

    fn begin_string(&mut self) {
        if self.depth == 0 {
            return self.outside(b'"');
        }
        self.in_string = true;
        if self.depth == self.piece_depth() {
            match self.place {
                Place::Object => self.key.starts_at = self.scanned,
                _ => self.found.not_objects += 1,
            }
        }
    }

    fn end_string(&mut self, bytes: &[u8]) {
        self.in_string = false;
        if self.place == Place::Object && self.depth == 1 && self.key.expected {
            self.key.expected = false;
            let key = bytes.get(self.key.starts_at..self.scanned.saturating_sub(1)).unwrap_or_default();
            self.key.is_records = is_records_key(key);
        }
    }

    fn begin(&mut self, byte: u8, bytes: &[u8], sink: &mut dyn FnMut(Piece<'_>)) {
        let at = self.scanned.saturating_sub(1);
        match (self.place, self.depth, byte) {
            (Place::Top, 0, b'{') => {
                self.place = Place::Object;
                self.open = Some(at);
                self.key = KeyState { expected: true, ..KeyState::default() };
            }
            (Place::Top, 0, _) => {
                self.place = Place::Array;
                self.found.bare_array = true;
            }
            (Place::Object, 1, b'[') if self.key.is_records => {
                self.place = Place::Records;
                self.found.records_array = true;
                self.open = None;
            }
            (Place::Array, 1, b'{') if self.take_whole(bytes, at, PieceKind::Element, sink) => return,
            (Place::Records, 2, b'{') if self.take_whole(bytes, at, PieceKind::Record, sink) => return,
            (Place::Array, 1, b'{') | (Place::Records, 2, b'{') => self.open = Some(at),
            (Place::Array, 1, _) | (Place::Records, 2, _) => self.found.not_objects += 1,
            _ => {}
        }
        self.depth = self.depth.saturating_add(1);
    }

    /// Most records are whole and as they should be: those are read at once, and their end is where reading has come to.
    fn take_whole(&mut self, bytes: &[u8], at: usize, kind: PieceKind, sink: &mut dyn FnMut(Piece<'_>)) -> bool {
        let offset = self.offset(at);
        let Some(rest) = bytes.get(at..) else { return false };
        let Some((record, length)) = EventRecord::beginning(rest, &mut self.habits) else { return false };
        sink(Piece { kind, offset, json: rest.get(..length).unwrap_or_default(), record: Some(record) });
        self.scanned = at + length;
        true
    }

    fn end(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Piece<'_>)) {
        if self.depth == 0 {
            return self.outside(b'}');
        }
        self.depth -= 1;
        match (self.place, self.depth) {
            (Place::Records, 2) => self.emit(PieceKind::Record, bytes, sink),
            (Place::Array, 1) => self.emit(PieceKind::Element, bytes, sink),
            (Place::Records, 1) => {
                // The object goes on after its `Records`: its other keys are of no interest.
                self.place = Place::Object;
                self.key = KeyState::default();
            }
            (Place::Object, 0) => {
                self.found.documents += u64::from(self.open.is_some());
                self.emit(PieceKind::Document, bytes, sink);
                self.place = Place::Top;
            }
            (Place::Array, 0) => self.place = Place::Top,
            _ => {}
        }
    }

    fn emit(&mut self, kind: PieceKind, bytes: &[u8], sink: &mut dyn FnMut(Piece<'_>)) {
        let Some(open) = self.open.take() else { return };
        if let Some(json) = bytes.get(open..self.scanned) {
            sink(Piece { kind, offset: self.offset(open), json, record: None });
        }
    }

    fn offset(&self, at: usize) -> u64 {
        self.base + u64::try_from(at).unwrap_or(u64::MAX)
    }

    /// How many bytes no open piece needs: what remains begins behind them. An open piece that has outgrown the limit is given up, and counted.
    fn forget_done(&mut self, bytes: &[u8]) -> usize {
        if self.open.is_some_and(|open| self.scanned - open > LARGEST_PIECE) {
            self.open = None;
            self.found.too_large += 1;
        }
        // A key of the top-level object may still be open when the object itself was given up.
        let key_start = (self.in_string && self.place == Place::Object && self.depth == 1).then_some(self.key.starts_at);
        let keep = self.open.or(key_start).unwrap_or(self.scanned).min(self.scanned);
        self.before = keep.checked_sub(1).and_then(|last| bytes.get(last)).copied().or(self.before);
        self.base += u64::try_from(keep).unwrap_or(u64::MAX);
        self.scanned -= keep;
        self.open = self.open.map(|open| open - keep);
        self.key.starts_at = self.key.starts_at.saturating_sub(keep);
        keep
    }
}

/// `Records`, also in disguise: the key of a JSON object may be written with escapes.
fn is_records_key(key: &[u8]) -> bool {
    if key == b"Records" {
        return true;
    }
    // Twelve bytes an escape at most: a longer key is another one.
    if key.len() > 12 * 7 || !key.contains(&b'\\') {
        return false;
    }
    let quoted = [b"\"", key, b"\""].concat();
    serde_json::from_slice::<String>(&quoted).is_ok_and(|key| key == "Records")
}

/// 64 MiB: a record is at most 1 MB by AWS's own limit, a digest of 100,000 logs is 45 MB.
const LARGEST_PIECE: usize = 64 << 20;

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
