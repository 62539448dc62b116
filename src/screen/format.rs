//! Numbers, sizes, lengths of time and instants as people read them. Always UTC.

use std::borrow::Cow;

use crate::trail::time::DAY;
use crate::trail::time::HOUR;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// `1,930,112`
#[must_use]
pub fn count(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `2,000 files`
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `1.2 M`, `12.3 k`, `904`
#[must_use]
pub fn short_count(number: u64) -> String {
    let of = |unit: f64, sign: &str| {
        let value = number as f64 / unit;
        if value < 100.0 { format!("{value:.1} {sign}") } else { format!("{value:.0} {sign}") }
    };
    match number {
        0..10_000 => count(number),
        10_000..1_000_000 => of(1e3, "k"),
        _ => of(1e6, "M"),
    }
}

/// `310 MB`, `4.2 kB`
#[must_use]
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if number < 1000 {
        return format!("{number} B");
    }
    let mut value = number as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let unit = UNITS.get(unit).unwrap_or(&"");
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// `3 Mar`
#[must_use]
pub fn day(time: Timestamp) -> String {
    format!("{} {}", time.civil().2, month(time))
}

/// `3 Mar 2026`
#[must_use]
pub fn date(time: Timestamp) -> String {
    format!("{} {}", day(time), time.civil().0)
}

/// `Mar`
#[must_use]
pub fn month(time: Timestamp) -> &'static str {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(time.civil().1 - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"?")
}

/// `14:07`
#[must_use]
pub fn clock(time: Timestamp) -> String {
    let (hour, minute, _) = time.clock();
    format!("{hour:02}:{minute:02}")
}

/// `14:07:42`
#[must_use]
pub fn clock_seconds(time: Timestamp) -> String {
    let (hour, minute, second) = time.clock();
    format!("{hour:02}:{minute:02}:{second:02}")
}

/// `9 Mar 2026 14:07:42 UTC`
#[must_use]
pub fn instant(time: Timestamp) -> String {
    format!("{} {} UTC", date(time), clock_seconds(time))
}

/// `2026-03-09 14:07:42`: one width, so that a column of them can be read downwards.
#[must_use]
pub fn row_time(time: Timestamp) -> String {
    let (year, month, day) = time.civil();
    format!("{year:04}-{month:02}-{day:02} {}", clock_seconds(time))
}

/// `9 Mar 12:00 – 10 Mar 18:00 UTC`; the year only where the ends differ in it.
#[must_use]
pub fn range(range: TimeRange) -> String {
    let seconds = range.start.0.rem_euclid(60_000) != 0 || range.end.0.rem_euclid(60_000) != 0;
    let clock = |time| if seconds { clock_seconds(time) } else { clock(time) };
    let (first, last) = (range.start.civil(), range.end.civil());
    match (first == last, first.0 == last.0) {
        (true, _) => format!("{} {} – {} UTC", day(range.start), clock(range.start), clock(range.end)),
        (_, true) => format!("{} {} – {} {} UTC", day(range.start), clock(range.start), day(range.end), clock(range.end)),
        _ => format!("{} {} – {} {} UTC", date(range.start), clock(range.start), date(range.end), clock(range.end)),
    }
}

/// `9 Mar 2026 12:00 – 18:00 UTC`: as [`range`], and always with the year, for what is quoted out of its context.
#[must_use]
pub fn dated_range(range: TimeRange) -> String {
    let seconds = range.start.0.rem_euclid(60_000) != 0 || range.end.0.rem_euclid(60_000) != 0;
    let clock = |time| if seconds { clock_seconds(time) } else { clock(time) };
    let end = if range.start.civil() == range.end.civil() { String::new() } else { format!("{} ", date(range.end)) };
    format!("{} {} – {end}{} UTC", date(range.start), clock(range.start), clock(range.end))
}

/// A finding's message without the subject that it names after its last sentence: for where the subject stands beside it. A message that
/// happens to end like the subject, inside a sentence, stays whole.
#[must_use]
pub fn without_subject<'t>(message: &'t str, subject: &str) -> &'t str {
    message.strip_suffix(subject).filter(|said| said.ends_with(". ")).map_or(message, str::trim_end)
}

/// The text with everything made visible that could hide in it or turn it around: `⟨U+202E⟩`. Line ends and tabs stay. For text out of
/// logs and file names, which anybody may have written; what is filtered by or copied is the text itself.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) { out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c))) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// Control, bidirectional and zero-width characters: UTR #36 and the "Trojan Source" paper name the same.
fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}' => true,
        c => c.is_control(),
    }
}

/// `3 d 4 h`, `2 h 10 min`, `45 s`
#[must_use]
pub fn length(millis: i64) -> String {
    let two = |big: i64, big_sign: &str, small: i64, small_sign: &str| {
        if small == 0 { format!("{big} {big_sign}") } else { format!("{big} {big_sign} {small} {small_sign}") }
    };
    match millis {
        DAY.. => two(millis / DAY, "d", millis % DAY / HOUR, "h"),
        HOUR.. => two(millis / HOUR, "h", millis % HOUR / 60_000, "min"),
        60_000.. => two(millis / 60_000, "min", millis % 60_000 / 1000, "s"),
        _ => format!("{} s", millis / 1000),
    }
}

