//! The order in which reports arrive, and how files were cut into sheaves, changes no answer.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

#[path = "support/twin.rs"]
mod twin;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use trailseal::integrity::judgement::Asked;
use trailseal::integrity::signature::check;
use trailseal::integrity::verdict::Verdict;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::ledger::Turns;
use trailseal::protocol::Answer;
use trailseal::protocol::FilesRequest;
use trailseal::protocol::Job;
use trailseal::protocol::Listing;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::protocol::ReportForm;
use trailseal::protocol::RowsRequest;
use trailseal::protocol::SurveyRequest;
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
use twin::files;

type Files = Vec<(String, Vec<u8>)>;

/// Reads the files in sheaves, admits the reports in the order given, checks signatures as they are asked for.
fn ledger(files: &Files, sheaves: &[Vec<usize>]) -> Ledger {
    let mut ledger = Ledger::new(Asked::default());
    let named: Vec<Named> =
        (0..).zip(files).map(|(id, (name, bytes))| Named { id: FileId(id), name: name.clone(), size: bytes.len() as u64 }).collect();
    ledger.expect(&named);
    for sheaf in sheaves {
        let mut reader = Reader::default();
        for at in sheaf {
            reader.open(named[*at].id, &named[*at].name, None);
            reader.push(&files[*at].1);
            reader.close();
        }
        let (report, rows) = reader.finish();
        let mut jobs = ledger.admit(report, rows);
        while let Some(job) = jobs.pop() {
            let Job::Check(checks) = job else { panic!("only checks follow from a report") };
            ledger.settle(checks.iter().map(check).collect());
        }
    }
    ledger
}

