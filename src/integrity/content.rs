//! Bytes as they lie on disk → content: inflated within a budget, hashed as it flows, the container's oddities noticed.
//!
//! Content decides, the container is remarked: only the inflated bytes are what CloudTrail signed.

use flate2::Crc;
use serde::Deserialize;
use serde::Serialize;

pub use crate::integrity::budget::Budget;
use crate::integrity::checkpoint::EVERY;
use crate::integrity::gzip::GzipHeader;
use crate::integrity::gzip::Trailer;
pub use crate::integrity::hashing::Hasher;
use crate::integrity::inflater::End;
use crate::integrity::inflater::PIECE;
use crate::integrity::sha256::Sha256;
pub use crate::integrity::tools::Tools;

/// What the bytes are packed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// Stored as it is: browsers and S3 consoles unpack while downloading.
    Plain,
    /// One gzip member, as CloudTrail delivers it.
    Gzip(GzipFacts),
}

/// What is odd about a gzip file, apart from its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GzipFacts {
    /// The header's own checksum, where it has one, does not fit.
    pub header_checksum_differs: bool,
    /// The eight bytes after the compressed stream.
    pub trailer: Trailer,
}

/// Why content cannot be had whole, or is more than it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentFlaw {
    /// No bytes at all.
    Empty,
    /// Neither gzip nor JSON.
    NotGzip,
    /// The compressed stream ends before its end.
    Truncated,
    /// The compressed stream cannot be inflated.
    Corrupt,
    /// Inflates beyond the budget.
    TooLarge {
        /// Where inflating was stopped.
        limit: u64,
    },
    /// Bytes after the first gzip member; they are neither inflated nor hashed.
    TrailingData {
        /// The hash of the first member's content.
        first_member: Sha256,
        /// How many bytes follow it.
        bytes: u64,
    },
    /// The file could not be read; why, in half a sentence.
    Unread(String),
    /// Nobody tried to read it: reading was ended before its turn.
    NotRead,
}

/// What a file holds once unpacked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Hash of the inflated bytes, as far as they could be had.
    pub sha256: Sha256,
    /// How many inflated bytes.
    pub size: u64,
    /// How many bytes as stored.
    pub stored_size: u64,
    /// What they are packed in.
    pub container: Container,
    /// What is wrong with them.
    pub flaw: Option<ContentFlaw>,
}

impl Content {
    /// Content of a file that could not be read.
    #[must_use]
    pub fn unread(why: &str) -> Self {
        Self { flaw: Some(ContentFlaw::Unread(why.to_owned())), ..ContentReader::new(Budget::default()).finish() }
    }

    /// Content of a file that nobody tried to read.
    #[must_use]
    pub fn not_read() -> Self {
        Self { flaw: Some(ContentFlaw::NotRead), ..Self::unread("") }
    }
}

/// Takes a file's bytes in chunks of any size and hands on what they inflate to.
#[derive(Debug)]
pub struct ContentReader {
    budget: Budget,
    stage: Stage,
    crc: Crc,
    stored: u64,
    size: u64,
    flaw: Option<ContentFlaw>,
    /// Text that is not JSON is content too: of files that are called CSV.
    any_text: bool,
    /// Inflated bytes from one checkpoint to the next.
    every: u64,
    tools: Tools,
}

#[derive(Debug)]
enum Stage {
    /// Not yet two bytes seen.
    Sniffing(Vec<u8>),
    /// No gzip; only white space so far.
    Blank,
    Plain,
    Header(Box<GzipHeader>),
    Body(Packed),
    Trailing(Vec<u8>, Packed),
    Done(Packed, Trailer),
}

/// What of the container has to outlive its header.
#[derive(Clone, Copy, Debug)]
struct Packed {
    header_bytes: u64,
    header_checksum_differs: bool,
}

impl ContentReader {
    /// A reader that stops inflating at this budget.
    #[must_use]
    pub fn new(budget: Budget) -> Self {
        Self::with(budget, Hasher::Here, Tools::default())
    }

    /// The same, with the tools of the file before.
    #[must_use]
    pub fn with(budget: Budget, hasher: Hasher, mut tools: Tools) -> Self {
        tools.hashing.restart(hasher);
        let stage = Stage::Sniffing(Vec::new());
        Self { budget, stage, crc: Crc::new(), stored: 0, size: 0, flaw: None, any_text: false, every: EVERY, tools }
    }

