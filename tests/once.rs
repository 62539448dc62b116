//! Duplicate deliveries counted once: which row stands for an event, whatever order the files came in.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Instant;

use proptest::prelude::*;
use support::forge;
use trailseal::integrity::judgement::Asked;
use trailseal::integrity::signature::check;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::protocol::Answer;
use trailseal::protocol::Detail;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::protocol::Rows;
use trailseal::protocol::RowsRequest;
use trailseal::protocol::Survey;
use trailseal::protocol::SurveyRequest;
use trailseal::query::activity::Activity;
use trailseal::query::filter::Filter;
use trailseal::query::inquiry::Deliveries;
use trailseal::query::inquiry::Inquiry;
use trailseal::query::order::Direction;
use trailseal::query::order::Order;
use trailseal::query::order::SortBy;
use trailseal::reader::Reader;
use trailseal::table::column::ColumnId;
use trailseal::trail::ids::FileId;
use trailseal::trail::ids::RowId;
use trailseal::trail::time::TimeRange;

type Files = Vec<(String, Vec<u8>)>;

fn ledger(files: &Files, order: &[usize]) -> Ledger {
    let mut ledger = expecting(files);
    order.iter().for_each(|at| read(&mut ledger, files, *at));
    ledger
}

fn expecting(files: &Files) -> Ledger {
    let mut ledger = Ledger::new(Asked::default());
    let named: Vec<Named> =
        (0..).zip(files).map(|(id, (name, stored))| Named { id: FileId(id), name: name.clone(), size: stored.len() as u64 }).collect();
    ledger.expect(&named);
    ledger
}

fn read(ledger: &mut Ledger, files: &Files, at: usize) {
    let (mut reader, (name, stored)) = (Reader::default(), &files[at]);
    reader.open(FileId(at as u32), name, None);
    reader.push(stored);
    let (report, rows) = reader.finish();
    for job in ledger.admit(report, rows) {
        let Job::Check(checks) = job else { panic!("only checks follow from a report") };
        ledger.settle(checks.iter().map(check).collect());
    }
}

/// All that an inquiry is answered with, and what is said of its first row; without what only tells how the ledger came there.
fn picture(ledger: &mut Ledger, inquiry: &Inquiry) -> (Survey, Rows, Vec<Activity>, Option<Box<Detail>>) {
    let mut survey = survey(ledger, inquiry.clone());
    let mut rows = rows(ledger, inquiry.clone());
    let Reply::Now(Answer::People(people)) = ledger.answer(0, Question::People(inquiry.clone(), None)) else { panic!("people") };
    let first = rows.rows.first().map_or(RowId(0), |row| row.id);
    let Reply::Now(Answer::Detail(detail)) = ledger.answer(0, Question::Detail(first)) else { panic!("a detail") };
    (survey.generation, rows.generation) = (0, 0);
    if inquiry.deliveries == Deliveries::Every {
        // While files arrive it is as last counted, and nobody asked.
        survey.repeated = 0;
    }
    (survey, rows, people, detail)
}

fn once() -> Inquiry {
    Inquiry { deliveries: Deliveries::Once, ..Inquiry::default() }
}

fn survey(ledger: &mut Ledger, inquiry: Inquiry) -> Survey {
    let request = SurveyRequest {
        inquiry,
        window: None,
        stacked: ColumnId::Verdict,
        bins: 30,
        tallies: vec![ColumnId::Verdict, ColumnId::UserAgent],
        most: 50,
    };
    match ledger.answer(0, Question::Survey(request)) {
        Reply::Now(Answer::Survey(survey)) => survey,
        _ => panic!("a survey"),
    }
}

fn rows(ledger: &mut Ledger, inquiry: Inquiry) -> Rows {
    let request = RowsRequest { inquiry, start: 0, count: 1000, columns: vec![ColumnId::UserAgent] };
    match ledger.answer(0, Question::Rows(request)) {
        Reply::Now(Answer::Rows(rows)) => rows,
        _ => panic!("rows"),
    }
}

