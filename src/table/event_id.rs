//! Event ids: sixteen bytes each, because a delivered id is always a UUID; the few hand-made ones are kept as text aside.

use std::collections::HashMap;
use std::fmt::Write;
use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;

/// The `eventID` of every row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventIds {
    packed: Vec<[u8; 16]>,
    odd: HashMap<u32, String>,
}

impl EventIds {
    /// Adds a row's id; absent ids are empty.
    pub fn push(&mut self, id: &str) {
        match pack(id) {
            Some(bytes) => self.packed.push(bytes),
            None => {
                if !id.is_empty() {
                    self.odd.insert(u32::try_from(self.packed.len()).unwrap_or(u32::MAX), id.to_owned());
                }
                self.packed.push([0; 16]);
            }
        }
    }

    /// Adds a row's id that is packed already.
    pub(crate) fn push_packed(&mut self, bytes: [u8; 16]) {
        self.packed.push(bytes);
    }

    /// A row's id as text; empty where the record had none.
    #[must_use]
    pub fn text(&self, row: usize) -> String {
        let row_number = u32::try_from(row).unwrap_or(u32::MAX);
        match (self.odd.get(&row_number), self.packed.get(row)) {
            (Some(odd), _) => odd.clone(),
            (None, Some(bytes)) if *bytes != [0; 16] => unpack(bytes),
            _ => String::new(),
        }
    }

    /// The rows with that id.
    #[must_use]
    pub fn rows_of(&self, id: &str) -> Vec<u32> {
        match pack(id) {
            Some(wanted) => (0..).zip(&self.packed).filter(|(_, bytes)| **bytes == wanted).map(|(row, _)| row).collect(),
            None => self.odd.iter().filter(|(_, odd)| *odd == id).map(|(row, _)| *row).collect(),
        }
    }

    /// Eight bytes for each row's id, to find equal ones among very many: the halves of a UUID laid over each other, so that ids which count up
    /// in one half stay apart. `None` where the row has none.
    pub fn keys(&self) -> impl Iterator<Item = Option<u64>> {
        (0..).zip(&self.packed).map(|(row, bytes)| match self.odd.get(&row) {
            Some(odd) => {
                let mut hasher = DefaultHasher::new();
                odd.hash(&mut hasher);
                Some(hasher.finish())
            }
            None if *bytes == [0; 16] => None,
            None => bytes.first_chunk().zip(bytes.last_chunk()).map(|(first, last)| u64::from_be_bytes(*first) ^ u64::from_be_bytes(*last)),
        })
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// Appends the ids of another table, in its order.
    pub fn append(&mut self, other: &Self) {
        let base = u32::try_from(self.packed.len()).unwrap_or(u32::MAX);
        self.packed.extend_from_slice(&other.packed);
        self.odd.extend(other.odd.iter().map(|(row, id)| (base.saturating_add(*row), id.clone())));
    }

    /// The packed ids, row after row.
    #[must_use]
    pub fn packed(&self) -> &[[u8; 16]] {
        &self.packed
    }
}

fn pack(id: &str) -> Option<[u8; 16]> {
    let bytes = id.as_bytes();
    if bytes.len() != 36 {
        return None;
    }
    let mut packed = [0; 16];
    let mut nibbles = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if *byte != b'-' {
                return None;
            }
            continue;
        }
        // Lower case only: what is unpacked must be what was written.
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        packed[nibbles / 2] |= value << (4 * (1 - nibbles % 2));
        nibbles += 1;
    }
    // All zeros marks "none": an id of zeros is kept as text.
    (packed != [0; 16]).then_some(packed)
}

fn unpack(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_that_count_up_in_either_half_have_keys_of_their_own() {
        let mut ids = EventIds::default();
        for n in 0..100 {
            ids.push(&format!("00000000-0000-4000-8000-{n:012x}"));
            ids.push(&format!("{n:08x}-0000-4000-8000-abcdefabcdef"));
        }
        let keys: std::collections::HashSet<_> = ids.keys().collect();
        assert_eq!(keys.len(), 200);
    }

    proptest! {
        #[test]
        fn an_id_comes_back_as_written(ids in prop::collection::vec(prop_oneof!["[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[0-9A-F-]{36}", ".{0,40}"], 0..20)) {
            let mut column = EventIds::default();
            ids.iter().for_each(|id| column.push(id));
            let mut twice = column.clone();
            twice.append(&column);
            for (row, id) in ids.iter().enumerate() {
                prop_assert_eq!(&column.text(row), id);
                prop_assert_eq!(&twice.text(row + ids.len()), id);
                prop_assert!(id.is_empty() || column.rows_of(id).contains(&(row as u32)));
            }
        }
    }
}
