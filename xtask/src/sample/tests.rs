//! The sample is the same everywhere, it holds what it says, and a second look at the tampered copy, with other code
//! than that which tampered, comes to the expected verdicts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::OnceLock;

use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::forge::sha256;
use super::people::{OUTSIDER, PROD, user_arn};
use super::records::{Act, Calls};
use super::tamper::{Tampered, untouched};
use super::trail::{Files, Sample};

fn sample() -> &'static (Sample, Tampered) {
    static SAMPLE: OnceLock<(Sample, Tampered)> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let sample = Sample::make();
        let tampered = Tampered::of(&sample);
        (sample, tampered)
    })
}

#[test]
fn every_run_makes_the_packs_that_are_kept() {
    let (sample, tampered) = sample();
    let again = Sample::make();
    assert!(sample.files == again.files, "two runs differ");
    for (name, bytes) in super::packs(sample, tampered) {
        let kept = std::fs::read(super::public().join(name)).expect("the packs are kept in public/");
        assert!(kept == bytes, "public/{name} is not what the generator makes: run `cargo xtask sample` and commit it");
    }
    assert!(super::packs(sample, tampered)[0].1.len() <= 1_400_000, "the page fetches this whole file");
}

#[test]
fn a_pack_can_be_unpacked() {
    let (sample, tampered) = sample();
    let [(_, whole), (_, overlay)] = super::packs(sample, tampered);
    let mut files = Files::new();
    assert_eq!(unpack(&whole, &mut files)["base"], Value::Null);
    assert!(files == sample.files);
    assert_eq!(unpack(&overlay, &mut files)["base"], "sample-trail.pack");
    assert!(files == tampered.files);
}

#[test]
fn the_whole_sample_is_valid() {
    let (sample, _) = sample();
    let (rows, gaps, summary) = look(&sample.files);
    assert_eq!((rows, gaps), (BTreeSet::new(), vec![]));
    assert_eq!(summary, counts(&untouched(sample)));
}

#[test]
fn the_tampered_copy_is_what_is_expected() {
    let (_, tampered) = sample();
    let (rows, gaps, summary) = look(&tampered.files);
    let listed = ["digests", "logs"].into_iter().flat_map(|kind| tampered.expected[kind].as_array().expect("an array"));
    let expected: BTreeSet<Row> = listed.map(|row| (text(&row["key"]), text(&row["verdict"]), text(&row["reason"]))).collect();
    assert_eq!(rows, expected);
    assert_eq!(summary, counts(&tampered.expected));
    let gap = &tampered.expected["gaps"][0];
    assert_eq!(gaps, [(text(&gap["start"]), text(&gap["end"]))]);
    assert_eq!(tampered.expected["exit"], 1);
}

#[test]
fn the_tampering_is_exactly_four_things() {
    let (sample, tampered) = sample();
    let names = |files: &Files| files.keys().cloned().collect::<BTreeSet<String>>();
    let (before, after) = (names(&sample.files), names(&tampered.files));
    assert_eq!(before.difference(&after).count(), 2, "a log and a digest are gone");
    assert_eq!(after.difference(&before).count(), 1, "a log is new");
    let changed: Vec<&String> = before.intersection(&after).filter(|name| sample.files[*name] != tampered.files[*name]).collect();
    assert_eq!(changed.len(), 2, "a log and the signatures file: {changed:?}");
    let [old, new] = [&sample.files, &tampered.files].map(|files| inflate(&files[changed[0]]));
    let differing = old.iter().zip(&new).filter(|(a, b)| a != b).count();
    assert_eq!((old.len(), differing), (new.len(), 1), "one byte");
}

#[test]
fn records_are_as_cloudtrail_writes_them() {
    let mut ids = BTreeSet::new();
    for (name, bytes) in sample().0.files.iter().filter(|(name, _)| name.contains("/CloudTrail/")) {
        let [_, account, _, region, ..] = name.split('/').collect::<Vec<_>>()[..] else { panic!("{name}") };
        for record in records(bytes) {
            for field in ["eventVersion", "eventTime", "eventSource", "eventName", "userAgent", "eventID", "eventType"] {
                assert!(record[field].is_string(), "{field} in {record}");
            }
            assert_eq!((&record["awsRegion"], &record["recipientAccountId"]), (&region.into(), &account.into()));
            assert!(ids.insert(record["eventID"].to_string()), "twice: {}", record["eventID"]);
            let address = record["sourceIPAddress"].as_str().unwrap_or_default();
            let documentation = ["192.0.2.", "198.51.100.", "203.0.113."].iter().any(|net| address.starts_with(net));
            assert!(documentation || address.ends_with(".amazonaws.com") || address == "AWS Internal", "{address}");
        }
    }
    assert!((6000..9000).contains(&ids.len()), "{} events", ids.len());
}

