//! A bucket with one trail's logs and digests of a morning, and what may be done to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use rsa::Pkcs1v15Sign;
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use sha2::Digest as _;

use crate::Outcome;
use crate::files;
use crate::sample;
use crate::sample::forge;
use crate::sample::forge::Chain;
use crate::sample::forge::Draft;
use crate::sample::forge::Forged;
use crate::sample::forge::LogEntry;
use crate::sample::forge::SigningKey;

/// An object as it lies in S3.
#[derive(Clone)]
pub struct Object {
    pub bytes: Vec<u8>,
    /// User metadata, without `x-amz-meta-`.
    pub metadata: BTreeMap<String, String>,
}

/// All that the CLI is asked about, and asks for.
pub struct Bucket {
    /// The bucket that the trail delivers to, as DescribeTrails says.
    pub name: String,
    pub objects: BTreeMap<(String, String), Object>,
    /// What ListPublicKeys answers.
    pub keys: String,
    /// From when to when, as asked of both.
    pub range: [String; 2],
    /// The trail that the CLI is asked about, and the Region whose files.
    pub trail: Trail,
    labels: BTreeMap<String, String>,
}

type Files = BTreeMap<String, Vec<u8>>;

/// One of the trails, as the CLI wants it named.
#[derive(Clone, Debug)]
pub struct Trail {
    pub account: &'static str,
    pub region: &'static str,
    pub name: &'static str,
}

impl Trail {
    pub fn arn(&self) -> String {
        format!("arn:aws:cloudtrail:{HOME}:{}:trail/{}", self.account, self.name)
    }
}

/// What a signer does otherwise than CloudTrail, for the digest of that label.
pub struct Twist {
    pub draft: fn(&str, &mut Draft),
    pub content: fn(&str, String) -> String,
    pub sign: fn(&str, &SigningKey, &[u8]) -> String,
}

/// Which of the two samples.
#[derive(PartialEq, Eq)]
pub enum Edition {
    Whole,
    Tampered,
}

impl Default for Twist {
    fn default() -> Self {
        Self { draft: |_, _| {}, content: |_, content| content, sign: |_, key, message| key.sign(message) }
    }
}

impl Bucket {
    /// 09:00 the starting digest, then one each hour until 14:00; log A delivered after 09, B and C after 10, … H after 13.
    /// The keys change at noon.
    pub fn honest() -> Self {
        Self::twisted(&Twist::default())
    }

    /// The same morning, and what somebody did to it.
    pub fn changed(change: fn(&mut Self)) -> Self {
        let mut bucket = Self::honest();
        change(&mut bucket);
        bucket
    }

    /// The same morning by a signer who does something else.
    pub fn twisted(twist: &Twist) -> Self {
        let mut bucket = Self::empty();
        let mut chain = chain(TRAIL);
        bucket.digest(&mut chain, twist, "09:00", "08:00", Vec::new());
        for (end, start, logs) in HOURS {
            let entries = logs.iter().map(|(time, label)| bucket.log(time, label)).collect();
            bucket.digest(&mut chain, twist, end, start, entries);
        }
        bucket
    }

    /// Logging stops at 10:30 and starts again at 13:00.
    pub fn stopped() -> Self {
        let (mut bucket, twist, mut chain) = (Self::empty(), Twist::default(), chain(TRAIL));
        bucket.digest(&mut chain, &twist, "09:00", "08:00", Vec::new());
        let logs = vec![bucket.log("09:20", "A")];
        bucket.digest(&mut chain, &twist, "10:00", "09:00", logs);
        bucket.digest(&mut chain, &twist, "10:30", "10:00", Vec::new());
        chain.previous = None;
        bucket.digest(&mut chain, &twist, "13:00", "12:00", Vec::new());
        let logs = vec![bucket.log("13:10", "G")];
        bucket.digest(&mut chain, &twist, "14:00", "13:00", logs);
        bucket
    }

