//! `trailseal verify PATH…`: the page's own reader and ledger without a browser. Files and threads are used here and nowhere else.
#![allow(clippy::disallowed_methods)]

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::io::IsTerminal;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;

use trailseal::integrity::judgement::Asked;
use trailseal::integrity::judgement::Strictness;
use trailseal::integrity::report::VerdictReport;
use trailseal::integrity::report_text::Stream;
use trailseal::integrity::report_text::Verbosity;
use trailseal::integrity::signature::check;
use trailseal::ledger::Ledger;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::ReadReport;
use trailseal::reader::Reader;
use trailseal::table::batch::EventBatch;
use trailseal::trail::ids::FileId;
use trailseal::trail::time::Timestamp;

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
        let Found { files, passed_over, unreadable } = there;
        let mut ledger = Ledger::new(self.asked);
        let named: Vec<Named> = (0..)
            .zip(&files)
            .map(|(id, (path, size))| Named { id: FileId(id), name: path.to_string_lossy().into_owned(), size: *size })
            .collect();
        ledger.expect(&named);
        let found = read_all(&files, &named, &mut ledger);
        pass_over(&passed_over, files.len(), &mut ledger);
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

/// The sources in which keys and signatures were found.
#[derive(Default)]
struct FoundIn {
    keys: Vec<String>,
    signatures: Vec<String>,
}

/// Reads every file on all cores. Rows are let go at once: of an event only sixteen bytes are kept, to find its id again.
fn read_all(files: &[(PathBuf, u64)], named: &[Named], ledger: &mut Ledger) -> FoundIn {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (sender, reports) = mpsc::sync_channel::<(ReadReport, Vec<(u64, FileId)>)>(cores * 4);
    let mut found = FoundIn::default();
    let mut jobs = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                let (mut reader, mut buffer) = (Reader::default(), vec![0; 1 << 20]);
                while let Some(first) = Some(next.fetch_add(FILES_AT_ONCE, Ordering::Relaxed)).filter(|first| *first < files.len()) {
                    let some = first..(first + FILES_AT_ONCE).min(files.len());
                    let report = read_some((&files[some.clone()], &named[some]), &mut reader, &mut buffer);
                    if sender.send(report).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (report, events) in reports {
            ledger.note_events(events);
            found.keys.extend(report.keys.iter().map(|key| key.source.clone()));
            found.signatures.extend(report.signatures.iter().map(|given| given.source.clone()));
            jobs.extend(ledger.admit(report, EventBatch::default()));
            progress(ledger);
        }
    });
    check_all(jobs, cores, ledger);
    found
}

type Files<'f> = (&'f [(PathBuf, u64)], &'f [Named]);

fn read_some((files, named): Files<'_>, reader: &mut Reader, buffer: &mut [u8]) -> (ReadReport, Vec<(u64, FileId)>) {
    let mut events = Vec::new();
    for ((path, _), named) in files.iter().zip(named) {
        reader.open(named.id, &named.name, None);
        if let Err(error) = push_file(reader, path, buffer, &mut events) {
            reader.unread(named.id, &named.name, &error.to_string(), "Check its permissions.");
        }
        reader.close();
        // The rows of a large file are let go while it is read.
        events.extend(reader.forget_rows());
    }
    (reader.hand_over().0, events)
}

/// Names in the report what was not read at all. A broken link or pipe at a log's name is judged as a file that cannot be read.
fn pass_over(passed_over: &[(PathBuf, String)], after: usize, ledger: &mut Ledger) {
    let mut reader = Reader::default();
    for (id, (path, why)) in (after..).zip(passed_over) {
        let (id, name) = (FileId(u32::try_from(id).unwrap_or(u32::MAX)), path.to_string_lossy().into_owned());
        ledger.expect(&[Named { id, name: name.clone(), size: 0 }]);
        reader.unread(id, &name, why, "Make it readable and start again.");
    }
    ledger.admit(reader.finish().0, EventBatch::default());
}

fn push_file(reader: &mut Reader, path: &Path, buffer: &mut [u8], events: &mut Vec<(u64, FileId)>) -> std::io::Result<()> {
    let mut file = fs::File::open(path)?;
    loop {
        match file.read(buffer)? {
            0 => return Ok(()),
            read => {
                reader.push(buffer.get(..read).unwrap_or_default());
                events.extend(reader.forget_rows());
            }
        }
    }
}

