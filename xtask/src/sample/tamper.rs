//! The tampered copy of the sample: one byte, one log, one forged log, one digest; and what a verifier must say of it.

use serde_json::{Value, json};

use super::dice::Dice;
use super::forge::{gzip, iso, sha256};
use super::people::{ADMIN_ROLE, DUBLIN, OUTSIDE, PROD};
use super::period::at;
use super::records::{Act, Scribe};
use super::trail::{BUCKET, Digest, Files, Log, Sample, log_name, signatures};
use super::workday::person;

/// A tampered trail and everything about it that is not `valid`.
pub(super) struct Tampered {
    pub files: Files,
    pub expected: Value,
    pub told: String,
}

impl Tampered {
    pub(super) fn of(sample: &Sample) -> Self {
        let changed = sample.log_with(sample.story.id_of("iam:AttachUserPolicy"));
        let removed = sample.log_with(sample.story.id_of("ec2:ModifySnapshotAttribute"));
        let lost = sample.digest_of(&sample.log_with(sample.story.id_of("s3:DeleteBucketPolicy")).key);
        let (bytes, forged) = (one_byte(sample, changed), forgery());

        let mut files = sample.files.clone();
        files.insert(changed.key.clone(), gzip(&bytes));
        files.remove(&removed.key);
        files.insert(forged.key.clone(), gzip(&forged.content));
        files.remove(&lost.key);
        files.insert("signatures.json".into(), without(sample, lost));

        let drill = Drill { sample, changed, actual: sha256(&bytes), removed, forged: &forged, lost };
        Self { files, expected: drill.expected(), told: drill.told() }
    }
}

/// What the whole sample must be told: nothing but `valid`.
pub(super) fn untouched(sample: &Sample) -> Value {
    let events: usize = sample.logs.iter().map(|log| log.events).sum();
    json!({
        "exit": 0,
        "summary": summary([sample.digests.len(), 0], [sample.logs.len(), 0, 0, 0], [events, events]),
        "digests": [], "logs": [], "findings": [], "gaps": [],
    })
}

struct Drill<'a> {
    sample: &'a Sample,
    changed: &'a Log,
    actual: String,
    removed: &'a Log,
    forged: &'a Log,
    lost: &'a Digest,
}

impl Drill<'_> {
    fn expected(&self) -> Value {
        let Self { sample, changed, removed, forged, lost, .. } = self;
        let orphans: Vec<&Log> = sample.logs.iter().filter(|log| lost.lists.contains(&log.key)).collect();
        let row = |log: &Log, verdict: &str, reason: &str| {
            let absent = log.key == removed.key;
            let listed = if verdict == "unlisted" { vec![] } else { vec![sample.digest_of(&log.key).key.clone()] };
            let actual = if log.key == changed.key { self.actual.clone() } else { sha256(&log.content) };
            json!({
                // No digest names the bucket of an unlisted log, and what a path says of it is not believed.
                "bucket": if verdict == "unlisted" { Value::Null } else { BUCKET.into() }, "key": log.key, "verdict": verdict, "reason": reason, "listedBy": listed,
                "expectedSha256": if verdict == "unlisted" { Value::Null } else { sha256(&log.content).into() },
                "actualSha256": if absent { Value::Null } else { actual.into() },
                "events": if absent { Value::Null } else { log.events.into() },
            })
        };
        let mut logs = vec![
            row(changed, "invalid", "hash-mismatch"),
            row(removed, "missing", "not-found"),
            row(forged, "unlisted", "in-covered-time"),
        ];
        logs.extend(orphans.iter().map(|log| row(log, "unlisted", "in-gap")));
        logs.sort_by_key(|log| (stamp_of(&log["key"]), log["key"].to_string()));
        let (start, end) = (iso(lost.start), iso(lost.end));
        let present: usize = sample.logs.iter().map(|log| log.events).sum::<usize>() - removed.events + forged.events;
        let unproven = changed.events + forged.events + orphans.iter().map(|log| log.events).sum::<usize>();
        let valid = sample.logs.len() - 2 - orphans.len();
        json!({
            "exit": 1,
            "summary": summary([sample.digests.len() - 1, 1], [valid, 1, 1, orphans.len() + 1], [present, present - unproven]),
            "digests": [{ "bucket": BUCKET, "key": lost.key, "kind": "hourly", "start": start, "end": end, "verdict": "missing", "reason": "not-found" }],
            "logs": logs,
            "findings": [{ "code": "gap", "subject": lost.chain, "cause": "missing", "start": start, "end": end }],
            "gaps": [{ "chain": lost.chain, "start": start, "end": end, "missingDigests": 1, "cause": "missing" }],
        })
    }

    fn told(&self) -> String {
        let Self { changed, removed, forged, lost, .. } = self;
        let (changed, removed, added, digest) = (&changed.key, &removed.key, &forged.key, &lost.key);
        let mut out = format!(
            "What was done to this copy of the sample trail, and what a verifier must find. Exit code 1.\n\n\
             1. One byte changed: the address of the outsider who made a new user an administrator now reads as the build server's.\n   \
             invalid  hash-mismatch    {changed}\n\
             2. One log deleted: the one that shows the snapshot being shared with an outside account.\n   \
             missing  not-found        {removed}\n\
             3. One log added: it says that an administrator of the company shared the snapshot.\n   \
             unlisted in-covered-time  {added}\n\
             4. One digest deleted, with its signature: the hour in which the outsider was in the audit account.\n   \
             missing  not-found        {digest}\n   \
             gap      missing (1)      {} from {} to {}\n   The logs that only this digest listed:\n",
            lost.chain,
            iso(lost.start),
            iso(lost.end)
        );
        for key in &lost.lists {
            out.push_str(&format!("   unlisted in-gap           {key}\n"));
        }
        out.push_str("\nEverything else is valid.\n");
        out
    }
}

