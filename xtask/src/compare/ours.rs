//! What `trailseal verify` says of the same bytes in a folder.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::bucket::Bucket;
use super::table::Said;
use crate::Outcome;
use crate::process;

/// Runs it over the whole folder, keys and metadata among the files.
pub fn verify(folder: &Path, bucket: &Bucket) -> Outcome<Said> {
    let mut command = Command::new(process::root().join("target/debug/trailseal"));
    command.args(["verify", "--json", "--start", &bucket.range[0], "--end", &bucket.range[1]]).arg(folder);
    let output = command.output().map_err(|error| format!("trailseal could not be started: {error}"))?;
    let code = output.status.code().ok_or("trailseal was ended from outside.")?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("trailseal wrote no report ({error}): {}", String::from_utf8_lossy(&output.stderr)))?;
    Ok(read(&report, code))
}

fn read(report: &Value, code: i32) -> Said {
    let mut said = Said::default();
    let text = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    let rows = |name: &str| report.get(name).and_then(Value::as_array).into_iter().flatten().collect::<Vec<_>>();
    for row in rows("digests").into_iter().chain(rows("logs")) {
        let words = [text(row, "verdict"), text(row, "reason")];
        said.of_file(&text(row, "key").unwrap_or_default(), words.into_iter().flatten().collect::<Vec<_>>().join(" "));
        let remarks = row.get("remarks").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        said.remark(&text(row, "key").unwrap_or_default(), remarks.collect::<Vec<_>>().join(" "));
    }
    for gap in rows("chains").into_iter().filter_map(|chain| chain.get("gaps")?.as_array()).flatten() {
        let span = [text(gap, "start"), text(gap, "end")].map(Option::unwrap_or_default).join(" – ");
        let lost = gap.get("missingDigests").and_then(Value::as_u64).filter(|lost| *lost > 0).map(|lost| format!(", {lost} lost"));
        said.of_gap(&span, text(gap, "cause").unwrap_or_default() + &lost.unwrap_or_default());
    }
    let mut findings: Vec<String> = rows("findings").into_iter().filter_map(|row| text(row, "code")).filter(|code| code != "gap").collect();
    findings.dedup();
    findings.into_iter().for_each(|code| said.of_run(code));
    said.exits_with(&code.to_string());
    said
}
