//! All that is ever said between machines: page ⇄ ledger ⇄ readers. Nothing else crosses.
//!
//! Every message is small; what is large travels beside it (composite `Blob`s down, column buffers up). The enums are closed: whoever
//! reads this file has seen everything that can happen. Questions name rows and files by number and values by text, never by code.

use serde::Deserialize;
use serde::Serialize;

use crate::export::parts::GivenPack;
use crate::export::parts::PackPlan;
use crate::export::parts::RowsText;
use crate::export::parts::RowsTextRequest;
use crate::export::parts::SealRequest;
use crate::export::parts::Sum;
use crate::integrity::bins::CoverageMap;
use crate::integrity::coverage::ChainSummary;
use crate::integrity::evidence::FileFacts;
use crate::integrity::judgement::Claims;
use crate::integrity::judgement::Lacking;
use crate::integrity::judgement::WindowState;
use crate::integrity::keys::PublicKey;
use crate::integrity::lake_report::LakeCounts;
use crate::integrity::report::Finding;
use crate::integrity::report::GapCause;
use crate::integrity::report::KeyRow;
use crate::integrity::report::Summary;
use crate::integrity::selection::Sentence;
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
use crate::trail::ids::ChainId;
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
    /// An evidence pack whose files are about to be opened.
    Pack(GivenPack),
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
    /// A slice of the table.
    Rows(RowsRequest),
    /// All that is known of one row without its file.
    Detail(RowId),
    /// One row's raw JSON, re-read from its file (whose `Blob` travels beside the question).
    Record(RowId),
    /// What is proven.
    Proof,
    /// The chains over a stretch of time (`None`: all that is loaded), in at most so many cells each.
    Coverage(Option<TimeRange>, u32),
    /// What may be said of these chains (of none: all) in a stretch of time, and what lies inside.
    Stretch(TimeRange, Vec<ChainId>),
    /// The files, a slice of those asked for.
    Files(FilesRequest),
    /// What could not be read or taken, and why.
    Problems,
    /// The verdict report, as text of that form.
    Report(ReportForm),
    /// A slice of the rows, as text to be saved.
    RowsText(RowsTextRequest),
    /// What an evidence pack of these rows would hold.
    Pack(Inquiry),
    /// The texts of such a pack that do not depend on its other parts.
    PackTexts(Inquiry),
    /// The texts that close it.
    Seal(SealRequest),
    /// What these stretches of the `Blob` beside add up to.
    Sums(Vec<u64>),
}

impl Question {
    /// Which events it asks for, if it asks for events.
    #[must_use]
    pub fn inquiry(&self) -> Option<&Inquiry> {
        match self {
            Self::Survey(SurveyRequest { inquiry, .. })
            | Self::Rows(RowsRequest { inquiry, .. })
            | Self::RowsText(RowsTextRequest { inquiry, .. })
            | Self::Pack(inquiry)
            | Self::PackTexts(inquiry)
            | Self::Seal(SealRequest { inquiry, .. }) => Some(inquiry),
            _ => None,
        }
    }
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

/// Which files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesRequest {
    /// Of this verdict; `None`: of any.
    pub verdict: Option<Verdict>,
    /// For this reason, by its slug; `None`: for any or none.
    pub reason: Option<String>,
    /// The first one's place.
    pub start: u32,
    /// How many.
    pub count: u32,
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
    /// It runs.
    Ready,
    /// Something has grown; at most four a second.
    Grown(Progress),
    /// The answer to the question of that number.
    Answer(u32, Box<Answer>),
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
    /// To `Report`.
    Report(String),
    /// To `RowsText`.
    RowsText(RowsText),
    /// To `Pack`.
    Pack(Box<PackPlan>),
    /// To `PackTexts` and `Seal`: of which generation, and each text with its path in the pack.
    Texts(u64, Vec<(String, String)>),
    /// To `Sums`; `None` where the `Blob` could not be read.
    Sums(Option<Vec<Sum>>),
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
    /// The busiest identities.
    pub people: Vec<Activity>,
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
    /// The counts of CloudTrail Lake's files.
    pub lake: LakeCounts,
    /// The chains in numbers, with what is not proven of each.
    pub chains: Vec<ChainSummary>,
    /// Where no digest speaks, and what was done near it; cut at a few dozen.
    pub gaps: Vec<GapView>,
    /// What is proven, assumed and not proven, in plain sentences.
    pub claims: Claims,
    /// What would settle what is open.
    pub lacking: Vec<Lacking>,
    /// Gaps, forks, misleading names, …
    pub findings: Vec<Finding>,
    /// The keys given.
    pub keys: Vec<KeyRow>,
    /// What each of them proves, by fingerprint.
    pub key_uses: Vec<KeyUse>,
}

