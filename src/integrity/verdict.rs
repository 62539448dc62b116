//! What may be said of a file: one verdict, one reason, any number of remarks. Most telling first.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;

use crate::integrity::listed_by::ListedBy;
use crate::integrity::signature::SignedDigest;
use crate::trail::arrange::arrange;

/// The one word about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Proven by a signature that holds.
    Valid,
    /// Disproven: not the bytes that were signed for this place.
    Invalid,
    /// A valid digest says that it exists; it is not among the files given.
    Missing,
    /// Neither proven nor disproven.
    Unproven,
    /// No digest given lists it.
    Unlisted,
    /// Proofs are still arriving.
    Pending,
}

impl Verdict {
    /// All verdicts, in the order of the report.
    pub const ALL: [Self; 6] = [Self::Valid, Self::Invalid, Self::Missing, Self::Unproven, Self::Unlisted, Self::Pending];

    /// The word in the report.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Missing => "missing",
            Self::Unproven => "unproven",
            Self::Unlisted => "unlisted",
            Self::Pending => "pending",
        }
    }

    /// The word on the screen.
    #[must_use]
    pub fn word(self, reason: Option<Reason>) -> &'static str {
        match self {
            Self::Valid => "Verified",
            Self::Invalid => match reason {
                Some(Reason::SignatureMismatch | Reason::SignatureMalformed | Reason::LinkMismatch | Reason::WrongPlace) => "Forged",
                Some(Reason::Truncated | Reason::Corrupt | Reason::NotGzip | Reason::TooLarge | Reason::Malformed) => "Damaged",
                Some(Reason::HashMismatch | Reason::TrailingData) => "Modified",
                _ => "Invalid",
            },
            Self::Missing => "Not found",
            Self::Unproven => "Not proven",
            Self::Unlisted => "In no digest",
            Self::Pending => "Checking…",
        }
    }
}

/// Declares an enum whose members have a slug and a sentence.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident $slug:literal $sentence:literal)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$member_doc])* #[doc = $sentence] $member,)* }

        impl $name {
            /// All of them, in the order of telling.
            pub const ALL: &[Self] = &[$(Self::$member),*];

            /// The word in the report.
            #[must_use]
            pub fn slug(self) -> &'static str {
                match self { $(Self::$member => $slug,)* }
            }

            /// What it means, as a plain sentence.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$member => $sentence,)* }
            }
        }
    };
}

words! {
    /// Why a verdict is not `valid`.
    Reason {
        HashMismatch "hash-mismatch" "Its content is not what the digest that lists it has signed: this is not the file that CloudTrail delivered."
        TrailingData "trailing-data" "More bytes follow after its compressed content; CloudTrail writes none."
        Truncated "truncated" "It ends too early; its content cannot be had whole."
        Corrupt "corrupt" "It cannot be unpacked: its compressed bytes are damaged."
        NotGzip "not-gzip" "It is neither gzip nor JSON."
        TooLarge "too-large" "It unpacks to far more than any log file does; unpacking was stopped."
        Malformed "malformed" "It does not read as a digest file."
        SignatureMismatch "signature-mismatch" "Its signature does not hold: its content is not what CloudTrail signed."
        SignatureMalformed "signature-malformed" "The only signature at hand is no signature: not 512 hex digits."
        LinkMismatch "link-mismatch" "The digest after it, whose signature holds, states another content for this place."
        WrongPlace "wrong-place" "It holds the content of another digest; this place belongs to a different one."
        NotFound "not-found" "A digest whose signature holds says that it exists; it is not among the files given."
        NoSignature "no-signature" "Nothing to check it with: its signature is in its S3 metadata and in the digest after it, neither of which was given."
        KeyUnknown "key-unknown" "No key of the fingerprint it names was given."
        KeyUnusable "key-unusable" "The key of the fingerprint it names cannot be used."
        DigestUnproven "digest-unproven" "Only a digest that is itself not proven lists it."
        UnsupportedAlgorithm "unsupported-algorithm" "It is hashed or signed with an algorithm that CloudTrail does not use today."
        NotReadable "not-readable" "It could not be read."
        InCoveredTime "in-covered-time" "No digest lists it, though digests cover its time."
        InGap "in-gap" "No digest lists it; no digest was given for its time."
        AfterNewestDigest "after-newest-digest" "It is newer than the newest digest given."
        BeforeFirstDigest "before-first-digest" "It is older than the oldest digest given."
        NoChain "no-chain" "No digest of its account and Region was given."
        StoredUncompressed "stored-uncompressed" "It is stored unpacked, which the AWS CLI does not accept."
        ContainerTruncated "container-truncated" "The gzip trailer is cut off, which strict checking does not accept."
        ContainerChecksum "container-checksum" "The gzip checksum does not fit, which strict checking does not accept."
        Moved "moved" "It lies at another place than it was delivered to, which the AWS CLI does not accept."
        HashCase "hash-case" "Its hash is written in upper case, which the AWS CLI does not accept."
        SignatureMetadataDiffers "signature-metadata-differs" "The signature in its S3 metadata does not hold, which the AWS CLI does not accept."
    }
}

