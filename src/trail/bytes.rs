//! Comparing and searching short stretches of bytes: in place, since a call would cost more than the work.

/// Whether `bytes` begins with these.
#[inline(always)]
pub(crate) fn begins_with(bytes: &[u8], these: &[u8]) -> bool {
    match bytes.get(..these.len()) {
        Some(bytes) => same(bytes, these),
        None => false,
    }
}

/// Whether the two are the same: eight at a time, the last eight over again. Loops and no iterators: the page is compiled for size, and
/// those stay calls there.
#[inline(always)]
pub(crate) fn same(mut one: &[u8], mut other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    if let (Some(a), Some(b)) = (last_eight(one), last_eight(other)) {
        while let (Some((a, one_rest)), Some((b, other_rest))) = (one.split_first_chunk(), other.split_first_chunk()) {
            if u64::from_le_bytes(*a) != u64::from_le_bytes(*b) {
                return false;
            }
            (one, other) = (one_rest, other_rest);
        }
        return a == b;
    }
    while let ([a, one_rest @ ..], [b, other_rest @ ..]) = (one, other) {
        if a != b {
            return false;
        }
        (one, other) = (one_rest, other_rest);
    }
    true
}

#[inline(always)]
fn last_eight(bytes: &[u8]) -> Option<u64> {
    match bytes.get(bytes.len().wrapping_sub(8)..) {
        Some([a, b, c, d, e, f, g, h]) => Some(u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h])),
        _ => None,
    }
}

/// How many bytes come before the first quote, backslash or control character: the end of what a JSON string says plainly. All bytes that
/// were looked at are or-ed into `bits`, by eights.
#[inline(always)]
pub(crate) fn plain(bytes: &[u8], bits: &mut u64) -> usize {
    let mut at = 0;
    while let Some(sixteen) = bytes.get(at..).and_then(<[u8]>::first_chunk::<16>) {
        let [low, high] = halves(sixteen);
        *bits |= low | high;
        let marks = marks(low, high);
        if marks != 0 {
            return at + usize::try_from(marks.trailing_zeros()).unwrap_or_default();
        }
        at += 16;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().for_each(|byte| *bits |= u64::from(*byte));
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len())
}

#[inline(always)]
fn halves(sixteen: &[u8; 16]) -> [u64; 2] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = *sixteen;
    [u64::from_le_bytes([a, b, c, d, e, f, g, h]), u64::from_le_bytes(rest)]
}

/// One bit for each of sixteen bytes: whether a plain string ends there.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn marks(low: u64, high: u64) -> u16 {
    use core::arch::wasm32::*;
    let bytes = u64x2(low, high);
    let quote_or_slash = v128_or(u8x16_eq(bytes, u8x16_splat(b'"')), u8x16_eq(bytes, u8x16_splat(b'\\')));
    u8x16_bitmask(v128_or(quote_or_slash, u8x16_lt(bytes, u8x16_splat(0x20))))
}

/// The same without vectors: of each half the lowest mark alone is certain to be no borrow of another, so no more is told.
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn marks(low: u64, high: u64) -> u16 {
    let lowest = |word: u64| {
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let marks = (zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c)) | (word.wrapping_sub(ONES * 0x20) & !word)) & (ONES * 0x80);
        if marks == 0 { 0 } else { 1 << (marks.trailing_zeros() / 8) }
    };
    let low = lowest(low);
    if low != 0 { low } else { lowest(high) << 8 }
}

/// A one in each byte.
pub(crate) const ONES: u64 = 0x0101_0101_0101_0101;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn alike_is_alike(one in prop::collection::vec(0u8..3, 0..40), other in prop::collection::vec(0u8..3, 0..40), at in any::<prop::sample::Index>()) {
            prop_assert_eq!(same(&one, &other), one == other);
            prop_assert_eq!(begins_with(&one, &other), one.starts_with(&other));
            prop_assert!(same(&one, &one.clone()));
            let mut near = one.clone();
            if !near.is_empty() {
                near[at.index(one.len())] ^= 1;
                prop_assert!(!same(&one, &near));
            }
        }

        #[test]
        fn a_plain_string_ends_at_the_first_mark(bytes in prop::collection::vec(prop_oneof![6 => any::<u8>(), 1 => Just(b'"'), 40 => Just(b'a'), 20 => 0x80u8..], 0..80)) {
            let mut bits = 0;
            let end = plain(&bytes, &mut bits);
            let wanted = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(bytes.len());
            prop_assert_eq!(end, wanted);
            prop_assert!(bits & (ONES * 0x80) != 0 || bytes[..end].is_ascii());
        }
    }
}
