//! What the ledger says to the page.

use serde::Deserialize;
use serde::Serialize;

use crate::export::parts::PackPlan;
use crate::export::parts::PackedFile;
use crate::export::parts::RowsText;
use crate::export::parts::Texts;
use crate::integrity::bins::CoverageMap;
use crate::integrity::verdict::Verdict;
use crate::protocol::FileRow;
use crate::protocol::FilesPage;
use crate::protocol::Proof;
use crate::protocol::RawState;
use crate::protocol::Stretch;
use crate::query::activity::Activity;
use crate::query::tally::Tally;
use crate::query::timeline::Timeline;
use crate::table::column::ColumnId;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

/// What the ledger says to the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Notice {
    /// It runs.
    Ready,
    /// Something has grown; at most four a second.
    Grown(Progress),
    /// The answer to the question of that number.
    Answer(u32, Box<Answer>),
    /// Rows are being sorted, or are no longer: the table shows its old picture meanwhile.
    Sorting(bool),
    /// A fetched file's body travels beside this: the page keeps it, to show its records later.
    Kept(FileId),
    /// These files' composite could not be read: send them one by one, so that the culprit is named.
    Reopen(Vec<FileId>),
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Grows with everything that could change an answer.
    pub generation: u64,
    /// Files opened so far.
    pub files: u64,
    /// The same with those that were given up since: never less than before.
    pub heard_of: u64,
    /// Files read so far.
    pub files_read: u64,
    /// Bytes opened so far.
    pub bytes: u64,
    /// Bytes read so far.
    pub bytes_read: u64,
    /// Event rows so far.
    pub rows: u64,
    /// Events that were read and left out because only others are kept.
    pub left_out: u64,
    /// Events that were read and not taken in, for lack of memory.
    pub not_taken: u64,
    /// Signatures that are being checked.
    pub checks: u64,
    /// Whether verdicts are still to follow from what was read.
    pub judging: bool,
    /// Walks through folders and archives that are under way: more files may come of them.
    pub listings: u64,
    /// Files that could not be read or taken.
    pub problems: u64,
    /// Bytes of memory that the table holds.
    pub memory: u64,
}

impl Progress {
    /// Whether anything is still on its way, or its verdicts are.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.is_arriving() || self.judging
    }

    /// Whether anything is still on its way.
    #[must_use]
    pub fn is_arriving(&self) -> bool {
        self.files_read < self.files || self.checks > 0 || self.listings > 0
    }
}

/// What the ledger answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// To `Survey`.
    Survey(Survey),
    /// To `People`: the busiest first.
    People(Vec<Activity>),
    /// To `Rows`.
    Rows(Rows),
    /// To `Detail`; `None` for a row that does not exist.
    Detail(Option<Box<Detail>>),
    /// To `Record`.
    Record(Record),
    /// To `Proof`.
    Proof(Box<Proof>),
    /// To `Coverage`; `None` while there is no digest.
    Coverage(Option<CoverageMap>),
    /// To `Stretch`.
    Stretch(Box<Stretch>),
    /// To `Files`.
    Files(FilesPage),
    /// To `Problems`.
    Problems(Vec<Problem>),
    /// To `Report`; the text travels beside.
    Report(#[serde(skip)] String),
    /// To `RowsText`.
    RowsText(RowsText),
    /// To `Pack`.
    Pack(Box<PackPlan>),
    /// To `PackFiles`: of which generation, of how many, and some of the files. None: there are no more.
    PackFiles(u64, u64, Vec<PackedFile>),
    /// To `PackTexts` and `Seal`.
    Texts(Texts),
    /// To `Unsearched`: files that have been read and have events.
    Unsearched(Vec<FileId>),
    /// To `Search`: what was found is part of the next picture.
    Searched,
}

impl Answer {
    /// When it was true, where that matters to those who put several answers together.
    #[must_use]
    pub fn generation(&self) -> Option<u64> {
        match self {
            Self::RowsText(RowsText { generation, .. }) | Self::Texts(Texts { generation, .. }) | Self::PackFiles(generation, ..) => {
                Some(*generation)
            }
            _ => None,
        }
    }

    /// The texts that travel beside it: they may be large, and the page looks at none of them.
    #[must_use]
    pub fn beside(&self) -> &[String] {
        match self {
            Self::Report(text) => std::slice::from_ref(text),
            Self::RowsText(rows) => &rows.texts,
            Self::Texts(texts) => &texts.texts,
            _ => &[],
        }
    }
}

/// One inquiry's whole picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// When it was true.
    pub generation: u64,
    /// All rows; where every event counts once, those that are left.
    pub total: u64,
    /// Rows whose events stand in another file too: so many fewer there are where each counts once. While files arrive, as last counted.
    pub repeated: u64,
    /// Rows that the inquiry selects.
    pub matched: u64,
    /// From the first event to the last of all rows.
    pub span: Option<TimeRange>,
    /// Counts over the axis: follows the filter, not the brushed range (that is drawn upon it).
    pub timeline: Timeline,
    /// Counts per value: each follows all filters but its own column's.
    pub tallies: Vec<Tally>,
    /// Files that have events.
    pub files: u64,
    /// How far the searches have come that the inquiry's clauses of raw JSON rest on.
    pub raw: Vec<RawState>,
}

/// A slice of the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// When it was true.
    pub generation: u64,
    /// How many rows the inquiry selects.
    pub matched: u64,
    /// The place of the first row given.
    pub start: u32,
    /// The rows.
    pub rows: Vec<RowView>,
}

/// One row as the table shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowView {
    /// Its number.
    pub id: RowId,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// What is proven of its file, now.
    pub verdict: Verdict,
    /// One text for each column asked for.
    pub cells: Vec<String>,
}

/// All that is known of one row without reading its file again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Its number.
    pub id: RowId,
    /// The file that it lies in.
    pub file: FileId,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// `eventID`.
    pub event_id: String,
    /// Every stored column and its text; columns of which the record says nothing are left out.
    pub cells: Vec<(ColumnId, String)>,
    /// The file, with its verdict and what it rests on.
    pub source: FileRow,
    /// Rows with the same access key, name and address, for the links to them.
    pub related: Vec<(ColumnId, u64)>,
}

/// A row's raw JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Whose it is.
    pub row: RowId,
    /// The record's JSON as it lies in the file, or why it cannot be shown.
    pub json: Result<String, String>,
    /// Whether the file still has the bytes that were judged.
    pub file: Compared,
}

/// A file that is read again, beside what was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compared {
    /// The same content, by its hash.
    Same,
    /// Another content.
    Changed,
    /// It is so large that only what shows the record was read again: the file is no shorter than it was, and where the record stood there is
    /// one with the row's `eventID`.
    InPart,
}

/// A file that could not be read or taken: what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its path, or its URL without the query.
    pub source: String,
    /// The sentence.
    pub what: String,
    /// Whether rows or proofs were lost by it, or it was only passed over.
    pub weight: Weight,
}

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Weight {
    /// Nothing was lost: the file is none of CloudTrail's.
    PassedOver,
    /// Part of a file was lost.
    Partly,
    /// A whole file was lost.
    Lost,
}
