//! What one content after the other is inflated and hashed with.

use crate::integrity::checkpoint::Checkpoint;
use crate::integrity::hashing::Hashing;
use crate::integrity::inflater::Inflater;
use crate::integrity::sha256::Sha256;

/// What inflating takes, of one file after the other: some 100 kB that need not be had and cleared for each of a hundred thousand.
#[derive(Debug, Default)]
pub struct Tools {
    pub(super) inflater: Option<Box<Inflater>>,
    pub(super) hashing: Hashing,
}

impl Tools {
    /// The hash of the content as far as it has come.
    pub(super) fn hash_so_far(&self) -> Sha256 {
        self.hashing.so_far(self.room())
    }

    /// The content, where it is gathered and worth handing out to be hashed.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        self.hashing.whole(self.room())
    }

    fn room(&self) -> &[u8] {
        self.inflater.as_ref().map(|inflater| inflater.room()).unwrap_or_default()
    }

    /// Places from which the content that was read last can be inflated without all before; of none that is not packed, or not large.
    pub fn checkpoints(&mut self) -> Vec<Checkpoint> {
        self.inflater.as_mut().map(|inflater| inflater.checkpoints()).unwrap_or_default()
    }
}
