//! The report's shape: its JSON to the letter, its text in the AWS CLI's sentences, what belongs to a range, what waits.

mod support;

use support::Trail;
use support::TrailBuilder;
use support::instant;
use trailseal::integrity::Evidence;
use trailseal::integrity::Lacking;
use trailseal::integrity::Stage;
use trailseal::integrity::Verbosity;
use trailseal::integrity::Verdict;
use trailseal::integrity::VerdictReport;
use trailseal::integrity::WindowState;
use trailseal::trail::FileId;

const THREE: &str = "12:00 digest\n12:30 log A\n13:00 digest\n13:30 log B\n14:00 digest";

fn built(change: impl FnOnce(&mut Trail)) -> Trail {
    let mut trail = TrailBuilder::build(THREE);
    change(&mut trail);
    trail
}

#[test]
fn the_json_has_the_fields_of_the_contract_in_their_order() {
    let report = built(|t| t.drop("A")).judge().report;
    let json = serde_json::to_string(&report).expect("JSON");
    let parts =
        [",\"summary\":{", ",\"keys\":[{", "],\"chains\":[{", "],\"digests\":[{", "],\"logs\":[{", "],\"findings\":[", "],\"ignored\":[]}"];
    let places: Vec<_> = parts.iter().map(|part| json.find(part).expect(part)).collect();
    assert!(places.is_sorted(), "{json}");
    assert!(json.starts_with(r#"{"format":"trailseal-verdicts/1","generator":{"name":"trailseal","version":""#), "{json}");
    assert!(json.contains(
        r#""range":{"start":null,"end":null},"summary":{"digests":{"valid":3,"invalid":0,"missing":0,"unproven":0},"backfillDigests":{"valid":0,"invalid":0,"missing":0,"unproven":0},"logs":{"valid":1,"invalid":0,"missing":1,"unproven":0,"unlisted":0},"events":{"total":1,"valid":1}}"#
    ));
    assert!(json.contains(r#""validFrom":"2025-02-18T00:00:00Z","validTo":"2025-03-20T00:00:00Z","problem":null}"#));
    assert!(json.contains(
        r#""chains":[{"account":"111122223333","region":"eu-west-1","trail":"main","homeRegion":"us-east-1","organization":null,"kind":"hourly","covered":[{"start":"2025-03-10T11:00:00Z","end":"2025-03-10T14:00:00Z","digests":3}],"gaps":[]}]"#
    ));
    let digest = json.split_once("\"digests\":[{").expect("digests").1;
    assert_eq!(
        names(digest),
        ["bucket", "key", "source", "kind", "start", "end", "verdict", "reason", "message", "remarks", "signatureFrom", "keyFingerprint"]
    );
    let log = json.split_once("\"logs\":[{").expect("logs").1;
    assert_eq!(
        names(log),
        ["bucket", "key", "source", "verdict", "reason", "message", "remarks", "listedBy", "expectedSha256", "actualSha256", "events"]
    );
    assert!(log.contains(r#""source":null,"verdict":"missing","reason":"not-found""#));
    assert!(log.contains(r#""actualSha256":null,"events":null}"#));
    let again: VerdictReport = serde_json::from_str(&json).expect("read back");
    assert_eq!(serde_json::to_string(&again).expect("JSON"), json);
}

/// The field names of an object without nested objects, in the order of the text.
fn names(text: &str) -> Vec<&str> {
    let object = text.split_once('}').expect("an end").0;
    object
        .split(",\"")
        .map(|field| field.trim_start_matches('"').split_once("\":").map_or("", |(name, _)| name))
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn rows_are_sorted_by_time() {
    let report = built(|t| t.plant(support::at("10:10"), "X")).judge().report;
    let ends: Vec<_> = report.digests.iter().map(|row| row.end).collect();
    assert!(ends.is_sorted());
    let stamps: Vec<_> = report.logs.iter().filter_map(|row| row.key.as_deref()?.split('_').nth(3)).collect();
    assert_eq!(stamps, ["20250310T1010Z", "20250310T1230Z", "20250310T1330Z"]);
}

#[test]
fn the_text_has_the_sentences_of_the_aws_cli() {
    let (out, error) = built(|t| {
        t.drop("A");
        t.flip("B", 30);
    })
    .judge()
    .report
    .text(Verbosity::Verbose);
    let digest = |hour: &str| {
        format!(
            "Digest file\ts3://trail-bucket/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2025/03/10/111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_20250310T{hour}0000Z.json.gz\tvalid\n"
        )
    };
    let expected = format!(
        "== 111122223333/eu-west-1/main\nValidating log files for trail arn:aws:cloudtrail:us-east-1:111122223333:trail/main between 2025-03-10T11:00:00Z and 2025-03-10T14:00:00Z\n\n{}{}{}Results requested for 2025-03-10T11:00:00Z to 2025-03-10T14:00:00Z\nResults found for 2025-03-10T11:00:00Z to 2025-03-10T14:00:00Z:\n\n3/3 digest files valid\n0/2 log files valid, 2/2 log files INVALID\n",
        digest("14"),
        digest("13"),
        digest("12")
    );
    assert_eq!(out, expected);
    let log = |stamp: &str, label: &str, says: &str| {
        format!(
            "\nLog file\ts3://trail-bucket/AWSLogs/111122223333/CloudTrail/eu-west-1/2025/03/10/111122223333_CloudTrail_eu-west-1_20250310T{stamp}Z_{label}xxxxxxxxxxxxxxx.json.gz\tINVALID: {says}\n\n"
        )
    };
    assert_eq!(error, log("1330", "B", "hash value doesn't match") + &log("1230", "A", "not found"));
}

#[test]
fn brief_text_leaves_out_what_is_valid() {
    let (out, error) = built(|t| t.plant(support::at("12:30"), "X")).judge().report.text(Verbosity::Brief);
    assert!(!out.contains("\tvalid\n"), "{out}");
    assert!(out.contains("3/3 digest files valid\n2/2 log files valid\n"), "{out}");
    assert!(error.contains("\tNOT LISTED: No digest lists it, though digests cover its time. Either"), "{error}");
}

#[test]
fn a_stop_is_told_in_the_cli_s_sentence() {
    let trail = TrailBuilder::build("12:00 digest\n12:20 stop\n15:00 start");
    let (_, error) = trail.judge().report.text(Verbosity::Brief);
    assert_eq!(error, "No log files were delivered by CloudTrail between 2025-03-10T12:20:00Z and 2025-03-10T14:00:00Z\n\n");
}

#[test]
fn a_range_takes_the_digests_that_the_aws_cli_would() {
    let ends = |start: Option<&str>, end: Option<&str>| {
        let trail = built(|t| {
            t.asked.start = start.map(instant);
            t.asked.end = end.map(instant);
        });
        let report = trail.judge().report;
        let clock = |time: Option<trailseal::integrity::report::ReportTime>| {
            time.map(|time| time.to_string()[11..16].to_owned()).unwrap_or_default()
        };
        (report.digests.iter().map(|row| clock(row.end)).collect::<Vec<_>>().join(" "), report.logs.len())
    };
    // By the stamp: not before the start, not an hour after the end.
    assert_eq!(ends(None, None), ("12:00 13:00 14:00".to_owned(), 2));
    assert_eq!(ends(Some("12:30"), None), ("13:00 14:00".to_owned(), 2));
    assert_eq!(ends(Some("13:00"), None), ("13:00 14:00".to_owned(), 2));
    assert_eq!(ends(Some("13:01"), None), ("14:00".to_owned(), 1));
    assert_eq!(ends(None, Some("11:59")), ("12:00".to_owned(), 0));
    assert_eq!(ends(None, Some("12:00")), ("12:00 13:00".to_owned(), 1));
}

#[test]
fn while_files_arrive_nobody_is_accused_of_what_may_still_come() {
    let trail = built(|t| t.flip("A", 30));
    let mut asked = trail.asked;
    asked.stage = Stage::Arriving;
    let mut evidence = Evidence::default();
    for (id, file) in trail.files.iter().enumerate().filter(|(_, file)| file.label != "14:00") {
        evidence.admit(support::read(FileId(u32::try_from(id).expect("few")), &file.path, &file.stored, 99));
    }
    assert!(evidence.judge(&asked).files.iter().flatten().all(|judged| judged.verdict == Verdict::Pending));
    assert_eq!(evidence.judge(&asked).report.exit_code(), 3);

    let mut evidence = trail.evidence(&(0..trail.files.len()).collect::<Vec<_>>());
    let arriving: Vec<_> = evidence.judge(&asked).files.iter().flatten().map(|judged| judged.verdict.slug()).collect();
    assert_eq!(arriving, ["valid", "invalid", "valid", "valid", "valid"]);
    assert!(evidence.take_checks().is_empty());
}

#[test]
fn what_is_lacking_is_named() {
    let trail = built(Trail::forget_signatures);
    let judgement = trail.judge();
    let [Lacking::Signature { digest, .. }] = judgement.lacking.as_slice() else { panic!("{:?}", judgement.lacking) };
    assert_eq!((digest.bucket.as_str(), digest.key.as_str()), (support::BUCKET, trail.key_of("14:00").as_str()));
    let judgement = built(|t| t.keys = None).judge();
    let [Lacking::Key { fingerprint, .. }] = judgement.lacking.as_slice() else { panic!("{:?}", judgement.lacking) };
    assert_eq!(fingerprint, support::signing_key(0).fingerprint());
}

#[test]
fn coverage_says_what_stands_for_each_hour() {
    let states = |text: &str, change: &dyn Fn(&mut Trail)| {
        let mut trail = TrailBuilder::build(text);
        change(&mut trail);
        let judgement = trail.judge();
        let windows = judgement.coverage.into_iter().flat_map(|chain| chain.windows);
        windows.map(|window| (window.start.to_string()[11..16].to_owned(), window.state)).collect::<Vec<_>>()
    };
    let at = |clock: &str, state| (clock.to_owned(), state);
    let five = "10:00 digest\n10:30 log A\n11:00 digest\n12:00 digest\n13:00 digest\n14:00 digest\n15:00 digest";
    assert_eq!(
        states(five, &|t| {
            t.drop("12:00");
            t.drop("13:00");
            t.edit("14:00", "SHA-256", "SHA-255");
            t.drop("A");
        }),
        [
            at("09:00", WindowState::ProvenEmpty),
            at("10:00", WindowState::InvalidInside),
            at("11:00", WindowState::Gap),
            at("13:00", WindowState::Invalid),
            at("14:00", WindowState::ProvenEmpty),
        ]
    );
    assert_eq!(
        states(five, &|t| {
            t.drop("12:00");
            t.drop("13:00");
            t.keep_signatures(&[]);
        }),
        [
            at("09:00", WindowState::ProvenEmpty),
            at("10:00", WindowState::Unproven),
            at("11:00", WindowState::Gap),
            at("12:00", WindowState::Missing),
            at("13:00", WindowState::ProvenEmpty),
            at("14:00", WindowState::Unproven),
        ]
    );
}
