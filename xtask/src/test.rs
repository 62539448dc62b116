//! `cargo xtask test`: everything that must hold, stage by stage, stopping at the first that does not.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::Outcome;
use crate::bench;
use crate::browsers::Browsers;
use crate::dist;
use crate::dist::Connect;
use crate::dist::Sizes;
use crate::files;
use crate::process;
use crate::tools;

/// `cargo xtask test [STAGE…]`.
pub fn run(args: &[String]) -> Outcome {
    if let Some(unknown) = args.iter().find(|arg| STAGES.iter().all(|stage| stage.name != *arg)) {
        let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        return Err(format!("There is no stage `{unknown}`. The stages are: {}", names.join(" ")));
    }
    let start = Instant::now();
    let (mut passed, mut skipped) = (Vec::new(), Vec::new());
    for stage in STAGES.iter().filter(|stage| args.is_empty() || args.iter().any(|arg| arg == stage.name)) {
        println!("\n── {}: {}", stage.name, stage.what);
        let began = Instant::now();
        match (stage.run)().map_err(|message| format!("Stage `{}` failed. {message}", stage.name))? {
            Ran::Passed => passed.push(stage.name),
            Ran::Skipped(why) => {
                println!("SKIPPED {}: {why}", stage.name);
                skipped.push(stage.name);
            }
        }
        println!("── {} took {:.1} s", stage.name, began.elapsed().as_secs_f64());
    }
    let not = if skipped.is_empty() { String::new() } else { format!("; SKIPPED: {}", skipped.join(" ")) };
    println!("\nPassed in {:.0} s: {}{not}", start.elapsed().as_secs_f64(), passed.join(" "));
    Ok(())
}

struct Stage {
    name: &'static str,
    what: &'static str,
    run: fn() -> Outcome<Ran>,
}

enum Ran {
    Passed,
    Skipped(String),
}

/// Quickest answers first; the licences last, because their tool takes minutes to install.
const STAGES: &[Stage] = &[
    Stage { name: "native", what: "the core's tests, the architecture, the native program", run: native },
    Stage { name: "format", what: "the code is formatted", run: format },
    Stage { name: "lint", what: "clippy over the core", run: lint },
    Stage { name: "lint-web", what: "clippy over the browser's side", run: lint_web },
    Stage { name: "web", what: "WebAssembly tests in Chromium", run: web },
    Stage { name: "dist", what: "the page as it is shipped, within its size", run: dist },
    Stage { name: "browser", what: "end to end, in Chromium and Firefox", run: browser },
    Stage { name: "bench", what: "the benchmark still runs, and all who are measured count the same", run: bench },
    Stage { name: "licences", what: "licences, sources and known flaws of the dependencies", run: licences },
];

fn native() -> Outcome<Ran> {
    passed(process::run(&mut process::cargo(&["test", "--workspace"])))
}

fn format() -> Outcome<Ran> {
    passed(process::run(&mut process::cargo(&["fmt", "--all", "--check"])))
}

fn lint() -> Outcome<Ran> {
    passed(process::run(&mut process::cargo(&["lint"])))
}

fn lint_web() -> Outcome<Ran> {
    passed(process::run(&mut process::cargo(&["lint-web"])))
}

fn web() -> Outcome<Ran> {
    if !process::root().join("tests/web.rs").is_file() {
        return Ok(Ran::Skipped("there is no tests/web.rs".into()));
    }
    let runner = tools::wasm_bindgen("wasm-bindgen-test-runner")?;
    let browsers = Browsers::find()?;
    // Otherwise chromedriver picks a browser itself, perhaps one it does not fit. The runner adds its own flags for headless use.
    let wishes = process::root().join("target/tools/webdriver.json");
    files::write(&wishes, format!(r#"{{"goog:chromeOptions": {{"binary": {:?}}}}}"#, browsers.chromium))?;
    let mut tests = process::cargo(&["web-test"]);
    tests.env("CHROMEDRIVER", browsers.chromedriver).env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", wishes);
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    passed(process::run(&mut tests))
}

fn dist() -> Outcome<Ran> {
    dist::build(&Connect::Amazon)?;
    let sizes = Sizes::measure(&dist::folder())?;
    print!("{sizes}");
    passed(sizes.check())
}

fn browser() -> Outcome<Ran> {
    if !dist::is_fresh() {
        dist::build(&Connect::Amazon)?;
    }
    let folder = process::root().join("tests/browser");
    let node = tools::node()?;
    let browsers = Browsers::find()?;
    let s3_server = tools::s3_server()?;
    tools::node_modules(&folder)?;
    let mut tests = Command::new(node);
    // One file after another: two browsers at once on two cores would measure the machine. The limit (ms) holds for a whole file too.
    tests
        .args(["--test", "--test-concurrency=1", "--test-timeout=300000", "--test-reporter=spec"])
        .args(specs(&folder))
        .current_dir(&folder);
    tests.env("CHROME", browsers.chromium).env("FIREFOX", browsers.firefox).env("S3_SERVER", s3_server);
    passed(process::run(&mut tests))
}

fn bench() -> Outcome<Ran> {
    passed(bench::smoke())
}

fn specs(folder: &Path) -> Vec<PathBuf> {
    files::ending(folder, ".spec.mjs")
}

fn licences() -> Outcome<Ran> {
    let deny = match tools::cargo_deny() {
        Ok(path) => path,
        Err(why) => return Ok(Ran::Skipped(format!("cargo-deny could not be installed. {why}"))),
    };
    let check = |what: &[&str]| process::run(Command::new(&deny).args(["--all-features", "check"]).args(what).current_dir(process::root()));
    check(&["bans", "licenses", "sources"])?;
    // The list of known flaws comes from GitHub, which not every build machine can reach.
    if process::ask(Command::new(&deny).arg("fetch").current_dir(process::root())).is_none() {
        println!("SKIPPED advisories: their list could not be fetched from GitHub");
        return Ok(Ran::Passed);
    }
    passed(check(&["advisories"]))
}

fn passed(outcome: Outcome) -> Outcome<Ran> {
    outcome.map(|()| Ran::Passed)
}
