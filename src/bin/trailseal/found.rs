//! What lies below the paths of the command line: files, folders, and what is in zip files.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use super::zipped::OpenPack;
use super::zipped::Zip;
use super::zipped::ZipEntry;

/// One file to be read.
pub(super) struct Source {
    /// Its path as it is told; inside of a zip file, below that file's path.
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) origin: Origin,
}

/// Where its bytes are.
pub(super) enum Origin {
    File(PathBuf),
    Entry(ZipEntry),
}

/// What lies below the paths, in the order of names so that two runs agree.
#[derive(Default)]
pub(super) struct Found {
    pub(super) sources: Vec<Source>,
    /// What will not be read, and why: told in the report, and no reason to give up the rest.
    pub(super) passed_over: Vec<(PathBuf, String)>,
    /// Whether something there may have held logs.
    pub(super) unreadable: bool,
    /// Zip files that are evidence packs.
    pub(super) packs: Vec<OpenPack>,
    zips: HashSet<PathBuf>,
}

impl Found {
    /// A path of the command line: it has to be there. A pipe (`--keys <(aws …)`) is as good as a file.
    pub(super) fn search(&mut self, path: &Path) -> Result<(), String> {
        let unreadable = |error: std::io::Error| format!("Cannot read ({error}): {}", path.display());
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_dir() {
            self.take_file(path, metadata.len());
            return Ok(());
        }
        fs::read_dir(path).map_err(unreadable)?;
        self.search_folder(path);
        Ok(())
    }

    fn search_folder(&mut self, folder: &Path) {
        let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                self.unreadable = true;
                self.passed_over.push((folder.to_owned(), format!("a folder that could not be read: {error}")));
                return;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            match fs::metadata(&path) {
                // It could lead in a circle, or out of what was given.
                Ok(metadata) if metadata.is_dir() && is_link => {
                    self.passed_over.push((path, "a link to a folder is not followed: name that folder too if it belongs here".to_owned()));
                }
                Ok(metadata) if metadata.is_dir() => self.search_folder(&path),
                Ok(metadata) if metadata.is_file() => self.take_file(&path, metadata.len()),
                Ok(_) => self.passed_over.push((path, "neither a file nor a folder".to_owned())),
                Err(error) => self.passed_over.push((path, error.to_string())),
            }
        }
    }

    /// A zip file stands for what is in it.
    fn take_file(&mut self, path: &Path, size: u64) {
        let is_zip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
        if !is_zip {
            let name = path.to_string_lossy().into_owned();
            return self.sources.push(Source { name, size, origin: Origin::File(path.to_owned()) });
        }
        if fs::canonicalize(path).is_ok_and(|path| !self.zips.insert(path)) {
            return;
        }
        match Zip::open(path) {
            Ok(zip) => {
                self.unreadable |= !zip.refused.is_empty();
                self.passed_over.extend(zip.refused);
                let first = self.sources.len();
                self.packs.extend(zip.pack.map(|pack| pack.starting_at(first)));
                self.sources.extend(zip.sources);
            }
            Err(why) => {
                self.unreadable = true;
                self.passed_over.push((path.to_owned(), why));
            }
        }
    }

    /// The same file by two of the paths is one file, not a copy.
    pub(super) fn search_all(&mut self, paths: &[PathBuf]) -> Result<(), String> {
        paths.iter().try_for_each(|path| self.search(path))?;
        if paths.len() > 1 {
            let mut seen = HashSet::new();
            let mut is_new = |source: &Source| match &source.origin {
                Origin::File(path) => fs::canonicalize(path).map_or(true, |path| seen.insert(path)),
                // Zip files were told apart when they were opened.
                Origin::Entry(..) => true,
            };
            self.sources.retain(&mut is_new);
        }
        Ok(())
    }
}
