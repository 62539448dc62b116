//! Zip files among the paths: their entries are read as if they lay in a folder, and never written anywhere.

use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use flate2::read::DeflateDecoder;
use trailseal::archive::Entry;
use trailseal::archive::Method;
use trailseal::archive::TAIL;
use trailseal::archive::entries;
use trailseal::archive::find_end;
use trailseal::archive::read::HEADER;
use trailseal::export::manifest::Manifest;
use trailseal::export::manifest::root_of;
use trailseal::export::parts::GivenPack;
use trailseal::export::parts::Part;
use trailseal::export::parts::Sum;
use trailseal::export::paths;
use trailseal::export::sums::Summing;
use trailseal::trail::ids::FileId;

use super::found::Origin;
use super::found::Source;

/// A zip file that was opened.
pub(super) struct Zip {
    pub(super) sources: Vec<Source>,
    /// Entries that cannot be read, and why.
    pub(super) refused: Vec<(PathBuf, String)>,
    pub(super) pack: Option<OpenPack>,
}

/// An evidence pack among the zip files.
pub(super) struct OpenPack {
    name: String,
    manifest: String,
    /// Its sources among all: from here on.
    first: usize,
    /// The paths in the pack of those sources.
    paths: Vec<String>,
    parts: Vec<(String, ZipEntry)>,
}

/// An entry and the zip file that it is in.
#[derive(Clone)]
pub(super) struct ZipEntry {
    zip: Arc<PathBuf>,
    entry: Entry,
}

impl Zip {
    /// Reads the directory. The error is the half sentence that says why there is none.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let found = read_directory(path).map_err(|error| error.to_string())??;
        let zip = Arc::new(path.to_owned());
        let mut refused = Vec::new();
        let mut readable = Vec::new();
        for entry in found.into_iter().filter(|entry| !entry.is_folder()) {
            match entry.obstacle() {
                Some(why) => refused.push((PathBuf::from(format!("{}/{}", path.display(), entry.path)), why)),
                None => readable.push(ZipEntry { zip: zip.clone(), entry }),
            }
        }
        let mut pack = OpenPack::of(path, &readable);
        let root = pack.as_ref().and_then(|_| root_of(readable.iter().map(|entry| entry.entry.path.as_str()))).unwrap_or_default();
        let is_beside = |entry: &ZipEntry| entry.entry.path.strip_prefix(root).is_some_and(|path| paths::BESIDE.contains(&path));
        let evidence: Vec<ZipEntry> = readable.iter().filter(|entry| pack.is_none() || !is_beside(entry)).cloned().collect();
        if let Some(pack) = &mut pack {
            pack.paths = evidence.iter().map(|entry| entry.entry.path.strip_prefix(root).unwrap_or(&entry.entry.path).to_owned()).collect();
        }
        let source = |entry: ZipEntry| Source {
            name: format!("{}/{}", path.display(), entry.entry.path),
            size: entry.entry.size,
            origin: Origin::Entry(entry),
        };
        Ok(Self { sources: evidence.into_iter().map(source).collect(), refused, pack })
    }
}

impl OpenPack {
    fn of(path: &Path, readable: &[ZipEntry]) -> Option<Self> {
        let root = root_of(readable.iter().map(|entry| entry.entry.path.as_str()))?;
        let of_manifest = |entry: &&ZipEntry| entry.entry.path.strip_prefix(root) == Some(paths::MANIFEST);
        let entry = readable.iter().find(of_manifest).filter(|entry| entry.entry.size <= MOST_MANIFEST)?;
        let mut manifest = String::new();
        entry.open().ok()?.read_to_string(&mut manifest).ok()?;
        if !Manifest::is_claimed_by(&manifest) {
            return None;
        }
        let part = |entry: &ZipEntry| (entry.entry.path.strip_prefix(root).unwrap_or(&entry.entry.path).to_owned(), entry.clone());
        let parts = readable.iter().map(part).collect();
        Some(Self { name: path.to_string_lossy().into_owned(), manifest, first: 0, paths: Vec::new(), parts })
    }

    /// The same, once it is known where its sources stand among all.
    pub(super) fn starting_at(self, first: usize) -> Self {
        Self { first, ..self }
    }

    /// The pack with what its parts really are: each is read once more, piece by piece.
    pub(super) fn given(&self) -> GivenPack {
        let ids = (self.first..).filter_map(|id| u32::try_from(id).ok()).map(FileId);
        // A part that cannot be read is as good as gone.
        let sum = |(path, entry): &(String, ZipEntry)| {
            let sum = sum_of(&mut entry.open().ok()?).ok()?;
            Some(Part { path: path.clone(), size: sum.size, sha256: sum.sha256 })
        };
        GivenPack {
            name: self.name.clone(),
            manifest: self.manifest.clone(),
            files: ids.zip(self.paths.iter().cloned()).collect(),
            parts: self.parts.iter().filter_map(sum).collect(),
        }
    }
}

impl ZipEntry {
    /// Its content. A stated size is an upper bound: nothing inflates beyond what it says of itself.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read>> {
        let mut file = File::open(&*self.zip)?;
        file.seek(SeekFrom::Start(self.entry.header_at))?;
        let mut header = [0; HEADER as usize];
        file.read_exact(&mut header)?;
        let start = self.entry.data_at(&header).map_err(|flaw| io::Error::other(flaw.why()))?;
        file.seek(SeekFrom::Start(start))?;
        let stored = file.take(self.entry.stored);
        Ok(match self.entry.method {
            Method::Deflated => Box::new(DeflateDecoder::new(stored).take(self.entry.size)),
            _ => Box::new(stored),
        })
    }
}

fn sum_of(bytes: &mut dyn Read) -> io::Result<Sum> {
    let mut summing = Summing::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match bytes.read(&mut buffer)? {
            0 => return Ok(summing.finish()),
            read => summing.push(buffer.get(..read).unwrap_or_default()),
        }
    }
}

type Directory = Result<Vec<Entry>, String>;

fn read_directory(path: &Path) -> io::Result<Directory> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL)))?;
    file.by_ref().take(TAIL).read_to_end(&mut tail)?;
    let end = match find_end(&tail, size) {
        Ok(end) => end,
        Err(flaw) => return Ok(Err(flaw.why().to_owned())),
    };
    let mut directory = Vec::new();
    file.seek(SeekFrom::Start(end.at))?;
    file.take(end.size).read_to_end(&mut directory)?;
    Ok(entries(&directory, &end).map_err(|flaw| flaw.why().to_owned()))
}

/// The manifest of a million parts takes 250 MB.
const MOST_MANIFEST: u64 = 256 << 20;