    /// Takes other text than JSON for content too.
    #[must_use]
    pub fn of_any_text(self) -> Self {
        Self { any_text: true, ..self }
    }

    /// Notes a checkpoint every so many inflated bytes, of [`Tools::checkpoints`].
    #[must_use]
    pub fn noting(self, every: u64) -> Self {
        Self { every, ..self }
    }

    /// Takes the next stored bytes; `inflated` is called with pieces of at most 256 KiB.
    pub fn push(&mut self, stored: &[u8], inflated: &mut dyn FnMut(&[u8])) {
        self.stored = self.stored.saturating_add(length(stored));
        match &mut self.flaw {
            Some(ContentFlaw::TrailingData { bytes, .. }) => *bytes = bytes.saturating_add(length(stored)),
            Some(_) => {}
            None => self.take(stored, inflated),
        }
    }

    /// Takes nothing more: this is why the rest cannot be had.
    pub fn break_off(&mut self, flaw: ContentFlaw) {
        self.flaw.get_or_insert(flaw);
    }

    /// How many stored bytes have been taken.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.stored
    }

    /// What the file holds.
    #[must_use]
    pub fn finish(self) -> Content {
        self.finish_with_tools(&mut |_| false).0
    }

    /// What the file holds, and the tools for the next one. With [`Hasher::Elsewhere`] the whole content is offered to `elsewhere`; if that
    /// takes it, the hash given here says nothing, and the caller has to put the right one in its place.
    #[must_use]
    pub fn finish_with_tools(mut self, elsewhere: &mut dyn FnMut(&[u8]) -> bool) -> (Content, Tools) {
        if let Stage::Sniffing(head) = &mut self.stage {
            let head = std::mem::take(head);
            match head.first() {
                None => self.flaw = self.flaw.take().or(Some(ContentFlaw::Empty)),
                Some(0x1f) => self.flaw = self.flaw.take().or(Some(ContentFlaw::Truncated)),
                Some(_) => self.flaw = self.flaw.take().or(Some(ContentFlaw::NotGzip)),
            }
        }
        let (container, ending) = match &self.stage {
            Stage::Sniffing(_) | Stage::Plain => (Container::Plain, None),
            Stage::Blank => (Container::Plain, Some(ContentFlaw::NotGzip)),
            Stage::Header(_) => (gzip(false, Trailer::Cut), Some(ContentFlaw::Truncated)),
            Stage::Body(packed) => (gzip(packed.header_checksum_differs, Trailer::Cut), Some(ContentFlaw::Truncated)),
            Stage::Trailing(_, packed) => (gzip(packed.header_checksum_differs, Trailer::Cut), None),
            Stage::Done(packed, trailer) => (gzip(packed.header_checksum_differs, *trailer), None),
        };
        let is_taken = self.tools.whole().is_some_and(elsewhere);
        let sha256 = if is_taken { Sha256([0; 32]) } else { self.tools.hash_so_far() };
        let content = Content { sha256, size: self.size, stored_size: self.stored, container, flaw: self.flaw.or(ending) };
        (content, self.tools)
    }

    /// Walks through the stages until the bytes or the stages end.
    fn take(&mut self, mut rest: &[u8], inflated: &mut dyn FnMut(&[u8])) {
        while !rest.is_empty() && self.flaw.is_none() {
            rest = match &mut self.stage {
                Stage::Sniffing(_) => self.sniff(rest, inflated),
                Stage::Blank => self.skip_blank(rest, inflated),
                Stage::Plain => {
                    self.pass(rest, inflated);
                    &[]
                }
                Stage::Header(header) => match header.take(rest) {
                    Err(_) => {
                        self.flaw = Some(ContentFlaw::Corrupt);
                        &[]
                    }
                    Ok(rest) => {
                        if header.is_complete() {
                            let packed = Packed { header_bytes: header.bytes(), header_checksum_differs: header.checksum_differs() };
                            self.tools.inflater.get_or_insert_default().restart(packed.header_bytes, self.every);
                            self.stage = Stage::Body(packed);
                        }
                        rest
                    }
                },
                Stage::Body(_) => self.inflate(rest, inflated),
                Stage::Trailing(..) => self.take_trailer(rest),
                Stage::Done(..) => {
                    let first_member = self.tools.hash_so_far();
                    self.flaw = Some(ContentFlaw::TrailingData { first_member, bytes: length(rest) });
                    &[]
                }
            };
        }
    }

    /// By the first two bytes, never by the name: `.json.gz` is often plain JSON, unpacked on its way.
    fn sniff<'a>(&mut self, rest: &'a [u8], inflated: &mut dyn FnMut(&[u8])) -> &'a [u8] {
        let Stage::Sniffing(head) = &mut self.stage else { return rest };
        let wanted = 2usize.saturating_sub(head.len()).min(rest.len());
        let Some((first, rest)) = rest.split_at_checked(wanted) else { return &[] };
        head.extend_from_slice(first);
        if head.len() < 2 {
            return rest;
        }
        let head = std::mem::take(head);
        self.stage = if head == [0x1f, 0x8b] { Stage::Header(Box::new(GzipHeader::after_magic())) } else { Stage::Blank };
        if matches!(self.stage, Stage::Blank) {
            self.take(&head, inflated);
        }
        rest
    }

    /// White space and a byte-order mark may come before JSON; they are content and are hashed.
    fn skip_blank<'a>(&mut self, rest: &'a [u8], inflated: &mut dyn FnMut(&[u8])) -> &'a [u8] {
        match rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf)) {
            Some(byte) if matches!(byte, b'{' | b'[') || self.any_text => self.stage = Stage::Plain,
            Some(_) => self.flaw = Some(ContentFlaw::NotGzip),
            None => {
                self.pass(rest, inflated);
                return &[];
            }
        }
        rest
    }

    fn pass(&mut self, stored: &[u8], inflated: &mut dyn FnMut(&[u8])) {
        for piece in stored.chunks(PIECE) {
            self.tools.hashing.update(piece);
            self.size = self.size.saturating_add(length(piece));
            if self.size > self.budget.plain() {
                self.flaw = Some(ContentFlaw::TooLarge { limit: self.budget.plain() });
                return;
            }
            inflated(piece);
        }
    }

    /// Inflates until the chunk is used up or the stream ends; returns what stands after the stream.
    fn inflate<'a>(&mut self, mut rest: &'a [u8], inflated: &mut dyn FnMut(&[u8])) -> &'a [u8] {
        let Tools { inflater: Some(inflater), hashing } = &mut self.tools else { return rest };
        let Stage::Body(packed) = &self.stage else { return rest };
        loop {
            hashing.recall(inflater.room());
            let step = inflater.step(rest);
            rest = rest.get(step.taken..).unwrap_or_default();
            let limit = self.budget.limit(packed.header_bytes.saturating_add(step.total_taken));
            if step.total_given > limit {
                self.flaw = Some(ContentFlaw::TooLarge { limit });
                return &[];
            }
            hashing.lend(step.piece);
            self.crc.update(step.piece);
            self.size = step.total_given;
            if !step.piece.is_empty() {
                inflated(step.piece);
            }
            match step.end {
                End::More => {}
                End::Stream => break,
                End::Waits => return &[],
                End::Broken => {
                    self.flaw = Some(ContentFlaw::Corrupt);
                    return &[];
                }
            }
        }
        self.stage = Stage::Trailing(Vec::new(), *packed);
        rest
    }

    /// Checksum and length after the stream. That they are wrong or cut is worth a remark: the hash is what counts.
    fn take_trailer<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let Stage::Trailing(seen, packed) = &mut self.stage else { return rest };
        let wanted = 8usize.saturating_sub(seen.len()).min(rest.len());
        let Some((bytes, rest)) = rest.split_at_checked(wanted) else { return &[] };
        seen.extend_from_slice(bytes);
        if let Ok(eight) = <[u8; 8]>::try_from(seen.as_slice()) {
            self.stage = Stage::Done(*packed, Trailer::read(eight, self.crc.sum(), self.size));
        }
        rest
    }
}

fn gzip(header_checksum_differs: bool, trailer: Trailer) -> Container {
    Container::Gzip(GzipFacts { header_checksum_differs, trailer })
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
