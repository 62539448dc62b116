//! The sample trail: two believable days with an incident, signed with keys of our own; a tampered copy with its
//! expected verdicts; and bulk trails for load tests. The same bytes on every run and machine.

#[path = "../../../tests/support/forge.rs"]
pub(crate) mod forge;

mod audits;
mod blanks;
mod bulk;
mod crowd;
mod dice;
mod intrusion;
mod machines;
mod pack;
mod people;
mod period;
mod pipelines;
mod records;
mod response;
mod story;
mod tamper;
mod template;
mod trail;
mod workday;

#[cfg(test)]
mod second_look;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use bulk::{Digests, Made, Order, Profile};
use tamper::Tampered;
use trail::{Files, KeyRing, Sample};

/// How to ask for a sample.
pub(crate) const USAGE: &str =
    "cargo xtask sample [OUT_DIR]  |  cargo xtask sample --events N [--profile tiny|typical|huge] [--out DIR] [--digests on|off]";

/// Runs `cargo xtask sample …`; the message of an error is ready to be shown.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => story_trail(Path::new("target/sample")),
        [out] if !out.starts_with('-') => story_trail(Path::new(out)),
        _ => bulk_trail(arguments).map(|made| println!("{made}")),
    }
}

fn story_trail(out: &Path) -> Result<(), String> {
    let sample = Sample::make();
    let tampered = Tampered::of(&sample);
    write_tree(&out.join("sample-trail"), &sample.files)?;
    write_tree(&out.join("tampered-trail"), &tampered.files)?;
    for (name, text) in beside(&sample, &tampered) {
        write(&out.join(name), text.as_bytes())?;
    }
    for (name, bytes) in kept(&sample, &tampered) {
        write(&project().join(&name), &bytes)?;
        println!("{name}: {} bytes", bytes.len());
    }
    println!("{}: {} logs, {} digests, {} events", out.display(), sample.logs.len(), sample.digests.len(), events(&sample));
    Ok(())
}

/// The files of the sample trail and of its tampered copy, and every digest's signature by its key, as S3 has it in metadata.
pub(crate) fn both() -> ([Files; 2], Files) {
    let sample = Sample::make();
    let tampered = Tampered::of(&sample);
    let signatures = sample.digests.into_iter().map(|digest| (digest.key, digest.signature.into_bytes())).collect();
    ([sample.files, tampered.files], signatures)
}

/// Makes a bulk trail, and says what it is.
pub(crate) fn bulk_trail(arguments: &[String]) -> Result<String, String> {
    let order = order(arguments)?;
    let Made { events, logs, digests, bytes } = bulk::make(&order)?;
    Ok(format!("{}: {events} events in {logs} logs of {bytes} bytes, {digests} digests", order.out.display()))
}

/// Reads the options of a bulk trail.
fn order(arguments: &[String]) -> Result<Order, String> {
    let mut order = Order { events: 0, profile: Profile::Typical, digests: Digests::Signed, out: PathBuf::from("target/bulk") };
    for pair in arguments.chunks(2) {
        let [option, value] = pair else { return Err(format!("{} wants a value; usage: {USAGE}", pair[0])) };
        match (option.as_str(), value.as_str()) {
            ("--events", number) => {
                order.events = number.replace('_', "").parse().map_err(|_| format!("--events wants a number, not {number}"))?
            }
            ("--profile", "tiny") => order.profile = Profile::Tiny,
            ("--profile", "typical") => order.profile = Profile::Typical,
            ("--profile", "huge") => order.profile = Profile::Huge,
            ("--out", folder) => order.out = PathBuf::from(folder),
            ("--digests", "on") => order.digests = Digests::Signed,
            ("--digests", "off") => order.digests = Digests::None,
            _ => return Err(format!("cannot read `{option} {value}`; usage: {USAGE}")),
        }
    }
    if order.events == 0 { Err(format!("--events wants a number above 0; usage: {USAGE}")) } else { Ok(order) }
}

/// The packs that the page offers, kept in the repository.
fn packs(sample: &Sample, tampered: &Tampered) -> [(&'static str, Vec<u8>); 2] {
    let (whole, overlay) = ("sample-trail.pack", "tampered-trail.pack");
    let laid_over = pack::overlay("tampered-trail", whole, &sample.files, &tampered.files);
    [(whole, pack::whole("sample-trail", &sample.files)), (overlay, laid_over)]
}

/// What the repository keeps of all this: the packs, the text of what was done to the tampered copy, and the rows that must follow.
fn kept(sample: &Sample, tampered: &Tampered) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> =
        packs(sample, tampered).into_iter().map(|(name, bytes)| (format!("public/{name}"), bytes)).collect();
    for (name, text) in beside(sample, tampered) {
        match name.strip_suffix(".expected.txt") {
            Some(trail) => files.push((format!("public/{trail}.txt"), text.into_bytes())),
            None if name.ends_with(".expected.json") => files.push((format!("tests/fixtures/{name}"), text.into_bytes())),
            None => {}
        }
    }
    files
}

/// What is written beside the trails: the trails themselves hold nothing but what a bucket and an auditor would have.
fn beside(sample: &Sample, tampered: &Tampered) -> [(&'static str, String); 5] {
    let ring = KeyRing::sample();
    let keys = format!("{}\n{}\n", ring.old.fingerprint(), ring.new.fingerprint());
    [
        ("STORY.md", sample.story.markdown()),
        ("SAMPLE_KEYS.txt", keys),
        ("sample-trail.expected.json", format!("{:#}\n", tamper::untouched(sample))),
        ("tampered-trail.expected.json", format!("{:#}\n", tampered.expected)),
        ("tampered-trail.expected.txt", tampered.told.clone()),
    ]
}

fn events(sample: &Sample) -> usize {
    sample.logs.iter().map(|log| log.events).sum()
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn write_tree(folder: &Path, files: &Files) -> Result<(), String> {
    // A log of an earlier sample left behind would be in no digest.
    if folder.join("keys.json").exists() {
        fs::remove_dir_all(folder).map_err(|error| cannot(&error, folder))?;
    }
    files.iter().try_for_each(|(name, bytes)| write(&folder.join(name), bytes))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).and_then(|()| fs::write(path, bytes)).map_err(|error| cannot(&error, path))
}

fn cannot(error: &std::io::Error, path: &Path) -> String {
    format!("cannot write the sample: {error}; is the folder writable, the disk full? {}", path.display())
}
