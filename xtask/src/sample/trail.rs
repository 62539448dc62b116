//! From records to a trail: log files as they are delivered, hourly digests over them, the keys and signatures.

use std::collections::BTreeMap;

use super::blanks::trail_name;
use super::dice::{ALPHANUMERIC, Dice};
use super::forge::{Chain, LogEntry, SigningKey, gzip, list_public_keys, log_key, signatures_file};
use super::people::{AUDIT, PROD};
use super::period::{AUDIT_BEGIN, HOUR, HOURS, PROD_BEGIN, ROTATION};
use super::records::{Record, Scribe};
use super::story::{self, Story};
use super::workday;

/// A folder: each file's name, with slashes, and its bytes.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The whole sample, with what is known about its parts.
pub(super) struct Sample {
    pub files: Files,
    pub logs: Vec<Log>,
    pub digests: Vec<Digest>,
    pub story: Story,
}

/// A log file.
#[derive(Clone)]
pub(super) struct Log {
    pub key: String,
    pub content: Vec<u8>,
    pub events: usize,
    pub delivered: i64,
    pub span: (i64, i64),
}

/// A digest file, and the logs it lists.
#[derive(Clone)]
pub(super) struct Digest {
    pub key: String,
    /// `account/region/trail`
    pub chain: String,
    pub start: i64,
    pub end: i64,
    pub signature: String,
    pub lists: Vec<String>,
}

impl Sample {
    pub(super) fn make() -> Self {
        let mut scribe = Scribe::new(SEED);
        workday::write(&mut scribe);
        let story = story::write(&mut scribe);
        let mut sample = Self { files: Files::new(), logs: Vec::new(), digests: Vec::new(), story };
        let ring = KeyRing::sample();
        for (account, begin) in [(PROD, PROD_BEGIN), (AUDIT, AUDIT_BEGIN)] {
            for region in REGIONS {
                let own = |record: &&Record| record.account == account && record.region == region;
                let mut records: Vec<&Record> = scribe.records.iter().filter(own).collect();
                records.sort_by_key(|record| record.time);
                let logs = deliver(&records, account, region);
                sample.sign(&ring, account, region, begin, &logs);
                sample.logs.extend(logs);
            }
        }
        for log in &sample.logs {
            sample.files.insert(log.key.clone(), gzip(&log.content));
        }
        sample.files.insert("keys.json".into(), ring.file().into_bytes());
        sample.files.insert("signatures.json".into(), signatures(&sample.digests));
        sample
    }

    /// The log that holds an event.
    pub(super) fn log_with(&self, event: &str) -> &Log {
        let quoted = format!("\"eventID\":\"{event}\"");
        let holds = |log: &&Log| log.content.windows(quoted.len()).any(|window| window == quoted.as_bytes());
        self.logs.iter().find(holds).unwrap_or_else(|| panic!("no log holds the event {event}"))
    }

    /// The digest that lists a log.
    pub(super) fn digest_of(&self, log: &str) -> &Digest {
        let found = self.digests.iter().find(|digest| digest.lists.iter().any(|key| key == log));
        found.unwrap_or_else(|| panic!("no digest lists {log}"))
    }

    fn sign(&mut self, ring: &KeyRing, account: &str, region: &str, begin: i64, logs: &[Log]) {
        let trail = trail_name(account);
        let mut chain = Chain::new(account, region, trail, "us-east-1", BUCKET);
        for hour in 0..=HOURS {
            // The starting digest ends when logging begins, and lists nothing.
            let (start, end) = (begin + (hour - 1) * HOUR, begin + hour * HOUR);
            let inside = logs.iter().filter(|log| start < log.delivered && log.delivered <= end);
            let entries: Vec<LogEntry> = inside.map(|log| LogEntry::of(BUCKET, &log.key, &log.content, log.span)).collect();
            let lists = entries.iter().map(|entry| entry.key.clone()).collect();
            let forged = chain.forge(ring.at(end), start, end, entries);
            let (key, signature) = (forged.key.clone(), forged.signature);
            self.digests.push(Digest { key, chain: format!("{account}/{region}/{trail}"), start, end, signature, lists });
            self.files.insert(forged.key, forged.file);
        }
    }
}

/// The two keys of the sample: the first signs until the rotation, the second from then on.
pub(super) struct KeyRing {
    pub old: SigningKey,
    pub new: SigningKey,
    pub rotation: i64,
    /// From when to when each is valid.
    pub validity: [(i64, i64); 2],
}