    /// The files of one account and Region of the sample trail, or of its tampered copy.
    pub fn of_sample(edition: &Edition, trail: Trail, range: [&str; 2]) -> Self {
        static BOTH: OnceLock<([Files; 2], Files)> = OnceLock::new();
        let ([whole, tampered], signatures) = BOTH.get_or_init(sample::both);
        let files = if *edition == Edition::Whole { whole } else { tampered };
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).expect("the sample's keys and signatures are text");
        let own = |kind: &str| format!("AWSLogs/{}/{kind}/{}/", trail.account, trail.region);
        let (name, keys, range) = (SAMPLE_BUCKET.to_owned(), text(&files["keys.json"]), range.map(str::to_owned));
        let mut bucket = Self { name, keys, range, ..Self::empty() };
        for (kind, word) in [("CloudTrail", "log"), ("CloudTrail-Digest", "digest")] {
            for key in whole.keys().chain(tampered.keys()).filter(|key| key.starts_with(&own(kind))) {
                // From the right: the stamp of a digest is the name's last part, of a log the last but one.
                let stamp = key.trim_end_matches(".json.gz").rsplit('_').nth(usize::from(word == "log")).unwrap_or_default();
                bucket.labels.insert(key.clone(), format!("{word} {stamp}"));
                let Some(bytes) = files.get(key) else { continue };
                let signature = signatures.get(key).map(text);
                let metadata = signature.iter().flat_map(|text| [("signature", text.as_str()), ("signature-algorithm", "SHA256withRSA")]);
                bucket.put(key, bytes.clone(), &metadata.collect::<Vec<_>>());
            }
        }
        bucket.trail = trail;
        bucket
    }

    fn empty() -> Self {
        let day = 86_400;
        let keys = [
            (signing_key("09:00"), at("00:00") - 20 * day, at("00:00") + 10 * day),
            (signing_key("13:00"), at("00:00") - day, at("00:00") + 29 * day),
        ];
        let rows: Vec<_> = keys.iter().map(|(key, from, to)| (key, *from, *to)).collect();
        Self {
            name: BUCKET.to_owned(),
            objects: BTreeMap::new(),
            keys: forge::list_public_keys(&rows, None),
            range: [time("08:00"), time("14:00")],
            trail: Trail { account: ACCOUNT, region: REGION, name: TRAIL },
            labels: BTreeMap::new(),
        }
    }

    /// A second trail's digests in the same bucket, 09:00 to 14:00, without logs.
    pub fn add_trail(&mut self, name: &str) {
        let mut chain = chain(name);
        let hours = ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00"];
        for pair in hours.windows(2) {
            let forged = chain.forge(&signing_key(pair[1]), at(pair[0]), at(pair[1]), Vec::new());
            self.put_digest(&format!("other trail's {}", pair[1]), &forged, &[]);
        }
    }

    /// A backfill digest of the hour that ends then, with one log; signed at the end of the morning.
    pub fn add_backfill(&mut self, end: &str, log: &str) {
        let entries = vec![self.log(end, log)];
        let mut draft = chain(TRAIL).draft(at(end) - 3600, at(end), entries);
        draft.key = draft.key.replace(".json.gz", "_backfill.json.gz");
        let forged = draft.seal(&signing_key("14:00"));
        self.put_digest(&format!("{end} backfill"), &forged, &[("backfill-generation-timestamp", &time("13:30"))]);
    }

    /// A log that no digest lists.
    pub fn plant(&mut self, time: &str, label: &str) {
        let _unlisted = self.log(time, label);
    }

    fn log(&mut self, time: &str, label: &str) -> LogEntry {
        let key = forge::log_key(ACCOUNT, REGION, at(time), &format!("{label:x<16}"));
        let event = at(time) - 240;
        let content = format!(
            "{{\"Records\":[{{\"eventVersion\":\"1.10\",\"eventTime\":\"{}\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"Put{label}\",\
             \"awsRegion\":\"{REGION}\",\"eventID\":\"00000000-0000-4000-8000-{event:012}\",\"recipientAccountId\":\"{ACCOUNT}\"}}]}}",
            forge::iso(event)
        );
        self.put(&key, forge::gzip(content.as_bytes()), &[]);
        self.labels.insert(key.clone(), format!("log {label}"));
        LogEntry::of(BUCKET, &key, content.as_bytes(), (event, event))
    }

    fn digest(&mut self, chain: &mut Chain, twist: &Twist, end: &str, start: &str, logs: Vec<LogEntry>) {
        let signing = signing_key(end);
        let mut draft = chain.draft(at(start), at(end), logs);
        (twist.draft)(end, &mut draft);
        let content = (twist.content)(end, draft.json(signing.fingerprint())).into_bytes();
        let signature = (twist.sign)(end, &signing, &draft.string_to_sign(&content));
        let forged = Forged { bucket: draft.bucket, key: draft.key, file: forge::gzip(&content), content, signature };
        chain.previous = Some(forged.link());
        self.put_digest(end, &forged, &[]);
    }

    fn put_digest(&mut self, label: &str, forged: &Forged, more: &[(&str, &str)]) {
        let own = [("signature", forged.signature.as_str()), ("signature-algorithm", "SHA256withRSA")];
        self.put(&forged.key, forged.file.clone(), &[&own, more].concat());
        self.labels.insert(forged.key.clone(), format!("digest {label}"));
    }

    /// Puts an object.
    pub fn put(&mut self, key: &str, bytes: Vec<u8>, metadata: &[(&str, &str)]) {
        let metadata = metadata.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.objects.insert((self.name.clone(), key.to_owned()), Object { bytes, metadata });
    }

    /// An object by what it is called here, `log C` or `digest 12:00`.
    pub fn object(&mut self, label: &str) -> &mut Object {
        let place = (BUCKET.to_owned(), self.key(label));
        self.objects.get_mut(&place).expect("the morning has an object of this label")
    }

    pub fn key(&self, label: &str) -> String {
        self.labels.iter().find(|(_, known)| *known == label).map(|(key, _)| key.clone()).expect("the morning has this label")
    }

    pub fn remove(&mut self, label: &str) {
        let place = (BUCKET.to_owned(), self.key(label));
        self.objects.remove(&place).expect("the morning has an object of this label");
    }

    /// What an object is called here, else its name.
    pub fn label(&self, key: &str) -> String {
        self.labels.get(key).cloned().unwrap_or_else(|| key.rsplit('/').next().unwrap_or(key).to_owned())
    }

    /// Changes the content and packs it again.
    pub fn edit(&mut self, label: &str, from: &str, to: &str) {
        let object = self.object(label);
        let mut content = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(object.bytes.as_slice()), &mut content).expect("packed here");
        assert!(content.contains(from), "{label} holds {from}");
        object.bytes = forge::gzip(content.replacen(from, to, 1).as_bytes());
    }

    /// Cuts bytes off the end.
    pub fn cut(&mut self, label: &str, bytes: usize) {
        let stored = &mut self.object(label).bytes;
        stored.truncate(stored.len() - bytes);
    }

    /// Takes the packing away, as a browser does while downloading.
    pub fn unpack(&mut self, label: &str) {
        let object = self.object(label);
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(object.bytes.as_slice()), &mut content).expect("packed here");
        object.bytes = content;
    }

    /// Writes everything as files below `folder`: each bucket a folder, beside them the keys and what S3 knows as metadata.
    pub fn lay_out(&self, folder: &Path) -> Outcome {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(|error| format!("An old folder could not be removed ({error}): {}", folder.display()))?;
        }
        let mut signatures = serde_json::Map::new();
        for ((bucket, key), object) in &self.objects {
            files::write(&folder.join(bucket).join(key), &object.bytes)?;
            if !object.metadata.is_empty() {
                signatures.insert(format!("s3://{bucket}/{key}"), serde_json::json!(object.metadata));
            }
        }
        files::write(&folder.join("keys.json"), &self.keys)?;
        if !signatures.is_empty() {
            files::write(&folder.join("signatures.json"), serde_json::Value::Object(signatures).to_string())?;
        }
        Ok(())
    }
}

