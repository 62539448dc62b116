//! Draws a timeline's bars on any backend: marks only, words are HTML.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;
use plotters::style::RGBColor;

use crate::query::timeline::Timeline;
use crate::screen::palette::Palette;
use crate::screen::scale::TimeScale;
use crate::trail::arrange::arrange;
use crate::trail::time::TimeRange;

/// What drawing may fail with.
pub type Drawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Draws `timeline` over the whole area, its axis being `axis`.
///
/// # Errors
/// When the backend refuses a mark.
pub fn draw<B: DrawingBackend>(area: &DrawingArea<B, Shift>, timeline: &Timeline, axis: TimeRange, palette: &Palette) -> Drawn<B> {
    let (width, height) = area.dim_in_pixel();
    // Heights are in proportion, whatever the filter: only what would be too low to be seen is raised.
    let highest = f64::from(timeline.ghost.iter().copied().max().unwrap_or(0).max(1));
    let chart = Chart { scale: TimeScale::new(axis, f64::from(width)), height: f64::from(height), highest, palette };
    let floor = chart.height as i32;
    for bin in 0..timeline.ghost.len() {
        let Some((left, right)) = chart.bar(timeline, bin) else { continue };
        let ghost = timeline.ghost.get(bin).copied().unwrap_or(0);
        if ghost > 0 {
            chart.mark(area, (left, right), (floor, chart.y(ghost)), palette.ghost)?;
        }
        let (mut bottom, mut below) = (floor, 0u32);
        for stack in ordered(timeline) {
            let count = stack.counts.get(bin).copied().unwrap_or(0);
            below = below.saturating_add(count);
            if count > 0 {
                bottom = chart.mark(area, (left, right), (bottom, chart.y(below)), palette.class(&stack.name))?;
            }
        }
    }
    Ok(())
}

/// What asks for attention lies at the bottom, where a thin layer is seen best.
fn ordered(timeline: &Timeline) -> Vec<&crate::query::timeline::Stack> {
    let mut stacks: Vec<_> = timeline.stacks.iter().collect();
    let rank = |name: &str| match name {
        "invalid" | "missing" | "Failure" => 0,
        "unlisted" | "Denied" => 1,
        "unproven" | "false" => 2,
        _ => 3,
    };
    arrange(&mut stacks, |a, b| rank(&a.name).cmp(&rank(&b.name)));
    stacks
}

struct Chart<'p> {
    scale: TimeScale,
    height: f64,
    highest: f64,
    palette: &'p Palette,
}

impl Chart<'_> {
    /// Left and right edge of a bin's bar, with a hair between bars where there is room for it.
    fn bar(&self, timeline: &Timeline, bin: usize) -> Option<(i32, i32)> {
        let at = i64::try_from(bin).ok()?;
        let left = self.scale.x(timeline.start.plus(at.saturating_mul(timeline.step)));
        let right = self.scale.x(timeline.start.plus(at.saturating_add(1).saturating_mul(timeline.step)));
        if right <= 0.0 || left >= self.scale.width {
            return None;
        }
        let hair = if right - left > 3.0 * self.palette.dpr { self.palette.px(1.0) } else { 0 };
        let left = left.max(0.0).round() as i32;
        let right = right.min(self.scale.width).round() as i32 - hair;
        Some((left, right.max(left + 1)))
    }

    /// Where a bar of so many events ends, with one pixel of room above the highest.
    fn y(&self, count: u32) -> i32 {
        (self.height - (f64::from(count) / self.highest).min(1.0) * (self.height - self.palette.dpr)).round() as i32
    }

    /// Draws upwards from `bottom`: to `top`, and at least two pixels, for what is there must be seen. Returns where it ended.
    fn mark<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, Shift>,
        (left, right): (i32, i32),
        (bottom, top): (i32, i32),
        colour: RGBColor,
    ) -> Result<i32, DrawingAreaErrorKind<B::ErrorType>> {
        let top = top.min(bottom - self.palette.px(2.0)).max(0);
        area.draw(&Rectangle::new([(left, top), (right, bottom)], colour.filled()))?;
        Ok(top)
    }
}
