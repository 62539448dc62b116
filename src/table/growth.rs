//! How columns grow: so that what moves is copied seldom, and little room stays empty.

/// Room for so many more. Grows by a half where the standard library doubles, and by an eighth once the column is long: of ten million
/// rows half would be empty room, and while a column moves it is there twice.
pub(super) fn make_room<T>(cells: &mut Vec<T>, more: usize) {
    if cells.capacity() - cells.len() < more {
        cells.reserve_exact(more.max(step(cells.len())));
    }
}

/// The same where memory may have come to its end.
pub(super) fn try_room<T>(cells: &mut Vec<T>, more: usize) -> Result<(), OutOfRoom> {
    if cells.capacity() - cells.len() >= more {
        return Ok(());
    }
    cells.try_reserve_exact(more.max(step(cells.len()))).map_err(|_| OutOfRoom)
}

/// Whether so many bytes can be had in one piece. They are given back at once: a WebAssembly memory never shrinks, so that what was had
/// once is there when it is needed.
pub(super) fn probe(bytes: usize) -> Result<(), OutOfRoom> {
    Vec::<u8>::new().try_reserve_exact(bytes).map_err(|_| OutOfRoom)
}

/// There is no memory for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRoom;

/// By how many cells a column of so many grows.
pub(super) fn step(cells: usize) -> usize {
    cells / share(cells)
}

/// By which part of itself a column of so many cells grows: each cell is copied some eight times in all, which is less than a tenth of a
/// microsecond a row; twice while it is not long, where fresh memory would take longer than the copy.
pub(super) fn share(cells: usize) -> usize {
    if cells < 1 << 20 { 2 } else { 8 }
}
