//! How much one file may become: a bomb ends here.

/// How far a file may inflate before it is called a bomb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    floor: u64,
    ratio: u64,
    ceiling: u64,
}

impl Default for Budget {
    /// 64 MiB for any file, beyond that 200 times what is stored, and never more than 8 GiB.
    ///
    /// Why 200: gzip itself stops at 1032:1 (258 bytes for two bits), CloudTrail's real logs stay below 15:1. So honest files
    /// have room to spare, while a bomb of 10 MB ends at 2 GB instead of 10.
    fn default() -> Self {
        Self { floor: 64 << 20, ratio: 200, ceiling: 8 << 30 }
    }
}

impl Budget {
    /// A budget of a fixed size, whatever is stored.
    #[must_use]
    pub fn of(bytes: u64) -> Self {
        Self { floor: bytes, ratio: 0, ceiling: bytes }
    }

    pub(super) fn limit(self, stored: u64) -> u64 {
        stored.saturating_mul(self.ratio).max(self.floor).min(self.ceiling)
    }

    pub(super) fn ceiling(self) -> u64 {
        self.ceiling
    }
}
