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
use crate::trail::time::TimeRange;

/// What drawing may fail with.
pub type Drawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Draws `timeline` over the whole area, its axis being `axis`.
///
/// # Errors
/// When the backend refuses a mark.
pub fn draw<B: DrawingBackend>(area: &DrawingArea<B, Shift>, timeline: &Timeline, axis: TimeRange, palette: &Palette) -> Drawn<B> {
    let (width, height) = area.dim_in_pixel();
    let chart = Chart { scale: TimeScale::new(axis, f64::from(width)), height: f64::from(height), highest: f64::from(highest(timeline)), palette };
    for bin in 0..timeline.ghost.len() {
        let Some((left, right)) = chart.bar(timeline, bin) else { continue };
        let ghost = timeline.ghost.get(bin).copied().unwrap_or(0);
        chart.rectangle(area, (left, right), (0.0, f64::from(ghost)), palette.ghost)?;
        let mut below = 0.0;
        for stack in ordered(timeline) {
            let count = f64::from(stack.counts.get(bin).copied().unwrap_or(0));
            chart.rectangle(area, (left, right), (below, below + count), palette.class(&stack.name))?;
            below += count;
        }
    }
    Ok(())
}

/// The most events in a bin, filtered or not: the height of the axis. At least one.
#[must_use]
pub fn highest(timeline: &Timeline) -> u32 {
    timeline.ghost.iter().copied().max().unwrap_or(0).max(1)
}

/// What asks for attention lies at the bottom, where a thin layer is seen best.
fn ordered(timeline: &Timeline) -> Vec<&crate::query::timeline::Stack> {
    let mut stacks: Vec<_> = timeline.stacks.iter().collect();
    stacks.sort_by_key(|stack| match stack.name.as_str() {
        "invalid" | "missing" | "Failure" => 0,
        "unlisted" | "Denied" => 1,
        "unproven" | "false" => 2,
        _ => 3,
    });
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

    fn rectangle<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, (left, right): (i32, i32), (low, high): (f64, f64), colour: RGBColor) -> Drawn<B> {
        if high <= low {
            return Ok(());
        }
        // One pixel of room above the highest bar; what is there is at least one pixel high.
        let y = |count: f64| self.height - count / self.highest * (self.height - self.palette.dpr);
        let bottom = y(low).round() as i32;
        let top = (y(high).round() as i32).min(bottom - self.palette.px(1.0));
        area.draw(&Rectangle::new([(left, top), (right, bottom)], colour.filled()))
    }
}