/// Everything that a page would show, without what may differ: generations, and the order of rows of one instant.
fn answers(ledger: &mut Ledger) -> (String, Value, BTreeSet<String>) {
    let mut ask = |question| match ledger.answer(0, question) {
        Reply::Now(answer) => answer,
        Reply::Ask(_) => panic!("no file is needed for this"),
    };
    let Answer::Report(report) = ask(Question::Report(ReportForm::Json)) else { panic!("a report") };
    let inquiry = Inquiry { filter: trailseal::query::filter::Filter::parse("-outcome:Success"), ..Inquiry::default() };
    let tallies = ColumnId::STORED.into_iter().chain([ColumnId::Verdict]).collect();
    let survey = ask(Question::Survey(SurveyRequest {
        inquiry: inquiry.clone(),
        window: None,
        stacked: ColumnId::Verdict,
        bins: 60,
        tallies,
        most: 50,
    }));
    let Answer::Survey(mut survey) = survey else { panic!("a survey") };
    survey.generation = 0;
    let Answer::People(mut people) = ask(Question::People(inquiry.clone(), None)) else { panic!("people") };
    people.sort_by(|a, b| a.name.cmp(&b.name));
    let rows = ask(Question::Rows(RowsRequest {
        inquiry,
        start: 0,
        count: 1000,
        columns: vec![ColumnId::EventName, ColumnId::UserName, ColumnId::Verdict],
    }));
    let Answer::Rows(rows) = rows else { panic!("rows") };
    let rows = rows.rows.into_iter().map(|row| format!("{:?} {:?} {:?}", row.time, row.verdict, row.cells)).collect();
    (report, serde_json::to_value((survey, people)).unwrap(), rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn reports_in_any_order_and_any_cutting_give_the_same_answers(seed in prop::collection::vec(any::<u32>(), 400), sizes in prop::collection::vec(1usize..40, 60)) {
        let files = files();
        let together: Vec<usize> = (0..files.len()).collect();
        let expected = answers(&mut ledger(&files, std::slice::from_ref(&together)));
        let mut shuffled = together;
        shuffled.sort_by_key(|at| seed[*at % seed.len()].wrapping_add(*at as u32));
        let mut sheaves = Vec::new();
        let mut sizes = sizes.into_iter().cycle();
        while !shuffled.is_empty() {
            let rest = shuffled.split_off(sizes.next().unwrap().min(shuffled.len()));
            sheaves.push(std::mem::replace(&mut shuffled, rest));
        }
        let answers = answers(&mut ledger(&files, &sheaves));
        prop_assert_eq!(answers.0, expected.0);
        prop_assert_eq!(answers.1, expected.1);
        prop_assert_eq!(answers.2, expected.2);
    }
}

/// Rows are sorted bit by bit while other questions are asked, and one that is given up for another order leaves nothing behind.
#[test]
fn sorting_in_steps_between_other_questions_gives_the_same_rows() {
    let files = files();
    let mut ledger = ledger(&files, &[(0..files.len()).collect()]);
    let request = |by, direction| RowsRequest {
        inquiry: Inquiry { order: Order { by, direction }, ..Inquiry::default() },
        start: 3,
        count: 500,
        columns: vec![ColumnId::EventName],
    };
    let given_up = Question::Rows(request(SortBy::Column(ColumnId::UserName), Direction::Ascending));
    assert!(!ledger.prepare(&given_up, 10), "so little does not sort them");
    for by in [SortBy::Time, SortBy::Column(ColumnId::EventName), SortBy::Column(ColumnId::Verdict), SortBy::Column(ColumnId::UserName)] {
        for direction in [Direction::Ascending, Direction::Descending] {
            let question = Question::Rows(request(by, direction));
            let mut steps = 0;
            while !ledger.prepare(&question, 500) {
                steps += 1;
                let Reply::Now(Answer::People(_)) = ledger.answer(0, Question::People(Inquiry::default(), None)) else { panic!("people") };
            }
            assert!(steps > 0 || direction == Direction::Descending, "{by:?} was sorted before it was asked for");
            let Reply::Now(Answer::Rows(stepped)) = ledger.answer_prepared(0, question.clone()) else { panic!("rows") };
            let mut fresh = self::ledger(&files, &[(0..files.len()).collect()]);
            let Reply::Now(Answer::Rows(whole)) = fresh.answer(0, question) else { panic!("rows") };
            assert_eq!(stepped.rows, whole.rows);
            assert_eq!(stepped.rows.len(), 500);
        }
    }
}

/// The first survey, the people and the list of files are prepared bit by bit too: another question in between is answered as ever, and
/// the answer is the one that would have been given at once.
#[test]
fn answers_made_in_steps_are_those_given_at_once() {
    let files = files();
    let everything = [(0..files.len()).collect::<Vec<_>>()];
    let of = |text: &str, deliveries| Inquiry { filter: Filter::parse(text), deliveries, ..Inquiry::default() };
    let tallies: Vec<ColumnId> = ColumnId::STORED.into_iter().chain([ColumnId::Verdict]).collect();
    let survey = |inquiry| {
        Question::Survey(SurveyRequest { inquiry, window: None, stacked: ColumnId::Outcome, bins: 60, tallies: tallies.clone(), most: 50 })
    };
    let list = |verdict, start| Question::Files(FilesRequest { verdict, reason: None, start, count: 40 });
    for budget in [1, 700] {
        let mut ledger = self::ledger(&files, &everything);
        let questions = [
            survey(of("", Deliveries::Every)),
            survey(of("-outcome:Success", Deliveries::Once)),
            Question::People(of("readOnly:true", Deliveries::Every), None),
            Question::People(of("", Deliveries::Once), None),
            list(None, 0),
            list(Some(Verdict::Valid), 30),
        ];
        for (at, question) in questions.into_iter().enumerate() {
            let mut steps = 0;
            while !ledger.prepare(&question, budget) {
                steps += 1;
                assert!(steps < 1_000_000, "no end of it: {question:?}");
                let between = Question::Detail(RowId(steps % 100));
                if steps % 500 == 1 {
                    let Reply::Now(Answer::Detail(Some(detail))) = ledger.answer(0, between) else { panic!("a row's detail") };
                    assert_eq!(detail.id, RowId(steps % 100));
                }
            }
            assert!(steps > 0 || at == 1 || at == 5, "{question:?} takes no step, so that nothing is shown here");
            let Reply::Now(stepped) = ledger.answer_prepared(0, question.clone()) else { panic!("an answer") };
            let Reply::Now(whole) = self::ledger(&files, &everything).answer(0, question) else { panic!("an answer") };
            assert_eq!(format!("{stepped:?}"), format!("{whole:?}"));
        }
    }
}

/// Questions that need time wait side by side; one that needs none is answered at once, and rows in an order that is no longer wanted are
/// given up.
#[test]
fn questions_take_turns() {
    let files = files();
    let everything = [(0..files.len()).collect::<Vec<_>>()];
    let (mut ledger, mut turns) = (self::ledger(&files, &everything), Turns::default());
    ledger.judge();
    let of = |text: &str| Inquiry { filter: Filter::parse(text), ..Inquiry::default() };
    let survey = |text| {
        let tallies = ColumnId::STORED.to_vec();
        Question::Survey(SurveyRequest { inquiry: of(text), window: None, stacked: ColumnId::Verdict, bins: 60, tallies, most: 9 })
    };
    let rows = |by| {
        let inquiry = Inquiry { order: Order { by, direction: Direction::Ascending }, ..Inquiry::default() };
        Question::Rows(RowsRequest { inquiry, start: 0, count: 60, columns: vec![ColumnId::EventName] })
    };
    let asked = [
        survey(""),
        rows(SortBy::Column(ColumnId::UserName)),
        Question::People(of(""), None),
        survey("-outcome:Success"),
        rows(SortBy::Column(ColumnId::EventName)),
        Question::People(of("readOnly:true"), None),
    ];
    for (number, question) in (0..).zip(&asked) {
        assert!(turns.take(&mut ledger, number, question.clone(), 100).is_none(), "{question:?} needs time");
    }
    assert!(turns.is_sorting());
    let mut answers: BTreeMap<u32, Answer> = BTreeMap::new();
    let mut steps = 0;
    while !turns.is_over() {
        steps += 1;
        let row = RowId(steps % 50);
        let Some(between) = turns.take(&mut ledger, 99, Question::Detail(row), 100) else { panic!("a detail needs no time") };
        let Reply::Now(Answer::Detail(Some(detail))) = ledger.answer_prepared(99, between) else { panic!("a row's detail") };
        assert_eq!(detail.id, row);
        for (number, reply) in turns.step(&mut ledger, 100) {
            let Reply::Now(answer) = reply else { panic!("no file is needed for this") };
            assert!(answers.insert(number, answer).is_none(), "{number} is answered twice");
        }
    }
    assert!(steps > 20, "{steps} steps are none");
    let Some(Answer::Rows(given_up)) = answers.remove(&1) else { panic!("rows") };
    assert!(given_up.rows.is_empty());
    for (number, answer) in answers {
        let Reply::Now(whole) = self::ledger(&files, &everything).answer(number, asked[number as usize].clone()) else {
            panic!("an answer")
        };
        assert_eq!(format!("{answer:?}"), format!("{whole:?}"));
    }
}

/// The list of files is that of the report, the worst first, then by time, then by name; its pages follow one another.
#[test]
fn the_list_of_files_has_every_row_of_the_report_in_its_place() {
    let files = files();
    let mut ledger = ledger(&files, &[(0..files.len()).collect()]);
    let mut list = |verdict, start, count| match ledger.answer(0, Question::Files(FilesRequest { verdict, reason: None, start, count })) {
        Reply::Now(Answer::Files(page)) => page,
        _ => panic!("a list of files"),
    };
    let all = list(None, 0, 10_000);
    let bad = [Verdict::Invalid, Verdict::Missing, Verdict::Unlisted, Verdict::Unproven, Verdict::Pending, Verdict::Valid];
    let place = |row: &trailseal::protocol::FileRow| (bad.iter().position(|verdict| *verdict == row.verdict), row.at, row.name.clone());
    assert!(all.rows.is_sorted_by_key(place));
    assert_eq!(all.many as usize, all.rows.len());
    assert!(
        all.rows
            .iter()
            .filter(|row| row.verdict != Verdict::Missing)
            .all(|row| row.id.is_some_and(|id| files.iter().any(|(name, _)| name.ends_with(&row.name)) && (id.0 as usize) < files.len()))
    );
    let names: BTreeSet<&String> = all.rows.iter().map(|row| &row.name).collect();
    assert_eq!(names.len(), all.rows.len());
    let pages: Vec<_> = (0..all.many as u32).step_by(7).flat_map(|start| list(None, start, 7).rows).collect();
    assert_eq!(format!("{pages:?}"), format!("{:?}", all.rows));
    let worst = all.rows.first().map(|row| row.verdict);
    let alike: Vec<_> = all.rows.iter().filter(|row| Some(row.verdict) == worst).collect();
    assert!(alike.len() < all.rows.len(), "one verdict alone shows no order");
    assert_eq!(format!("{:?}", list(worst, 0, 10_000).rows.iter().collect::<Vec<_>>()), format!("{alike:?}"));
}

#[test]
fn keys_that_come_last_settle_everything_without_reading_the_logs_again() {
    let files = files();
    let (keys, others): (Vec<usize>, Vec<usize>) = (0..files.len()).partition(|at| files[*at].0 == "keys.json");
    let mut late = ledger(&files, std::slice::from_ref(&others));
    assert_eq!(late.judgement().report.summary.digests.valid, 0);
    let mut reader = Reader::default();
    reader.open(FileId(keys[0] as u32), "keys.json", None);
    reader.push(&files[keys[0]].1);
    let (report, rows) = reader.finish();
    for job in late.admit(report, rows) {
        if let Job::Check(checks) = job {
            late.settle(checks.iter().map(check).collect());
        }
    }
    late.judge();
    let whole = ledger(&files, &[(0..files.len()).collect()]).judgement().report.summary;
    assert_eq!(late.judgement().report.summary, whole);
    assert!(whole.digests.valid > 100);
}

#[test]
fn a_folder_given_twice_counts_its_events_once() {
    let files = files();
    let twice: Files = files.iter().cloned().chain(files.iter().map(|(name, bytes)| (format!("copy/{name}"), bytes.clone()))).collect();
    let mut once = ledger(&files, &[(0..files.len()).collect()]);
    let mut both = ledger(&twice, &[(0..files.len()).collect(), (files.len()..twice.len()).collect()]);
    assert_eq!(both.progress().rows, once.progress().rows);
    assert_eq!(both.judgement().report.exit_code(), once.judgement().report.exit_code());
    let Reply::Now(Answer::Problems(problems)) = both.answer(0, Question::Problems) else { panic!("the problems") };
    assert!(problems.iter().any(|problem| problem.what.contains("counted once")));
}

#[test]
fn a_file_whose_reading_was_ended_and_that_is_opened_again_has_its_events_twice_and_that_is_said() {
    let files = files();
    let (name, bytes) = files.iter().filter(|(name, _)| name.contains("/CloudTrail/")).max_by_key(|(_, bytes)| bytes.len()).unwrap();
    let mut ledger = Ledger::new(Asked::default());
    let mut open = |id: u32, is_ended: bool| {
        ledger.expect(&[Named { id: FileId(id), name: name.clone(), size: bytes.len() as u64 }]);
        let mut reader = Reader::default();
        reader.open(FileId(id), name, None);
        if is_ended {
            reader.push(&bytes[..bytes.len() - 100]);
            reader.break_off("reading was ended before the end of the file");
        } else {
            reader.push(bytes);
            reader.close();
        }
        let (report, rows) = reader.finish();
        ledger.admit(report, rows);
        let Reply::Now(Answer::Problems(problems)) = ledger.answer(0, Question::Problems) else { panic!("problems are known at once") };
        (ledger.progress().rows, problems.iter().filter(|problem| problem.what.starts_with("Opened again")).count())
    };
    let (some, said) = open(0, true);
    assert!(some > 0 && said == 0);
    let (all, said) = open(1, false);
    assert!(all > some * 2 && said == 1, "{some} and then {all}");
    // Once more is a copy like any other.
    assert_eq!(open(2, false), (all, 1));
}

/// What was read fast while folders are still being walked through is not all there is: nothing is missing before the walk has ended.
#[test]
fn nothing_is_missing_while_folders_are_being_walked_through() {
    let files = files();
    let mut ledger = ledger(&files, &[(0..files.len()).collect()]);
    let is_missing = |ledger: &mut Ledger| ledger.judgement().report.logs.iter().any(|row| row.verdict == Verdict::Missing);
    assert!(is_missing(&mut ledger), "the twin lacks files");
    ledger.listing(Listing::Begun);
    ledger.listing(Listing::Begun);
    ledger.judge();
    assert!(ledger.progress().is_busy() && !is_missing(&mut ledger));
    ledger.listing(Listing::Ended);
    assert!(ledger.progress().is_busy());
    ledger.listing(Listing::Ended);
    assert!(!ledger.progress().is_arriving() && ledger.progress().is_busy(), "nothing comes, and it is to be judged");
    assert!(is_missing(&mut ledger) && !ledger.progress().is_busy());
    ledger.listing(Listing::Ended);
    assert!(!ledger.progress().is_arriving(), "a walk that was cancelled ends too");
}

/// Reading that was ended early leaves files unread, and those must not pass for a finding without a word.
#[test]
fn what_was_not_read_is_said() {
    let files = files();
    let (read, unread) = (files.len() - 3, 3);
    let mut ledger = ledger(&files, &[(0..read).collect()]);
    assert!(ledger.progress().is_busy() && ledger.progress().problems == 0);
    let last: Vec<FileId> = (read as u32..files.len() as u32).map(FileId).collect();
    ledger.give_up(&last, 2);
    assert!(!ledger.progress().is_arriving() && ledger.progress().problems == 1);
    let problem = |ledger: &mut Ledger| match ledger.answer(0, Question::Problems) {
        Reply::Now(Answer::Problems(problems)) => problems[0].clone(),
        _ => panic!("problems"),
    };
    assert_eq!(problem(&mut ledger).source, format!("{} files", unread + 2));
    assert!(problem(&mut ledger).what.starts_with("Not read: reading was ended before 5 files had their turn. "));
    ledger.give_up(&[], 0);
    ledger.listing(Listing::Begun);
    ledger.listing(Listing::Ended);
    assert_eq!(problem(&mut ledger).source, "5 files", "nothing more was left unread, and what was listed was listed to its end");
    ledger.listing(Listing::Begun);
    ledger.listing(Listing::Cut);
    ledger.listing(Listing::Ended);
    assert!(problem(&mut ledger).what.contains("had their turn, and before all that was opened had been listed. "));
    assert_eq!(ledger.progress().problems, 1);
}

/// A ledger that is told by name of what nobody will read, as the page does it.
fn give_up(ledger: &mut Ledger, ids: &[FileId]) {
    let mut reader = Reader::default();
    ledger.give_up(ids, 0).iter().for_each(|(id, name)| reader.not_read(*id, name));
    let (report, rows) = reader.finish();
    assert!(report.problems.is_empty(), "they are one line, not thousands");
    assert!(ledger.admit(report, rows).is_empty());
}

/// Whatever part of the files was not read: no log or digest among them passes for missing, nothing is claimed of it, and whatever else was
/// not found is said to be perhaps among them. Once they are opened again, everything is as if it had been read at once.
#[test]
fn a_file_that_was_not_read_is_not_missing() {
    let files = files();
    let all = 0..files.len();
    let report = |ledger: &mut Ledger| ledger.full_report();
    let mut whole = ledger(&files, &[all.clone().collect()]);
    let before = report(&mut whole);
    let gone = |report: &trailseal::integrity::report::VerdictReport| -> BTreeSet<String> {
        let logs = report.logs.iter().map(|row| (row.verdict, &row.key));
        let digests = report.digests.iter().map(|row| (row.verdict, &row.key));
        logs.chain(digests).filter(|(verdict, _)| *verdict == Verdict::Missing).filter_map(|(_, key)| key.clone()).collect()
    };
    for step in [2, 3, 7] {
        let read: Vec<usize> = all.clone().filter(|at| at % step != 1).collect();
        let unread: Vec<usize> = all.clone().filter(|at| at % step == 1).collect();
        let mut ledger = ledger(&files, &[read]);
        give_up(&mut ledger, &unread.iter().map(|at| FileId(*at as u32)).collect::<Vec<_>>());
        assert!(!ledger.progress().is_arriving());
        let found = report(&mut ledger);
        assert!(gone(&found).is_subset(&gone(&before)), "{:?}", gone(&found).difference(&gone(&before)).collect::<Vec<_>>());
        for at in &unread {
            let named = |source: &Option<String>| source.as_deref() == Some(files[*at].0.as_str());
            let logs = found.logs.iter().filter(|row| named(&row.source)).map(|row| (row.verdict, row.reason, row.message.as_ref()));
            let digests = found.digests.iter().filter(|row| named(&row.source)).map(|row| (row.verdict, row.reason, row.message.as_ref()));
            for (verdict, reason, message) in logs.chain(digests) {
                assert_eq!((verdict, reason.map(|reason| reason.slug())), (Verdict::Unproven, Some("not-readable")), "{}", files[*at].0);
                assert!(message.ends_with("was not read: reading was ended before its turn, so nothing can be said of it. Open it again."));
            }
        }
        let missing = found.logs.iter().filter(|row| row.verdict == Verdict::Missing).map(|row| &row.message);
        missing.for_each(|message| assert!(message.contains("it may be among what was opened and not read"), "{message}"));
        let judgement = ledger.judgement();
        let claims = judgement.claims.clone();
        assert!(!claims.proven.iter().any(|claim| claim.contains("not among those given")), "{:?}", claims.proven);
        assert_eq!(claims.not_proven.iter().any(|claim| claim.contains("Reading was ended early")), !gone(&found).is_empty());
        // Opened again, out of another folder.
        let again: Vec<Named> = unread
            .iter()
            .map(|at| Named {
                id: FileId((files.len() + at) as u32),
                name: files[*at].0.replacen("AWSLogs/", "again/AWSLogs/", 1),
                size: files[*at].1.len() as u64,
            })
            .collect();
        ledger.expect(&again);
        let mut reader = Reader::default();
        for (named, at) in again.iter().zip(&unread) {
            reader.open(named.id, &named.name, None);
            reader.push(&files[*at].1);
            reader.close();
        }
        let (facts, rows) = reader.finish();
        for job in ledger.admit(facts, rows) {
            let Job::Check(checks) = job else { panic!("only checks follow from a report") };
            ledger.settle(checks.iter().map(check).collect());
        }
        let after = report(&mut ledger);
        assert_eq!((&after.summary, gone(&after)), (&before.summary, gone(&before)));
        assert!(!after.logs.iter().any(|row| row.message.contains("not read")), "nothing is left unread");
        assert_eq!(ledger.progress().problems, whole.progress().problems);
    }
}
