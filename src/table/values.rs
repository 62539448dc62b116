//! Texts end to end in one, numbered in the order in which they came: what a dictionary is without its index, and how it travels.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::as_conversions, clippy::panic))]

use std::ops::Range;

use crate::table::growth::OutOfRoom;
use crate::table::growth::step;
use crate::table::growth::try_room;

/// A list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Values {
    text: String,
    ends: Vec<u32>,
}

impl Values {
    /// Adds a text behind all others.
    pub(super) fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// Makes room for other texts behind all others, by as much as columns grow.
    pub(super) fn try_reserve(&mut self, new: &Self) -> Result<(), OutOfRoom> {
        try_room(&mut self.ends, new.ends.len())?;
        let more = new.text.len();
        // Texts end in numbers of 32 bits: beyond that there is no telling them apart.
        if u32::try_from(self.text.len().saturating_add(more)).is_err() {
            return Err(OutOfRoom);
        }
        if self.text.capacity() - self.text.len() >= more {
            return Ok(());
        }
        self.text.try_reserve_exact(more.max(step(self.text.len()))).map_err(|_| OutOfRoom)
    }

    /// A text by its number; empty for a number that was never given.
    pub(super) fn value(&self, number: u32) -> &str {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(end) = self.ends.get(at) else { return "" };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(*end)) else { return "" };
        self.text.get(start..end).unwrap_or_default()
    }

    /// The same as bytes, without a look at where its characters begin.
    pub(super) fn bytes(&self, number: u32) -> &[u8] {
        self.bytes_at(&self.place(number))
    }

    /// Where in the whole a text stands; an empty place for a number that was never given.
    pub(super) fn place(&self, number: u32) -> Range<usize> {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        usize::try_from(start).unwrap_or_default()..usize::try_from(end).unwrap_or_default()
    }

    /// The bytes at a place.
    #[inline(always)]
    pub(super) fn bytes_at(&self, place: &Range<usize>) -> &[u8] {
        match self.text.as_bytes().get(place.start..place.end) {
            Some(bytes) => bytes,
            None => &[],
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All of them, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(|number| self.value(number))
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * 4
    }

    /// The texts in one, and where each ends.
    pub(super) fn parts(&self) -> (&str, &[u32]) {
        (&self.text, &self.ends)
    }

    /// From [`Self::parts`]; `None` where an end lies outside, before its forerunner or inside a character.
    pub(super) fn from_parts(text: &str, ends: Vec<u32>) -> Option<Self> {
        let inside = |end: &u32| usize::try_from(*end).is_ok_and(|end| text.is_char_boundary(end));
        let whole = ends.last().is_none_or(|end| usize::try_from(*end) == Ok(text.len()));
        (whole && ends.is_sorted() && ends.iter().all(inside)).then(|| Self { text: text.to_owned(), ends })
    }
}
