//! Draws which hours of a chain are proven: one thin row a chain, on the timeline's axis.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::PathElement;
use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;
use plotters::style::RGBColor;

use crate::screen::palette::Palette;
use crate::screen::scale::TimeScale;
use crate::screen::timeline_chart::Drawn;
use crate::trail::time::TimeRange;

/// What is shown of a stretch of time; the worst comes last and wins where many share a pixel. Each has a shape of its own, so that none
/// is told by its colour alone: a whole bar, a thin line, a half bar, slanted lines, a bar that stands out above and below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Proven, and nothing was delivered.
    Empty,
    /// Proven.
    Proven,
    /// Not proven.
    Unproven,
    /// No digest speaks for it.
    Gap,
    /// Disproven, or not found.
    Broken,
}

/// One chain's stretches, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    /// Stretches and what is shown of each.
    pub cells: Vec<(TimeRange, Cell)>,
}

/// Draws `strips` under each other, each `pitch` CSS pixels below the last, with bars of `bar` CSS pixels.
///
/// # Errors
/// When the backend refuses a mark.
pub fn draw<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    strips: &[Strip],
    axis: TimeRange,
    (pitch, bar): (f64, f64),
    palette: &Palette,
) -> Drawn<B> {
    let (width, _) = area.dim_in_pixel();
    let scale = TimeScale::new(axis, f64::from(width));
    for (row, strip) in strips.iter().enumerate() {
        let top = ((row as f64 * pitch + (pitch - bar) / 2.0) * palette.dpr).round() as i32;
        let lane = Lane { top, bottom: top + palette.px(bar), over: palette.px((pitch - bar) / 2.0 - 0.75), palette };
        lane.fill(area, (0, scale.width as i32), palette.blank)?;
        for (left, right, cell) in strip.runs(&scale, palette) {
            lane.cell(area, (left, right), cell)?;
        }
    }
    Ok(())
}

impl Strip {
    /// The runs of equal cells on the screen, each with its left and right edge: at most one a pixel, however many stretches there are.
    fn runs(&self, scale: &TimeScale, palette: &Palette) -> Vec<(i32, i32, Cell)> {
        let hair = f64::from(palette.px(1.0));
        let mut runs: Vec<(i32, i32, Cell)> = Vec::new();
        for (range, cell) in &self.cells {
            let (from, to) = (scale.x(range.start).max(0.0), scale.x(range.end).min(scale.width));
            if to <= from {
                continue;
            }
            let apart = to - from > 4.0 * hair;
            let left = from.round() as i32;
            let right = (to - if apart { hair } else { 0.0 }).round() as i32;
            let right = right.max(left + 1);
            match runs.last_mut() {
                // Too narrow to stand alone: equal neighbours become one, and of two in one pixel the worse is shown.
                Some(last) if last.2 == *cell && left <= last.1 => last.1 = last.1.max(right),
                Some(last) if left < last.1 && last.1 - last.0 <= 1 => *last = (last.0, last.1.max(right), last.2.max(*cell)),
                Some(last) if left < last.1 && *cell > last.2 => {
                    last.1 = left;
                    runs.push((left, right, *cell));
                }
                Some(last) if right <= last.1 => {}
                Some(last) => {
                    let left = left.max(last.1);
                    runs.push((left, right.max(left + 1), *cell));
                }
                None => runs.push((left, right, *cell)),
            }
        }
        runs
    }
}

struct Lane<'p> {
    top: i32,
    bottom: i32,
    /// How far a bar may stand out above and below.
    over: i32,
    palette: &'p Palette,
}

impl Lane<'_> {
    fn cell<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, edges: (i32, i32), cell: Cell) -> Drawn<B> {
        let tall = self.bottom - self.top;
        match cell {
            Cell::Proven => self.fill(area, edges, self.palette.proven),
            Cell::Empty => self.bar(area, edges, (tall / 3, -(tall / 3)), self.palette.proven),
            Cell::Unproven => self.bar(area, edges, (tall / 2, 0), self.palette.unproven),
            Cell::Broken => self.bar(area, edges, (-self.over, self.over), self.palette.invalid),
            Cell::Gap => self.hatch(area, edges),
        }
    }

    fn fill<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, edges: (i32, i32), colour: RGBColor) -> Drawn<B> {
        self.bar(area, edges, (0, 0), colour)
    }

    /// A bar whose top and bottom are moved.
    fn bar<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, Shift>,
        (left, right): (i32, i32),
        (top, bottom): (i32, i32),
        colour: RGBColor,
    ) -> Drawn<B> {
        area.draw(&Rectangle::new([(left, self.top + top), (right, self.bottom + bottom)], colour.filled()))
    }

    /// Slanted lines, cut at the edges: a pattern, so that a gap is told without colour.
    fn hatch<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, (left, right): (i32, i32)) -> Drawn<B> {
        let tall = self.bottom - self.top;
        let step = usize::try_from(self.palette.px(4.0)).unwrap_or(4);
        let style = self.palette.gap.stroke_width(u32::try_from(self.palette.px(1.5)).unwrap_or(1));
        for foot in (left - tall..right).step_by(step) {
            let start = foot.max(left);
            let end = (foot + tall).min(right);
            if end > start {
                let y = |x: i32| self.bottom - (x - foot);
                area.draw(&PathElement::new(vec![(start, y(start)), (end, y(end))], style))?;
            }
        }
        Ok(())
    }
}
