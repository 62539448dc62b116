//! Evidence packs: made as the page makes them, verified alone, tampered with, and never believed beyond what the digests prove.
#![allow(clippy::disallowed_methods)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::io::Read;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::Value;
use support::Trail;
use support::TrailBuilder;
use support::forge;
use trailseal::archive::Method;
use trailseal::archive::NewEntry;
use trailseal::archive::ZipWriter;
use trailseal::export::parts::GivenPack;
use trailseal::export::parts::PackedFile;
use trailseal::export::parts::Part;
use trailseal::export::parts::RowsForm;
use trailseal::export::parts::RowsForms;
use trailseal::export::parts::RowsTextRequest;
use trailseal::export::parts::SealRequest;
use trailseal::export::parts::Sum;
use trailseal::integrity::Verdict;
use trailseal::integrity::VerdictReport;
use trailseal::integrity::check;
use trailseal::integrity::judgement::Asked;
use trailseal::integrity::judgement::WindowState;
use trailseal::integrity::report::FindingCode;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::protocol::Answer;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::protocol::ReportForm;
use trailseal::protocol::RowsRequest;
use trailseal::query::filter::Filter;
use trailseal::query::inquiry::Inquiry;
use trailseal::query::order::Direction;
use trailseal::query::order::Order;
use trailseal::query::order::SortBy;
use trailseal::reader::Reader;
use trailseal::table::column::ColumnId;
use trailseal::trail::ids::FileId;
use trailseal::trail::time::TimeRange;

/// Paths and contents, in the order in which they stand in a zip file.
type Parts = Vec<(String, Vec<u8>)>;

/// Five hours of one chain, two of another Region.
const FIVE: &str = "12:00 digest\n12:30 log A\n13:00 digest\n13:30 log B\n13:40 log C\n14:00 digest\n14:30 log D\n15:00 digest\n16:00 digest\n\
                    region us-east-1\n12:00 digest\n12:30 log E\n13:00 digest\n14:00 digest\n15:00 digest\n16:00 digest";

/// A ledger that has read all of a trail, its keys and its signatures.
fn ledger(trail: &Trail) -> (Ledger, Vec<Vec<u8>>) {
    let mut files: Parts = trail.files.iter().map(|file| (file.path.clone(), file.stored.clone())).collect();
    files.extend(trail.keys.iter().map(|keys| ("keys.json".to_owned(), keys.clone().into_bytes())));
    let named = trail.signatures.iter().filter_map(|(key, signature)| Some((key.as_deref()?, signature.as_str())));
    files.push(("signatures.json".to_owned(), forge::signatures_file(named, None).into_bytes()));
    ledger_of(files)
}

/// A ledger that has read these files, and their stored bytes.
fn ledger_of(files: Parts) -> (Ledger, Vec<Vec<u8>>) {
    let mut ledger = Ledger::new(Asked::default());
    for (id, (name, bytes)) in (0..).map(FileId).zip(&files) {
        ledger.expect(&[Named { id, name: name.clone(), size: bytes.len() as u64 }]);
        let mut reader = Reader::default();
        reader.open(id, name, None);
        reader.push(bytes);
        let (report, rows) = reader.finish();
        let mut jobs = ledger.admit(report, rows);
        while let Some(Job::Check(checks)) = jobs.pop() {
            ledger.settle(checks.iter().map(check).collect());
            jobs.extend(ledger.admit(Default::default(), Default::default()));
        }
    }
    (ledger, files.into_iter().map(|(_, bytes)| bytes).collect())
}

fn ask(ledger: &mut Ledger, question: Question) -> Answer {
    match ledger.answer(0, question) {
        Reply::Now(answer) => answer,
        Reply::Ask(_) => panic!("no file is needed for this"),
    }
}

