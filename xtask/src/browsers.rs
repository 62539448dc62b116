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
    pub fn find() -> Outcome<Self> {
        let why = "the tests run in it";
        let chromium = || named_by("CHROME").or_else(|| process::find(CHROMIUM));
        let chromedriver = || named_by("CHROMEDRIVER").or_else(|| process::find(CHROMEDRIVER));
        let firefox = || named_by("FIREFOX").or_else(|| process::find(FIREFOX));
        Ok(Self {
            chromium: chromium().map_or_else(|| system_packages(&["chromium"], why, chromium), Ok)?,
            chromedriver: chromedriver().map_or_else(|| system_packages(&["chromium-driver"], why, chromedriver), Ok)?,
            firefox: firefox().map_or_else(|| system_packages(&["firefox-esr"], why, firefox), Ok)?,
        })
    }
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
