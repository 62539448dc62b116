//! The sample trail: two believable days with an incident, signed with keys of our own; a tampered copy with its
//! expected verdicts; and bulk trails for load tests. The same bytes on every run and machine.

#[path = "../../../tests/support/forge.rs"]
mod forge;

mod dice;
mod intrusion;
mod machines;
mod people;
mod period;
mod records;
mod story;
mod template;
mod trail;
mod workday;

use std::fs;
use std::path::{Path, PathBuf};

/// Runs `cargo xtask sample …`; the message of an error is ready to be shown.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let out = PathBuf::from(arguments.first().map_or("target/sample", String::as_str));
    let sample = trail::Sample::make();
    write_tree(&out.join("sample-trail"), &sample.files)?;
    write(&out.join("STORY.md"), sample.story.markdown().as_bytes())
}

fn write_tree(folder: &Path, files: &trail::Files) -> Result<(), String> {
    files.iter().try_for_each(|(name, bytes)| write(&folder.join(name), bytes))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).and_then(|()| fs::write(path, bytes)).map_err(|error| format!("cannot write the sample: {error}: {}", path.display()))
}
