//! A text that is sought in bytes whatever the case of a–z: only where its rarest byte stands is anything compared.

use memchr::memchr2;

/// What is sought, and which of its bytes to look out for.
#[derive(Clone, Debug)]
pub struct Needle<'t> {
    text: &'t [u8],
    /// The place of the rarest byte, and that byte in both cases.
    rare: (usize, u8, u8),
}

impl<'t> Needle<'t> {
    /// Will be sought in texts like `sample`; `None` for an empty text, which is everywhere.
    #[must_use]
    pub fn new(text: &'t str, sample: &[u8]) -> Option<Self> {
        let text = text.as_bytes();
        let stride = (sample.len() / SAMPLE).max(1);
        let often = |byte: u8| sample.iter().step_by(stride).filter(|there| there.eq_ignore_ascii_case(&byte)).count();
        let (offset, rare) = text.iter().copied().enumerate().take(LONGEST).min_by_key(|(_, byte)| often(*byte))?;
        Some(Self { text, rare: (offset, rare.to_ascii_lowercase(), rare.to_ascii_uppercase()) })
    }

    /// Where it stands first, from `from` on.
    #[must_use]
    pub fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let (offset, small, capital) = self.rare;
        let mut at = from.checked_add(offset)?;
        loop {
            at += memchr2(small, capital, bytes.get(at..)?)?;
            let start = at - offset;
            if bytes.get(start..)?.get(..self.text.len())?.eq_ignore_ascii_case(self.text) {
                return Some(start);
            }
            at += 1;
        }
    }

    /// How many bytes it has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.text.len()
    }
}

/// Enough to tell an `e` from a `q`, and counted once for each byte of a needle.
const SAMPLE: usize = 2048;
/// Of a longer needle one of these is rare enough.
const LONGEST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_found_where_it_stands(text in "[abA-Cé.]{0,40}", sought in "[abABCé.]{1,3}", sample in "[abA-Cé.]{0,9}", from in 0usize..12) {
            let expected = text.to_ascii_lowercase().as_bytes().windows(sought.len()).enumerate()
                .position(|(at, there)| at >= from && there == sought.to_ascii_lowercase().as_bytes());
            prop_assert_eq!(Needle::new(&sought, sample.as_bytes()).and_then(|needle| needle.find(text.as_bytes(), from)), expected);
        }
    }
}
