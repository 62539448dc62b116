//! Judging in steps: whatever arrives, is asked or is given up between two of them, in the end it is all as if it had been judged at once.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

#[path = "support/twin.rs"]
mod twin;

use std::sync::OnceLock;

use proptest::prelude::*;
use trailseal::integrity::judgement::Asked;
use trailseal::integrity::judgement::Judgement;
use trailseal::integrity::judgement::Stage;
use trailseal::integrity::report::VerdictReport;
use trailseal::integrity::signature::check;
use trailseal::integrity::standing::Tone;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::ledger::Turns;
use trailseal::protocol::Answer;
use trailseal::protocol::Job;
use trailseal::protocol::Listing;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::protocol::ReadReport;
use trailseal::protocol::ReportForm;
use trailseal::protocol::SurveyRequest;
use trailseal::query::filter::Filter;
use trailseal::query::inquiry::Inquiry;
use trailseal::reader::Reader;
use trailseal::table::batch::EventBatch;
use trailseal::table::column::ColumnId;
use trailseal::trail::ids::FileId;
use twin::files;

/// One Region of the tampered twin: changed, missing and planted files, a gap, two keys. Read once, each file by itself.
struct Read {
    named: Vec<Named>,
    reports: Vec<(ReadReport, EventBatch)>,
}

fn read() -> &'static Read {
    // Reports hold nothing that is shared: each test clones its own.
    static READ: OnceLock<Read> = OnceLock::new();
    READ.get_or_init(|| {
        let files = files();
        let named: Vec<Named> =
            (0..).zip(&files).map(|(id, (name, bytes))| Named { id: FileId(id), name: name.clone(), size: bytes.len() as u64 }).collect();
        let reports = named.iter().zip(&files).map(|(named, (_, bytes))| {
            let mut reader = Reader::default();
            reader.open(named.id, &named.name, None);
            reader.push(bytes);
            reader.close();
            reader.finish()
        });
        Read { reports: reports.collect(), named }
    })
}

/// A ledger that waits for these files.
fn expecting() -> Ledger {
    let mut ledger = Ledger::new(Asked::default());
    ledger.expect(&read().named);
    ledger
}

fn admit(ledger: &mut Ledger, at: usize) {
    let (report, rows) = read().reports[at].clone();
    let jobs = ledger.admit(report, rows);
    work(ledger, jobs);
}

/// Does the checks, and those that follow from them.
fn work(ledger: &mut Ledger, mut jobs: Vec<Job>) {
    while !jobs.is_empty() {
        for job in std::mem::take(&mut jobs) {
            let Job::Check(checks) = job else { panic!("only checks follow from a report") };
            ledger.settle(checks.iter().map(check).collect());
        }
        jobs = ledger.due_checks();
    }
}

/// Goes on in steps until nothing is left to be judged.
fn settle(ledger: &mut Ledger, budget: usize) {
    while !ledger.judge_in_steps(budget) {
        assert!(ledger.progress().is_busy(), "nothing is settled before it is judged");
    }
    assert!(!ledger.progress().is_busy());
    while !ledger.tidy(budget) {}
}

fn give_up(ledger: &mut Ledger, ids: &[FileId]) {
    let mut reader = Reader::default();
    ledger.give_up(ids, 0).iter().for_each(|(id, name)| reader.not_read(*id, name));
    let (report, rows) = reader.finish();
    let jobs = ledger.admit(report, rows);
    work(ledger, jobs);
}

/// Of everything, in the order of the names, judged at once.
fn whole() -> &'static (Judgement, VerdictReport) {
    static WHOLE: OnceLock<(Judgement, VerdictReport)> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let mut ledger = expecting();
        (0..read().reports.len()).for_each(|at| admit(&mut ledger, at));
        (ledger.judgement().clone(), ledger.full_report())
    })
}

fn shuffled(mut seed: u64, many: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..many).collect();
    for at in (1..many).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(at, (seed >> 33) as usize % (at + 1));
    }
    order
}

