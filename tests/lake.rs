//! Query results of CloudTrail Lake: what is proven of them, whatever is done to them and in whatever order they come; and their rows.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

mod support;

use std::path::Path;

use proptest::prelude::*;
use support::forge;
use support::signing_key;
use trailseal::integrity::CheckResult;
use trailseal::integrity::PublicKey;
use trailseal::integrity::Verbosity;
use trailseal::integrity::VerdictReport;
use trailseal::integrity::judgement::Asked;
use trailseal::integrity::judgement::Lacking;
use trailseal::integrity::judgement::Strictness;
use trailseal::integrity::lake::LakeSign;
use trailseal::integrity::lake_report::LakeKind;
use trailseal::integrity::sha256::Sha256;
use trailseal::integrity::signature::check;
use trailseal::integrity::signature::check_prehashed;
use trailseal::integrity::standing::Arrival;
use trailseal::integrity::standing::Standing;
use trailseal::integrity::standing::Tone;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::protocol::Answer;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::protocol::RowsRequest;
use trailseal::query::inquiry::Inquiry;
use trailseal::reader::Extractor;
use trailseal::reader::Reader;
use trailseal::table::column::ColumnId;
use trailseal::trail::ids::FileId;

type Files = Vec<(String, Vec<u8>)>;

const FOLDER: &str = "AWSLogs/111122223333/CloudTrail-Lake/Query/2025/03/10/aaaa1111-2222-3333-4444-555566667777";
const TOLD: &str = "# Execution Time: 2025-03-10T12:00:00.000000Z Query Statement: SELECT * FROM x WHERE eventTime >= '2025-01-01'\n";

/// Two result files of three events, their sign file, and the keys: what one gets by `aws s3 cp --recursive`.
fn query() -> Files {
    let header =
        "eventTime,eventName,eventSource,userIdentity,awsRegion,sourceIPAddress,errorCode,eventID,readOnly,requestParameters,resources\n";
    let one = "2025-03-10 11:00:00.000,DeleteBucket,s3.amazonaws.com,\"{type=IAMUser, principalid=AIDA1, arn=arn:aws:iam::111122223333:user/ada, \
               accountid=111122223333, accesskeyid=AKIA1, username=ada, sessioncontext=null}\",eu-west-1,192.0.2.1,AccessDenied,e-1,false,{bucketName=ledger},[]\n";
    let two = "2025-03-10 11:05:00.000,GetObject,s3.amazonaws.com,\"{type=AssumedRole, principalid=AROA1:me, arn=arn:aws:sts::111122223333:assumed-role/reader/me, \
               sessioncontext={sessionissuer={type=Role, username=reader}}}\",eu-west-1,192.0.2.2,,e-2,true,\"{bucketName=ledger, key=a\r\nb}\",\n";
    let three = "2025-03-10 11:06:00.000,ListUsers,iam.amazonaws.com,,us-east-1,,,e-3,true,,\n";
    let results = [
        ("result_1.csv.gz", forge::gzip(format!("{TOLD}{header}{one}{two}").as_bytes())),
        ("result_2.csv.gz", forge::gzip(format!("{TOLD}{header}{three}").as_bytes())),
    ];
    signed(FOLDER, &results)
}

fn signed(folder: &str, results: &[(&str, Vec<u8>)]) -> Files {
    let listed: Vec<(&str, &[u8])> = results.iter().map(|(name, stored)| (*name, stored.as_slice())).collect();
    let completed = support::at("12:00");
    let sign = forge::lake_sign(signing_key(0), "eu-west-1", completed, &listed);
    let mut files: Files = results.iter().map(|(name, stored)| (format!("{folder}/{name}"), stored.clone())).collect();
    files.push((format!("{folder}/result_sign.json"), sign.into_bytes()));
    files.push(("keys.json".to_owned(), support::key_list().into_bytes()));
    files
}

