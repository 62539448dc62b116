//! What was selected, in words that can stand alone: on a sheet printed out of a CSV as in a pack's manifest.

use crate::export::held::Held;
use crate::integrity::verdict::Verdict;
use crate::query::filter::Clause;
use crate::query::filter::Field;
use crate::query::filter::Sense;
use crate::query::inquiry::Deliveries;
use crate::query::inquiry::Inquiry;
use crate::query::order::Direction;
use crate::query::order::SortBy;
use crate::table::column::ColumnId;

/// What is said of some rows wherever they go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// How many were selected.
    pub rows: u64,
    /// Of how many.
    pub total: u64,
    /// How many lie in verified files.
    pub verified: u64,
    /// The filter, in words.
    pub words: String,
    /// The filter as the part of the page's address behind `#`.
    pub hash: String,
    /// Whether the selection takes verified events alone.
    pub verified_only: bool,
    /// What of all that was read is not among the rows at all, in sentences; empty where everything is.
    pub not_held: String,
}

impl About {
    /// What is said of the rows of this inquiry.
    #[must_use]
    pub fn new(inquiry: &Inquiry, rows: u64, verified: u64, held: &Held) -> Self {
        let not_held = held.sentences(|number| number.to_string()).unwrap_or_default();
        let (total, words, hash) = (held.rows, words_among(inquiry, held), inquiry.to_hash());
        Self { rows, total, verified, words, hash, verified_only: is_verified_only(inquiry), not_held }
    }

    /// One sentence after the other: what this is, and how much of it is proven.
    #[must_use]
    pub fn sentence(&self) -> String {
        let proven = match (self.rows, self.verified) {
            (0, _) => "There is nothing in it.".to_owned(),
            (_, 0) => "NOTHING OF THIS IS PROVEN: no row lies in a verified file.".to_owned(),
            (rows, verified) if rows == verified => "Every row lies in a verified file.".to_owned(),
            (rows, verified) => {
                format!("{verified} of {rows} rows lie in verified files, the others are not proven: see their verdicts.")
            }
        };
        let only = if self.verified_only { " VERIFIED ONLY: events of other files were left out." } else { "" };
        let not_held = if self.not_held.is_empty() { String::new() } else { format!(" NOT ALL EVENTS WERE LOADED: {}", self.not_held) };
        format!("Trailseal: {} of {} events; {}.{only}{not_held} {proven}", self.rows, self.total, self.words)
    }
}

/// Whether nothing but verified events is selected.
#[must_use]
pub fn is_verified_only(inquiry: &Inquiry) -> bool {
    let mut included = inquiry
        .filter
        .clauses
        .iter()
        .filter(|clause| clause.field == Field::Column(ColumnId::Verdict) && clause.sense == Sense::Include)
        .peekable();
    included.peek().is_some() && included.all(|clause| clause.value == Verdict::Valid.slug())
}

/// The same as [`words`], and of which events, where not all that were read are held.
#[must_use]
pub fn words_among(inquiry: &Inquiry, held: &Held) -> String {
    let words = words(inquiry);
    if held.is_all() { words } else { format!("{words}; out of {} of {} events read", held.rows, held.read()) }
}

/// `userName is "jane" or "bob"; awsRegion is not "us-east-1"; from … to before …; newest first`
#[must_use]
pub fn words(inquiry: &Inquiry) -> String {
    let mut parts = chosen(inquiry);
    if parts.is_empty() {
        parts.push("all events, no filter".to_owned());
    }
    if inquiry.deliveries == Deliveries::Once {
        parts.push("of several deliveries of an event one".to_owned());
    }
    parts.push(match (inquiry.order.by, inquiry.order.direction) {
        (SortBy::Time, Direction::Descending) => "newest first".to_owned(),
        (SortBy::Time, Direction::Ascending) => "oldest first".to_owned(),
        (SortBy::Column(column), Direction::Ascending) => format!("sorted by {}", column.field()),
        (SortBy::Column(column), Direction::Descending) => format!("sorted by {}, backwards", column.field()),
    });
    parts.join("; ")
}

/// What filter and time range choose; nothing where they choose nothing out.
pub(super) fn chosen(inquiry: &Inquiry) -> Vec<String> {
    let clauses = &inquiry.filter.clauses;
    let mut parts = Vec::new();
    for (at, clause) in clauses.iter().enumerate() {
        let alike = |other: &&Clause| other.field == clause.field && other.sense == clause.sense;
        if matches!(clause.field, Field::Text | Field::Raw) {
            let sense = if clause.sense == Sense::Include { "with " } else { "without " };
            let place = if clause.field == Field::Raw { " in the raw JSON" } else { "" };
            parts.push(sense.to_owned() + &quoted(&clause.value) + place);
        } else if !clauses.iter().take(at).any(|earlier| alike(&earlier)) {
            let values: Vec<String> = clauses.iter().filter(alike).map(|clause| quoted(&clause.value)).collect();
            let is = if clause.sense == Sense::Include { "is" } else { "is not" };
            parts.push(format!("{} {is} {}", field_name(clause.field), values.join(" or ")));
        }
    }
    if let Some(range) = inquiry.range {
        parts.push(format!("from {} to before {}", range.start, range.end));
    }
    parts
}

fn field_name(field: Field) -> &'static str {
    match field {
        Field::Column(column) => column.field(),
        Field::EventId => "eventID",
        Field::Text | Field::Raw => "text",
    }
}

fn quoted(value: &str) -> String {
    if value.is_empty() { "empty".to_owned() } else { format!("\"{value}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::filter::Filter;

    fn inquiry(text: &str) -> Inquiry {
        Inquiry { filter: Filter::parse(text), ..Inquiry::default() }
    }

    #[test]
    fn a_filter_is_told_in_words() {
        assert_eq!(words(&inquiry("")), "all events, no filter; newest first");
        let once = Inquiry { deliveries: Deliveries::Once, ..Inquiry::default() };
        assert_eq!(words(&once), "all events, no filter; of several deliveries of an event one; newest first");
        let told = words(&inquiry("userName:jane -awsRegion:us-east-1 userName:bob hello"));
        assert_eq!(told, "userName is \"jane\" or \"bob\"; awsRegion is not \"us-east-1\"; with \"hello\"; newest first");
        assert_eq!(words(&inquiry("-raw:AKIA1")), "without \"AKIA1\" in the raw JSON; newest first");
    }

    #[test]
    fn verified_only_is_said_only_of_verified_only() {
        assert!(is_verified_only(&inquiry("verdict:valid")));
        assert!(!is_verified_only(&inquiry("verdict:valid verdict:unlisted")));
        assert!(!is_verified_only(&inquiry("-verdict:valid")));
        let held = Held { rows: 3, ..Held::default() };
        assert!(About::new(&inquiry("verdict:valid"), 2, 2, &held).sentence().contains("VERIFIED ONLY"));
        assert!(About::new(&inquiry(""), 2, 0, &held).sentence().contains("NOTHING OF THIS IS PROVEN"));
        assert!(!About::new(&inquiry(""), 2, 1, &held).sentence().contains("NOTHING"));
    }

    #[test]
    fn what_was_not_loaded_goes_along() {
        let held = Held { rows: 3, not_taken: 4, ..Held::default() };
        let about = About::new(&inquiry(""), 2, 2, &held);
        assert_eq!(about.words, "all events, no filter; newest first; out of 3 of 7 events read");
        assert!(about.sentence().contains("NOT ALL EVENTS WERE LOADED"), "{}", about.sentence());
    }
}
