//! Zip files that are opened: what is in them is numbered like any other file; an evidence pack is checked against its manifest first.

use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::browser::dropped::NamedFile;
use crate::browser::frame::breathe;
use crate::browser::zipped::Packed;
use crate::browser::zipped::unzip;
use crate::export::manifest::Manifest;
use crate::export::manifest::root_of;
use crate::export::parts::GivenPack;
use crate::export::parts::Part;
use crate::export::paths;
use crate::protocol::Call;
use crate::protocol::Named;
use crate::protocol::Parcel;
use crate::state::intake::Intake;
use crate::state::packer::Asked;
use crate::state::packer::Packer;
use crate::state::sheaf::SHEAF_BYTES;
use crate::state::sheaf::SHEAF_FILES;

/// Told by the name: looking into every file for it would cost more than reading it.
pub(super) fn is_zip(file: &NamedFile) -> bool {
    file.path.len() > 4 && file.path.get(file.path.len() - 4..).is_some_and(|end| end.eq_ignore_ascii_case(".zip"))
}

impl Intake {
    pub(super) async fn open_zip(&self, zip: NamedFile) {
        let unzipped = match unzip(&zip.file).await {
            Ok(unzipped) => unzipped,
            Err(why) => return self.lost(zip.path, &why),
        };
        let lost = |path: &str, why: &str| self.lost(format!("{}/{path}", zip.path), why);
        unzipped.refused.iter().for_each(|(path, why)| lost(path, why));
        let pack = manifest_of(&unzipped.files).await;
        let root = pack.as_ref().map(|(root, _)| root.as_str());
        // What is about the evidence is none: rows that were exported must not become events again. Unpacked they are ten times as large.
        let is_beside =
            |packed: &Packed| root.and_then(|root| packed.path.strip_prefix(root)).is_some_and(|path| paths::BESIDE.contains(&path));
        let parts = match root {
            Some(root) => sums(&unzipped.files, root).await,
            None => Vec::new(),
        };
        let packed: Vec<Packed> = unzipped.files.into_iter().filter(|packed| !is_beside(packed)).collect();
        let deflated = packed.iter().filter(|packed| packed.is_deflated).map(|packed| packed.size);
        if deflated.fold(0, u64::saturating_add) > MOST_UNPACKED {
            return self.lost(zip.path, "it says that it holds more than 16 GB unpacked; unpack it and give the folder");
        }
        let mut files = Vec::with_capacity(packed.len());
        for packed in packed {
            match packed.unpack().await {
                Ok(content) => files.push((packed.path, content)),
                Err(why) => lost(&packed.path, &why),
            }
        }
        let mut numbered: Vec<(Named, Blob, String)> = Vec::with_capacity(files.len());
        for (path, blob) in files {
            // A hundred thousand in one go held the page for ten seconds.
            if numbered.len().is_multiple_of(SHEAF_FILES) {
                breathe().await;
            }
            let name = format!("{}/{path}", zip.path);
            numbered.push((Named { id: self.number(), name, size: blob.size() as u64 }, blob, path));
        }
        if let Some((root, manifest)) = pack {
            let within = |path: &str| path.strip_prefix(&*root).unwrap_or(path).to_owned();
            let files = numbered.iter().map(|(named, _, path)| (named.id, within(path))).collect();
            self.client.say(&Call::Pack(GivenPack { name: zip.path, manifest, files, parts }), &[]);
        }
        let files: Vec<(Named, Blob)> = numbered.into_iter().map(|(named, blob, _)| (named, blob)).collect();
        for sheaf in sheaves(&files, |(_, blob)| blob.size()) {
            breathe().await;
            self.client.open(sheaf.to_vec());
        }
    }
}

/// The folder of a pack in its zip file, and the manifest's text; `None` where it is no pack.
async fn manifest_of(files: &[Packed]) -> Option<(String, String)> {
    let root = root_of(files.iter().map(|packed| packed.path.as_str()))?;
    let manifest = files.iter().find(|packed| packed.path.strip_prefix(root) == Some(paths::MANIFEST))?;
    if manifest.size as f64 > MOST_MANIFEST {
        return None;
    }
    let text = JsFuture::from(manifest.unpack().await.ok()?.text()).await.ok()?.as_string()?;
    Manifest::is_claimed_by(&text).then(|| (root.to_owned(), text))
}

/// What the parts of a pack really are. One that cannot be read, or unpacked, is as good as gone.
async fn sums(files: &[Packed], root: &str) -> Vec<Part> {
    let mut parts = Vec::with_capacity(files.len());
    let Some(packer) = Packer::start(1).await.and_then(|mut packers| packers.pop()) else { return parts };
    let ask = |packed: &Packed| {
        let parcel = if packed.is_deflated { Parcel::Unpack(packed.size) } else { Parcel::AddUp };
        packer.ask(parcel, &[packed.data.clone().into()])
    };
    for some in files.chunks(ADDED_AT_ONCE) {
        let asked: Vec<Asked> = some.iter().map(ask).collect();
        for (packed, asked) in some.iter().zip(asked) {
            let path = packed.path.strip_prefix(root).unwrap_or(&packed.path);
            let (sums, _) = asked.await.unwrap_or_default();
            parts.extend(sums.first().map(|sum| Part { path: path.to_owned(), size: sum.size, sha256: sum.sha256 }));
        }
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
/// What all entries may say they unpack to: real logs are packed twice at most, so that this is more than a browser takes anyway.
const MOST_UNPACKED: u64 = 16 << 30;
/// Parts that are added up at the same time.
const ADDED_AT_ONCE: usize = 32;
