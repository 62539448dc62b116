//! The days of the sample: Monday evening 10 March to Wednesday evening 12 March 2025, in UTC.

use super::forge::unix;

pub(super) const HOUR: i64 = 3600;
/// The digests of a chain, the starting digest not counted.
pub(super) const HOURS: i64 = 48;
/// 2025-03-10T18:41:21Z: logging starts in the shop's account; its digests end at this minute and second of each hour.
pub(super) const PROD_BEGIN: i64 = 1_741_632_081;
/// 2025-03-10T18:52:07Z: logging starts in the audit account.
pub(super) const AUDIT_BEGIN: i64 = 1_741_632_727;
/// No event is later, so that every log is delivered before the last digests end.
pub(super) const END: i64 = PROD_BEGIN + HOURS * HOUR - 900;
/// Both keys are valid for 30 days, as AWS's are; the second signs from here on.
pub(super) const ROTATION: i64 = 1_741_692_600;

/// A time on a day of March 2025.
pub(super) fn at(day: i64, clock: [i64; 3]) -> i64 {
    unix([2025, 3, day], clock)
}

#[cfg(test)]
mod tests {
    use super::super::forge::iso;
    use super::*;

    #[test]
    fn the_numbers_are_the_times_they_say() {
        assert_eq!(iso(PROD_BEGIN), "2025-03-10T18:41:21Z");
        assert_eq!(iso(AUDIT_BEGIN), "2025-03-10T18:52:07Z");
        assert_eq!(iso(ROTATION), "2025-03-11T11:30:00Z");
        assert_eq!(at(10, [18, 41, 21]), PROD_BEGIN);
    }
}
