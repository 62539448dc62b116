//! Whole buckets on disk through `trailseal verify`: every wound has its name, no honest file is accused, and every report is sound.
#![allow(clippy::disallowed_methods)]

mod support;

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use serde_json::Value;
use support::Trail;
use support::TrailBuilder;
use support::at;
use support::forge;
use support::signing_key;
use trailseal::integrity::VerdictReport;

/// Three hours, one log in each of the last two.
const THREE: &str = "12:00 digest\n12:30 log A\n13:00 digest\n13:30 log B\n14:00 digest";

/// A folder of its own, gone when the test has passed.
struct Bucket(PathBuf);

impl Bucket {
    fn lay(trail: &Trail) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("disk").join(format!("{}-{number}", std::process::id()));
        let bucket = Self(folder);
        for file in &trail.files {
            bucket.write(&file.path, &file.stored);
        }
        if let Some(keys) = &trail.keys {
            bucket.write("keys.json", keys.as_bytes());
        }
        let named = trail.signatures.iter().filter_map(|(key, signature)| Some((key.as_deref()?, signature.as_str())));
        if named.clone().next().is_some() {
            bucket.write("signatures.json", forge::signatures_file(named, None).as_bytes());
        }
        for (number, (_, signature)) in trail.signatures.iter().enumerate().filter(|(_, (key, _))| key.is_none()) {
            let head = format!(r#"{{"ContentLength":1,"Metadata":{{"signature":"{signature}","signature-algorithm":"SHA256withRSA"}}}}"#);
            bucket.write(&format!("head-{number}.json"), head.as_bytes());
        }
        bucket
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, bytes).expect("a file is written");
    }

    fn verify(&self, options: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailseal"));
        command.arg("verify").arg(&self.0).args(options).output().expect("it runs")
    }

    fn report(&self, options: &[&str]) -> (VerdictReport, Option<i32>) {
        let output = self.verify(&[&["--json"], options].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_sound(&json);
        (serde_json::from_value(json).expect("the contract"), output.status.code())
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

#[track_caller]
fn check(text: &str, change: impl FnOnce(&mut Trail), code: i32, expected: &str) {
    check_with(text, change, &[], code, expected);
}

#[track_caller]
fn check_with(text: &str, change: impl FnOnce(&mut Trail), options: &[&str], code: i32, expected: &str) {
    let mut trail = TrailBuilder::build(text);
    change(&mut trail);
    let bucket = Bucket::lay(&trail);
    let (report, found) = bucket.report(options);
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!((support::lines(&report, &trail.labels), found), (expected.iter().map(|line| (*line).to_owned()).collect(), Some(code)));
    let output = bucket.verify(options);
    assert_eq!(output.status.code(), Some(code), "the text ends as the JSON does");
}

/// What holds for every report: sums are those of the rows, rows are in order, words, times and hashes are as the contract writes them.
#[track_caller]
fn assert_sound(report: &Value) {
    let rows = |list: &str| report[list].as_array().expect("a list").clone();
    let count = |rows: &[Value], verdict: &str| rows.iter().filter(|row| row["verdict"] == verdict).count();
    for (sum, kind) in [("digests", "hourly"), ("backfillDigests", "backfill")] {
        let of_kind: Vec<Value> = rows("digests").into_iter().filter(|row| row["kind"] == kind).collect();
        for (verdict, number) in report["summary"][sum].as_object().expect("counts") {
            assert_eq!(*number, count(&of_kind, verdict), "{sum} {verdict}");
        }
    }
    for (verdict, number) in report["summary"]["logs"].as_object().expect("counts") {
        assert_eq!(*number, count(&rows("logs"), verdict), "logs {verdict}");
    }
    let events: u64 = rows("logs").iter().filter_map(|row| row["events"].as_u64()).sum();
    assert_eq!(report["summary"]["events"]["total"], events);
    let ends: Vec<String> = rows("digests").iter().map(|row| row["end"].as_str().unwrap_or_default().to_owned()).collect();
    assert!(ends.is_sorted(), "{ends:?}");
    for row in rows("digests").iter().chain(&rows("logs")) {
        assert_eq!(row["reason"].is_null(), row["verdict"] == "valid", "{row}");
        assert_ne!(row["verdict"], "pending", "{row}");
        assert_eq!(row["source"].is_null(), row["verdict"] == "missing", "{row}");
        assert!(!row["message"].as_str().expect("a sentence").is_empty(), "{row}");
        for field in ["start", "end"] {
            let time = row[field].as_str().unwrap_or("2025-03-10T00:00:00Z");
            assert!(time.len() == 20 && time.ends_with('Z'), "{row}");
        }
        for field in ["expectedSha256", "actualSha256", "keyFingerprint"] {
            let hash = row[field].as_str().unwrap_or_default();
            assert!(hash.bytes().all(|byte| !byte.is_ascii_uppercase()), "{row}");
        }
    }
}

#[test]
fn an_honest_bucket_is_proven_wherever_it_lies() {
    check(THREE, |_| {}, 0, "");
    check(THREE, |t| t.under("trail-bucket"), 0, "");
    check(THREE, |t| t.under("case 7/Beweise — Kopie/another-bucket"), 0, "");
    check(THREE, Trail::flatten, 0, "");
    check(
        THREE,
        |t| t.files.iter_mut().for_each(|file| (file.path, file.stored) = (file.path.replace(".json.gz", ".json"), file.content.clone())),
        0,
        "12:00 valid stored-uncompressed\n13:00 valid stored-uncompressed\n14:00 valid stored-uncompressed
         A valid stored-uncompressed\nB valid stored-uncompressed",
    );
    check(THREE, |t| ["A", "B", "12:00", "14:00"].into_iter().for_each(|label| t.recompress(label)), 0, "");
}

#[test]
fn honest_trails_of_every_shape_are_proven() {
    for text in [
        "12:00 digest",
        "12:00 digest\n12:20 digest\n12:25 log A\n12:40 digest",
        "12:00 digest\n13:00 digest\ntrail main_us-east-1_x\n12:00 digest x12\n12:30 log A\n13:00 digest x13",
        "12:00 digest\n13:00 digest\ntrail a.b_c-d_e\n12:30 digest x12\n13:30 digest x13",
        "key 1\n12:00 digest\n13:00 digest\nkey 2\n13:30 log A\n14:00 digest\n15:00 digest",
        "12:00 digest\n13:00 digest\nregion us-west-2\n12:00 digest w12\n12:30 log A\n13:00 digest w13",
        "12:00 digest\n13:00 digest\n12:45 log L\nbackfill 13:00",
        "12:07 digest\n13:07 digest\naccount 444455556666\n12:41 digest x12\n13:41 digest x13",
    ] {
        check(text, |_| {}, 0, "");
    }
}

#[test]
fn folder_objects_strangers_and_sidecars_are_no_matter() {
    let trail = TrailBuilder::build(THREE);
    let bucket = Bucket::lay(&trail);
    for stranger in ["AWSLogs/111122223333/CloudTrail_$folder$", "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/.DS_Store", "empty"] {
        bucket.write(stranger, b"");
    }
    bucket.write("README.md", b"# hello");
    bucket.write("vpc/flow.json.gz", &forge::gzip(b"{\"a\":1}"));
    let key = trail.key_of("14:00");
    let head = format!(r#"{{"Metadata":{{"signature":"{}"}}}}"#, trail.signatures.last().expect("a signature").1.to_uppercase());
    bucket.write(&format!("{key}.metadata.json"), head.as_bytes());
    bucket.write(&key.replace(".json.gz", ".json"), head.as_bytes());
    let (report, code) = bucket.report(&[]);
    assert_eq!((support::lines(&report, &trail.labels), code), (Vec::new(), Some(0)));
    assert_eq!(report.ignored.len(), 5, "{:#?}", report.ignored);
}

#[test]
fn a_junk_successor_accuses_no_honest_digest() {
    let plant = |t: &mut Trail, edit: &dyn Fn(String) -> String| {
        let next = TrailBuilder::build(&format!("{THREE}\n15:00 digest"));
        let junk = next.files.last().expect("15:00");
        let content = edit(String::from_utf8(junk.content.clone()).expect("JSON"));
        t.labels.insert(junk.path.clone(), "junk".to_owned());
        t.add(&junk.path, content.as_bytes());
        t.forget_signatures();
    };
    let signature = TrailBuilder::build(THREE).signatures.pop().expect("of 14:00").1;
    let forged: String = signature.chars().rev().collect();
    let open = "14:00 unproven no-signature\njunk unproven no-signature\nB unproven digest-unproven\nlink-mismatch junk";
    check(THREE, |t| plant(t, &|json| json.replace(&signature, &forged)), 3, open);
    check(THREE, |t| plant(t, &|json| json.replace(&signature, "zz")), 3, open);
    let hash = forge::sha256(&TrailBuilder::build(THREE).files.last().expect("14:00").content);
    let other = forge::sha256(b"other");
    check(THREE, |t| plant(t, &|json| json.replace(&signature, &forged).replace(&hash, &other)), 3, open);
    // A true signature for the true content proves it, whoever carries it.
    check(THREE, |t| plant(t, &|json| json.replace(&hash, &other)), 3, "junk unproven no-signature\nlink-mismatch junk");
}

#[test]
fn a_changed_digest_is_disproven_by_the_signature_that_its_unproven_successor_carries() {
    check(
        THREE,
        |t| {
            t.forget_signatures();
            t.edit("13:00", "SHA-256", "SHA-255");
        },
        1,
        "13:00 invalid signature-mismatch\n14:00 unproven no-signature\nA unproven digest-unproven\nB unproven digest-unproven",
    );
    // The content that was signed lies beside it: that one is proven all the same.
    check(
        THREE,
        |t| {
            t.forget_signatures();
            t.copy("13:00", "honest copy.json.gz");
            t.edit("13:00", "SHA-256", "SHA-255");
        },
        1,
        "13:00 invalid signature-mismatch\n13:00 valid moved\n14:00 unproven no-signature\nB unproven digest-unproven",
    );
}

#[test]
fn logs_of_one_content_find_their_places_by_other_names() {
    let same = |t: &mut Trail| {
        let mut builder = forge::Chain::new("111122223333", "eu-west-1", "main", "us-east-1", "trail-bucket");
        let content = support::log_content("111122223333", "eu-west-1", at("12:20"), "Same");
        let entry = |unique: &str| {
            let key = forge::log_key("111122223333", "eu-west-1", at("12:30"), unique);
            forge::LogEntry::of("trail-bucket", &key, &content, (at("12:20"), at("12:20")))
        };
        let first = builder.forge(signing_key(0), at("12:00"), at("13:00"), vec![entry("aaaaaaaaaaaaaaaa"), entry("bbbbbbbbbbbbbbbb")]);
        t.signatures = vec![(Some(first.key.clone()), first.signature)];
        t.add(&first.key, &first.content);
        t.add("one.json", &content);
        t.add("two.json", &content);
    };
    let name = |unique: &str| format!("111122223333_CloudTrail_eu-west-1_20250310T1230Z_{unique}.json.gz valid moved");
    check("", same, 0, &format!("{}\n{}", name("aaaaaaaaaaaaaaaa"), name("bbbbbbbbbbbbbbbb")));
}

#[test]
fn paths_that_cannot_be_read_are_named_and_the_rest_is_verified() {
    let mut trail = TrailBuilder::build(THREE);
    let log = trail.path("A");
    trail.drop("A");
    let bucket = Bucket::lay(&trail);
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        // What lies there can never be read, whoever runs the test.
        symlink("nowhere", bucket.0.join("dangling")).expect("a link");
        symlink(&bucket.0, bucket.0.join("circle")).expect("a link");
        symlink("itself", bucket.0.join("itself")).expect("a link");
        fs::create_dir_all(bucket.0.join(&log).parent().expect("a folder")).expect("a folder is made");
        symlink("nowhere", bucket.0.join(&log)).expect("a link");
        assert!(Command::new("mkfifo").arg(bucket.0.join("pipe")).status().expect("mkfifo").success());
        let (report, code) = bucket.report(&[]);
        assert_eq!((support::lines(&report, &trail.labels), code), (vec!["A unproven not-readable".to_owned()], Some(3)));
        let ignored: Vec<_> = report.ignored.iter().map(|row| row.source.rsplit('/').next().unwrap_or_default()).collect();
        assert_eq!(ignored, ["circle", "dangling", "itself", "pipe"]);
    }
}

#[test]
fn the_same_path_twice_is_no_copy() {
    let trail = TrailBuilder::build(THREE);
    let bucket = Bucket::lay(&trail);
    let inner = bucket.0.join("AWSLogs");
    let (report, code) = bucket.report(&[inner.to_str().expect("text"), bucket.0.to_str().expect("text")]);
    assert_eq!((support::lines(&report, &trail.labels), code), (Vec::new(), Some(0)));
    let keys = bucket.0.join("keys.json");
    let (report, code) = bucket.report(&["--keys", keys.to_str().expect("text")]);
    assert_eq!((report.keys.len(), code), (2, Some(0)));
}

#[test]
fn parts_of_a_bucket_are_judged_for_what_they_are() {
    let only = |wanted: &'static [&'static str]| move |t: &mut Trail| t.files.retain(|file| wanted.contains(&file.label.as_str()));
    check(THREE, only(&["A", "B"]), 3, "A unlisted no-chain\nB unlisted no-chain\nchain-absent eu-west-1");
    check(THREE, only(&["12:00", "13:00", "14:00"]), 1, "A missing not-found\nB missing not-found");
    check(THREE, only(&["13:00", "A"]), 0, "");
    let bucket = Bucket::lay(&TrailBuilder::build(""));
    assert_eq!(bucket.verify(&[]).status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bucket.verify(&["--json"]).stderr).contains("no CloudTrail log or digest"));
}

