//! Digests that are signed and tell lies, or oddities: what AWS itself, or the owner of its keys, could have written.
#![allow(clippy::disallowed_methods)]

mod support;

use support::ACCOUNT;
use support::BUCKET;
use support::HOME;
use support::REGION;
use support::TRAIL;
use support::Trail;
use support::TrailBuilder;
use support::at;
use support::forge::Chain;
use support::forge::Draft;
use support::forge::LogEntry;
use support::forge::Previous;
use support::forge::log_key;
use support::forge::sha256;
use support::log_content;
use support::signing_key;

/// One chain whose drafts and JSON can be changed before they are signed.
struct Forger {
    trail: Trail,
    chain: Chain,
    logs: Vec<LogEntry>,
    key: usize,
}

impl Forger {
    fn new() -> Self {
        Self { trail: TrailBuilder::build(""), chain: Chain::new(ACCOUNT, REGION, TRAIL, HOME, BUCKET), logs: Vec::new(), key: 0 }
    }

    fn log(&mut self, clock: &str, label: &str) {
        self.log_as(clock, label, |key| key);
    }

    fn log_as(&mut self, clock: &str, label: &str, rename: impl FnOnce(String) -> String) {
        let key = rename(log_key(ACCOUNT, REGION, at(clock), &format!("{label:x<16}")));
        let time = at(clock) - 300;
        let content = log_content(ACCOUNT, REGION, time, label);
        self.logs.push(LogEntry::of(&self.chain.bucket, &key, &content, (time, time)));
        self.trail.labels.insert(key.clone(), label.to_owned());
        self.trail.add(&key, &content);
    }

    fn digest(&mut self, start: &str, end: &str) {
        self.digest_as(start, end, end, |_| {}, |json| json);
    }

    fn digest_as(&mut self, start: &str, end: &str, label: &str, draft: impl FnOnce(&mut Draft), edit: impl FnOnce(String) -> String) {
        let logs = std::mem::take(&mut self.logs);
        let mut drafted = self.chain.draft(at(start), at(end), logs);
        draft(&mut drafted);
        let signing = signing_key(self.key);
        let content = edit(drafted.json(signing.fingerprint())).into_bytes();
        let signature = signing.sign(&drafted.string_to_sign(&content));
        let link =
            Previous { bucket: drafted.bucket.clone(), key: drafted.key.clone(), sha256: sha256(&content), signature: signature.clone() };
        self.chain.previous = Some(link);
        self.trail.labels.insert(drafted.key.clone(), label.to_owned());
        self.trail.signatures.push((Some(drafted.key.clone()), signature));
        self.trail.add(&drafted.key, &content);
        if let Some(file) = self.trail.files.last_mut() {
            label.clone_into(&mut file.label);
        }
    }

    #[track_caller]
    fn gives(&self, expected: &str) {
        let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(self.trail.lines(), expected);
    }
}

fn as_is(json: String) -> String {
    json
}

#[test]
fn an_organization_s_digests_are_a_chain_with_its_folder() {
    let mut forger = Forger::new();
    let in_folder = |draft: &mut Draft| draft.key = draft.key.replace("AWSLogs/", "AWSLogs/o-a1b2c3/");
    forger.digest_as("11:00", "12:00", "12:00", in_folder, as_is);
    forger.log_as("12:30", "A", |key| key.replace("AWSLogs/", "AWSLogs/o-a1b2c3/"));
    forger.digest_as("12:00", "13:00", "13:00", in_folder, as_is);
    forger.gives("");
    let report = forger.trail.judge().report;
    assert_eq!(report.chains.first().and_then(|chain| chain.organization.as_deref()), Some("o-a1b2c3"));
}

#[test]
fn bucket_and_prefix_may_change_along_a_chain() {
    let mut forger = Forger::new();
    forger.digest("11:00", "12:00");
    forger.log("12:30", "A");
    forger.digest("12:00", "13:00");
    forger.chain.bucket = "new-bucket".to_owned();
    forger.log("13:30", "B");
    forger.digest_as("13:00", "14:00", "14:00", |draft| draft.key = format!("pre/fix/{}", draft.key), as_is);
    forger.digest("14:00", "15:00");
    forger.gives("");
    forger.trail.forget_signatures();
    forger.gives("15:00 unproven no-signature");
    forger.trail.drop("13:00");
    forger.gives(
        "12:00 unproven no-signature\n13:00 missing not-found\n15:00 unproven no-signature\nA unlisted in-gap\ngap missing 12:00-13:00 1",
    );
}

