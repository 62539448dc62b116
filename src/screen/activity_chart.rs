//! Draws one identity's activity over time, small enough for a table's cell.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

use crate::screen::palette::Palette;
use crate::screen::timeline_chart::Drawn;

/// Draws `bins` as bars over the whole area: as many bars as have room, the root of the count as height, so that one event is seen
/// beside ten thousand.
///
/// # Errors
/// When the backend refuses a mark.
pub fn draw<B: DrawingBackend>(area: &DrawingArea<B, Shift>, bins: &[u32], palette: &Palette) -> Drawn<B> {
    let (width, height) = area.dim_in_pixel();
    let room = usize::try_from(width).unwrap_or(0) / usize::try_from(palette.px(3.0)).unwrap_or(1);
    let bars = gathered(bins, room.max(1));
    let highest = f64::from(bars.iter().copied().max().unwrap_or(0).max(1)).sqrt();
    let (width, height) = (f64::from(width), f64::from(height));
    for (at, count) in bars.iter().enumerate().filter(|(_, count)| **count > 0) {
        let left = (at as f64 / bars.len() as f64 * width).round() as i32;
        let right = ((at + 1) as f64 / bars.len() as f64 * width).round() as i32 - palette.px(1.0);
        let tall = (f64::from(*count).sqrt() / highest * height).max(palette.dpr);
        let top = (height - tall).round() as i32;
        area.draw(&Rectangle::new([(left, top), (right.max(left + 1), height as i32)], palette.accent.filled()))?;
    }
    Ok(())
}

/// `bins` added up into at most `room` bars.
fn gathered(bins: &[u32], room: usize) -> Vec<u32> {
    let each = bins.len().div_ceil(room).max(1);
    bins.chunks(each).map(|chunk| chunk.iter().copied().fold(0, u32::saturating_add)).collect()
}
