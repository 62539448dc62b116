//! Time ⇄ pixel, and the ticks that a person would choose.

use crate::screen::format;
use crate::trail::time::CALENDAR_STEPS;
use crate::trail::time::DAY;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// A stretch of time laid over so many pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale {
    /// What is shown.
    pub range: TimeRange,
    /// How wide it is.
    pub width: f64,
}

/// One label of the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Where.
    pub time: Timestamp,
    /// What it says.
    pub label: String,
}

impl TimeScale {
    /// `range` over `width` pixels.
    #[must_use]
    pub fn new(range: TimeRange, width: f64) -> Self {
        Self { range, width }
    }

    /// The pixel of an instant; outside of the range it lies outside of the width.
    #[must_use]
    pub fn x(&self, time: Timestamp) -> f64 {
        time.since(self.range.start) as f64 / self.millis() * self.width
    }

    /// How far along the axis an instant lies: 0 at its start, 1 at its end, never beyond.
    #[must_use]
    pub fn share(&self, time: Timestamp) -> f64 {
        (time.since(self.range.start) as f64 / self.millis()).clamp(0.0, 1.0)
    }

    /// The instant at a pixel, never outside of the range.
    #[must_use]
    pub fn time(&self, x: f64) -> Timestamp {
        let share = if self.width > 0.0 { (x / self.width).clamp(0.0, 1.0) } else { 0.0 };
        self.range.start.plus((share * self.millis()).round() as i64)
    }

    /// Ticks at clock and calendar instants, at least `apart` pixels from each other.
    #[must_use]
    pub fn ticks(&self, apart: f64) -> Vec<Tick> {
        let most = (self.width / apart.max(1.0)).floor().max(1.0);
        let needed = self.millis() / most;
        let Some(step) = CALENDAR_STEPS.iter().copied().filter(|step| *step <= 7 * DAY).find(|step| *step as f64 >= needed) else {
            return self.month_ticks(needed);
        };
        let first = self.range.start.0.div_euclid(step) * step;
        let instants = (0..=MOST_TICKS).map(|n| Timestamp(first.saturating_add(n * step)));
        let inside = instants.filter(|time| *time >= self.range.start).take_while(|time| *time <= self.range.end);
        inside.map(|time| Tick { time, label: label(time, step) }).collect()
    }

    /// First days of months, of every n-th month, or of years.
    fn month_ticks(&self, needed: f64) -> Vec<Tick> {
        let months = [1, 3, 6, 12, 24, 60, 120].into_iter().find(|months| (*months * 28 * DAY) as f64 >= needed);
        let months = months.unwrap_or_else(|| ((needed / (28 * DAY) as f64) as i64 / 120 + 1) * 120);
        let (year, month, _) = self.range.start.civil();
        let first = (year * 12 + month - 1).div_euclid(months) * months;
        let instants = (0..=MOST_TICKS).filter_map(|n| {
            let at = first + n * months;
            Timestamp::parse(&format!("{:04}-{:02}-01", at.div_euclid(12), at.rem_euclid(12) + 1))
        });
        let inside = instants.filter(|time| *time >= self.range.start).take_while(|time| *time <= self.range.end);
        inside.map(|time| Tick { time, label: month_label(time, months) }).collect()
    }

    fn millis(&self) -> f64 {
        self.range.millis().max(1) as f64
    }
}

fn label(time: Timestamp, step: i64) -> String {
    let midnight = time.0.rem_euclid(DAY) == 0;
    match step {
        _ if midnight => format::day(time),
        _ if step < 60_000 => format::clock_seconds(time),
        _ => format::clock(time),
    }
}

fn month_label(time: Timestamp, months: i64) -> String {
    let (year, month, _) = time.civil();
    if months >= 12 || month == 1 { year.to_string() } else { format::month(time).to_owned() }
}

/// More labels than any screen has room for: a bound for the loops above.
const MOST_TICKS: i64 = 400;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scale(start: &str, end: &str, width: f64) -> TimeScale {
        let time = |text| Timestamp::parse(text).expect("a time");
        TimeScale::new(TimeRange::new(time(start), time(end)), width)
    }

    fn labels(scale: TimeScale) -> Vec<String> {
        scale.ticks(90.0).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn a_week_is_told_by_its_days() {
        assert_eq!(labels(scale("2026-03-03", "2026-03-07", 600.0)), ["3 Mar", "4 Mar", "5 Mar", "6 Mar", "7 Mar"]);
    }

    #[test]
    fn hours_are_told_by_the_clock_and_midnight_by_its_day() {
        assert_eq!(
            labels(scale("2026-03-03T20:30:00Z", "2026-03-04T02:30:00Z", 700.0)),
            ["21:00", "22:00", "23:00", "4 Mar", "01:00", "02:00"]
        );
    }

    #[test]
    fn years_are_told_by_months() {
        assert_eq!(labels(scale("2025-01-20", "2026-02-10", 700.0)), ["Apr", "Jul", "Oct", "2026"]);
    }

    proptest! {
        #[test]
        fn a_pixel_brings_back_its_instant(start in 0i64..2_000_000_000_000, length in 1i64..400_000_000_000, share in 0.0f64..1.0) {
            let scale = TimeScale::new(TimeRange::new(Timestamp(start), Timestamp(start + length)), 1000.0);
            let time = Timestamp(start + (share * length as f64) as i64);
            prop_assert!(scale.time(scale.x(time)).since(time).abs() <= 1);
        }

        #[test]
        fn ticks_keep_their_distance(start in 0i64..2_000_000_000_000, length in 1000i64..2_000_000_000_000, width in 50.0f64..3000.0) {
            let scale = TimeScale::new(TimeRange::new(Timestamp(start), Timestamp(start + length)), width);
            let ticks = scale.ticks(80.0);
            for pair in ticks.windows(2) {
                prop_assert!(scale.x(pair[1].time) - scale.x(pair[0].time) >= 79.0);
            }
            for tick in ticks {
                prop_assert!(scale.range.start <= tick.time && tick.time <= scale.range.end);
            }
        }
    }
}
