//! CRC-32 of a content as it flows, with hardly a look at a table.
//!
//! A checksum is a remainder, and what is a multiple of the divisor may be added to its dividend. CRC-32's polynomial divides
//! 1 + x⁸⁹ + x¹¹⁷ + x¹⁵⁵ + x³⁰⁰ (no other sum of five powers up to x⁴⁰⁰), and so it divides the same with 64 times the powers: squaring such a
//! sum squares each of its terms. Thus any eight bytes can be made zero if they are added to those 145, 183, 211 and 300 eights further on. What
//! is left in the end are 300 eights, and only those are looked up byte by byte.

use flate2::Crc;

/// The checksum in the making.
#[derive(Debug, Default)]
pub(super) struct Checksum {
    /// The eights that are still to be added to others, [`FAR`] of them or more, and free room.
    eights: Vec<u64>,
    filled: usize,
    /// Fewer than eight bytes that came last.
    rest: Vec<u8>,
    is_begun: bool,
}

impl Checksum {
    /// For the next content, and before the first.
    pub(super) fn restart(&mut self) {
        self.eights.resize(FAR + STRETCHES * NEAR, 0);
        let before = self.eights.get_mut(..FAR).unwrap_or_default();
        before.fill(0);
        // The checksum's first word. From here it is added to the first eight bytes and to no others.
        if let Some(first) = before.first_mut() {
            *first = FIRST;
        }
        self.filled = FAR;
        self.rest.clear();
        self.is_begun = false;
    }

    /// Takes the next bytes.
    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        if !self.rest.is_empty() {
            let wanted = 8usize.saturating_sub(self.rest.len()).min(bytes.len());
            let Some((first, others)) = bytes.split_at_checked(wanted) else { return };
            self.rest.extend_from_slice(first);
            bytes = others;
            let Some(eight) = self.rest.first_chunk().copied() else { return };
            self.take(&[eight]);
            self.rest.clear();
        }
        let (eights, rest) = bytes.as_chunks();
        eights.chunks(NEAR).for_each(|stretch| self.take(stretch));
        self.rest.extend_from_slice(rest);
    }

    /// The checksum of all that has come.
    pub(super) fn sum(&self) -> u32 {
        let mut crc = Crc::new();
        if self.is_begun {
            crc.update(&self.left());
        }
        crc.update(&self.rest);
        crc.sum()
    }

    /// Takes no more eights than [`NEAR`]: none of them is added to another.
    fn take(&mut self, stretch: &[[u8; 8]]) {
        self.is_begun |= !stretch.is_empty();
        if self.filled + stretch.len() > self.eights.len() {
            self.eights.copy_within(self.filled.saturating_sub(FAR)..self.filled, 0);
            self.filled = FAR;
        }
        let Some((before, room)) = self.eights.split_at_mut_checked(self.filled) else { return };
        let back = |eights: usize| before.get(before.len().saturating_sub(eights)..).unwrap_or_default();
        add(room, stretch, [back(NEAR), back(183), back(211), back(FAR)]);
        self.filled += stretch.len();
    }

    /// What the last eights are with all before them added, but none of themselves.
    fn left(&self) -> Vec<u8> {
        let all = self.eights.get(self.filled.saturating_sub(FAR)..self.filled).unwrap_or_default();
        let back = |at: usize, eights: usize| at.checked_sub(eights).and_then(|at| all.get(at)).copied().unwrap_or(0);
        let mut left = Vec::with_capacity(FAR * 8);
        // The library adds its first word, too: to this one, and that makes it zero.
        let mut first = FIRST;
        for (at, eight) in all.iter().enumerate() {
            let eight = eight ^ back(at, NEAR) ^ back(at, 183) ^ back(at, 211) ^ std::mem::take(&mut first);
            left.extend_from_slice(&eight.to_le_bytes());
        }
        left
    }
}

/// Each eight with those of before added to it.
#[allow(clippy::indexing_slicing)] // All are cut to one length first: iterators stay calls in a page that is compiled for size.
fn add(room: &mut [u64], stretch: &[[u8; 8]], [near, middle, further, far]: [&[u64]; 4]) {
    let many = stretch.len();
    let cut = (room.get_mut(..many), near.get(..many), middle.get(..many), further.get(..many), far.get(..many));
    let (Some(room), Some(near), Some(middle), Some(further), Some(far)) = cut else { return };
    for at in 0..many {
        room[at] = u64::from_le_bytes(stretch[at]) ^ near[at] ^ middle[at] ^ further[at] ^ far[at];
    }
}

/// What the checksum begins with, added to the first four bytes.
const FIRST: u64 = 0xffff_ffff;

/// So many eights further on is the first to which each is added, and so many the last.
const NEAR: usize = 145;
const FAR: usize = 300;

/// Together with what is before them they fit the processor's nearest cache.
const STRETCHES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by_the_library(bytes: &[u8]) -> u32 {
        let mut crc = Crc::new();
        crc.update(bytes);
        crc.sum()
    }

    #[test]
    fn the_check_value_of_the_catalogue() {
        let mut checksum = Checksum::default();
        checksum.restart();
        checksum.update(b"123456789");
        assert_eq!(checksum.sum(), 0xcbf4_3926);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_as_the_library_says(seed in any::<u64>(), pieces in prop::collection::vec(prop_oneof![0usize..20, 1000usize..3000, 0usize..40_000], 0..6), again in any::<bool>()) {
            let mut checksum = Checksum::default();
            checksum.restart();
            if again {
                checksum.update(b"another content before");
                checksum.restart();
            }
            let mut state = seed;
            let mut all = Vec::new();
            for piece in pieces {
                let bytes: Vec<u8> = (0..piece).map(|_| {
                    state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                    state.to_be_bytes().first().copied().unwrap_or_default()
                }).collect();
                checksum.update(&bytes);
                all.extend(bytes);
                prop_assert_eq!(checksum.sum(), by_the_library(&all));
            }
        }
    }
}
