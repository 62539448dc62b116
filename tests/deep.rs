//! A search of the raw JSON finds the records that hold a text and no others, however they are written and cut; and the ledger says of each
//! search how far it has come.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::Value;
use trailseal::integrity::content::Hasher;
use trailseal::integrity::judgement::Asked;
use trailseal::ledger::Ledger;
use trailseal::ledger::Reply;
use trailseal::protocol::Answer;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::protocol::RawFound;
use trailseal::protocol::RawSearch;
use trailseal::protocol::RawState;
use trailseal::protocol::RowsRequest;
use trailseal::protocol::SurveyRequest;
use trailseal::query::filter::Filter;
use trailseal::query::inquiry::Inquiry;
use trailseal::query::keep::Keep;
use trailseal::reader::Reader;
use trailseal::reader::Searcher;
use trailseal::table::column::ColumnId;
use trailseal::trail::ids::FileId;
use trailseal::trail::percent;

/// Files in a ledger, and how they are read again.
struct Scene {
    ledger: Ledger,
    files: Vec<Vec<u8>>,
}

impl Scene {
    fn new(files: &[Vec<u8>]) -> Self {
        let mut scene = Self { ledger: Ledger::new(Asked::default()), files: Vec::new() };
        files.iter().for_each(|file| scene.add(file));
        scene
    }

    fn add(&mut self, file: &[u8]) {
        let named =
            Named { id: FileId(self.files.len() as u32), name: format!("result_{}.csv", self.files.len()), size: file.len() as u64 };
        self.ledger.expect(std::slice::from_ref(&named));
        let mut reader = Reader::default();
        reader.open(named.id, &named.name, None);
        reader.push(file);
        let (report, rows) = reader.finish();
        self.ledger.admit(report, rows);
        self.files.push(file.to_vec());
    }

    fn ask(&mut self, question: Question) -> Answer {
        match self.ledger.answer(7, question) {
            Reply::Now(answer) => answer,
            Reply::Ask(_) => panic!("no file is needed for this"),
        }
    }

    fn unsearched(&mut self, filter: &str, text: &str) -> Vec<u32> {
        let Answer::Unsearched(files) = self.ask(Question::Unsearched(inquiry(filter), text.to_owned())) else { panic!("a list") };
        files.into_iter().map(|id| id.0).collect()
    }

    fn job(&mut self, text: &str, files: &[u32]) -> RawSearch {
        let named = |id: &u32| Named { id: FileId(*id), name: String::new(), size: self.files[*id as usize].len() as u64 };
        let files = files.iter().map(named).collect();
        let Reply::Ask(Job::Search(7, job)) = self.ledger.answer(7, Question::Search(text.to_owned(), files)) else { panic!("a job") };
        job
    }

    /// Searches these files as the page would have it done, with their bytes in chunks of a size.
    fn search(&mut self, text: &str, files: &[u32], chunk: usize) {
        let job = self.job(text, files);
        let found = searched(&job, &self.files, chunk);
        self.ledger.found(&found);
    }

    fn names(&mut self, filter: &str) -> BTreeSet<String> {
        let request = RowsRequest { inquiry: inquiry(filter), start: 0, count: 1000, columns: vec![ColumnId::EventName] };
        let Answer::Rows(rows) = self.ask(Question::Rows(request)) else { panic!("rows") };
        rows.rows.into_iter().map(|row| row.cells[0].clone()).collect()
    }

    fn state(&mut self, filter: &str) -> RawState {
        let request =
            SurveyRequest { inquiry: inquiry(filter), window: None, stacked: ColumnId::Verdict, bins: 5, tallies: Vec::new(), most: 0 };
        let Answer::Survey(survey) = self.ask(Question::Survey(request)) else { panic!("a survey") };
        survey.raw.into_iter().next().unwrap_or_default()
    }
}

fn inquiry(filter: &str) -> Inquiry {
    Inquiry { filter: Filter::parse(filter), ..Inquiry::default() }
}