/// Reads the files in this order, all of one report each, and does every check that follows.
fn ledger_in(files: &Files, order: &[usize], asked: Asked) -> Ledger {
    let mut ledger = Ledger::new(asked);
    let named: Vec<Named> =
        (0..).zip(files).map(|(id, (name, stored))| Named { id: FileId(id), name: name.clone(), size: stored.len() as u64 }).collect();
    ledger.expect(&named);
    for at in order {
        let mut reader = Reader::default();
        reader.open(named[*at].id, &named[*at].name, None);
        files[*at].1.chunks(97).for_each(|chunk| reader.push(chunk));
        let (report, rows) = reader.finish();
        for job in ledger.admit(report, rows) {
            let Job::Check(checks) = job else { panic!("only checks follow from a report") };
            ledger.settle(checks.iter().map(check).collect());
        }
    }
    ledger
}

fn ledger(files: &Files) -> Ledger {
    ledger_in(files, &(0..files.len()).collect::<Vec<_>>(), Asked::default())
}

/// `NAME verdict reason remarks`, by the name that the file has now (`-` where it is missing).
fn lines(report: &VerdictReport) -> Vec<String> {
    let base = |source: &str| source.rsplit('/').next().unwrap().to_owned();
    let line = |row: &trailseal::integrity::lake_report::LakeRow| {
        let name = row.source.as_deref().map_or_else(|| format!("-{}", row.name), base);
        let words = row.reason.map(|reason| reason.slug().to_owned()).into_iter().chain(row.remarks.iter().map(|remark| remark.slug()));
        [name, row.verdict.slug().to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = report.lake.iter().map(line).collect();
    lines.sort();
    lines
}

fn judged(files: &Files) -> (Vec<String>, u8) {
    let mut ledger = ledger(files);
    let report = ledger.full_report();
    (lines(&report), report.exit_code())
}

fn change(files: &Files, name: &str, change: impl FnOnce(&mut (String, Vec<u8>))) -> Files {
    let mut files = files.clone();
    change(files.iter_mut().find(|(path, _)| path.ends_with(name)).unwrap());
    files
}

fn without(files: &Files, name: &str) -> Files {
    files.iter().filter(|(path, _)| !path.ends_with(name)).cloned().collect()
}

const R1: &str = "result_1.csv.gz";
const R2: &str = "result_2.csv.gz";
const SIGN: &str = "result_sign.json";
const ALL_VALID: [&str; 3] = ["result_1.csv.gz valid", "result_2.csv.gz valid", "result_sign.json valid"];

#[test]
fn what_lake_wrote_is_proven() {
    assert_eq!(judged(&query()), (ALL_VALID.map(str::to_owned).to_vec(), 0));
}

#[test]
fn every_way_to_change_it_has_its_verdict() {
    let whole = query();
    let content = |name: &str| support::inflate(&whole.iter().find(|(path, _)| path.ends_with(name)).unwrap().1, 4096).1;
    let text = |name: &str| String::from_utf8(content(name)).unwrap();
    let sign = |edit: &dyn Fn(String) -> String| {
        change(&whole, SIGN, |(_, stored)| *stored = edit(String::from_utf8(stored.clone()).unwrap()).into_bytes())
    };
    let check = |what: &str, files: Files, expected: &[&str], code: u8| {
        let (lines, exit) = judged(&files);
        assert_eq!((lines, exit), (expected.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>(), code), "{what}");
    };
    let altered = change(&whole, R1, |(_, stored)| *stored = forge::gzip(text(R1).replace("AccessDenied", "").as_bytes()));
    check("altered", altered, &["result_1.csv.gz invalid hash-mismatch", "result_2.csv.gz valid", "result_sign.json valid"], 1);
    let recompressed = change(&whole, R1, |(_, stored)| {
        let mut packed = forge::gzip(&content(R1));
        packed[9] = 3;
        *stored = packed;
    });
    check("recompressed", recompressed, &["result_1.csv.gz invalid hash-mismatch", "result_2.csv.gz valid", "result_sign.json valid"], 1);
    let renamed = change(&whole, R1, |(path, _)| *path = format!("{FOLDER}/evidence.bin"));
    check("renamed", renamed, &["evidence.bin valid moved", "result_2.csv.gz valid", "result_sign.json valid"], 0);
    let swapped = change(
        &change(&change(&whole, R1, |(path, _)| path.push('x')), R2, |(path, _)| *path = format!("{FOLDER}/{R1}")),
        "gzx",
        |(path, _)| {
            *path = format!("{FOLDER}/{R2}");
        },
    );
    check("swapped names", swapped, &["result_1.csv.gz valid moved", "result_2.csv.gz valid moved", "result_sign.json valid"], 0);
    check("removed", without(&whole, R2), &["-result_2.csv.gz missing not-found", "result_1.csv.gz valid", "result_sign.json valid"], 1);
    let unpacked = change(&whole, R1, |(path, stored)| (*path, *stored) = (format!("{FOLDER}/result_1.csv"), content(R1)));
    check("unpacked", unpacked, &["result_1.csv unproven stored-uncompressed", "result_2.csv.gz valid", "result_sign.json valid"], 3);
    let unpacked_in_place = change(&whole, R1, |(_, stored)| *stored = content(R1));
    check(
        "unpacked under its name",
        unpacked_in_place,
        &["result_1.csv.gz unproven stored-uncompressed", "result_2.csv.gz valid", "result_sign.json valid"],
        3,
    );
    let cut = change(&whole, R1, |(_, stored)| stored.truncate(60));
    check("cut off", cut, &["result_1.csv.gz invalid hash-mismatch", "result_2.csv.gz valid", "result_sign.json valid"], 1);
    let unproven = ["result_1.csv.gz unproven digest-unproven", "result_2.csv.gz unproven digest-unproven"];
    let with = |line: &'static str| [unproven[0], unproven[1], line];
    check("no key", without(&whole, "keys.json"), &with("result_sign.json unproven key-unknown"), 3);
    let other_key = sign(&|text| text.replace(signing_key(0).fingerprint(), signing_key(1).fingerprint()));
    check("another key", other_key, &with("result_sign.json invalid signature-mismatch"), 1);
    check(
        "no hex",
        sign(&|text| text.replace("\"hashSignature\" : \"", "\"hashSignature\" : \"x")),
        &with("result_sign.json invalid signature-malformed"),
        1,
    );
    let broken = sign(&|text| text.replace("\"files\"", "\"filez\""));
    check(
        "broken",
        broken,
        &["result_1.csv.gz unlisted no-chain", "result_2.csv.gz unlisted no-chain", "result_sign.json invalid malformed"],
        1,
    );
    check(
        "no JSON",
        sign(&|_| "rubbish".to_owned()),
        &["result_1.csv.gz unlisted no-chain", "result_2.csv.gz unlisted no-chain", "result_sign.json invalid malformed"],
        1,
    );
    check(
        "sign file alone",
        without(&without(&whole, R1), R2),
        &["-result_1.csv.gz missing not-found", "-result_2.csv.gz missing not-found", "result_sign.json valid"],
        1,
    );
    check("results alone", without(&whole, SIGN), &["result_1.csv.gz unlisted no-chain", "result_2.csv.gz unlisted no-chain"], 3);
    // Names, Region and time are not signed.
    check(
        "another time",
        sign(&|text| text.replace("2025-", "2024-").replace("eu-west-1", "x")),
        &["result_1.csv.gz valid", "result_2.csv.gz valid", "result_sign.json valid key-validity"],
        0,
    );
    let mut more = whole.clone();
    more.push((format!("{FOLDER}/result_3.csv.gz"), forge::gzip(b"eventID\nx\n")));
    check(
        "one more",
        more,
        &["result_1.csv.gz valid", "result_2.csv.gz valid", "result_3.csv.gz unlisted no-chain", "result_sign.json valid"],
        3,
    );
}

/// A file taken out of the list, and the list turned round: both change what was signed.
#[test]
fn the_list_itself_cannot_be_changed() {
    let whole = query();
    let edited = |edit: &dyn Fn(&mut Vec<serde_json::Value>)| {
        change(&whole, SIGN, |(_, stored)| {
            let mut sign: serde_json::Value = serde_json::from_slice(stored).unwrap();
            edit(sign["files"].as_array_mut().unwrap());
            *stored = serde_json::to_vec(&sign).unwrap();
        })
    };
    for files in [edited(&|files| drop(files.pop())), edited(&|files| files.reverse())] {
        assert_eq!(judged(&files).0.last().unwrap(), "result_sign.json invalid signature-mismatch");
    }
    let empty = edited(&|files| files.clear());
    assert!(judged(&empty).0.contains(&"result_sign.json invalid malformed".to_owned()));
    // The names are anyone's; the hashes are not.
    let renamed = edited(&|files| files[0]["fileName"] = "other.csv.gz".into());
    assert_eq!(judged(&renamed).0, ["result_1.csv.gz valid moved", "result_2.csv.gz valid", "result_sign.json valid"]);
}

/// The keys sign digests too, whose bucket and prefix are anyone's to choose: such a string is no list of hashes, whatever its signature.
#[test]
fn what_was_signed_for_a_digest_is_no_list_of_hashes() {
    let planted = forge::gzip(b"eventID\nplanted\n");
    let hash = forge::sha256(&planted);
    let string = format!("2025-03-10T12:00:00Z\nbucket/a {hash} b/AWSLogs/key\n{}\nnull", forge::sha256(b"digest"));
    let signature = signing_key(0).sign(string.as_bytes());
    let entries: Vec<_> = string.split(' ').map(|hash| serde_json::json!({"fileHashValue": hash, "fileName": R1})).collect();
    let sign = serde_json::json!({"files": entries, "hashSignature": signature, "publicKeyFingerprint": signing_key(0).fingerprint()});
    let files = vec![
        (format!("{FOLDER}/{R1}"), planted),
        (format!("{FOLDER}/{SIGN}"), sign.to_string().into_bytes()),
        ("keys.json".to_owned(), support::key_list().into_bytes()),
    ];
    assert_eq!(judged(&files), (vec!["result_1.csv.gz unlisted no-chain".to_owned(), "result_sign.json invalid malformed".to_owned()], 1));
}

/// Whatever lies at a log's place is judged as that log.
#[test]
fn a_result_at_a_log_s_place_is_not_that_log() {
    let trail = support::TrailBuilder::build("12:00 log A\n13:00 digest\n14:00 digest");
    for stored in [query()[0].1.clone(), query()[2].1.clone()] {
        let mut files: Files = trail.files.iter().map(|file| (file.path.clone(), file.stored.clone())).collect();
        files[0].1 = stored;
        files.push(("keys.json".to_owned(), support::key_list().into_bytes()));
        let report = ledger(&files).full_report();
        assert_eq!((report.logs[0].verdict.slug(), report.logs[0].reason.map(|reason| reason.slug())), ("invalid", Some("hash-mismatch")));
    }
}

#[test]
fn folders_of_several_queries_do_not_mix() {
    let other = signed("elsewhere/bbbb", &[(R1, forge::gzip(b"eventID,eventName\ne-9,Other\n"))]);
    let mut files = query();
    files.extend(other.clone());
    let (lines, code) = judged(&files);
    assert_eq!((lines.iter().filter(|line| line.ends_with(" valid")).count(), lines.len(), code), (5, 5, 0));
    // The same names in both: the one that is changed is found among them.
    let tampered = change(&files, "bbbb/result_1.csv.gz", |(_, stored)| *stored = forge::gzip(b"eventID,eventName\ne-9,Another\n"));
    let mut ledger = ledger(&tampered);
    let report = ledger.full_report();
    let invalid: Vec<_> = report.lake.iter().filter(|row| row.verdict.slug() == "invalid").map(|row| row.source.clone().unwrap()).collect();
    assert_eq!(invalid, ["elsewhere/bbbb/result_1.csv.gz"]);
    // Without folders, as a browser gives files: matched by hash all the same.
    let flat: Files = files.iter().map(|(path, stored)| (path.rsplit('/').next().unwrap().to_owned(), stored.clone())).collect();
    assert_eq!(judged(&flat).1, 0);
}

#[test]
fn strict_is_as_strict_as_the_aws_cli() {
    let files = change(&query(), R1, |(path, _)| *path = format!("{FOLDER}/renamed.csv.gz"));
    let asked = Asked { strictness: Strictness::Strict, ..Asked::default() };
    let report = ledger_in(&files, &[0, 1, 2, 3], asked).full_report();
    assert_eq!(lines(&report)[0], "renamed.csv.gz invalid moved moved");
}

#[test]
fn the_text_has_the_aws_cli_s_sentences() {
    let told = |files: &Files| {
        let (out, error) = ledger(files).full_report().text(Verbosity::Verbose);
        out + &error
    };
    let whole = query();
    assert!(told(&whole).contains("Successfully validated sign and query result files\n"));
    let altered = told(&change(&whole, R2, |(_, stored)| *stored = forge::gzip(b"x")));
    let got = forge::sha256(&forge::gzip(b"x"));
    assert!(altered.contains("ValidationError: File result_2.csv.gz has inconsistent hash value with hash value recorded in sign file, hash value in sign file is "));
    assert!(altered.contains(&format!(" , but get {got}")) && !altered.contains("Successfully validated"), "{altered}");
    let broken = change(&whole, SIGN, |(_, stored)| {
        let other = forge::sha256(b"other");
        let text = String::from_utf8(stored.clone()).unwrap();
        let listed = text.split("\"fileHashValue\" : \"").nth(1).unwrap()[..64].to_owned();
        *stored = text.replace(&listed, &other).into_bytes();
    });
    assert!(told(&broken).contains("ValidationError: Invalid signature in sign file"));
    let fingerprint = signing_key(0).fingerprint();
    assert!(told(&without(&whole, "keys.json")).contains(&format!("No public keys found for key with fingerprint: {fingerprint}")));
}

#[test]
fn the_report_has_lake_only_where_there_is_some() {
    let json = serde_json::to_value(ledger(&query()).full_report()).unwrap();
    assert_eq!(json["format"], "trailseal-verdicts/1");
    let row = json["lake"].as_array().unwrap().iter().find(|row| row["name"] == R1).unwrap().clone();
    assert_eq!((row["kind"].as_str(), row["verdict"].as_str(), row["events"].as_u64()), (Some("result-file"), Some("valid"), Some(2)));
    assert_eq!((row["region"].as_str(), &row["expectedSha256"]), (Some("eu-west-1"), &row["actualSha256"]));
    assert_eq!(row["listedBy"][0].as_str(), Some(format!("{FOLDER}/{SIGN}").as_str()));
    assert_eq!(json["logs"].as_array().map(Vec::len), Some(0));
    let none = serde_json::to_value(ledger(&vec![("keys.json".to_owned(), support::key_list().into_bytes())]).full_report()).unwrap();
    assert!(none.get("lake").is_none());
    let report: VerdictReport = serde_json::from_value(json).unwrap();
    assert_eq!(report.lake.iter().filter(|row| row.kind == LakeKind::SignFile).count(), 1);
}

fn standing(files: &Files) -> Standing {
    let mut ledger = ledger(files);
    let rows = ledger.progress().rows;
    Standing::of(ledger.judgement(), Arrival::Complete, rows)
}

#[test]
fn the_banner_speaks_of_query_results() {
    let whole = query();
    let proven = standing(&whole);
    assert_eq!(
        (proven.tone, proven.headline.as_str()),
        (Tone::Proven, "All 2 query results of CloudTrail Lake are proven to be unchanged")
    );
    assert!(
        proven
            .detail
            .starts_with("2 of 2 query result files and 1 of 1 sign file of CloudTrail Lake are verified, 3 of 3 events with them."),
        "{}",
        proven.detail
    );
    let one_gone = standing(&without(&whole, R2));
    assert_eq!((one_gone.tone, one_gone.exceptions[0].text.as_str()), (Tone::Broken, "1 query result not found"));
    let alone = standing(&without(&whole, SIGN));
    assert_eq!(alone.headline, "Nothing is proven: there is no sign file of these query results among the files");
    let no_key = standing(&without(&whole, "keys.json"));
    assert_eq!((no_key.tone, no_key.headline.as_str()), (Tone::Open, "Nothing is proven: no public key was given"));
    for standing in [proven, one_gone, alone, no_key] {
        assert!(!standing.headline.contains("digest") && !standing.detail.contains("digest"), "{standing:?}");
    }
    let mut ledger = ledger(&without(&whole, "keys.json"));
    let lacking = ledger.judgement().lacking.clone();
    let fingerprint = signing_key(0).fingerprint().to_owned();
    let completed = trailseal::trail::Timestamp::from_seconds(support::at("12:00"));
    assert_eq!(lacking, [Lacking::LakeKey { region: "eu-west-1".to_owned(), fingerprint, completed: Some(completed) }]);
}

/// The rows of the table: time, verdict and these cells.
fn rows(ledger: &mut Ledger, columns: &[ColumnId]) -> Vec<String> {
    let request = RowsRequest { inquiry: Inquiry::default(), start: 0, count: 100, columns: columns.to_vec() };
    let Reply::Now(Answer::Rows(rows)) = ledger.answer(0, Question::Rows(request)) else { panic!("rows") };
    rows.rows
        .iter()
        .map(|row| format!("{} {} {}", row.time.map(|time| time.to_string()).unwrap_or_default(), row.verdict.slug(), row.cells.join("|")))
        .collect()
}

#[test]
fn lines_are_events_like_any_other() {
    let mut ledger = ledger(&query());
    let columns = [
        ColumnId::EventName,
        ColumnId::UserName,
        ColumnId::UserIdentityType,
        ColumnId::Outcome,
        ColumnId::ResourceName,
        ColumnId::AwsRegion,
    ];
    assert_eq!(
        rows(&mut ledger, &columns),
        [
            "2025-03-10T11:06:00Z valid ListUsers|||Success||us-east-1",
            "2025-03-10T11:05:00Z valid GetObject|reader / me|AssumedRole|Success|ledger/a\r\nb|eu-west-1",
            "2025-03-10T11:00:00Z valid DeleteBucket|ada|IAMUser|Denied|ledger|eu-west-1",
        ]
    );
}

#[test]
fn a_line_is_found_again_in_its_file_and_shown_as_json() {
    let files = query();
    let mut ledger = ledger(&files);
    for (row, name) in [(0, "DeleteBucket"), (1, "GetObject"), (2, "ListUsers")] {
        let row = trailseal::trail::RowId(row);
        let Reply::Now(Answer::Detail(Some(detail))) = ledger.answer(1, Question::Detail(row)) else { panic!("a detail") };
        assert_eq!((detail.source.kind.as_str(), detail.source.listed_by.len()), ("query result", 1));
        assert!(detail.source.fingerprint.is_some());
        let Reply::Ask(Job::Extract(job)) = ledger.answer(2, Question::Record(row)) else { panic!("a job") };
        let stored = &files[detail.file.index()].1;
        assert_eq!(detail.source.sha256, Some(forge::sha256(stored)));
        let mut extractor = Extractor::new(job);
        assert!(stored.chunks(5).all(|chunk| extractor.push(chunk).is_continue()));
        let (_, record) = extractor.finish();
        let json: serde_json::Value = serde_json::from_str(&record.json.unwrap()).unwrap();
        assert_eq!((json["eventName"].as_str(), record.file), (Some(name), trailseal::protocol::Compared::Same));
    }
}

#[test]
fn an_aggregate_has_no_events_and_says_so() {
    let stored = forge::gzip(b"eventName,_col1\nDeleteBucket,3\nGetObject,4\n");
    let mut ledger = ledger(&signed(FOLDER, &[(R1, stored)]));
    assert_eq!(ledger.progress().rows, 0);
    let Reply::Now(Answer::Problems(problems)) = ledger.answer(0, Question::Problems) else { panic!("the problems") };
    assert!(problems[0].what.contains("(eventName, _col1) have neither eventTime nor eventID: its 2 lines are no events"), "{problems:?}");
    assert_eq!(ledger.full_report().exit_code(), 0);
}

#[test]
fn no_line_is_lost_to_odd_bytes() {
    let text =
        b"\xef\xbb\xbfEVENTID,eventName,eventname,mine\r\n1,A,,x\r\n\"2\",\"B\nC\"\r\n3,D,,x,more\r\n4,\xff,,\r\n\r\n#5,E,,".to_vec();
    let mut ledger = ledger(&signed(FOLDER, &[(R1, forge::gzip(&text))]));
    let names = rows(&mut ledger, &[ColumnId::EventName]);
    assert_eq!(names, [" valid E", " valid \u{fffd}", " valid D", " valid B\nC", " valid A"]);
    let Reply::Now(Answer::Problems(problems)) = ledger.answer(0, Question::Problems) else { panic!("the problems") };
    let said: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
    assert!(said[0].starts_with("2 of 5 lines have more or fewer") && said[1].starts_with("1 of 5 lines hold bytes"), "{said:?}");
}

#[test]
fn an_identity_taken_apart_and_an_event_of_another_source_are_events_too() {
    let apart = forge::gzip(b"eventID,arn,username,type\n1,arn:aws:iam::1:user/ada,ada,IAMUser\n");
    let other = forge::gzip(
        b"eventID,eventData\n2,\"{eventname=Login, eventsource=mine, useridentity={type=Mine, principalid=eve}, errorcode=500}\"\n",
    );
    let mut ledger = ledger(&signed(FOLDER, &[(R1, apart), (R2, other)]));
    let columns = [ColumnId::EventName, ColumnId::UserName, ColumnId::UserIdentityArn, ColumnId::Outcome];
    let mut rows = rows(&mut ledger, &columns);
    rows.sort();
    assert_eq!(rows, [" valid Login|eve|eve|Failure", " valid |ada|arn:aws:iam::1:user/ada|Success"]);
}

#[test]
fn logs_beside_results_stay_what_they_are() {
    let trail = support::TrailBuilder::build("12:00 log A\n13:00 digest\n14:00 digest");
    let mut files = query();
    files.extend(trail.files.iter().map(|file| (file.path.clone(), file.stored.clone())));
    let report = ledger(&files).full_report();
    assert_eq!((report.logs.len(), report.logs[0].verdict.slug()), (1, "valid"));
    assert_eq!(lines(&report), ALL_VALID);
    assert!(standing(&files).headline.starts_with("Proven from"));
}

#[test]
fn a_csv_that_is_not_lake_s_is_passed_over() {
    let mut ledger = ledger(&vec![("licenses.csv".to_owned(), b"name,license\nserde,MIT\n".to_vec())]);
    let report = ledger.full_report();
    assert_eq!(
        (report.lake.len(), report.exit_code(), report.ignored[0].why.as_str()),
        (0, 2, "it is CSV, but no query result of CloudTrail Lake")
    );
}

/// The vector of the AWS CLI's own tests: a real signature by a key whose fingerprint in the sign file is made up.
#[test]
fn the_aws_cli_s_own_vector() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/lake");
    let read = |name: &str| std::fs::read(folder.join(name));
    // The key stands in the list of vectors; the `.der` beside the files is another one.
    let (Ok(sign), Ok(csv), Ok(list)) = (read(SIGN), read(R1), std::fs::read(folder.join("../vectors.json"))) else {
        eprintln!("SKIPPED: no vector of CloudTrail Lake beside the repository (../shared/vectors/lake)");
        return;
    };
    let list: serde_json::Value = serde_json::from_slice(&list).unwrap();
    let listed = format!(r#"{{"Value":"{}","Fingerprint":"00"}}"#, list["lake"]["public_key"].as_str().unwrap());
    let der = PublicKey::parse_list(listed.as_bytes()).unwrap().remove(0).value_der;
    let parsed = LakeSign::parse(&sign).unwrap();
    let hash = Sha256::of(parsed.string_to_sign().as_bytes());
    assert_eq!(check_prehashed(&der, &hash, &parsed.signature), CheckResult::Holds);
    assert_eq!(check_prehashed(&der, &Sha256::of(b"x"), &parsed.signature), CheckResult::Fails);

    let honest = md5(&der);
    let list = |fingerprint: &str| {
        format!(r#"{{"PublicKeyList":[{{"Value":"{}","Fingerprint":"{fingerprint}"}}]}}"#, forge::base64(&der)).into_bytes()
    };
    let files = |sign: Vec<u8>, keys: Vec<u8>| -> Files {
        vec![("q/result_1.csv.gz".to_owned(), csv.clone()), ("q/result_sign.json".to_owned(), sign), ("keys.json".to_owned(), keys)]
    };
    // The key of that fingerprint does not have it: proves nothing here.
    let made_up = judged(&files(sign.clone(), list(&parsed.fingerprint)));
    assert_eq!(
        made_up,
        (vec!["result_1.csv.gz unproven digest-unproven".to_owned(), "result_sign.json unproven key-unusable".to_owned()], 3)
    );
    // The fingerprint is not signed: with the key's own in its place, everything holds.
    let corrected = String::from_utf8(sign).unwrap().replace(&parsed.fingerprint, &honest).into_bytes();
    let files = files(corrected, list(&honest));
    assert_eq!(judged(&files), (vec!["result_1.csv.gz valid".to_owned(), "result_sign.json valid".to_owned()], 0));
    let mut ledger = ledger(&files);
    let first = rows(
        &mut ledger,
        &[ColumnId::EventName, ColumnId::EventSource, ColumnId::UserIdentityType, ColumnId::SourceIpAddress, ColumnId::AwsRegion],
    );
    assert!(first[0].starts_with("2022-05-19T21:51:39Z valid eb458333-4ff1-47ee-84b3-e767de65255b|fake"), "{}", first[0]);
    assert!(first[0].ends_with("|AssumedRole|127.0.0.1|us-south-3"), "{}", first[0]);
    let lines = support::inflate(&csv, 4096).1.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(first.len(), lines - 2, "every line but the query and the header");
}

/// As a person runs it: the folder as `aws s3 cp --recursive` leaves it.
#[test]
fn the_command_line_reads_a_folder_of_them() {
    let folder = std::env::temp_dir().join(format!("trailseal-lake-{}", std::process::id()));
    let run = |files: &Files| {
        let _ = std::fs::remove_dir_all(&folder);
        for (name, stored) in files {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, stored).unwrap();
        }
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_trailseal")).arg("verify").arg(&folder).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
    };
    let whole = query();
    let (code, text) = run(&whole);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Successfully validated sign and query result files"), "{text}");
    assert_eq!(run(&without(&whole, R1)).0, Some(1));
    assert_eq!(run(&without(&whole, SIGN)).0, Some(3));
    let (code, text) = run(&vec![("notes.csv".to_owned(), b"a,b\n".to_vec())]);
    assert!(code == Some(2) && text.contains("no query result of CloudTrail Lake"), "{text}");
    let _ = std::fs::remove_dir_all(&folder);
}

fn md5(der: &[u8]) -> String {
    trailseal::integrity::keys::md5_hex(der)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_of_arrival_changes_nothing(order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(), tampered in any::<bool>()) {
        let mut files = query();
        files.extend(signed("other", &[("result_1.csv.gz", forge::gzip(b"eventID\nz\n")), ("result_9.csv.gz", files[0].1.clone())]));
        if tampered {
            files = change(&without(&files, "other/result_9.csv.gz"), R2, |(_, stored)| *stored = forge::gzip(b"eventID\ny\n"));
        }
        let order: Vec<usize> = order.into_iter().filter(|at| *at < files.len()).collect();
        let straight: Vec<usize> = (0..files.len()).collect();
        let report = |order: &[usize]| serde_json::to_value(ledger_in(&files, order, Asked::default()).full_report()).unwrap();
        prop_assert_eq!(report(&order), report(&straight));
    }

    #[test]
    fn any_csv_is_read_without_a_panic_and_no_line_is_lost(lines in prop::collection::vec("[a\"{}=, \\[\\]]{0,12}", 0..12)) {
        let quoted: Vec<String> = lines.iter().map(|text| format!("x,\"{}\"\r\n", text.replace('"', "\"\""))).collect();
        let text = format!("eventID,userIdentity\r\n{}", quoted.concat());
        let ledger = ledger(&signed(FOLDER, &[(R1, forge::gzip(text.as_bytes()))]));
        prop_assert_eq!(ledger.progress().rows, lines.len() as u64);
    }
}
