//! The core without a browser, for `cargo xtask bench`: a folder read with rows as the page reads it, and what questions cost over
//! tables of a million rows and more. `cargo bench --bench native -- FOLDER [ROWS…]`; writes one line of JSON.
#![allow(clippy::disallowed_methods)]

mod support;

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;
use trailseal::integrity::signature::check;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::protocol::Answer;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::protocol::ReadReport;
use trailseal::protocol::SurveyRequest;
use trailseal::query::filter::Filter;
use trailseal::query::inquiry::Inquiry;
use trailseal::query::order::SortBy;
use trailseal::query::scene::FileClasses;
use trailseal::query::scene::Scene;
use trailseal::query::sorting::Sorting;
use trailseal::reader::Reader;
use trailseal::table::batch::EventBatch;
use trailseal::table::column::ColumnId;
use trailseal::trail::ids::FileId;

fn main() {
    // `cargo bench` adds words of its own, all with dashes.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let Some((folder, sizes)) = words.split_first() else {
        println!("cargo bench --bench native -- FOLDER [ROWS…]");
        return;
    };
    let sizes = sizes.iter().map(|size| size.parse::<usize>().expect("ROWS is a number"));
    let scale: Vec<Value> = sizes.map(scale).collect();
    println!("{}", json!({ "folder": folder_with_rows(Path::new(folder)), "scale": scale }));
}

/// Reads a folder on all cores, keeps every row, checks every signature, judges, and answers the first survey: until the page would show
/// its picture.
fn folder_with_rows(folder: &Path) -> Value {
    let begun = Instant::now();
    let mut files = Vec::new();
    list(folder, &mut files);
    let named: Vec<Named> = (0..)
        .zip(&files)
        .map(|(id, (path, size))| Named { id: FileId(id), name: path.to_string_lossy().into_owned(), size: *size })
        .collect();
    let mut ledger = Ledger::default();
    ledger.expect(&named);
    let mut checks = read(&files, &named, &mut ledger);
    while !checks.is_empty() {
        let share = checks.len().div_ceil(cores());
        let outcomes = std::thread::scope(|scope| {
            let threads: Vec<_> = checks.chunks(share).map(|some| scope.spawn(|| some.iter().map(check).collect::<Vec<_>>())).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("a check cannot fail")).collect()
        });
        ledger.settle(outcomes);
        checks = due(ledger.admit(ReadReport::default(), EventBatch::default()));
    }
    ledger.judge();
    let read = begun.elapsed().as_secs_f64();
    let survey = survey(&mut ledger, "");
    let progress = ledger.progress();
    json!({ "seconds": begun.elapsed().as_secs_f64(), "read": read, "survey_ms": survey, "files": progress.files, "events": progress.rows,
        "bytes_a_row": progress.memory as f64 / progress.rows.max(1) as f64 })
}

fn read(files: &[(PathBuf, u64)], named: &[Named], ledger: &mut Ledger) -> Vec<trailseal::integrity::signature::SignatureCheck> {
    let next = AtomicUsize::new(0);
    let (sender, reports) = mpsc::sync_channel::<(ReadReport, EventBatch)>(4);
    let mut jobs = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..cores() {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let first = next.fetch_add(FILES_AT_ONCE, Ordering::Relaxed);
                    if first >= files.len() {
                        return;
                    }
                    let past = (first + FILES_AT_ONCE).min(files.len());
                    let mut reader = Reader::default();
                    for ((path, _), named) in files[first..past].iter().zip(&named[first..past]) {
                        reader.open(named.id, &named.name, None);
                        reader.push(&fs::read(path).expect("a file of the trail"));
                        reader.close();
                    }
                    sender.send(reader.finish()).expect("the ledger listens");
                }
            });
        }
        drop(sender);
        for (report, rows) in reports {
            jobs.extend(due(ledger.admit(report, rows)));
        }
    });
    jobs
}

fn due(jobs: Vec<Job>) -> Vec<trailseal::integrity::signature::SignatureCheck> {
    jobs.into_iter().flat_map(|job| if let Job::Check(checks) = job { checks } else { Vec::new() }).collect()
}

/// Questions over a table of so many rows, made of the sample's.
fn scale(rows: usize) -> Value {
    let batch = support::rows();
    let mut ledger = Ledger::default();
    for _ in 0..rows.div_ceil(batch.len()) {
        ledger.admit(ReadReport::default(), batch.clone());
    }
    let progress = ledger.progress();
    let surveys: Vec<f64> = ["", "eventName:AssumeRole", "delete"].iter().map(|filter| survey(&mut ledger, filter)).collect();
    // One after the other: both at once would not fit where ten million rows just do.
    drop(ledger);
    let (table, classes) = (support::table(rows), FileClasses::default());
    let sort = |by| {
        let begun = Instant::now();
        let mut sorting = Sorting::default();
        while !sorting.step(Scene { table: &table, classes: &classes }, by, usize::MAX) {}
        assert_eq!(sorting.order(by).map(<[u32]>::len), Some(table.len()));
        begun.elapsed().as_secs_f64() * 1e3
    };
    json!({ "rows": progress.rows, "bytes_a_row": progress.memory as f64 / progress.rows.max(1) as f64, "survey_all_ms": surveys[0],
        "survey_value_ms": surveys[1], "survey_text_ms": surveys[2], "sort_time_ms": sort(SortBy::Time),
        "sort_name_ms": sort(SortBy::Column(ColumnId::EventName)) })
}

/// How long the page's own survey takes, in milliseconds: the second time, as while somebody works with it.
fn survey(ledger: &mut Ledger, filter: &str) -> f64 {
    let request = SurveyRequest {
        inquiry: Inquiry { filter: Filter::parse(filter), ..Inquiry::default() },
        window: None,
        stacked: ColumnId::Verdict,
        bins: 240,
        tallies: ColumnId::STORED.to_vec(),
        most: 12,
    };
    let mut took = 0.0;
    for _ in 0..2 {
        let begun = Instant::now();
        let answer = ledger.answer(0, Question::Survey(request.clone()));
        took = begun.elapsed().as_secs_f64() * 1e3;
        let Reply::Now(Answer::Survey(survey)) = answer else { panic!("a survey is answered with a survey") };
        assert!(survey.matched > 0 || !filter.is_empty(), "the rows are there");
    }
    took
}

fn list(folder: &Path, files: &mut Vec<(PathBuf, u64)>) {
    let mut entries: Vec<_> = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            list(&path, files);
        } else {
            let size = fs::metadata(&path).expect("a file").len();
            files.push((path, size));
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// As `trailseal verify` has it.
const FILES_AT_ONCE: usize = 64;