fn rows(ledger: &mut Ledger, inquiry: &Inquiry, form: RowsForm) -> String {
    let (mut text, mut start) = (String::new(), 0);
    loop {
        let request = RowsTextRequest { inquiry: inquiry.clone(), forms: RowsForms::One(form), start, count: 2 };
        let Answer::RowsText(slice) = ask(ledger, Question::RowsText(request)) else { panic!("rows") };
        assert!(slice.is_ready && slice.texts.len() == 1);
        text.push_str(&slice.texts[0]);
        start += slice.rows;
        if u64::from(start) >= slice.matched {
            return text;
        }
    }
}

/// Both forms at once are the forms one by one, whatever is asked in between.
#[test]
fn both_forms_at_once_are_each_by_itself() {
    let (mut ledger, _) = ledger(&TrailBuilder::build(FIVE));
    for by in [SortBy::Time, SortBy::Column(ColumnId::EventName)] {
        for direction in [Direction::Ascending, Direction::Descending] {
            let inquiry = Inquiry { order: Order { by, direction }, filter: Filter::parse("-verdict:invalid"), ..Inquiry::default() };
            let (csv, json) = (rows(&mut ledger, &inquiry, RowsForm::Csv), rows(&mut ledger, &inquiry, RowsForm::JsonLines));
            let (mut both, mut start) = ([String::new(), String::new()], 0);
            loop {
                let request = RowsTextRequest { inquiry: inquiry.clone(), forms: RowsForms::Both, start, count: 3 };
                let Answer::RowsText(slice) = ask(&mut ledger, Question::RowsText(request)) else { panic!("rows") };
                both.iter_mut().zip(&slice.texts).for_each(|(both, text)| both.push_str(text));
                start += slice.rows;
                // Somebody looks at other rows meanwhile, and another export is given up.
                let other = Inquiry { filter: Filter::parse("verdict:valid"), ..Inquiry::default() };
                let rows = RowsRequest { inquiry: other.clone(), start: 0, count: 5, columns: Vec::new() };
                ask(&mut ledger, Question::Rows(rows));
                ask(&mut ledger, Question::RowsText(RowsTextRequest { inquiry: other, forms: RowsForms::None, start: 0, count: 0 }));
                if u64::from(start) >= slice.matched {
                    break;
                }
            }
            assert_eq!(both, [csv, json], "{by:?} {direction:?}");
        }
    }
}

/// What travels beside an answer is not in it: a report of a hundred megabytes is neither written nor read as part of a message.
#[test]
fn texts_travel_beside_their_answers() {
    let (mut ledger, _) = ledger(&TrailBuilder::build(FIVE));
    let inquiry = Inquiry::default();
    let rows = RowsTextRequest { inquiry: inquiry.clone(), forms: RowsForms::Both, start: 0, count: 9 };
    for (question, texts) in [
        (Question::Report(ReportForm::Json), 1),
        (Question::RowsText(rows), 2),
        (Question::PackTexts(inquiry.clone()), 4),
        (Question::Seal(SealRequest { inquiry, made: String::new(), files: Vec::new(), parts: Vec::new() }), 2),
    ] {
        let answer = ask(&mut ledger, question);
        assert_eq!(answer.beside().len(), texts);
        assert!(answer.beside().iter().all(|text| text.len() > 200), "{:?}", answer.beside());
        let message = serde_json::to_string(&answer).expect("a message");
        assert!(message.len() < 200, "{message}");
        let back: Answer = serde_json::from_str(&message).expect("an answer");
        assert!(back.beside().iter().all(String::is_empty));
        assert_eq!(back.generation(), answer.generation());
    }
}

/// However many files there are, each is told once, in the plan's number, few enough at a time.
#[test]
fn the_files_of_a_pack_come_some_at_a_time() {
    let (mut ledger, _) = ledger(&TrailBuilder::build(FIVE));
    let Answer::Pack(plan) = ask(&mut ledger, Question::Pack(Inquiry::default())) else { panic!("a plan") };
    let files = files(&mut ledger, &Inquiry::default());
    assert_eq!(files.len() as u64, plan.files());
    assert_eq!(files.iter().map(|file| file.size).sum::<u64>(), plan.bytes);
    assert_eq!(files.iter().map(|file| &file.path).collect::<BTreeSet<_>>().len(), files.len());
}

