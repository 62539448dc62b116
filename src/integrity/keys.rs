//! The public keys of `aws cloudtrail list-public-keys`: the one root of trust that the user supplies.

use std::collections::BTreeSet;
use std::collections::HashMap;

use md5::Digest;
use md5::Md5;
use rsa::BigUint;
use rsa::RsaPublicKey;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::trail::arrange::arrange;
use crate::trail::time::Timestamp;

/// One key as a key list gives it, believed only as far as it can be checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PublicKey {
    /// The fingerprint that the list states, lower case.
    pub fingerprint: String,
    /// The key's DER: PKCS#1, as AWS gives it, or SubjectPublicKeyInfo, as one sample in AWS's own guide.
    pub value_der: Vec<u8>,
    /// Since when AWS signs with it.
    pub valid_from: Option<Timestamp>,
    /// Until when AWS signs with it.
    pub valid_to: Option<Timestamp>,
    /// The file it came from.
    pub source: String,
}

/// Why a key cannot prove anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyProblem {
    /// MD5 of the key's bytes is not the fingerprint that the list states.
    KeyMismatch,
    /// Not an RSA key of 2048 bits with exponent 65537.
    KeyUnusable,
}

/// All keys given so far, by fingerprint.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    keys: BTreeSet<PublicKey>,
    usable: HashMap<String, Vec<PublicKey>>,
}

impl PublicKey {
    /// Reads `list-public-keys` output in any of its forms; several outputs pasted together, or a list of them. `None`: no key list.
    #[must_use]
    pub fn parse_list(json: &[u8]) -> Option<Vec<Self>> {
        let mut keys = None;
        for value in serde_json::Deserializer::from_slice(json).into_iter::<Value>() {
            collect(&value.ok()?, &mut keys);
        }
        keys
    }

    /// What keeps this key from proving anything.
    #[must_use]
    pub fn problem(&self) -> Option<KeyProblem> {
        if self.value_der.is_empty() {
            return Some(KeyProblem::KeyUnusable);
        }
        if md5_hex(&self.value_der) != self.fingerprint {
            return Some(KeyProblem::KeyMismatch);
        }
        decode_key(&self.value_der).is_none().then_some(KeyProblem::KeyUnusable)
    }

    /// Whether AWS signed with this key at some time between these two; `None` where the list gives no dates.
    #[must_use]
    pub fn is_valid_within(&self, from: Timestamp, to: Timestamp) -> Option<bool> {
        Some(self.valid_from? <= to && from <= self.valid_to?)
    }
}

impl KeyProblem {
    /// The word in the report.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::KeyMismatch => "key-mismatch",
            Self::KeyUnusable => "key-unusable",
        }
    }
}

impl KeyRing {
    /// Adds a key; a key given twice counts once.
    pub fn add(&mut self, key: PublicKey) {
        if !self.keys.insert(key.clone()) || key.problem().is_some() {
            return;
        }
        let same = self.usable.entry(key.fingerprint.clone()).or_default();
        same.push(key);
        arrange(same, Ord::cmp);
    }

    /// All keys, problematic ones too, in the report's order.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys.iter()
    }

    /// The keys that may vouch for this fingerprint: usable, and MD5 fits.
    #[must_use]
    pub fn usable(&self, fingerprint: &str) -> &[PublicKey] {
        self.usable.get(fingerprint).map_or(&[], Vec::as_slice)
    }

    /// What keeps every given key of this fingerprint from proving anything; `None` where one is usable or none is given.
    #[must_use]
    pub fn problem(&self, fingerprint: &str) -> Option<KeyProblem> {
        if !self.usable(fingerprint).is_empty() {
            return None;
        }
        self.keys.iter().filter(|key| key.fingerprint == fingerprint).find_map(PublicKey::problem)
    }

    /// Whether no key at all was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// Reads PKCS#1 or SubjectPublicKeyInfo; only what CloudTrail signs with: RSA, 2048 bits, exponent 65537.
pub(crate) fn decode_key(der: &[u8]) -> Option<RsaPublicKey> {
    let key = RsaPublicKey::from_pkcs1_der(der).or_else(|_| RsaPublicKey::from_public_key_der(der).map_err(|_| ())).ok()?;
    (key.n().bits() == 2048 && *key.e() == BigUint::from(65_537u32)).then_some(key)
}

