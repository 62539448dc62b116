//! The only owner of the rows and of the evidence: reports in, answers out. No browser, no threads, no clock.
//!
//! Invariants: `admit` cannot fail; the order of reports changes no answer; a verdict is looked up when asked, never stored with a row.

mod deep;
mod export;
mod extract;
mod file_order;
mod files;
mod given_up;
mod judging;
mod once;
mod problems;
mod proof;
mod repeats;
mod room;
mod rows;
mod rows_text;
mod stretch;
mod survey;
mod turns;
mod twins;
mod views;

pub use turns::Turns;

use std::rc::Rc;

use hashbrown::HashMap;
use hashbrown::HashSet;

use crate::integrity::checkpoint::Checkpoint;
use crate::integrity::content::ContentFlaw;
use crate::integrity::evidence::Evidence;
use crate::integrity::evidence::FileFacts;
use crate::integrity::judgement::Asked;
use crate::integrity::judgement::Judgement;
use crate::integrity::sha256::Sha256;
use crate::integrity::standing::Arrival;
use crate::integrity::standing::count;
use crate::integrity::verdict::Verdict;
use crate::ledger::deep::Deep;
use crate::ledger::file_order::FileOrder;
use crate::ledger::given_up::GivenUp;
use crate::ledger::judging::Court;
use crate::ledger::once::Repeated;
use crate::ledger::room::Room;
use crate::ledger::views::Views;
use crate::protocol::Answer;
use crate::protocol::Job;
use crate::protocol::Named;
use crate::protocol::Problem;
use crate::protocol::Progress;
use crate::protocol::Question;
use crate::protocol::ReadReport;
use crate::protocol::Remote;
use crate::protocol::Weight;
use crate::query::inquiry::Deliveries;
use crate::query::scene::FileClasses;
use crate::query::scene::Scene;
use crate::table::batch::EventBatch;
use crate::table::event_table::EventTable;
use crate::trail::ids::FileId;

/// Everything known, and the answers that follow from it.
#[derive(Default)]
pub struct Ledger {
    table: EventTable,
    /// Of events whose rows were not kept: the key of the id, and the file.
    event_keys: Vec<(u64, FileId)>,
    evidence: Rc<Evidence>,
    asked: Asked,
    /// By `FileId`: what the ledger itself must know of a file.
    files: HashMap<FileId, File>,
    /// Name and content of every file with events: a copy's events are counted once.
    contents: HashSet<(String, Sha256)>,
    /// Names of files whose reading was ended in their midst, and how many of their events had been read.
    half_read: HashMap<String, u64>,
    /// Of the few large gzip files: where they can be inflated from.
    checkpoints: Vec<(FileId, Vec<Checkpoint>)>,
    problems: Vec<Problem>,
    progress: Progress,
    judgement: Option<Judgement>,
    court: Court,
    /// Class of each file for the table's `verdict` column; class 0 is `pending`, so a file not yet judged is never more than that.
    classes: FileClasses,
    views: Views,
    repeated: Repeated,
    file_order: FileOrder,
    room: Room,
    given_up: GivenUp,
    deep: Deep,
}

#[derive(Debug)]
struct File {
    source: String,
    size: u64,
    done: bool,
    /// So many of its stored bytes were read: all, unless reading was ended before.
    taken: u64,
    sha256: Option<Sha256>,
    /// Of a query result of Lake: the hash that counts.
    stored_sha256: Option<Sha256>,
    events: u64,
    /// Rows of it are in the table already: a large file sends them before its content is known.
    has_rows: bool,
    /// Events of it that were not taken in, for lack of memory.
    not_taken: u64,
}

/// What a question leads to.
pub enum Reply {
    /// The answer.
    Now(Answer),
    /// A reader must look into the file first; its report is the answer.
    Ask(Job),
}

impl Ledger {
    /// A ledger that judges as asked.
    #[must_use]
    pub fn new(asked: Asked) -> Self {
        Self { asked, ..Self::default() }
    }

