//! The sign file of a CloudTrail Lake query (`result_sign.json`): which result files the query wrote, by hash, and Lake's signature over
//! those hashes. Unlike with logs, a hash is that of the *compressed* file as it lies.
//!
//! Signed are the hashes alone, in their order. Names, Region, time and fingerprint are not: they say where to look, and prove nothing.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use crate::integrity::evidence::About;
use crate::integrity::evidence::CheckState;
use crate::integrity::evidence::CheckSubject;
use crate::integrity::evidence::Evidence;
use crate::integrity::keys::PublicKey;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::CheckResult;
use crate::integrity::signature::Origin;
use crate::integrity::signature::SignatureCheck;
use crate::integrity::signature::SignedDigest;
use crate::trail::ids::FileId;
use crate::trail::time::Timestamp;

/// One sign file, as its (unverified) content says.
// Between workers it travels as a list of texts, which others do too: 12 kB of WebAssembly less than field by field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct LakeSign {
    /// The result files, in the order in which their hashes are signed.
    pub files: Vec<LakeEntry>,
    /// The Region whose key has signed. Not signed itself.
    pub region: String,
    /// When the query was done. Not signed.
    pub completed: Option<Timestamp>,
    /// `SHA-256` in every one seen; `None` where the field is absent.
    pub hash_algorithm: Option<String>,
    /// `SHA256withRSA` in every one seen.
    pub signature_algorithm: Option<String>,
    /// The signature in hex, as written.
    pub signature: String,
    /// MD5 of the public key's DER, lower-case hex. Not signed.
    pub fingerprint: String,
}

/// One result file that a sign file vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LakeEntry {
    /// What it was called. Not signed.
    pub name: String,
    /// SHA-256 of its stored bytes, as written: this is what is signed.
    pub hash: String,
}

/// What the checks of a sign file's signature came to.
#[derive(Debug)]
pub(crate) enum LakeAnswer<'a> {
    Holds(&'a SignedDigest),
    Fails,
    Malformed,
    /// No usable key, or not yet checked.
    Open,
}

impl LakeSign {
    /// Reads a sign file. The error is the half sentence that says what is wrong with it.
    ///
    /// # Errors
    /// When it is no JSON object, or a required field is missing or of another type.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let raw: Map<String, Value> =
            serde_json::from_slice(json).map_err(|error| format!("its JSON does not read as a sign file ({error})"))?;
        let text = |object: &Map<String, Value>, name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        let wanted = |object: &Map<String, Value>, name: &str| text(object, name).ok_or_else(|| format!("it has no {name}"));
        let mut files = Vec::new();
        for file in raw.get("files").and_then(Value::as_array).ok_or("it has no files")? {
            let file = file.as_object().ok_or("one of its files is no object")?;
            let (name, hash) = (wanted(file, "fileName")?, wanted(file, "fileHashValue")?);
            // Any other text could make the string that was signed for a digest, whose bucket and prefix are anyone's to choose, into a list
            // of hashes: the keys are the same.
            Sha256::parse(&hash).ok_or("one of its hashes is not 64 hex digits")?;
            files.push(LakeEntry { name, hash });
        }
        Ok(Self {
            files,
            region: text(&raw, "region").unwrap_or_default(),
            completed: text(&raw, "queryCompleteTime").as_deref().and_then(Timestamp::parse),
            hash_algorithm: text(&raw, "hashAlgorithm"),
            signature_algorithm: text(&raw, "signatureAlgorithm"),
            signature: wanted(&raw, "hashSignature")?.trim().to_owned(),
            fingerprint: wanted(&raw, "publicKeyFingerprint")?.trim().to_ascii_lowercase(),
        })
    }

    /// Whether JSON of this shape means to be a sign file, however badly.
    #[must_use]
    pub fn is_claimed_by(object: &Map<String, Value>) -> bool {
        object.contains_key("hashSignature") && (object.contains_key("files") || object.contains_key("publicKeyFingerprint"))
    }

    /// What is signed: the hashes as they are written, in their order, a space between two.
    #[must_use]
    pub fn string_to_sign(&self) -> String {
        self.files.iter().map(|file| file.hash.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// What its signature came to, over all keys of its fingerprint.
    pub(crate) fn answer<'a>(&self, evidence: &'a Evidence) -> LakeAnswer<'a> {
        let mut results = Vec::new();
        for key in evidence.ring.usable(&self.fingerprint) {
            let subject = self.subject(key);
            let state = evidence.checks.get(&subject);
            if let Some(CheckState::Proven(proof)) = state {
                return LakeAnswer::Holds(proof);
            }
            results.push(state);
        }
        if results.is_empty() || results.iter().any(|state| !matches!(state, Some(CheckState::Done(_)))) {
            return LakeAnswer::Open;
        }
        let malformed = results.iter().all(|state| matches!(state, Some(CheckState::Done(CheckResult::Malformed))));
        if malformed { LakeAnswer::Malformed } else { LakeAnswer::Fails }
    }

    /// The checks of its signature that were not yet handed out.
    pub(crate) fn due_checks(&self, file: FileId, evidence: &Evidence) -> Vec<(CheckSubject, SignatureCheck)> {
        // Of no hash there is nothing to sign: a signature over nothing would vouch for nothing.
        let keys = if self.files.is_empty() { &[] } else { evidence.ring.usable(&self.fingerprint) };
        let due = keys.iter().map(|key| (self.subject(key), key)).filter(|(subject, _)| !evidence.checks.contains_key(subject));
        due.map(|(subject, key)| {
            let job = SignatureCheck {
                id: 0,
                digest: file,
                content: subject.content,
                string_to_sign: self.string_to_sign(),
                signature: subject.signature.clone(),
                key_der: key.value_der.clone(),
                fingerprint: key.fingerprint.clone(),
                origin: Origin::Metadata,
            };
            (subject, job)
        })
        .collect()
    }

    fn subject(&self, key: &PublicKey) -> CheckSubject {
        let content = Sha256::of(self.string_to_sign().as_bytes());
        CheckSubject { about: About::LakeResult, content, signature: self.signature.to_ascii_lowercase(), key: key.value_der.clone() }
    }
}