/// `12 %`; what is not nothing never reads as nothing, what is not all never as all.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0 %".to_owned();
    }
    let share = part as f64 / whole as f64 * 100.0;
    match part {
        0 => "0 %".to_owned(),
        _ if part < whole && share > 99.0 => "> 99 %".to_owned(),
        _ if share < 1.0 => "< 1 %".to_owned(),
        _ => format!("{share:.0} %"),
    }
}

/// `1111…3333`: an account in little room. Anything that is no account stays as it is.
#[must_use]
pub fn short_account(account: &str) -> String {
    match (account.get(..4), account.get(8..)) {
        (Some(head), Some(tail)) if account.len() == 12 => format!("{head}…{tail}"),
        _ => account.to_owned(),
    }
}

/// `s3` of `s3.amazonaws.com`
#[must_use]
pub fn service(event_source: &str) -> &str {
    event_source.strip_suffix(".amazonaws.com").unwrap_or(event_source)
}

/// The first `most` letters of a long text.
#[must_use]
pub fn head(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text)),
        None => text.to_owned(),
    }
}

/// A text as far as it can be shown: of one that has more letters than `most`, so many, and a word that these are not all.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    let head = head(text, most);
    match text.chars().nth(most) {
        Some(_) => format!("{head} (These are the first {} letters: copy it to have them all.)", count(most as u64)),
        None => head,
    }
}

/// The last part of a path or key.
#[must_use]
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn a_message_loses_its_subject_and_no_word_of_a_sentence() {
        assert_eq!(without_subject("Add the digests. 1/eu-west-1", "1/eu-west-1"), "Add the digests.");
        for whole in [
            "CloudTrail never writes that. a names a",
            "they lie elsewhere: from x to kept/a",
            "Compare a with copy/a",
            "Digests are lost.",
            "",
        ] {
            assert_eq!(without_subject(whole, "a"), whole);
            assert_eq!(without_subject(whole, ""), whole);
        }
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([count(0u64), count(999u64), count(1_930_112u64)], ["0", "999", "1,930,112"]);
        assert_eq!([bytes(4), bytes(4_200), bytes(310_000_000), bytes(999_900)], ["4 B", "4.2 kB", "310 MB", "1.0 MB"]);
        assert_eq!([short_count(904), short_count(12_345), short_count(1_234_567)], ["904", "12.3 k", "1.2 M"]);
        assert_eq!([percent(0, 5), percent(1, 900), percent(899, 900), percent(5, 5)], ["0 %", "< 1 %", "> 99 %", "100 %"]);
    }

    #[test]
    fn times_read_well() {
        let day = TimeRange::new(time("2026-03-09T12:00:00Z"), time("2026-03-09T18:00:00Z"));
        assert_eq!(range(day), "9 Mar 12:00 – 18:00 UTC");
        assert_eq!(range(TimeRange::new(day.start, time("2026-03-10T18:00:07Z"))), "9 Mar 12:00:00 – 10 Mar 18:00:07 UTC");
        assert_eq!(range(TimeRange::new(time("2025-12-31"), day.end)), "31 Dec 2025 00:00 – 9 Mar 2026 18:00 UTC");
        assert_eq!(dated_range(day), "9 Mar 2026 12:00 – 18:00 UTC");
        assert_eq!(dated_range(TimeRange::new(day.start, time("2026-03-10T18:00:07Z"))), "9 Mar 2026 12:00:00 – 10 Mar 2026 18:00:07 UTC");
        assert_eq!([length(45_000), length(HOUR), length(DAY + 4 * HOUR)], ["45 s", "1 h", "1 d 4 h"]);
    }

    #[test]
    fn what_hides_in_a_text_is_shown() {
        assert_eq!(plain("ann\u{202e}nimda\u{2069}"), "ann⟨U+202E⟩nimda⟨U+2069⟩");
        assert_eq!(
            plain("\u{feff}a\u{200b}b\u{200f}\u{61c}\u{2060}\u{0}\r\u{85}"),
            "⟨U+FEFF⟩a⟨U+200B⟩b⟨U+200F⟩⟨U+061C⟩⟨U+2060⟩⟨U+0000⟩⟨U+000D⟩⟨U+0085⟩"
        );
        for harmless in ["", "arn:aws:iam::1:user/Ünï", "שלום\n\tمرحبا 日本 👩"] {
            assert!(matches!(plain(harmless), Cow::Borrowed(same) if same == harmless), "{harmless}");
        }
    }

    #[test]
    fn names_are_shortened_only_where_they_are_what_they_seem() {
        assert_eq!([short_account("111122223333"), short_account("o-abc"), short_account("ééééééé")], ["1111…3333", "o-abc", "ééééééé"]);
        assert_eq!(head("ééééé", 2), "éé…");
        assert_eq!([cut("ééééé", 5), cut("", 5)], ["ééééé", ""]);
        assert_eq!(cut("ééééé", 4), "éééé… (These are the first 4 letters: copy it to have them all.)");
    }
}
