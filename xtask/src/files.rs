//! Files of the repository and of the build: read, written, compared by age; every error names its path.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::Outcome;

/// The bytes of a file.
pub fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| format!("A file could not be read ({error}): {}", path.display()))
}

/// A text file.
pub fn read_text(path: &Path) -> Outcome<String> {
    String::from_utf8(read(path)?).map_err(|_| format!("A file is not UTF-8 text: {}", path.display()))
}

/// Writes a file, its folder too.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Outcome {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("A folder could not be made ({error}): {}", folder.display()))?;
    }
    fs::write(path, bytes).map_err(|error| format!("A file could not be written ({error}): {}", path.display()))
}

/// Makes `link` lead to a program, whatever it led to before.
pub fn link(program: &Path, link: &Path) -> Outcome {
    let failed = |error| format!("A link could not be made ({error}): {}", link.display());
    if program == link {
        return Ok(()); // found through the link itself, whose folder is on the search path
    }
    if let Some(folder) = link.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let _ = fs::remove_file(link); // it may not be there yet
    std::os::unix::fs::symlink(program, link).map_err(failed)
}

/// The files directly in a folder whose name ends so, in order of name; none if there is no such folder.
pub fn ending(folder: &Path, end: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.is_file() && name(path).ends_with(end));
    found.sort();
    found
}

/// A path's last part.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// When a file, or anything below a folder, was last changed.
pub fn changed(path: &Path) -> Option<SystemTime> {
    let about = fs::metadata(path).ok()?;
    let own = about.modified().ok();
    if !about.is_dir() {
        return own;
    }
    let inside = fs::read_dir(path).ok()?.flatten().filter_map(|entry| changed(&entry.path())).max();
    own.max(inside)
}
