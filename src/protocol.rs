//! All that is ever said between machines: page ⇄ ledger ⇄ readers. Nothing else crosses.
//!
//! Every message is small; what is large travels beside it (composite `Blob`s down, column buffers up). The enums are closed: whoever
//! reads this file has seen everything that can happen. Questions name rows and files by number and values by text, never by code.

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::evidence::FileFacts;
use crate::integrity::judgement::ChainCoverage;
use crate::integrity::judgement::Claims;
use crate::integrity::judgement::Lacking;
use crate::integrity::keys::PublicKey;
use crate::integrity::report::Finding;
use crate::integrity::report::KeyRow;
use crate::integrity::report::Summary;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::CheckOutcome;
use crate::integrity::signature::GivenSignature;
use crate::integrity::signature::SignatureCheck;
use crate::integrity::standing::Standing;
use crate::integrity::verdict::Verdict;
use crate::query::activity::Activity;
use crate::query::inquiry::Inquiry;
use crate::query::tally::Tally;
use crate::query::timeline::Timeline;
use crate::table::column::ColumnId;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

// ── page → ledger ────────────────────────────────────────────────────────────────────────────

/// What the page says to the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Call {
    /// Here are files, end to end in one `Blob` that travels beside this.
    Open(Vec<Named>),
    /// Fetch these presigned URLs. The only message that holds a query string; the ledger forgets it when the reader has it.
    Fetch(Vec<Remote>),
    /// Texts that a person pasted: keys or signatures.
    Paste(Named, String),
    /// A file that the page itself could not get hold of, and why, in half a sentence.
    Lost(Named, String),
    /// A question; its answer bears the same number. A `Record` question has its file's `Blob` beside it.
    Ask(u32, Question),
    /// Read nothing more of what was opened and not begun.
    Cancel,
}

/// A file that is about to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its number, given by the page.
    pub id: FileId,
    /// Its path in the folder dropped, or its name.
    pub name: String,
    /// Its stored size in bytes.
    pub size: u64,
}

/// A file that is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// Its number, given by the page.
    pub id: FileId,
    /// The whole URL, signature and all.
    pub url: String,
}

/// What the page may ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// Everything on the first screen but the rows.
    Survey(SurveyRequest),
    /// Who did how much, in the range brushed or the stretch that the axis shows.
    People(Inquiry, Option<TimeRange>),
    /// A slice of the table.
    Rows(RowsRequest),
    /// All that is known of one row without its file.
    Detail(RowId),
    /// One row's raw JSON, re-read from its file (whose `Blob` travels beside the question).
    Record(RowId),
    /// What is proven.
    Proof,
    /// The files, a slice of those with a verdict (all, where `None`).
    Files(Option<Verdict>, u32, u32),
    /// What could not be read or taken, and why.
    Problems,
    /// The verdict report, as text of that form.
    Report(ReportForm),
}

/// What a survey is to hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurveyRequest {
    /// Which events.
    pub inquiry: Inquiry,
    /// The stretch of time that the axis shows; `None`: all that is loaded.
    pub window: Option<TimeRange>,
    /// By what the timeline's bars are stacked.
    pub stacked: ColumnId,
    /// How many bars there is room for.
    pub bins: u32,
    /// Which columns to count the values of.
    pub tallies: Vec<ColumnId>,
    /// How many values of each.
    pub most: u32,
}

/// Which rows of the sorted table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowsRequest {
    /// Which events, in which order.
    pub inquiry: Inquiry,
    /// The first row's place.
    pub start: u32,
    /// How many rows.
    pub count: u32,
    /// Which cells.
    pub columns: Vec<ColumnId>,
}

/// The forms of the verdict report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportForm {
    /// `trailseal-verdicts/1`.
    Json,
    /// The AWS CLI's sentences.
    Text,
}

// ── ledger → page ────────────────────────────────────────────────────────────────────────────

/// What the ledger says to the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Notice {
    /// It runs; it speaks the protocol of this fingerprint.
    Ready {
        /// [`fingerprint`] as the ledger's build has it.
        fingerprint: u64,
    },
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
    /// Files read so far.
    pub files_read: u64,
    /// Bytes opened so far.
    pub bytes: u64,
    /// Bytes read so far.
    pub bytes_read: u64,
    /// Event rows so far.
    pub rows: u64,
    /// Signatures that are being checked.
    pub checks: u64,
    /// Files that could not be read or taken.
    pub problems: u64,
    /// Bytes of memory that the table holds.
    pub memory: u64,
}

