//! The values that page, ledger and readers hand each other while something is being exported, or a pack is taken in.

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::sha256::Sha256;
use crate::integrity::verdict::Verdict;
use crate::query::inquiry::Inquiry;
use crate::trail::ids::FileId;

/// The forms of exported rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowsForm {
    /// RFC 4180.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// In which forms rows are wanted: each row is looked up once for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowsForms {
    /// In none: they need not be held in their order any longer.
    None,
    /// In one.
    One(RowsForm),
    /// In both, CSV first.
    Both,
}

impl RowsForms {
    /// One by one.
    #[must_use]
    pub fn each(&self) -> &[RowsForm] {
        match self {
            Self::None => &[],
            Self::One(form) => std::slice::from_ref(form),
            Self::Both => &[RowsForm::Csv, RowsForm::JsonLines],
        }
    }
}

/// Which rows are wanted as text: a slice of the sorted table, so that no answer takes long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowsTextRequest {
    /// Which events, in which order.
    pub inquiry: Inquiry,
    /// As what.
    pub forms: RowsForms,
    /// The first row's place; the head of the text comes with place 0.
    pub start: u32,
    /// How many rows.
    pub count: u32,
}

/// Rows as text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowsText {
    /// When it was true: slices of two generations do not belong together.
    pub generation: u64,
    /// Whether the rows have been put in order. Of very many that takes its time: until then ask again for the same.
    pub is_ready: bool,
    /// How many rows the inquiry selects.
    pub matched: u64,
    /// How many rows are in the text.
    pub rows: u32,
    /// One for each form asked for. They travel beside the answer.
    #[serde(skip)]
    pub texts: Vec<String>,
}

/// What an evidence pack will hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackPlan {
    /// When it was true.
    pub generation: u64,
    /// The filter, in words.
    pub words: String,
    /// How many rows are selected.
    pub rows: u64,
    /// How many of them by the verdict of their file.
    pub verdicts: Vec<(Verdict, u64)>,
    /// The files that hold those rows.
    pub logs: u64,
    /// The digests that prove them.
    pub digests: u64,
    /// The sign files and further results of the Lake queries that those files are of.
    pub lake: u64,
    /// Logs that those digests list and that stay behind.
    pub left_out: u64,
    /// Stored bytes of all of these files.
    pub bytes: u64,
}

impl PackPlan {
    /// How many files go in.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.logs.saturating_add(self.digests).saturating_add(self.lake)
    }
}

/// A file as it goes into a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedFile {
    /// Its number.
    pub id: FileId,
    /// Its path in the pack.
    pub path: String,
    /// Its stored bytes, as far as they are known.
    pub size: u64,
}

/// What a part of a pack is told by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    /// Its path in the pack.
    pub path: String,
    /// Its bytes.
    pub size: u64,
    /// Of its bytes as they lie.
    pub sha256: Sha256,
}

/// What some bytes add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// How many.
    pub size: u64,
    /// Their hash.
    pub sha256: Sha256,
    /// For the zip file's headers.
    pub crc32: u32,
}

/// What the texts are to be made of that close a pack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SealRequest {
    /// Which rows were selected.
    pub inquiry: Inquiry,
    /// When, by the page's clock: `YYYY-MM-DDThh:mm:ssZ`.
    pub made: String,
    /// What the planned files add up to, in the plan's order: their paths are known.
    pub files: Vec<Sum>,
    /// All other parts.
    pub parts: Vec<Part>,
}

/// Texts with their paths in a pack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Texts {
    /// When they were true.
    pub generation: u64,
    /// The path of each.
    pub paths: Vec<String>,
    /// They travel beside the answer: one may be of a hundred megabytes.
    #[serde(skip)]
    pub texts: Vec<String>,
}

/// An evidence pack that was given: its manifest, and what its parts really are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GivenPack {
    /// The zip file's name.
    pub name: String,
    /// The manifest's text.
    pub manifest: String,
    /// The files that come out of it, by their paths in it.
    pub files: Vec<(FileId, String)>,
    /// Its parts as they are.
    pub parts: Vec<Part>,
}