/// What a reader does with a job.
fn searched(job: &RawSearch, files: &[Vec<u8>], chunk: usize) -> RawFound {
    let mut searcher = Searcher::new(&job.text);
    let mut found = RawFound { text: job.text.clone(), ..RawFound::default() };
    for file in &job.files {
        searcher.open(file, Hasher::Here);
        files[file.id.index()].chunks(chunk).for_each(|chunk| searcher.push(chunk));
        let (rows, sha256) = searcher.close(&mut |_| false);
        found.admit(file, rows.many, rows.rows, sha256);
    }
    found
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn log(records: &[String]) -> Vec<u8> {
    format!("{{\"before\":\"needle\",\"Records\":[{}],\"after\":\"needle\"}}", records.join(",")).into_bytes()
}

fn record(name: &str, parameters: &str) -> String {
    format!(
        r#"{{"eventName":"{name}","eventSource":"s3.amazonaws.com","eventTime":"2024-01-01T00:00:00Z","requestParameters":{parameters}}}"#
    )
}

fn is_found(parameters: &str, text: &str) -> bool {
    let mut scene = Scene::new(&[log(&[record("Other", "{}"), record("Sought", parameters), record("Another", "null")])]);
    scene.search(text, &[0], 11);
    let filter = format!("raw:\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let names = scene.names(&filter);
    assert!(names.is_empty() || names == BTreeSet::from(["Sought".to_owned()]), "{names:?}");
    !names.is_empty()
}

#[test]
fn a_text_is_found_however_it_is_written() {
    for (parameters, text) in [
        (r#"{"bucketName":"my-Bucket"}"#, "my-bucket"),
        (r#"{"bucketName":"my-bucket"}"#, "MY-BUCKET"),
        (r#"{"bucketName":"my-bucket"}"#, r#""bucketName":"my-bucket""#),
        (r#"{"a":[{"b":{"c":17}}]}"#, "{\"c\":17}"),
        (r#"{"path":"a\/b"}"#, "a/b"),
        (r#"{"path":"a\/b"}"#, r"a\/b"),
        (r#"{"x":"\u003cscript\u003E"}"#, "<script>"),
        (r#"{"x":"caf\u00e9"}"#, "café"),
        (r#"{"x":"café"}"#, "CAFé"),
        (r#"{"x":"\ud83d\ude00!"}"#, "\u{1f600}!"),
        (r#"{"policy":"{\"Principal\":{\"AWS\":\"*\"}}"}"#, r#""Principal":{"AWS":"*"}"#),
        (r#"{"policy":"{\"Principal\":{\"AWS\":\"*\"}}"}"#, r#"\"Principal\""#),
        (r#"{"policy":"{\n  \"Effect\": \"Allow\"}"}"#, "{\n  \"effect\""),
        (r#"{"policy":"%7B%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Ab%2F*%22"}"#, "arn:aws:s3:::b/*"),
        (r#"{"policy":"arn%3Aaws"}"#, "arn%3aaws"),
        (r#"{"cidr":"203.0.113.0\u002f24"}"#, "203.0.113.0/24"),
    ] {
        assert!(is_found(parameters, text), "{text} in {parameters}");
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    for (parameters, text) in [
        (r#"{"bucketName":"my-bucket"}"#, "my_bucket"),
        (r#"{"bucketName":"my*bucket"}"#, "my*ucket"),
        (r#"{"x":"CAFÉ"}"#, "café"),
        (r#"{"x":"a"}"#, "needle"),
        // Across the border of two records.
        (r#"{"x":"a"}"#, "}},{\"eventName\":\"Another"),
        (r#"{"x":"\\u003c"}"#, "<"),
        (r#"{"x":"\ud83d"}"#, "\u{1f600}"),
    ] {
        assert!(!is_found(parameters, text), "{text} in {parameters}");
    }
}

#[test]
fn other_shapes_of_files_are_searched_too() {
    let records = [record("A", r#"{"k":"one"}"#), record("B", r#"{"k":"two"}"#)];
    let lines =
        "eventTime,eventName,requestParameters\n2024-01-01 00:00:00.000,A,\"{k=one, \"\"q\"\"=1}\"\n2024-01-01 00:00:00.000,B,{k=two}\n";
    for file in
        [records.join("\n").into_bytes(), format!("\u{feff} [{}]", records.join(" , ")).into_bytes(), gzip(&log(&records)), lines.into()]
    {
        let mut scene = Scene::new(&[file]);
        scene.search("TWO", &[0], 5);
        assert_eq!(scene.names("raw:two"), BTreeSet::from(["B".to_owned()]));
        assert_eq!(scene.names("-raw:two"), BTreeSet::from(["A".to_owned()]));
    }
}

#[test]
fn hits_come_file_by_file_and_the_filter_says_how_far() {
    let file = |name: &str| gzip(&log(&[record(name, r#"{"k":"needle"}"#), record("Quiet", "{}")]));
    let mut scene = Scene::new(&[file("A"), file("B"), file("C")]);
    assert_eq!(scene.unsearched("raw:needle", "needle"), [0, 1, 2]);
    assert_eq!(scene.state("raw:needle"), state("needle", 0, 3, 0, 0));
    assert!(scene.names("raw:needle").is_empty());
    scene.search("needle", &[1], 100);
    assert_eq!(scene.state("raw:needle"), state("needle", 1, 3, 1, 0));
    assert_eq!(scene.names("raw:NEEDLE"), BTreeSet::from(["B".to_owned()]));
    // Given up here; taken up where it was.
    assert_eq!(scene.unsearched("raw:needle", "needle"), [0, 2]);
    scene.search("needle", &[0, 2], 100);
    assert_eq!(scene.state("raw:needle"), state("needle", 3, 3, 3, 0));
    assert!(scene.state("raw:needle").is_complete());
    // A file that comes later, and a text of its own.
    scene.add(&file("D"));
    assert_eq!(scene.state("raw:needle"), state("needle", 3, 4, 3, 0));
    assert_eq!(scene.unsearched("raw:needle", "needle"), [3]);
    assert_eq!(scene.unsearched("raw:quiet", "quiet"), [0, 1, 2, 3]);
    assert_eq!(scene.names("raw:needle").len(), 3);
}

/// A choice of rows gives those that stay other numbers: what was found by the old ones is found anew, not shown at other rows.
#[test]
fn what_was_found_before_rows_were_chosen_is_searched_for_again() {
    let file = gzip(&log(&[record("A", "{}"), record("B", "{}"), record("C", r#"{"k":"needle"}"#), record("D", "{}")]));
    let mut scene = Scene::new(std::slice::from_ref(&file));
    scene.search("needle", &[0], 100);
    assert_eq!(scene.names("raw:needle"), BTreeSet::from(["C".to_owned()]));
    let under_way = scene.job("needle", &[0]);
    scene.ledger.keep(Some(Keep { range: None, filter: Filter::parse("-eventName:A") }));
    assert_eq!(scene.names("").len(), 3);
    assert_eq!(scene.state("raw:needle"), state("needle", 0, 1, 0, 0));
    let late = searched(&under_way, &scene.files, 100);
    scene.ledger.found(&late);
    assert!(!scene.ledger.is_searching() && scene.names("raw:needle").is_empty());
    assert_eq!(scene.unsearched("raw:needle", "needle"), [0]);
    scene.search("needle", &[0], 100);
    assert_eq!(scene.names("raw:needle"), BTreeSet::from(["C".to_owned()]));
}

#[test]
fn only_files_that_pass_the_other_clauses_need_be_searched() {
    let file = |name: &str| gzip(&log(&[record(name, r#"{"k":"needle"}"#)]));
    let mut scene = Scene::new(&[file("A"), file("B")]);
    assert_eq!(scene.unsearched("eventName:B raw:needle", "needle"), [1]);
    scene.search("needle", &[1], 100);
    assert_eq!(scene.state("eventName:B raw:needle"), state("needle", 1, 1, 1, 0));
    assert_eq!(scene.state("raw:needle"), state("needle", 1, 2, 1, 0));
    // What has found nothing leaves nothing to the next one.
    assert_eq!(scene.unsearched("raw:needle raw:other", "other"), [1]);
}

#[test]
fn of_a_file_that_has_changed_nothing_is_shown() {
    let old = log(&[record("A", r#"{"k":"one"}"#), record("B", r#"{"k":"two"}"#)]);
    let mut scene = Scene::new(&[gzip(&old), gzip(&old.iter().map(|byte| if *byte == b'A' { b'C' } else { *byte }).collect::<Vec<_>>())]);
    // The same length, the same places, another text: its hash tells.
    let new = String::from_utf8(old.clone()).unwrap().replace("one", "two");
    scene.files[0] = gzip(new.as_bytes());
    scene.search("two", &[0, 1], 9);
    assert_eq!(scene.names("raw:two"), BTreeSet::from(["B".to_owned()]));
    assert_eq!(scene.state("raw:two"), state("two", 1, 2, 1, 1));
    assert_eq!(scene.unsearched("raw:two", "two"), [0]);
    // No hit, and no record where one was: that tells too.
    for changed in [b"{}".to_vec(), Vec::new(), gzip(&old[..old.len() / 2]), gzip(&[b" ", &old[..]].concat())] {
        scene.files[0] = changed;
        scene.search("nowhere", &[0], 9);
        assert_eq!(scene.state("raw:nowhere"), state("nowhere", 0, 2, 0, 1));
    }
    scene.files[0] = gzip(&old);
    scene.search("two", &[0], 9);
    assert_eq!(scene.state("raw:two"), state("two", 2, 2, 2, 0));
}

#[test]
fn an_export_says_that_the_search_was_not_over() {
    let file = |name: &str| gzip(&log(&[record(name, r#"{"k":"needle"}"#)]));
    let mut scene = Scene::new(&[file("A"), file("B")]);
    scene.search("needle", &[1], 100);
    let mut text = |filter: &str| {
        let request = trailseal::export::parts::RowsTextRequest {
            inquiry: inquiry(filter),
            forms: trailseal::export::parts::RowsForms::One(trailseal::export::parts::RowsForm::JsonLines),
            start: 0,
            count: 9,
        };
        let Answer::RowsText(text) = scene.ask(Question::RowsText(request)) else { panic!("a text") };
        text.texts.concat()
    };
    assert!(text("raw:needle").contains("of 2 files only 1 were searched for"), "{}", text("raw:needle"));
    assert!(!text("eventName:B raw:needle").contains("searched for"));
}

fn state(text: &str, hits: u64, files: u64, searched: u64, changed: u64) -> RawState {
    RawState { text: text.to_owned(), hits, files, searched, changed }
}

/// Text that begins, ends and repeats like what is sought, with everything that may be escaped.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "A",
            "b",
            "/",
            "\"",
            "\\",
            "<",
            "é",
            "\u{1f600}",
            "\n",
            "%2F",
            "%",
            "{",
            "}",
            ",",
            "ab/",
            "\\u0061",
        ]),
        0..6,
    )
    .prop_map(|parts| parts.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![text().prop_map(Value::String), any::<u8>().prop_map(Value::from), Just(Value::Null)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..3).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Prints a value with its strings as they are, or escaped by the whims of `seed`.
fn print(value: &Value, out: &mut String, escape: &mut dyn FnMut(char, &mut String)) {
    let mut string = |text: &str, out: &mut String| {
        out.push('"');
        text.chars().for_each(|c| escape(c, out));
        out.push('"');
    };
    match value {
        Value::String(text) => string(text, out),
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                print(value, out, escape);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "\"" } else { ",\"" });
                key.chars().for_each(|c| escape(c, out));
                out.push_str("\":");
                print(value, out, escape);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn escaped(seed: &mut impl Iterator<Item = u8>, c: char, out: &mut String) {
    let whim = seed.next().unwrap_or(0) % 4;
    match c {
        '"' | '\\' if whim < 3 => out.extend(['\\', c]),
        '/' if whim == 0 => out.push_str("\\/"),
        '\n' if whim < 3 => out.push_str("\\n"),
        _ if whim == 3 || c < ' ' => {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| *out += &format!("\\u{unit:04X}"));
        }
        _ => out.push(c),
    }
}

proptest! {
    #[test]
    fn exactly_the_records_are_found_whose_text_holds_it(values in prop::collection::vec(value(), 1..6), sought in text(), seed in prop::collection::vec(any::<u8>(), 50), chunk in 1usize..90, packed in any::<bool>()) {
        prop_assume!(!sought.is_empty());
        let mut seed = seed.into_iter().cycle();
        let (mut records, mut expected) = (Vec::new(), BTreeSet::new());
        for (at, value) in values.iter().enumerate() {
            let (mut plain, mut written) = (String::new(), String::new());
            print(value, &mut plain, &mut |c, out| out.push(c));
            print(value, &mut written, &mut |c, out| escaped(&mut seed, c, out));
            prop_assert_eq!(&serde_json::from_str::<Value>(&written).unwrap(), value);
            // What the record says, what stands in the file, and what it says once percent-encoding is resolved.
            let name = format!("Event{at}");
            let says = [record(&name, &plain), record(&name, &written), percent::decode(&record(&name, &plain))];
            let lower = sought.to_ascii_lowercase();
            if says.iter().any(|text| text.to_ascii_lowercase().contains(&lower)) {
                expected.insert(name.clone());
            }
            records.push(record(&name, &written));
        }
        let file = if packed { gzip(&log(&records)) } else { log(&records) };
        let mut scene = Scene::new(&[file]);
        scene.search(&sought, &[0], chunk);
        let all: BTreeSet<String> = scene.names("");
        prop_assert_eq!(all.len(), values.len());
        let inquiry = Inquiry { filter: Filter { clauses: vec![trailseal::query::filter::Clause { field: trailseal::query::filter::Field::Raw, value: sought, sense: trailseal::query::filter::Sense::Include }] }, ..Inquiry::default() };
        prop_assert_eq!(scene.names(&inquiry.filter.to_string()), expected);
    }

    #[test]
    fn any_bytes_can_be_searched(bytes in prop::collection::vec(any::<u8>(), 0..200), escapes in "(\\\\u?[0-9d]{0,4}){0,9}", places in prop::collection::vec((0u64..300, 0u32..9), 0..9)) {
        let mut places = places;
        places.sort_unstable();
        let file = trailseal::protocol::RawFile { id: FileId(0), size: 0, taken: 0, sha256: None, places };
        let mut searcher = Searcher::new("1");
        for bytes in [bytes, format!("[{{\"a\":\"{escapes}\"}}").into_bytes()] {
            searcher.open(&file, Hasher::Here);
            searcher.push(&bytes);
            let _ = searcher.close(&mut |_| false);
        }
    }
}
