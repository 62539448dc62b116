//! The house stands: who may import whom, how long a file may be, and that no browser is in the core.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// Room → the rooms of this crate it may import. What is not listed may not be.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("archive", &["trail"]),
    ("trail", &[]),
    ("integrity", &["trail"]),
    ("table", &["trail"]),
    ("query", &["table", "trail"]),
    ("export", &["query", "integrity", "table::column", "trail"]),
    ("protocol", &["export", "query", "integrity", "table", "trail"]),
    // `integrity`: the states of a coverage window, to give each its colour.
    ("screen", &["query", "integrity", "trail"]),
    ("reader", &["protocol", "query", "integrity", "table", "trail"]),
    ("ledger", &["export", "protocol", "query", "integrity", "table", "trail"]),
    ("browser", &["archive", "protocol"]),
    ("worker", &["archive", "ledger", "reader", "export", "protocol", "browser", "integrity", "table", "trail"]),
    ("state", &["browser", "archive", "export", "protocol", "query", "integrity", "table::column", "table::estimate", "trail"]),
    (
        "view",
        &["state", "screen", "browser::frame", "export", "protocol", "query", "integrity", "table::column", "table::estimate", "trail"],
    ),
    ("bin/app", &["view", "worker"]),
    ("bin/trailseal", &["archive", "ledger", "reader", "export", "protocol", "integrity", "table::batch", "trail"]),
];

/// Rooms that exist only with the feature `web`; nothing else may name the browser's crates.
const WEB: &[&str] = &["browser", "worker", "state", "view", "bin/app"];
const BROWSER_CRATES: &[&str] = &["leptos", "web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures", "gloo", "plotters_canvas"];

/// A file a person can read in one go. A table of words (one `match`, one list) may be longer: each with its reason.
const LONGEST: usize = 350;
const LONGER: &[(&str, usize)] = &[];

#[test]
fn every_import_runs_downwards() {
    let mut wrong = Vec::new();
    for (file, number, line) in lines() {
        let room = room_of(&file);
        let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else {
            if file != "lib.rs" {
                wrong.push(format!("src/{file}: the room {room} is not on the map (MAY_IMPORT)"));
            }
            continue;
        };
        for path in paths_in(&line) {
            let target = path.split("::").next().unwrap_or_default();
            if path.starts_with('{') {
                wrong.push(format!("src/{file}:{number}: one `use crate::room::…` line a room, no groups"));
            } else if target != room && !allowed.iter().any(|allowed| path == *allowed || path.starts_with(&format!("{allowed}::"))) {
                wrong.push(format!("src/{file}:{number}: {room} may not use {path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_browser_in_the_core() {
    let named = |line: &str| BROWSER_CRATES.iter().any(|name| line.contains(&format!("{name}::")));
    let wrong: Vec<String> = lines()
        .filter(|(file, _, line)| !WEB.contains(&room_of(file).as_str()) && named(line))
        .map(|(file, number, _)| format!("src/{file}:{number}"))
        .collect();
    assert!(wrong.is_empty(), "these name a browser crate: {wrong:?}");
}

#[test]
fn a_file_can_be_read_in_one_go() {
    let mut wrong = Vec::new();
    for path in sources() {
        let name = relative(&path);
        let limit = LONGER.iter().find(|(longer, _)| *longer == name).map_or(LONGEST, |(_, limit)| *limit);
        let length = fs::read_to_string(&path).expect("a source file").lines().count();
        if length > limit {
            wrong.push(format!("src/{name} has {length} lines, {limit} at most"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|path| !fs::read_to_string(path).expect("a source file").starts_with("//!"))
        .map(|path| relative(&path))
        .collect();
    assert!(silent.is_empty(), "no `//!` line at the top of {silent:?}");
}

/// A planted violation is found: the test above can fail.
#[test]
fn the_reader_of_imports_reads_them() {
    assert_eq!(paths_in("    use crate::table::column::ColumnId;"), ["table::column::ColumnId"]);
    assert_eq!(paths_in("let x = crate::ledger::Ledger::new(trailseal::view::App);"), ["ledger::Ledger::new", "view::App"]);
    assert_eq!(paths_in("use crate::{trail, table};"), ["{"]);
    assert!(paths_in("pub(crate) fn f() {} // crate::table is a comment").is_empty());
}

fn lines() -> impl Iterator<Item = (String, usize, String)> {
    sources().into_iter().flat_map(|path| {
        let text = fs::read_to_string(&path).expect("a source file");
        let name = relative(&path);
        text.lines().map(str::to_owned).enumerate().map(|(at, line)| (name.clone(), at + 1, line)).collect::<Vec<_>>()
    })
}

/// The paths behind `crate::` (or, in the binaries, `trailseal::`) in a line of code.
fn paths_in(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let mut paths = Vec::new();
    for root in ["crate::", "trailseal::"] {
        for (at, _) in code.match_indices(root) {
            let inside_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            let rest = &code[at + root.len()..];
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
            match (inside_word, rest.starts_with('{')) {
                (true, _) => {}
                (_, true) => paths.push("{".to_owned()),
                _ => paths.push(rest[..end].trim_end_matches(':').to_owned()),
            }
        }
    }
    paths
}

fn room_of(file: &str) -> String {
    let stem = file.trim_end_matches(".rs");
    let folders = if stem.starts_with("bin/") { 2 } else { 1 };
    stem.split('/').take(folders).collect::<Vec<_>>().join("/")
}

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).expect("below src").to_string_lossy().replace('\\', "/")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}
