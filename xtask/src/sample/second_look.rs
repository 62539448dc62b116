//! A small verifier for the tests, written apart from the code that signs and tampers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::forge::sha256;
use super::trail::Files;

/// A file's key, its verdict and the reason.
pub(super) type Row = (String, String, String);

/// A small verifier: everything that is not `valid`, the gaps, and the summary's numbers.
pub(super) fn look(files: &Files) -> (BTreeSet<Row>, Vec<(String, String)>, [usize; 8]) {
    let mut rows = BTreeSet::new();
    let mut row = |key: &str, verdict: &str, reason: &str| rows.insert((key.to_owned(), verdict.to_owned(), reason.to_owned()));
    let digests = digests(files);
    let (mut gaps, mut listed) = (Vec::new(), BTreeSet::new());
    let [mut proven, mut lost, mut valid, mut invalid, mut missing, mut unlisted, mut events] = [0; 7];
    for (key, (digest, signed)) in &digests {
        assert!(signed, "no signature proves {key}");
        proven += 1;
        let previous = text(&digest["previousDigestS3Object"]);
        if !previous.is_empty() && !digests.contains_key(&previous) {
            lost += 1;
            row(&previous, "missing", "not-found");
            // The chain's other digests are an hour long each, so a gap as long as that is one digest.
            let end = digests.values().map(|(other, _)| text(&other["digestEndTime"]));
            let before = end.filter(|end| *end < text(&digest["digestStartTime"]) && same_minute(end, &digest["digestStartTime"])).max();
            gaps.push((before.unwrap_or_default(), text(&digest["digestStartTime"])));
        }
        for log in digest["logFiles"].as_array().expect("an array") {
            let name = text(&log["s3Object"]);
            assert!(listed.insert(name.clone()), "listed twice: {name}");
            match files.get(&name) {
                None => {
                    missing += 1;
                    row(&name, "missing", "not-found");
                }
                Some(bytes) if sha256(&inflate(bytes)) == text(&log["hashValue"]) => {
                    valid += 1;
                    events += records(bytes).len();
                }
                Some(_) => {
                    invalid += 1;
                    row(&name, "invalid", "hash-mismatch");
                }
            }
        }
    }
    let gap_of = |name: &str| gaps.iter().any(|(start, end)| name.contains("/444455556666/") && in_gap(name, start, end));
    for name in files.keys().filter(|name| name.contains("/CloudTrail/") && !listed.contains(*name)) {
        unlisted += 1;
        row(name, "unlisted", if gap_of(name) { "in-gap" } else { "in-covered-time" });
    }
    let total = files.iter().filter(|(name, _)| name.contains("/CloudTrail/")).map(|(_, bytes)| records(bytes).len()).sum();
    (rows, gaps, [proven, lost, valid, invalid, missing, unlisted, total, events])
}

/// The same numbers out of an expected report.
pub(super) fn counts(expected: &Value) -> [usize; 8] {
    let summary = &expected["summary"];
    let number = |kind: &str, verdict: &str| summary[kind][verdict].as_u64().map_or(usize::MAX, |n| n as usize);
    [
        number("digests", "valid"),
        number("digests", "missing"),
        number("logs", "valid"),
        number("logs", "invalid"),
        number("logs", "missing"),
        number("logs", "unlisted"),
        number("events", "total"),
        number("events", "valid"),
    ]
}