#[test]
fn a_range_without_anything_in_it_proves_nothing() {
    check_with(THREE, |_| {}, &["--end", "2024-01-01"], 3, "");
    check_with(THREE, |_| {}, &["--start", "2026-01-01"], 3, "");
    check_with(THREE, |_| {}, &["--start", "2025-03-10T13:00:00Z", "--end", "2025-03-10T13:00:00Z"], 0, "");
    check_with(THREE, |_| {}, &["--start", "2025-03-10T18:30:00+05:30", "--end", "2025-03-10T14:00:00Z"], 0, "");
    check_with(THREE, |t| t.flip("A", 9), &["--start", "2025-03-10T13:30:00Z"], 0, "");
    check_with(THREE, |t| t.flip("A", 9), &["--end", "2025-03-10T12:00:00Z"], 1, "A invalid hash-mismatch");
    check_with(THREE, |t| t.drop("14:00"), &["--end", "2025-03-10T14:00:00Z"], 3, "B unlisted after-newest-digest\nend-before-range main");
}

#[test]
fn a_key_that_was_not_yet_valid_when_the_window_ended_is_an_honest_rotation() {
    let keys = |from: &'static str| {
        move |t: &mut Trail| {
            let list = forge::list_public_keys(&[(signing_key(0), at(from), at("23:59"))], None);
            t.keys = Some(list);
        }
    };
    check("12:00 digest\n12:50 digest", keys("12:45"), 0, "");
    let fingerprint = signing_key(0).fingerprint();
    check("12:00 digest", keys("14:30"), 0, &format!("12:00 valid key-validity\nkey-suspect {fingerprint}"));
}

