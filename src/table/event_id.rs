//! Event ids: sixteen bytes each, because a delivered id is always a UUID; the few hand-made ones are kept as text aside.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Write;
use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;
use std::ops::Range;

use crate::table::growth::OutOfRoom;
use crate::table::growth::make_room;
use crate::table::growth::probe;
use crate::table::growth::try_room;
use crate::trail::arrange::arrange;
use crate::trail::bytes::ONES;

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

    /// Eight bytes for each row's id, to find equal ones among very many. Of all sixteen: ids that were counted up rather than drawn
    /// differ in their last digits only. `None` where the row has none.
    pub fn keys(&self) -> impl Iterator<Item = Option<u64>> {
        (0..).zip(&self.packed).map(|(row, bytes)| self.key_of(row, bytes))
    }

    /// The same of one row. All its bits are stirred: any of them may choose a place.
    #[must_use]
    pub fn key(&self, row: u32) -> Option<u64> {
        self.key_of(row, self.packed.get(usize::try_from(row).ok()?)?)
    }

    /// The same of a stretch of rows, into a list that is written over; 0 where a row has none, and never else.
    pub fn read_keys(&self, rows: Range<usize>, into: &mut Vec<u64>) {
        let packed = self.packed.get(rows.clone()).unwrap_or_default();
        into.resize(packed.len(), 0);
        for (key, bytes) in into.iter_mut().zip(packed) {
            *key = if *bytes == [0; 16] { 0 } else { folded(u128::from_be_bytes(*bytes)).max(1) };
        }
        if !self.odd.is_empty() {
            for (row, key) in rows.zip(into) {
                let row = u32::try_from(row).unwrap_or(u32::MAX);
                *key = self.key(row).map_or(0, |key| key.max(1));
            }
        }
    }

    fn key_of(&self, row: u32, bytes: &[u8; 16]) -> Option<u64> {
        match self.odd.get(&row) {
            Some(odd) => {
                let mut hasher = DefaultHasher::new();
                odd.hash(&mut hasher);
                Some(hasher.finish())
            }
            None if *bytes == [0; 16] => None,
            None => Some(folded(u128::from_be_bytes(*bytes))),
        }
    }

    /// Two rows by their whole ids. Equal keys are not enough where a row is to be left out: ids are anyone's to write.
    #[must_use]
    pub fn compare(&self, one: u32, other: u32) -> Ordering {
        let id = |row: u32| (self.packed.get(usize::try_from(row).unwrap_or(usize::MAX)), self.odd.get(&row));
        id(one).cmp(&id(other))
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

    /// Makes room for the ids of another table.
    pub(super) fn try_reserve(&mut self, other: &Self) -> Result<(), OutOfRoom> {
        probe(other.odd.len() * ODD)?;
        try_room(&mut self.packed, other.packed.len())
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.packed.capacity() * 16 + self.odd.len() * ODD
    }

    /// Appends the ids of another table, in its order.
    pub fn append(&mut self, other: &Self) {
        let base = u32::try_from(self.packed.len()).unwrap_or(u32::MAX);
        make_room(&mut self.packed, other.packed.len());
        self.packed.extend_from_slice(&other.packed);
        self.odd.extend(other.odd.iter().map(|(row, id)| (base.saturating_add(*row), id.clone())));
    }

    /// The ids of these rows, in this order.
    #[must_use]
    pub(crate) fn of_rows(&self, rows: &[u32]) -> Self {
        let packed = rows.iter().filter_map(|row| self.packed.get(usize::try_from(*row).ok()?).copied()).collect();
        let odd = if self.odd.is_empty() {
            HashMap::new()
        } else {
            (0..).zip(rows).filter_map(|(place, row)| Some((place, self.odd.get(row)?.clone()))).collect()
        };
        Self { packed, odd }
    }

    /// Those that are no UUIDs, by row, in order.
    pub(crate) fn odd(&self) -> Vec<(u32, &str)> {
        let mut odd: Vec<(u32, &str)> = self.odd.iter().map(|(row, id)| (*row, id.as_str())).collect();
        arrange(&mut odd, |a, b| a.0.cmp(&b.0));
        odd
    }

    /// From [`Self::packed`] and [`Self::odd`]; `None` where the two do not go together.
    pub(crate) fn from_parts(packed: Vec<[u8; 16]>, odd: HashMap<u32, String>) -> Option<Self> {
        let fits = |(row, id): (&u32, &String)| {
            let place = usize::try_from(*row).ok().and_then(|row| packed.get(row));
            place == Some(&[0; 16]) && !id.is_empty() && pack(id).is_none()
        };
        odd.iter().all(fits).then_some(Self { packed, odd })
    }

    /// The packed ids, row after row.
    #[must_use]
    pub fn packed(&self) -> &[[u8; 16]] {
        &self.packed
    }
}

