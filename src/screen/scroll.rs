//! Scroll offset ⇄ rows, past the browsers' limit on the height of an element.

/// A list of rows of equal height, seen through a viewport.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scroll {
    /// How many rows there are.
    pub rows: u64,
    /// The height of each, in CSS pixels.
    pub row_height: f64,
    /// The height of what is seen.
    pub viewport: f64,
}

/// Where a list stands: the element's own offset, and the row pixel at the viewport's top that it stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Position {
    /// `scrollTop` of the element.
    pub offset: f64,
    /// Pixels from the top of row 0 to the top of the viewport, as if there were no limit.
    pub top: f64,
}

impl Scroll {
    /// The height to give to the scrolled element.
    #[must_use]
    pub fn spacer(&self) -> f64 {
        self.height().min(TALLEST)
    }

    /// Where the list stands after the element was scrolled to `offset`. A short way (wheel, keys) moves by as much in rows as in
    /// pixels, however tall the list; a long way (the thumb) moves in proportion.
    #[must_use]
    pub fn moved(&self, from: Position, offset: f64) -> Position {
        let offset = offset.clamp(0.0, self.most_offset());
        let way = offset - from.offset;
        let near_an_end = offset < self.viewport || offset > self.most_offset() - self.viewport;
        if self.height() <= TALLEST || way.abs() > self.viewport || near_an_end {
            return Position { offset, top: offset * self.stretch() };
        }
        Position { offset, top: (from.top + way).clamp(0.0, self.most_top()) }
    }

    /// The rows that are seen, wholly or in part, and `around` more on either side: first, and one past the last.
    #[must_use]
    pub fn visible(&self, position: Position, around: u64) -> (u64, u64) {
        let row = |pixel: f64| (pixel / self.row_height).max(0.0);
        let first = (row(position.top).floor() as u64).saturating_sub(around);
        let last = (row(position.top + self.viewport).ceil() as u64).saturating_add(around);
        (first.min(self.rows), last.min(self.rows))
    }

    /// Where a row is to be drawn inside the scrolled element.
    #[must_use]
    pub fn y(&self, position: Position, row: u64) -> f64 {
        row as f64 * self.row_height - position.top + position.offset
    }

    /// Where to scroll so that a row is wholly seen; the same place where it already is.
    #[must_use]
    pub fn showing(&self, position: Position, row: u64) -> Position {
        let start = row as f64 * self.row_height;
        let end = start + self.row_height;
        let top = if start < position.top {
            start
        } else if end > position.top + self.viewport {
            end - self.viewport
        } else {
            return position;
        };
        let top = top.clamp(0.0, self.most_top());
        Position { offset: (top / self.stretch()).clamp(0.0, self.most_offset()), top }
    }

    /// The rows from which keys go up and down: the cursor's own where it is seen, else the first and the last that are wholly seen.
    #[must_use]
    pub fn held(&self, position: Position, cursor: u64) -> (u64, u64) {
        let (first, past) = self.visible(position, 0);
        if (first..past).contains(&cursor) {
            return (cursor, cursor);
        }
        let first = (position.top / self.row_height).max(0.0).ceil() as u64;
        (first, first.saturating_add(self.page() - 1))
    }

    /// How many whole rows are seen at once: a page, at least one.
    #[must_use]
    pub fn page(&self) -> u64 {
        ((self.viewport / self.row_height).floor() as u64).max(1)
    }

    fn height(&self) -> f64 {
        self.rows as f64 * self.row_height
    }

    fn most_offset(&self) -> f64 {
        (self.spacer() - self.viewport).max(0.0)
    }

    fn most_top(&self) -> f64 {
        (self.height() - self.viewport).max(0.0)
    }

    fn stretch(&self) -> f64 {
        if self.most_offset() > 0.0 { self.most_top() / self.most_offset() } else { 1.0 }
    }
}

/// 16 M px: below Chromium's clamp at 33.5 M and Firefox's fall to nothing between 17 M and 20 M.
const TALLEST: f64 = 16_000_000.0;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_wholly_seen(scroll: Scroll, position: Position, row: u64) -> bool {
        let y = row as f64 * scroll.row_height - position.top;
        y > -0.01 && y + scroll.row_height < scroll.viewport + 0.01
    }

    proptest! {
        #[test]
        fn every_row_can_be_reached(rows in 1u64..60_000_000, share in 0.0f64..1.0, viewport in 28.0f64..2000.0) {
            let scroll = Scroll { rows, row_height: 28.0, viewport };
            let row = ((rows - 1) as f64 * share) as u64;
            let position = scroll.showing(Position::default(), row);
            prop_assert!(is_wholly_seen(scroll, position, row));
            prop_assert!(position.offset >= 0.0 && position.offset <= scroll.spacer());
            let (first, last) = scroll.visible(position, 0);
            prop_assert!(first <= row && row < last);
        }

        #[test]
        fn the_wheel_reaches_each_row_on_its_way(rows in 600_000u64..60_000_000, share in 0.01f64..0.99, step in 1.0f64..400.0) {
            let scroll = Scroll { rows, row_height: 28.0, viewport: 400.0 };
            let at = scroll.moved(Position::default(), scroll.spacer() * share);
            let next = scroll.moved(at, at.offset + step);
            prop_assert!(scroll.visible(next, 0).0 <= scroll.visible(at, 0).1);
        }

        #[test]
        fn keys_begin_where_one_looks(rows in 100u64..60_000_000, share in 0.0f64..1.0, cursor in 0.0f64..1.0, viewport in 28.0f64..2000.0) {
            let scroll = Scroll { rows, row_height: 28.0, viewport };
            let position = scroll.moved(Position::default(), scroll.spacer() * share);
            let cursor = ((rows - 1) as f64 * cursor) as u64;
            let (up, down) = scroll.held(position, cursor);
            let (first, past) = scroll.visible(position, 1);
            prop_assert!(first <= up && up <= down && down < past);
            let (first, past) = scroll.visible(position, 0);
            prop_assert!((up == cursor && down == cursor) == (first..past).contains(&cursor) || up == down);
        }

        #[test]
        fn the_ends_are_the_ends(rows in 1u64..60_000_000, viewport in 28.0f64..2000.0) {
            let scroll = Scroll { rows, row_height: 28.0, viewport };
            let end = scroll.moved(Position::default(), f64::MAX);
            prop_assert_eq!(scroll.visible(end, 0).1, rows);
            prop_assert_eq!(scroll.visible(scroll.moved(end, 0.0), 0).0, 0);
        }
    }
}
