//! Each string once: a column's distinct values, numbered in the order in which they came.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::hash::RandomState;

/// The number of a value in its column's dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u32);

/// The distinct values of one column. Only grows; a code never changes its meaning.
///
/// Values lie end to end in one text; the index holds codes by hash, so that a lookup allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    text: String,
    ends: Vec<u32>,
    index: HashMap<u64, Chain, Plain>,
    hasher: RandomState,
}

/// Codes whose values share one 64-bit hash: nearly always a single one.
#[derive(Clone, Debug)]
struct Chain {
    first: Code,
    more: Vec<Code>,
}

impl Dictionary {
    /// The code of a value, given now if it is new.
    pub fn intern(&mut self, value: &str) -> Code {
        let hash = self.hasher.hash_one(value);
        if let Some(code) = self.find(hash, value) {
            return code;
        }
        let code = Code(u32::try_from(self.ends.len()).unwrap_or(u32::MAX));
        self.text.push_str(value);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.index.entry(hash).and_modify(|chain| chain.more.push(code)).or_insert_with(|| Chain { first: code, more: Vec::new() });
        code
    }

    /// The code of a value that is already known.
    #[must_use]
    pub fn code(&self, value: &str) -> Option<Code> {
        self.find(self.hasher.hash_one(value), value)
    }

    /// The value of a code; empty for a code that was never given.
    #[must_use]
    pub fn value(&self, code: Code) -> &str {
        let at = usize::try_from(code.0).unwrap_or(usize::MAX);
        let Some(end) = self.ends.get(at) else { return "" };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start as usize..*end as usize).unwrap_or_default()
    }

    /// How many distinct values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All values in the order of their codes.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(|code| self.value(Code(code)))
    }

    /// Bytes of memory held, for the memory line on the screen.
    #[must_use]
    pub fn memory(&self) -> usize {
        // An index entry costs about 56 bytes with its share of empty places.
        self.text.capacity() + self.ends.capacity() * 4 + self.index.len() * 56
    }

    fn find(&self, hash: u64, value: &str) -> Option<Code> {
        let chain = self.index.get(&hash)?;
        std::iter::once(&chain.first).chain(&chain.more).copied().find(|code| self.value(*code) == value)
    }
}

/// The keys are hashes already.
#[derive(Clone, Debug, Default)]
struct Plain;

impl BuildHasher for Plain {
    type Hasher = PlainHasher;

    fn build_hasher(&self) -> PlainHasher {
        PlainHasher(0)
    }
}

#[derive(Debug)]
struct PlainHasher(u64);

impl std::hash::Hasher for PlainHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
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
