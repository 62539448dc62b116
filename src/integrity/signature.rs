//! The string that was signed, and the check of its RSA signature: the one place where a proof is made.

use rsa::Pkcs1v15Sign;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use crate::integrity::keys::decode_key;
use crate::integrity::sha256::Sha256;
use crate::integrity::sha256::decode_hex;
use crate::trail::digest::DigestFile;
use crate::trail::ids::FileId;
use crate::trail::time::Timestamp;

/// A digest, or the list of hashes in a Lake query's sign file, whose signature holds under a key of the ring. Made only here, from a check that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedDigest {
    content: Sha256,
    fingerprint: String,
    signature: String,
}

/// A signature from S3 metadata: `aws s3api head-object`, or a list from key to metadata.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GivenSignature {
    /// Object key or `s3://bucket/key`; `None` where head-object output does not name it.
    pub key: Option<String>,
    /// The signature in hex, as given.
    pub signature: String,
    /// `SHA256withRSA` in every one seen.
    pub algorithm: Option<String>,
    /// When a backfill digest was made, which decides the key's validity.
    pub generated: Option<Timestamp>,
    /// The file it came from.
    pub source: String,
}

/// Where a signature was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The object's own S3 metadata; of a Lake query, the sign file itself.
    Metadata,
    /// `previousDigestSignature` of the digest after it.
    Successor,
}

/// All that a worker needs to check one signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureCheck {
    /// Names this check among those of one `Evidence`.
    pub id: u64,
    /// A file that holds the digest.
    pub digest: FileId,
    /// Hash of the digest's inflated bytes; of a Lake query, of the string that was signed.
    pub content: Sha256,
    /// The four lines that were signed; of a Lake query, the hashes.
    pub string_to_sign: String,
    /// The signature in lower-case hex.
    pub signature: String,
    /// The key in DER.
    pub key_der: Vec<u8>,
    /// MD5 of the key's DER.
    pub fingerprint: String,
    /// Where the signature was found.
    pub origin: Origin,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOutcome {
    /// The check's id.
    pub id: u64,
    /// What came of it.
    pub result: CheckResult,
}

/// What a signature says about a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckResult {
    /// The key's owner signed exactly this.
    Holds,
    /// Nobody with that key signed this.
    Fails,
    /// Not 512 hex digits.
    Malformed,
    /// The key's bytes are no RSA-2048 key.
    KeyUnusable,
}

/// Checks one signature: RSASSA-PKCS1-v1_5 with SHA-256 and nothing else. CLI version 1 lets the signature choose the hash.
#[must_use]
pub fn check(job: &SignatureCheck) -> CheckOutcome {
    let hash = Sha256::of(job.string_to_sign.as_bytes());
    CheckOutcome { id: job.id, result: check_prehashed(&job.key_der, &hash, &job.signature) }
}

/// As [`check`], of a string whose hash is known already.
#[must_use]
pub fn check_prehashed(key_der: &[u8], hash: &Sha256, signature: &str) -> CheckResult {
    let Some(signature) = decode_hex(signature).filter(|bytes| bytes.len() == SIGNATURE_BYTES) else {
        return CheckResult::Malformed;
    };
    let Some(key) = decode_key(key_der) else { return CheckResult::KeyUnusable };
    let scheme = Pkcs1v15Sign { hash_len: Some(hash.0.len()), prefix: Box::new(SHA256_PREFIX) };
    match key.verify(scheme, &hash.0, &signature) {
        Ok(()) => CheckResult::Holds,
        Err(_) => CheckResult::Fails,
    }
}

/// What another checker of the same scheme needs besides the string: the key as SubjectPublicKeyInfo and the signature's bytes. `None` where
/// [`check`] would not get as far as the arithmetic, or the key is written unusually; then only [`check`] will do.
#[must_use]
pub fn for_another_checker(job: &SignatureCheck) -> Option<(Vec<u8>, Vec<u8>)> {
    let signature = decode_hex(&job.signature).filter(|bytes| bytes.len() == SIGNATURE_BYTES)?;
    decode_key(&job.key_der)?;
    let is_bare = job.key_der.len() == BARE_KEY_BYTES;
    let spki = if is_bare { [&SPKI_PREFIX[..], &job.key_der].concat() } else { job.key_der.clone() };
    (spki.len() == BARE_KEY_BYTES + SPKI_PREFIX.len()).then_some((spki, signature))
}

