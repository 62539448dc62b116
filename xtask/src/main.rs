//! `cargo xtask`: builds, serves and tests Trailseal. It starts well-kept tools and replaces none.
#![allow(clippy::disallowed_methods)] // native only: files, threads and clocks are fine here

mod bench;
mod browsers;
mod compare;
mod dist;
mod files;
mod install;
mod likeness;
mod onefile;
mod process;
mod python;
mod sample;
mod serve;
mod test;
mod tools;

use std::process::ExitCode;

/// What a command ends with: nothing, or what happened, why it matters and what to do.
type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (command, args) = match words.split_first() {
        Some((command, args)) => (command.as_str(), args),
        None => ("help", words.as_slice()),
    };
    let outcome = match command {
        "serve" => serve::run(args),
        "test" => test::run(args),
        "dist" => dist::run(args),
        "sample" => sample::run(args),
        "bench" => bench::run(args),
        "compare-aws" => compare::run(args),
        "setup" => tools::install_all(args),
        "help" | "-h" | "--help" => {
            println!("{HELP}");
            Ok(())
        }
        unknown => Err(format!("There is no command `{unknown}`.\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}

const HELP: &str = "\
cargo xtask <command>; each installs what it lacks into target/tools and says so first

  serve [--port N] [--watch]     builds the page as it is shipped and serves it on this machine only
                                 --watch: rebuilds on every change, unoptimised (trunk serve)
  test [STAGE…]                  everything that must hold, or only the named stages:
                                 native format lint lint-web web dist browser bench licences
  dist [--connect \"ORIGINS\"]     dist/ for any static host and any sub-path, and dist/trailseal.html, one file for offline use
                                 --connect: the S3 origins the hosted page may read from, instead of Amazon's; \"none\" for none
  sample [OUT_DIR]               the sample trail, its tampered copy and the packs in public/ (target/sample)
  sample --events N …            a trail of N events for load tests; --profile tiny|typical|huge, --out DIR, --digests on|off
  bench [--events N] …           the page beside JavaScript, DuckDB and the native program; bench --help for its words
  compare-aws [BUCKET…]          the AWS CLI's validate-logs (from PyPI) and trailseal verify on the same buckets, and why they differ
  setup                          installs everything the others need, browsers too
  help                           this text";