#[test]
fn the_story_can_be_followed() {
    let story = &sample().0.story;
    let times: Vec<i64> = story.steps.iter().map(|step| step.time).collect();
    assert!(times.is_sorted());
    let all: Vec<Value> =
        sample().0.files.iter().filter(|(name, _)| name.contains("/CloudTrail/")).flat_map(|(_, bytes)| records(bytes)).collect();
    for step in &story.steps {
        let record = all.iter().find(|record| record["eventID"] == step.id.as_str()).expect("each step is in a log");
        assert_eq!(record["errorCode"].as_str().unwrap_or("done"), step.result);
        assert!(step.api.ends_with(record["eventName"].as_str().unwrap_or_default()));
    }
    let key = user_arn(PROD, "ci-artifacts");
    let first =
        all.iter().filter(|record| record["userIdentity"]["arn"] == key.as_str() && record["sourceIPAddress"] == OUTSIDER);
    let first = first.min_by_key(|record| record["eventTime"].to_string()).expect("the outsider used the key");
    assert_eq!(first["eventID"], story.steps[0].id.as_str(), "the story begins with the outsider's first call");
}

#[test]
fn every_call_of_the_tables_makes_a_record() {
    let calls = Calls::with_rare();
    let mut dice = super::dice::Dice::new(3);
    let actor = super::people::Actor::user(PROD, "somebody", "192.0.2.1", "test");
    for name in calls.names() {
        let mut json = String::new();
        calls.write(&mut json, &Act::new(&actor, 0, "eu-west-1", &name), "id", &mut dice);
        assert!(serde_json::from_str::<Value>(&json).is_ok(), "{name}: {json}");
    }
}

/// A file's key, its verdict and the reason.
type Row = (String, String, String);

/// A small verifier: everything that is not `valid`, the gaps, and the summary's numbers.
fn look(files: &Files) -> (BTreeSet<Row>, Vec<(String, String)>, [usize; 8]) {
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
            let before =
                end.filter(|end| *end < text(&digest["digestStartTime"]) && same_minute(end, &digest["digestStartTime"])).max();
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
fn counts(expected: &Value) -> [usize; 8] {
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
fn digests(files: &Files) -> BTreeMap<String, (Value, bool)> {
    let ring = keys(&files["keys.json"]);
    let signatures: Value = serde_json::from_slice(&files["signatures.json"]).expect("JSON");
    let bodies: BTreeMap<&String, Vec<u8>> = files
        .iter()
        .filter(|(name, _)| name.contains("/CloudTrail-Digest/"))
        .map(|(name, bytes)| (name, inflate(bytes)))
        .collect();
    let parsed: BTreeMap<&String, Value> =
        bodies.iter().map(|(name, body)| (*name, serde_json::from_slice(body).expect("JSON"))).collect();
    let successors: BTreeMap<String, &Value> =
        parsed.values().map(|digest| (text(&digest["previousDigestS3Object"]), digest)).collect();
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
    let signature: Vec<u8> =
        (0..signature.len()).step_by(2).map(|n| u8::from_str_radix(&signature[n..n + 2], 16).expect("hex")).collect();
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
    let minutes =
        |text: &str| -> i64 { text[..2].parse::<i64>().expect("an hour") * 60 + text[2..4].parse::<i64>().expect("a minute") };
    let stamp = name.rsplit('_').nth(1).expect("a stamp");
    let [start, end] = [start, end].map(|time| minutes(&time[11..16].replace(':', "")));
    name.contains("us-east-1") && stamp.starts_with("20250311T") && (start - 5..=end + 5).contains(&minutes(&stamp[9..13]))
}

fn same_minute(end: &str, start: &Value) -> bool {
    text(start)[14..] == end[14..]
}

fn unpack(pack: &[u8], files: &mut Files) -> Value {
    let length: usize = std::str::from_utf8(&pack[..8]).expect("digits").parse().expect("a number");
    let header: Value = serde_json::from_slice(&pack[8..8 + length]).expect("JSON");
    assert_eq!(header["format"], "trailseal-pack/1");
    header["removed"].as_array().expect("an array").iter().for_each(|name| {
        files.remove(&text(name));
    });
    let mut rest = &pack[8 + length..];
    for row in header["files"].as_array().expect("an array") {
        let (bytes, after) = rest.split_at(row[1].as_u64().expect("a size") as usize);
        files.insert(text(&row[0]), bytes.to_vec());
        rest = after;
    }
    assert!(rest.is_empty());
    header
}

fn records(bytes: &[u8]) -> Vec<Value> {
    let mut log: Value = serde_json::from_slice(&inflate(bytes)).expect("JSON");
    log["Records"].as_array_mut().map(std::mem::take).expect("records")
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).expect("gzip");
    out
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
