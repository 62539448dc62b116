//! Makes digest files as CloudTrail makes them, signed with keys of our own: for the sample trail and for tests.
//! Pure functions from values to bytes: no files, no clock, no chance.

// Each place that includes this file uses another part of it.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::fmt::Write as _;
use std::io::Write as _;

use md5::Md5;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest as _, Sha256};

/// A private key with the public half as `aws cloudtrail list-public-keys` shows it.
pub struct SigningKey {
    private: RsaPrivateKey,
    public_der: Vec<u8>,
    fingerprint: String,
}

impl SigningKey {
    /// From PKCS#1 DER, as in `tests/fixtures/`.
    pub fn from_pkcs1_der(der: &[u8]) -> Self {
        let private = RsaPrivateKey::from_pkcs1_der(der).expect("a fixture holds an RSA key in PKCS#1 DER");
        let public_der = private.to_public_key().to_pkcs1_der().expect("a sound key can be written").into_vec();
        let fingerprint = hex(&Md5::digest(&public_der));
        Self { private, public_der, fingerprint }
    }

    /// MD5 of the public key's DER bytes, in hex: how a digest names its key.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// `RSAPublicKey` in PKCS#1 DER: what AWS gives, in base64, as `Value`.
    pub fn public_der(&self) -> &[u8] {
        &self.public_der
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 over `message`, in lower-case hex.
    pub fn sign(&self, message: &[u8]) -> String {
        let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: SHA_256_PREFIX.into() };
        let signature = self.private.sign(scheme, &Sha256::digest(message)).expect("2048 bits hold a SHA-256 block");
        hex(&signature)
    }
}

/// One entry of a digest's `logFiles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    pub bucket: String,
    pub key: String,
    pub sha256: String,
    pub oldest: i64,
    pub newest: i64,
}

impl LogEntry {
    /// The entry for a log with this *inflated* content, whose events lie between two Unix times.
    pub fn of(bucket: &str, key: &str, content: &[u8], (oldest, newest): (i64, i64)) -> Self {
        Self { bucket: bucket.into(), key: key.into(), sha256: sha256(content), oldest, newest }
    }
}

/// The link from a digest to the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previous {
    pub bucket: String,
    pub key: String,
    pub sha256: String,
    pub signature: String,
}

/// A digest before it is signed. Every field can be changed, so that a test can make one that tells a lie.
#[derive(Clone, Debug)]
pub struct Draft {
    pub account: String,
    pub bucket: String,
    pub key: String,
    pub start: i64,
    pub end: i64,
    pub previous: Option<Previous>,
    pub logs: Vec<LogEntry>,
}

impl Draft {
    /// Writes and signs the digest.
    pub fn seal(&self, signing: &SigningKey) -> Forged {
        let content = self.json(signing.fingerprint()).into_bytes();
        let signature = signing.sign(&self.string_to_sign(&content));
        Forged { bucket: self.bucket.clone(), key: self.key.clone(), file: gzip(&content), content, signature }
    }

    /// Four lines: end, place, hash of the content, the predecessor's signature; no newline at the end.
    pub fn string_to_sign(&self, content: &[u8]) -> Vec<u8> {
        let previous = self.previous.as_ref().map_or("null", |p| p.signature.as_str());
        format!("{}\n{}/{}\n{}\n{previous}", iso(self.end), self.bucket, self.key, sha256(content)).into_bytes()
    }

    /// Compact JSON with CloudTrail's order of fields and its `\/`.
    pub fn json(&self, fingerprint: &str) -> String {
        let newest = self.logs.iter().map(|log| log.newest).max();
        let oldest = self.logs.iter().map(|log| log.oldest).min();
        let previous = self.previous.as_ref();
        let mut out = String::from("{");
        field(&mut out, "awsAccountId", Some(&self.account));
        field(&mut out, "digestStartTime", Some(&iso(self.start)));
        field(&mut out, "digestEndTime", Some(&iso(self.end)));
        field(&mut out, "digestS3Bucket", Some(&self.bucket));
        field(&mut out, "digestS3Object", Some(&self.key));
        field(&mut out, "digestPublicKeyFingerprint", Some(fingerprint));
        field(&mut out, "digestSignatureAlgorithm", Some("SHA256withRSA"));
        field(&mut out, "newestEventTime", newest.map(iso).as_deref());
        field(&mut out, "oldestEventTime", oldest.map(iso).as_deref());
        field(&mut out, "previousDigestS3Bucket", previous.map(|p| p.bucket.as_str()));
        field(&mut out, "previousDigestS3Object", previous.map(|p| p.key.as_str()));
        field(&mut out, "previousDigestHashValue", previous.map(|p| p.sha256.as_str()));
        field(&mut out, "previousDigestHashAlgorithm", previous.map(|_| "SHA-256"));
        field(&mut out, "previousDigestSignature", previous.map(|p| p.signature.as_str()));
        let logs: Vec<String> = self.logs.iter().map(entry).collect();
        let _ = write!(out, "\"logFiles\":[{}]}}", logs.join(","));
        out
    }
}