/// All files of a pack, as the page asks for them.
fn files(ledger: &mut Ledger, inquiry: &Inquiry) -> Vec<PackedFile> {
    let mut files: Vec<PackedFile> = Vec::new();
    loop {
        let Answer::PackFiles(_, total, some) = ask(ledger, Question::PackFiles(inquiry.clone(), files.len() as u32)) else {
            panic!("files")
        };
        if some.is_empty() {
            assert_eq!(files.len() as u64, total);
            return files;
        }
        assert!(some.len() == 1 || (some.len() <= 128 && some.iter().map(|file| file.size).sum::<u64>() <= 4 << 20));
        files.extend(some);
    }
}

/// The parts of a pack of these rows, put together in the order of the page.
fn pack(trail: &Trail, filter: &str) -> Parts {
    pack_of(ledger(trail), filter)
}

fn pack_of((mut ledger, stored): (Ledger, Vec<Vec<u8>>), filter: &str) -> Parts {
    let inquiry = Inquiry { filter: Filter::parse(filter), ..Inquiry::default() };
    let mut parts: Parts = files(&mut ledger, &inquiry).iter().map(|file| (file.path.clone(), stored[file.id.index()].clone())).collect();
    let file_sums = parts.iter().map(|(_, bytes)| Sum::of(bytes)).collect();
    let many = parts.len();
    parts.push(("rows.csv".to_owned(), rows(&mut ledger, &inquiry, RowsForm::Csv).into_bytes()));
    parts.push(("rows.jsonl".to_owned(), rows(&mut ledger, &inquiry, RowsForm::JsonLines).into_bytes()));
    let Answer::Texts(texts) = ask(&mut ledger, Question::PackTexts(inquiry.clone())) else { panic!("texts") };
    parts.extend(texts.paths.into_iter().zip(texts.texts.into_iter().map(String::into_bytes)));
    let summed = |(path, bytes): &(String, Vec<u8>)| {
        let sum = Sum::of(bytes);
        Part { path: path.clone(), size: sum.size, sha256: sum.sha256 }
    };
    let others = parts[many..].iter().map(summed).collect();
    let request = SealRequest { inquiry, made: "2025-03-10T20:00:00Z".to_owned(), files: file_sums, parts: others };
    let Answer::Texts(texts) = ask(&mut ledger, Question::Seal(request)) else { panic!("a seal") };
    parts.extend(texts.paths.into_iter().zip(texts.texts.into_iter().map(String::into_bytes)));
    parts
}

/// As the page writes it: what is packed already is stored, texts are deflated.
fn zip(parts: &Parts) -> Vec<u8> {
    let (mut zip, mut bytes) = (ZipWriter::default(), Vec::new());
    for (path, content) in parts {
        let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        deflated.write_all(content).expect("it is in memory");
        let deflated = deflated.finish().expect("it is in memory");
        let (method, data) = if path.ends_with(".gz") { (Method::Stored, content) } else { (Method::Deflated, &deflated) };
        let sum = Sum::of(content);
        bytes.extend(zip.add(NewEntry { path, method, crc32: sum.crc32, stored: data.len() as u64, size: sum.size }));
        bytes.extend(data);
    }
    bytes.extend(zip.finish());
    bytes
}

/// What `trailseal verify` says of these bytes as a zip file.
fn verify(bytes: &[u8], options: &[&str]) -> (VerdictReport, Option<i32>) {
    let output = run(bytes, &[&["--json"], options].concat());
    let json: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (serde_json::from_value(json).expect("the contract"), output.status.code())
}

