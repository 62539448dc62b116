//! What a person asked for, as text that can be read and written: `userName:j* errorCode:* -awsRegion:us-east-1 "free text"`.
//!
//! Clauses of one field are alternatives, different fields must all hold, a leading `-` excludes. This text is what the URL holds.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;

use crate::table::column::ColumnId;
use crate::table::predicate::Predicate;
use crate::table::predicate::TextMatch;

/// The clauses, in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct Filter {
    /// Each is a chip on the screen.
    pub clauses: Vec<Clause>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// What is looked at.
    pub field: Field,
    /// The value, `*` standing for anything.
    pub value: String,
    /// Whether the clause takes in or leaves out.
    pub sense: Sense,
}

/// What a clause looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// One column.
    Column(ColumnId),
    /// The event's id.
    EventId,
    /// Anywhere in the row.
    Text,
    /// Anywhere in the record's raw JSON, once that has been searched.
    Raw,
}

/// Whether a clause takes in or leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sense {
    /// Only rows that match.
    Include,
    /// No row that matches.
    Exclude,
}

impl Filter {
    /// Reads a filter. Nothing is refused: what is no `field:value` of a known field is free text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut clauses = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (clause, after) = parse_clause(rest);
            clauses.extend(clause);
            rest = after.trim_start();
        }
        Self { clauses }
    }

    /// The tree that selects the rows.
    #[must_use]
    pub fn predicate(&self) -> Predicate {
        self.predicate_without(None)
    }

    /// The same without the clauses of one column: a facet follows every filter except its own.
    #[must_use]
    pub fn predicate_without(&self, column: Option<ColumnId>) -> Predicate {
        let skipped = |clause: &Clause| column.is_some() && clause.field == column.map_or(Field::Text, Field::Column);
        let mut parts = Vec::new();
        let mut done: Vec<Field> = Vec::new();
        for clause in self.clauses.iter().filter(|clause| !skipped(clause)) {
            match clause.sense {
                Sense::Exclude => parts.push(Predicate::Not(Box::new(clause.predicate()))),
                // Free texts narrow each other; values of one field widen.
                Sense::Include if matches!(clause.field, Field::Text | Field::Raw) => parts.push(clause.predicate()),
                Sense::Include if done.contains(&clause.field) => {}
                Sense::Include => {
                    done.push(clause.field);
                    parts.push(Predicate::Any(self.included(clause.field).map(Clause::predicate).collect()));
                }
            }
        }
        Predicate::All(parts)
    }

    /// Whether a column has clauses.
    #[must_use]
    pub fn concerns(&self, column: ColumnId) -> bool {
        self.clauses.iter().any(|clause| clause.field == Field::Column(column))
    }

    /// The filter with a clause more; one that says the opposite of it, or the same, gives way.
    #[must_use]
    pub fn with(&self, clause: Clause) -> Self {
        let mut clauses: Vec<Clause> =
            self.clauses.iter().filter(|old| !(old.field == clause.field && old.value == clause.value)).cloned().collect();
        clauses.push(clause);
        Self { clauses }
    }

    /// The filter without its clause at that place.
    #[must_use]
    pub fn without(&self, at: usize) -> Self {
        let kept = self.clauses.iter().enumerate().filter(|(place, _)| *place != at);
        Self { clauses: kept.map(|(_, clause)| clause.clone()).collect() }
    }

    /// The texts that are sought in the raw JSON, each with the place of its clause.
    pub fn raw_texts(&self) -> impl Iterator<Item = (usize, &str)> {
        let raw = self.clauses.iter().enumerate().filter(|(_, clause)| clause.field == Field::Raw);
        raw.map(|(at, clause)| (at, clause.value.as_str()))
    }

    fn included(&self, field: Field) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(move |clause| clause.field == field && clause.sense == Sense::Include)
    }
}

impl Clause {
    /// A clause for this value of a column. A star in it stands for anything here too: there is no way to write one that does not.
    #[must_use]
    pub fn of_value(column: ColumnId, value: &str, sense: Sense) -> Self {
        Self { field: Field::Column(column), value: value.to_owned(), sense }
    }

    fn predicate(&self) -> Predicate {
        match self.field {
            // People write `s3`, records say `s3.amazonaws.com`.
            Field::Column(ColumnId::EventSource) if !self.value.is_empty() && !self.value.contains(['.', '*']) => {
                let whole = TextMatch::Is(format!("{}.amazonaws.com", self.value));
                let exact = TextMatch::Is(self.value.clone());
                Predicate::Any(vec![Predicate::Cell(ColumnId::EventSource, exact), Predicate::Cell(ColumnId::EventSource, whole)])
            }
            Field::Column(column) => Predicate::Cell(column, TextMatch::pattern(canonical(column, &self.value))),
            Field::EventId => Predicate::AnyCell(TextMatch::Is(self.value.clone())),
            // A star is a star here: policies are full of them.
            Field::Raw => Predicate::Raw(self.value.clone()),
            Field::Text if self.value.contains('*') => Predicate::AnyCell(TextMatch::Like(format!("*{}*", self.value))),
            Field::Text => Predicate::AnyCell(TextMatch::Contains(self.value.clone())),
        }
    }
}

