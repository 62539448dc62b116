//! Which tools the build and its tests need, in which version and why.
//!
//! Order for each: what is on the search path in the right version, then what an earlier run installed, then installing it.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::browsers::Browsers;
use crate::files;
use crate::install;
use crate::install::CrateTool;
use crate::process;

/// Trunk's newer releases want a newer compiler than `rust-toolchain.toml` names.
const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";
/// Of the npm package, where the system's `wasm-opt` is too old or absent.
const BINARYEN: &str = "132.0.0";
/// 109 and older export the first table instead of the one for JavaScript's values, and the page dies at its first import
/// ("failed to grow table"); Debian 12 has 108. 117 is the first that sorts functions by name.
const OLDEST_WASM_OPT: u32 = 117;
/// Its test runner takes a time limit.
const OLDEST_NODE: u32 = 20;
/// Newer ones want a newer compiler too.
const S3S_FS: &str = "0.14.1";

/// `cargo xtask setup`.
pub fn install_all(args: &[String]) -> Outcome {
    if let Some(unknown) = args.first() {
        return Err(format!("`setup` takes no arguments, not `{unknown}`."));
    }
    for_building()?;
    wasm_bindgen("wasm-bindgen-test-runner")?;
    node()?;
    node_modules(&process::root().join("tests/browser"))?;
    Browsers::find()?;
    s3_server()?;
    cargo_deny()?;
    println!("Everything is here.");
    Ok(())
}

/// What building the page needs: a folder to put before the search path, with links to the chosen tools and nothing else.
/// The folders they live in may hold a wrong version of another one.
pub fn for_building() -> Outcome<PathBuf> {
    wasm_target()?;
    crates()?;
    let chosen = install::folder().join("chosen");
    for (name, program) in [("wasm-bindgen", wasm_bindgen("wasm-bindgen")?), ("trunk", trunk()?), ("wasm-opt", wasm_opt()?)] {
        files::link(&program, &chosen.join(name))?;
    }
    Ok(chosen)
}

/// Trunk: builds the page.
pub fn trunk() -> Outcome<PathBuf> {
    let why = "it builds the page";
    CrateTool { package: "trunk", features: "", version: TRUNK, why, minutes: "5 to 10" }.find("trunk")
}

/// A program of wasm-bindgen, of the very version in Cargo.lock: another one refuses our WebAssembly.
pub fn wasm_bindgen(program: &str) -> Outcome<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    let why = "it writes the JavaScript around our WebAssembly and runs its tests";
    CrateTool { package: "wasm-bindgen-cli", features: "", version: &version, why, minutes: "2 to 5" }.find(program)
}

/// An S3 server on this machine that checks signatures.
pub fn s3_server() -> Outcome<PathBuf> {
    let why = "loading by presigned address is tested against it";
    CrateTool { package: "s3s-fs", features: "binary", version: S3S_FS, why, minutes: "2 to 5" }.find("s3s-fs")
}

/// cargo-deny: licences, sources, known flaws of dependencies.
pub fn cargo_deny() -> Outcome<PathBuf> {
    let why = "it checks the licences and sources of the dependencies";
    CrateTool { package: "cargo-deny", features: "", version: CARGO_DENY, why, minutes: "2 to 5" }.find("cargo-deny")
}

/// `wasm-opt` makes WebAssembly smaller and faster: the system's if it is new enough, else npm's build of it.
pub fn wasm_opt() -> Outcome<PathBuf> {
    let own = install::folder().join("node_modules/.bin/wasm-opt");
    let on_path = process::find(&["wasm-opt"]);
    if let Some(path) = on_path.into_iter().chain([own.clone()]).find(|path| wasm_opt_version(path) >= OLDEST_WASM_OPT) {
        return Ok(path);
    }
    install::announce("wasm-opt", "it makes the WebAssembly smaller and faster", "less than 1");
    install::npm(&format!("binaryen@{BINARYEN}"))?;
    Ok(own)
}

/// Node.js and npm: the end-to-end tests are written for them.
pub fn node() -> Outcome<PathBuf> {
    let found = || process::find(&["node"]).filter(|_| process::find(&["npm"]).is_some());
    let why = "the end-to-end tests run in it";
    if found().is_none() {
        install::system_packages(&["nodejs", "npm"], why)?;
    }
    let node = found().ok_or("Node.js was installed but is not on the search path.")?;
    let said = process::ask(Command::new(&node).arg("--version")).unwrap_or_default();
    let major = said.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_some_and(|major: u32| major >= OLDEST_NODE) {
        return Ok(node);
    }
    Err(format!(
        "Node.js {OLDEST_NODE} or newer is needed ({why}); this one says `{said}`. Install it from nodejs.org or your system's packages: {}",
        node.display()
    ))
}

/// What the end-to-end tests import, exactly as their lock file says; kept while that stands.
pub fn node_modules(folder: &Path) -> Outcome {
    let installed = files::changed(&folder.join("node_modules/.package-lock.json"));
    if installed > files::changed(&folder.join("package-lock.json")) {
        return Ok(());
    }
    install::announce("puppeteer-core", "it drives the browsers", "less than 1");
    process::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))
}

fn wasm_opt_version(path: &PathBuf) -> u32 {
    let said = process::ask(Command::new(path).arg("--version")).unwrap_or_default();
    said.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or(0)
}

/// `rust-toolchain.toml` asks rustup for the target; this is for toolchains that rustup did not install.
fn wasm_target() -> Outcome {
    let sysroot = process::ask(Command::new("rustc").args(["--print", "sysroot"]).current_dir(process::root())).unwrap_or_default();
    if PathBuf::from(sysroot).join("lib/rustlib/wasm32-unknown-unknown").is_dir() {
        return Ok(());
    }
    install::announce("the Rust target wasm32-unknown-unknown", "the page is WebAssembly", "less than 1");
    process::run(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]).current_dir(process::root()))
}

/// Trunk, told to download no tools, lets cargo download nothing either: on a fresh machine there would be no crates to build from. Where
/// they are there already this asks no network.
fn crates() -> Outcome {
    process::run(process::cargo(&["fetch", "--quiet", "--locked"]).current_dir(process::root()))
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Outcome<String> {
    let lock = files::read_text(&process::root().join("Cargo.lock"))?;
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{package}\""));
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \"")).and_then(|line| line.strip_suffix('"'));
    version.map(str::to_owned).ok_or_else(|| format!("Cargo.lock names no {package}."))
}
