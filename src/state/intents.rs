//! What a person can want, as changes of the inquiry and orders to the intake. Views call these and decide nothing themselves.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::integrity::verdict::Verdict;
use crate::query::filter::Clause;
use crate::query::filter::Field;
use crate::query::filter::Filter;
use crate::query::filter::Sense;
use crate::query::inquiry::Deliveries;
use crate::query::order::Direction;
use crate::query::order::Order;
use crate::query::order::SortBy;
use crate::state::desk::Desk;
use crate::state::desk::Tab;
use crate::state::habits;
use crate::table::column::ColumnId;
use crate::trail::time::TimeRange;

/// What of a pasted text could not be taken, and a sentence for each reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// The lines that are left.
    pub text: String,
    /// Why.
    pub why: Vec<String>,
}

impl Desk {
    /// Goes to a view. Where it is shown already, nothing is built anew and keeps its place.
    pub fn go_to(&self, tab: Tab) {
        if self.tab.get_untracked() != tab {
            self.tab.set(tab);
        }
    }

    /// Changes the inquiry, if that changes anything.
    pub fn refine(&self, change: impl FnOnce(&mut crate::query::inquiry::Inquiry)) {
        let mut inquiry = self.inquiry.get_untracked();
        change(&mut inquiry);
        if self.inquiry.with_untracked(|now| *now != inquiry) {
            self.inquiry.set(inquiry);
        }
    }

    /// Takes a value in or leaves it out; the same again takes the clause away.
    pub fn toggle_value(&self, column: ColumnId, value: &str, sense: Sense) {
        let clause = Clause::of_value(column, value, sense);
        self.refine(|inquiry| {
            let at = inquiry.filter.clauses.iter().position(|known| *known == clause);
            inquiry.filter = match at {
                Some(at) => inquiry.filter.without(at),
                None => inquiry.filter.with(clause),
            };
        });
    }

    /// Only rows that match this clause too.
    pub fn filter_for(&self, clause: Clause) {
        self.refine(|inquiry| inquiry.filter = inquiry.filter.with(clause));
    }

    /// Adds what was typed.
    pub fn add_filter(&self, text: &str) {
        let typed = Filter::parse(text);
        let raw = typed.raw_texts().last().map(|(_, text)| text.to_owned());
        self.refine(|inquiry| typed.clauses.into_iter().for_each(|clause| inquiry.filter = inquiry.filter.with(clause)));
        raw.into_iter().for_each(|text| self.search_raw(text));
    }

    /// Takes the clause at that place away.
    pub fn drop_clause(&self, at: usize) {
        self.refine(|inquiry| inquiry.filter = inquiry.filter.without(at));
    }

    /// Turns the clause at that place into its opposite.
    pub fn negate_clause(&self, at: usize) {
        self.refine(|inquiry| {
            if let Some(clause) = inquiry.filter.clauses.get_mut(at) {
                clause.sense = if clause.sense == Sense::Include { Sense::Exclude } else { Sense::Include };
            }
        });
    }

    /// Only this range; `None`: all.
    pub fn choose_range(&self, range: Option<TimeRange>) {
        let range = range.filter(|range| range.start < range.end);
        self.refine(|inquiry| inquiry.range = range);
    }

    /// Goes to the events of this time. An axis that does not show it becomes whole again.
    pub fn show_time(&self, range: TimeRange) {
        if self.window.with_untracked(|window| window.is_some_and(|window| range.start < window.start || window.end < range.end)) {
            self.window.set(None);
        }
        self.choose_range(Some(range));
        self.tab.set(Tab::Events);
    }

    /// Shows the chosen range over the whole axis.
    pub fn zoom_to_range(&self) {
        if let Some(range) = self.inquiry.with_untracked(|inquiry| inquiry.range) {
            self.window.set(Some(range));
        }
    }

    /// The whole axis, and all events on it.
    pub fn reset_time(&self) {
        self.window.set(None);
        self.choose_range(None);
    }

    /// Everything again.
    pub fn reset_filters(&self) {
        self.window.set(None);
        self.refine(|inquiry| {
            inquiry.filter = Filter::default();
            inquiry.range = None;
        });
    }

    /// Sorts by a column; again: the other way round. Time begins with the newest.
    pub fn sort_by(&self, by: SortBy) {
        self.refine(|inquiry| {
            let first = if by == SortBy::Time { Direction::Descending } else { Direction::Ascending };
            let direction = if inquiry.order.by == by { inquiry.order.direction.reversed() } else { first };
            inquiry.order = Order { by, direction };
        });
    }

    /// Whether only verified events are shown.
    #[must_use]
    pub fn is_verified_only(&self) -> bool {
        let clause = Clause::of_value(ColumnId::Verdict, Verdict::Valid.slug(), Sense::Include);
        self.inquiry.with(|inquiry| inquiry.filter.clauses.contains(&clause))
    }

