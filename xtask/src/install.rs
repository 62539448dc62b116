//! Installs what is missing into `target/tools`, or with the system's packages, and says first what, why and how long it takes.

use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::process;
use crate::tools;

/// A tool that crates.io has: which, in which version, why, and how long installing it takes.
pub struct CrateTool<'a> {
    pub package: &'a str,
    pub features: &'a str,
    pub version: &'a str,
    pub why: &'a str,
    pub minutes: &'a str,
}

impl CrateTool<'_> {
    /// One program of the package.
    pub fn find(&self, program: &str) -> Outcome<PathBuf> {
        let own = folder().join("bin").join(program);
        let right = |path: &PathBuf| says_version(path, self.version);
        if let Some(path) = process::find(&[program]).into_iter().chain([own.clone()]).find(right) {
            return Ok(path);
        }
        announce(&format!("{} {}", self.package, self.version), self.why, self.minutes);
        let mut install =
            process::cargo(&["install", "--locked", "--force", "--version", self.version, "--features", self.features, "--root"]);
        // The page's build settings are not the tool's.
        install.arg(folder()).arg(self.package).env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        process::run(&mut install)?;
        if right(&own) { Ok(own) } else { Err(format!("{program} was installed but does not answer with version {}.", self.version)) }
    }
}

/// They answer with their name and their version.
fn says_version(path: &PathBuf, version: &str) -> bool {
    let said = process::ask(Command::new(path).arg("--version"));
    said.is_some_and(|said| said.split_whitespace().any(|word| word == version))
}

/// A package from npm, with its programs.
pub fn npm(package: &str) -> Outcome {
    tools::node()?;
    process::run(Command::new("npm").args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(folder()).arg(package))
}

/// Installs packages of a Debian-like system when we may; otherwise names the line to type.
pub fn system_packages(packages: &[&str], why: &str) -> Outcome {
    let wanted = packages.join(" ");
    let line = format!("apt-get update && apt-get install -y --no-install-recommends {wanted}");
    let is_root = process::ask(Command::new("id").arg("-u")).as_deref() == Some("0");
    if is_root && process::find(&["apt-get"]).is_some() {
        announce(&wanted, why, "1 to 2");
        return process::run(Command::new("sh").args(["-c", &line]).env("DEBIAN_FRONTEND", "noninteractive"));
    }
    Err(format!("Missing: {wanted} ({why}). On a Debian-like system type: sudo sh -c '{line}'\nElsewhere install it as your system does."))
}

/// Says what is about to be installed, before it takes its time.
pub fn announce(what: &str, why: &str, minutes: &str) {
    println!("── installing {what}: {why} (about {minutes} min, once)");
}

/// Where everything lands that the system does not have; `cargo clean` removes it with the rest.
pub fn folder() -> PathBuf {
    process::root().join("target/tools")
}
