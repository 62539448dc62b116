//! Programs and libraries from PyPI, each in a virtual environment of its own below `target/python`: peers to compare with, never needed to build.

use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::install;
use crate::process;

/// What is wanted from PyPI, in which version and why.
pub struct Package<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub why: &'a str,
}

impl Package<'_> {
    /// A program of its environment, `python` for instance; installed where it is not there. `Err`: it cannot be had here, and why.
    pub fn program(&self, program: &str) -> Outcome<PathBuf> {
        let folder = process::root().join("target/python").join(format!("{}-{}", self.name, self.version));
        let (found, whole) = (folder.join("bin").join(program), folder.join("installed"));
        if found.is_file() && whole.is_file() {
            return Ok(found);
        }
        let python = process::find(&["python3"]).ok_or("Python 3 is not on the search path.")?;
        install::announce(&format!("{} {}", self.name, self.version), self.why, "less than 1");
        process::run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder))?;
        let wanted = format!("{}=={}", self.name, self.version);
        let mut pip = Command::new(folder.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15", &wanted]);
        process::run(&mut pip).map_err(|error| format!("PyPI could not be reached, or has no {wanted}. {error}"))?;
        crate::files::write(&whole, &wanted)?;
        Ok(found)
    }
}
