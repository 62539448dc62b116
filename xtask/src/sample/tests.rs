//! The sample is the same everywhere, it holds what it says, and a second look at the tampered copy, with other code
//! than that which tampered, comes to the expected verdicts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;

use super::people::{OUTSIDER, PROD, user_arn};
use super::records::{Act, Calls};
use super::second_look::{Row, counts, digests, inflate, look, records, text};
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
    for (name, bytes) in super::kept(sample, tampered) {
        let kept = std::fs::read(super::project().join(&name)).expect("what the generator makes is kept in the repository");
        assert!(kept == bytes, "{name} is not what the generator makes: run `cargo xtask sample` and commit it");
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
fn every_chain_begins_empty_and_changes_its_key_once() {
    let (sample, _) = sample();
    let mut chains: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (key, (digest, _)) in digests(&sample.files) {
        let chain = key.rsplit('/').next().and_then(|name| name.rsplit_once('_')).map(|(chain, _)| chain.to_owned());
        chains.entry(chain.expect("a digest's name")).or_default().push(digest);
    }
    assert_eq!(chains.len(), 6);
    for digests in chains.values() {
        assert_eq!(digests.len(), 49);
        assert_eq!((&digests[0]["logFiles"], &digests[0]["previousDigestSignature"]), (&Value::Array(vec![]), &Value::Null));
        let changes = digests.windows(2).filter(|pair| pair[0]["digestPublicKeyFingerprint"] != pair[1]["digestPublicKeyFingerprint"]);
        assert_eq!(changes.count(), 1);
    }
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
    let first = all.iter().filter(|record| record["userIdentity"]["arn"] == key.as_str() && record["sourceIPAddress"] == OUTSIDER);
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

#[test]
fn a_session_can_be_followed_to_where_it_came_from() {
    let all: Vec<Value> =
        sample().0.files.iter().filter(|(name, _)| name.contains("/CloudTrail/")).flat_map(|(_, bytes)| records(bytes)).collect();
    let issued: BTreeSet<String> = all.iter().map(|record| text(&record["responseElements"]["credentials"]["accessKeyId"])).collect();
    let roles = ["github-deploy", "log-archive-admin", "security-audit", "acme-backup", "metrics-collector", "order-events-fn"];
    for role in roles {
        let own: Vec<&Value> =
            all.iter().filter(|record| record["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == role).collect();
        assert!(!own.is_empty(), "{role}");
        for record in own {
            assert!(issued.contains(&text(&record["userIdentity"]["accessKeyId"])), "nobody handed out the key of {record}");
        }
    }
}
