//! What the ledger tells of what is proven: of all, of a stretch of time, of files.

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::coverage::ChainSummary;
use crate::integrity::judgement::Claims;
use crate::integrity::judgement::Lacking;
use crate::integrity::judgement::WindowState;
use crate::integrity::lake_report::LakeCounts;
use crate::integrity::report::Finding;
use crate::integrity::report::GapCause;
use crate::integrity::report::KeyRow;
use crate::integrity::report::Summary;
use crate::integrity::selection::Sentence;
use crate::integrity::standing::Standing;
use crate::integrity::verdict::Verdict;
use crate::protocol::RowView;
use crate::table::column::ColumnId;
use crate::trail::ids::ChainId;
use crate::trail::ids::FileId;
use crate::trail::time::TimeRange;
use crate::trail::time::Timestamp;

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
