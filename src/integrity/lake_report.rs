//! Lake's part of the report: one row for each sign file and each result file, told apart by `kind`.

use std::borrow::Cow;

use serde::Deserialize;
use serde::Serialize;

use crate::integrity::listed_by::ListedBy;
use crate::integrity::report::ReportTime;
use crate::integrity::report_text::Verbosity;
use crate::integrity::text_lines::Lines;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Remark;
use crate::integrity::verdict::Verdict;

/// One file of a CloudTrail Lake query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LakeRow {
    /// Sign file or result file.
    pub kind: LakeKind,
    /// What the sign file calls it, else its own name.
    pub name: String,
    /// The path or URL as given, without its query; `None` where the file is missing.
    pub source: Option<String>,
    /// The Region that the sign file names; it is not signed.
    pub region: Option<String>,
    /// When the query was done, by the sign file; it is not signed.
    pub query_complete_time: Option<ReportTime>,
    /// The one word.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<Reason>,
    /// In a plain sentence.
    pub message: Cow<'static, str>,
    /// What else is worth knowing.
    pub remarks: Vec<Remark>,
    /// The sign files that list it, the best first.
    pub listed_by: ListedBy,
    /// The key that the sign file names.
    pub key_fingerprint: Option<String>,
    /// The hash that the sign file states, of the compressed file.
    pub expected_sha256: Option<String>,
    /// The hash of the stored bytes.
    pub actual_sha256: Option<String>,
    /// How many events; `None` where not read.
    pub events: Option<u64>,
}

/// The kinds of files that a Lake query writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LakeKind {
    /// `result_sign.json`
    SignFile,
    /// `result_1.csv.gz`, …
    ResultFile,
}

impl LakeKind {
    /// What it is called on the screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SignFile => "sign file",
            Self::ResultFile => "query result",
        }
    }
}

/// How many of which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LakeCounts {
    pub signs: VerdictCounts,
    pub results: VerdictCounts,
    pub events: u64,
    pub valid_events: u64,
}

/// Files by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct VerdictCounts {
    pub total: u64,
    pub valid: u64,
    pub invalid: u64,
    pub missing: u64,
    pub unproven: u64,
    pub unlisted: u64,
}

impl LakeCounts {
    /// Of these rows.
    // Counted in six places: one of it in the page is enough.
    #[inline(never)]
    #[must_use]
    pub fn of(rows: &[LakeRow]) -> Self {
        let mut counts = Self::default();
        for row in rows {
            match row.kind {
                LakeKind::SignFile => counts.signs.count(row.verdict),
                LakeKind::ResultFile => counts.results.count(row.verdict),
            }
            let events = row.events.unwrap_or_default();
            counts.events = counts.events.saturating_add(events);
            if row.verdict == Verdict::Valid {
                counts.valid_events = counts.valid_events.saturating_add(events);
            }
        }
        counts
    }

    /// Disproven or missing.
    #[must_use]
    pub fn broken(&self) -> u64 {
        [self.signs, self.results].iter().map(|counts| counts.invalid.saturating_add(counts.missing)).sum()
    }

    /// Neither proven nor disproven.
    #[must_use]
    pub fn open(&self) -> u64 {
        [self.signs, self.results].iter().map(|counts| counts.unproven.saturating_add(counts.unlisted)).sum()
    }

    /// All files, those that are missing too.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.signs.total.saturating_add(self.results.total)
    }
}

impl VerdictCounts {
    fn count(&mut self, verdict: Verdict) {
        self.total = self.total.saturating_add(1);
        let count = match verdict {
            Verdict::Valid => &mut self.valid,
            Verdict::Invalid => &mut self.invalid,
            Verdict::Missing => &mut self.missing,
            Verdict::Unproven => &mut self.unproven,
            Verdict::Unlisted => &mut self.unlisted,
            Verdict::Pending => return,
        };
        *count = count.saturating_add(1);
    }
}

/// The rows as text: a block a folder, in the words of `aws cloudtrail verify-query-results` where it has some.
pub(crate) fn write_lake(rows: &[LakeRow], lines: &mut Lines, verbosity: Verbosity) {
    for block in rows.chunk_by(|a, b| folder(a) == folder(b)) {
        let Some(first) = block.first() else { continue };
        lines.header(&format!(
            "CloudTrail Lake query results{}",
            if folder(first).is_empty() { String::new() } else { format!(": {}", folder(first)) }
        ));
        for row in block {
            lines.status(&status(row), row.verdict);
        }
        let counts = LakeCounts::of(block);
        // The AWS CLI's sentence, where it would say it: a sign file, and all that it lists.
        if counts.signs.valid == counts.signs.total && counts.results.valid == counts.results.total && counts.results.total > 0 {
            lines.out("Successfully validated sign and query result files\n");
        }
        if verbosity == Verbosity::Verbose || counts.results.total > 0 {
            lines.out(&format!("\n{}/{} query result files valid\n\n", counts.results.valid, counts.results.total));
        }
    }
}

/// The folder of a row's query: of a missing file, of the sign file that lists it.
pub(crate) fn folder(row: &LakeRow) -> &str {
    let path = row.source.as_deref().or_else(|| row.listed_by.first().map(String::as_str)).unwrap_or_default();
    path.rfind(['/', '\\']).and_then(|at| path.get(..at)).unwrap_or_default()
}

fn status(row: &LakeRow) -> String {
    let place = row.source.as_deref().unwrap_or(&row.name);
    let kind = match row.kind {
        LakeKind::SignFile => "Sign file",
        LakeKind::ResultFile => "Query result file",
    };
    let words = match row.verdict {
        Verdict::Valid => "valid".to_owned(),
        Verdict::Invalid => format!("INVALID: {}", cli_words(row).unwrap_or_else(|| row.message.to_string())),
        Verdict::Missing => format!("INVALID: not found. {}", row.message),
        Verdict::Unproven | Verdict::Pending => format!("NOT PROVEN: {}", cli_words(row).unwrap_or_else(|| row.message.to_string())),
        Verdict::Unlisted => format!("NOT LISTED: {}", row.message),
    };
    format!("{kind}\t{place}\t{words}")
}

/// What the AWS CLI (version 2) says in this case.
fn cli_words(row: &LakeRow) -> Option<String> {
    Some(match (row.kind, row.reason?) {
        (LakeKind::SignFile, Reason::SignatureMismatch | Reason::SignatureMalformed) => {
            "ValidationError: Invalid signature in sign file".to_owned()
        }
        (LakeKind::SignFile, Reason::Malformed) if row.message == NO_FILES => {
            "ValidationError: No export file was found in sign file.".to_owned()
        }
        (LakeKind::SignFile, Reason::Malformed) => format!("ValidationError: Invalid sign file provided. {}", row.message),
        (LakeKind::SignFile, Reason::KeyUnknown) => {
            format!("No public keys found for key with fingerprint: {}", row.key_fingerprint.as_deref().unwrap_or_default())
        }
        // To the letter, with its blank before the comma.
        (LakeKind::ResultFile, Reason::HashMismatch) => format!(
            "ValidationError: File {} has inconsistent hash value with hash value recorded in sign file, hash value in sign file is {} , but get {}",
            row.name,
            row.expected_sha256.as_deref().unwrap_or_default(),
            row.actual_sha256.as_deref().unwrap_or_default()
        ),
        _ => return None,
    })
}

/// Of a sign file without files: a signature over nothing would vouch for nothing.
pub(crate) const NO_FILES: &str = "It lists no result file: a sign file of Lake lists at least one.";