    /// Notes files that are about to be read.
    pub fn expect(&mut self, files: &[Named]) {
        for file in files {
            self.take_up(&file.name);
            let known = File {
                source: file.name.clone(),
                size: file.size,
                done: false,
                taken: 0,
                sha256: None,
                stored_sha256: None,
                events: 0,
                has_rows: false,
                not_taken: 0,
            };
            if self.files.insert(file.id, known).is_none() {
                self.progress.files += 1;
                self.progress.heard_of += 1;
                self.progress.bytes += file.size;
            }
        }
    }

    /// Notes a URL that is about to be fetched. What is kept of it ends before the query.
    pub fn expect_remote(&mut self, remote: &Remote) {
        let name = without_query(&remote.url).to_owned();
        self.expect(&[Named { id: remote.id, name, size: 0 }]);
    }

    /// Takes in what a reader found; returns the jobs that follow from it.
    pub fn admit(&mut self, report: ReadReport, rows: EventBatch) -> Vec<Job> {
        let copies: HashSet<FileId> = report.facts.iter().filter(|facts| self.is_copy(facts)).map(|facts| facts.id).collect();
        let rows = rows.without(&copies);
        self.take_rows(rows);
        self.progress.bytes_read += report.bytes;
        for facts in report.facts {
            if !copies.contains(&facts.id) {
                self.note_half_read(&facts);
            }
            if let Some(file) = self.files.get_mut(&facts.id) {
                self.progress.files_read += u64::from(!file.done);
                // A URL's size is known only now.
                if file.size == 0 {
                    file.size = facts.content.stored_size;
                    self.progress.bytes += file.size;
                }
                file.done = true;
                file.taken = facts.content.stored_size;
                file.sha256 = Some(facts.content.sha256);
                file.stored_sha256 = facts.stored_sha256;
                file.events = facts.events.unwrap_or(0);
            }
            Rc::make_mut(&mut self.evidence).admit(facts);
        }
        self.checkpoints.extend(report.checkpoints);
        let evidence = Rc::make_mut(&mut self.evidence);
        evidence.admit_keys(report.keys);
        evidence.admit_signatures(report.signatures);
        self.problems.extend(report.problems.into_iter().map(|(_, problem)| problem));
        let jobs = self.due_checks();
        self.changed();
        jobs
    }

    /// Whether these events are there already, in a file of the same name and content. Said among the problems, for the counts' sake.
    fn is_copy(&mut self, facts: &FileFacts) -> bool {
        let Some(events) = facts.events.filter(|events| *events > 0) else { return false };
        let base = facts.source.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let is_new = self.contents.insert((base, facts.content.sha256));
        let is_late = self.files.get(&facts.id).is_some_and(|file| file.has_rows);
        if !is_new {
            let counted = if is_late { "its events are counted twice" } else { "its events are counted once" };
            let events = count(events, "event", "events");
            let what = format!("A copy of a file that is open already, with the same name and content ({events}): {counted}.");
            self.problems.push(Problem { source: facts.source.clone(), what, weight: Weight::PassedOver });
        }
        !is_new && !is_late
    }

    /// Says of a file that is opened again that events of it were there before: rows are never taken back.
    fn note_half_read(&mut self, facts: &FileFacts) {
        let events = facts.events.unwrap_or(0);
        if matches!(facts.content.flaw, Some(ContentFlaw::Unread(_))) && events > 0 {
            self.half_read.insert(facts.source.clone(), events);
        } else if events > 0
            && let Some(before) = self.half_read.remove(&facts.source)
        {
            let what = format!(
                "Opened again: its reading was ended before, after {}. Those of them that are in the table stand there more than once \
                 now; \"Count duplicate deliveries once\" counts those that have an eventID once.",
                count(before, "event", "events")
            );
            self.problems.push(Problem { source: facts.source.clone(), what, weight: Weight::PassedOver });
        }
    }

    /// Takes in the outcome of signature checks.
    pub fn settle(&mut self, outcomes: Vec<crate::integrity::signature::CheckOutcome>) {
        Rc::make_mut(&mut self.evidence).settle(outcomes);
        self.changed();
    }