#[test]
fn two_trails_in_one_bucket_excuse_a_planted_log_only_where_they_may_list_it() {
    let two = "10:00 digest\n11:00 digest\n12:00 digest\n13:00 digest\n14:00 digest\ntrail old\n09:30 digest o9\n10:30 digest o10";
    let ends = "end-before-range old";
    check(two, |t| t.plant(at("13:20"), "X"), 1, &format!("X unlisted in-covered-time\n{ends}"));
    check(two, |t| t.plant(at("10:50"), "X"), 3, &format!("X unlisted after-newest-digest\n{ends}"));
    check(
        "12:00 digest\n12:30 log A\n13:00 digest\ntrail young\n13:10 digest y\n13:30 log B\n14:10 digest y2",
        |t| t.drop("B"),
        1,
        "B missing not-found",
    );
}

#[test]
fn an_attacker_s_list_takes_no_log_from_the_true_one() {
    check(
        THREE,
        |t| {
            // The changed log, and an unsigned digest that lists it with its new content in another bucket.
            t.flip("A", 40);
            let changed = t.file("A").content.clone();
            let key = t.key_of("A");
            let mut chain = forge::Chain::new("111122223333", "eu-west-1", "evil", "us-east-1", "evil-bucket");
            let entry = forge::LogEntry::of("evil-bucket", &key, &changed, (at("12:25"), at("12:25")));
            let forged = chain.forge(signing_key(0), at("12:00"), at("13:00"), vec![entry]);
            t.labels.insert(forged.key.clone(), "evil".to_owned());
            t.add(&forged.key, &forged.content);
        },
        1,
        "evil unproven no-signature\nA invalid hash-mismatch",
    );
}

