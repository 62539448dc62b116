//! Which rows are kept when not all are to be: told before reading, the same for every file.

use serde::Deserialize;
use serde::Serialize;

use crate::query::filter::Clause;
use crate::query::filter::Field;
use crate::query::filter::Filter;
use crate::query::inquiry::Inquiry;
use crate::table::column::ColumnId;
use crate::table::predicate::Predicate;
use crate::trail::time::TimeRange;

/// What a row must be to be kept. Says nothing of files: each is read and judged, whatever becomes of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keep {
    /// Only events of this time; those without a readable time are left out then.
    pub range: Option<TimeRange>,
    /// Only events that pass. Clauses about verdicts choose nothing here, for verdicts come later than rows; nor do those about raw JSON, which
    /// is searched only in what has been read.
    pub filter: Filter,
}

impl Keep {
    /// Of what an inquiry asks for, that which can choose rows as they come.
    #[must_use]
    pub fn of(inquiry: &Inquiry) -> Self {
        Self { range: inquiry.range, filter: choosing(&inquiry.filter) }
    }

    /// Without what is said to be read-only. An event that does not say is kept: it may have changed something.
    #[must_use]
    pub fn writes() -> Self {
        Self { range: None, filter: Filter::parse(NO_READS) }
    }

    /// Whether this is [`Self::writes`].
    #[must_use]
    pub fn is_writes(&self) -> bool {
        *self == Self::writes()
    }

    /// Whether it leaves nothing out.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.range.is_none() && choosing(&self.filter).clauses.is_empty()
    }

    /// The tree that chooses the rows.
    #[must_use]
    pub fn predicate(&self) -> Predicate {
        let filter = choosing(&self.filter).predicate_without(None);
        Predicate::All(self.range.map(Predicate::Time).into_iter().chain([filter]).collect())
    }
}

fn choosing(filter: &Filter) -> Filter {
    let is_choosing = |clause: &&Clause| !matches!(clause.field, Field::Raw | Field::Column(ColumnId::Verdict));
    Filter { clauses: filter.clauses.iter().filter(is_choosing).cloned().collect() }
}

const NO_READS: &str = "-readOnly:true";