#[test]
fn logs_of_every_kind_that_digests_list_are_proven() {
    let mut forger = Forger::new();
    forger.digest("11:00", "12:00");
    for kind in ["CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"] {
        forger.log_as("12:30", kind, |key| key.replace("/CloudTrail/", &format!("/{kind}/")).replace("_CloudTrail_", &format!("_{kind}_")));
    }
    forger.log_as("12:40", "lake", |_| "AWSLogs/elsewhere/of any name".to_owned());
    forger.digest("12:00", "13:00");
    forger.gives("");
    let key = forger.trail.files.get(1).expect("a log").path.clone();
    forger.trail.files.retain(|file| file.path != key);
    assert_eq!(forger.trail.lines().len(), 1, "one is missing");
    // Listed in this chain, so that one in no digest is as odd as any other.
    let planted = key.replace("T1230Z_CloudTrail", "T1235Z_Planted");
    forger.trail.add(&planted, &log_content(ACCOUNT, REGION, at("12:30"), "planted"));
    assert!(forger.trail.lines().iter().any(|line| line.ends_with("unlisted in-covered-time")), "{:#?}", forger.trail.lines());
}

#[test]
fn insight_logs_of_a_chain_that_lists_none_are_no_one_s_fault() {
    let mut trail = TrailBuilder::build("12:00 digest\n13:00 digest");
    let key = log_key(ACCOUNT, REGION, at("12:30"), "iiiiiiiiiiiiiiii").replace("_CloudTrail_", "_CloudTrail-Insight_");
    trail.labels.insert(key.clone(), "I".to_owned());
    trail.add(&key, b"{\"Records\":[]}");
    assert_eq!(trail.lines(), ["I unlisted no-chain"]);
}

#[test]
fn backfill_digests_follow_each_other_as_they_are_made() {
    let mut forger = Forger::new();
    forger.digest("10:00", "11:00");
    forger.digest("11:00", "12:00");
    forger.digest("12:00", "13:00");
    let hourly = forger.chain.previous.take();
    let backfill = |draft: &mut Draft| draft.key = draft.key.replace(".json.gz", "_backfill.json.gz");
    forger.log("12:45", "L");
    forger.digest_as("12:00", "13:00", "b13", backfill, as_is);
    forger.log("10:45", "M");
    forger.digest_as("10:00", "11:00", "b11", backfill, as_is);
    forger.log("11:45", "N");
    forger.digest_as("11:00", "12:00", "b12", backfill, as_is);
    forger.chain.previous = hourly;
    forger.gives("");
    let kinds: Vec<_> = forger.trail.judge().report.chains.iter().map(|chain| chain.kind).collect();
    assert_eq!(kinds.len(), 2);
    let mut lost = forger.trail.clone();
    lost.drop("b11");
    assert_eq!(lost.lines(), ["b11 missing not-found", "M unlisted in-covered-time"]);
    // What came before the first of them is not asked for, though its hour is later than others'.
    let mut later = forger.trail.clone();
    later.drop("b13");
    assert_eq!(later.lines(), ["L unlisted in-covered-time"]);
}

#[test]
fn a_link_that_lies_is_a_finding_where_the_predecessor_is_proven_and_a_fault_where_it_is_the_only_proof() {
    let lie = |edit: fn(&mut Previous)| {
        let mut forger = Forger::new();
        forger.digest("11:00", "12:00");
        forger.digest("12:00", "13:00");
        forger.digest_as("13:00", "14:00", "14:00", |draft| draft.previous.iter_mut().for_each(edit), as_is);
        let with_metadata = forger.trail.lines().join(", ");
        forger.trail.keep_signatures(&["14:00"]);
        (with_metadata, forger.trail.lines().join(", "))
    };
    let found = "link-mismatch 14:00".to_owned();
    assert_eq!(lie(|link| link.sha256 = sha256(b"other")), (found.clone(), found.clone()));
    let forged = |link: &mut Previous| link.signature = link.signature.chars().rev().collect();
    assert_eq!(lie(forged), (found.clone(), format!("13:00 invalid link-mismatch, {found}")));
    let (whole, bare) = lie(|link| link.key = link.key.replace("T130000Z", "T130001Z"));
    assert_eq!((whole, bare), (found.clone(), found));
}

