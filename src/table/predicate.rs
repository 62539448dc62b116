//! The one tree that selects rows. Whatever selects (search box, facet, brush, preset, rule) compiles to it.

use crate::table::column::ColumnId;
use crate::trail::time::TimeRange;

/// Which rows are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// All of these hold; of none, every row.
    All(Vec<Self>),
    /// One of these holds; of none, no row.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// A cell's text matches.
    Cell(ColumnId, TextMatch),
    /// Some cell of the searched columns matches, or the event id is this text.
    AnyCell(TextMatch),
    /// The event's time lies inside.
    Time(TimeRange),
    /// The row is the one by which its event is counted, where several files hold the event.
    CountedOnce,
    /// A search of the raw JSON has found this text in the row's record.
    Raw(String),
}

/// How a text is compared. The case of a–z never matters: an auditor types
/// `deletebucket` and means it. (Other alphabets as written: their tables would be a tenth of the whole program.)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextMatch {
    /// The whole text.
    Is(String),
    /// Anywhere in it.
    Contains(String),
    /// The whole text, `*` standing for any stretch.
    Like(String),
    /// Anything but nothing.
    Exists,
    /// Nothing.
    Empty,
}

impl TextMatch {
    /// As it is written behind `field:`; `*` alone means that something is there, `""` that nothing is.
    #[must_use]
    pub fn pattern(text: &str) -> Self {
        match text {
            "" => Self::Empty,
            "*" => Self::Exists,
            _ if text.contains('*') => Self::Like(text.to_owned()),
            _ => Self::Is(text.to_owned()),
        }
    }

    /// Whether `text` matches.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        match self {
            Self::Is(wanted) => same(wanted, text),
            Self::Contains(wanted) => text.to_ascii_lowercase().contains(&wanted.to_ascii_lowercase()),
            Self::Like(pattern) => like(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase()),
            Self::Exists => !text.is_empty(),
            Self::Empty => text.is_empty(),
        }
    }
}

fn same(wanted: &str, text: &str) -> bool {
    wanted.eq_ignore_ascii_case(text)
}

/// Greedy from the left: each stretch between stars is found as early as possible, the last one at the end.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        let holds = |pattern: &str, text: &str| TextMatch::pattern(pattern).holds(text);
        assert!(holds("Delete*", "DeleteBucket") && holds("delete*", "DeleteBucket"));
        assert!(holds("*Bucket*", "DeleteBucketPolicy") && holds("a*b*c", "aXbYc"));
        assert!(!holds("a*b*c", "aXc") && !holds("Delete", "DeleteBucket"));
        assert!(holds("*", "x") && !holds("*", "") && holds("", ""));
        assert!(!holds("ab*b", "ab"));
    }
}
