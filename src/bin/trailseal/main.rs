//! `trailseal verify PATH…`: the page's own reader and ledger without a browser. Files and threads are used here and nowhere else.
#![allow(clippy::disallowed_methods)]

mod found;
mod reading;
mod zipped;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use trailseal::integrity::judgement::Asked;
use trailseal::integrity::judgement::Strictness;
use trailseal::integrity::pack::PackScope;
use trailseal::integrity::report::VerdictReport;
use trailseal::integrity::report_text::Stream;
use trailseal::integrity::report_text::Verbosity;
use trailseal::ledger::Ledger;
use trailseal::protocol::Named;
use trailseal::trail::ids::FileId;
use trailseal::trail::time::Timestamp;

use found::Found;
use reading::pass_over;
use reading::read_all;

fn main() -> ExitCode {
    match Orders::parse(std::env::args_os().skip(1)) {
        Ok(Some(orders)) => orders.run().unwrap_or_else(|error| refuse(&error)),
        Ok(None) => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(error) => refuse(&format!("{error}\n\n{USAGE}")),
    }
}

/// What the command line asks for.
#[derive(Default)]
struct Orders {
    paths: Vec<PathBuf>,
    /// Files that must be key lists.
    keys: Vec<PathBuf>,
    /// Files that must hold signatures.
    signatures: Vec<PathBuf>,
    asked: Asked,
    form: Form,
    verbosity: Verbosity,
}

#[derive(Default, PartialEq, Eq)]
enum Form {
    #[default]
    Text,
    Json,
}

impl Orders {
    /// `None`: the person asked for help.
    fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Option<Self>, String> {
        use lexopt::Arg;
        let mut orders = Self::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut command = None;
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            match argument {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("keys") => orders.keys.push(value(&mut parser, "--keys")?.into()),
                Arg::Long("signatures") => orders.signatures.push(value(&mut parser, "--signatures")?.into()),
                Arg::Long("start") => orders.asked.start = Some(instant("--start", &value(&mut parser, "--start")?)?),
                Arg::Long("end") => orders.asked.end = Some(instant("--end", &value(&mut parser, "--end")?)?),
                Arg::Long("whole-trail") => orders.asked.packs = PackScope::Ignored,
                Arg::Long("strict") => orders.asked.strictness = Strictness::Strict,
                Arg::Long("json") => orders.form = Form::Json,
                Arg::Long("verbose") => orders.verbosity = Verbosity::Verbose,
                Arg::Value(word) if command.is_none() => command = Some(word),
                Arg::Value(path) => orders.paths.push(path.into()),
                other => return Err(format!("{}.", other.unexpected())),
            }
        }
        match command.as_deref().and_then(|command| command.to_str()) {
            Some("verify") if !orders.paths.is_empty() => {}
            Some("verify") => return Err("Nothing to verify: name at least one file or folder.".to_owned()),
            Some("help") | None => return Ok(None),
            Some(other) => return Err(format!("There is no command {other:?}.")),
        }
        match (orders.asked.start, orders.asked.end) {
            (Some(start), Some(end)) if start > end => {
                Err("Invalid time range specified: start-time must occur before end-time".to_owned())
            }
            _ => Ok(Some(orders)),
        }
    }

    fn run(&self) -> Result<ExitCode, String> {
        let mut there = Found::default();
        there.search_all(&self.paths)?;
        self.keys.iter().chain(&self.signatures).try_for_each(|path| there.search(path))?;
        let Found { sources, passed_over, unreadable, packs, .. } = there;
        let mut ledger = Ledger::new(self.asked);
        let named: Vec<Named> =
            (0..).zip(&sources).map(|(id, source)| Named { id: FileId(id), name: source.name.clone(), size: source.size }).collect();
        ledger.expect(&named);
        let found = read_all(&sources, &named, &mut ledger);
        pass_over(&passed_over, sources.len(), &mut ledger);
        packs.iter().for_each(|pack| ledger.admit_pack(&pack.given()));
        for (option, paths, kind) in [("--keys", &self.keys, &found.keys), ("--signatures", &self.signatures, &found.signatures)] {
            if let Some(path) = paths.iter().find(|path| !kind.contains(&path.to_string_lossy().into_owned())) {
                return Err(format!("The file given with {option} holds none: {}", path.display()));
            }
        }
        ledger.judge();
        let report = &ledger.full_report();
        let judgement = ledger.judgement();
        let is_ranged = self.asked.start.is_some() || self.asked.end.is_some();
        if !(report.has_files() || is_ranged && judgement.files.iter().any(Option::is_some)) {
            return Err("There is no CloudTrail log or digest, and no query result of CloudTrail Lake, among the files given.".to_owned());
        }
        // Whatever lies in a folder that cannot be read is not proven; that nothing lies in the range asked proves nothing.
        let code = report.exit_code();
        let code = if code == 2 || (code == 0 && unreadable) { 3 } else { code };
        match self.form {
            Form::Json => write_json(report),
            Form::Text => report.told(self.verbosity).iter().for_each(|(stream, text)| match stream {
                Stream::Out => print(text, &mut std::io::stdout()),
                Stream::Error => print(text, &mut std::io::stderr()),
            }),
        }
        Ok(ExitCode::from(code))
    }
}

fn value(parser: &mut lexopt::Parser, option: &str) -> Result<OsString, String> {
    parser.value().map_err(|_| format!("{option} needs a value."))
}

fn instant(option: &str, value: &OsString) -> Result<Timestamp, String> {
    let time = value.to_str().and_then(Timestamp::parse);
    time.ok_or_else(|| {
        format!("{option} takes a time like 2024-03-09T14:00:00Z or a date like 2024-03-09, not {}.", value.to_string_lossy())
    })
}

/// Row by row: of a hundred thousand files the whole text is a hundred megabytes.
fn write_json(report: &VerdictReport) {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let _ = serde_json::to_writer_pretty(&mut out, report).map(|()| writeln!(out));
}

/// A reader that has closed the pipe (`| head`) is no error.
fn print(text: &str, to: &mut dyn Write) {
    let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let _ = to.write_all(format!("{text}{newline}").as_bytes());
}

fn refuse(error: &str) -> ExitCode {
    eprintln!("trailseal: {error}");
    ExitCode::from(2)
}

const USAGE: &str = "\
Proves which CloudTrail log files are unchanged, modified, missing or in no digest.

    trailseal verify PATH... [--keys FILE]... [--signatures FILE]...
                     [--start TIME] [--end TIME] [--strict] [--whole-trail] [--json] [--verbose]

PATH          files, folders or zip files, searched in depth: logs, digests, query results of CloudTrail
              Lake, keys, signatures; evidence packs
--keys        output of `aws cloudtrail list-public-keys`
--signatures  output of `aws s3api head-object`, or a map from object key to S3 metadata
--start/--end RFC 3339 times or dates (UTC)
--strict      a changed container counts as a changed file, as the AWS CLI has it
--whole-trail what the manifest of an evidence pack leaves out is missing: for a zip file that should be a whole trail
--json        the report as JSON (trailseal-verdicts/1)

Exit: 0 all proven · 1 something disproven, missing or planted · 3 something unproven · 2 could not run";
