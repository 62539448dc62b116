//! Single lines of the text report, and which stream they go to: what is valid on standard output, the rest on standard error.

use crate::integrity::report::DigestRow;
use crate::integrity::report::LogRow;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Verdict;
use crate::trail::ids::ChainKind;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;

/// How much the text says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// What is not proven, and the sums.
    #[default]
    Brief,
    /// Every file.
    Verbose,
}

/// Where a piece of the text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output: what is valid, and the sums.
    Out,
    /// Standard error: everything else.
    Error,
}

/// Both streams while they are written. Like the AWS CLI, errors stand between blank lines.
#[derive(Debug)]
pub(crate) struct Lines {
    verbosity: Verbosity,
    told: Vec<(Stream, String)>,
    /// Whether the last thing written, to either stream, ended with a blank line.
    is_blank: bool,
}

impl Lines {
    pub(crate) fn new(verbosity: Verbosity) -> Self {
        Self { verbosity, told: Vec::new(), is_blank: true }
    }

    /// The line over a block.
    pub(crate) fn header(&mut self, name: &str) {
        let is_first = !self.told.iter().any(|(stream, _)| *stream == Stream::Out);
        self.out(&format!("{}== {name}\n", if is_first { "" } else { "\n" }));
    }

    pub(crate) fn out(&mut self, text: &str) {
        self.told.push((Stream::Out, text.to_owned()));
        self.is_blank = text.ends_with("\n\n");
    }

    pub(crate) fn error(&mut self, line: &str) {
        let blank = if self.is_blank { "" } else { "\n" };
        self.told.push((Stream::Error, format!("{blank}{line}\n\n")));
        self.is_blank = true;
    }

    pub(crate) fn status(&mut self, line: &str, verdict: Verdict) {
        match verdict {
            Verdict::Valid if self.verbosity == Verbosity::Verbose => self.out(&format!("{line}\n")),
            Verdict::Valid => {}
            _ => self.error(line),
        }
    }

    pub(crate) fn end(self) -> Vec<(Stream, String)> {
        self.told
    }
}

/// `Digest file\ts3://bucket/key\tvalid`
pub(crate) fn digest_status(row: &DigestRow) -> String {
    let backfill = if row.kind == ChainKind::Backfill { "(backfill) " } else { "" };
    let place = address(row.bucket.as_deref(), row.key.as_deref(), row.source.as_deref());
    let words = key_words(row).map_or_else(|| status(row.verdict, row.reason, &row.message), |words| format!("NOT PROVEN: {words}"));
    format!("{backfill}Digest file\t{place}\t{words}")
}

/// `Log file\ts3://bucket/key\tvalid`
pub(crate) fn log_status(row: &LogRow) -> String {
    let place = address(row.bucket.as_deref(), row.key.as_deref(), row.source.as_deref());
    format!("Log file\t{place}\t{}", status(row.verdict, row.reason, &row.message))
}

/// `3/4 digest files valid, 1/4 digest files INVALID`; our own verdicts after the AWS CLI's two.
pub(crate) fn ratio(name: &str, verdicts: &[Verdict]) -> String {
    let total = verdicts.len();
    let count = |wanted: &[Verdict]| verdicts.iter().filter(|verdict| wanted.contains(verdict)).count();
    let mut text = format!("{}/{total} {name} valid", count(&[Verdict::Valid]));
    for (wanted, word) in [
        (&[Verdict::Invalid, Verdict::Missing][..], "INVALID"),
        (&[Verdict::Unproven, Verdict::Pending], "NOT PROVEN"),
        (&[Verdict::Unlisted], "NOT LISTED"),
    ] {
        let found = count(wanted);
        if found > 0 {
            text.push_str(&format!(", {found}/{total} {name} {word}"));
        }
    }
    text
}

fn status(verdict: Verdict, reason: Option<Reason>, message: &str) -> String {
    match verdict {
        Verdict::Valid => "valid".to_owned(),
        Verdict::Invalid => format!("INVALID: {}", reason.and_then(cli_words).unwrap_or(message)),
        Verdict::Missing => "INVALID: not found".to_owned(),
        Verdict::Unproven | Verdict::Pending => format!("NOT PROVEN: {message}"),
        Verdict::Unlisted => format!("NOT LISTED: {message}"),
    }
}

/// What the AWS CLI says in this case.
fn cli_words(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::HashMismatch | Reason::HashCase => "hash value doesn't match",
        Reason::TrailingData => "unexpected data after end of compressed stream",
        Reason::Truncated | Reason::Corrupt | Reason::NotGzip | Reason::TooLarge | Reason::Malformed => "invalid format",
        Reason::StoredUncompressed | Reason::ContainerTruncated | Reason::ContainerChecksum => "invalid format",
        Reason::SignatureMismatch | Reason::SignatureMalformed | Reason::SignatureMetadataDiffers => "signature verification failed",
        Reason::LinkMismatch => "signature verification failed",
        Reason::WrongPlace | Reason::Moved => "has been moved from its original location",
        _ => return None,
    })
}

/// What the AWS CLI says of keys. It calls such digests INVALID; nothing is disproven here.
fn key_words(row: &DigestRow) -> Option<String> {
    let fingerprint = row.key_fingerprint.as_deref()?;
    match (row.reason?, ObjectKey::parse(row.key.as_deref()?).kind) {
        // To the letter: it names the trail's home Region, though it asks for the keys of the digest's own.
        (Reason::KeyUnknown, KeyKind::Digest(name)) => {
            Some(format!("public key not found in region {} for fingerprint {fingerprint}", name.chain.home_region))
        }
        (Reason::KeyUnusable, _) => Some(format!("Unable to load PKCS #1 key with fingerprint {fingerprint}")),
        _ => None,
    }
}

/// Where it was put; where no bucket is known, where it is.
fn address(bucket: Option<&str>, key: Option<&str>, source: Option<&str>) -> String {
    match (bucket, key) {
        (Some(bucket), Some(key)) => format!("s3://{bucket}/{key}"),
        (_, key) => source.or(key).unwrap_or("-").to_owned(),
    }
}
