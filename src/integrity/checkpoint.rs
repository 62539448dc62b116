//! A place between two blocks of a gzip file, from which it can be inflated without all before it; and inflating from there.
//!
//! Deflate counts in bits: a block may begin inside a byte, and the inflater does not tell at which bit of the last byte that it took. So
//! with each place the bytes are kept that follow it once inflated; going on from there tries all eight bits, and goes on only where one
//! alone gives those bytes. What has no such bit is another file than the one that was read.

use serde::Deserialize;
use serde::Serialize;
use zlib_rs::Inflate;
use zlib_rs::InflateFlush;
use zlib_rs::Status;

use crate::integrity::inflater::BITS;
use crate::integrity::inflater::End;
use crate::integrity::inflater::Inflater;
use crate::integrity::inflater::advance;

/// A place in a gzip file where a block of the stream ends and the next one begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    stored: u64,
    inflated: u64,
    /// The last 32 KiB before it, inflated: the next blocks may refer to them.
    window: Vec<u8>,
    /// What follows it, inflated.
    next: Vec<u8>,
}

/// Why a file cannot be inflated from a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Something else stands there than when the place was noted.
    Changed,
    /// More than one bit of the byte would do, or too little was given to tell. From the beginning it can be inflated all the same.
    Unclear,
}

impl Checkpoint {
    pub(super) fn new(stored: u64, inflated: u64, window: Vec<u8>) -> Self {
        Self { stored, inflated, window, next: Vec::new() }
    }

    /// Takes inflated bytes that follow; whether they are enough.
    pub(super) fn follow(&mut self, inflated: &[u8]) -> bool {
        let wanted = FOLLOWING.saturating_sub(self.next.len()).min(inflated.len());
        self.next.extend_from_slice(inflated.get(..wanted).unwrap_or_default());
        self.next.len() == FOLLOWING
    }

    /// The stored byte from which on [`Self::resume`] wants to be given what is stored: the last one before the place, which may be shared
    /// by two blocks.
    #[must_use]
    pub fn begins(&self) -> u64 {
        self.stored.saturating_sub(1)
    }

    /// How many inflated bytes come before it.
    #[must_use]
    pub fn inflated(&self) -> u64 {
        self.inflated
    }

    /// Finds out how to go on from here. `head` is what is stored from [`Self::begins`] on, up to [`HEAD`] bytes of it.
    ///
    /// # Errors
    /// When it is not what stood there, or cannot be told.
    pub fn resume(&self, head: &[u8]) -> Result<Resumed, Misfit> {
        let Some((last, after)) = head.split_first() else { return Err(Misfit::Changed) };
        let mut fitting = None;
        for unused in 0..8 {
            // None is noted before the last block: what reads as one is some other block's bits.
            let Some(stands_at) = block_begins(*last, unused, after) else { continue };
            match self.fits(*last, unused, after) {
                Some(false) => continue,
                None => return Err(Misfit::Unclear),
                Some(true) => {}
            }
            match fitting {
                None => fitting = Some((unused, stands_at)),
                Some((_, before)) if before == stands_at => {}
                Some(_) => return Err(Misfit::Unclear),
            }
        }
        let (unused, _) = fitting.ok_or(Misfit::Changed)?;
        let stream = self.stream(*last, unused).ok_or(Misfit::Changed)?;
        Ok(Resumed { inflater: Inflater::of(stream), is_over: false })
    }