#[test]
fn circles_of_digests_end() {
    let mut trail = TrailBuilder::build(THREE);
    trail.forget_signatures();
    // Each of the two names the other.
    trail.edit("12:00", r#""previousDigestS3Bucket":null"#, r#""previousDigestS3Bucket":"trail-bucket""#);
    let key = trail.key_of("13:00").replace('/', "\\/");
    trail.edit("12:00", r#""previousDigestS3Object":null"#, &format!(r#""previousDigestS3Object":"{key}""#));
    let bucket = Bucket::lay(&trail);
    let (report, code) = bucket.report(&[]);
    let lines = support::lines(&report, &trail.labels);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert!(lines.contains(&"12:00 invalid signature-mismatch".to_owned()), "{lines:#?}");
}

#[test]
fn keys_are_told_in_the_aws_cli_s_words() {
    let mut trail = TrailBuilder::build("12:00 digest");
    trail.keys = None;
    let error = String::from_utf8(Bucket::lay(&trail).verify(&[]).stderr).expect("text");
    let key = trail.key_of("12:00");
    let fingerprint = signing_key(0).fingerprint();
    assert_eq!(
        error,
        format!(
            "Digest file\ts3://trail-bucket/{key}\tNOT PROVEN: public key not found in region us-east-1 for fingerprint {fingerprint}\n\n"
        )
    );
}

#[test]
fn a_bucket_s_name_and_a_prefix_are_believed_where_a_digest_confirms_them() {
    let place = |folder: &str| {
        let mut trail = TrailBuilder::build(THREE);
        trail.plant(at("12:30"), "X");
        trail.under(folder);
        let (report, _) = Bucket::lay(&trail).report(&[]);
        let row = report.logs.into_iter().find(|row| row.reason.is_some()).expect("X");
        (row.bucket, row.key.expect("a key").split("AWSLogs/").next().unwrap_or_default().to_owned())
    };
    assert_eq!(place("trail-bucket"), (Some("trail-bucket".to_owned()), String::new()));
    assert_eq!(place("other-bucket"), (None, String::new()));
    assert_eq!(place("not-trail-bucket"), (None, String::new()));
}

#[test]
fn what_lies_at_a_digest_s_or_a_log_s_name_is_judged() {
    let put = |label: &'static str, bytes: &'static [u8]| move |t: &mut Trail| t.file(label).stored = bytes.to_vec();
    let lost = "A unlisted in-gap";
    check(THREE, put("13:00", b""), 1, &format!("13:00 invalid truncated\n{lost}"));
    check(THREE, put("13:00", b"\x1f"), 1, &format!("13:00 invalid truncated\n{lost}"));
    check(THREE, put("13:00", b"\x1f\x8b\x08\x00rubbish and more of it"), 1, &format!("13:00 invalid corrupt\n{lost}"));
    check(THREE, put("13:00", b"\0\0\0\0"), 1, &format!("13:00 invalid not-gzip\n{lost}"));
    check(THREE, put("13:00", b"{}"), 1, &format!("13:00 invalid malformed stored-uncompressed\n{lost}"));
    check(THREE, put("13:00", b"[]"), 1, &format!("13:00 invalid malformed stored-uncompressed\n{lost}"));
    check(THREE, put("13:00", br#"{"Records":[]}"#), 1, &format!("13:00 invalid malformed stored-uncompressed\n{lost}"));
    check(THREE, put("A", b""), 1, "A invalid truncated");
    check(THREE, put("A", b"\0\0\0\0"), 1, "A invalid not-gzip");
    check(THREE, put("A", b"{}"), 1, "A invalid hash-mismatch stored-uncompressed");
    check(THREE, put("A", b"[{\"eventName\":\"x\",\"eventSource\":\"y\"}]"), 1, "A invalid hash-mismatch stored-uncompressed");
    check(THREE, put("A", b"{\"Records\":[{\"eventName\":"), 1, "A invalid hash-mismatch stored-uncompressed");
}

#[test]
fn events_that_stand_in_two_files_are_noted_and_copies_are_not() {
    let event = |id: &str| {
        format!(
            r#"{{"eventID":"{id}","eventName":"A","eventSource":"b.amazonaws.com","eventTime":"2025-03-10T12:20:00Z","awsRegion":"eu-west-1"}}"#
        )
    };
    let (one, two) = ("11111111-2222-4333-8444-555555555555", "odd id");
    let key = |unique: &str, hour: &str| forge::log_key("111122223333", "eu-west-1", at(hour), unique);
    let mut trail = TrailBuilder::build("12:00 digest\n13:00 digest");
    let (first, second) = (key("aaaaaaaaaaaaaaaa", "12:30"), key("bbbbbbbbbbbbbbbb", "13:30"));
    trail.add(&first, format!(r#"{{"Records":[{},{}]}}"#, event(one), event(two)).as_bytes());
    trail.add("copy.json", &trail.files.last().expect("a log").content.clone());
    trail.add("export.json", format!("[{}]", event(one)).as_bytes());
    let found = |trail: &Trail| support::lines(&Bucket::lay(trail).report(&[]).0, &trail.labels);
    assert_eq!(found(&trail).iter().filter(|line| line.starts_with("duplicate-events")).count(), 0, "{:#?}", found(&trail));
    trail.add(&second, format!(r#"{{"Records":[{},{},{}]}}"#, event(two), event("x"), event(one)).as_bytes());
    trail.labels.insert(second, "second".to_owned());
    assert!(found(&trail).contains(&"duplicate-events second".to_owned()), "{:#?}", found(&trail));
}

#[test]
fn folders_that_do_not_exist_are_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_trailseal")).args(["verify", "/no/such/folder"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(!Path::new("/no/such/folder").exists());
}

#[test]
fn both_streams_are_written_in_the_order_of_the_telling() {
    use std::process::Stdio;
    let mut trail = TrailBuilder::build(THREE);
    trail.flip("A", 30);
    let bucket = Bucket::lay(&trail);
    let path = bucket.0.join("told.txt");
    let told = fs::File::create(&path).expect("a file");
    let error = told.try_clone().expect("a second handle");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailseal"));
    command.arg("verify").arg(bucket.0.join("AWSLogs")).arg(bucket.0.join("keys.json")).arg(bucket.0.join("signatures.json"));
    let status = command.arg("--verbose").stdout(Stdio::from(told)).stderr(Stdio::from(error)).status().expect("it runs");
    assert_eq!(status.code(), Some(1));
    let text = fs::read_to_string(&path).expect("text");
    let places: Vec<_> = ["T130000Z.json.gz\tvalid", "\tINVALID: hash value doesn't match", "T120000Z.json.gz\tvalid", "Results requested"]
        .map(|part| text.find(part))
        .to_vec();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
}

#[test]
fn strict_checking_is_as_hard_as_the_aws_cli_on_each_remark() {
    let strict = |change: &dyn Fn(&mut Trail), code: i32, expected: &str| check_with(THREE, change, &["--strict"], code, expected);
    strict(&|_| {}, 0, "");
    strict(&Trail::flatten, 0, "");
    strict(&|t| t.recompress("A"), 0, "");
    strict(&|t| t.unpack("A"), 1, "A invalid stored-uncompressed stored-uncompressed");
    strict(&|t| t.cut("A", 8), 1, "A invalid container-truncated container-truncated");
    strict(&|t| t.rename("A", "x.json.gz"), 1, "A invalid moved moved");
    strict(&|t| t.unpack("13:00"), 1, "13:00 invalid stored-uncompressed stored-uncompressed\nA unproven digest-unproven");
    strict(&|t| t.copy("A", "copies/one.json.gz"), 1, "A invalid moved moved duplicate-of:A");
}

#[test]
fn signatures_are_taken_in_every_form() {
    let trail = TrailBuilder::build(THREE);
    let [.., (Some(key), signature)] = trail.signatures.as_slice() else { panic!("signatures") };
    let metadata = format!(r#"{{"signature":"{signature}","signature-algorithm":"SHA256withRSA"}}"#);
    let head = format!(r#"{{"ContentType":"application/json","ContentEncoding":"gzip","Metadata":{metadata}}}"#);
    for form in [
        format!(r#"{{"{key}":{metadata}}}"#),
        format!(r#"{{"s3://trail-bucket/{key}":{metadata}}}"#),
        format!(r#"{{"{key}":{head}}}"#),
        format!("[{head}]"),
        format!("{head}\n{head}"),
        format!(r#"[{{"Key":"{key}","Metadata":{metadata}}}]"#),
        format!(r#"[{{"{key}":{metadata}}},{{"Metadata":{{}}}}]"#),
        head.replace("\"signature", "\"x-amz-meta-signature").replace(signature, &format!(" {} ", signature.to_uppercase())),
    ] {
        let mut bare = trail.clone();
        bare.forget_signatures();
        let bucket = Bucket::lay(&bare);
        bucket.write("given.json", form.as_bytes());
        let given = bucket.0.join("given.json");
        let (report, code) = bucket.report(&["--signatures", given.to_str().expect("text")]);
        assert_eq!((support::lines(&report, &trail.labels), code), (Vec::new(), Some(0)), "{form}");
    }
}

#[test]
fn keys_are_taken_in_every_form() {
    let trail = TrailBuilder::build(THREE);
    let list = trail.keys.clone().expect("keys");
    for form in [
        list.clone(),
        list.replace("PublicKeyList", "publicKeyList"),
        format!("[{list},{list}]"),
        format!("{list}{list}"),
        list.replace("\"2025-02-18T00:00:00+00:00\"", "1739836800.0"),
        list.replace("2025-02-18T00:00:00+00:00", "1739836800"),
        list.replace(signing_key(0).fingerprint(), &signing_key(0).fingerprint().to_uppercase()),
    ] {
        let mut given = trail.clone();
        given.keys = Some(form.clone());
        let (report, code) = Bucket::lay(&given).report(&[]);
        assert_eq!((support::lines(&report, &trail.labels), report.keys.len(), code), (Vec::new(), 2, Some(0)), "{form}");
    }
}

#[test]
fn times_in_and_around_a_log_are_remarked() {
    let log = |delivered: &str, event: &str| {
        let mut chain = forge::Chain::new("111122223333", "eu-west-1", "main", "us-east-1", "trail-bucket");
        let key = forge::log_key("111122223333", "eu-west-1", at(delivered), "aaaaaaaaaaaaaaaa");
        let content = support::log_content("111122223333", "eu-west-1", at(event), "A");
        let entry = forge::LogEntry::of("trail-bucket", &key, &content, (at("12:20"), at("12:20")));
        let digest = chain.forge(signing_key(0), at("12:00"), at("13:00"), vec![entry]);
        let mut trail = TrailBuilder::build("");
        trail.signatures = vec![(Some(digest.key.clone()), digest.signature)];
        trail.add(&digest.key, &digest.content);
        trail.add(&key, &content);
        let bucket = Bucket::lay(&trail);
        let (report, code) = bucket.report(&[]);
        assert_eq!(code, Some(0));
        report.logs.first().expect("the log").remarks.iter().map(|remark| remark.slug()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(log("12:30", "12:20"), "");
    assert_eq!(log("12:55", "12:20"), "");
    assert_eq!(log("13:05", "12:20"), "");
    assert_eq!(log("13:10", "12:20"), "late-delivery");
    assert_eq!(log("12:30", "12:10"), "event-times-differ");
    assert_eq!(log("12:30", "13:01"), "event-time-outside-window event-times-differ");
}
