//! The tampered twin of the sample trail, as the page unpacks it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// Its second account: changed, missing and planted files, a gap, two keys.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for pack in ["sample-trail.pack", "tampered-trail.pack"] {
        let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("public").join(pack)).unwrap();
        let length: usize = std::str::from_utf8(&bytes[..8]).unwrap().parse().unwrap();
        let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        header["removed"].as_array().unwrap().iter().for_each(|name| drop(files.remove(name.as_str().unwrap())));
        let mut rest = &bytes[8 + length..];
        for file in header["files"].as_array().unwrap() {
            let (head, tail) = rest.split_at(file[1].as_u64().unwrap() as usize);
            files.insert(file[0].as_str().unwrap().to_owned(), head.to_vec());
            rest = tail;
        }
    }
    files.into_iter().filter(|(name, _)| !name.contains("111122223333") || name.contains("eu-west-1")).collect()
}