#[test]
fn two_signed_digests_after_the_same_one_are_a_fork() {
    let mut forger = Forger::new();
    forger.digest("11:00", "12:00");
    let link = forger.chain.previous.clone();
    forger.digest("12:00", "13:00");
    forger.chain.previous = link;
    forger.digest("12:00", "13:20");
    forger.gives("fork main");
}

#[test]
fn signed_windows_that_do_not_meet_are_told() {
    let mut forger = Forger::new();
    forger.digest("11:00", "12:00");
    forger.digest("12:10", "13:00");
    forger.digest("12:40", "14:00");
    forger.gives("gap time-hole 12:00-12:10\noverlap main");
}

#[test]
fn labels_and_letters_of_another_kind() {
    let of = |edit: fn(String) -> String| {
        let mut forger = Forger::new();
        forger.log("11:30", "A");
        forger.digest_as("11:00", "12:00", "12:00", |_| {}, edit);
        forger.trail.lines().join(", ")
    };
    assert_eq!(of(|json| json.replace("SHA256withRSA", "SHA512withRSA")), "12:00 valid algorithm-label");
    assert_eq!(of(|json| json.replace("\"SHA-256\"", "\"SHA-512\"")), "A valid algorithm-label");
    let upper = |json: String| {
        let (before, after) = json.rsplit_once("\"hashValue\":\"").expect("a hash");
        format!("{before}\"hashValue\":\"{}{}", after[..64].to_uppercase(), &after[64..])
    };
    assert_eq!(of(upper), "A valid hash-case");
    assert_eq!(
        of(|json| json.replace("\"SHA-256\"", "\"MD5\"").replace("\"hashValue\":\"", "\"hashValue\":\"00")),
        "A unproven unsupported-algorithm algorithm-label"
    );
    assert_eq!(of(|json| json.replace("\"hashValue\":\"", "\"hashValue\":\"00")), "A invalid hash-mismatch");
    assert_eq!(of(|json| json.replace(",\"logFiles\":[", ",\"other\":[")), "12:00 invalid malformed, A unlisted no-chain");
}

#[test]
fn a_signature_of_another_algorithm_is_no_disproof_unless_the_content_is_contradicted() {
    let relabel = |trail: &mut Trail| trail.edit("12:00", "SHA256withRSA", "SHA512withRSA");
    let mut alone = TrailBuilder::build("12:00 digest");
    relabel(&mut alone);
    assert_eq!(alone.lines(), ["12:00 unproven unsupported-algorithm"]);
    let mut followed = TrailBuilder::build("12:00 digest\n13:00 digest");
    relabel(&mut followed);
    assert_eq!(followed.lines(), ["12:00 invalid signature-mismatch"]);
}

#[test]
fn one_log_in_two_lines_or_two_digests_counts_once() {
    let mut forger = Forger::new();
    forger.log("11:30", "A");
    let entry = forger.logs.clone();
    forger.logs.extend(entry.clone());
    forger.digest("11:00", "12:00");
    forger.logs = entry;
    forger.digest("12:00", "13:00");
    forger.gives("A valid listed-twice");
    assert_eq!(forger.trail.judge().report.summary.logs.valid, 1);
}

#[test]
fn a_log_of_another_account_or_region_is_remarked() {
    let mut forger = Forger::new();
    forger.log_as("11:30", "A", |key| key.replace(ACCOUNT, "444455556666").replace(REGION, "us-west-2"));
    forger.digest("11:00", "12:00");
    // Proven by a digest: no chain of its own is missed.
    forger.gives("A valid account-differs region-differs");
    assert_eq!(forger.trail.judge().report.exit_code(), 0);
}