impl Progress {
    /// Whether anything is still on its way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.files_read < self.files || self.checks > 0
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
    /// To `Files`: how many there are, and the slice.
    Files(u64, Vec<FileRow>),
    /// To `Problems`.
    Problems(Vec<Problem>),
    /// To `Report`.
    Report(String),
}

/// One inquiry's whole picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// When it was true.
    pub generation: u64,
    /// All rows.
    pub total: u64,
    /// Rows that the inquiry selects.
    pub matched: u64,
    /// From the first event to the last of all rows.
    pub span: Option<TimeRange>,
    /// Counts over the axis: follows the filter, not the brushed range (that is drawn upon it).
    pub timeline: Timeline,
    /// Counts per value: each follows all filters but its own column's.
    pub tallies: Vec<Tally>,
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
    pub unchanged: bool,
}

/// What is proven, for the banner, the coverage strip and the integrity view.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proof {
    /// When it was true.
    pub generation: u64,
    /// The one sentence, and what stands behind it.
    pub standing: Standing,
    /// The report's counts.
    pub summary: Summary,
    /// Hour by hour, a line a chain.
    pub coverage: Vec<ChainCoverage>,
    /// What is proven, assumed and not proven, in plain sentences.
    pub claims: Claims,
    /// What would settle what is open.
    pub lacking: Vec<Lacking>,
    /// Gaps, forks, misleading names, …
    pub findings: Vec<Finding>,
    /// The keys given.
    pub keys: Vec<KeyRow>,
    /// The files that are not verified, the worst first; cut at a few hundred.
    pub exceptions: Vec<FileRow>,
}

/// One file and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRow {
    /// Its number; `None` for a file that is missing.
    pub id: Option<FileId>,
    /// `digest`, `backfill digest`, `log`, or what else it is.
    pub kind: String,
    /// Its key or path.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict's word on the screen: of invalid files, Modified, Forged or Damaged, by the reason.
    pub word: String,
    /// The reason's slug.
    pub reason: Option<String>,
    /// The sentence.
    pub message: String,
    /// Remarks' slugs.
    pub remarks: Vec<String>,
    /// The digest that lists it.
    pub listed_by: Vec<String>,
    /// The fingerprint of the key that proves it.
    pub fingerprint: Option<String>,
    /// SHA-256 of its inflated bytes.
    pub sha256: Option<String>,
    /// The first event inside, or the start of the digest's window: where to look on the time axis.
    pub at: Option<Timestamp>,
    /// Its event rows.
    pub events: u64,
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

// ── ledger ⇄ readers ─────────────────────────────────────────────────────────────────────────

/// What a reader is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Job {
    /// Read these files out of the `Blob` beside.
    Read(Vec<Named>),
    /// Fetch and read.
    Fetch(Remote),
    /// Read a pasted text as a file.
    Paste(Named, String),
    /// Check these signatures.
    Check(Vec<SignatureCheck>),
    /// Find one record again in the file beside.
    Extract(Extract),
}

/// Where a record lies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Extract {
    /// The number of the question.
    pub number: u32,
    /// Whose record.
    pub row: RowId,
    /// Its offset in the inflated file.
    pub offset: u64,
    /// What the file's content hashed to when it was judged.
    pub sha256: Option<Sha256>,
}

/// What a reader found. The rows travel beside it, as bytes of an `EventBatch`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Report {
    /// Of `Read`, `Fetch`, `Paste`; a large job reports more than once.
    Read(ReadReport),
    /// Of `Check`.
    Checked(Vec<CheckOutcome>),
    /// Of `Extract`: the number of the question, and its answer.
    Extracted(u32, Record),
    /// The composite could not be read; nothing of it was.
    Unreadable(Vec<FileId>),
}

/// What reading found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ReadReport {
    /// One for each file that is done.
    pub facts: Vec<FileFacts>,
    /// Keys found.
    pub keys: Vec<PublicKey>,
    /// Signatures found, in headers or files.
    pub signatures: Vec<GivenSignature>,
    /// What could not be taken.
    pub problems: Vec<(FileId, Problem)>,
    /// Stored bytes read since the last report.
    pub bytes: u64,
    /// Whether the job is done with this.
    pub last: bool,
}

/// Tells two builds apart: a page must not talk to a worker of another day that some cache kept.
#[must_use]
pub const fn fingerprint() -> u64 {
    let text = include_bytes!("protocol.rs");
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut at = 0;
    while at < text.len() {
        // FNV-1a.
        hash = (hash ^ text[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    // JSON numbers are exact up to 2^53.
    hash >> 11
}