/// `result_sign.json`, also as a browser renames the second one: `result_sign (1).json`.
#[must_use]
pub fn is_sign_name(base: &str) -> bool {
    base.starts_with("result_sign") && base.ends_with(".json")
}

/// `result_1.csv.gz`, also unpacked or renamed by a browser.
#[must_use]
pub fn is_result_name(base: &str) -> bool {
    let number = base.strip_prefix("result_").and_then(|rest| rest.split_once(|c: char| !c.is_ascii_digit()));
    number.is_some_and(|(number, _)| !number.is_empty()) && (base.ends_with(".csv.gz") || base.ends_with(".csv"))
}

impl From<LakeSign> for Vec<String> {
    fn from(sign: LakeSign) -> Self {
        let completed = sign.completed.map(|time| time.to_string()).unwrap_or_default();
        let (hashes, signatures) = (sign.hash_algorithm.unwrap_or_default(), sign.signature_algorithm.unwrap_or_default());
        let head = [sign.region, completed, hashes, signatures, sign.signature, sign.fingerprint];
        head.into_iter().chain(sign.files.into_iter().flat_map(|file| [file.name, file.hash])).collect()
    }
}

impl From<Vec<String>> for LakeSign {
    fn from(texts: Vec<String>) -> Self {
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        let given = |text: String| (!text.is_empty()).then_some(text);
        let (region, completed) = (next(), Timestamp::parse(&next()));
        let (hash_algorithm, signature_algorithm) = (given(next()), given(next()));
        let (signature, fingerprint) = (next(), next());
        let mut files = Vec::new();
        while let (Some(name), Some(hash)) = (texts.next(), texts.next()) {
            files.push(LakeEntry { name, hash });
        }
        Self { files, region, completed, hash_algorithm, signature_algorithm, signature, fingerprint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIGN: &str = r#"{"version":"1.0","region":"us-east-1","files":[{"fileHashValue":"HASH1","fileName":"result_1.csv.gz"},{"fileHashValue":"HASH2","fileName":"result_2.csv.gz"}],
        "hashAlgorithm":"SHA-256","signatureAlgorithm":"SHA256withRSA","queryCompleteTime":"2022-05-10T22:06:30Z","hashSignature":"00","publicKeyFingerprint":"67B9"}"#;

    fn text() -> String {
        SIGN.replace("HASH1", &"AB".repeat(32)).replace("HASH2", &"cd".repeat(32))
    }

    #[test]
    fn the_hashes_are_signed_as_they_are_written() {
        let sign = LakeSign::parse(text().as_bytes()).expect("a sign file");
        assert_eq!((sign.string_to_sign(), sign.fingerprint.as_str()), (format!("{} {}", "AB".repeat(32), "cd".repeat(32)), "67b9"));
        assert_eq!(sign.completed, Timestamp::parse("2022-05-10T22:06:30Z"));
    }

    #[test]
    fn what_is_missing_is_named() {
        for name in ["files", "hashSignature", "publicKeyFingerprint", "fileHashValue", "fileName"] {
            let error = LakeSign::parse(text().replace(name, "other").as_bytes()).expect_err(name);
            assert!(error.contains(name), "{error}");
        }
        let without_hints = text().replace("region", "r").replace("queryCompleteTime", "q");
        assert!(LakeSign::parse(without_hints.as_bytes()).is_ok(), "neither Region nor time is signed, and neither is needed");
    }

    /// What CloudTrail has signed for a digest must never pass for a list of hashes.
    #[test]
    fn a_hash_is_a_hash() {
        for hash in ["", "2024-03-09T14:00:00Z\\nbucket/key x", &format!("{} ", "ab".repeat(32))] {
            assert!(LakeSign::parse(SIGN.replace("HASH1", hash).replace("HASH2", &"cd".repeat(32)).as_bytes()).is_err(), "{hash}");
        }
    }

    #[test]
    fn names_are_known_as_browsers_change_them() {
        assert!(is_sign_name("result_sign (1).json") && !is_sign_name("result_sign.json.bak"));
        assert!(is_result_name("result_12.csv.gz") && is_result_name("result_1 (2).csv") && !is_result_name("result_.csv"));
        assert!(!is_result_name("results_1.csv") && !is_result_name("result_1"));
    }

    #[test]
    fn it_travels_as_it_is() {
        let sign = LakeSign::parse(text().as_bytes()).expect("a sign file");
        assert_eq!(LakeSign::from(Vec::from(sign.clone())), sign);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = LakeSign::parse(&bytes);
        }
    }
}
