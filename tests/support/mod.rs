//! Trails from a few words of text, signed with a throw-away key and tamperable; and what Trailseal says of them, as short lines.

// Each test binary uses another part of this file.
#![allow(dead_code, missing_docs, unreachable_pub)]

pub mod forge;
pub mod tamper;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use forge::Chain;
use forge::LogEntry;
use forge::SigningKey;
use trailseal::integrity::Asked;
use trailseal::integrity::Budget;
use trailseal::integrity::Content;
use trailseal::integrity::ContentReader;
use trailseal::integrity::Evidence;
use trailseal::integrity::FileFacts;
use trailseal::integrity::FileKind;
use trailseal::integrity::GivenSignature;
use trailseal::integrity::Judgement;
use trailseal::integrity::PublicKey;
use trailseal::integrity::VerdictReport;
use trailseal::integrity::check;
use trailseal::integrity::report::FindingCode;
use trailseal::trail::DigestFile;
use trailseal::trail::FileId;
use trailseal::trail::Timestamp;

/// Files, keys and signatures as a person would drop them.
#[derive(Clone)]
pub struct Trail {
    pub files: Vec<TestFile>,
    /// `list-public-keys` output; `None`: no keys given.
    pub keys: Option<String>,
    /// A key (`None`: head-object output without it) and a signature.
    pub signatures: Vec<(Option<String>, String)>,
    /// What the text calls each object.
    pub labels: BTreeMap<String, String>,
    pub asked: Asked,
}

/// One file: what CloudTrail delivered, until something is done to it.
#[derive(Clone)]
pub struct TestFile {
    pub label: String,
    pub path: String,
    pub content: Vec<u8>,
    pub stored: Vec<u8>,
}

/// Reads text of lines such as `12:00 log A`, `13:00 digest`, `13:20 stop`, `15:00 start`, `key 2`, `region eu-west-1`, `account …`,
/// `trail other`, `backfill 12:00` (of the hour that ended then). A digest lists the logs since the one before it.
pub struct TrailBuilder {
    chains: BTreeMap<[String; 3], (Chain, Option<i64>, Vec<LogEntry>)>,
    account: String,
    region: String,
    name: String,
    key: usize,
    trail: Trail,
}

impl TrailBuilder {
    pub fn build(text: &str) -> Trail {
        let mut builder = Self {
            chains: BTreeMap::new(),
            account: ACCOUNT.to_owned(),
            region: REGION.to_owned(),
            name: TRAIL.to_owned(),
            key: 0,
            trail: Trail {
                files: Vec::new(),
                keys: Some(key_list()),
                signatures: Vec::new(),
                labels: BTreeMap::new(),
                asked: Asked::default(),
            },
        };
        text.lines().map(str::trim).filter(|line| !line.is_empty()).for_each(|line| builder.line(line));
        builder.trail
    }

    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["key", number] => self.key = number.parse::<usize>().expect("a key's number") - 1,
            ["region", region] => self.region = (*region).to_owned(),
            ["account", account] => self.account = (*account).to_owned(),
            ["trail", name] => self.name = (*name).to_owned(),
            ["backfill", time] => self.backfill(at(time), time),
            [time, "log", label] => self.log(at(time), label),
            [time, "digest"] => self.digest(at(time), time, None),
            [time, "digest", label] => self.digest(at(time), label, None),
            [time, "stop"] => {
                self.digest(at(time), time, None);
                self.chain().0.previous = None;
            }
            [time, "start"] => self.digest(at(time), time, Some(at(time) - 3600)),
            _ => panic!("not a line of a trail: {line}"),
        }
    }

    fn chain(&mut self) -> &mut (Chain, Option<i64>, Vec<LogEntry>) {
        let id = [self.account.clone(), self.region.clone(), self.name.clone()];
        let chain = Chain::new(&self.account, &self.region, &self.name, HOME, BUCKET);
        self.chains.entry(id).or_insert((chain, None, Vec::new()))
    }

    fn log(&mut self, time: i64, label: &str) {
        let unique = format!("{label:x<16}");
        let key = forge::log_key(&self.account, &self.region, time, &unique);
        let content = log_content(&self.account, &self.region, time - 300, label);
        let entry = LogEntry::of(BUCKET, &key, &content, (time - 300, time - 300));
        self.chain().2.push(entry);
        self.add(label, &key, content);
    }

    fn digest(&mut self, end: i64, label: &str, start: Option<i64>) {
        let signing = signing_key(self.key);
        let (chain, last, logs) = self.chain();
        let start = start.or(*last).unwrap_or(end - 3600);
        *last = Some(end);
        let logs = std::mem::take(logs);
        let forged = chain.forge(signing, start, end, logs);
        self.trail.signatures.push((Some(forged.key.clone()), forged.signature));
        self.add(label, &forged.key, forged.content);
    }

    fn backfill(&mut self, end: i64, label: &str) {
        let signing = signing_key(self.key);
        let (chain, _, logs) = self.chain();
        let logs = std::mem::take(logs);
        let mut draft = chain.draft(end - 3600, end, logs);
        draft.previous = None;
        draft.key = draft.key.replace(".json.gz", "_backfill.json.gz");
        let forged = draft.seal(signing);
        self.trail.signatures.push((Some(forged.key.clone()), forged.signature));
        self.add(&format!("{label}b"), &forged.key, forged.content);
    }

    fn add(&mut self, label: &str, key: &str, content: Vec<u8>) {
        self.trail.labels.insert(key.to_owned(), label.to_owned());
        self.trail.files.push(TestFile { label: label.to_owned(), path: key.to_owned(), stored: forge::gzip(&content), content });
    }
}

