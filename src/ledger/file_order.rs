//! The rows of the report as the list of files has them, the worst first: put in order once a judgement, in steps, and looked at page by page.

use crate::integrity::judgement::Judgement;
use crate::integrity::lake_report::LakeRow;
use crate::integrity::report::DigestRow;
use crate::integrity::report::LogRow;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Verdict;
use crate::ledger::Ledger;
use crate::ledger::files::severity;
use crate::ledger::files::stamp_of;
use crate::query::merge::MergeSort;
use crate::table::dictionary::Dictionary;
use crate::trail::arrange::arrange_numbers;
use crate::trail::ids::FileId;
use crate::trail::time::Timestamp;

/// The places of the report's rows, in order: digests, then logs, then Lake's.
#[derive(Default)]
pub(super) struct FileOrder {
    /// What each row is sorted by first: how bad it is, and when.
    keys: Vec<Timestamp>,
    sort: MergeSort,
    order: Vec<u32>,
    /// Up to where rows of one key are in order of their names too.
    named: usize,
}

/// A row of the report.
#[derive(Clone, Copy)]
pub(super) enum ReportRow<'a> {
    Digest(&'a DigestRow),
    Log(&'a LogRow),
    Lake(&'a LakeRow),
}

impl<'a> ReportRow<'a> {
    fn at(judgement: &'a Judgement, place: usize) -> Option<Self> {
        let report = &judgement.report;
        let log = place.checked_sub(report.digests.len());
        let lake = log.and_then(|place| place.checked_sub(report.logs.len()));
        match (log, lake) {
            (_, Some(place)) => report.lake.get(place).map(Self::Lake),
            (Some(place), None) => report.logs.get(place).map(Self::Log),
            (None, None) => report.digests.get(place).map(Self::Digest),
        }
    }

    pub(super) fn verdict(self) -> Verdict {
        match self {
            Self::Digest(row) => row.verdict,
            Self::Log(row) => row.verdict,
            Self::Lake(row) => row.verdict,
        }
    }

    pub(super) fn reason(self) -> Option<Reason> {
        match self {
            Self::Digest(row) => row.reason,
            Self::Log(row) => row.reason,
            Self::Lake(row) => row.reason,
        }
    }

    pub(super) fn source(self) -> Option<&'a str> {
        match self {
            Self::Digest(row) => row.source.as_deref(),
            Self::Log(row) => row.source.as_deref(),
            Self::Lake(row) => row.source.as_deref(),
        }
    }

    fn name(self) -> &'a str {
        let (name, otherwise) = match self {
            Self::Digest(row) => (row.key.as_deref(), row.source.as_deref()),
            Self::Log(row) => (row.key.as_deref(), row.source.as_deref()),
            Self::Lake(row) => (row.source.as_deref(), Some(row.name.as_str())),
        };
        name.or(otherwise).unwrap_or_default()
    }

    /// Severity and time in one number; what has no time comes first.
    fn key(self) -> Timestamp {
        let at = match self {
            Self::Digest(row) => row.start.or(row.end).map(|time| time.0),
            Self::Log(_) => stamp_of(self.name()),
            Self::Lake(_) => None,
        };
        let at = at.map_or(0, |at| at.0.clamp(1 - HALF, HALF - 1) + HALF);
        Timestamp(i64::from(severity(self.verdict())) * (2 * HALF) + at)
    }
}

impl FileOrder {
    /// Goes on putting the rows in order; whether they are.
    fn step(&mut self, judgement: &Judgement, budget: usize) -> bool {
        let report = &judgement.report;
        let many = report.digests.len() + report.logs.len() + report.lake.len();
        if self.keys.len() < many {
            let past = many.min(self.keys.len().saturating_add(budget / DEAR + 1));
            let rows = (self.keys.len()..past).filter_map(|place| ReportRow::at(judgement, place));
            self.keys.extend(rows.map(ReportRow::key));
            return false;
        }
        if self.order.len() < many {
            self.sort.grow(many);
            if self.sort.step(budget, &self.keys) {
                self.order = std::mem::take(&mut self.sort).into_order();
            }
            return false;
        }
        let until = self.named.saturating_add(budget / DEAR + 1);
        let key = |row: &u32| self.keys.get(*row as usize);
        while self.named < many.min(until) {
            let rest = self.order.get_mut(self.named..).unwrap_or_default();
            let alike = rest.iter().take_while(|row| key(row) == rest.first().and_then(key)).count();
            let name = |row: &u32| ReportRow::at(judgement, *row as usize).map(ReportRow::name);
            arrange_numbers(rest.get_mut(..alike).unwrap_or_default(), &mut |a, b| name(a).cmp(&name(b)));
            self.named += alike.max(1);
        }
        self.named >= many
    }
}

impl Ledger {
    /// Does a part of what a list of files needs; whether it is there.
    pub(super) fn order_files(&mut self, budget: usize) -> bool {
        self.judgement.as_ref().is_none_or(|judgement| self.file_order.step(judgement, budget))
    }

    /// The rows of the report that are of this verdict (`None`: of any), the worst first.
    pub(super) fn report_rows(&self, verdict: Option<Verdict>) -> Vec<ReportRow<'_>> {
        let mut rows = Vec::new();
        let Some(judgement) = &self.judgement else { return rows };
        for place in &self.file_order.order {
            if let Some(row) = ReportRow::at(judgement, *place as usize)
                && verdict.is_none_or(|wanted| wanted == row.verdict())
            {
                rows.push(row);
            }
        }
        rows
    }

    /// The numbers of the files with these sources.
    pub(super) fn ids_of<'a>(&self, sources: impl Iterator<Item = &'a str>) -> Ids {
        let mut names = Dictionary::default();
        for source in sources {
            names.intern(source);
        }
        let mut ids = vec![None; names.len()];
        for (id, file) in &self.files {
            if let Some(found) = names.code(&file.source).and_then(|code| ids.get_mut(code.0 as usize)) {
                // Of several files with one source, the greatest.
                *found = (*found).max(Some(*id));
            }
        }
        Ids { names, ids }
    }
}

/// A few files' numbers by their sources.
pub(super) struct Ids {
    names: Dictionary,
    /// By the codes of the names.
    ids: Vec<Option<FileId>>,
}

impl Ids {
    pub(super) fn of(&self, source: Option<&str>) -> Option<FileId> {
        self.ids.get(self.names.code(source?)?.0 as usize).copied().flatten()
    }
}

/// Half of the milliseconds that a key has room for.
const HALF: i64 = 1 << 58;
/// A file's name is read in the time of so many comparisons of times.
const DEAR: usize = 64;
