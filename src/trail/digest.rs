//! The digest's JSON as types: what CloudTrail signed about an hour of log files.

use serde::Deserialize;
use serde::Serialize;

use crate::trail::ids::ChainId;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;
use crate::trail::time::Timestamp;

/// One digest file, as its (unverified) content says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestFile {
    /// The account that the digest is for.
    pub account: String,
    /// Start of the window, by log delivery time.
    pub start: Timestamp,
    /// End of the window, by log delivery time.
    pub end: Timestamp,
    /// `digestEndTime` to the letter, as it is signed.
    pub end_text: String,
    /// Where CloudTrail put this digest: part of what is signed.
    pub place: Place,
    /// MD5 of the public key's DER, lower-case hex.
    pub fingerprint: String,
    /// `SHA256withRSA` in every digest seen; `None` where the field is absent.
    pub signature_algorithm: Option<String>,
    /// Oldest event of the listed logs; may lie before `start`.
    pub oldest_event: Option<Timestamp>,
    /// Newest event of the listed logs.
    pub newest_event: Option<Timestamp>,
    /// The digest before this one; `None` in a starting digest.
    pub previous: Option<PreviousDigest>,
    /// `previousDigestSignature` to the letter, as it is signed; `None` is signed as the word `null`.
    pub previous_signature_text: Option<String>,
    /// The logs delivered in the window, in the digest's order. Empty: nothing was delivered.
    pub log_files: Vec<LoggedFile>,
}

/// Bucket and key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The bucket's name.
    pub bucket: String,
    /// The key in the bucket.
    pub key: String,
}

/// What a digest says about its predecessor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousDigest {
    /// Where the predecessor lies.
    pub place: Place,
    /// SHA-256 of its inflated bytes, as written.
    pub hash: Option<String>,
    /// `SHA-256`, as written.
    pub hash_algorithm: Option<String>,
    /// Its signature, as written.
    pub signature: Option<String>,
}

/// One log file that a digest vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedFile {
    /// Where CloudTrail delivered it.
    pub place: Place,
    /// SHA-256 of its inflated bytes, as written.
    pub hash: String,
    /// `SHA-256`, as written.
    pub hash_algorithm: Option<String>,
    /// Oldest event inside.
    pub oldest_event: Option<Timestamp>,
    /// Newest event inside.
    pub newest_event: Option<Timestamp>,
}

impl DigestFile {
    /// Reads a digest's inflated bytes. The error is the half sentence that says what is wrong with it.
    ///
    /// # Errors
    /// When it is no JSON object, or a required field is missing or of another type.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let raw: RawDigest = serde_json::from_slice(json).map_err(|error| format!("its JSON does not read as a digest ({error})"))?;
        raw.into_digest()
    }

    /// Whether JSON of this shape means to be a digest, however badly: it has the digest's own field names.
    #[must_use]
    pub fn is_claimed_by(value: &serde_json::Map<String, serde_json::Value>) -> bool {
        value.contains_key("digestS3Object") || value.contains_key("digestEndTime") || value.contains_key("previousDigestSignature")
    }

    /// The chain, from the signed place (never from the name the file has now). `None` where the place is no digest's name.
    #[must_use]
    pub fn chain(&self) -> Option<ChainId> {
        match ObjectKey::parse(&self.place.key).kind {
            KeyKind::Digest(name) => Some(name.chain),
            _ => None,
        }
    }

    /// The organization's id, where the signed place has its folder.
    #[must_use]
    pub fn organization(&self) -> Option<String> {
        ObjectKey::parse(&self.place.key).organization().map(str::to_owned)
    }
}

/// The fields as CloudTrail writes them; every one optional so that the message can name what is missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawDigest {
    aws_account_id: Option<String>,
    digest_start_time: Option<String>,
    digest_end_time: Option<String>,
    #[serde(rename = "digestS3Bucket")]
    digest_s3_bucket: Option<String>,
    #[serde(rename = "digestS3Object")]
    digest_s3_object: Option<String>,
    digest_public_key_fingerprint: Option<String>,
    digest_signature_algorithm: Option<String>,
    newest_event_time: Option<String>,
    oldest_event_time: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_digest_s3_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    previous_digest_s3_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    /// Present-but-null and absent differ: the AWS CLI requires the field itself.
    #[serde(default, with = "present")]
    previous_digest_signature: Option<Option<String>>,
    log_files: Option<Vec<RawLoggedFile>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an entry of logFiles")]