impl Trail {
    /// All that is said of this trail.
    pub fn judge(&self) -> Judgement {
        let order: Vec<usize> = (0..self.files.len()).collect();
        self.evidence(&order).judge(&self.asked)
    }

    /// The evidence when the files come in this order; every due check is done.
    pub fn evidence(&self, order: &[usize]) -> Evidence {
        let mut evidence = Evidence::default();
        for (id, file) in order.iter().filter_map(|index| self.files.get(*index)).enumerate() {
            let id = FileId(u32::try_from(id).expect("few files"));
            evidence.admit(read(id, &file.path, &file.stored, 4096));
        }
        evidence.admit_keys(self.keys.as_deref().map(|keys| PublicKey::parse_list(keys.as_bytes()).expect("keys")).unwrap_or_default());
        let given = |(key, signature): &(Option<String>, String)| GivenSignature {
            key: key.clone(),
            signature: signature.clone(),
            algorithm: None,
            generated: None,
            source: String::new(),
        };
        evidence.admit_signatures(self.signatures.iter().map(given).collect());
        settle(&mut evidence);
        evidence
    }

    /// One line for each row that is not simply valid, then one for each finding.
    pub fn lines(&self) -> Vec<String> {
        lines(&self.judge().report, &self.labels)
    }
}

/// Does all due checks.
pub fn settle(evidence: &mut Evidence) {
    loop {
        let jobs = evidence.take_checks();
        if jobs.is_empty() {
            return;
        }
        evidence.settle(jobs.iter().map(check).collect());
    }
}

/// Reads one file as the program does, in chunks of this many bytes.
pub fn read(id: FileId, path: &str, stored: &[u8], chunk: usize) -> FileFacts {
    let (content, inflated) = inflate(stored, chunk);
    let kind = kind_of(&inflated);
    let is_log = kind == FileKind::Log;
    let mut facts = FileFacts::new(id, path, content, kind);
    if is_log {
        facts.events = Some(1);
    }
    facts
}

/// Inflates in chunks of this many bytes.
pub fn inflate(stored: &[u8], chunk: usize) -> (Content, Vec<u8>) {
    let mut reader = ContentReader::new(Budget::default());
    let mut inflated = Vec::new();
    for piece in stored.chunks(chunk.max(1)) {
        reader.push(piece, &mut |bytes| inflated.extend_from_slice(bytes));
    }
    (reader.finish(), inflated)
}

fn kind_of(inflated: &[u8]) -> FileKind {
    match serde_json::from_slice::<serde_json::Value>(inflated) {
        Ok(serde_json::Value::Object(fields)) if fields.contains_key("Records") => FileKind::Log,
        Ok(serde_json::Value::Object(fields)) if DigestFile::is_claimed_by(&fields) => {
            FileKind::Digest(DigestFile::parse(inflated).map(Box::new))
        }
        Ok(serde_json::Value::Array(_)) => FileKind::EventSource,
        Ok(_) => FileKind::Other { why: "JSON of another kind".to_owned() },
        Err(_) => FileKind::Other { why: "not JSON".to_owned() },
    }
}