/// An event that says in `userAgent` where it lies.
fn event(id: &str, lies: &str) -> String {
    format!(r#"{{"eventID":"{id}","eventName":"E","eventSource":"s","eventTime":"2025-03-10T11:55:00Z","userAgent":"{lies}"}}"#)
}

fn lines(name: &str, ids: &[&str]) -> (String, Vec<u8>) {
    let text: Vec<String> = ids.iter().enumerate().map(|(at, id)| event(id, &format!("{name}#{at}:{id}"))).collect();
    (name.to_owned(), text.join("\n").into_bytes())
}

const A: &str = "aaaaaaaa-0000-0000-0000-000000000001";
/// Of the same first half, and so of the same key.
const A_TOO: &str = "aaaaaaaa-0000-0000-0000-000000000002";

/// A proven log with an event, and the same event in a file that nothing proves but that comes first by its name.
fn proven_and_copied() -> Files {
    let record = event("dddddddd-0000-0000-0000-000000000005", "log");
    let content = format!(r#"{{"Records":[{record}]}}"#).into_bytes();
    let mut chain = forge::Chain::new(support::ACCOUNT, support::REGION, support::TRAIL, support::HOME, support::BUCKET);
    let key = forge::log_key(support::ACCOUNT, support::REGION, support::at("12:00"), "Axxxxxxxxxxxxxxx");
    let entry = forge::LogEntry::of(support::BUCKET, &key, &content, (support::at("11:55"), support::at("11:55")));
    let mut digest = |start: &str, end: &str, logs| chain.forge(support::signing_key(0), support::at(start), support::at(end), logs);
    let digests = [digest("12:00", "13:00", vec![entry]), digest("13:00", "14:00", Vec::new())];
    let mut files: Files = vec![("A-copy.json".to_owned(), record.into_bytes()), (key, forge::gzip(&content))];
    files.extend(digests.map(|digest| (digest.key, digest.file)));
    files.push(("keys.json".to_owned(), support::key_list().into_bytes()));
    files
}

#[test]
fn the_proven_row_stands_for_its_event() {
    let files = proven_and_copied();
    let mut ledger = ledger(&files, &(0..files.len()).collect::<Vec<_>>());
    let every = survey(&mut ledger, Inquiry::default());
    assert_eq!((every.total, every.matched, every.repeated), (2, 2, 1));
    let counted = survey(&mut ledger, once());
    assert_eq!((counted.total, counted.matched, counted.repeated), (1, 1, 1));
    let left = rows(&mut ledger, once());
    assert_eq!(left.rows.iter().map(|row| row.verdict.slug()).collect::<Vec<_>>(), ["valid"]);
    let verdicts: Vec<(&str, u64)> = counted.tallies[0].values.iter().map(|value| (value.value.as_str(), value.count)).collect();
    assert_eq!(verdicts, [("valid", 1)]);
    assert_eq!(rows(&mut ledger, Inquiry::default()).matched, 2, "and every delivery again");
}

#[test]
fn a_filter_looks_at_what_is_left() {
    let files = proven_and_copied();
    let mut ledger = ledger(&files, &(0..files.len()).collect::<Vec<_>>());
    let unlisted = Inquiry { filter: Filter::parse("verdict:unlisted"), ..once() };
    assert_eq!(survey(&mut ledger, unlisted).matched, 0, "the copy does not stand for the event");
}

#[test]
fn ids_that_only_look_alike_and_rows_of_one_file_stay() {
    let files = vec![lines("one", &[A, A, ""]), lines("two", &[A_TOO, ""])];
    let mut both = ledger(&files, &[0, 1]);
    assert_eq!(survey(&mut both, once()).repeated, 0);
    let files = vec![lines("two", &[A, A, "odd"]), lines("one", &[A_TOO, A, "odd", "odd"])];
    let mut both = ledger(&files, &[0, 1]);
    let mut left: Vec<String> = rows(&mut both, once()).rows.into_iter().map(|row| row.cells[0].clone()).collect();
    left.sort();
    assert_eq!(left, [format!("one#0:{A_TOO}"), format!("one#1:{A}"), "one#2:odd".to_owned(), "one#3:odd".to_owned()]);
}

#[test]
fn the_link_says_so() {
    assert_eq!(once().to_hash(), "1;d=once");
}

/// An order of magnitude: a million rows, half of them deliveries of the other half.
#[test]
fn a_million_rows_are_counted_in_no_time() {
    let ids: Vec<String> =
        (0..50_000u64).map(|at| format!("{:08x}-0000-4000-8000-{at:012x}", at.wrapping_mul(2_654_435_761) & 0xffff_ffff)).collect();
    let some: Vec<&str> = ids.iter().map(String::as_str).collect();
    let files: Files = (0..4).map(|file| lines(&format!("file-{file}"), &some)).collect();
    let mut ledger = ledger(&files, &[0, 1, 2, 3]);
    ledger.judge();
    let before = Instant::now();
    let first = survey(&mut ledger, once());
    let took = before.elapsed();
    assert_eq!((first.total, first.repeated), (50_000, 150_000));
    // Without optimisation, 200,000 rows: the bound is for what is quadratic, not for what is slow.
    assert!(took.as_secs() < 20, "{took:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Against the obvious: of each id, the rows of the first file by verdict and name.
    #[test]
    fn the_order_of_arrival_changes_nothing(
        contents in prop::collection::vec(prop::collection::vec(0usize..6, 0..8), 1..6),
        order in Just((0..9).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let ids = [A, A_TOO, "odd", "bbbbbbbb-0000-0000-0000-000000000003", "", "cccccccc-0000-0000-0000-000000000004"];
        let mut files = proven_and_copied();
        for (at, content) in contents.iter().enumerate() {
            let some: Vec<&str> = content.iter().map(|id| ids[*id]).collect();
            files.push(lines(&format!("{at}.json"), &some));
        }
        let mut order: Vec<usize> = order.into_iter().filter(|at| *at < files.len()).collect();
        order.extend((0..files.len()).filter(|at| !order.contains(at)).collect::<Vec<_>>());
        let straight: Vec<usize> = (0..files.len()).collect();
        let shown = |ledger: &mut Ledger| -> BTreeSet<(String, String)> {
            rows(ledger, once()).rows.into_iter().map(|row| (row.cells[0].clone(), row.verdict.slug().to_owned())).collect()
        };
        let (mut one, mut other) = (ledger(&files, &straight), ledger(&files, &order));
        let left = shown(&mut one);
        prop_assert_eq!(&left, &shown(&mut other));
        let mut surveys = [&mut one, &mut other].map(|ledger| survey(ledger, once()));
        surveys.iter_mut().for_each(|survey| survey.generation = 0);
        prop_assert_eq!(&surveys[0], &surveys[1]);

        let mut expected: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut first_file: BTreeMap<&str, usize> = BTreeMap::new();
        for (file, content) in contents.iter().enumerate() {
            for (at, id) in content.iter().enumerate() {
                let id = ids[*id];
                if id.is_empty() || *first_file.entry(id).or_insert(file) == file {
                    expected.entry(id).or_default().insert(format!("{file}.json#{at}:{id}"));
                }
            }
        }
        let expected: BTreeSet<String> = expected.into_values().flatten().collect();
        let found: BTreeSet<String> = left.into_iter().filter(|(_, verdict)| verdict != "valid").map(|(lies, _)| lies).collect();
        prop_assert_eq!(found, expected);
    }
    /// What is kept between questions serves no number of before: files arrive, verdicts change with digests and keys, and between
    /// them one ledger is asked this and that, each event once and every delivery. Another that is asked nothing else says the same.
    #[test]
    fn what_was_asked_before_changes_nothing(
        contents in prop::collection::vec(prop::collection::vec(0usize..4, 0..6), 1..4),
        order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
        asked in prop::collection::vec((0usize..6, 0u8..3, 0usize..3, any::<bool>()), 16),
    ) {
        let ids = [A, A_TOO, "odd", "dddddddd-0000-0000-0000-000000000005"];
        let mut files = proven_and_copied();
        for (at, content) in contents.iter().enumerate() {
            let some: Vec<&str> = content.iter().map(|id| ids[*id]).collect();
            files.push(lines(&format!("{at}.json"), &some));
        }
        let order: Vec<usize> = order.into_iter().filter(|at| *at < files.len()).collect();
        let mut kept = expecting(&files);
        for (step, at) in order.iter().enumerate() {
            read(&mut kept, &files, *at);
            kept.judge();
            for (filter, once, sorted, brushed) in &asked[step * 2..step * 2 + 2] {
                let inquiry = Inquiry {
                    filter: Filter::parse(["", "verdict:valid", "verdict:unlisted", "-userAgent:log", "userAgent:*#0* -verdict:valid", "eventName:E"][*filter]),
                    range: brushed.then(|| TimeRange::new(support::instant("11:00"), support::instant("12:00"))),
                    order: Order { by: [SortBy::Time, SortBy::Column(ColumnId::Verdict), SortBy::Column(ColumnId::UserAgent)][*sorted], direction: Direction::Ascending },
                    deliveries: if *once > 0 { Deliveries::Once } else { Deliveries::Every },
                };
                let mut fresh = ledger(&files, &order[..=step]);
                fresh.judge();
                let (found, anew) = (picture(&mut kept, &inquiry), picture(&mut fresh, &inquiry));
                prop_assert_eq!(&found, &anew);
                let (survey, rows, people, _) = found;
                prop_assert_eq!(rows.rows.len() as u64, survey.matched);
                prop_assert_eq!(people.iter().map(|person| person.events).sum::<u64>(), survey.matched);
                if *filter == 0 {
                    prop_assert!(survey.tallies.iter().all(|tally| tally.values.iter().map(|value| value.total).sum::<u64>() == survey.total));
                    prop_assert_eq!(survey.timeline.ghost.iter().map(|count| u64::from(*count)).sum::<u64>(), survey.total);
                }
            }
        }
    }
}
