//! Whatever leaves the page: rows as CSV or JSON lines, and the evidence pack's own texts. Each row goes with its verdict.
//!
//! No clock, no files: the page says when a pack was made, and puts the parts together.

pub mod about;
pub mod held;
pub mod manifest;
pub mod parts;
pub mod rows;
pub mod summary;
pub mod sums;

/// The names of an evidence pack's parts.
pub mod paths {
    /// The rows as CSV.
    pub const CSV: &str = "rows.csv";
    /// The rows as JSON lines.
    pub const JSON_LINES: &str = "rows.jsonl";
    /// `list-public-keys` output.
    pub const KEYS: &str = "keys.json";
    /// Signatures as S3 keeps them beside the digests.
    pub const SIGNATURES: &str = "signatures.json";
    /// The verdict report of all that was open.
    pub const VERDICTS: &str = "verdicts.json";
    /// The same as text.
    pub const VERDICTS_TEXT: &str = "verdicts.txt";
    /// What a person reads first.
    pub const SUMMARY: &str = "summary.html";
    /// Every part with its hash.
    pub const MANIFEST: &str = "manifest.json";
    /// Before the path of every log and digest.
    pub const FILES: &str = "files/";
    /// Parts that are about the evidence and are none: never read as events or proofs.
    pub const BESIDE: [&str; 6] = [CSV, JSON_LINES, VERDICTS, VERDICTS_TEXT, SUMMARY, MANIFEST];
}