fn run(bytes: &[u8], options: &[&str]) -> Output {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pack");
    fs::create_dir_all(&folder).expect("a folder is made");
    let path = folder.join(format!("{}-{}.zip", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
    fs::write(&path, bytes).expect("a file is written");
    let output = Command::new(env!("CARGO_BIN_EXE_trailseal")).arg("verify").arg(&path).args(options).output().expect("it runs");
    fs::remove_file(&path).expect("it was there");
    output
}

fn findings(report: &VerdictReport) -> Vec<(String, String)> {
    let code = |finding: &trailseal::integrity::report::Finding| {
        serde_json::to_value(finding.code).expect("a word").as_str().unwrap_or_default().to_owned()
    };
    report.findings.iter().map(|finding| (code(finding), finding.message.clone())).collect()
}

fn verdicts(report: &VerdictReport) -> BTreeSet<(String, Verdict, Option<String>)> {
    let base = |key: &Option<String>| key.as_deref().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
    report.logs.iter().map(|row| (base(&row.key), row.verdict, row.reason.map(|reason| reason.slug().to_owned()))).collect()
}

#[test]
fn a_pack_verifies_alone_and_says_what_it_leaves_out() {
    let parts = pack(&TrailBuilder::build(FIVE), "eventName:B");
    let names: Vec<&str> = parts.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("files/AWSLogs/")).count(), 2, "one log and its digest: {names:?}");
    let (report, code) = verify(&zip(&parts), &[]);
    assert_eq!((code, report.summary.logs.valid, report.summary.logs.missing, report.summary.digests.valid), (Some(0), 1, 0, 1));
    let found = findings(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "pack-scope");
    assert!(found[0].1.contains("All 9 parts are as its manifest says"), "{}", found[0].1);
    assert!(found[0].1.contains("Scope: 1 of the 2 log files"), "{}", found[0].1);
    // Said on standard output too, where the proof is.
    let text = String::from_utf8(run(&zip(&parts), &[]).stdout).expect("text");
    assert!(text.contains("Note: This is an evidence pack, a selection"), "{text}");
    // Whoever expects a whole trail says so, and is told what is not there.
    let (whole, code) = verify(&zip(&parts), &["--whole-trail"]);
    assert_eq!((code, whole.summary.logs.missing), (Some(1), 1));
}

#[test]
fn everything_selected_is_everything_proven() {
    let (report, code) = verify(&zip(&pack(&TrailBuilder::build(FIVE), "")), &[]);
    assert_eq!((code, report.summary.logs.valid), (Some(0), 5));
    assert!(findings(&report)[0].1.contains("Every log file that the proven digests here list is in it"), "{:?}", findings(&report));
}

#[test]
fn a_log_changed_inside_is_invalid_and_the_manifest_says_so_too() {
    let mut parts = pack(&TrailBuilder::build(FIVE), "eventName:B");
    let log = parts.iter_mut().find(|(path, _)| path.contains("/CloudTrail/")).expect("a log");
    log.1 = forge::gzip(b"{\"Records\":[{\"eventName\":\"Nothing\",\"eventTime\":\"2025-03-10T13:25:00Z\"}]}");
    let (report, code) = verify(&zip(&parts), &[]);
    assert_eq!((code, report.summary.logs.invalid), (Some(1), 1));
    assert!(
        findings(&report).iter().any(|(code, message)| code == "pack-differs" && message.contains("was changed")),
        "{:?}",
        findings(&report)
    );
}

#[test]
fn rows_changed_inside_are_told_by_the_manifest_alone() {
    let mut parts = pack(&TrailBuilder::build(FIVE), "eventName:B");
    parts.iter_mut().find(|(path, _)| path == "rows.csv").expect("rows").1.extend(b"2025,made up\r\n");
    let (report, code) = verify(&zip(&parts), &[]);
    assert_eq!((code, report.summary.logs.valid), (Some(3), 1));
    assert!(findings(&report)[1].1.contains("rows.csv was changed"), "{:?}", findings(&report));
    parts.retain(|(path, _)| path != "rows.csv");
    parts.push(("more.txt".to_owned(), b"hello".to_vec()));
    let (report, _) = verify(&zip(&parts), &[]);
    assert!(findings(&report)[1].1.contains("rows.csv is gone; more.txt was added"), "{:?}", findings(&report));
}