impl KeyRing {
    pub(super) fn sample() -> Self {
        // 30 days each, the second from 28 days after the first: AWS's keys overlap as well.
        let [old_from, new_from] = [1_739_233_502, 1_741_652_702];
        Self::with(ROTATION, [(old_from, old_from + LIFE), (new_from, new_from + LIFE)])
    }

    pub(super) fn with(rotation: i64, validity: [(i64, i64); 2]) -> Self {
        let old = SigningKey::from_pkcs1_der(include_bytes!("../../../tests/fixtures/sample-key-1.der"));
        let new = SigningKey::from_pkcs1_der(include_bytes!("../../../tests/fixtures/sample-key-2.der"));
        Self { old, new, rotation, validity }
    }

    pub(super) fn at(&self, time: i64) -> &SigningKey {
        if time < self.rotation { &self.old } else { &self.new }
    }

    pub(super) fn file(&self) -> String {
        let [(old_from, old_to), (new_from, new_to)] = self.validity;
        list_public_keys(&[(&self.old, old_from, old_to), (&self.new, new_from, new_to)], Some(NOTE))
    }
}

/// The signatures that somebody would fetch with `head-object`: of each chain the newest digest, which no successor
/// vouches for, and all of the night that is looked into. The others are proven by their successors.
pub(super) fn signatures(digests: &[Digest]) -> Vec<u8> {
    let newest = |digest: &&Digest| !digests.iter().any(|other| other.chain == digest.chain && other.end > digest.end);
    let rows = digests
        .iter()
        .filter(|digest| NIGHT.contains(&digest.end) || newest(digest))
        .map(|digest| (digest.key.as_str(), digest.signature.as_str()));
    signatures_file(rows, Some(NOTE)).into_bytes()
}

/// The key that a log would have if it were delivered then.
pub(super) fn log_name(account: &str, region: &str, delivered: i64, dice: &mut Dice) -> String {
    log_key(account, region, delivered, &dice.text(ALPHANUMERIC, 16))
}

/// Gathers a chain's records into files as CloudTrail does: about every five minutes, where there was something.
fn deliver(records: &[&Record], account: &str, region: &str) -> Vec<Log> {
    let mut dice = Dice::of(&format!("delivery of {account} {region}"));
    let window = |record: &&&Record| record.time / WINDOW;
    let mut logs = Vec::new();
    let mut rest = records;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|record| window(record) == window(&first)).count();
        let (inside, later) = rest.split_at(count);
        rest = later;
        let closed = (window(&first) + 1) * WINDOW;
        logs.push(log(inside, account, region, closed, &mut dice));
    }
    logs
}

fn log(records: &[&Record], account: &str, region: &str, closed: i64, dice: &mut Dice) -> Log {
    let delivered = closed + dice.between(15, 110);
    let mut jsons: Vec<&str> = records.iter().map(|record| record.json.as_str()).collect();
    // Two of three real files are not in order of time; their records are a few places off.
    for n in 1..jsons.len() {
        if dice.chance(12) {
            jsons.swap(n - 1, n);
        }
    }
    let content = format!("{{\"Records\":[{}]}}", jsons.join(",")).into_bytes();
    let times = records.iter().map(|record| record.time);
    let span = (times.clone().min().unwrap_or(closed), times.max().unwrap_or(closed));
    let key = log_name(account, region, rounded(delivered, span.1, dice), dice);
    Log { key, content, events: records.len(), delivered, span }
}

/// The time in the name: delivery, rounded to five minutes, mostly up.
fn rounded(delivered: i64, newest: i64, dice: &mut Dice) -> i64 {
    let (down, up) = (delivered - delivered.rem_euclid(300), delivered + 300 - (delivered + 300).rem_euclid(300));
    if delivered - down < 150 && down >= newest && dice.chance(60) { down } else { up }
}

/// The digests that end from Tuesday 21:00 to Wednesday 02:00: the outsider's night.
const NIGHT: std::ops::Range<i64> = 1_741_726_800..1_741_744_800;
/// Where both trails deliver.
pub(super) const BUCKET: &str = "acme-audit-logs";
pub(super) const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-southeast-2"];
const WINDOW: i64 = 300;
/// A key of AWS's is valid for 30 days.
const LIFE: i64 = 30 * 86_400;
/// Any number would do; it never changes, because the packs are kept in the repository.
const SEED: u64 = 0x7261_696c_7365_616c;
/// Goes into the keys file and the signatures file: whoever reads them must not take them for AWS's.
pub(super) const NOTE: &str = "Signed with Trailseal's sample keys, not by AWS. They prove nothing about a real trail.";
