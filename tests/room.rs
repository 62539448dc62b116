//! What is kept when not all is kept: the rows that a filter of a full load would show, with verdicts that know nothing of it; and what
//! happens where memory ends.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use trailseal::export::parts::RowsForm;
use trailseal::export::parts::RowsForms;
use trailseal::export::parts::RowsTextRequest;
use trailseal::integrity::judgement::Asked;
use trailseal::integrity::report::FindingCode;
use trailseal::integrity::signature::check;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::protocol::Answer;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::protocol::ReportForm;
use trailseal::protocol::RowsRequest;
use trailseal::protocol::SurveyRequest;
use trailseal::query::filter::Filter;
use trailseal::query::inquiry::Inquiry;
use trailseal::query::keep::Keep;
use trailseal::reader::Reader;
use trailseal::table::column::ColumnId;
use trailseal::trail::ids::FileId;
use trailseal::trail::time::TimeRange;
use trailseal::trail::time::Timestamp;

type Files = Vec<(String, Vec<u8>)>;

/// The sample trail as it is delivered beside the page.
fn files() -> Files {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("public/tampered-trail.pack")).unwrap();
    let mut files = unpack(&bytes).into_iter().collect::<BTreeMap<_, _>>();
    let whole = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("public/sample-trail.pack")).unwrap();
    for (name, bytes) in unpack(&whole) {
        files.entry(name).or_insert(bytes);
    }
    files.into_iter().filter(|(name, _)| !name.contains("111122223333") || name.contains("eu-west-1")).collect()
}

fn unpack(bytes: &[u8]) -> Files {
    let length: usize = std::str::from_utf8(&bytes[..8]).unwrap().parse().unwrap();
    let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let mut rest = &bytes[8 + length..];
    let mut cut = |file: &Value| {
        let (head, tail) = rest.split_at(file[1].as_u64().unwrap() as usize);
        rest = tail;
        (file[0].as_str().unwrap().to_owned(), head.to_vec())
    };
    header["files"].as_array().unwrap().iter().map(&mut cut).collect()
}

/// Reads some of the files, `some` at a time.
fn read(ledger: &mut Ledger, files: &Files, range: std::ops::Range<usize>, some: usize) {
    let ids: Vec<usize> = range.collect();
    let named = |at: &usize| Named { id: FileId(*at as u32), name: files[*at].0.clone(), size: files[*at].1.len() as u64 };
    for sheaf in ids.chunks(some) {
        ledger.expect(&sheaf.iter().map(named).collect::<Vec<_>>());
        let mut reader = Reader::default();
        for at in sheaf {
            reader.open(FileId(*at as u32), &files[*at].0, None);
            reader.push(&files[*at].1);
            reader.close();
        }
        let (report, rows) = reader.finish();
        for job in ledger.admit(report, rows) {
            let Job::Check(checks) = job else { panic!("only checks follow from a report") };
            ledger.settle(checks.iter().map(check).collect());
        }
    }
}

fn ask(ledger: &mut Ledger, question: Question) -> Answer {
    match ledger.answer(0, question) {
        Reply::Now(answer) => answer,
        Reply::Ask(_) => panic!("no file is needed for this"),
    }
}

/// Every row that passes, with all its cells, in an order that does not depend on when it came.
fn rows(ledger: &mut Ledger, inquiry: &Inquiry) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let start = found.len() as u32;
        let request = RowsRequest { inquiry: inquiry.clone(), start, count: 1024, columns: ColumnId::STORED.to_vec() };
        let Answer::Rows(rows) = ask(ledger, Question::Rows(request)) else { panic!("rows") };
        let is_end = rows.rows.is_empty();
        found.extend(rows.rows.into_iter().map(|row| format!("{:?} {:?} {:?}", row.time, row.verdict, row.cells)));
        if is_end {
            found.sort();
            return found;
        }
    }
}

fn report(ledger: &mut Ledger) -> String {
    let Answer::Report(report) = ask(ledger, Question::Report(ReportForm::Json)) else { panic!("a report") };
    report
}

