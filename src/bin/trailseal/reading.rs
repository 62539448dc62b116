//! Reads what was found, on all cores, and checks the signatures that follow.

use std::fs;
use std::io::IsTerminal;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;

use trailseal::integrity::signature::check;
use trailseal::ledger::Ledger;
use trailseal::protocol::Job;
use trailseal::protocol::Named;
use trailseal::protocol::ReadReport;
use trailseal::reader::Reader;
use trailseal::table::batch::EventBatch;
use trailseal::trail::ids::FileId;

use super::found::Origin;
use super::found::Source;

/// The sources in which keys and signatures were found.
#[derive(Default)]
pub(super) struct FoundIn {
    pub(super) keys: Vec<String>,
    pub(super) signatures: Vec<String>,
}

/// Reads every file on all cores. Rows are let go at once: of an event only sixteen bytes are kept, to find its id again.
pub(super) fn read_all(files: &[Source], named: &[Named], ledger: &mut Ledger) -> FoundIn {
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
                while let Some(first) = claim(next, files.len()) {
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

fn claim(next: &AtomicUsize, files: usize) -> Option<usize> {
    let first = next.fetch_add(FILES_AT_ONCE, Ordering::Relaxed);
    (first < files).then_some(first)
}

/// Reads some files with the reader of the files before: what reading takes room for is had once.
fn read_some((files, named): (&[Source], &[Named]), reader: &mut Reader, buffer: &mut [u8]) -> (ReadReport, Vec<(u64, FileId)>) {
    let mut events = Vec::new();
    for (source, named) in files.iter().zip(named) {
        reader.open(named.id, &named.name, None);
        let pushed = source.open().and_then(|mut bytes| push_all(reader, &mut bytes, buffer, &mut events));
        if let Err(error) = pushed {
            let advice = match source.origin {
                Origin::File(_) => "Check its permissions.",
                Origin::Entry(_) => "The zip file is damaged: get it again.",
            };
            reader.unread(named.id, &named.name, &error.to_string(), advice);
        }
        reader.close();
        // The rows of a large file are let go while it is read.
        events.extend(reader.forget_rows());
    }
    (reader.hand_over().0, events)
}

/// Names in the report what was not read at all. A broken link or pipe at a log's name is judged as a file that cannot be read.
pub(super) fn pass_over(passed_over: &[(PathBuf, String)], after: usize, ledger: &mut Ledger) {
    let mut reader = Reader::default();
    for (id, (path, why)) in (after..).zip(passed_over) {
        let (id, name) = (FileId(u32::try_from(id).unwrap_or(u32::MAX)), path.to_string_lossy().into_owned());
        ledger.expect(&[Named { id, name: name.clone(), size: 0 }]);
        reader.unread(id, &name, why, "Make it readable and start again.");
    }
    ledger.admit(reader.finish().0, EventBatch::default());
}

fn push_all(reader: &mut Reader, file: &mut dyn Read, buffer: &mut [u8], events: &mut Vec<(u64, FileId)>) -> std::io::Result<()> {
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

impl Source {
    /// Its bytes, unpacked where a zip file has packed them.
    pub(super) fn open(&self) -> std::io::Result<Box<dyn Read>> {
        match &self.origin {
            Origin::File(path) => Ok(Box::new(fs::File::open(path)?)),
            Origin::Entry(entry) => entry.open(),
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

fn progress(ledger: &Ledger) {
    let progress = ledger.progress();
    if std::io::stderr().is_terminal() && progress.files_read.is_multiple_of(512) {
        eprint!("\r\x1b[K{} of {} files, {} MB", progress.files_read, progress.files, progress.bytes_read / 1_000_000);
    }
}

/// Files a thread takes at once: enough that nobody waits for a lock, few enough that all threads end together.
const FILES_AT_ONCE: usize = 64;
