//! `trailseal verify` as a person runs it: the sample is all proven, its tampered twin gives exactly the rows that its text lists.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;

use serde_json::Value;

#[test]
fn the_sample_is_all_proven() {
    let folder = unpacked("whole", &["sample-trail.pack"]);
    let output = verify(&folder, &["--json"]);
    let expected = expected("sample-trail");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_same_rows(&json(&output), &expected);
}

#[test]
fn the_tampered_twin_gives_exactly_the_rows_its_text_lists() {
    let folder = unpacked("twin", &["sample-trail.pack", "tampered-trail.pack"]);
    let output = verify(&folder, &["--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_same_rows(&json(&output), &expected("tampered-trail"));
    let text = text(&verify(&folder, &[]).stderr);
    assert!(text.contains("20250311T2205Z_bTbba7nsQyfqWOka.json.gz\tINVALID: hash value doesn't match"), "{text}");
    assert!(text.contains("20250311T2330Z_yuXklq4Xaua4OPCE.json.gz\tINVALID: not found"), "{text}");
}

#[test]
fn without_keys_nothing_is_proven_and_nothing_disproven() {
    let folder = unpacked("keyless", &["sample-trail.pack"]);
    fs::remove_file(folder.join("keys.json")).unwrap();
    let output = verify(&folder, &["--json"]);
    assert_eq!(output.status.code(), Some(3));
    let report = json(&output);
    assert_eq!((&report["summary"]["digests"]["valid"], &report["summary"]["digests"]["invalid"]), (&0.into(), &0.into()));
}

#[test]
fn what_cannot_run_says_why_and_ends_with_2() {
    let empty = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("empty");
    fs::create_dir_all(&empty).unwrap();
    fs::write(empty.join("x.txt"), "hello").unwrap();
    for (arguments, says) in [
        (vec!["verify"], "name at least one"),
        (vec!["verify", "/no/such/folder"], "Cannot read"),
        (vec!["verify", empty.to_str().unwrap()], "no CloudTrail log or digest"),
        (vec!["verify", "--start", "yesterday", "x"], "takes a time"),
        (vec!["verify", "--start", "2024-01-02", "--end", "2024-01-01", "x"], "Invalid time range"),
        (vec!["validate"], "no command"),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {}", text(&output.stderr));
    }
}

/// Summary, findings, gaps and every row that is not `valid`, compared field by field with the expectation.
fn assert_same_rows(report: &Value, expected: &Value) {
    assert_eq!(report["summary"], expected["summary"]);
    for list in ["digests", "logs"] {
        let rows = report[list].as_array().unwrap();
        let wrong: Vec<&Value> = rows.iter().filter(|row| row["verdict"] != "valid").collect();
        let wanted = expected[list].as_array().unwrap();
        let key = |row: &Value| row["key"].to_string();
        assert_eq!(wrong.iter().map(|row| key(row)).collect::<BTreeSet<_>>(), wanted.iter().map(key).collect::<BTreeSet<_>>());
        for want in wanted {
            let row = wrong.iter().find(|row| row["key"] == want["key"]).unwrap();
            for (field, value) in want.as_object().unwrap() {
                assert_eq!(&row[field], value, "{field} of {}", want["key"]);
            }
        }
    }
    let findings: Vec<Value> =
        report["findings"].as_array().unwrap().iter().map(|finding| pick(finding, &["code", "subject", "start", "end"])).collect();
    let wanted: Vec<Value> =
        expected["findings"].as_array().unwrap().iter().map(|finding| pick(finding, &["code", "subject", "start", "end"])).collect();
    assert_eq!(findings, wanted);
    let gaps: Vec<Value> =
        report["chains"].as_array().unwrap().iter().flat_map(|chain| chain["gaps"].as_array().unwrap()).map(|gap| pick(gap, GAP)).collect();
    let wanted: Vec<Value> = expected["gaps"].as_array().unwrap().iter().map(|gap| pick(gap, GAP)).collect();
    assert_eq!(gaps, wanted);
}

const GAP: &[&str] = &["start", "end", "missingDigests", "cause"];

fn pick(value: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|field| ((*field).to_owned(), value[*field].clone())).collect()
}

fn verify(folder: &Path, options: &[&str]) -> Output {
    run(&[&["verify", folder.to_str().unwrap()], options].concat())
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailseal")).args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("standard output is the report and nothing else")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn expected(trail: &str) -> Value {
    let path = project().join(format!("tests/fixtures/{trail}.expected.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Lays packs one over the other into a fresh folder: what the page does when the sample is opened.
fn unpacked(name: &str, packs: &[&str]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("packs").join(name);
    let _ = fs::remove_dir_all(&folder);
    for pack in packs {
        let bytes = fs::read(project().join("public").join(pack)).unwrap();
        let length: usize = text(&bytes[..8]).parse().unwrap();
        let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        for removed in header["removed"].as_array().unwrap() {
            fs::remove_file(folder.join(removed.as_str().unwrap())).unwrap();
        }
        let mut rest = &bytes[8 + length..];
        for file in header["files"].as_array().unwrap() {
            let (head, tail) = rest.split_at(file[1].as_u64().unwrap() as usize);
            let path = folder.join(file[0].as_str().unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, head).unwrap();
            rest = tail;
        }
    }
    folder
}

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