    /// Verified events only, or all again.
    pub fn toggle_verified_only(&self) {
        self.toggle_value(ColumnId::Verdict, Verdict::Valid.slug(), Sense::Include);
    }

    /// Counts duplicate deliveries once, or each of them again.
    pub fn toggle_deliveries(&self) {
        self.refine(|inquiry| {
            inquiry.deliveries = match inquiry.deliveries {
                Deliveries::Every => Deliveries::Once,
                Deliveries::Once => Deliveries::Every,
            };
        });
    }

    /// Goes where an exception of the banner is shown: its events, or the files where it has none.
    pub fn show_exception(&self, kind: &str) {
        let Some(verdict) = Verdict::ALL.into_iter().find(|verdict| verdict.slug() == kind) else {
            self.tab.set(Tab::Integrity);
            return;
        };
        self.list_files(verdict);
    }

    /// Goes to the list of all files of a verdict.
    pub fn list_files(&self, verdict: Verdict) {
        self.files_asked.update(|asked| (asked.verdict, asked.reason, asked.start) = (Some(verdict), None, 0));
        self.tab.set(Tab::Integrity);
    }

    /// Goes to one event of the table, by its id.
    pub fn show_event(&self, event_id: &str) {
        self.window.set(None);
        self.refine(|inquiry| {
            inquiry.filter = Filter::default().with(Clause { field: Field::EventId, value: event_id.to_owned(), sense: Sense::Include });
            inquiry.range = None;
        });
        self.tab.set(Tab::Events);
    }

    /// Shows or hides a column, and remembers it.
    pub fn toggle_column(&self, column: ColumnId) {
        self.columns.update(|columns| match columns.iter().position(|known| *known == column) {
            Some(_) if columns.len() == 1 => {}
            Some(at) => drop(columns.remove(at)),
            None => columns.push(column),
        });
        self.columns.with_untracked(|columns| habits::keep_columns(columns));
    }

    /// The usual columns again.
    pub fn reset_columns(&self) {
        self.columns.set(habits::DEFAULT_COLUMNS.to_vec());
        habits::keep_columns(&habits::DEFAULT_COLUMNS);
    }

    /// Takes what was pasted: JSON (keys, `head-object`) or URLs, one a line. Returns what could not be taken.
    pub fn take_paste(&self, text: &str) -> Option<Unread> {
        let unread = |text: &str, why: Vec<String>| Some(Unread { text: text.to_owned(), why });
        let Some(intake) = self.intake.get_untracked() else { return unread(text, vec!["The dashboard has not started yet.".to_owned()]) };
        if is_json_like(text) {
            if let Some(why) = broken_json(text) {
                return unread(text, vec![why]);
            }
            intake.open_text(text);
            return None;
        }
        // Line by line, so that a bad one keeps no good one from being read.
        let is_bad = |line: &&str| is_json_like(line) || !intake.open_urls(line).is_empty();
        let bad: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).filter(is_bad).collect();
        let (left, why) = match bad.first() {
            None => return None,
            Some(first) if is_json_like(first) => (bad.join("\n"), vec![APART.to_owned()]),
            // Nothing of these is opened: asked again for their sentences, numbered as they now stand in the box.
            Some(_) => (bad.join("\n"), intake.open_urls(&bad.join("\n"))),
        };
        unread(&left, why)
    }

    /// Copies a text.
    pub fn copy(&self, text: String) {
        let desk = *self;
        spawn_local(async move {
            if copy(&text).await.is_none() {
                desk.notice.set(Some("The browser refused to copy. Select the text and press Ctrl+C.".to_owned()));
            }
        });
    }
}

/// The clause for a field by its name.
#[must_use]
pub fn clause_of(field: &str, value: &str) -> Option<Clause> {
    let field = if field == "eventID" { Field::EventId } else { Field::Column(ColumnId::by_field(field)?) };
    Some(Clause { field, value: value.to_owned(), sense: Sense::Include })
}

fn is_json_like(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// Why a text is no JSON; outputs of several commands may follow each other.
fn broken_json(text: &str) -> Option<String> {
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    let error = documents.find_map(Result::err)?;
    Some(format!("This JSON breaks off or is damaged in line {}: paste all that the command has printed.", error.line()))
}

const APART: &str = "URLs and JSON cannot be read from one text: paste the one, then the other.";

async fn copy(text: &str) -> Option<()> {
    let navigator = window().navigator();
    // Absent where the page is served without TLS.
    let is_there = js_sys::Reflect::get(&navigator, &"clipboard".into()).ok()?.is_object();
    let promise = is_there.then(|| navigator.clipboard().write_text(text))?;
    wasm_bindgen_futures::JsFuture::from(promise).await.ok().map(drop)
}