/// Goes on until no check is left that another has shown to be worth making.
fn check_all(jobs: Vec<Job>, cores: usize, ledger: &mut Ledger) {
    let mut checks: Vec<_> = jobs.into_iter().flat_map(|job| if let Job::Check(checks) = job { checks } else { Vec::new() }).collect();
    while !checks.is_empty() {
        let share = checks.len().div_ceil(cores);
        let outcomes = std::thread::scope(|scope| {
            let threads: Vec<_> = checks.chunks(share).map(|checks| scope.spawn(|| checks.iter().map(check).collect::<Vec<_>>())).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        ledger.settle(outcomes);
        let more = ledger.admit(ReadReport::default(), EventBatch::default());
        checks = more.into_iter().flat_map(|job| if let Job::Check(checks) = job { checks } else { Vec::new() }).collect();
    }
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
}

/// What lies below the paths, in the order of names so that two runs agree.
#[derive(Default)]
struct Found {
    files: Vec<(PathBuf, u64)>,
    /// What will not be read, and why: told in the report, and no reason to give up the rest.
    passed_over: Vec<(PathBuf, String)>,
    /// Whether something there may have held logs.
    unreadable: bool,
}

impl Found {
    /// A path of the command line: it has to be there. A pipe (`--keys <(aws …)`) is as good as a file.
    fn search(&mut self, path: &Path) -> Result<(), String> {
        let unreadable = |error: std::io::Error| format!("Cannot read ({error}): {}", path.display());
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_dir() {
            self.files.push((path.to_owned(), metadata.len()));
            return Ok(());
        }
        fs::read_dir(path).map_err(unreadable)?;
        self.search_folder(path);
        Ok(())
    }

    fn search_folder(&mut self, folder: &Path) {
        let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                self.unreadable = true;
                self.passed_over.push((folder.to_owned(), format!("a folder that could not be read: {error}")));
                return;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            match fs::metadata(&path) {
                // It could lead in a circle, or out of what was given.
                Ok(metadata) if metadata.is_dir() && is_link => {
                    self.passed_over.push((path, "a link to a folder is not followed: name that folder too if it belongs here".to_owned()));
                }
                Ok(metadata) if metadata.is_dir() => self.search_folder(&path),
                Ok(metadata) if metadata.is_file() => self.files.push((path, metadata.len())),
                Ok(_) => self.passed_over.push((path, "neither a file nor a folder".to_owned())),
                Err(error) => self.passed_over.push((path, error.to_string())),
            }
        }
    }

    /// The same file by two of the paths is one file, not a copy.
    fn search_all(&mut self, paths: &[PathBuf]) -> Result<(), String> {
        paths.iter().try_for_each(|path| self.search(path))?;
        if paths.len() > 1 {
            let mut seen = HashSet::new();
            self.files.retain(|(path, _)| fs::canonicalize(path).map_or(true, |path| seen.insert(path)));
        }
        Ok(())
    }
}

fn progress(ledger: &Ledger) {
    let progress = ledger.progress();
    if std::io::stderr().is_terminal() && progress.files_read.is_multiple_of(512) {
        eprint!("\r\x1b[K{} of {} files, {} MB", progress.files_read, progress.files, progress.bytes_read / 1_000_000);
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

/// Files a thread takes at once: enough that nobody waits for a lock, few enough that all threads end together.
const FILES_AT_ONCE: usize = 64;

const USAGE: &str = "\
Proves which CloudTrail log files are unchanged, modified, missing or in no digest.

    trailseal verify PATH... [--keys FILE]... [--signatures FILE]...
                     [--start TIME] [--end TIME] [--strict] [--json] [--verbose]

PATH          files or folders, searched in depth: logs, digests, query results of CloudTrail Lake, keys, signatures
--keys        output of `aws cloudtrail list-public-keys`
--signatures  output of `aws s3api head-object`, or a map from object key to S3 metadata
--start/--end RFC 3339 times or dates (UTC)
--strict      a changed container counts as a changed file, as the AWS CLI has it
--json        the report as JSON (trailseal-verdicts/1)

Exit: 0 all proven · 1 something disproven, missing or planted · 3 something unproven · 2 could not run";