#[test]
fn without_its_manifest_the_proofs_hold_and_nothing_is_explained_away() {
    let mut parts = pack(&TrailBuilder::build(FIVE), "eventName:B");
    parts.retain(|(path, _)| path != "manifest.json" && path != "rows.jsonl");
    let (report, code) = verify(&zip(&parts), &[]);
    assert_eq!((code, report.summary.logs.valid, report.summary.logs.missing), (Some(1), 1, 1));
}

#[test]
fn a_log_taken_out_of_a_pack_is_missing() {
    let mut parts = pack(&TrailBuilder::build(FIVE), "eventName:B");
    parts.retain(|(path, _)| !path.contains("/CloudTrail/"));
    let (report, code) = verify(&zip(&parts), &[]);
    assert_eq!((code, report.summary.logs.missing), (Some(1), 1));
}

#[test]
fn what_was_missing_already_is_missing_in_the_pack() {
    let mut trail = TrailBuilder::build(FIVE);
    trail.files.retain(|file| file.label != "C");
    let (report, code) = verify(&zip(&pack(&trail, "eventName:B")), &[]);
    assert_eq!((code, report.summary.logs.valid, report.summary.logs.missing), (Some(1), 1, 1));
}

#[test]
fn a_manifest_laid_beside_a_bucket_explains_nothing_away() {
    let trail = TrailBuilder::build(FIVE);
    let parts = pack(&trail, "eventName:B");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bucket-{}", std::process::id()));
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, bytes).expect("a file is written");
    };
    // The log that the pack leaves out is deleted from the bucket; the pack lies beside, and its manifest in the folder as well.
    trail.files.iter().filter(|file| file.label != "C").for_each(|file| write(&file.path, &file.stored));
    write("keys.json", trail.keys.as_deref().unwrap_or_default().as_bytes());
    write("selection.zip", &zip(&parts));
    write("manifest.json", &parts.last().expect("the manifest").1);
    let output = Command::new(env!("CARGO_BIN_EXE_trailseal")).args(["verify", "--json"]).arg(&folder).output().expect("it runs");
    let report: VerdictReport = serde_json::from_slice(&output.stdout).expect("the contract");
    assert_eq!((output.status.code(), report.summary.logs.missing), (Some(1), 1));
    assert!(
        findings(&report).iter().any(|(_, message)| message.contains("that does not count beside other files")),
        "{:?}",
        findings(&report)
    );
    fs::remove_dir_all(&folder).expect("it was there");
}

#[test]
fn another_hand_packs_and_unpacks_it_again() {
    let parts = pack(&TrailBuilder::build(FIVE), "eventName:D");
    // Their reader, our writer: it checks every CRC.
    let mut theirs = zip::ZipArchive::new(Cursor::new(zip(&parts))).expect("a zip file");
    assert_eq!(theirs.len(), parts.len());
    for (path, content) in &parts {
        let mut read = Vec::new();
        theirs.by_name(path).expect("it is there").read_to_end(&mut read).expect("it is sound");
        assert_eq!(&read, content);
    }
    // Our reader, their writer, all deflated and in a folder of its own.
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory("again/", zip::write::SimpleFileOptions::default()).expect("a folder");
    for (path, content) in &parts {
        writer.start_file(format!("again/{path}"), zip::write::SimpleFileOptions::default()).expect("an entry");
        writer.write_all(content).expect("it is in memory");
    }
    let (report, code) = verify(&writer.finish().expect("a zip file").into_inner(), &[]);
    assert_eq!((code, report.summary.logs.valid, report.summary.logs.missing), (Some(0), 1, 0), "{:?}", findings(&report));
    assert!(findings(&report)[0].1.contains("parts are as its manifest says"), "{:?}", findings(&report));
}

#[test]
fn any_zip_of_logs_is_read_like_a_folder() {
    let trail = TrailBuilder::build(FIVE);
    let mut parts: Parts = trail.files.iter().map(|file| (format!("../../{}", file.path), file.stored.clone())).collect();
    parts.push(("keys.json".to_owned(), trail.keys.clone().unwrap_or_default().into_bytes()));
    parts.push(("inner.zip".to_owned(), zip(&parts)));
    let output = run(&zip(&parts), &["--json"]);
    let report: VerdictReport = serde_json::from_slice(&output.stdout).expect("the contract");
    assert_eq!(report.summary.logs.valid, 5);
    assert!(report.ignored.iter().any(|row| row.why.contains("zip file inside a zip file")), "{:?}", report.ignored);
    assert_eq!(output.status.code(), Some(3), "what was not opened may have held logs");
}