/// A text of 40 letters with its own place in the heap and in the map.
const ODD: usize = 100;

/// Both halves in one: ids that share one half never meet here, others one time in 2⁶⁴.
#[allow(clippy::cast_possible_truncation)] // Taking a half is the purpose.
fn folded(id: u128) -> u64 {
    stirred(stirred((id >> 64) as u64) ^ (id as u64))
}

/// The finish of SplitMix64: every input has its own output, and one changed bit changes half of them.
fn stirred(half: u64) -> u64 {
    let half = (half ^ (half >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let half = (half ^ (half >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    half ^ (half >> 31)
}

fn pack(id: &str) -> Option<[u8; 16]> {
    let [a @ .., b'-', b0, b1, b2, b3, b'-', c0, c1, c2, c3, b'-', d0, d1, d2, d3, b'-', e0, e1, e2, e3, f0, f1, f2, f3, f4, f5, f6, f7] =
        id.as_bytes()
    else {
        return None;
    };
    let packed = four_bytes(a.try_into().ok()?)?
        | four_bytes([*b0, *b1, *b2, *b3, *c0, *c1, *c2, *c3])? << 32
        | four_bytes([*d0, *d1, *d2, *d3, *e0, *e1, *e2, *e3])? << 64
        | four_bytes([*f0, *f1, *f2, *f3, *f4, *f5, *f6, *f7])? << 96;
    // All zeros marks "none": an id of zeros is kept as text.
    (packed != 0).then(|| packed.to_le_bytes())
}

/// Eight digits of lower-case hexadecimal, all at once. Lower case only: what is unpacked must be what was written.
#[inline(always)]
fn four_bytes(digits: [u8; 8]) -> Option<u128> {
    let digits = u64::from_le_bytes(digits);
    // Letters have the bit of 0x40, and `a` counts ten.
    let counts = (digits & (ONES * 0x0f)) + ((digits >> 6) & ONES) * 9;
    let letters = ((counts + ONES * 6) >> 4) & ONES;
    let written = counts + ONES * 0x30 + letters * 0x27;
    if counts & (ONES * 0xf0) != 0 || written != digits {
        return None;
    }
    let pairs = (counts << 4 | counts >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    Some(u128::from((fours | fours >> 16) & 0xffff_ffff))
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
    use std::collections::HashSet;

    /// Sample records and hand-made ones count their ids up: each of them is an event of its own.
    #[test]
    fn ids_that_differ_in_one_place_have_keys_of_their_own() {
        let mut column = EventIds::default();
        (0..5000).for_each(|n| column.push(&format!("00000000-0000-4000-8000-{n:012x}")));
        (0..5000).for_each(|n| column.push(&format!("{n:08x}-0000-4000-8000-000000000000")));
        let keys: HashSet<u64> = column.keys().flatten().collect();
        let mut read = Vec::new();
        column.read_keys(0..column.len(), &mut read);
        assert_eq!(read, column.keys().map(|key| key.unwrap_or(0)).collect::<Vec<_>>());
        // 00000000-0000-4000-8000-000000000000 stands in both.
        assert_eq!(keys.len(), 9999);
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
