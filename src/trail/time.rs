//! Instants and ranges, in UTC milliseconds. RFC 3339 in and out; no clock is ever read here.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

/// One hour in milliseconds: the length of a digest's window.
pub const HOUR: i64 = 3_600_000;
/// One day in milliseconds.
pub const DAY: i64 = 24 * HOUR;

/// Lengths in milliseconds that a clock or a calendar has: of a chart's bins, and between the labels of its axis.
pub const CALENDAR_STEPS: [i64; 22] = [
    1000,
    2000,
    5000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
];

impl Timestamp {
    /// Reads RFC 3339 (`2023-07-10T11:42:18Z`, fractions and offsets too; an offset is converted), or a bare date (midnight UTC).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(twenty) = <&[u8; 20]>::try_from(text.as_bytes())
            && let Some(time) = Self::plain(twenty)
        {
            return Some(time);
        }
        let (date, rest) = text.split_at_checked(10)?;
        let days = parse_date(date)?;
        if rest.is_empty() {
            return Some(Self(days.checked_mul(DAY)?));
        }
        let rest = rest.strip_prefix(['T', 't', ' '])?;
        let (clock, rest) = rest.split_at_checked(8)?;
        let seconds = parse_clock(clock)?;
        let (millis, zone) = parse_fraction(rest)?;
        let offset = parse_zone(zone)?;
        Some(Self(days * DAY + seconds * 1000 + millis - offset))
    }

    /// `2023-07-10T11:42:18Z`: what nearly every record has, in a tenth of the time.
    fn plain(text: &[u8; 20]) -> Option<Self> {
        let [c, y, e, a, b'-', n, o, b'-', d, f, b'T', h, i, b':', m, j, b':', s, k, b'Z'] = text else { return None };
        let mut all_digits = true;
        let mut pair = |tens: &u8, ones: &u8| {
            all_digits &= tens.is_ascii_digit() && ones.is_ascii_digit();
            i64::from(tens & 15) * 10 + i64::from(ones & 15)
        };
        let (year, month, day) = (pair(c, y) * 100 + pair(e, a), pair(n, o), pair(d, f));
        let (hour, minute, second) = (pair(h, i), pair(m, j), pair(s, k));
        if !all_digits || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        Some(Self(days_from_civil(year, month, day)? * DAY + ((hour * 60 + minute) * 60 + second) * 1000))
    }

    /// Reads the stamp in an object's name: `20231015T2305Z` or `20231015T230404Z`.
    #[must_use]
    pub fn parse_stamp(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z')?;
        let (date, clock) = text.split_once('T')?;
        if date.len() != 8 || !text.is_ascii() {
            return None;
        }
        let days = days_from_civil(number(date.get(0..4)?)?, number(date.get(4..6)?)?, number(date.get(6..8)?)?)?;
        let seconds = match clock.len() {
            4 => parse_hms(clock.get(0..2)?, clock.get(2..4)?, "00")?,
            6 => parse_hms(clock.get(0..2)?, clock.get(2..4)?, clock.get(4..6)?)?,
            _ => return None,
        };
        Some(Self(days * DAY + seconds * 1000))
    }

    /// From whole seconds since 1970, as `list-public-keys` of CLI version 1 prints them.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// This instant moved by so many milliseconds.
    #[must_use]
    pub fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this instant.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Year, month, day of this instant.
    #[must_use]
    pub fn civil(self) -> (i64, i64, i64) {
        civil_from_days(self.0.div_euclid(DAY))
    }

    /// Hour, minute, second of this instant.
    #[must_use]
    pub fn clock(self) -> (i64, i64, i64) {
        let seconds = self.0.rem_euclid(DAY) / 1000;
        (seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

impl fmt::Display for Timestamp {
    /// `2023-07-10T11:42:18Z`; milliseconds only where there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        let (hour, minute, second) = self.clock();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match self.0.rem_euclid(1000) {
            0 => write!(f, "Z"),
            millis => write!(f, ".{millis:03}Z"),
        }
    }
}

/// A half-open stretch of time, `start` included, `end` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after.
    pub end: Timestamp,
}

impl TimeRange {
    /// From `start` up to but not including `end`.
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }

    /// Whether `time` lies inside.
    #[must_use]
    pub fn contains(self, time: Timestamp) -> bool {
        self.start <= time && time < self.end
    }

    /// Length in milliseconds, never negative.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.end.since(self.start).max(0)
    }
}

fn parse_date(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    days_from_civil(number(year)?, number(month)?, number(day)?)
}

fn parse_clock(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':');
    let seconds = parse_hms(parts.next()?, parts.next()?, parts.next()?)?;
    parts.next().is_none().then_some(seconds)
}

fn parse_hms(hour: &str, minute: &str, second: &str) -> Option<i64> {
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    // 60: a leap second is written, if ever, as the last second of the minute; it counts as the next one.
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3600 + minute * 60 + second)
}

fn parse_fraction(rest: &str) -> Option<(i64, &str)> {
    let Some(digits) = rest.strip_prefix('.') else {
        return Some((0, rest));
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (fraction, zone) = digits.split_at_checked(end)?;
    let mut millis = 0;
    for place in 0..3 {
        millis = millis * 10 + i64::from(fraction.as_bytes().get(place).map_or(0, |digit| digit - b'0'));
    }
    (!fraction.is_empty()).then_some((millis, zone))
}

/// Milliseconds by which the zone is ahead of UTC.
fn parse_zone(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z" | "") {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None => rest.split_at_checked(2)?,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60_000)
}

fn number(digits: &str) -> Option<i64> {
    (!digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_real_records_hold_is_read() {
        let time = |text| Timestamp::parse(text).map(|t| t.to_string());
        assert_eq!(time("2023-07-10T11:42:18Z").as_deref(), Some("2023-07-10T11:42:18Z"));
        assert_eq!(time("2019-01-03T20:52:04.782Z").as_deref(), Some("2019-01-03T20:52:04.782Z"));
        assert_eq!(time("2016-01-18T05:25:02+05:00").as_deref(), Some("2016-01-18T00:25:02Z"));
        assert_eq!(time("2024-02-29").as_deref(), Some("2024-02-29T00:00:00Z"));
        assert_eq!(time("2014-03-06T21: 22: 54Z"), None);
        assert_eq!(time("2023-02-29T00:00:00Z"), None);
    }

    #[test]
    fn stamps_of_logs_and_digests_are_read() {
        let stamp = |text| Timestamp::parse_stamp(text).map(|t| t.to_string());
        assert_eq!(stamp("20231015T2305Z").as_deref(), Some("2023-10-15T23:05:00Z"));
        assert_eq!(stamp("20231015T230404Z").as_deref(), Some("2023-10-15T23:04:04Z"));
        assert_eq!(stamp("20231315T2305Z"), None);
        assert_eq!(stamp("20250310T2000_x"), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(millis in -62_135_596_800_000i64..253_402_300_799_999) {
            prop_assert_eq!(Timestamp::parse(&Timestamp(millis).to_string()), Some(Timestamp(millis)));
        }

        /// The short way and the long one agree, on times that there are and times that there are not.
        #[test]
        fn a_time_without_a_fraction_is_the_same_with_an_empty_one(text in "[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9x]") {
            prop_assert_eq!(Timestamp::parse(&format!("{text}Z")), Timestamp::parse(&format!("{text}.0Z")));
        }

        #[test]
        fn any_text_is_taken(text in ".{0,40}") {
            let _ = Timestamp::parse(&text);
            let _ = Timestamp::parse_stamp(&text);
        }
    }
}
