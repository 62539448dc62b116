//! Inflates a deflate stream piece by piece, and notes places from which a large one can be inflated later without all before it.

use zlib_rs::Inflate;
use zlib_rs::InflateFlush;
use zlib_rs::Status;

use crate::integrity::checkpoint::Checkpoint;
use crate::integrity::checkpoint::WINDOW;

/// One stream after the other, with the same room.
pub(super) struct Inflater {
    stream: Inflate,
    buffer: Vec<u8>,
    marks: Marks,
}

/// What one step has come to.
pub(super) struct Step<'a> {
    /// How many stored bytes were taken.
    pub(super) taken: usize,
    /// What they inflate to, as far as there was room.
    pub(super) piece: &'a [u8],
    /// How many were taken, and given, since the stream began.
    pub(super) total_taken: u64,
    pub(super) total_given: u64,
    pub(super) end: End,
}

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// There may be more to be had from what was given.
    More,
    /// All that was given is used up.
    Waits,
    /// The stream has come to its end.
    Stream,
    /// It cannot be inflated.
    Broken,
}

impl Inflater {
    /// Goes on with a stream, and notes no places.
    pub(super) fn of(stream: Inflate) -> Self {
        Self { stream, buffer: vec![0; PIECE], marks: Marks::new(0, u64::MAX) }
    }

    /// For the next stream, which begins at that byte of its file; a place is noted every so many inflated bytes.
    pub(super) fn restart(&mut self, begins: u64, every: u64) {
        self.stream.reset(false);
        self.marks = Marks::new(begins, every);
    }

    /// Where the last piece lies, from the start on.
    pub(super) fn room(&self) -> &[u8] {
        &self.buffer
    }

    /// Takes what fits of the stored bytes.
    pub(super) fn step(&mut self, stored: &[u8]) -> Step<'_> {
        // Stopping at the end of a block costs nothing: it is asked for only where a place is due.
        let flush = if self.marks.is_due(self.stream.total_out()) { InflateFlush::Block } else { InflateFlush::NoFlush };
        let (status, taken, given) = advance(&mut self.stream, stored, &mut self.buffer, flush);
        let (total_taken, total_given) = (self.stream.total_in(), self.stream.total_out());
        let piece = self.buffer.get(..given).unwrap_or_default();
        let is_between_blocks = flush == InflateFlush::Block && status == Some(Status::Ok) && taken < stored.len() && given < PIECE;
        self.marks.take(piece, total_given, is_between_blocks.then_some(total_taken));
        let end = match status {
            Some(Status::StreamEnd) => End::Stream,
            None => End::Broken,
            // A full buffer may have left output behind; anything else waits for the next chunk.
            Some(_) if given == PIECE || taken < stored.len() && (taken > 0 || given > 0) => End::More,
            Some(_) if taken < stored.len() => End::Broken,
            Some(_) => End::Waits,
        };
        Step { taken, piece, total_taken, total_given, end }
    }

    /// The places noted, in their order.
    pub(super) fn checkpoints(&mut self) -> Vec<Checkpoint> {
        std::mem::take(&mut self.marks.noted)
    }
}

impl Default for Inflater {
    fn default() -> Self {
        Self::of(Inflate::new(false, BITS))
    }
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflater").field("taken", &self.stream.total_in()).finish_non_exhaustive()
    }
}

/// One call: how it ended (`None`: the stream is broken), how many bytes it took and gave.
pub(super) fn advance(stream: &mut Inflate, stored: &[u8], room: &mut [u8], flush: InflateFlush) -> (Option<Status>, usize, usize) {
    let (taken, given) = (stream.total_in(), stream.total_out());
    let status = stream.decompress(stored, room, flush).ok();
    let since = |before: u64, now: u64| usize::try_from(now.saturating_sub(before)).unwrap_or(usize::MAX);
    (status, since(taken, stream.total_in()), since(given, stream.total_out()))
}

/// Places to be noted, and those that are.
struct Marks {
    begins: u64,
    every: u64,
    /// Inflated bytes after which the next place is due.
    due: u64,
    /// The last inflated bytes, while a place is due soon.
    tail: Vec<u8>,
    /// A place of which it is not yet known what follows, and whether the block after it has come to its end.
    open: Option<(Checkpoint, bool)>,
    noted: Vec<Checkpoint>,
}

impl Marks {
    fn new(begins: u64, every: u64) -> Self {
        let every = every.max(window());
        Self { begins, every, due: every, tail: Vec::new(), open: None, noted: Vec::new() }
    }

    fn is_due(&self, given: u64) -> bool {
        given >= self.due || self.open.is_some()
    }

    /// Takes the next inflated bytes, the last of them at `given`; `between` are the stored bytes before the next block, if a block has ended.
    fn take(&mut self, piece: &[u8], given: u64, between: Option<u64>) {
        if let Some((open, is_past)) = &mut self.open {
            let is_enough = open.follow(piece);
            // Before the last block of all a place is of no use, and `Checkpoint::resume` relies on there being none.
            if is_enough && *is_past && !piece.is_empty() {
                self.noted.extend(self.open.take().map(|(checkpoint, _)| checkpoint));
                self.thin_out();
            } else {
                *is_past |= between.is_some();
            }
        }
        if given.saturating_add(window()) < self.due {
            return;
        }
        self.tail.extend_from_slice(piece);
        let beyond = self.tail.len().saturating_sub(WINDOW);
        self.tail.drain(..beyond);
        if let (Some(between), None, true) = (between, &self.open, given >= self.due) {
            let window = std::mem::take(&mut self.tail);
            self.open = Some((Checkpoint::new(self.begins.saturating_add(between), given, window), false));
            self.due = given.saturating_add(self.every);
        }
    }

    /// Of very many every other one is enough, and from here on at twice the distance.
    fn thin_out(&mut self) {
        if self.noted.len() >= MOST {
            let mut is_kept = false;
            self.noted.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
            self.every = self.every.saturating_mul(2);
        }
    }
}

fn window() -> u64 {
    u64::try_from(WINDOW).unwrap_or(u64::MAX)
}

/// The base-2 logarithm of the window: what deflate may reach back.
pub(super) const BITS: u8 = 15;
/// Most files are one piece, and no record of theirs is cut and read twice; small enough to stay in the second-level cache.
pub(super) const PIECE: usize = 256 << 10;
/// Places of one file: 4 MB of memory. Their distance doubles beyond 8 GiB.
const MOST: usize = 128;