    /// Whether what was noted follows if so many bits of the last byte belong to the next block; `None` where the bytes do not suffice.
    fn fits(&self, last: u8, unused: u8, mut after: &[u8]) -> Option<bool> {
        let Some(mut stream) = self.stream(last, unused) else { return Some(false) };
        let mut wanted = self.next.as_slice();
        let mut room = [0; FOLLOWING];
        while !wanted.is_empty() {
            let room = room.get_mut(..wanted.len()).unwrap_or_default();
            let (status, taken, given) = advance(&mut stream, after, room, InflateFlush::NoFlush);
            let Some(rest) = wanted.strip_prefix(room.get(..given).unwrap_or_default()) else { return Some(false) };
            (wanted, after) = (rest, after.get(taken..).unwrap_or_default());
            match status {
                _ if wanted.is_empty() => {}
                None | Some(Status::StreamEnd) => return Some(false),
                Some(_) if after.is_empty() => return None,
                Some(_) if taken == 0 && given == 0 => return Some(false),
                Some(_) => {}
            }
        }
        Some(true)
    }

    /// An inflater as it was at this place, with so many bits of the last byte not yet taken.
    fn stream(&self, last: u8, unused: u8) -> Option<Inflate> {
        let mut stream = Inflate::new(false, BITS);
        let bytes = lead_in(last, unused);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (status, taken, _) = advance(&mut stream, rest, &mut [0; 8], InflateFlush::Block);
            rest = rest.get(taken..).filter(|_| status == Some(Status::Ok) && taken > 0)?;
        }
        stream.set_dictionary(&self.window).ok()?;
        Some(stream)
    }
}

/// A stream that is inflated from a place in its midst.
#[derive(Debug)]
pub struct Resumed {
    inflater: Inflater,
    is_over: bool,
}

impl Resumed {
    /// Takes the next stored bytes, the first time those after the byte at [`Checkpoint::begins`]. What does not inflate gives nothing.
    pub fn push(&mut self, mut stored: &[u8], inflated: &mut dyn FnMut(&[u8])) {
        while !self.is_over {
            let step = self.inflater.step(stored);
            inflated(step.piece);
            stored = stored.get(step.taken..).unwrap_or_default();
            match step.end {
                End::More => {}
                End::Waits => return,
                End::Stream | End::Broken => self.is_over = true,
            }
        }
    }
}

/// Blocks without content that end inside a byte, and the unused bits of the last byte behind them: whoever has inflated these bytes has so
/// many bits of that byte left.
fn lead_in(last: u8, unused: u8) -> Vec<u8> {
    let (mut bits, mut length) = (0u64, 0u32);
    let unused = u32::from(unused.min(7));
    let wanted = (8 - unused) % 8;
    if unused % 2 == 1 {
        // With a literal of nine bits (0xff, all ones): 19 bits, for odd numbers. What it leaves behind the window pushes out.
        (bits, length) = (0b010 | 0x1ff << 3, 19);
    }
    while length % 8 != wanted {
        // No last block, fixed codes, the end of the block: 10 bits.
        bits |= 0b010 << length;
        length += 10;
    }
    bits |= (u64::from(last) >> (8 - unused)) << length;
    let bytes = usize::try_from((length + unused) / 8).unwrap_or_default();
    bits.to_le_bytes().get(..bytes).unwrap_or_default().to_vec()
}

/// Where the next block really begins, if it is not the last one. A stored one begins at the next whole byte, so that several bits may lead
/// to the same.
fn block_begins(last: u8, unused: u8, after: &[u8]) -> Option<u8> {
    let next = after.first().copied().unwrap_or_default();
    let bits = (u16::from(last) >> (8 - unused.min(8))) | u16::from(next) << unused;
    let is_stored = bits & 0b110 == 0;
    (bits & 1 == 0).then_some(if is_stored { 8 + u8::from(unused < 3) } else { unused })
}

/// Inflated bytes between two places: a tenth of a second's work in a browser.
pub const EVERY: u64 = 64 << 20;
/// What deflate may reach back.
pub(super) const WINDOW: usize = 32 << 10;
/// Bytes that must follow as they did. Of a wrong bit hardly ever more than a few come.
const FOLLOWING: usize = 1024;
/// Stored bytes that are enough to tell, but for streams that somebody has built of empty blocks.
pub const HEAD: usize = 64 << 10;

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
