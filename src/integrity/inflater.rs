//! What inflating needs room for, left by one file to the next.

use std::cell::Cell;

use flate2::Decompress;

/// What inflating needs room for: some hundred kilobytes, kept for the next file. Made anew for each of very many small files, it leaves a
/// hole beside the few facts that stay of every one, and memory grows by all holes together.
pub(crate) struct Bench {
    pub(crate) inflater: Decompress,
    pub(crate) buffer: Vec<u8>,
}

impl Bench {
    /// The one left behind by the file before, cleared; else a new one.
    pub(crate) fn at_hand() -> Box<Self> {
        SPARE.take().unwrap_or_else(|| Box::new(Self { inflater: Decompress::new(false), buffer: vec![0; PIECE] }))
    }

    /// Leaves it to the next file of this thread.
    pub(crate) fn leave(mut self: Box<Self>) {
        self.inflater.reset(false);
        SPARE.set(Some(self));
    }
}

thread_local! {
    static SPARE: Cell<Option<Box<Bench>>> = const { Cell::new(None) };
}

/// Bytes handed on at a time: large enough that the call per piece costs nothing, small enough to stay in the second-level cache.
pub(crate) const PIECE: usize = 64 << 10;
