//! What the ledger and its readers say to each other.

use serde::Deserialize;
use serde::Serialize;

use crate::export::parts::Sum;
use crate::integrity::checkpoint::Checkpoint;
use crate::integrity::evidence::FileFacts;
use crate::integrity::keys::PublicKey;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::CheckOutcome;
use crate::integrity::signature::GivenSignature;
use crate::integrity::signature::SignatureCheck;
use crate::protocol::Named;
use crate::protocol::Parcel;
use crate::protocol::Problem;
use crate::protocol::RawFound;
use crate::protocol::RawSearch;
use crate::protocol::Record;
use crate::protocol::Remote;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;

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
    /// Pack, or add up. It comes from the page alone, to a reader of its own.
    Pack(Parcel),
    /// Look through the raw JSON of the files beside, for the question of that number.
    Search(u32, RawSearch),
    /// Go no further in the files that are being read slice by slice. Nothing is reported of this itself.
    BreakOff,
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
    /// Its `eventID` in the row: of a file that is not hashed again at least this must be the same.
    pub event_id: String,
    /// Of a large gzip file: the last place before the record from which it can be inflated.
    pub from: Option<Checkpoint>,
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
    /// Of `Pack`: what each file, or the text before it was packed, adds up to; a blob may be beside. `None`: the browser had no room, or could
    /// not read.
    Packed(Option<Vec<Sum>>),
    /// Of `Search`: the number of the question, and what was found.
    Searched(u32, RawFound),
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
    /// Places from which large gzip files can be inflated later, file by file.
    pub checkpoints: Vec<(FileId, Vec<Checkpoint>)>,
    /// Stored bytes read since the last report.
    pub bytes: u64,
    /// Whether the job is done with this.
    pub last: bool,
}
