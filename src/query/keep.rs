//! Which rows are kept when not all are to be: told before reading, the same for every file.

use serde::Deserialize;
use serde::Serialize;

use crate::query::filter::Filter;
use crate::table::column::ColumnId;
use crate::table::predicate::Predicate;
use crate::trail::time::TimeRange;

/// What a row must be to be kept. Says nothing of files: each is read and judged, whatever becomes of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keep {
    /// Only events of this time; those without a readable time are left out then.
    pub range: Option<TimeRange>,
    /// Only events that pass. Clauses about verdicts choose nothing here: verdicts come later than rows.
    pub filter: Filter,
}

impl Keep {
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
        self.range.is_none()
            && self.filter.clauses.iter().all(|clause| clause.field == crate::query::filter::Field::Column(ColumnId::Verdict))
    }

    /// The tree that chooses the rows.
    #[must_use]
    pub fn predicate(&self) -> Predicate {
        let filter = self.filter.predicate_without(Some(ColumnId::Verdict));
        Predicate::All(self.range.map(Predicate::Time).into_iter().chain([filter]).collect())
    }
}

const NO_READS: &str = "-readOnly:true";
