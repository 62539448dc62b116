//! What the ledger answers about a chosen stretch, its gaps and its files; on a trail that someone switched off for a while.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

mod support;

use support::forge;
use support::forge::Chain;
use support::forge::LogEntry;
use trailseal::integrity::WindowState;
use trailseal::integrity::judgement::Asked;
use trailseal::integrity::report::GapCause;
use trailseal::integrity::signature::check;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::protocol::Answer;
use trailseal::protocol::FilesRequest;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::Proof;
use trailseal::protocol::Question;
use trailseal::protocol::Stretch;
use trailseal::reader::Reader;
use trailseal::trail::TimeRange;
use trailseal::trail::Timestamp;
use trailseal::trail::ids::ChainId;
use trailseal::trail::ids::FileId;

const START: i64 = 1_741_600_800;
const HOUR: i64 = 3600;

fn event(time: i64, source: &str, name: &str, region: &str, request: &str) -> String {
    format!(
        r#"{{"eventTime":"{}","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"{region}","recipientAccountId":"{}","eventID":"{name}-{time}","sourceIPAddress":"203.0.113.9","userIdentity":{{"type":"IAMUser","userName":"mallory","accessKeyId":"AKIAEXAMPLE"}},"requestParameters":{request}}}"#,
        forge::iso(time),
        support::ACCOUNT
    )
}

/// Eight hours with three between them of which nothing is known; `events` are in the log of the last hour before.
fn files(events: &[String]) -> Vec<(String, Vec<u8>)> {
    let mut chain = Chain::new(support::ACCOUNT, support::REGION, support::TRAIL, support::HOME, support::BUCKET);
    let (mut files, mut signatures) = (Vec::new(), Vec::new());
    for hour in [0, 1, 2, 6, 7] {
        let (start, end) = (START + hour * HOUR, START + (hour + 1) * HOUR);
        let mut logs = Vec::new();
        if hour == 2 {
            let key = forge::log_key(support::ACCOUNT, support::REGION, end, "xxxxxxxxxxxxxxxx");
            let content = format!("{{\"Records\":[{}]}}", events.join(",")).into_bytes();
            logs.push(LogEntry::of(support::BUCKET, &key, &content, (start, end)));
            files.push((key, forge::gzip(&content)));
        }
        let forged = chain.forge(support::signing_key(0), start, end, logs);
        if hour == 2 {
            chain.previous = None;
        }
        signatures.push((forged.key.clone(), forged.signature.clone()));
        files.push((forged.key, forged.file));
    }
    let keys = forge::list_public_keys(&[(support::signing_key(0), START - HOUR, START + 100 * HOUR)], None);
    files.push(("keys.json".to_owned(), keys.into_bytes()));
    let rows = signatures.iter().map(|(key, signature)| (key.as_str(), signature.as_str()));
    files.push(("signatures.json".to_owned(), forge::signatures_file(rows, None).into_bytes()));
    files
}

fn ledger(files: &[(String, Vec<u8>)]) -> Ledger {
    let mut ledger = Ledger::new(Asked::default());
    let mut reader = Reader::default();
    for (id, (name, bytes)) in (0..).map(FileId).zip(files) {
        ledger.expect(&[Named { id, name: name.clone(), size: bytes.len() as u64 }]);
        reader.open(id, name, None);
        reader.push(bytes);
        reader.close();
    }
    let (report, rows) = reader.finish();
    let mut jobs = ledger.admit(report, rows);
    while let Some(job) = jobs.pop() {
        let Job::Check(checks) = job else { panic!("only checks follow from a report") };
        ledger.settle(checks.iter().map(check).collect());
    }
    ledger
}

fn ask(ledger: &mut Ledger, question: Question) -> Answer {
    match ledger.answer(0, question) {
        Reply::Now(answer) => answer,
        Reply::Ask(_) => panic!("no file is needed for this"),
    }
}

fn proof(ledger: &mut Ledger) -> Proof {
    let Answer::Proof(proof) = ask(ledger, Question::Proof) else { panic!("a proof") };
    *proof
}

fn stretch(ledger: &mut Ledger, (from, until): (i64, i64), chains: &[ChainId]) -> Stretch {
    let range = TimeRange::new(Timestamp::from_seconds(START + from * HOUR), Timestamp::from_seconds(START + until * HOUR));
    let Answer::Stretch(stretch) = ask(ledger, Question::Stretch(range, chains.to_vec())) else { panic!("a stretch") };
    *stretch
}