/// The four lines that CloudTrail signs; the last is the word `null` in a starting digest.
#[must_use]
pub fn string_to_sign(digest: &DigestFile, content: Sha256) -> String {
    let previous = digest.previous_signature_text.as_deref().unwrap_or("null");
    format!("{}\n{}/{}\n{content}\n{previous}", digest.end_text, digest.place.bucket, digest.place.key)
}

impl SignedDigest {
    /// The proof, if this outcome is of this check and holds.
    pub(crate) fn from_check(job: &SignatureCheck, outcome: CheckOutcome) -> Option<Self> {
        (outcome.id == job.id && outcome.result == CheckResult::Holds).then(|| Self {
            content: job.content,
            fingerprint: job.fingerprint.clone(),
            signature: job.signature.clone(),
        })
    }

    /// Hash of the digest's inflated bytes.
    #[must_use]
    pub fn content(&self) -> Sha256 {
        self.content
    }

    /// The key that vouches for it.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The signature that holds, lower-case hex.
    #[must_use]
    pub fn signature(&self) -> &str {
        &self.signature
    }
}

impl GivenSignature {
    /// Reads a map from key to metadata, head-object output, a list of either, several pasted together. `None`: none of these.
    #[must_use]
    pub fn parse_any(json: &[u8]) -> Option<Vec<Self>> {
        let mut found = Vec::new();
        for value in serde_json::Deserializer::from_slice(json).into_iter::<Value>() {
            collect(&value.ok()?, &mut found);
        }
        (!found.is_empty()).then_some(found)
    }

    /// The bucket, where the key is written as `s3://bucket/key`, and the key.
    #[must_use]
    pub fn place(&self) -> Option<(Option<&str>, &str)> {
        let key = self.key.as_deref()?;
        match key.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) {
            Some((bucket, key)) => Some((Some(bucket), key)),
            None => Some((None, key)),
        }
    }
}

fn collect(value: &Value, found: &mut Vec<GivenSignature>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => match read_metadata(fields, None) {
            Some(signature) => found.push(signature),
            None => {
                let entries = fields.iter().filter_map(|(key, value)| read_metadata(value.as_object()?, Some(key)));
                found.extend(entries);
            }
        },
        _ => {}
    }
}

/// Metadata itself, or head-object output with `Metadata` inside.
fn read_metadata(fields: &Map<String, Value>, key: Option<&str>) -> Option<GivenSignature> {
    let metadata = match fields.get("Metadata") {
        Some(inner) => inner.as_object()?,
        None => fields,
    };
    let text = |wanted: &str| {
        let matching = metadata.iter().find(|(name, _)| plain_name(name) == wanted);
        matching.and_then(|(_, value)| value.as_str()).map(str::to_owned)
    };
    let named = || {
        let key = fields.get("Key").or_else(|| fields.get("key"))?.as_str()?;
        let bucket = fields.get("Bucket").or_else(|| fields.get("bucket")).and_then(Value::as_str);
        Some(bucket.map_or_else(|| key.to_owned(), |bucket| format!("s3://{bucket}/{key}")))
    };
    Some(GivenSignature {
        signature: text("signature")?.trim().to_owned(),
        key: key.map(str::to_owned).or_else(named),
        algorithm: text("signature-algorithm"),
        generated: text("backfill-generation-timestamp").as_deref().and_then(Timestamp::parse),
        source: String::new(),
    })
}

/// Header names come as `x-amz-meta-signature` or without the prefix, in any case.
fn plain_name(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    name.strip_prefix("x-amz-meta-").map(str::to_owned).unwrap_or(name)
}

/// RSA-2048: 512 hex digits.
const SIGNATURE_BYTES: usize = 256;

/// DigestInfo of SHA-256 before the hash itself (RFC 8017, 9.2 note 1).
const SHA256_PREFIX: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// A PKCS #1 key of 2048 bits with exponent 65537, as DER writes it.
const BARE_KEY_BYTES: usize = 270;

/// What stands before such a key in a SubjectPublicKeyInfo (RFC 3279, 2.3.1): its length, `rsaEncryption`, and the bit string's head.
const SPKI_PREFIX: [u8; 24] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01,
    0x0f, 0x00,
];

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
