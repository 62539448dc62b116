//! The fuzz targets without a fuzzer: every seed as it is, and changed in many small ways.
#![allow(clippy::disallowed_methods)]

#[path = "../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest::test_runner::TestRunner;

#[test]
fn seeds_and_what_becomes_of_them_break_no_law() {
    for (name, target) in targets::ALL {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "corpus/{name} is there");
        seeds.iter().for_each(|seed| target(seed));
        let changes = prop::collection::vec((any::<u16>(), any::<u8>(), 0u8..6), 0..8);
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&(0..seeds.len(), changes), |(seed, changes)| {
            target(&changed(&seeds[seed], &changes));
            Ok(())
        });
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
    }
}

/// Bytes replaced, flipped, cut, doubled, taken out, put in.
fn changed(seed: &[u8], changes: &[(u16, u8, u8)]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (at, value, kind) in changes {
        let at = usize::from(*at) % (bytes.len() + 1);
        match kind {
            0 => bytes.insert(at, *value),
            1 => bytes.truncate(at),
            2 => {
                let some = bytes[at..(at + usize::from(*value)).min(bytes.len())].to_vec();
                bytes.extend(some);
            }
            _ if at == bytes.len() => bytes.push(*value),
            3 => bytes[at] ^= 1 << (value % 8),
            4 => bytes[at] = *value,
            _ => drop(bytes.remove(at)),
        }
    }
    bytes
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut paths: Vec<_> = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a seed")).collect()
}
