//! What the AWS CLI says of a bucket, line by line.

use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use super::bucket::Bucket;
use super::server;
use super::table::Said;
use crate::Outcome;

/// Runs `validate-logs` against the bucket, served here.
pub fn validate(aws: &Path, bucket: &Bucket) -> Outcome<Said> {
    server::serve(bucket, |address| {
        let url = format!("http://{address}");
        let mut command = Command::new(aws);
        command.args(["cloudtrail", "validate-logs", "--verbose", "--region", bucket.trail.region, "--endpoint-url", &url]);
        command.args(["--trail-arn", &bucket.trail.arn(), "--start-time", &bucket.range[0], "--end-time", &bucket.range[1]]);
        // Nobody's own account, profile or proxy has a part in this.
        command.env("AWS_ENDPOINT_URL", &url).env("AWS_ACCESS_KEY_ID", "NOBODY").env("AWS_SECRET_ACCESS_KEY", "nothing");
        command
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_MAX_ATTEMPTS", "1").env("NO_PROXY", "*").env_remove("AWS_PROFILE").env_remove("AWS_SESSION_TOKEN");
        let (told, code) = heard(&mut command)?;
        Ok(read(&told, code))
    })
}

/// What it writes, and its exit code; `None` where it went on and on, and was ended.
fn heard(command: &mut Command) -> Outcome<([String; 2], Option<i32>)> {
    let failed = |error: std::io::Error| format!("The AWS CLI could not be run: {error}");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    let (out, error) = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        let out = scope.spawn(|| everything(out));
        let error = scope.spawn(|| everything(error));
        let begun = Instant::now();
        let code = loop {
            match child.try_wait().map_err(failed)? {
                Some(status) => break Some(status.code().ok_or("The AWS CLI was ended from outside.")?),
                None if begun.elapsed() > PATIENCE => {
                    child.kill().and_then(|()| child.wait()).map_err(failed)?;
                    break None;
                }
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        Ok(([out, error].map(|thread| thread.join().unwrap_or_default()), code))
    })
}

fn everything(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // What was read before an error is what there is.
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A bucket of these takes it some two seconds, a busy machine ten.
const PATIENCE: Duration = Duration::from_secs(60);

fn read(told: &[String; 2], code: Option<i32>) -> Said {
    let mut said = Said::default();
    for line in told.iter().flat_map(|text| text.lines()) {
        let line = line.strip_prefix("(backfill) ").unwrap_or(line);
        let mut parts = line.split('\t');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("Digest file" | "Log file"), Some(place), Some(status)) => {
                let key = place.strip_prefix("s3://").and_then(|place| place.split_once('/')).map_or(place, |(_, key)| key);
                said.of_file(key, without_fingerprint(status));
            }
            _ => {
                if let Some(span) = line.strip_prefix("No log files were delivered by CloudTrail between ") {
                    said.of_gap(&span.replace(" and ", " – "), "no log files were delivered".to_owned());
                } else if line == "No digests found" || line == "No valid digests found in range" {
                    said.of_run(line.to_owned());
                }
            }
        }
    }
    let Some(code) = code else {
        said.of_run("goes on and on".to_owned());
        said.exits_with("never");
        return said;
    };
    // Neither 0 nor 1: it gave up, and its last line says over what.
    if code > 1 {
        said.of_run(format!("gave up: {}", told[1].lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim()));
    }
    said.exits_with(&code.to_string());
    said
}

/// The sentence without the one number in it that differs from bucket to bucket.
fn without_fingerprint(status: &str) -> String {
    status.split_once(" for fingerprint ").map_or(status, |(before, _)| before).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_lines_are_read() {
        let out = "Validating…\n\nDigest file\ts3://b/x/d\tvalid\n(backfill) Digest file\ts3://b/x/e\tINVALID: not found\n";
        let err = "Log file\ts3://b/x/l\tINVALID: hash value doesn't match\n\nNo log files were delivered by CloudTrail between A and B\n";
        let said = read(&[out.to_owned(), err.to_owned()], Some(1));
        assert_eq!(said.file("x/d"), Some("valid"));
        assert_eq!(said.file("x/e"), Some("INVALID: not found"));
        assert_eq!(said.file("x/l"), Some("INVALID: hash value doesn't match"));
        assert_eq!(read(&[String::new(), "\nsomething broke\n".to_owned()], Some(255)).run(), ["gave up: something broke"]);
    }
}
