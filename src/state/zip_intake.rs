//! Zip files that are opened: what is in them is numbered like any other file; an evidence pack is checked against its manifest first.

use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::archive::Entry;
use crate::archive::Method;
use crate::browser::dropped::NamedFile;
use crate::browser::zipped::Beside;
use crate::browser::zipped::unzip;
use crate::export::manifest::Manifest;
use crate::export::manifest::root_of;
use crate::export::parts::GivenPack;
use crate::export::parts::Part;
use crate::export::parts::Sum;
use crate::export::paths;
use crate::protocol::Call;
use crate::protocol::Named;
use crate::protocol::Parcel;
use crate::state::intake::Intake;
use crate::state::intake::SHEAF_BYTES;
use crate::state::intake::SHEAF_FILES;
use crate::state::packer::Packer;

/// Told by the name: looking into every file for it would cost more than reading it.
pub(super) fn is_zip(file: &NamedFile) -> bool {
    file.path.len() > 4 && file.path.get(file.path.len() - 4..).is_some_and(|end| end.eq_ignore_ascii_case(".zip"))
}

impl Intake {
    pub(super) async fn open_zip(&self, zip: NamedFile) {
        let unzipped = match unzip(&zip.file, beside).await {
            Ok(unzipped) => unzipped,
            Err(why) => return self.lost(zip.path, &why),
        };
        for (path, why) in unzipped.refused {
            self.lost(format!("{}/{path}", zip.path), &why);
        }
        let mut files = unzipped.files;
        let mut pack = None;
        let manifest = manifest_of(&files).await;
        if manifest.is_none() {
            for entry in unzipped.beside {
                let path = entry.path.clone();
                match entry.content().await {
                    Ok(content) => files.push((path, content)),
                    Err(why) => self.lost(format!("{}/{path}", zip.path), &why),
                }
            }
        } else if let Some((root, manifest)) = manifest {
            let parts = sums(&files, unzipped.beside, &root).await;
            // What is about the evidence is none: rows that were exported must not become events again.
            files.retain(|(path, _)| !path.strip_prefix(&*root).is_some_and(|path| paths::BESIDE.contains(&path)));
            pack = Some((root, manifest, parts));
        }
        let numbered: Vec<(Named, Blob, String)> = files
            .into_iter()
            .map(|(path, blob)| {
                let name = format!("{}/{path}", zip.path);
                (Named { id: self.number(), name, size: blob.size() as u64 }, blob, path)
            })
            .collect();
        if let Some((root, manifest, parts)) = pack {
            let within = |path: &str| path.strip_prefix(&*root).unwrap_or(path).to_owned();
            let files = numbered.iter().map(|(named, _, path)| (named.id, within(path))).collect();
            self.client.say(&Call::Pack(GivenPack { name: zip.path, manifest, files, parts }), &[]);
        }
        let files: Vec<(Named, Blob)> = numbered.into_iter().map(|(named, blob, _)| (named, blob)).collect();
        for sheaf in sheaves(&files, |(_, blob)| blob.size()) {
            self.client.open(sheaf.to_vec());
        }
    }
}

/// Which entries are those deflated ones of a pack that are about the evidence: added up as they are unpacked, and held nowhere.
fn beside(entries: &[Entry]) -> Vec<bool> {
    let root = root_of(entries.iter().map(|entry| entry.path.as_str()));
    let is_beside = |path: &str| path != paths::MANIFEST && paths::BESIDE.contains(&path);
    let of_pack = |entry: &Entry| entry.method == Method::Deflated && root.and_then(|root| entry.path.strip_prefix(root)).is_some_and(is_beside);
    entries.iter().map(of_pack).collect()
}

/// The folder of a pack in its zip file, and the manifest's text; `None` where it is no pack.
async fn manifest_of(files: &[(String, Blob)]) -> Option<(String, String)> {
    let root = root_of(files.iter().map(|(path, _)| path.as_str()))?;
    let (_, blob) = files.iter().find(|(path, _)| path.strip_prefix(root) == Some(paths::MANIFEST))?;
    if blob.size() > MOST_MANIFEST {
        return None;
    }
    let text = JsFuture::from(blob.text()).await.ok()?.as_string()?;
    Manifest::is_claimed_by(&text).then(|| (root.to_owned(), text))
}

/// What the parts of a pack really are. One that cannot be read, or unpacked, is as good as gone.
async fn sums(files: &[(String, Blob)], beside: Vec<Beside>, root: &str) -> Vec<Part> {
    let mut parts = Vec::with_capacity(files.len());
    let Some(packer) = Packer::start().await else { return parts };
    let part = |path: &str, sum: &Sum| Part { path: path.strip_prefix(root).unwrap_or(path).to_owned(), size: sum.size, sha256: sum.sha256 };
    for sheaf in sheaves(files, |(_, blob)| blob.size()) {
        let blobs: Vec<Blob> = sheaf.iter().map(|(_, blob)| blob.clone()).collect();
        let sums = packer.sums(&blobs).await.unwrap_or_default();
        parts.extend(sheaf.iter().zip(&sums).map(|((path, _), sum)| part(path, sum)));
    }
    for entry in beside {
        let (sums, _) = packer.ask(Parcel::Unpack(entry.size), &[entry.data.into()]).await.unwrap_or_default();
        parts.extend(sums.first().map(|sum| part(&entry.path, sum)));
    }
    parts
}

/// Cut so that none holds more than a few files or bytes; a large file is alone.
pub(super) fn sheaves<T>(files: &[T], size: impl Fn(&T) -> f64) -> Vec<&[T]> {
    let mut cut = Vec::new();
    let (mut start, mut bytes) = (0, 0.0);
    for (at, file) in files.iter().enumerate() {
        let next = size(file);
        if at > start && (at - start >= SHEAF_FILES || bytes + next > SHEAF_BYTES) {
            cut.extend(files.get(start..at));
            (start, bytes) = (at, 0.0);
        }
        bytes += next;
    }
    cut.extend(files.get(start..).filter(|rest| !rest.is_empty()));
    cut
}

/// The manifest of a million parts takes 250 MB.
const MOST_MANIFEST: f64 = 268_435_456.0;