/// Something worth knowing that does not change the verdict (unless checking is strict).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remark {
    /// Stored unpacked.
    StoredUncompressed,
    /// The gzip trailer is cut off.
    ContainerTruncated,
    /// A gzip checksum or length does not fit.
    ContainerChecksum,
    /// At another place than it was delivered to.
    Moved,
    /// Its hash is written in upper case.
    HashCase,
    /// The signature in its metadata does not hold.
    SignatureMetadataDiffers,
    /// The algorithm's label is not CloudTrail's, though the value fits.
    AlgorithmLabel,
    /// More than one entry of the digests lists it.
    ListedTwice,
    /// The stamp in its name lies outside the window of the digest that lists it.
    LateDelivery,
    /// Holds an event later than the end of its digest's window.
    EventTimeOutsideWindow,
    /// Its oldest or newest event is not that of its entry.
    EventTimesDiffer,
    /// Holds events of another account than its name, or is listed by another account's digest.
    AccountDiffers,
    /// Holds events of another Region than its name, or is listed by another Region's digest.
    RegionDiffers,
    /// The key was not valid at the digest's time.
    KeyValidity,
    /// The same content again; the key of the other one.
    DuplicateOf(String),
}

impl Remark {
    /// The word in the report.
    #[must_use]
    pub fn slug(&self) -> String {
        self.to_string()
    }

    /// What it becomes when checking is strict, as the AWS CLI does.
    #[must_use]
    pub fn when_strict(&self) -> Option<Reason> {
        Some(match self {
            Self::StoredUncompressed => Reason::StoredUncompressed,
            Self::ContainerTruncated => Reason::ContainerTruncated,
            Self::ContainerChecksum => Reason::ContainerChecksum,
            Self::Moved => Reason::Moved,
            Self::HashCase => Reason::HashCase,
            Self::SignatureMetadataDiffers => Reason::SignatureMetadataDiffers,
            _ => return None,
        })
    }

    fn plain(&self) -> &'static str {
        match self {
            Self::StoredUncompressed => "stored-uncompressed",
            Self::ContainerTruncated => "container-truncated",
            Self::ContainerChecksum => "container-checksum",
            Self::Moved => "moved",
            Self::HashCase => "hash-case",
            Self::SignatureMetadataDiffers => "signature-metadata-differs",
            Self::AlgorithmLabel => "algorithm-label",
            Self::ListedTwice => "listed-twice",
            Self::LateDelivery => "late-delivery",
            Self::EventTimeOutsideWindow => "event-time-outside-window",
            Self::EventTimesDiffer => "event-times-differ",
            Self::AccountDiffers => "account-differs",
            Self::RegionDiffers => "region-differs",
            Self::KeyValidity => "key-validity",
            Self::DuplicateOf(_) => "duplicate-of",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some(key) = text.strip_prefix("duplicate-of:") {
            return Some(Self::DuplicateOf(key.to_owned()));
        }
        PLAIN_REMARKS.iter().find(|remark| remark.plain() == text).cloned()
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateOf(key) => write!(f, "duplicate-of:{key}"),
            other => f.write_str(other.plain()),
        }
    }
}

