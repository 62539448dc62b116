//! The sample trail as it lies beside the page.

use js_sys::Array;
use serde::Deserialize;
use web_sys::Blob;

use crate::browser::spawn::asset;

/// Many files in one: eight digits, a JSON header of that length, then the files end to end.
pub(super) struct Pack {
    pub(super) header: PackHeader,
    body: Blob,
    start: f64,
}

#[derive(Deserialize)]
pub(super) struct PackHeader {
    #[serde(default)]
    pub(super) removed: Vec<String>,
    files: Vec<(String, u64)>,
}

impl Pack {
    pub(super) async fn load(name: &str) -> Option<Self> {
        let bytes = asset(name).await.ok()?;
        let length: u32 = String::from_utf8(bytes.subarray(0, 8).to_vec()).ok()?.parse().ok()?;
        let header = serde_json::from_slice(&bytes.subarray(8, 8 + length).to_vec()).ok()?;
        let body = Blob::new_with_u8_array_sequence(&Array::of1(&bytes)).ok()?;
        Some(Self { header, body, start: f64::from(8 + length) })
    }

    pub(super) fn files(&self) -> Vec<(String, Blob)> {
        let mut start = self.start;
        let mut files = Vec::with_capacity(self.header.files.len());
        for (name, size) in &self.header.files {
            let end = start + *size as f64;
            files.extend(self.body.slice_with_f64_and_f64(start, end).ok().map(|blob| (name.clone(), blob)));
            start = end;
        }
        files
    }
}
