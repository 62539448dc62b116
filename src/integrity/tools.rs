//! What one content after the other is inflated and hashed with.

use crate::integrity::checkpoint::Checkpoint;
use crate::integrity::hashing::Hashing;
use crate::integrity::inflater::Inflater;

/// What inflating takes, of one file after the other: some 100 kB that need not be had and cleared for each of a hundred thousand.
#[derive(Debug, Default)]
pub struct Tools {
    pub(super) inflater: Option<Box<Inflater>>,
    pub(super) hashing: Hashing,
}

impl Tools {
    /// Places from which the content that was read last can be inflated without all before; of none that is not packed, or not large.
    pub fn checkpoints(&mut self) -> Vec<Checkpoint> {
        self.inflater.as_mut().map(|inflater| inflater.checkpoints()).unwrap_or_default()
    }
}