/// A key's fingerprint: MD5 over its DER, as seen on all four real keys that are public.
#[must_use]
pub fn md5_hex(der: &[u8]) -> String {
    Md5::digest(der).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn collect(value: &Value, keys: &mut Option<Vec<PublicKey>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        Value::Object(fields) => {
            if let Some(Value::Array(list)) = fields.get("PublicKeyList").or_else(|| fields.get("publicKeyList")) {
                keys.get_or_insert_default().extend(list.iter().filter_map(read_key));
            } else if let Some(key) = read_key(value) {
                keys.get_or_insert_default().push(key);
            }
        }
        _ => {}
    }
}

fn read_key(value: &Value) -> Option<PublicKey> {
    let field = |upper: &str, lower: &str| value.get(upper).or_else(|| value.get(lower));
    let value_der = decode_base64(field("Value", "value")?.as_str()?).unwrap_or_default();
    let fingerprint = match field("Fingerprint", "fingerprint") {
        Some(stated) => stated.as_str()?.to_ascii_lowercase(),
        None => md5_hex(&value_der),
    };
    Some(PublicKey {
        fingerprint,
        value_der,
        valid_from: field("ValidityStartTime", "validityStartTime").and_then(instant),
        valid_to: field("ValidityEndTime", "validityEndTime").and_then(instant),
        source: String::new(),
    })
}

/// Printing the number to cut its fraction off would bring 15 kB of float tables into the page.
#[allow(clippy::as_conversions)] // A float has no other way to an integer; it saturates.
fn whole_seconds(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64))
}

/// `1453076702.0` (CLI version 1), `"2016-01-18T00:25:02+00:00"` (version 2), or the epoch as text.
fn instant(value: &Value) -> Option<Timestamp> {
    let text = match value {
        Value::Number(number) => return whole_seconds(number).map(Timestamp::from_seconds),
        Value::String(text) => text,
        _ => return None,
    };
    Timestamp::parse(text).or_else(|| {
        let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
        whole.parse().ok().map(Timestamp::from_seconds)
    })
}

/// Standard base64, padded or not, line breaks allowed; `None` for anything else.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut held, mut bits) = (0u32, 0u32);
    for symbol in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let six = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(six)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"PublicKeyList":[{"Value":"TWFu","ValidityStartTime":1453076702.0,"ValidityEndTime":"2016-02-17T05:25:02+05:00","Fingerprint":"AB"}]}"#;

    #[test]
    fn every_form_of_the_list_is_read() {
        let shapes = [
            LIST.to_owned(),
            LIST.replace("PublicKeyList", "publicKeyList"),
            format!("[{LIST}]"),
            format!("{LIST}\n{{\"PublicKeyList\":[]}}"),
            LIST.replace("1453076702.0", "\"1453076702\""),
        ];
        for shape in shapes {
            let keys = PublicKey::parse_list(shape.as_bytes()).expect("a key list");
            let key = keys.first().expect("one key");
            assert_eq!((keys.len(), key.value_der.as_slice(), key.fingerprint.as_str()), (1, b"Man".as_slice(), "ab"));
            assert_eq!(key.valid_from, Timestamp::parse("2016-01-18T00:25:02Z"));
            assert_eq!(key.valid_to, Timestamp::parse("2016-02-17T00:25:02Z"));
        }
    }

    #[test]
    fn what_is_no_key_list_is_none() {
        for json in ["{}", "[]", "{\"Records\":[]}", "nonsense", "", "{\"PublicKeyList\":[] "] {
            assert_eq!(PublicKey::parse_list(json.as_bytes()), None, "{json}");
        }
    }

    #[test]
    fn a_key_whose_bytes_are_not_its_fingerprint_proves_nothing() {
        let mut ring = KeyRing::default();
        for key in PublicKey::parse_list(LIST.as_bytes()).expect("a key list") {
            assert_eq!(key.problem(), Some(KeyProblem::KeyMismatch));
            let honest = PublicKey { fingerprint: md5_hex(&key.value_der), ..key.clone() };
            assert_eq!(honest.problem(), Some(KeyProblem::KeyUnusable));
            ring.add(key);
        }
        assert!(ring.usable("ab").is_empty());
        assert_eq!(ring.problem("ab"), Some(KeyProblem::KeyMismatch));
        assert_eq!(ring.problem("cd"), None);
    }
}
