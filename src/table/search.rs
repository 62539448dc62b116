//! Which values of a dictionary match a text, all at once: the same meaning as `TextMatch::holds`, without a call and a copy a value.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic))]

use crate::table::predicate::TextMatch;
use crate::table::values::Values;

impl Values {
    /// One flag a value: whether it matches.
    pub(super) fn matching(&self, text: &TextMatch) -> Vec<bool> {
        match text {
            TextMatch::Contains(wanted) => self.containing(wanted),
            TextMatch::Like(pattern) => {
                // What has the longest stretch between two stars is looked at closely.
                let longest = pattern.split('*').max_by_key(|part| part.len()).unwrap_or_default();
                let mut found = self.containing(longest);
                for (at, found) in (0..).zip(&mut found).filter(|(_, found)| **found) {
                    *found = text.holds(self.value(at));
                }
                found
            }
            // Of the length wanted there are few; of these each is looked at.
            _ => self
                .lengths()
                .map(|(at, length)| text.length().is_none_or(|wanted| wanted == length) && text.holds(self.value(at)))
                .collect(),
        }
    }

    /// Every value's number and length in bytes.
    fn lengths(&self) -> impl Iterator<Item = (u32, usize)> {
        let mut start = 0;
        (0..).zip(self.parts().1).map(move |(at, end)| (at, usize::try_from(*end - std::mem::replace(&mut start, *end)).unwrap_or(0)))
    }

    /// Looks for the needle's rarest byte in the text of all values at once; only where that stands is anything compared.
    fn containing(&self, wanted: &str) -> Vec<bool> {
        let (text, ends) = self.parts();
        let (text, needle) = (text.as_bytes(), wanted.as_bytes());
        let mut found = vec![needle.is_empty(); ends.len()];
        let Some((offset, rare)) = rarest(needle, text) else { return found };
        let (mut value, mut from) = (0, 0);
        while let Some(hit) = text.get(from..).and_then(|rest| memchr::memchr2(rare.to_ascii_lowercase(), rare.to_ascii_uppercase(), rest))
        {
            let hit = from + hit;
            from = hit + 1;
            let Some(start) = hit.checked_sub(offset) else { continue };
            let past = start + needle.len();
            if !text.get(start..past).is_some_and(|there| there.eq_ignore_ascii_case(needle)) {
                continue;
            }
            value = first_past(ends, value, start);
            let Some(end) = ends.get(value).and_then(|end| usize::try_from(*end).ok()) else { break };
            // A match that reaches into the next value is none.
            if past <= end
                && let Some(found) = found.get_mut(value)
            {
                *found = true;
                // Once is enough.
                from = from.max(end.saturating_add(offset));
            }
        }
        found
    }
}

impl TextMatch {
    /// In bytes, where only texts of one length match.
    fn length(&self) -> Option<usize> {
        match self {
            Self::Is(wanted) => Some(wanted.len()),
            Self::Empty => Some(0),
            _ => None,
        }
    }
}

/// The first value, from `value` on, that ends behind `place`. Doubling steps: most often it is one of the next.
fn first_past(ends: &[u32], value: usize, place: usize) -> usize {
    let ends_before = |end: &u32| usize::try_from(*end).is_ok_and(|end| end <= place);
    let rest = ends.get(value..).unwrap_or_default();
    let mut reach = 1;
    while rest.get(reach - 1).is_some_and(ends_before) {
        reach *= 2;
    }
    let (known, nearby) = (reach / 2, rest.get(reach / 2..reach.min(rest.len())).unwrap_or_default());
    value + known + nearby.partition_point(ends_before)
}

/// The needle's byte that stands least often in a sample of the text, and its place.
fn rarest(needle: &[u8], text: &[u8]) -> Option<(usize, u8)> {
    let stride = (text.len() / SAMPLE).max(1);
    let often = |byte: u8| text.iter().step_by(stride).filter(|there| there.eq_ignore_ascii_case(&byte)).count();
    needle.iter().copied().enumerate().take(LONGEST).min_by_key(|(_, byte)| often(*byte))
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
        fn searching_all_is_asking_each(values in prop::collection::vec("[abA-Cé]{0,5}", 0..40), text in "[abcABÉé*]{0,4}", kind in 0..5) {
            let mut all = Values::default();
            values.iter().for_each(|value| all.push(value));
            let text = match kind {
                0 => TextMatch::Is(text),
                1 => TextMatch::Contains(text),
                2 => TextMatch::Like(text),
                3 => TextMatch::Exists,
                _ => TextMatch::Empty,
            };
            prop_assert_eq!(all.matching(&text), values.iter().map(|value| text.holds(value)).collect::<Vec<_>>());
        }
    }
}