#[test]
fn a_broken_zip_is_told_and_is_no_proof() {
    let whole = zip(&pack(&TrailBuilder::build(FIVE), ""));
    let output = run(&whole[..whole.len() - 30], &[]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn rows_go_with_their_verdict_and_no_cell_is_a_formula() {
    let mut trail = TrailBuilder::build("12:00 digest\n12:30 log =cmd\n13:00 digest");
    trail.keys = None;
    let (mut ledger, _) = ledger(&trail);
    let csv = rows(&mut ledger, &Inquiry::default(), RowsForm::Csv);
    let mut lines = csv.split("\r\n");
    let head = lines.next().expect("a head");
    assert!(head.starts_with("eventTime,eventID,eventName,") && head.contains("NOTHING OF THIS IS PROVEN"), "{head}");
    let row = lines.next().expect("a row");
    assert!(row.contains(",'=cmd,") && row.contains(",unproven,"), "{row}");
    let json = rows(&mut ledger, &Inquiry::default(), RowsForm::JsonLines);
    let second: Value = serde_json::from_str(json.lines().nth(1).expect("a row")).expect("JSON");
    assert_eq!((second["eventName"].as_str(), second["verdict"].as_str()), (Some("=cmd"), Some("unproven")));
    assert!(second["file"].as_str().is_some_and(|file| file.starts_with("AWSLogs/")));
    assert_eq!(second["fileContentSha256"].as_str().map(str::len), Some(64));
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]
    /// Whatever rows are chosen of whatever whole or wounded trail: in their pack each file has the verdict that it had among all.
    #[test]
    fn any_selection_verifies_alone(chosen in prop::collection::btree_set(0usize..6, 1..5), lost in prop::option::of(0usize..22), planted in any::<bool>()) {
        let text = format!("{FIVE}\naccount 444455556666\nregion eu-west-1\n12:00 digest\n12:40 log F\n13:00 digest\n13:20 stop\n15:00 start\n15:30 log G\n16:00 digest");
        let mut trail = TrailBuilder::build(&text);
        let mut changes = Vec::new();
        if let Some(lost) = lost.filter(|lost| *lost < trail.files.len()) {
            changes.push(trail.files.remove(lost).label);
        }
        if planted {
            let planted = TrailBuilder::build("14:10 log P").files;
            trail.files.extend(planted);
        }
        let names = ["A", "B", "D", "E", "G", "P"];
        let filter: Vec<String> = chosen.iter().filter_map(|at| names.get(*at)).map(|name| format!("eventName:{name}")).collect();
        let (mut ledger, _) = ledger(&trail);
        let before = ledger.judgement().report.clone();
        let all = verdicts(&before);
        let parts = pack(&trail, &filter.join(" "));
        let packed: BTreeSet<&str> = parts.iter().filter_map(|(path, _)| path.starts_with("files/").then(|| path.rsplit('/').next()).flatten()).collect();
        // The page makes no pack of nothing.
        prop_assume!(!packed.is_empty());
        let (report, code) = verify(&zip(&parts), &[]);
        let expected: BTreeSet<_> = all.iter().filter(|(base, ..)| packed.contains(base.as_str())).cloned().collect();
        let found: BTreeSet<_> = verdicts(&report).into_iter().filter(|(base, ..)| packed.contains(base.as_str())).collect();
        prop_assert_eq!(&found, &expected, "{:?} {:?}", changes, filter);
        // No finding that was not there among all, but those about the pack itself.
        let told = |report: &VerdictReport| report.findings.iter().map(|finding| (finding.code, finding.subject.clone())).collect::<BTreeSet<_>>();
        let is_own = |finding: &&(FindingCode, String)| finding.0 != FindingCode::PackScope;
        let new: Vec<_> = told(&report).difference(&told(&before)).filter(is_own).cloned().collect();
        prop_assert!(new.is_empty(), "{:?} {:?} {:?}", new, changes, filter);
        let is_open = |finding: &FindingCode| matches!(finding, FindingCode::Gap | FindingCode::ChainAbsent | FindingCode::EndBeforeRange);
        let is_quiet = !report.findings.iter().any(|finding| is_open(&finding.code));
        if is_quiet && !found.is_empty() && found.iter().all(|(_, verdict, _)| *verdict == Verdict::Valid) && report.summary.logs.missing == 0 {
            prop_assert!(report.summary.digests.missing > 0 || code == Some(0), "{:?}", findings(&report));
        }
    }
}

/// A query of Lake with two results, only one of which has the rows.
#[test]
fn rows_of_a_lake_query_take_along_its_sign_file_and_its_other_results() {
    let line =
        |id: &str, name: &str| format!("eventTime,eventName,eventSource,eventID\n2025-03-10 11:00:00.000,{name},s3.amazonaws.com,{id}\n");
    let results = [
        ("result_1.csv.gz", forge::gzip(line("e-1", "DeleteBucket").as_bytes())),
        ("result_2.csv.gz", forge::gzip(line("e-2", "GetObject").as_bytes())),
    ];
    let listed: Vec<(&str, &[u8])> = results.iter().map(|(name, stored)| (*name, stored.as_slice())).collect();
    let sign = forge::lake_sign(support::signing_key(0), "eu-west-1", support::at("12:00"), &listed);
    let mut files: Parts = results.iter().map(|(name, stored)| (format!("query/{name}"), stored.clone())).collect();
    files.push(("query/result_sign.json".to_owned(), sign.into_bytes()));
    files.push(("keys.json".to_owned(), support::key_list().into_bytes()));
    let parts = pack_of(ledger_of(files), "eventName:DeleteBucket");
    let (report, code) = verify(&zip(&parts), &[]);
    let verdicts: Vec<Verdict> = report.lake.iter().map(|row| row.verdict).collect();
    assert_eq!((verdicts, code), (vec![Verdict::Valid; 3], Some(0)), "{:?}", report.lake);
}

/// What is said of a stretch of time counts what the pack leaves out, and never calls the rest all there is.
#[test]
fn a_stretch_of_a_pack_says_what_was_left_out() {
    let parts = pack(&TrailBuilder::build(FIVE), "eventName:B");
    let given = |path: &&str| path.starts_with("files/") || path.ends_with("keys.json") || path.ends_with("signatures.json");
    let evidence: Parts = parts.iter().filter(|(path, _)| given(&path.as_str())).cloned().collect();
    let part = |(path, bytes): &(String, Vec<u8>)| Part { path: path.clone(), size: bytes.len() as u64, sha256: Sum::of(bytes).sha256 };
    let manifest = parts.iter().find(|(path, _)| path == "manifest.json").map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let pack = GivenPack {
        name: "p.zip".to_owned(),
        manifest: manifest.expect("a manifest"),
        files: (0..).map(FileId).zip(evidence.iter().map(|(path, _)| path.clone())).collect(),
        parts: parts.iter().map(part).collect(),
    };
    let (mut ledger, _) = ledger_of(evidence);
    ledger.admit_pack(&pack);
    let range = TimeRange::new(support::instant("13:00"), support::instant("14:00"));
    let Answer::Stretch(stretch) = ask(&mut ledger, Question::Stretch(range, Vec::new())) else { panic!("a stretch") };
    let told: Vec<&str> = stretch.sentences.iter().filter(|sentence| !sentence.is_whole).map(|sentence| sentence.text.as_str()).collect();
    assert!(told.iter().any(|text| text.contains("1 verified, 1 left out of the evidence pack")), "{:?}", stretch.sentences);
    assert!(stretch.windows.iter().any(|window| window.state == WindowState::LeftOut), "{:?}", stretch.windows);
}