/// A finished digest: its inflated content, the file as it lies in the bucket, and its signature.
#[derive(Clone, Debug)]
pub struct Forged {
    pub bucket: String,
    pub key: String,
    pub content: Vec<u8>,
    pub file: Vec<u8>,
    pub signature: String,
}

impl Forged {
    /// What the next digest of the chain says about this one.
    pub fn link(&self) -> Previous {
        let (bucket, key) = (self.bucket.clone(), self.key.clone());
        Previous { bucket, key, sha256: sha256(&self.content), signature: self.signature.clone() }
    }
}

/// One chain of digests: an account and a Region of one trail. It remembers its newest digest.
#[derive(Clone, Debug)]
pub struct Chain {
    pub account: String,
    pub region: String,
    pub trail: String,
    pub home_region: String,
    pub bucket: String,
    pub previous: Option<Previous>,
}

impl Chain {
    /// A chain that has no digest yet: its first will be a starting digest.
    pub fn new(account: &str, region: &str, trail: &str, home_region: &str, bucket: &str) -> Self {
        let [account, region, trail, home_region, bucket] = [account, region, trail, home_region, bucket].map(String::from);
        Self { account, region, trail, home_region, bucket, previous: None }
    }

    /// Where a digest that ends at `end` lies.
    pub fn digest_key(&self, end: i64) -> String {
        let Self { account, region, trail, home_region, .. } = self;
        let (folder, stamp) = (day_folder(end), stamp(end));
        format!(
            "AWSLogs/{account}/CloudTrail-Digest/{region}/{folder}/\
             {account}_CloudTrail-Digest_{region}_{trail}_{home_region}_{stamp}.json.gz"
        )
    }

    /// The next digest, unsigned, linked to the newest one.
    pub fn draft(&self, start: i64, end: i64, logs: Vec<LogEntry>) -> Draft {
        let (account, bucket, key) = (self.account.clone(), self.bucket.clone(), self.digest_key(end));
        Draft { account, bucket, key, start, end, previous: self.previous.clone(), logs }
    }

    /// Signs the next digest and remembers it.
    pub fn forge(&mut self, signing: &SigningKey, start: i64, end: i64, logs: Vec<LogEntry>) -> Forged {
        let forged = self.draft(start, end, logs).seal(signing);
        self.previous = Some(forged.link());
        forged
    }
}

/// Where a log lies that is delivered at `delivered`; `unique` are the 16 letters and digits at its end.
pub fn log_key(account: &str, region: &str, delivered: i64, unique: &str) -> String {
    let (folder, stamp) = (day_folder(delivered), minute_stamp(delivered));
    format!("AWSLogs/{account}/CloudTrail/{region}/{folder}/{account}_CloudTrail_{region}_{stamp}_{unique}.json.gz")
}

/// What `aws cloudtrail list-public-keys` (CLI v2) prints for these keys and their validity; `note` marks it as not AWS's.
pub fn list_public_keys(keys: &[(&SigningKey, i64, i64)], note: Option<&str>) -> String {
    let rows: Vec<String> = keys.iter().map(|(key, from, to)| public_key(key, *from, *to)).collect();
    let note = note.map_or_else(String::new, |text| format!("    \"note\": {},\n", quoted(text)));
    format!("{{\n{note}    \"PublicKeyList\": [\n{}\n    ]\n}}\n", rows.join(",\n"))
}

/// A signatures file: each digest's key with its S3 user metadata; `note` marks it as not AWS's.
pub fn signatures_file<'a>(digests: impl IntoIterator<Item = (&'a str, &'a str)>, note: Option<&str>) -> String {
    let mut rows: Vec<String> = note.iter().map(|text| format!("\"note\":{}", quoted(text))).collect();
    rows.extend(digests.into_iter().map(|(key, signature)| signature_row(key, signature)));
    format!("{{\n{}\n}}\n", rows.join(",\n"))
}

/// One row of a signatures file.
pub fn signature_row(key: &str, signature: &str) -> String {
    format!("\"{key}\":{{\"signature\":\"{signature}\",\"signature-algorithm\":\"SHA256withRSA\"}}")
}

