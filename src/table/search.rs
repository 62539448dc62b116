//! Which values of a dictionary match a text, all at once: the same meaning as `TextMatch::holds`, without a call and a copy a value.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic))]

use crate::table::predicate::TextMatch;
use crate::table::values::Values;
use crate::trail::needle::Needle;

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

    /// Looks through the text of all values at once.
    fn containing(&self, wanted: &str) -> Vec<bool> {
        let (text, ends) = self.parts();
        let text = text.as_bytes();
        let mut found = vec![wanted.is_empty(); ends.len()];
        let Some(needle) = Needle::new(wanted, text) else { return found };
        let (mut value, mut from) = (0, 0);
        while let Some(start) = needle.find(text, from) {
            from = start + 1;
            value = first_past(ends, value, start);
            let Some(end) = ends.get(value).and_then(|end| usize::try_from(*end).ok()) else { break };
            // A match that reaches into the next value is none.
            if start + needle.length() <= end
                && let Some(found) = found.get_mut(value)
            {
                *found = true;
                // Once is enough.
                from = end;
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
