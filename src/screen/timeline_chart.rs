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
    let chart = Chart { scale: TimeScale::new(axis, f64::from(width)), height: f64::from(height), heights: Heights::of(timeline), palette };
    for bin in 0..timeline.ghost.len() {
        let Some((left, right)) = chart.bar(timeline, bin) else { continue };
        let ghost = timeline.ghost.get(bin).copied().unwrap_or(0);
        chart.rectangle(area, (left, right), (0.0, chart.heights.share(f64::from(ghost))), palette.ghost)?;
        // The whole bar's height tells how many, its parts tell which share of them.
        let total = f64::from(timeline.total(bin));
        let mut below = 0.0;
        for stack in ordered(timeline) {
            let share = f64::from(stack.counts.get(bin).copied().unwrap_or(0)) / total.max(1.0) * chart.heights.share(total);
            chart.rectangle(area, (left, right), (below, below + share), palette.class(&stack.name))?;
            below += share;
        }
    }
    Ok(())
}

/// How heights follow from counts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Heights {
    highest: f64,
    power: f64,
}

impl Heights {
    /// In proportion, as long as what the filter lets through reaches a quarter of the chart. Where it is a handful among thousands, low
    /// counts are raised by a power just so far that it does: bars and ghost by the same, so that higher stays more.
    fn of(timeline: &Timeline) -> Self {
        let all = f64::from(timeline.ghost.iter().copied().max().unwrap_or(0).max(1));
        let some = f64::from((0..timeline.ghost.len()).map(|bin| timeline.total(bin)).max().unwrap_or(0));
        let power = if some > 0.0 && some / all < LOWEST { LOWEST.ln() / (some / all).ln() } else { 1.0 };
        Self { highest: all, power }
    }

    /// The share of the chart's height that so many events take.
    fn share(self, count: f64) -> f64 {
        (count / self.highest).clamp(0.0, 1.0).powf(self.power)
    }
}

/// The share of the chart's height that the highest bar has at least.
const LOWEST: f64 = 0.25;

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
    heights: Heights,
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

    fn rectangle<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, Shift>,
        (left, right): (i32, i32),
        (low, high): (f64, f64),
        colour: RGBColor,
    ) -> Drawn<B> {
        if high <= low {
            return Ok(());
        }
        // One pixel of room above the highest bar; what is there is at least one pixel high.
        let y = |share: f64| self.height - share * (self.height - self.palette.dpr);
        let bottom = y(low).round() as i32;
        let top = (y(high).round() as i32).clamp(0, (bottom - self.palette.px(1.0)).max(0));
        area.draw(&Rectangle::new([(left, top), (right, bottom)], colour.filled()))
    }
}
