//! The gzip container around the deflate stream: its header, wherever chunks cut it, and its trailer.

use flate2::Crc;
use serde::Deserialize;
use serde::Serialize;

/// Reads a gzip header after its two magic bytes, in pieces of any size (RFC 1952).
#[derive(Debug)]
pub(crate) struct GzipHeader {
    part: Part,
    flags: u8,
    seen: Vec<u8>,
    crc: Crc,
    bytes: u64,
    checksum_differs: bool,
}

/// A header of another method or with reserved flags: its layout cannot be known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadHeader;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Fixed,
    ExtraLength,
    Extra(u16),
    Name,
    Comment,
    Checksum,
    Complete,
}

/// What stands after the compressed stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trailer {
    /// Checksum and length fit the content.
    Whole,
    /// Fewer than eight bytes; the content itself is complete.
    Cut,
    /// The checksum is not that of the content.
    BadChecksum,
    /// The length is not that of the content.
    BadLength,
}

impl GzipHeader {
    /// Ready for the byte after `1f 8b`.
    pub(crate) fn after_magic() -> Self {
        let mut crc = Crc::new();
        crc.update(&[0x1f, 0x8b]);
        Self { part: Part::Fixed, flags: 0, seen: Vec::new(), crc, bytes: 2, checksum_differs: false }
    }

    /// Takes what belongs to the header and returns the rest.
    pub(crate) fn take<'a>(&mut self, mut rest: &'a [u8]) -> Result<&'a [u8], BadHeader> {
        while !rest.is_empty() && self.part != Part::Complete {
            rest = self.take_part(rest)?;
        }
        Ok(rest)
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.part == Part::Complete
    }

    /// How many bytes the header had, its magic included.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The header carries a checksum of its own, and that is wrong.
    pub(crate) fn checksum_differs(&self) -> bool {
        self.checksum_differs
    }

    fn take_part<'a>(&mut self, rest: &'a [u8]) -> Result<&'a [u8], BadHeader> {
        let (length, ends) = match self.part {
            Part::Fixed => self.wanting(8, rest),
            Part::ExtraLength | Part::Checksum => self.wanting(2, rest),
            Part::Extra(left) => (usize::from(left).min(rest.len()), usize::from(left) <= rest.len()),
            Part::Name | Part::Comment => memchr::memchr(0, rest).map_or((rest.len(), false), |at| (at.saturating_add(1), true)),
            Part::Complete => (0, false),
        };
        let (taken, rest) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        // The header's checksum is of all that stands before it.
        if self.part != Part::Checksum {
            self.crc.update(taken);
        }
        self.bytes = self.bytes.saturating_add(u64::try_from(taken.len()).unwrap_or(u64::MAX));
        match self.part {
            Part::Fixed | Part::ExtraLength | Part::Checksum => self.seen.extend_from_slice(taken),
            Part::Extra(left) => self.part = Part::Extra(left.saturating_sub(u16::try_from(taken.len()).unwrap_or(left))),
            _ => {}
        }
        if ends {
            self.end_part()?;
        }
        Ok(rest)
    }

    fn wanting(&self, total: usize, rest: &[u8]) -> (usize, bool) {
        let wanted = total.saturating_sub(self.seen.len());
        (wanted.min(rest.len()), wanted <= rest.len())
    }

    fn end_part(&mut self) -> Result<(), BadHeader> {
        let seen = std::mem::take(&mut self.seen);
        match self.part {
            Part::Fixed => {
                let (Some(8), Some(flags)) = (seen.first(), seen.get(1)) else { return Err(BadHeader) };
                if flags & RESERVED != 0 {
                    return Err(BadHeader);
                }
                self.flags = *flags;
                self.enter(Part::ExtraLength);
            }
            Part::ExtraLength => match <[u8; 2]>::try_from(seen.as_slice()).map(u16::from_le_bytes) {
                Ok(0) | Err(_) => self.enter(Part::Name),
                Ok(length) => self.part = Part::Extra(length),
            },
            Part::Extra(_) => self.enter(Part::Name),
            Part::Name => self.enter(Part::Comment),
            Part::Comment => self.enter(Part::Checksum),
            Part::Checksum | Part::Complete => {
                let stated = <[u8; 2]>::try_from(seen.as_slice()).map(u16::from_le_bytes).ok();
                let [low, high, ..] = self.crc.sum().to_le_bytes();
                self.checksum_differs = stated != Some(u16::from_le_bytes([low, high]));
                self.part = Part::Complete;
            }
        }
        Ok(())
    }

    /// Goes to this part, or past it where the flags say that it is absent.
    fn enter(&mut self, part: Part) {
        let (flag, next) = match part {
            Part::ExtraLength => (EXTRA, Part::Name),
            Part::Name => (NAME, Part::Comment),
            Part::Comment => (COMMENT, Part::Checksum),
            Part::Checksum => (CHECKSUM, Part::Complete),
            other => {
                self.part = other;
                return;
            }
        };
        if self.flags & flag != 0 { self.part = part } else { self.enter(next) }
    }
}

impl Trailer {
    /// CRC-32 and length modulo 2³², little-endian.
    pub(crate) fn read(bytes: [u8; 8], crc: u32, size: u64) -> Self {
        let [a, b, c, d, e, f, g, h] = bytes;
        let size = u32::try_from(size & u64::from(u32::MAX)).unwrap_or_default();
        if u32::from_le_bytes([a, b, c, d]) != crc {
            Self::BadChecksum
        } else if u32::from_le_bytes([e, f, g, h]) != size {
            Self::BadLength
        } else {
            Self::Whole
        }
    }
}

const CHECKSUM: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xe0;
