//! Finds the tools the build needs, or installs them into `target/tools`, and says so first.
//!
//! Order for each: what is on the search path in the right version, then what an earlier run installed, then installing it.

use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::files;
use crate::process;

/// Trunk's newer releases want a newer compiler than `rust-toolchain.toml` names.
const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";
/// Of the npm package, where the system's `wasm-opt` is too old or absent.
const BINARYEN: &str = "132.0.0";
/// 109 and older export the first table instead of the one for JavaScript's values, and the page dies at its first import
/// ("failed to grow table"); 110 to 132 were seen to export the right one. Debian 12 has 108.
const OLDEST_WASM_OPT: u32 = 110;
const MOTO: &str = "5.2.5";

/// `cargo xtask setup`.
pub fn install_all(args: &[String]) -> Outcome {
    if let Some(unknown) = args.first() {
        return Err(format!("`setup` takes no arguments, not `{unknown}`."));
    }
    wasm_target()?;
    wasm_bindgen()?;
    trunk()?;
    wasm_opt()?;
    node()?;
    Browsers::find()?;
    s3_server()?;
    cargo_deny()?;
    println!("Everything is here.");
    Ok(())
}

/// What building the page needs: folders to put before the search path.
pub fn for_building() -> Outcome<Vec<PathBuf>> {
    wasm_target()?;
    let mut folders = vec![
        folder_of(wasm_bindgen()?),
        folder_of(trunk()?),
        folder_of(wasm_opt()?),
    ];
    folders.dedup();
    Ok(folders)
}

/// Trunk: builds the page.
pub fn trunk() -> Outcome<PathBuf> {
    crate_tool(&CrateTool {
        package: "trunk",
        program: "trunk",
        version: TRUNK,
        why: "it builds the page",
        minutes: "5 to 10",
    })
}

/// The wasm-bindgen programs, of the very version in Cargo.lock: another one refuses our WebAssembly.
pub fn wasm_bindgen() -> Outcome<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    let why = "it writes the JavaScript around our WebAssembly and runs its tests";
    for program in ["wasm-bindgen", "wasm-bindgen-test-runner"] {
        crate_tool(&CrateTool {
            package: "wasm-bindgen-cli",
            program,
            version: &version,
            why,
            minutes: "2 to 5",
        })?;
    }
    crate_tool(&CrateTool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen-test-runner",
        version: &version,
        why,
        minutes: "2 to 5",
    })
}

/// cargo-deny: licences, sources, known flaws of dependencies.
pub fn cargo_deny() -> Outcome<PathBuf> {
    let why = "it checks the licences and sources of the dependencies";
    crate_tool(&CrateTool {
        package: "cargo-deny",
        program: "cargo-deny",
        version: CARGO_DENY,
        why,
        minutes: "5 to 10",
    })
}

/// `wasm-opt` makes WebAssembly smaller and faster: the system's if it is new enough, else npm's build of it.
pub fn wasm_opt() -> Outcome<PathBuf> {
    let own = tools().join("node_modules/.bin/wasm-opt");
    let on_path = process::find(&["wasm-opt"]);
    if let Some(path) = on_path
        .into_iter()
        .chain([own.clone()])
        .find(|path| wasm_opt_version(path) >= OLDEST_WASM_OPT)
    {
        return Ok(path);
    }
    announce(
        "wasm-opt",
        "it makes the WebAssembly smaller and faster",
        "less than 1",
    );
    npm_install(&format!("binaryen@{BINARYEN}"))?;
    Ok(own)
}

/// Node.js and npm: the end-to-end tests are written for them.
pub fn node() -> Outcome<PathBuf> {
    let found = || process::find(&["node"]).filter(|_| process::find(&["npm"]).is_some());
    found().map_or_else(
        || system_packages(&["nodejs", "npm"], "the end-to-end tests run in it", found),
        Ok,
    )
}

/// The S3-compatible server of the end-to-end tests, in a Python environment of its own; `None` where there is no Python for it.
pub fn s3_server() -> Outcome<Option<PathBuf>> {
    let folder = tools().join("moto");
    let server = folder.join("bin/moto_server");
    if server.is_file() {
        return Ok(Some(server));
    }
    let Some(python) = process::find(&["python3"]) else {
        return Ok(None);
    };
    announce(
        "moto, an S3 server for tests",
        "loading by presigned address is tested against it",
        "1 to 2",
    );
    if process::run(Command::new(python).args(["-m", "venv"]).arg(&folder)).is_err() {
        println!("   Python's venv module is missing; on Debian: apt-get install python3-venv");
        return Ok(None);
    }
    let pip = folder.join("bin/pip");
    process::run(
        Command::new(pip)
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .arg(format!("moto[s3,server]=={MOTO}")),
    )?;
    Ok(Some(server))
}

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
            chromium: chromium()
                .map_or_else(|| system_packages(&["chromium"], why, chromium), Ok)?,
            chromedriver: chromedriver().map_or_else(
                || system_packages(&["chromium-driver"], why, chromedriver),
                Ok,
            )?,
            firefox: firefox()
                .map_or_else(|| system_packages(&["firefox-esr"], why, firefox), Ok)?,
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
const CHROMEDRIVER: &[&str] = &[
    "chromedriver",
    "/usr/lib/chromium/chromedriver",
    "/usr/lib/chromium-browser/chromedriver",
];
const FIREFOX: &[&str] = &[
    "firefox-esr",
    "firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
];

