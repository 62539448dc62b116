//! A set of rows as a bitmap: one bit a row.

use std::ops::Range;
use std::sync::Arc;

use crate::trail::ids::RowId;

/// Which rows of a table are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSet {
    words: Vec<u64>,
    rows: usize,
}

/// The rows of a set one by one, or those outside of it, whichever are fewer: at most half of all rows need be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The rows, ascending.
    pub rows: Vec<u32>,
    /// Where they are.
    pub side: Side,
}

/// On which side of a set's border rows lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In the set.
    In,
    /// Outside of it.
    Out,
}

impl Side {
    /// What one listed row changes a count by that begins at nothing, or at the total.
    #[must_use]
    pub fn change(self) -> u32 {
        match self {
            Self::In => 1,
            Self::Out => 1u32.wrapping_neg(),
        }
    }
}

impl RowSet {
    /// No row of `rows`.
    #[must_use]
    pub fn none(rows: usize) -> Self {
        Self { words: vec![0; rows.div_ceil(64)], rows }
    }

    /// Every row of `rows`.
    #[must_use]
    pub fn all(rows: usize) -> Self {
        let mut set = Self { words: vec![u64::MAX; rows.div_ceil(64)], rows };
        set.trim();
        set
    }

    /// A set whose bits `fill` writes; bits past the last row are cleared.
    #[must_use]
    pub fn filled(rows: usize, fill: impl FnOnce(&mut [u64])) -> Self {
        let mut set = Self::none(rows);
        fill(&mut set.words);
        set.trim();
        set
    }

    /// Makes room for so many rows; it never loses one.
    pub fn grow(&mut self, rows: usize) {
        self.rows = self.rows.max(rows);
        self.words.resize(self.rows.div_ceil(64), 0);
    }

    /// The same set among so many rows: those that came later are not in it.
    #[must_use]
    pub fn of_rows(set: &Arc<Self>, rows: usize) -> Arc<Self> {
        let mut set = set.clone();
        if set.rows < rows {
            Arc::make_mut(&mut set).grow(rows);
        }
        set
    }

    /// How many rows are in it.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// How many rows there are to choose from.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether the row is in it.
    #[must_use]
    pub fn contains(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Puts a row in.
    pub fn insert(&mut self, row: usize) {
        if row < self.rows
            && let Some(word) = self.words.get_mut(row / 64)
        {
            *word |= 1 << (row % 64);
        }
    }

    /// Keeps only what is in `other` too.
    pub fn and(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// Adds what is in `other`.
    pub fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Everything that was not in it.
    pub fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
    }

    /// The bits, 64 rows a word.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The rows in it, ascending.
    pub fn iter(&self) -> impl Iterator<Item = RowId> {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros();
                    left &= left - 1;
                    RowId(u32::try_from(at * 64).unwrap_or(u32::MAX) + bit)
                })
            })
        })
    }

    /// The rows in it of some words of [`Self::words`], into a list that is written over. Whether there are such words.
    pub fn read(&self, words: Range<usize>, into: &mut Vec<u32>) -> bool {
        into.clear();
        let from = words.start;
        let Some(words) = self.words.get(from..words.end.min(self.words.len())).filter(|words| !words.is_empty()) else { return false };
        let count = words.iter().map(|word| word.count_ones()).sum::<u32>() as usize;
        into.resize(count, 0);
        let mut free = into.iter_mut();
        for (at, word) in (from..).zip(words) {
            let (base, mut left) = (u32::try_from(at * 64).unwrap_or(u32::MAX), *word);
            while left != 0 {
                let Some(place) = free.next() else { break };
                *place = base + left.trailing_zeros();
                left &= left - 1;
            }
        }
        true
    }

    /// The rows in it or those outside, whichever are fewer.
    #[must_use]
    pub fn listed(&self) -> Listed {
        let inside = usize::try_from(self.count()).unwrap_or(usize::MAX);
        let (side, flip, count) = if inside > self.rows / 2 { (Side::Out, u64::MAX, self.rows - inside) } else { (Side::In, 0, inside) };
        // Room first, then one write a row: `push`, which is called and not inlined at the page's size, took a survey of half
        // of a million rows from 11 to 19 ms.
        let mut rows = vec![0; count];
        let mut free = rows.iter_mut();
        for (base, word) in (0u32..).step_by(64).zip(&self.words) {
            let mut left = word ^ flip;
            while left != 0 {
                // Bits past the last row are outside of every set; the list is full before they come.
                let Some(place) = free.next() else { break };
                *place = base + left.trailing_zeros();
                left &= left - 1;
            }
        }
        Listed { rows, side }
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.words.capacity() * 8
    }

    fn trim(&mut self) {
        let past = self.words.len() * 64 - self.rows;
        if let Some(last) = self.words.last_mut() {
            *last &= u64::MAX >> past;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_set_is_a_set(rows in 1usize..300, picks in prop::collection::vec(0usize..300, 0..50)) {
            let mut set = RowSet::none(rows);
            picks.iter().for_each(|row| set.insert(*row));
            let expected: std::collections::BTreeSet<u32> = picks.iter().filter(|row| **row < rows).map(|row| *row as u32).collect();
            prop_assert_eq!(set.iter().map(|row| row.0).collect::<Vec<_>>(), expected.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(set.count(), expected.len() as u64);
            let (mut read, mut some, mut word) = (Vec::new(), Vec::new(), 0);
            while set.read(word..word + 2, &mut some) {
                read.extend_from_slice(&some);
                word += 2;
            }
            prop_assert_eq!(read, set.iter().map(|row| row.0).collect::<Vec<_>>());
            let listed = set.listed();
            let inside = listed.side == Side::In;
            prop_assert!(listed.rows.len() <= rows / 2);
            prop_assert_eq!(listed.rows, (0..rows as u32).filter(|row| set.contains(*row as usize) == inside).collect::<Vec<_>>());
            let mut rest = set.clone();
            rest.invert();
            prop_assert_eq!(rest.count() + set.count(), rows as u64);
            rest.or(&set);
            prop_assert_eq!(rest, RowSet::all(rows));
        }
    }
}
