//! The commands that the page offers, run by a shell with a stand-in for the AWS CLI: what they print is what Trailseal reads.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::process::Command;

use trailseal::integrity::GivenSignature;
use trailseal::screen::commands::all_signatures;
use trailseal::screen::commands::cors_rule;
use trailseal::screen::commands::list_public_keys;
use trailseal::trail::Timestamp;
use trailseal::trail::digest::Place;

/// Answers `head-object` as the AWS CLI does with `--query Metadata`, but for keys with `gone` in them; tells its arguments on stderr.
const AWS: &str =
    r#"aws() { printf '%s|' "$@" >&2; case "$6" in *gone*) return 254;; esac; printf '{\n    "signature": "abcd%s"\n}\n' "${#6}"; }"#;

fn place(bucket: &str, key: &str) -> Place {
    Place { bucket: bucket.to_owned(), key: key.to_owned() }
}

fn run(line: &str) -> Option<(String, String)> {
    let output = Command::new("bash").args(["-c", &format!("{AWS}\n{line}")]).output().ok()?;
    Some((String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap()))
}

#[test]
fn one_line_prints_every_signature_with_its_place() {
    let places = [
        place("logs", "AWSLogs/1/CloudTrail-Digest/a.json.gz"),
        place("logs", "it's $(touch /tmp/never) `here`/b.json.gz"),
        place("logs", "gone.json.gz"),
        place("other", "c.json.gz"),
    ];
    let lines = all_signatures(&places.iter().collect::<Vec<_>>());
    assert_eq!(lines.len(), 1);
    let Some((printed, asked)) = run(&lines[0]) else { return eprintln!("skipped: there is no bash") };
    let mut found: Vec<_> =
        GivenSignature::parse_any(printed.as_bytes()).unwrap().into_iter().map(|given| (given.key.unwrap(), given.signature)).collect();
    found.sort();
    let expected = |at: usize| (format!("s3://{}/{}", places[at].bucket, places[at].key), format!("abcd{}", places[at].key.len()));
    assert_eq!(found, [expected(0), expected(1), expected(3)], "{printed}");
    assert!(
        asked.starts_with("s3api|head-object|--bucket|logs|--key|AWSLogs/1/CloudTrail-Digest/a.json.gz|--query|Metadata|--output|json|"),
        "{asked}"
    );
    assert!(!std::path::Path::new("/tmp/never").exists());
}

#[test]
fn a_key_that_json_would_have_to_escape_gets_a_command_of_its_own() {
    let places = [place("b", "a"), place("b", "b"), place("b", "a\"b")];
    let lines = all_signatures(&places.iter().collect::<Vec<_>>());
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1], "aws s3api head-object --bucket b --key 'a\"b'");
}

#[test]
fn keys_are_asked_for_by_region_and_time_and_until_now_where_nobody_knows() {
    let time = Timestamp::parse("2026-03-01T00:00:00Z");
    assert_eq!(
        list_public_keys("eu-west-1", time, None),
        "aws cloudtrail list-public-keys --region eu-west-1 --start-time 2026-03-01T00:00:00Z"
    );
    let both = list_public_keys("eu-west-1", time, Timestamp::parse("2026-03-02T00:00:00Z"));
    assert!(both.ends_with(" --start-time 2026-03-01T00:00:00Z --end-time 2026-03-02T00:00:00Z"));
}

#[test]
fn the_cors_rule_is_json_and_names_each_header() {
    let rule: serde_json::Value = serde_json::from_str(&cors_rule("https://example.com")).unwrap();
    let rule = &rule["CORSRules"][0];
    assert_eq!(rule["AllowedOrigins"][0], "https://example.com");
    assert_eq!(rule["ExposeHeaders"].as_array().unwrap().len(), 3);
    assert!(rule["ExposeHeaders"].as_array().unwrap().iter().all(|name| !name.as_str().unwrap().contains('*')));
}
