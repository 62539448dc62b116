//! What the page says to the ledger.

use serde::Deserialize;
use serde::Serialize;

use crate::export::parts::GivenPack;
use crate::export::parts::RowsTextRequest;
use crate::export::parts::SealRequest;
use crate::integrity::verdict::Verdict;
use crate::query::inquiry::Inquiry;
use crate::query::keep::Keep;
use crate::table::column::ColumnId;
use crate::trail::ids::ChainId;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;
use crate::trail::time::TimeRange;

/// What the page says to the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Call {
    /// A walk through folders or an archive has begun or ended: in between, more may come though everything so far has been read.
    Listing(Listing),
    /// Here are files, end to end in one `Blob` that travels beside this.
    Open(Vec<Named>),
    /// Fetch these presigned URLs. The only message that holds a query string; the ledger forgets it when the reader has it.
    Fetch(Vec<Remote>),
    /// Texts that a person pasted: keys or signatures.
    Paste(Named, String),
    /// A file that the page itself could not get hold of, and why, in half a sentence.
    Lost(Named, String),
    /// From now on keep only such rows, and of those already there only these. `None`: keep all that come.
    Keep(Option<Keep>),
    /// The ledger may take so many bytes of memory.
    Limit(u64),
    /// An evidence pack whose files are about to be opened.
    Pack(GivenPack),
    /// A question; its answer bears the same number. A `Record` question has its file's `Blob` beside it.
    Ask(u32, Question),
    /// Read nothing more of what was opened and not begun.
    Cancel,
    /// Files that the page has not opened and will not: some by their names, and how many more.
    NotRead(Vec<Named>, u64),
}

/// Where a walk through folders or an archive stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    /// It has begun.
    Begun,
    /// It goes no further: what is left of a dropped tree will not be listed.
    Cut,
    /// It has ended.
    Ended,
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
    /// The files of such a pack from that place on, as many as are packed together.
    PackFiles(Inquiry, u32),
    /// The texts of such a pack that do not depend on its other parts.
    PackTexts(Inquiry),
    /// The texts that close it.
    Seal(SealRequest),
    /// Which files' raw JSON is yet to be searched for this text, so that its clause in the inquiry means what it says.
    Unsearched(Inquiry, String),
    /// Search the raw JSON of these files for this text: they lie end to end in the `Blob` beside.
    Search(String, Vec<Named>),
}

impl Question {
    /// Which events it asks for, if it asks for events.
    #[must_use]
    pub fn inquiry(&self) -> Option<&Inquiry> {
        match self {
            Self::Survey(SurveyRequest { inquiry, .. })
            | Self::Rows(RowsRequest { inquiry, .. })
            | Self::RowsText(RowsTextRequest { inquiry, .. })
            | Self::People(inquiry, _)
            | Self::Pack(inquiry)
            | Self::PackFiles(inquiry, _)
            | Self::PackTexts(inquiry)
            | Self::Unsearched(inquiry, _)
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
