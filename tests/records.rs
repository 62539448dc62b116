//! Real CloudTrail records: every file of `../shared/data` gives the counts that its ground truth states.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use trailseal::protocol::Weight;
use trailseal::query::scene::FileClasses;
use trailseal::query::scene::Scene;
use trailseal::query::tally::Totals;
use trailseal::reader::Reader;
use trailseal::table::column::ColumnId;
use trailseal::table::event_table::EventTable;
use trailseal::trail::ids::FileId;

/// Sets whose files are read as they are today: delivered logs, bare arrays, JSON lines, single records.
const SETS: &[&str] = &[
    "invictus-aws_dataset",
    "boogy-cloudtrail-log-parser",
    "stratus-red-team",
    "formats/aws-docs-examples",
    "formats/containers-bindplane",
    "formats/event-versions-umccr",
    "formats/gz-single-events-security-lake",
    "formats/network-activity-panther",
    "formats/digest-llm-guard",
];

#[test]
fn real_records_give_the_counts_of_their_ground_truth() {
    let Some(data) = shared() else { return };
    let expected: Value = serde_json::from_slice(&fs::read(data.join("EXPECTED.json")).unwrap()).unwrap();
    for set in SETS {
        let table = read_all(&data.join(set));
        let expected = &expected[*set];
        assert_eq!(table.len() as u64, expected["records"].as_u64().unwrap(), "{set}: records");
        for (column, name) in [
            (ColumnId::EventName, "eventName"),
            (ColumnId::EventSource, "eventSource"),
            (ColumnId::SourceIpAddress, "sourceIPAddress"),
            (ColumnId::AwsRegion, "awsRegion"),
            (ColumnId::ErrorCode, "errorCode"),
            (ColumnId::UserIdentityType, "userIdentity.type"),
        ] {
            let counts = counts(&table, column);
            // An empty text and an absent field are one to us, two to the ground truth.
            let twice = expected["counts"][name].as_object().unwrap().contains_key("")
                && expected["counts"][name].as_object().unwrap().contains_key("None");
            let distinct = expected["distinct"][name].as_u64().unwrap() - u64::from(twice);
            assert_eq!(counts.len() as u64, distinct, "{set}: distinct {name}");
            // The ground truth names the most frequent sixty.
            for (value, count) in truth(&expected["counts"][name]) {
                assert_eq!(counts.get(&value), Some(&count), "{set}: {name} {value:?}");
            }
        }
        let span = table.span().map(|span| span.start.to_string());
        assert_eq!(span.as_deref(), expected["first_eventTime"].as_str(), "{set}: first event");
    }
}

#[test]
fn nothing_in_the_data_is_lost_in_silence() {
    let Some(data) = shared() else { return };
    let mut files = Vec::new();
    list(&data, &mut files);
    for path in files {
        let (report, rows) = read(&path);
        let said = !report.problems.is_empty();
        let used = !rows.is_empty() || !report.keys.is_empty() || !report.signatures.is_empty();
        let is_digest = path.to_string_lossy().contains("CloudTrail-Digest");
        assert!(said || used || is_digest, "no rows and no word about {}", path.display());
        let lost = report.problems.iter().filter(|(_, problem)| problem.weight == Weight::Lost).count();
        assert_eq!(lost, 0, "{}: {:?}", path.display(), report.problems);
    }
}

fn counts(table: &EventTable, column: ColumnId) -> BTreeMap<String, u64> {
    let scene = Scene { table, classes: &FileClasses::default() };
    let mut totals = Totals::default();
    totals.follow(scene, column, table.len(), usize::MAX);
    (0..)
        .zip(totals.counts())
        .map(|(code, count)| (scene.value(column, code).to_owned(), u64::from(*count)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// The ground truth writes `None` where a record says nothing.
fn truth(counts: &Value) -> BTreeMap<String, u64> {
    let name = |name: &String| if name == "None" { String::new() } else { name.clone() };
    let mut truth = BTreeMap::new();
    counts.as_object().unwrap().iter().for_each(|(value, count)| *truth.entry(name(value)).or_default() += count.as_u64().unwrap());
    truth
}

fn read_all(folder: &Path) -> EventTable {
    let mut files = Vec::new();
    list(folder, &mut files);
    let mut table = EventTable::default();
    files.iter().for_each(|path| table.append(&read(path).1));
    table
}

fn read(path: &Path) -> (trailseal::protocol::ReadReport, trailseal::table::batch::EventBatch) {
    let mut reader = Reader::default();
    let name = path.to_string_lossy().into_owned();
    let bytes = fs::read(path).unwrap();
    reader.open(FileId(0), &name, None);
    bytes.chunks(4096).for_each(|chunk| reader.push(chunk));
    reader.finish()
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
    files.sort();
}

fn shared() -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !data.exists() {
        println!("skipped: there is no ../shared/data beside the project");
        return None;
    }
    Some(data)
}