/// 203.0.113.77 becomes 203.0.113.17 in the record that makes the new user an administrator.
fn one_byte(sample: &Sample, log: &Log) -> Vec<u8> {
    let text = String::from_utf8(log.content.clone()).expect("records are text");
    let event = text.find(sample.story.id_of("iam:AttachUserPolicy")).expect("the log holds this event");
    let address = r#""sourceIPAddress":"203.0.113."#;
    let begin = text[..event].rfind(address).expect("a record has its address before its id") + address.len();
    let mut bytes = text.into_bytes();
    assert_eq!(&bytes[begin..begin + 2], b"77", "the outsider's address");
    bytes[begin] = b'1';
    bytes
}

/// A log that CloudTrail never wrote: it lays the sharing of the snapshot on an administrator.
fn forgery() -> Log {
    let time = at(11, [23, 22, 16]);
    let mut scribe = Scribe::new(0x666f_7267_6564);
    let birch = person(PROD, ADMIN_ROLE, "birch", DUBLIN, time - 300);
    let snapshot = super::story::snapshot();
    for (second, api) in [(0, "ec2:DescribeSnapshots"), (41, "ec2:ModifySnapshotAttribute")] {
        let act = Act::new(&birch, time + second, "eu-west-1", api).with("snapshot", snapshot.clone()).with("op", "add");
        scribe.write(act.with("other", OUTSIDE));
    }
    let records: Vec<&str> = scribe.records.iter().map(|record| record.json.as_str()).collect();
    let content = format!("{{\"Records\":[{}]}}", records.join(",")).into_bytes();
    let delivered = at(11, [23, 25, 0]);
    let key = log_name(PROD, "eu-west-1", delivered, &mut Dice::of("forged"));
    Log { key, content, events: 2, delivered, span: (time, time + 41) }
}

fn without(sample: &Sample, lost: &Digest) -> Vec<u8> {
    let rest: Vec<Digest> = sample.digests.iter().filter(|digest| digest.key != lost.key).cloned().collect();
    signatures(&rest)
}

/// The time in a log's name, for the report's order: by stamp, then key.
fn stamp_of(key: &Value) -> String {
    let name = key.as_str().and_then(|key| key.rsplit('/').next()).unwrap_or_default();
    name.rsplit('_').nth(1).unwrap_or_default().to_owned()
}

fn summary(digests: [usize; 2], logs: [usize; 4], events: [usize; 2]) -> Value {
    json!({
        "digests": { "valid": digests[0], "invalid": 0, "missing": digests[1], "unproven": 0 },
        "backfillDigests": { "valid": 0, "invalid": 0, "missing": 0, "unproven": 0 },
        "logs": { "valid": logs[0], "invalid": logs[1], "missing": logs[2], "unproven": 0, "unlisted": logs[3] },
        "events": { "total": events[0], "valid": events[1] },
    })
}