struct CrateTool<'a> {
    package: &'a str,
    program: &'a str,
    version: &'a str,
    why: &'a str,
    minutes: &'a str,
}

fn crate_tool(tool: &CrateTool<'_>) -> Outcome<PathBuf> {
    let own = tools().join("bin").join(tool.program);
    let right = |path: &PathBuf| says_version(path, tool.version);
    if let Some(path) = process::find(&[tool.program])
        .into_iter()
        .chain([own.clone()])
        .find(right)
    {
        return Ok(path);
    }
    announce(
        &format!("{} {}", tool.package, tool.version),
        tool.why,
        tool.minutes,
    );
    let folder = tools();
    let mut install = process::cargo(&[
        "install",
        "--locked",
        "--force",
        "--version",
        tool.version,
        "--root",
    ]);
    // The page's build settings are not the tools'.
    install
        .arg(&folder)
        .arg(tool.package)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR");
    process::run(&mut install)?;
    if right(&own) {
        Ok(own)
    } else {
        Err(format!(
            "{} was installed but does not answer with version {}.",
            tool.program, tool.version
        ))
    }
}

/// `cargo-deny` calls itself `cargo-deny 0.20.2`, wasm-bindgen's test runner answers nothing but its own version too.
fn says_version(path: &PathBuf, version: &str) -> bool {
    process::ask(Command::new(path).arg("--version"))
        .is_some_and(|said| said.split_whitespace().any(|word| word == version))
}

fn wasm_opt_version(path: &PathBuf) -> u32 {
    let said = process::ask(Command::new(path).arg("--version")).unwrap_or_default();
    said.split_whitespace()
        .find_map(|word| word.parse().ok())
        .unwrap_or(0)
}

/// `rust-toolchain.toml` asks rustup for the target; this is for toolchains that rustup did not install.
fn wasm_target() -> Outcome {
    let sysroot = process::ask(
        Command::new("rustc")
            .args(["--print", "sysroot"])
            .current_dir(process::root()),
    )
    .unwrap_or_default();
    if PathBuf::from(sysroot)
        .join("lib/rustlib/wasm32-unknown-unknown")
        .is_dir()
    {
        return Ok(());
    }
    announce(
        "the Rust target wasm32-unknown-unknown",
        "the page is WebAssembly",
        "less than 1",
    );
    process::run(
        Command::new("rustup")
            .args(["target", "add", "wasm32-unknown-unknown"])
            .current_dir(process::root()),
    )
}

fn npm_install(package: &str) -> Outcome {
    node()?;
    process::run(
        Command::new("npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--no-save",
                "--prefix",
            ])
            .arg(tools())
            .arg(package),
    )
}

/// Installs packages of a Debian-like system when we may; otherwise names the line to type.
fn system_packages(
    packages: &[&str],
    why: &str,
    found: impl Fn() -> Option<PathBuf>,
) -> Outcome<PathBuf> {
    let wanted = packages.join(" ");
    let line = format!("apt-get update && apt-get install -y --no-install-recommends {wanted}");
    let is_root = process::ask(Command::new("id").arg("-u")).as_deref() == Some("0");
    if is_root && process::find(&["apt-get"]).is_some() {
        announce(&wanted, why, "1 to 2");
        let mut install = Command::new("sh");
        install
            .args(["-c", &line])
            .env("DEBIAN_FRONTEND", "noninteractive");
        process::run(&mut install)?;
    }
    found().ok_or_else(|| format!("{wanted} is missing, and {why}. On a Debian-like system type: sudo sh -c '{line}'\nElsewhere install it by hand, or name its program in CHROME, CHROMEDRIVER or FIREFOX."))
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Outcome<String> {
    let lock = files::read_text(&process::root().join("Cargo.lock"))?;
    let mut lines = lock
        .lines()
        .skip_while(|line| *line != format!("name = \"{package}\""));
    let version = lines
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \""))
        .and_then(|line| line.strip_suffix('"'));
    version
        .map(str::to_owned)
        .ok_or_else(|| format!("Cargo.lock names no {package}."))
}

fn named_by(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_file())
}

fn announce(what: &str, why: &str, minutes: &str) {
    println!("── installing {what}: {why} (about {minutes} min, once)");
}

fn folder_of(program: PathBuf) -> PathBuf {
    program.parent().map(PathBuf::from).unwrap_or_default()
}

fn tools() -> PathBuf {
    process::root().join("target/tools")
}