fn switched_off() -> Vec<String> {
    let trail = format!(r#"{{"name":"{}"}}"#, support::TRAIL);
    let bucket = format!(r#"{{"bucketName":"{}"}}"#, support::BUCKET);
    let end = START + 3 * HOUR;
    vec![
        event(end - 90, "cloudtrail", "StopLogging", support::REGION, &trail),
        event(end - 80, "s3", "DeleteBucketPolicy", "us-west-2", &bucket),
        event(end - 70, "cloudtrail", "StopLogging", "ap-south-1", &trail),
        event(end - 2 * HOUR, "cloudtrail", "UpdateTrail", support::REGION, &trail),
        event(end - 60, "ec2", "RunInstances", support::REGION, "{}"),
    ]
}

#[test]
fn a_gap_has_what_was_done_near_it_by_whom_and_whether_that_is_proven() {
    let proof = proof(&mut ledger(&files(&switched_off())));
    let [gap] = proof.gaps.as_slice() else { panic!("one gap: {:?}", proof.gaps) };
    assert_eq!((gap.cause, gap.range.millis()), (GapCause::Stopped, 3 * HOUR * 1000));
    let told: Vec<_> = gap
        .nearby
        .iter()
        .map(|event| format!("{} {} {} {}", event.cells[0], event.cells[2], event.cells[4], event.verdict.slug()))
        .collect();
    assert_eq!(told, ["StopLogging mallory 203.0.113.9 valid", "DeleteBucketPolicy mallory 203.0.113.9 valid"]);
    assert!(gap.nearby[0].cells[6].starts_with("StopLogging-") && gap.more == 0);
}

#[test]
fn a_gap_that_nothing_was_done_near_says_so_by_its_silence() {
    let proof = proof(&mut ledger(&files(&[])));
    assert_eq!(proof.gaps.iter().map(|gap| gap.nearby.len()).collect::<Vec<_>>(), [0]);
}

#[test]
fn a_cell_is_told_with_its_digest_its_logs_and_what_to_do() {
    let mut files = files(&switched_off());
    let log = files.iter_mut().find(|(name, _)| name.contains("/CloudTrail/")).unwrap();
    log.1 = br#"{"Records":[]}"#.to_vec();
    let mut ledger = ledger(&files);
    let chain = proof(&mut ledger).chains[0].chain.clone();
    let one = stretch(&mut ledger, (2, 3), std::slice::from_ref(&chain));
    let [window] = one.windows.as_slice() else { panic!("one window: {:?}", one.windows) };
    assert_eq!((window.state, window.listed), (WindowState::InvalidInside, 1));
    assert!(window.files[0].name.contains("CloudTrail-Digest"));
    assert_eq!(window.files[1].reason.as_deref(), Some("hash-mismatch"));
    assert!(window.remedy.as_ref().unwrap().contains("list-object-versions"));
    let whole = stretch(&mut ledger, (0, 8), &[]);
    assert_eq!(whole.windows.len(), 6);
    assert_eq!(whole.windows[0].state, WindowState::InvalidInside, "the worst come first");
    assert_eq!((whole.windows[1].state, whole.gaps.len()), (WindowState::Gap, 1));
    assert!(whole.windows[1].cause.contains("logging, or the validation of log files, was off"));
    let text = &whole.sentences[0].text;
    assert!(text.contains("5 digests are proven, but they are not an unbroken chain") && text.contains("1 not as signed"), "{text}");
}

#[test]
fn files_are_listed_by_verdict_and_reason() {
    let mut files = files(&switched_off());
    files.retain(|(name, _)| !name.contains("/CloudTrail/") && name != "signatures.json");
    let mut ledger = ledger(&files);
    let mut page = |verdict, reason: Option<&str>| {
        let request = FilesRequest { verdict, reason: reason.map(str::to_owned), start: 0, count: 10 };
        let Answer::Files(page) = ask(&mut ledger, Question::Files(request)) else { panic!("files") };
        page
    };
    let all = page(None, None);
    assert_eq!(all.reasons, [("no-signature".to_owned(), 2)]);
    let some = page(None, Some("no-signature"));
    assert_eq!((some.many, some.rows.len()), (2, 2));
    assert!(some.rows.iter().all(|row| row.reason.as_deref() == Some("no-signature")));
}

#[test]
fn keys_say_which_digests_they_prove() {
    let proof = proof(&mut ledger(&files(&[])));
    let [used] = proof.key_uses.as_slice() else { panic!("one key: {:?}", proof.key_uses) };
    assert_eq!((used.digests, used.span.millis()), (5, 8 * HOUR * 1000));
}