impl Field {
    /// Its name in a filter; free text has none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Column(column) => column.field(),
            Self::EventId => "eventID",
            Self::Text => "",
            Self::Raw => RAW,
        }
    }

    fn by_name(name: &str) -> Option<Self> {
        match name {
            _ if name.eq_ignore_ascii_case("eventID") => Some(Self::EventId),
            _ if name.eq_ignore_ascii_case(RAW) => Some(Self::Raw),
            _ => ColumnId::by_field(name).map(Self::Column),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, clause) in self.clauses.iter().enumerate() {
            write!(f, "{}{clause}", if at == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sense == Sense::Exclude {
            write!(f, "-")?;
        }
        if self.field != Field::Text {
            write!(f, "{}:", self.field.name())?;
        }
        let plain = !self.value.is_empty()
            && !self.value.starts_with('-')
            && !self.value.contains(|c: char| c.is_whitespace() || c == '"' || c == '\\');
        let unambiguous = self.field != Field::Text || !self.value.contains(':');
        if plain && unambiguous {
            return write!(f, "{}", self.value);
        }
        write!(f, "\"{}\"", self.value.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> Self {
        filter.to_string()
    }
}

impl From<String> for Filter {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

/// The field of the whole record as it lies in its file.
const RAW: &str = "raw";

/// The word that the data has for a word that the screen shows.
fn canonical(column: ColumnId, value: &str) -> &str {
    let words: &[(&str, &str)] = match column {
        ColumnId::Verdict => &[
            ("verified", "valid"),
            ("modified", "invalid"),
            ("not found", "missing"),
            ("not proven", "unproven"),
            ("in no digest", "unlisted"),
            ("checking…", "pending"),
        ],
        ColumnId::ReadOnly => &[("read", "true"), ("write", "false")],
        _ => &[],
    };
    words.iter().find(|(shown, _)| shown.eq_ignore_ascii_case(value)).map_or(value, |(_, known)| known)
}

fn parse_clause(text: &str) -> (Option<Clause>, &str) {
    let (sense, body) = match text.strip_prefix('-') {
        Some(body) if !body.starts_with(char::is_whitespace) && !body.is_empty() => (Sense::Exclude, body),
        _ => (Sense::Include, text),
    };
    let name_end = body.find(|c: char| c == ':' || c == '"' || c.is_whitespace()).unwrap_or(body.len());
    let named = body.get(name_end..).and_then(|rest| rest.strip_prefix(':')).zip(body.get(..name_end).and_then(Field::by_name));
    let (field, value_text) = named.map_or((Field::Text, body), |(rest, field)| (field, rest));
    let (value, rest) = parse_value(value_text);
    // A field with nothing behind its colon is still being typed: it selects nothing out.
    let unfinished = value.is_empty() && !value_text.starts_with('"');
    (
        (!unfinished)
            .then_some(Clause { field, value, sense })
            .filter(|clause| !(matches!(clause.field, Field::Text | Field::Raw) && clause.value.is_empty())),
        rest,
    )
}

fn parse_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        return (value.to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_filter_reads_as_it_is_typed() {
        let filter = Filter::parse(r#"userName:j* -awsRegion:us-east-1 user:"a b" what errorCode:"#);
        let shown: Vec<String> = filter.clauses.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["userName:j*", "-awsRegion:us-east-1", "userName:\"a b\"", "what"]);
    }

    #[test]
    fn an_unknown_field_is_text() {
        assert_eq!(Filter::parse("arn:aws:iam::1:role/x").clauses.first().map(|clause| clause.field), Some(Field::Text));
        assert_eq!(Filter::parse("i-0abc:x").clauses.first().map(|clause| clause.field), Some(Field::Text));
    }

    fn clause() -> impl Strategy<Value = Clause> {
        let field = prop_oneof![
            Just(Field::Text),
            Just(Field::Raw),
            Just(Field::EventId),
            prop::sample::select(ColumnId::STORED.to_vec()).prop_map(Field::Column),
            Just(Field::Column(ColumnId::Verdict))
        ];
        let sense = prop_oneof![Just(Sense::Include), Just(Sense::Exclude)];
        (field, "[a-zA-Z:\"\\\\* \\-é]{1,12}", sense).prop_map(|(field, value, sense)| Clause { field, value, sense })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(clauses in prop::collection::vec(clause(), 0..5)) {
            let filter = Filter { clauses };
            prop_assert_eq!(&Filter::parse(&filter.to_string()), &filter);
        }

        #[test]
        fn any_text_is_taken(text in ".{0,60}") {
            let filter = Filter::parse(&text);
            prop_assert_eq!(&Filter::parse(&filter.to_string()), &filter);
        }
    }
}
