//! Each string once: a column's distinct values, numbered in the order in which they came.

use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::DefaultHashBuilder;
use hashbrown::HashTable;

use crate::table::growth::OutOfRoom;
use crate::table::growth::probe;
use crate::table::predicate::TextMatch;
use crate::table::values::Values;
use crate::trail::bytes::same;

/// The number of a value in its column's dictionary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u32);

/// The distinct values of one column. Only grows; a code never changes its meaning.
///
/// The index holds nothing but codes, found by the hash of their values: five bytes a value, and a lookup allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    values: Values,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Dictionary {
    /// The code of a value, given now if it is new.
    pub fn intern(&mut self, value: &str) -> Code {
        let hash = self.hasher.hash_one(value);
        let values = &mut self.values;
        if let Some(code) = self.index.find(hash, |code| same(values.bytes(*code), value.as_bytes())) {
            return Code(*code);
        }
        let code = u32::try_from(values.len()).unwrap_or(u32::MAX);
        values.push(value);
        self.index.insert_unique(hash, code, |code| self.hasher.hash_one(values.value(*code)));
        Code(code)
    }

    /// The code of a value that is already known.
    #[must_use]
    pub fn code(&self, value: &str) -> Option<Code> {
        self.index.find(self.hasher.hash_one(value), |code| self.values.value(*code) == value).copied().map(Code)
    }

    /// The value of a code; empty for a code that was never given.
    #[must_use]
    pub fn value(&self, code: Code) -> &str {
        self.values.value(code.0)
    }

    /// Makes room for the values of a batch, all of which may be new.
    pub(super) fn try_reserve(&mut self, new: &Values) -> Result<(), OutOfRoom> {
        self.values.try_reserve(new)?;
        // It doubles, into a new place: sixteen eighths of five bytes a value at most.
        probe((self.len() + new.len()) * 12)
    }

    /// The same as bytes: what sorting compares.
    #[must_use]
    pub fn bytes(&self, code: Code) -> &[u8] {
        self.values.bytes(code.0)
    }

    /// Where among all texts that of a code stands, for [`Self::bytes_at`].
    pub(super) fn place(&self, code: Code) -> Range<usize> {
        self.values.place(code.0)
    }

    /// The bytes of a value by its place.
    #[inline(always)]
    pub(super) fn bytes_at(&self, place: &Range<usize>) -> &[u8] {
        self.values.bytes_at(place)
    }

    /// How many distinct values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.len() == 0
    }

    /// All values in the order of their codes.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter()
    }

    /// One flag a code: whether its value matches.
    #[must_use]
    pub fn matching(&self, text: &TextMatch) -> Vec<bool> {
        self.values.matching(text)
    }

    /// The values alone.
    pub(super) fn into_values(self) -> Values {
        self.values
    }

    /// Bytes of memory held, for the memory line on the screen.
    #[must_use]
    pub fn memory(&self) -> usize {
        // Four bytes a place and one of control.
        self.values.memory() + self.index.capacity() * 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_code_keeps_its_value(values in prop::collection::vec("[a-dé]{0,3}", 0..60)) {
            let mut dictionary = Dictionary::default();
            let codes: Vec<Code> = values.iter().map(|value| dictionary.intern(value)).collect();
            for (value, code) in values.iter().zip(&codes) {
                prop_assert_eq!(dictionary.value(*code), value.as_str());
                prop_assert_eq!(dictionary.code(value), Some(*code));
            }
            let distinct: std::collections::BTreeSet<&String> = values.iter().collect();
            prop_assert_eq!(dictionary.len(), distinct.len());
        }
    }
}