/// A report as short lines, objects by their labels.
pub fn lines(report: &VerdictReport, labels: &BTreeMap<String, String>) -> Vec<String> {
    let label = |key: Option<&str>| {
        let key = key.unwrap_or("-");
        labels.get(key).cloned().unwrap_or_else(|| key.rsplit('/').next().unwrap_or(key).to_owned())
    };
    let mut lines = Vec::new();
    let mut say = |key: Option<&str>, verdict: &str, reason: Option<&str>, remarks: Vec<String>| {
        let mut line = format!("{} {verdict}", label(key));
        for word in reason.map(str::to_owned).into_iter().chain(remarks) {
            line.push(' ');
            line.push_str(&word);
        }
        if !line.ends_with(" valid") {
            lines.push(line);
        }
    };
    let remarks = |remarks: &[trailseal::integrity::Remark]| {
        remarks
            .iter()
            .map(|remark| match remark.slug().strip_prefix("duplicate-of:") {
                Some(key) => format!("duplicate-of:{}", label(Some(key))),
                None => remark.slug(),
            })
            .collect()
    };
    for row in &report.digests {
        say(row.key.as_deref(), row.verdict.slug(), row.reason.map(|reason| reason.slug()), remarks(&row.remarks));
    }
    for row in &report.logs {
        say(row.key.as_deref(), row.verdict.slug(), row.reason.map(|reason| reason.slug()), remarks(&row.remarks));
    }
    for chain in &report.chains {
        for gap in &chain.gaps {
            let clock = |time: &trailseal::integrity::report::ReportTime| time.to_string()[11..16].to_owned();
            let cause = serde_json::to_value(gap.cause).expect("a word").as_str().unwrap_or_default().to_owned();
            let lost = if gap.missing_digests > 0 { format!(" {}", gap.missing_digests) } else { String::new() };
            lines.push(format!("gap {cause} {}-{}{lost}", clock(&gap.start), clock(&gap.end)));
        }
    }
    for finding in report.findings.iter().filter(|finding| finding.code != FindingCode::Gap) {
        let code = serde_json::to_value(finding.code).expect("a word").as_str().unwrap_or_default().to_owned();
        lines.push(format!("{code} {}", label(Some(&finding.subject))));
    }
    lines
}

/// `HH:MM` of the day of all test trails.
pub fn at(clock: &str) -> i64 {
    let (hour, minute) = clock.split_once(':').expect("HH:MM");
    let number = |text: &str| text.parse().expect("a number");
    forge::unix([2025, 3, 10], [number(hour), number(minute), 0])
}

pub fn instant(clock: &str) -> Timestamp {
    Timestamp::from_seconds(at(clock))
}

/// The `list-public-keys` output for both test keys: the second follows the first.
pub fn key_list() -> String {
    let (from, day) = (at("00:00"), 86_400);
    forge::list_public_keys(&[(signing_key(0), from - 20 * day, from + 10 * day), (signing_key(1), from - 5 * day, from + 25 * day)], None)
}

pub fn signing_key(number: usize) -> &'static SigningKey {
    static KEYS: OnceLock<[SigningKey; 2]> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        [&include_bytes!("../fixtures/sample-key-1.der")[..], &include_bytes!("../fixtures/sample-key-2.der")[..]]
            .map(SigningKey::from_pkcs1_der)
    });
    keys.get(number).expect("there are two keys")
}

pub fn log_content(account: &str, region: &str, time: i64, name: &str) -> Vec<u8> {
    format!(
        "{{\"Records\":[{{\"eventVersion\":\"1.10\",\"eventTime\":\"{}\",\"eventName\":\"{name}\",\"awsRegion\":\"{region}\",\
         \"recipientAccountId\":\"{account}\",\"userAgent\":\"a\\u0026b\"}}]}}",
        forge::iso(time)
    )
    .into_bytes()
}

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-west-1";
pub const HOME: &str = "us-east-1";
pub const TRAIL: &str = "main";
pub const BUCKET: &str = "trail-bucket";