fn survey(text: &str) -> Question {
    let inquiry = Inquiry { filter: Filter::parse(text), ..Inquiry::default() };
    let tallies = vec![ColumnId::EventName, ColumnId::Verdict];
    Question::Survey(SurveyRequest { inquiry, window: None, stacked: ColumnId::Verdict, bins: 30, tallies, most: 9 })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Files arrive in any order, sheaf by sheaf, while it is being judged; nothing of them is lost, and nothing is judged but what there is.
    #[test]
    fn what_arrives_while_it_is_judged_is_judged_too(seed in any::<u64>(), budget in 200usize..60_000, sheaf in 1usize..90, steps in 0usize..40) {
        let mut ledger = expecting();
        let order = shuffled(seed, read().reports.len());
        let mut left = order.len();
        for some in order.chunks(sheaf) {
            left -= some.len();
            some.iter().for_each(|at| admit(&mut ledger, *at));
            for _ in 0..steps {
                ledger.judge_in_steps(budget);
            }
            prop_assert!(left == 0 || ledger.progress().is_busy());
        }
        settle(&mut ledger, budget);
        let (judgement, report) = whole();
        prop_assert_eq!(serde_json::to_string(&ledger.full_report()).ok(), serde_json::to_string(report).ok());
        prop_assert_eq!(ledger.judgement(), judgement);
        prop_assert_eq!(judgement.stage, Stage::Settled);
    }

    /// Somebody ends the reading in the midst of judging: what was not read is judged as that, as if it had been known from the beginning.
    #[test]
    fn a_cancel_while_it_is_judged_is_judged_too(seed in any::<u64>(), budget in 200usize..60_000, of in 1usize..10, steps in 1usize..60) {
        let order = shuffled(seed, read().reports.len());
        let (unread, read) = order.split_at(order.len() * of / 10);
        let ids: Vec<FileId> = unread.iter().map(|at| FileId(*at as u32)).collect();
        let mut at_once = expecting();
        read.iter().for_each(|at| admit(&mut at_once, *at));
        give_up(&mut at_once, &ids);
        let mut ledger = expecting();
        read.iter().for_each(|at| admit(&mut ledger, *at));
        for _ in 0..steps {
            ledger.judge_in_steps(budget);
        }
        give_up(&mut ledger, &ids);
        for _ in 0..steps {
            ledger.judge_in_steps(budget);
        }
        settle(&mut ledger, budget);
        prop_assert_eq!(ledger.judgement().stage, Stage::CutShort);
        prop_assert_eq!(ledger.judgement(), at_once.judgement());
        prop_assert_eq!(ledger.full_report(), at_once.full_report());
    }
}

/// While it is judged questions are answered, by the verdicts last judged and with the word that more are to come; what is given away waits
/// for the final ones.
#[test]
fn questions_are_answered_while_it_is_judged() {
    let many = read().reports.len();
    let (mut ledger, mut turns) = (expecting(), Turns::default());
    (0..many / 2).for_each(|at| admit(&mut ledger, at));
    ledger.judge();
    let rows = ledger.progress().rows;
    (many / 2..many).for_each(|at| admit(&mut ledger, at));
    let before = ledger.progress();
    assert!(!before.is_arriving() && before.is_busy() && before.rows > rows);
    assert!(!ledger.judge_in_steps(1000), "a step of judging is not all of it");
    assert!(turns.take(&mut ledger, 7, Question::Report(ReportForm::Json), 100).is_none(), "a report waits for the verdicts");
    let mut steps = 0;
    let mut report = None;
    while report.is_none() {
        steps += 1;
        let text = ["", "delete", "verdict:valid"][steps % 3];
        while !ledger.prepare(&survey(text), 100_000) {}
        let Reply::Now(Answer::Survey(survey)) = ledger.answer_prepared(0, survey(text)) else { panic!("a survey") };
        assert_eq!(survey.total, before.rows, "all rows are there at once");
        let Reply::Now(Answer::Proof(proof)) = ledger.answer_prepared(0, Question::Proof) else { panic!("the proof") };
        assert_eq!(proof.standing.tone, Tone::Arriving);
        report = turns.step(&mut ledger, 1000).pop();
        assert_ne!(report.is_some(), ledger.progress().is_busy(), "it is settled when it is judged, and not before");
    }
    assert!(steps > 20, "{steps} steps are none");
    let Some((7, Reply::Now(Answer::Report(report)))) = report else { panic!("the report") };
    assert_eq!(report, serde_json::to_string_pretty(&whole().1).unwrap());
    let Reply::Now(Answer::Proof(proof)) = ledger.answer_prepared(0, Question::Proof) else { panic!("the proof") };
    assert_eq!(proof.standing.tone, Tone::Broken);
    assert_eq!(ledger.judgement(), &whole().0);
}

/// A walk through folders that begins and ends while it is judged is no reason to judge nothing, nor twice the same in vain.
#[test]
fn judging_comes_to_an_end_whatever_is_opened_meanwhile() {
    let mut ledger = expecting();
    (0..read().reports.len()).for_each(|at| admit(&mut ledger, at));
    for _ in 0..3 {
        assert!(!ledger.judge_in_steps(500));
        ledger.listing(Listing::Begun);
        assert!(!ledger.judge_in_steps(500));
        ledger.listing(Listing::Ended);
    }
    let generation = ledger.progress().generation;
    settle(&mut ledger, 500);
    assert_eq!(ledger.progress().generation, generation + 1, "a new judgement is a new generation");
    assert!(ledger.judge_in_steps(1) && ledger.progress().generation == generation + 1, "nothing has changed since");
    assert_eq!(ledger.judgement(), &whole().0);
}
