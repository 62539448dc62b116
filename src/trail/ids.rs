//! The names of things: a file of this session, a row of this session, a digest chain of CloudTrail.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;

/// A file the user gave, in the order in which it was opened. Stable for the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

impl FileId {
    /// Where this file stands in a list of all files.
    #[must_use]
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// A row of the event table. Stable for the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowId(pub u32);

impl RowId {
    /// Where this row stands in every column.
    #[must_use]
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Hourly digests and backfill digests form chains of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChainKind {
    /// The digest that CloudTrail delivers every hour.
    Hourly,
    /// A digest of logs that an hourly digest had missed (`…_backfill.json.gz`).
    Backfill,
}

/// One digest chain: account × Region × trail × home Region × kind. Bucket and prefix may change along it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChainId {
    /// The account that the digests are for.
    pub account: String,
    /// The Region that the digests come from.
    pub region: String,
    /// The trail's name.
    pub trail: String,
    /// The trail's home Region.
    pub home_region: String,
    /// Hourly or backfill.
    pub kind: ChainKind,
}

impl fmt::Display for ChainId {
    /// `account/region/trail`, as findings name a chain.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.account, self.region, self.trail)
    }
}
