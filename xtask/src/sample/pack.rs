//! Packs: a whole trail in one file, as the page fetches it. Eight digits (the header's length), a JSON header, then
//! all files' bytes one after the other. An overlay names its base and holds only what differs.

use serde_json::{Value, json};

use super::trail::Files;

/// All files.
pub(super) fn whole(name: &str, files: &Files) -> Vec<u8> {
    write(name, Value::Null, &[], files.iter())
}

/// What must be taken away from and laid over `base` to get `files`.
pub(super) fn overlay(name: &str, base_name: &str, base: &Files, files: &Files) -> Vec<u8> {
    let removed: Vec<&String> = base.keys().filter(|name| !files.contains_key(*name)).collect();
    write(name, base_name.into(), &removed, files.iter().filter(|(name, bytes)| base.get(*name) != Some(bytes)))
}

fn write<'a>(name: &str, base: Value, removed: &[&String], files: impl Iterator<Item = (&'a String, &'a Vec<u8>)> + Clone) -> Vec<u8> {
    let rows: Vec<Value> = files.clone().map(|(name, bytes)| json!([name, bytes.len()])).collect();
    // Written by hand, so that the order of the fields does not hang on a feature of serde_json.
    let header = format!(
        r#"{{"format":"trailseal-pack/1","name":{},"base":{base},"removed":{},"files":{}}}"#,
        json!(name),
        json!(removed),
        json!(rows)
    );
    let mut out = format!("{:08}{header}", header.len()).into_bytes();
    files.for_each(|(_, bytes)| out.extend_from_slice(bytes));
    out
}