    /// How far reading has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            checks: self.evidence.checks_open() as u64,
            rows: self.table.len() as u64,
            judging: self.is_judging(),
            memory: (self.table.memory() + self.classes.of_row.memory() + self.views.memory()) as u64,
            ..self.progress
        }
    }

    /// Answers a question. While files arrive, by the verdicts last judged; once they are all there, by the final ones.
    pub fn answer(&mut self, number: u32, question: Question) -> Reply {
        self.look_again();
        if let Question::Rows(request) = &question {
            self.sort(request.inquiry.order.by);
        }
        self.answer_prepared(number, question)
    }

    /// The same after [`Self::prepare`], which did its sorting; by the verdicts last judged.
    pub fn answer_prepared(&mut self, number: u32, question: Question) -> Reply {
        self.classes.follow(&self.table);
        let wants_once = question.inquiry().is_some_and(|inquiry| inquiry.deliveries == Deliveries::Once);
        if let Question::Survey(_) | Question::Rows(_) = question {
            self.repeated.is_wanted = wants_once;
        }
        if self.repeated.is_wanted || wants_once {
            self.count_once();
        }
        Reply::Now(match question {
            Question::Survey(request) => Answer::Survey(self.survey(&request)),
            Question::People(inquiry, window) => Answer::People(self.people(&inquiry, window)),
            Question::Rows(request) => Answer::Rows(self.rows(&request)),
            Question::Detail(row) => Answer::Detail(self.detail(row).map(Box::new)),
            Question::Proof => Answer::Proof(Box::new(self.proof())),
            Question::Coverage(axis, most) => self.coverage(axis, most),
            Question::Stretch(range, chains) => Answer::Stretch(Box::new(self.stretch(range, &chains))),
            Question::Files(request) => self.file_rows(&request),
            Question::Problems => Answer::Problems(self.problem_list()),
            Question::Report(form) => Answer::Report(self.report(form)),
            Question::RowsText(request) => Answer::RowsText(self.rows_text(&request)),
            Question::Pack(inquiry) => Answer::Pack(Box::new(self.pack_plan(&inquiry))),
            Question::PackFiles(inquiry, start) => self.pack_files(&inquiry, start),
            Question::PackTexts(inquiry) => Answer::Texts(self.pack_texts(&inquiry)),
            Question::Seal(request) => Answer::Texts(self.seal(request)),
            Question::Unsearched(inquiry, text) => Answer::Unsearched(self.unsearched(&inquiry, &text)),
            Question::Search(text, files) => return Reply::Ask(self.search(number, text, &files)),
            Question::Record(row) => match self.extract(number, row) {
                Some(job) => return Reply::Ask(Job::Extract(job)),
                None => Answer::Detail(None),
            },
        })
    }

    fn scene(&self) -> Scene<'_> {
        Scene { table: &self.table, classes: &self.classes }
    }

    fn arrival(&self) -> Arrival {
        if self.progress().is_busy() { Arrival::OnTheWay } else { Arrival::Complete }
    }

    fn changed(&mut self) {
        self.progress.generation += 1;
        self.progress.problems = self.problems.len() as u64 + u64::from(self.progress.not_taken > 0) + u64::from(self.given_up.is_any());
        self.court.is_stale = true;
    }
}

/// A URL without what must never be kept of it: the query, which holds the signature, and the fragment.
#[must_use]
pub fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// The class of a verdict: its place among [`CLASSES`].
fn class_of(verdict: Verdict) -> u8 {
    CLASSES.iter().position(|class| *class == verdict).and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
}

/// The verdict of a class.
fn verdict_of(class: u32) -> Verdict {
    CLASSES.get(class as usize).copied().unwrap_or(Verdict::Pending)
}

/// `Pending` first: what nobody has judged yet is of class 0.
const CLASSES: [Verdict; 6] = [Verdict::Pending, Verdict::Valid, Verdict::Invalid, Verdict::Missing, Verdict::Unproven, Verdict::Unlisted];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_string_is_never_kept() {
        assert_eq!(without_query("https://b.s3.amazonaws.com/k.json.gz?X-Amz-Signature=secret#x"), "https://b.s3.amazonaws.com/k.json.gz");
        let mut ledger = Ledger::default();
        ledger.expect_remote(&Remote { id: FileId(0), url: "https://h/k?X-Amz-Signature=secret".to_owned() });
        assert!(!format!("{:?}", ledger.files).contains("secret"));
    }
}
