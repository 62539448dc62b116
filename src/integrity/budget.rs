//! How much one file may become: a bomb ends here.

/// How far a file may inflate before it is called a bomb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    floor: u64,
    ratio: u64,
    ceiling: u64,
    /// Above the ceiling.
    large_ratio: u64,
    plain: u64,
}

impl Default for Budget {
    /// 64 MiB for any file, beyond that 200 times what is stored up to 8 GiB, and beyond that 32 times. What is not compressed is as large as
    /// it is stored, and no bomb.
    ///
    /// Why 200: gzip itself stops at 1032:1 (258 bytes for two bits), CloudTrail's real logs stay below 15:1. So honest files
    /// have room to spare, while a bomb of 10 MB ends at 2 GB instead of 10. Content flows through and is never held whole: a budget saves
    /// time, not memory, and an export of many gigabytes in one file must not be taken for a bomb.
    fn default() -> Self {
        Self { floor: 64 << 20, ratio: 200, ceiling: 8 << 30, large_ratio: 32, plain: u64::MAX }
    }
}

impl Budget {
    /// A budget of a fixed size, whatever is stored.
    #[must_use]
    pub fn of(bytes: u64) -> Self {
        Self { floor: bytes, ratio: 0, ceiling: bytes, large_ratio: 0, plain: bytes }
    }

    pub(super) fn limit(self, stored: u64) -> u64 {
        stored.saturating_mul(self.ratio).max(self.floor).min(self.ceiling.max(stored.saturating_mul(self.large_ratio)))
    }

    /// What is stored as it is.
    pub(super) fn plain(self) -> u64 {
        self.plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_files_of_any_size_pass_and_bombs_end() {
        let limit = |stored: u64| Budget::default().limit(stored);
        // 15:1 is what real logs come to at most.
        for stored in [1, 5 << 20, 100 << 20, 700 << 20, 4 << 30, 100 << 30] {
            assert!(limit(stored) >= stored * 15, "{stored}");
            assert!(limit(stored) <= (64 << 20).max(stored * 200), "{stored}");
        }
        assert_eq!(limit(10 << 20), 2000 << 20);
        assert_eq!((limit(100 << 20), limit(1 << 30)), (8 << 30, 32 << 30));
        assert_eq!(Budget::of(7).limit(1 << 40), 7);
        assert_eq!(limit(u64::MAX), u64::MAX);
    }
}