struct RawLoggedFile {
    #[serde(rename = "s3Bucket")]
    s3_bucket: String,
    #[serde(rename = "s3Object")]
    s3_object: String,
    hash_value: String,
    hash_algorithm: Option<String>,
    newest_event_time: Option<String>,
    oldest_event_time: Option<String>,
}

mod present {
    use serde::Deserialize;
    use serde::Deserializer;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
        Option::<String>::deserialize(from).map(Some)
    }
}

impl RawDigest {
    fn into_digest(self) -> Result<DigestFile, String> {
        let end_text = required(self.digest_end_time, "digestEndTime")?;
        let place =
            Place { bucket: required(self.digest_s3_bucket, "digestS3Bucket")?, key: required(self.digest_s3_object, "digestS3Object")? };
        let previous_signature_text = required(self.previous_digest_signature, "previousDigestSignature")?;
        let previous = match (self.previous_digest_s3_bucket, self.previous_digest_s3_object) {
            (Some(bucket), Some(key)) => Some(PreviousDigest {
                place: Place { bucket, key },
                hash: self.previous_digest_hash_value,
                hash_algorithm: self.previous_digest_hash_algorithm,
                signature: previous_signature_text.clone(),
            }),
            _ => None,
        };
        Ok(DigestFile {
            account: self.aws_account_id.unwrap_or_default(),
            start: instant(&required(self.digest_start_time, "digestStartTime")?, "digestStartTime")?,
            end: instant(&end_text, "digestEndTime")?,
            end_text,
            place,
            fingerprint: required(self.digest_public_key_fingerprint, "digestPublicKeyFingerprint")?,
            signature_algorithm: self.digest_signature_algorithm,
            oldest_event: self.oldest_event_time.as_deref().and_then(Timestamp::parse),
            newest_event: self.newest_event_time.as_deref().and_then(Timestamp::parse),
            previous,
            previous_signature_text,
            log_files: required(self.log_files, "logFiles")?.into_iter().map(RawLoggedFile::into_logged).collect(),
        })
    }
}

impl RawLoggedFile {
    fn into_logged(self) -> LoggedFile {
        LoggedFile {
            place: Place { bucket: self.s3_bucket, key: self.s3_object },
            hash: self.hash_value,
            hash_algorithm: self.hash_algorithm,
            oldest_event: self.oldest_event_time.as_deref().and_then(Timestamp::parse),
            newest_event: self.newest_event_time.as_deref().and_then(Timestamp::parse),
        }
    }
}

fn required<T>(field: Option<T>, name: &str) -> Result<T, String> {
    field.ok_or_else(|| format!("the required field {name} is missing"))
}

fn instant(text: &str, name: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| format!("{name} is not a time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTING: &str = r#"{"awsAccountId":"111122223333","digestStartTime":"2024-03-09T13:00:00Z","digestEndTime":"2024-03-09T14:00:00Z",
        "digestS3Bucket":"b","digestS3Object":"AWSLogs\/111122223333\/CloudTrail-Digest\/eu-west-1\/2024\/03\/09\/111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_20240309T140000Z.json.gz",
        "digestPublicKeyFingerprint":"31e8b5433410dfb61a9dc45cc65b22ff","digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,"oldestEventTime":null,
        "previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,"previousDigestHashAlgorithm":null,"previousDigestSignature":null,"logFiles":[]}"#;

    #[test]
    fn a_starting_digest_has_no_predecessor() {
        let digest = DigestFile::parse(STARTING.as_bytes()).expect("a digest");
        assert_eq!(digest.previous, None);
        assert_eq!(digest.previous_signature_text, None);
        assert_eq!(digest.chain().map(|c| c.to_string()).as_deref(), Some("111122223333/eu-west-1/main"));
    }

    #[test]
    fn what_is_missing_is_named() {
        for field in ["digestEndTime", "digestS3Object", "digestPublicKeyFingerprint", "previousDigestSignature", "logFiles"] {
            let broken = STARTING.replace(&format!("\"{field}\""), "\"x\"");
            let error = DigestFile::parse(broken.as_bytes()).expect_err("a field is missing");
            assert!(error.contains(field), "{field}: {error}");
        }
    }
}
