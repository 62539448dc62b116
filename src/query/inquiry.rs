//! Everything a person asked, and its one-line form: what the URL's hash holds, versioned.

use serde::Deserialize;
use serde::Serialize;

use crate::query::filter::Filter;
use crate::query::order::Direction;
use crate::query::order::Order;
use crate::query::order::SortBy;
use crate::table::column::ColumnId;
use crate::table::predicate::Predicate;
use crate::trail::percent;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// Filter, time range and order. Two equal inquiries have equal answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    /// Which events.
    pub filter: Filter,
    /// Only events in this range; `None`: all.
    pub range: Option<TimeRange>,
    /// How the table is sorted.
    pub order: Order,
    /// Whether an event that was delivered more than once counts once.
    pub deliveries: Deliveries,
}

/// Whether an event that stands in several files, by its `eventID`, is counted in each of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Deliveries {
    /// Every row counts.
    #[default]
    Every,
    /// Only the rows of one file count: of the best verdict, then the first by name.
    Once,
}

impl Inquiry {
    /// The tree that selects the rows.
    #[must_use]
    pub fn predicate(&self) -> Predicate {
        self.predicate_without(None)
    }

    /// The same without one column's own clauses.
    #[must_use]
    pub fn predicate_without(&self, column: Option<ColumnId>) -> Predicate {
        let filter = self.filter.predicate_without(column);
        let range = self.range.map(Predicate::Time);
        let once = (self.deliveries == Deliveries::Once).then_some(Predicate::CountedOnce);
        match (range, once) {
            (None, None) => filter,
            (range, once) => Predicate::All(std::iter::once(filter).chain(range).chain(once).collect()),
        }
    }

    /// The text behind `#`: `1;f=…;t=START..END;o=COLUMN,desc;d=once`. Parts that say nothing are left out; an empty inquiry is empty text.
    #[must_use]
    pub fn to_hash(&self) -> String {
        let mut parts = Vec::new();
        if !self.filter.clauses.is_empty() {
            parts.push(format!("f={}", escape(&self.filter.to_string())));
        }
        if let Some(range) = self.range {
            parts.push(format!("t={}..{}", range.start, range.end));
        }
        if self.order != Order::default() {
            let by = match self.order.by {
                SortBy::Time => "eventTime",
                SortBy::Column(column) => column.field(),
            };
            let direction = if self.order.direction == Direction::Ascending { "asc" } else { "desc" };
            parts.push(format!("o={by},{direction}"));
        }
        // A page of before this part leaves it out, and counts every delivery.
        if self.deliveries == Deliveries::Once {
            parts.push("d=once".to_owned());
        }
        if parts.is_empty() { String::new() } else { format!("{VERSION};{}", parts.join(";")) }
    }

    /// Reads what `to_hash` wrote; parts that cannot be read, and other versions, are left out.
    #[must_use]
    pub fn from_hash(text: &str) -> Self {
        let mut inquiry = Self::default();
        let Some(parts) = text.trim_start_matches('#').strip_prefix(VERSION).and_then(|rest| rest.strip_prefix(';')) else {
            return inquiry;
        };
        for part in parts.split(';') {
            match part.split_once('=') {
                Some(("f", value)) => inquiry.filter = Filter::parse(&percent::decode(value)),
                Some(("t", value)) => inquiry.range = parse_range(value),
                Some(("d", "once")) => inquiry.deliveries = Deliveries::Once,
                Some(("o", value)) => inquiry.order = parse_order(value).unwrap_or_default(),
                _ => {}
            }
        }
        inquiry
    }
}

fn parse_range(text: &str) -> Option<TimeRange> {
    let (start, end) = text.split_once("..")?;
    let range = TimeRange::new(Timestamp::parse(start)?, Timestamp::parse(end)?);
    (range.start < range.end).then_some(range)
}

fn parse_order(text: &str) -> Option<Order> {
    let (by, direction) = text.split_once(',')?;
    let by = if by == "eventTime" { SortBy::Time } else { SortBy::Column(ColumnId::by_field(by)?) };
    let direction = if direction == "asc" { Direction::Ascending } else { Direction::Descending };
    Some(Order { by, direction })
}

/// Percent-encoding of everything that a URL's fragment or our own grammar could stumble over.
fn escape(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:*/@!,+".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Raised, with a reader for the old form, when the form changes: links are kept in tickets for years.
const VERSION: &str = "1";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_link_of_before_deliveries_reads_as_it_did() {
        let old = Inquiry::from_hash("#1;f=user:ada;o=eventTime,asc");
        assert_eq!((old.deliveries, old.filter.clauses.len()), (Deliveries::Every, 1));
        assert_eq!(Inquiry { deliveries: Deliveries::Once, ..Inquiry::default() }.to_hash(), "1;d=once");
        assert_eq!(Inquiry::from_hash("1;d=twice").deliveries, Deliveries::Every);
    }

    proptest! {
        #[test]
        fn a_link_brings_back_the_inquiry(text in ".{0,30}", start in 0i64..2_000_000_000, length in 1i64..1_000_000, column in 0usize..17, ascending in any::<bool>(), once in any::<bool>()) {
            let direction = if ascending { Direction::Ascending } else { Direction::Descending };
            let start = Timestamp(start * 1000);
            let inquiry = Inquiry {
                filter: Filter::parse(&text),
                range: Some(TimeRange::new(start, start.plus(length))),
                order: Order { by: SortBy::Column(ColumnId::STORED[column]), direction },
                deliveries: if once { Deliveries::Once } else { Deliveries::Every },
            };
            prop_assert_eq!(&Inquiry::from_hash(&inquiry.to_hash()), &inquiry);
        }

        #[test]
        fn any_hash_is_taken(text in "1;.{0,40}") {
            let _ = Inquiry::from_hash(&text);
        }
    }
}
