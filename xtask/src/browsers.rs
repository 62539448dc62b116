//! The browsers and the driver the tests run in: the system's, or installed with its packages.

use std::path::PathBuf;

use crate::Outcome;
use crate::install::system_packages;
use crate::process;

/// The browsers the tests run in. `CHROME`, `CHROMEDRIVER` and `FIREFOX` name others than the usual ones.
pub struct Browsers {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
    pub firefox: PathBuf,
}

impl Browsers {
    /// Finds all three; what is missing is installed, or named together, so that one line brings everything.
    pub fn find() -> Outcome<Self> {
        let wanted = [("chromium", chromium()), ("chromium-driver", chromedriver()), ("firefox-esr", firefox())];
        let missing: Vec<&str> = wanted.iter().filter(|(_, found)| found.is_none()).map(|(package, _)| *package).collect();
        if !missing.is_empty() {
            system_packages(&missing, "the tests run in them; CHROME, CHROMEDRIVER and FIREFOX may name others")?;
        }
        let installed = |found: Option<PathBuf>, name: &str| {
            found.ok_or_else(|| format!("{name} was installed but is not on the search path. Name its program in {}.", name.to_uppercase()))
        };
        Ok(Self {
            chromium: installed(chromium(), "chrome")?,
            chromedriver: installed(chromedriver(), "chromedriver")?,
            firefox: installed(firefox(), "firefox")?,
        })
    }
}

fn chromium() -> Option<PathBuf> {
    named_by("CHROME").or_else(|| process::find(CHROMIUM))
}

fn chromedriver() -> Option<PathBuf> {
    named_by("CHROMEDRIVER").or_else(|| process::find(CHROMEDRIVER))
}

fn firefox() -> Option<PathBuf> {
    named_by("FIREFOX").or_else(|| process::find(FIREFOX))
}

const CHROMIUM: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const CHROMEDRIVER: &[&str] = &["chromedriver", "/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver"];
const FIREFOX: &[&str] = &["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

fn named_by(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}