/// The digests that one key proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// The key's fingerprint.
    pub fingerprint: String,
    /// How many.
    pub digests: u64,
    /// From the start of the oldest one's window to the end of the newest one's.
    pub span: TimeRange,
}

/// A stretch of a chain's time that no digest speaks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GapView {
    /// The chain.
    pub chain: ChainId,
    /// From when until when.
    pub range: TimeRange,
    /// Why.
    pub cause: GapCause,
    /// The events near it that may have to do with it, oldest first; with the cells of [`NEARBY_CELLS`], and the event's id after them.
    pub nearby: Vec<RowView>,
    /// How many more there are.
    pub more: u64,
}

/// The cells of an event near a gap.
pub const NEARBY_CELLS: [ColumnId; 6] =
    [ColumnId::EventName, ColumnId::ResourceName, ColumnId::UserName, ColumnId::AccessKeyId, ColumnId::SourceIpAddress, ColumnId::Outcome];

/// What lies in a stretch of time, and what may be said of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Stretch {
    /// When it was true.
    pub generation: u64,
    /// The sentences, the one about all chains together first.
    pub sentences: Vec<Sentence>,
    /// Its windows, those that are not proven whole first; cut at a few dozen.
    pub windows: Vec<WindowView>,
    /// How many more there are.
    pub more: u64,
    /// The gaps that it touches.
    pub gaps: Vec<GapView>,
}

/// One window, with everything in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WindowView {
    /// The chain.
    pub chain: ChainId,
    /// From when until when.
    pub range: TimeRange,
    /// What is known of it.
    pub state: WindowState,
    /// Why it is so.
    pub cause: String,
    /// What would settle it.
    pub remedy: Option<String>,
    /// Its digest, given or missing, then the logs that it lists, the worst first; cut at a few dozen.
    pub files: Vec<FileRow>,
    /// How many it lists.
    pub listed: u32,
}

/// A slice of the list of files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FilesPage {
    /// How many there are of what was asked for.
    pub many: u64,
    /// The slice.
    pub rows: Vec<FileRow>,
    /// The reasons that files of this verdict have, and how many of each: what can be asked for next.
    pub reasons: Vec<(String, u64)>,
}

/// One file and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRow {
    /// Its number; `None` for a file that is missing.
    pub id: Option<FileId>,
    /// `digest`, `backfill digest`, `log`, `query result`, `sign file`, or what else it is.
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
    /// The digest that lists it; of a query result, the sign file.
    pub listed_by: Vec<String>,
    /// The fingerprint of the key that proves it.
    pub fingerprint: Option<String>,
    /// SHA-256 of its inflated bytes; of a query result, of its stored ones.
    pub sha256: Option<String>,
    /// The first event inside, or the start of the digest's window: where to look on the time axis.
    pub at: Option<Timestamp>,
    /// The end of the digest's window.
    pub until: Option<Timestamp>,
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
    /// Add up these stretches of the `Blob` beside, for the question of that number.
    Sums(u32, Vec<u64>),
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
    /// Of `Sums`: the number of the question, and its answer.
    Summed(u32, Option<Vec<Sum>>),
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
