//! One column's cells, as narrow as its dictionary allows: one byte up to 256 values, two up to 65,536, else four.

use std::ops::Range;

use crate::table::dictionary::Code;
use crate::table::growth::OutOfRoom;
use crate::table::growth::make_room;
use crate::table::growth::probe;
use crate::table::growth::try_room;

/// The codes of one column, row after row. Widens by itself when a code asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Codes {
    /// Up to 256 distinct values.
    Narrow(Vec<u8>),
    /// Up to 65,536.
    Middle(Vec<u16>),
    /// More.
    Wide(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Codes {
    /// Adds a cell.
    pub fn push(&mut self, code: Code) {
        self.widen_for(code.0);
        match self {
            Self::Narrow(cells) => cells.push(u8::try_from(code.0).unwrap_or(u8::MAX)),
            Self::Middle(cells) => cells.push(u16::try_from(code.0).unwrap_or(u16::MAX)),
            Self::Wide(cells) => cells.push(code.0),
        }
    }

    /// Adds so many cells of one code.
    pub(super) fn push_run(&mut self, code: Code, run: usize) {
        if run == 1 {
            return self.push(code);
        }
        if run > 0 {
            self.widen_for(code.0);
        }
        match self {
            Self::Narrow(cells) => cells.resize(cells.len() + run, u8::try_from(code.0).unwrap_or(u8::MAX)),
            Self::Middle(cells) => cells.resize(cells.len() + run, u16::try_from(code.0).unwrap_or(u16::MAX)),
            Self::Wide(cells) => cells.resize(cells.len() + run, code.0),
        }
    }

    /// Adds the cells of another column, each code replaced by what `recode` has in its place.
    pub fn append(&mut self, other: &Self, recode: &[u32]) {
        fn add<T: Copy + Default, C: Copy + Into<u32>>(cells: &mut Vec<T>, other: &[C], recode: &[T]) {
            make_room(cells, other.len());
            let start = cells.len();
            cells.resize(start + other.len(), T::default());
            for (cell, code) in cells[start..].iter_mut().zip(other) {
                if let Some(code) = recode.get((*code).into() as usize) {
                    *cell = *code;
                }
            }
        }
        fn add_any<T: Copy + Default>(cells: &mut Vec<T>, other: &Codes, recode: &[u32], narrowed: fn(u32) -> T) {
            let recode: Vec<T> = recode.iter().map(|code| narrowed(*code)).collect();
            match other {
                Codes::Narrow(other) => add(cells, other, &recode),
                Codes::Middle(other) => add(cells, other, &recode),
                Codes::Wide(other) => add(cells, other, &recode),
            }
        }
        self.widen_for(recode.iter().copied().max().unwrap_or(0));
        match self {
            Self::Narrow(cells) => add_any(cells, other, recode, |code| u8::try_from(code).unwrap_or(u8::MAX)),
            Self::Middle(cells) => add_any(cells, other, recode, |code| u16::try_from(code).unwrap_or(u16::MAX)),
            Self::Wide(cells) => add_any(cells, other, recode, |code| code),
        }
    }

    /// Makes room for so many more cells, of as wide codes as a dictionary of so many values gives.
    pub(super) fn try_reserve(&mut self, more: usize, distinct: usize) -> Result<(), OutOfRoom> {
        let widest = u32::try_from(distinct.saturating_sub(1)).unwrap_or(u32::MAX);
        match self {
            // Widened it is made anew: as large as it will be.
            Self::Narrow(cells) if widest > 0xffff => probe(cells.len() * 4 + more * 4),
            Self::Narrow(cells) if widest > 0xff => probe(cells.len() * 2 + more * 2),
            Self::Middle(cells) if widest > 0xffff => probe(cells.len() * 4 + more * 4),
            Self::Narrow(cells) => try_room(cells, more),
            Self::Middle(cells) => try_room(cells, more),
            Self::Wide(cells) => try_room(cells, more),
        }
    }

    /// Adds cells of codes below 256.
    pub fn extend_narrow(&mut self, codes: impl ExactSizeIterator<Item = u8>) {
        match self {
            Self::Narrow(cells) => {
                make_room(cells, codes.len());
                cells.extend(codes);
            }
            _ => codes.for_each(|code| self.push(Code(u32::from(code)))),
        }
    }

    /// The cells of these rows, in this order.
    #[must_use]
    pub fn of_rows(&self, rows: &[u32]) -> Self {
        fn pick<T: Copy>(cells: &[T], rows: &[u32]) -> Vec<T> {
            let mut picked = Vec::with_capacity(rows.len());
            for row in rows {
                picked.extend(cells.get(*row as usize));
            }
            picked
        }
        match self {
            Self::Narrow(cells) => Self::Narrow(pick(cells, rows)),
            Self::Middle(cells) => Self::Middle(pick(cells, rows)),
            Self::Wide(cells) => Self::Wide(pick(cells, rows)),
        }
    }

    /// The cell of a row; code 0 for a row that does not exist.
    #[must_use]
    pub fn at(&self, row: usize) -> Code {
        Code(match self {
            Self::Narrow(cells) => cells.get(row).copied().map_or(0, u32::from),
            Self::Middle(cells) => cells.get(row).copied().map_or(0, u32::from),
            Self::Wide(cells) => cells.get(row).copied().unwrap_or(0),
        })
    }

    /// Writes the codes of these rows, one after the other: whoever looks at many rows asks for the width once and not for each.
    pub fn read(&self, rows: &[u32], into: &mut Vec<u32>) {
        fn copy<T: Copy + Into<u32>>(cells: &[T], rows: &[u32], into: &mut [u32]) {
            for (place, row) in into.iter_mut().zip(rows) {
                *place = cells.get(*row as usize).map_or(0, |code| (*code).into());
            }
        }
        into.resize(rows.len(), 0);
        match self {
            Self::Narrow(cells) => copy(cells, rows, into),
            Self::Middle(cells) => copy(cells, rows, into),
            Self::Wide(cells) => copy(cells, rows, into),
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Narrow(cells) => cells.len(),
            Self::Middle(cells) => cells.len(),
            Self::Wide(cells) => cells.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        match self {
            Self::Narrow(cells) => cells.capacity(),
            Self::Middle(cells) => cells.capacity() * 2,
            Self::Wide(cells) => cells.capacity() * 4,
        }
    }

    /// Writes one bit a row into `words`: whether `wanted[code]` holds. The innermost loop of every filter.
    pub fn mark(&self, wanted: &[bool], words: &mut [u64]) {
        fn fill<T: Copy + Into<u32>>(cells: &[T], wanted: &[bool], words: &mut [u64]) {
            for (word, cells) in words.iter_mut().zip(cells.chunks(64)) {
                *word = cells.iter().enumerate().fold(0, |bits, (at, code)| {
                    let code: u32 = (*code).into();
                    bits | u64::from(wanted.get(code as usize).copied().unwrap_or(false)) << at
                });
            }
        }
        match self {
            Self::Narrow(cells) => fill(cells, wanted, words),
            Self::Middle(cells) => fill(cells, wanted, words),
            Self::Wide(cells) => fill(cells, wanted, words),
        }
    }

    /// Adds `change` to each row's place in `counts`, which is its code. One plain loop a width: at the size that the page is built for,
    /// closures and `push` are called and not inlined.
    pub fn count(&self, rows: &[u32], change: u32, counts: &mut [u32]) {
        fn add<T: Copy + Into<u32>>(cells: &[T], rows: &[u32], change: u32, counts: &mut [u32]) {
            for row in rows {
                if let Some(cell) = cells.get(*row as usize)
                    && let Some(count) = counts.get_mut((*cell).into() as usize)
                {
                    *count = count.wrapping_add(change);
                }
            }
        }
        /// Neighbours often have one code of a few, and an addition waits for the one before to the same place: four places take turns.
        /// A survey of half of a million rows: 7.5 ms instead of 10.4.
        fn add_in_turns(cells: &[u8], rows: &[u32], change: u32, counts: &mut [u32]) {
            let mut turns = [[0u32; 256]; 4];
            let cell = |row: u32| usize::from(cells.get(row as usize).copied().unwrap_or(0));
            let (fours, rest) = rows.as_chunks::<4>();
            for [a, b, c, d] in fours {
                turns[0][cell(*a)] += 1;
                turns[1][cell(*b)] += 1;
                turns[2][cell(*c)] += 1;
                turns[3][cell(*d)] += 1;
            }
            for (code, count) in counts.iter_mut().enumerate().take(256) {
                let sum: u32 = turns.iter().map(|turn| turn[code]).sum();
                *count = count.wrapping_add(sum.wrapping_mul(change));
            }
            add(cells, rest, change, counts);
        }
        match self {
            Self::Narrow(cells) => add_in_turns(cells, rows, change, counts),
            Self::Middle(cells) => add(cells, rows, change, counts),
            Self::Wide(cells) => add(cells, rows, change, counts),
        }
    }

    /// Adds one to each code's place in `counts`, for a stretch of rows.
    pub fn count_stretch(&self, rows: Range<usize>, counts: &mut [u32]) {
        fn add<T: Copy + Into<u32>>(cells: Option<&[T]>, counts: &mut [u32]) {
            for cell in cells.unwrap_or_default() {
                if let Some(count) = counts.get_mut((*cell).into() as usize) {
                    *count += 1;
                }
            }
        }
        match self {
            Self::Narrow(cells) => add(cells.get(rows), counts),
            Self::Middle(cells) => add(cells.get(rows), counts),
            Self::Wide(cells) => add(cells.get(rows), counts),
        }
    }

    /// Adds `change` to each row's place in a table of counts: its code chooses the line of `width` places, `column` the place in it.
    pub fn stack(&self, rows: &[u32], column: &[u16], width: usize, change: u32, counts: &mut [u32]) {
        fn add<T: Copy + Into<u32>>(cells: &[T], rows: &[u32], column: &[u16], width: usize, change: u32, counts: &mut [u32]) {
            for row in rows {
                if let (Some(cell), Some(at)) = (cells.get(*row as usize), column.get(*row as usize))
                    && let Some(count) = counts.get_mut((*cell).into() as usize * width + usize::from(*at))
                {
                    *count = count.wrapping_add(change);
                }
            }
        }
        match self {
            Self::Narrow(cells) => add(cells, rows, column, width, change, counts),
            Self::Middle(cells) => add(cells, rows, column, width, change, counts),
            Self::Wide(cells) => add(cells, rows, column, width, change, counts),
        }
    }

    /// A counting sort's last step: puts each row at the next free place of its code.
    pub fn deal(&self, rows: &[u32], next: &mut [u32], places: &mut [u32]) {
        fn put<T: Copy + Into<u32>>(cells: &[T], rows: &[u32], next: &mut [u32], places: &mut [u32]) {
            for row in rows {
                if let Some(cell) = cells.get(*row as usize)
                    && let Some(free) = next.get_mut((*cell).into() as usize)
                    && let Some(place) = places.get_mut(*free as usize)
                {
                    *place = *row;
                    *free += 1;
                }
            }
        }
        match self {
            Self::Narrow(cells) => put(cells, rows, next, places),
            Self::Middle(cells) => put(cells, rows, next, places),
            Self::Wide(cells) => put(cells, rows, next, places),
        }
    }

    /// The greatest code; `None` where there is no row.
    #[must_use]
    pub fn greatest(&self) -> Option<u32> {
        match self {
            Self::Narrow(cells) => cells.iter().max().copied().map(u32::from),
            Self::Middle(cells) => cells.iter().max().copied().map(u32::from),
            Self::Wide(cells) => cells.iter().max().copied(),
        }
    }

    fn widen_for(&mut self, code: u32) {
        match self {
            Self::Narrow(cells) if code > 0xff => {
                let cells = cells.iter().map(|code| u16::from(*code)).collect();
                *self = Self::Middle(cells);
                self.widen_for(code);
            }
            Self::Middle(cells) if code > 0xffff => *self = Self::Wide(cells.iter().map(|code| u32::from(*code)).collect()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn widening_changes_no_cell(codes in prop::collection::vec(prop_oneof![0u32..300, 65_000u32..70_000], 0..200)) {
            let mut cells = Codes::default();
            codes.iter().for_each(|code| cells.push(Code(*code)));
            prop_assert_eq!((0..codes.len()).map(|row| cells.at(row).0).collect::<Vec<_>>(), codes.clone());
            let wanted: Vec<bool> = (0..70_000).map(|code| code % 3 == 0).collect();
            let mut words = vec![0; codes.len().div_ceil(64)];
            cells.mark(&wanted, &mut words);
            for (row, code) in codes.iter().enumerate() {
                prop_assert_eq!(words[row / 64] >> (row % 64) & 1 == 1, code % 3 == 0);
            }
        }
    }
}