/// `result_sign.json` of a CloudTrail Lake query, spaced as Lake writes it. A result is its name and its *stored* bytes.
pub fn lake_sign(signing: &SigningKey, region: &str, completed: i64, results: &[(&str, &[u8])]) -> String {
    let hashes: Vec<String> = results.iter().map(|(_, stored)| sha256(stored)).collect();
    let signature = signing.sign(hashes.join(" ").as_bytes());
    let entry = |((name, _), hash): (&(&str, &[u8]), &String)| {
        format!("    {{\n      \"fileHashValue\" : \"{hash}\",\n      \"fileName\" : {}\n    }}", quoted(name))
    };
    let files: Vec<String> = results.iter().zip(&hashes).map(entry).collect();
    let (completed, fingerprint) = (iso(completed), signing.fingerprint());
    format!(
        "{{\n  \"version\" : \"1.0\",\n  \"region\" : \"{region}\",\n  \"files\" : [\n{}\n  ],\n  \"hashAlgorithm\" : \"SHA-256\",\n  \
         \"signatureAlgorithm\" : \"SHA256withRSA\",\n  \"queryCompleteTime\" : \"{completed}\",\n  \"hashSignature\" : \"{signature}\",\n  \
         \"publicKeyFingerprint\" : \"{fingerprint}\"\n}}\n",
        files.join(",\n")
    )
}

/// A gzip member without time or name in its header: equal content gives equal bytes.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).and_then(|()| encoder.finish()).expect("memory takes every byte")
}

/// SHA-256 in lower-case hex.
pub fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// `2025-03-11T21:47:12Z`
pub fn iso(time: i64) -> String {
    let ([year, month, day], [hour, minute, second]) = calendar(time);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `20250311T214712Z`, as in a digest's name.
pub fn stamp(time: i64) -> String {
    iso(time).replace(['-', ':'], "")
}

/// `20250311T2147Z`, as in a log's name.
pub fn minute_stamp(time: i64) -> String {
    let mut text = stamp(time);
    text.replace_range(13..15, "");
    text
}

/// `2025/03/11`
pub fn day_folder(time: i64) -> String {
    iso(time)[..10].replace('-', "/")
}

/// Unix time of a calendar time in UTC.
pub fn unix([year, month, day]: [i64; 3], [hour, minute, second]: [i64; 3]) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    days * 86_400 + hour * 3600 + minute * 60 + second
}

/// The reverse of `unix`, by Howard Hinnant's `civil_from_days`.
pub fn calendar(time: i64) -> ([i64; 3], [i64; 3]) {
    let (days, second) = (time.div_euclid(86_400) + 719_468, time.rem_euclid(86_400));
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    ([year, month, day], [second / 3600, second / 60 % 60, second % 60])
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Base64 with padding, as AWS writes keys.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().chain([&0, &0]).take(3).fold(0_usize, |word, byte| word << 8 | usize::from(*byte));
        for place in 0..4 {
            let letter = char::from(LETTERS[word >> (18 - 6 * place) & 63]);
            out.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

fn public_key(key: &SigningKey, from: i64, to: i64) -> String {
    // CLI v2 writes times with an offset, not with `Z`.
    let [from, to] = [from, to].map(|time| iso(time).replace('Z', "+00:00"));
    let (value, fingerprint) = (base64(key.public_der()), key.fingerprint());
    format!(
        "        {{\n            \"Value\": \"{value}\",\n            \"ValidityStartTime\": \"{from}\",\n            \
         \"ValidityEndTime\": \"{to}\",\n            \"Fingerprint\": \"{fingerprint}\"\n        }}"
    )
}

fn entry(log: &LogEntry) -> String {
    let mut out = String::from("{");
    field(&mut out, "s3Bucket", Some(&log.bucket));
    field(&mut out, "s3Object", Some(&log.key));
    field(&mut out, "hashValue", Some(&log.sha256));
    field(&mut out, "hashAlgorithm", Some("SHA-256"));
    field(&mut out, "newestEventTime", Some(&iso(log.newest)));
    field(&mut out, "oldestEventTime", Some(&iso(log.oldest)));
    out.pop();
    out.push('}');
    out
}

fn field(out: &mut String, name: &str, value: Option<&str>) {
    let value = value.map_or_else(|| "null".into(), |text| quoted(text).replace('/', "\\/"));
    let _ = write!(out, "\"{name}\":{value},");
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `DigestInfo` of SHA-256 (RFC 8017 §9.2, note 1). Spelled out, so that sha2's `oid` feature is not needed.
const SHA_256_PREFIX: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
