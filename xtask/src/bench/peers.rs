//! Who is measured, and how each is run: every run is a fresh process over the same folder.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use super::order::Order;
use super::order::Origin;
use super::order::Speed;
use crate::Outcome;
use crate::browsers::Browsers;
use crate::dist;
use crate::dist::Connect;
use crate::process;
use crate::python::Package;
use crate::tools;

const DUCKDB: Package<'_> = Package { name: "duckdb", version: "1.5.6", why: "it is one of the benchmark's peers" };

/// One who is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Trailseal,
    JavaScript,
    DuckDb,
    Verify,
    Native,
}

impl Peer {
    pub const ALL: [Self; 5] = [Self::Trailseal, Self::JavaScript, Self::DuckDb, Self::Verify, Self::Native];

    pub fn named(name: &str) -> Outcome<Self> {
        let known = Self::ALL.into_iter().find(|peer| peer.name() == name);
        known.ok_or_else(|| format!("There is no peer `{name}`: {}", Self::ALL.map(Self::name).join(", ")))
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Trailseal => "trailseal",
            Self::JavaScript => "javascript",
            Self::DuckDb => "duckdb",
            Self::Verify => "verify",
            Self::Native => "native",
        }
    }

    /// What it does in the time that is measured.
    pub fn work(self) -> &'static str {
        match self {
            Self::Trailseal => "page: inflate, SHA-256, all columns, RSA, verdicts, every panel filled",
            Self::JavaScript => "page: inflate, SHA-256, JSON.parse, 13 fields; keeps and proves nothing",
            Self::DuckDb => "native: inflate, 16 fields into a table; no hashes, no proof",
            Self::Verify => "native: `trailseal verify --json`, proof without rows",
            Self::Native => "native: the page's reader and ledger with rows, to the first survey",
        }
    }
}

/// One run of one peer.
pub struct Measured {
    pub seconds: f64,
    pub events: u64,
    /// Whatever else it told.
    pub told: Value,
}

/// Everything built and installed, ready to run.
pub struct Bench {
    pub peers: Vec<Peer>,
    /// Peers that cannot run here, and why.
    pub absent: Vec<String>,
    folder: PathBuf,
    files: Origin,
    speed: Speed,
    node: Option<(PathBuf, PathBuf)>,
    python: Option<PathBuf>,
}

impl Bench {
    pub fn prepare(order: &Order, folder: PathBuf) -> Outcome<Self> {
        let (peers, absent) = (order.only.clone(), Vec::new());
        let mut bench = Self { peers, absent, folder, files: order.files, speed: order.speed, node: None, python: None };
        if bench.has(Peer::Trailseal) || bench.has(Peer::JavaScript) {
            if bench.has(Peer::Trailseal) && !dist::is_fresh() {
                dist::build(&Connect::Amazon)?;
            }
            tools::node_modules(&process::root().join("tests/browser"))?;
            bench.node = Some((tools::node()?, Browsers::find()?.chromium));
        }
        if bench.has(Peer::DuckDb) {
            match DUCKDB.program("python") {
                Ok(python) => bench.python = Some(python),
                Err(why) => {
                    eprintln!("SKIPPED duckdb: it could not be installed. {why}");
                    bench.absent.push("duckdb: could not be installed here".to_owned());
                    bench.peers.retain(|peer| *peer != Peer::DuckDb);
                }
            }
        }
        if bench.has(Peer::Verify) {
            let release: &[&str] = if bench.speed == Speed::Earnest { &["--release"] } else { &[] };
            let mut build = process::cargo(&["build", "--quiet", "--package", "trailseal", "--bin", "trailseal"]);
            process::run(build.args(release))?;
        }
        if bench.has(Peer::Native) || !order.rows.is_empty() {
            process::run(bench.native().arg("--no-run"))?;
        }
        // The first to read the files would read them from the disk, the others from memory.
        warm(&bench.folder);
        Ok(bench)
    }

    fn has(&self, peer: Peer) -> bool {
        self.peers.contains(&peer)
    }

    pub fn run(&self, peer: Peer) -> Outcome<Measured> {
        let told = match peer {
            Peer::Trailseal | Peer::JavaScript => self.page(peer)?,
            Peer::DuckDb => {
                let python = self.python.as_ref().ok_or("DuckDB is not here.")?;
                let script = process::root().join("xtask/src/bench/duckdb_peer.py");
                line_of(Command::new(python).arg(script).arg(&self.folder))?
            }
            Peer::Verify => return self.verify(),
            Peer::Native => line_of(self.native().arg("--").arg(&self.folder))?["folder"].take(),
        };
        let seconds = told["seconds"].as_f64().ok_or_else(|| format!("{} told no time: {told}", peer.name()))?;
        let events = told["events"].as_u64().ok_or_else(|| format!("{} told no count: {told}", peer.name()))?;
        Ok(Measured { seconds, events, told })
    }

    /// Surveys and sorts over tables of these sizes, without a browser.
    pub fn scale(&self, rows: &[u64]) -> Outcome<Vec<Value>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        eprintln!("surveys and sorts over {rows:?} rows");
        let mut command = self.native();
        command.arg("--").arg(&self.folder).args(rows.iter().map(u64::to_string));
        Ok(line_of(&mut command)?["scale"].take().as_array().cloned().unwrap_or_default())
    }

    fn page(&self, peer: Peer) -> Outcome<Value> {
        let (node, chromium) = self.node.as_ref().ok_or("Node.js is not here.")?;
        let folder = process::root().join("tests/browser");
        let mut command = Command::new(node);
        command.args(["bench.mjs", peer.name()]).arg(&self.folder).arg(self.files.name()).current_dir(folder).env("CHROME", chromium);
        let told = line_of(&mut command)?;
        // The trail is sound: a page that says anything else has not done the work.
        if peer == Peer::Trailseal && told["tone"] != "proven" {
            return Err(format!("The page does not call the generated trail proven: {told}"));
        }
        Ok(told)
    }

    fn verify(&self) -> Outcome<Measured> {
        let profile = if self.speed == Speed::Earnest { "release" } else { "debug" };
        let mut command = Command::new(process::root().join("target").join(profile).join("trailseal"));
        let begun = Instant::now();
        let output = command.args(["verify", "--json"]).arg(&self.folder).output().map_err(|error| error.to_string())?;
        let seconds = begun.elapsed().as_secs_f64();
        let report: Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("trailseal wrote no report: {error}"))?;
        if output.status.code() != Some(0) {
            return Err(format!("trailseal does not call the generated trail proven: {}", report["summary"]));
        }
        let events = report["summary"]["events"]["total"].as_u64().unwrap_or(0);
        Ok(Measured { seconds, events, told: Value::Null })
    }

    fn native(&self) -> Command {
        let mut command = process::cargo(&["bench", "--quiet", "--package", "trailseal", "--bench", "native"]);
        if self.speed == Speed::Smoke {
            command.args(["--profile", "dev"]);
        }
        command
    }
}

/// The last line of JSON that a program writes.
fn line_of(command: &mut Command) -> Outcome<Value> {
    let output =
        command.stderr(std::process::Stdio::inherit()).output().map_err(|error| format!("A peer could not be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let told = text.lines().rev().find_map(|line| serde_json::from_str(line).ok());
    told.filter(|_| output.status.success()).ok_or_else(|| format!("A peer failed; its own words are above. {text}"))
}

fn warm(folder: &std::path::Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            warm(&entry.path());
        } else {
            drop(std::fs::read(entry.path()));
        }
    }
}
