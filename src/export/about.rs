//! What was selected, in words that can stand alone: on a sheet printed out of a CSV as in a pack's manifest.

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
}

impl About {
    /// What is said of the rows of this inquiry.
    #[must_use]
    pub fn new(inquiry: &Inquiry, rows: u64, total: u64, verified: u64) -> Self {
        Self { rows, total, verified, words: words(inquiry), hash: inquiry.to_hash(), verified_only: is_verified_only(inquiry) }
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
        format!("Trailseal: {} of {} events; {}.{only} {proven}", self.rows, self.total, self.words)
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

/// `user name is jane or bob; not AWS Region us-east-1; from … to before …; newest first`
#[must_use]
pub fn words(inquiry: &Inquiry) -> String {
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
        assert!(About::new(&inquiry("verdict:valid"), 2, 3, 2).sentence().contains("VERIFIED ONLY"));
        assert!(About::new(&inquiry(""), 2, 3, 0).sentence().contains("NOTHING OF THIS IS PROVEN"));
        assert!(!About::new(&inquiry(""), 2, 3, 1).sentence().contains("NOTHING"));
    }
}