fn keeps() -> impl Strategy<Value = Keep> {
    let texts = [
        "",
        "-readOnly:true",
        "readOnly:false",
        "userName:*a*",
        "eventName:Get* -outcome:Success",
        "assumed",
        "verdict:valid errorCode:*",
        "user:nobody",
        "eu-west",
        "raw:jane eventName:Get*",
        "-raw:jane",
    ];
    (prop::sample::select(texts.to_vec()), prop::option::of((0i64..96, 1i64..96)), Just(())).prop_map(|(text, range, ())| {
        let start = Timestamp::parse("2026-03-08T00:00:00Z").unwrap();
        let range = range.map(|(from, hours)| TimeRange::new(start.plus(from * 3_600_000), start.plus((from + hours) * 3_600_000)));
        Keep { range, filter: Filter::parse(text) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// However many files came before the choice was made.
    #[test]
    fn kept_rows_are_those_of_a_full_load_that_pass_and_verdicts_are_the_same(keep in keeps(), before in 0usize..400, some in 1usize..60) {
        let files = files();
        let mut full = Ledger::new(Asked::default());
        read(&mut full, &files, 0..files.len(), 64);
        let mut kept = Ledger::new(Asked::default());
        let before = before.min(files.len());
        read(&mut kept, &files, 0..before, some);
        kept.keep(Some(keep.clone()));
        read(&mut kept, &files, before..files.len(), some);
        prop_assert_eq!(report(&mut kept), report(&mut full));
        // Verdicts come later than rows, and raw JSON is searched later still: a filter's clauses about them choose nothing.
        let clauses = keep.filter.clauses.iter().filter(|clause| !["verdict", "raw"].contains(&clause.field.name())).cloned().collect();
        let passing = Inquiry { filter: Filter { clauses }, range: keep.range, ..Inquiry::default() };
        prop_assert_eq!(rows(&mut kept, &Inquiry::default()), rows(&mut full, &passing));
        let held = kept.held();
        prop_assert_eq!(held.rows + held.left_out, full.progress().rows);
        prop_assert_eq!((held.rows, held.not_taken), (kept.progress().rows, 0));
    }
}

#[test]
fn where_memory_ends_rows_end_and_nothing_else() {
    let files = files();
    let (mut full, mut small) = (Ledger::new(Asked::default()), Ledger::new(Asked::default()));
    read(&mut full, &files, 0..files.len(), 16);
    // Room for what must be known of so many files, and for some of their rows.
    let limit = (files.len() as u64 * 4000 + full.progress().memory) * 8 / 7;
    small.limit(limit);
    read(&mut small, &files, 0..files.len(), 16);
    let held = small.held();
    assert!(held.rows > 0 && held.not_taken > 0, "{held:?}");
    assert_eq!(held.read(), full.progress().rows);
    assert!(small.progress().memory < limit);
    // What is held came first and is whole.
    let first = rows(&mut small, &Inquiry::default());
    let all = rows(&mut full, &Inquiry::default());
    assert_eq!(first.len() as u64, held.rows);
    assert!(first.iter().all(|row| all.binary_search(row).is_ok()));
    // Every question is still answered.
    let survey = SurveyRequest {
        inquiry: Inquiry::default(),
        window: None,
        stacked: ColumnId::Verdict,
        bins: 60,
        tallies: ColumnId::STORED.to_vec(),
        most: 50,
    };
    let Answer::Survey(survey) = ask(&mut small, Question::Survey(survey)) else { panic!("a survey") };
    assert_eq!((survey.total, survey.matched), (held.rows, held.rows));
    let Answer::Problems(problems) = ask(&mut small, Question::Problems) else { panic!("problems") };
    assert!(problems.iter().any(|problem| problem.what.contains(&format!("{} events of", held.not_taken))), "{problems:?}");
    assert!(small.progress().problems > full.progress().problems);
    // Files are judged as if there were room: which events stand in several of them is all that a report may no longer know, and it says so.
    let is_said = |row: &Value| row["why"].as_str().unwrap().contains("were not looked at for events that stand in more than one file");
    let told = |ledger: &mut Ledger| serde_json::from_str::<Value>(&report(ledger)).unwrap();
    let said: Vec<Value> = told(&mut small)["ignored"].as_array().unwrap().iter().filter(|row| is_said(row)).cloned().collect();
    assert_eq!(said.len(), 1);
    assert!(said[0]["why"].as_str().unwrap().starts_with(&format!("{} events of this", held.not_taken)), "{said:?}");
    assert!(!told(&mut full)["ignored"].as_array().unwrap().iter().any(is_said));
    let Answer::Report(text) = ask(&mut small, Question::Report(ReportForm::Text)) else { panic!("a report") };
    assert!(text.contains("memory had run out; the verdicts do not depend on it"), "{text}");
    let without = |ledger: &mut Ledger| {
        let mut report = told(ledger);
        report["findings"].as_array_mut().unwrap().retain(|finding| finding["code"] != "duplicate-events");
        report["ignored"].as_array_mut().unwrap().retain(|row| !is_said(row));
        report
    };
    assert_eq!(without(&mut small), without(&mut full));
}

/// Which events stand in several files is then a word about those that are held, be it found or not.
#[test]
fn where_memory_ends_repeated_events_are_told_of_held_rows_alone() {
    let mut files = files();
    // A planted file that repeats the events of the first log.
    let (name, bytes) = files.iter().find(|(name, _)| name.contains("_CloudTrail_")).cloned().unwrap();
    let stem = name.rsplit_once('_').unwrap().0;
    let mut twin = bytes;
    // Another content with the same events: a gzip member that holds one blank more, after the same JSON.
    let json = {
        use std::io::Read;
        let mut json = Vec::new();
        flate2::read::GzDecoder::new(twin.as_slice()).read_to_end(&mut json).unwrap();
        json.push(b' ');
        json
    };
    twin = json;
    files.insert(1, (format!("{stem}_PLANTEDPLANTED00.json"), twin));
    let mut full = Ledger::new(Asked::default());
    read(&mut full, &files, 0..files.len(), 16);
    let mut small = Ledger::new(Asked::default());
    small.limit((files.len() as u64 * 4000 + full.progress().memory) * 8 / 7);
    read(&mut small, &files, 0..files.len(), 16);
    assert!(small.held().not_taken > 0);
    let told = |ledger: &mut Ledger| -> Vec<String> {
        let found = ledger.full_report().findings;
        found.into_iter().filter(|finding| finding.code == FindingCode::DuplicateEvents).map(|finding| finding.message).collect()
    };
    let among = "looked for among those alone that memory had room for";
    assert!(!told(&mut full).is_empty() && told(&mut full).iter().all(|message| !message.contains(among)));
    assert!(!told(&mut small).is_empty() && told(&mut small).iter().all(|message| message.contains(among)), "{:?}", told(&mut small));
}

#[test]
fn what_leaves_says_that_it_is_not_all() {
    let files = files();
    let mut ledger = Ledger::new(Asked::default());
    ledger.keep(Some(Keep::writes()));
    read(&mut ledger, &files, 0..files.len(), 64);
    let left_out = ledger.held().left_out;
    assert!(left_out > 0);
    for form in [RowsForm::Csv, RowsForm::JsonLines] {
        let request = RowsTextRequest { inquiry: Inquiry::default(), forms: RowsForms::One(form), start: 0, count: 1 };
        let Answer::RowsText(text) = ask(&mut ledger, Question::RowsText(request)) else { panic!("rows") };
        let head = text.texts[0].lines().next().unwrap();
        assert!(head.contains("NOT ALL EVENTS WERE LOADED") && head.contains(&format!("{left_out} others")), "{head}");
    }
    let Answer::Pack(plan) = ask(&mut ledger, Question::Pack(Inquiry::default())) else { panic!("a plan") };
    assert!(plan.words.contains("out of"), "{}", plan.words);
}
