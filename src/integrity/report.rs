//! The report: one document for the page, the command line and tests. Field names and their order are its contract.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;

use crate::integrity::lake_report::LakeRow;
use crate::integrity::listed_by::ListedBy;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::Origin;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Remark;
use crate::integrity::verdict::Verdict;
use crate::trail::ids::ChainKind;
use crate::trail::time::Timestamp;

/// All verdicts, ready to be written as JSON or as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictReport {
    /// `trailseal-verdicts/1`.
    pub format: String,
    /// Who wrote it.
    pub generator: Generator,
    /// What was asked.
    pub range: ReportRange,
    /// How many of which.
    pub summary: Summary,
    /// The keys given.
    pub keys: Vec<KeyRow>,
    /// The chains found.
    pub chains: Vec<ChainRow>,
    /// One row per digest, by the end of its window.
    pub digests: Vec<DigestRow>,
    /// One row per log, by the stamp in its key.
    pub logs: Vec<LogRow>,
    /// One row per file of CloudTrail Lake queries; the field is left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lake: Vec<LakeRow>,
    /// What is odd about the whole.
    pub findings: Vec<Finding>,
    /// Files that are neither digest nor delivered log.
    pub ignored: Vec<IgnoredRow>,
}

impl VerdictReport {
    /// Whether it speaks of any file of CloudTrail's.
    #[must_use]
    pub fn has_files(&self) -> bool {
        !(self.digests.is_empty() && self.logs.is_empty() && self.lake.is_empty())
    }
}

/// Who wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generator {
    /// `trailseal`.
    pub name: String,
    /// The package's version.
    pub version: String,
}

/// What was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRange {
    /// From when.
    pub start: Option<ReportTime>,
    /// Until when.
    pub end: Option<ReportTime>,
}

/// How many of which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Hourly digests.
    pub digests: DigestCounts,
    /// Backfill digests.
    pub backfill_digests: DigestCounts,
    /// Logs.
    pub logs: LogCounts,
    /// Events inside the logs.
    pub events: EventCounts,
}

/// Digests by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DigestCounts {
    pub valid: u64,
    pub invalid: u64,
    pub missing: u64,
    pub unproven: u64,
}

/// Logs by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LogCounts {
    pub valid: u64,
    pub invalid: u64,
    pub missing: u64,
    pub unproven: u64,
    pub unlisted: u64,
}

/// Events of the logs in the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct EventCounts {
    pub total: u64,
    pub valid: u64,
}

/// One key given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// As the list states it.
    pub fingerprint: String,
    /// Since when AWS signs with it.
    pub valid_from: Option<ReportTime>,
    /// Until when.
    pub valid_to: Option<ReportTime>,
    /// `key-mismatch` or `key-unusable`.
    pub problem: Option<String>,
}

/// One chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainRow {
    /// The account that the digests are for.
    pub account: String,
    /// The Region that the digests come from.
    pub region: String,
    /// The trail's name.
    pub trail: String,
    /// The trail's home Region.
    pub home_region: String,
    /// `o-…` of an organization trail.
    pub organization: Option<String>,
    /// Hourly or backfill.
    pub kind: ChainKind,
    /// The time that valid digests speak for.
    pub covered: Vec<CoveredRow>,
    /// The time that none speaks for.
    pub gaps: Vec<GapRow>,
}

/// A stretch that valid digests cover without a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoveredRow {
    /// Its start.
    pub start: ReportTime,
    /// Its end.
    pub end: ReportTime,
    /// How many digests cover it.
    pub digests: u64,
}

/// A stretch that no digest speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GapRow {
    /// Its start.
    pub start: ReportTime,
    /// Its end.
    pub end: ReportTime,
    /// How many hourly digests it had room for, where they are lost.
    pub missing_digests: u64,
    /// Why there is none.
    pub cause: GapCause,
}

/// Why no digest speaks for a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapCause {
    /// A final digest and a new starting one with time between.
    Stopped,
    /// A starting digest with no time between.
    Restarted,
    /// Digests are lost.
    Missing,
    /// Linked digests whose windows do not meet.
    TimeHole,
}

/// One digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigestRow {
    /// The bucket that the digest names, where known.
    pub bucket: Option<String>,
    /// The key that the digest names, else what the path says.
    pub key: Option<String>,
    /// The path or URL as given, without its query; `None` where the file is missing.
    pub source: Option<String>,
    /// Hourly or backfill.
    pub kind: ChainKind,
    /// Start of its window.
    pub start: Option<ReportTime>,
    /// End of its window.
    pub end: Option<ReportTime>,
    /// The one word.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<Reason>,
    /// In a plain sentence.
    pub message: Cow<'static, str>,
    /// What else is worth knowing.
    pub remarks: Vec<Remark>,
    /// Where the signature that holds was found.
    pub signature_from: Option<Origin>,
    /// The key it names.
    pub key_fingerprint: Option<String>,
}

/// One log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogRow {
    /// The bucket that a digest names, where known.
    pub bucket: Option<String>,
    /// The key that a digest names, else what the path says.
    pub key: Option<String>,
    /// The path or URL as given, without its query; `None` where the file is missing.
    pub source: Option<String>,
    /// The one word.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<Reason>,
    /// In a plain sentence.
    pub message: Cow<'static, str>,
    /// What else is worth knowing.
    pub remarks: Vec<Remark>,
    /// The keys of the digests that list it.
    pub listed_by: ListedBy,
    /// The hash that the digest states.
    pub expected_sha256: Option<String>,
    /// The hash of the content.
    pub actual_sha256: Option<Sha256>,
    /// How many events; `None` where not read.
    pub events: Option<u64>,
    /// Where its digest lists it, for the order of the text.
    #[serde(skip)]
    pub position: u32,
}

/// What is odd about the whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// Which kind.
    pub code: FindingCode,
    /// A key, a chain (`account/region/trail`) or a fingerprint.
    pub subject: String,
    /// In a plain sentence.
    pub message: String,
    /// From when, where it is about time.
    pub start: Option<ReportTime>,
    /// Until when.
    pub end: Option<ReportTime>,
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum FindingCode {
    Gap,
    LinkMismatch,
    Fork,
    Orphan,
    Cycle,
    Overlap,
    EndBeforeRange,
    ChainAbsent,
    UnvalidatedTrail,
    MisleadingName,
    KeyMismatch,
    KeySuspect,
    DuplicateEvents,
    Moved,
    PackScope,
    PackDiffers,
}

/// A file that is neither digest nor delivered log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IgnoredRow {
    /// The path or URL as given, without its query.
    pub source: String,
    /// Why it is ignored.
    pub why: String,
}

/// An instant as the report writes it: `YYYY-MM-DDThh:mm:ssZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportTime(pub Timestamp);

impl fmt::Display for ReportTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Timestamp::from_seconds(self.0.0.div_euclid(1000)).fmt(f)
    }
}

impl Serialize for ReportTime {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ReportTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Timestamp::parse(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not a time"))
    }
}