impl Serialize for Remark {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Remark {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a remark"))
    }
}

/// What is said of one file.
// `non_exhaustive` would only bind other crates; this has to bind the rooms of this one.
#[allow(clippy::manual_non_exhaustive)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The one word.
    pub verdict: Verdict,
    /// The most telling reason; `None` where it is valid or pending.
    pub reason: Option<Reason>,
    /// What else is worth knowing.
    pub remarks: Vec<Remark>,
    /// What, why it matters, what to do; as a plain sentence.
    pub message: Cow<'static, str>,
    /// The keys of the digests that list it.
    pub listed_by: ListedBy,
    /// Only this file makes values of this type, so that `Valid` always stands on a signature that holds.
    #[serde(skip)]
    made_here: (),
}

impl Judged {
    /// Proven. Takes the proof: there is no other way to say `Valid`.
    #[must_use]
    pub fn valid(_proof: &SignedDigest, message: impl Into<Cow<'static, str>>) -> Self {
        Self { verdict: Verdict::Valid, ..Self::pending(message) }
    }

    /// Anything but valid, with its reason.
    #[must_use]
    pub fn not_valid(verdict: NotValid, reason: Reason, message: impl Into<Cow<'static, str>>) -> Self {
        let verdict = match verdict {
            NotValid::Invalid => Verdict::Invalid,
            NotValid::Missing => Verdict::Missing,
            NotValid::Unproven => Verdict::Unproven,
            NotValid::Unlisted => Verdict::Unlisted,
        };
        Self { verdict, reason: Some(reason), ..Self::pending(message) }
    }

    /// Proofs are still arriving.
    #[must_use]
    pub fn pending(message: impl Into<Cow<'static, str>>) -> Self {
        let (message, listed_by) = (message.into(), ListedBy::default());
        Self { verdict: Verdict::Pending, reason: None, remarks: Vec::new(), message, listed_by, made_here: () }
    }

    /// With these remarks, each once, in their order.
    #[must_use]
    pub fn with_remarks(self, mut remarks: Vec<Remark>) -> Self {
        arrange(&mut remarks, Ord::cmp);
        remarks.dedup();
        Self { remarks, ..self }
    }

    /// As the AWS CLI would have it: some remarks make a valid file invalid.
    #[must_use]
    pub fn when_strict(mut self) -> Self {
        if self.verdict == Verdict::Valid
            && let Some(reason) = self.remarks.iter().find_map(Remark::when_strict)
        {
            (self.verdict, self.reason, self.message) = (Verdict::Invalid, Some(reason), reason.sentence().into());
        }
        self
    }
}

/// The verdicts that need no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotValid {
    /// Disproven.
    Invalid,
    /// Not among the files given.
    Missing,
    /// Neither proven nor disproven.
    Unproven,
    /// In no digest given.
    Unlisted,
}

const PLAIN_REMARKS: [Remark; 14] = [
    Remark::StoredUncompressed,
    Remark::ContainerTruncated,
    Remark::ContainerChecksum,
    Remark::Moved,
    Remark::HashCase,
    Remark::SignatureMetadataDiffers,
    Remark::AlgorithmLabel,
    Remark::ListedTwice,
    Remark::LateDelivery,
    Remark::EventTimeOutsideWindow,
    Remark::EventTimesDiffer,
    Remark::AccountDiffers,
    Remark::RegionDiffers,
    Remark::KeyValidity,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_and_read_back() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_string(reason).ok(), Some(format!("\"{}\"", reason.slug())));
        }
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_string(&verdict).ok(), Some(format!("\"{}\"", verdict.slug())));
        }
        for remark in PLAIN_REMARKS.into_iter().chain([Remark::DuplicateOf("a/b".to_owned())]) {
            let json = serde_json::to_string(&remark).expect("a remark is written");
            assert_eq!(serde_json::from_str::<Remark>(&json).ok(), Some(remark));
        }
    }
}