/// All digests by key, and whether a signature of the signatures file or of a successor proves each.
pub(super) fn digests(files: &Files) -> BTreeMap<String, (Value, bool)> {
    let ring = keys(&files["keys.json"]);
    let signatures: Value = serde_json::from_slice(&files["signatures.json"]).expect("JSON");
    let bodies: BTreeMap<&String, Vec<u8>> =
        files.iter().filter(|(name, _)| name.contains("/CloudTrail-Digest/")).map(|(name, bytes)| (name, inflate(bytes))).collect();
    let parsed: BTreeMap<&String, Value> = bodies.iter().map(|(name, body)| (*name, serde_json::from_slice(body).expect("JSON"))).collect();
    let successors: BTreeMap<String, &Value> = parsed.values().map(|digest| (text(&digest["previousDigestS3Object"]), digest)).collect();
    let proven = |name: &String, digest: &Value| {
        assert_eq!(digest["digestS3Object"], name.as_str());
        let successor = successors.get(name);
        if let Some(next) = successor {
            assert_eq!(text(&next["previousDigestHashValue"]), sha256(&bodies[name]), "the link's hash");
            assert_eq!(next["digestStartTime"], digest["digestEndTime"]);
        }
        let own = text(&signatures[name]["signature"]);
        let lent = successor.map_or(String::new(), |next| text(&next["previousDigestSignature"]));
        let key = &ring[&text(&digest["digestPublicKeyFingerprint"])];
        [own, lent]
            .iter()
            .filter(|signature| !signature.is_empty())
            .map(|signature| holds(key, digest, &bodies[name], signature))
            .reduce(|a, b| a && b)
            == Some(true)
    };
    parsed.iter().map(|(name, digest)| ((*name).clone(), (digest.clone(), proven(name, digest)))).collect()
}

fn holds(key: &RsaPublicKey, digest: &Value, body: &[u8], signature: &str) -> bool {
    let previous = digest["previousDigestSignature"].as_str().unwrap_or("null");
    let place = format!("{}/{}", text(&digest["digestS3Bucket"]), text(&digest["digestS3Object"]));
    let message = format!("{}\n{place}\n{}\n{previous}", text(&digest["digestEndTime"]), sha256(body));
    let signature: Vec<u8> = (0..signature.len()).step_by(2).map(|n| u8::from_str_radix(&signature[n..n + 2], 16).expect("hex")).collect();
    let prefix = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: prefix.as_slice().into() };
    key.verify(scheme, &Sha256::digest(message), &signature).is_ok()
}

/// The public keys, rebuilt from the text that `list-public-keys` would print.
fn keys(file: &[u8]) -> BTreeMap<String, RsaPublicKey> {
    let list: Value = serde_json::from_slice(file).expect("JSON");
    let rows = list["PublicKeyList"].as_array().expect("an array").iter();
    rows.map(|row| {
        let der = base64(&text(&row["Value"]));
        assert_eq!(super::forge::hex(&md5::Md5::digest(&der)), text(&row["Fingerprint"]));
        (text(&row["Fingerprint"]), RsaPublicKey::from_pkcs1_der(&der).expect("PKCS#1"))
    })
    .collect()
}

fn base64(text: &str) -> Vec<u8> {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let bits: String = text.trim_end_matches('=').bytes().map(|letter| format!("{:06b}", value(letter))).collect();
    (0..bits.len() / 8).map(|n| u8::from_str_radix(&bits[8 * n..8 * n + 8], 2).expect("bits")).collect()
}

/// Within five minutes of a gap counts as in it: names are rounded both ways.
fn in_gap(name: &str, start: &str, end: &str) -> bool {
    let minutes = |text: &str| -> i64 { text[..2].parse::<i64>().expect("an hour") * 60 + text[2..4].parse::<i64>().expect("a minute") };
    let stamp = name.rsplit('_').nth(1).expect("a stamp");
    let [start, end] = [start, end].map(|time| minutes(&time[11..16].replace(':', "")));
    name.contains("us-east-1") && stamp.starts_with("20250311T") && (start - 5..=end + 5).contains(&minutes(&stamp[9..13]))
}

fn same_minute(end: &str, start: &Value) -> bool {
    text(start)[14..] == end[14..]
}

pub(super) fn records(bytes: &[u8]) -> Vec<Value> {
    let mut log: Value = serde_json::from_slice(&inflate(bytes)).expect("JSON");
    log["Records"].as_array_mut().map(std::mem::take).expect("records")
}

pub(super) fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).expect("gzip");
    out
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