/// A signature whose block names SHA-1: the right key's, but not what CloudTrail makes.
pub fn sign_sha_1(end: &str, message: &[u8]) -> String {
    let prefix = [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
    let scheme = Pkcs1v15Sign { hash_len: Some(20), prefix: Box::new(prefix) };
    let private = RsaPrivateKey::from_pkcs1_der(private_der(end)).expect("a fixture holds an RSA key in PKCS#1 DER");
    forge::hex(&private.sign(scheme, &sha1::Sha1::digest(message)).expect("2048 bits hold a SHA-1 block"))
}

/// The key that signs at that time.
pub fn signing_key(end: &str) -> SigningKey {
    SigningKey::from_pkcs1_der(private_der(end))
}

fn private_der(end: &str) -> &'static [u8] {
    if end > "12:00" {
        include_bytes!("../../../tests/fixtures/sample-key-2.der")
    } else {
        include_bytes!("../../../tests/fixtures/sample-key-1.der")
    }
}

fn chain(trail: &str) -> Chain {
    Chain::new(ACCOUNT, REGION, trail, HOME, BUCKET)
}

/// `HH:MM` of the day of all these buckets.
pub fn at(clock: &str) -> i64 {
    let number = |text: &str| text.parse().expect("HH:MM");
    forge::unix([2025, 3, 10], [number(&clock[..2]), number(&clock[3..]), 0])
}

fn time(clock: &str) -> String {
    forge::iso(at(clock))
}

/// The end of each hour, its start, and its logs by the time of their delivery.
const HOURS: [Hour; 5] = [
    ("10:00", "09:00", &[("09:20", "A")]),
    ("11:00", "10:00", &[("10:10", "B"), ("10:40", "C")]),
    ("12:00", "11:00", &[("11:30", "D")]),
    ("13:00", "12:00", &[("12:15", "E"), ("12:45", "F")]),
    ("14:00", "13:00", &[("13:10", "G"), ("13:50", "H")]),
];

type Hour = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-west-1";
pub const HOME: &str = "us-east-1";
pub const TRAIL: &str = "main";
pub const BUCKET: &str = "trail-bucket";
const SAMPLE_BUCKET: &str = "acme-audit-logs";

pub const SHOP_VIRGINIA: Trail = Trail { account: "111122223333", region: "us-east-1", name: "acme-prod-trail" };
pub const SHOP_IRELAND: Trail = Trail { region: "eu-west-1", ..SHOP_VIRGINIA };
pub const AUDIT_VIRGINIA: Trail = Trail { account: "444455556666", region: "us-east-1", name: "acme-audit-trail" };
pub const SHOP_DAYS: [&str; 2] = ["2025-03-10T17:41:21Z", "2025-03-12T18:41:21Z"];
pub const AUDIT_DAYS: [&str; 2] = ["2025-03-10T17:52:07Z", "2025-03-12T18:52:07Z"];
