//! Serves `ledger`: calls from the page, reports from the readers, notices at most twice a second once there is something to see.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::Blob;
use web_sys::DedicatedWorkerGlobalScope;
use web_sys::MessageChannel;
use web_sys::MessageEvent;

use crate::browser::spawn::Program;
use crate::browser::spawn::readers;
use crate::browser::wire;
use crate::integrity::judgement::Asked;
use crate::integrity::signature::check;
use crate::ledger::Ledger;
use crate::ledger::Reply;
use crate::ledger::Turns;
use crate::ledger::without_query;
use crate::protocol::Answer;
use crate::protocol::Call;
use crate::protocol::Compared;
use crate::protocol::Job;
use crate::protocol::Notice;
use crate::protocol::RawFound;
use crate::protocol::Record;
use crate::protocol::Report;
use crate::reader::Reader;
use crate::table::batch::EventBatch;
use crate::trail::ids::FileId;
use crate::worker::pace;
use crate::worker::pace::Pace;
use crate::worker::pool::News;
use crate::worker::pool::Pool;
use crate::worker::pool::Task;

/// Listens to the page and to the readers.
pub(super) fn serve(scope: &DedicatedWorkerGlobalScope) -> Result<(), JsValue> {
    let host = Rc::new(RefCell::new(Host {
        scope: scope.clone(),
        ledger: Ledger::new(Asked::default()),
        pool: None,
        due: None,
        pace: Pace::default(),
        shown: 0,
        turns: Turns::default(),
        is_turn_due: false,
        is_judging: false,
        sorting_since: None,
        is_said: false,
        channel: MessageChannel::new()?,
    }));
    let working = Rc::downgrade(&host);
    let turn = Closure::<dyn FnMut()>::new(move || {
        if let Some(host) = working.upgrade() {
            host.borrow_mut().work_on();
        }
    });
    host.borrow().channel.port1().set_onmessage(Some(turn.as_ref().unchecked_ref()));
    turn.forget();
    let heard = Rc::downgrade(&host);
    let pool = Pool::new(Program::own()?, readers(), move |seat, term, event| {
        if let Some(host) = heard.upgrade() {
            Host::from_reader(&host, seat, term, &event.data());
        }
    })?;
    host.borrow_mut().pool = Some(pool);
    let called = host.clone();
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Ok((call, attachments)) = wire::receive::<Call>(&event.data()) {
            Host::from_page(&called, call, attachments);
        }
    });
    scope.set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    host.borrow().say(&Notice::Ready, &[]);
    Ok(())
}

/// The ledger with all that it talks to.
pub(super) struct Host {
    pub(super) scope: DedicatedWorkerGlobalScope,
    pub(super) ledger: Ledger,
    pub(super) pool: Option<Pool>,
    /// The next notice, where one is due.
    pub(super) due: Option<Timeout>,
    pub(super) pace: Pace,
    /// The generation that the page was last told of.
    pub(super) shown: u64,
    /// Questions whose answers are in the making, and whether there is a message on its way that goes on with them.
    pub(super) turns: Turns,
    pub(super) is_turn_due: bool,
    /// Whether a judgement is wanted.
    pub(super) is_judging: bool,
    /// Since when rows are being sorted, and whether the page was told of it.
    pub(super) sorting_since: Option<f64>,
    pub(super) is_said: bool,
    /// To hear of oneself once the messages that wait are through: `setTimeout` takes four milliseconds at least.
    pub(super) channel: MessageChannel,
}

/// The one host, which its callbacks share.
pub(super) type Shared = Rc<RefCell<Host>>;

impl Host {
    fn from_page(host: &Shared, call: Call, attachments: Vec<JsValue>) {
        let mut this = host.borrow_mut();
        match call {
            Call::Listing(listing) => {
                let jobs = this.ledger.listing(listing);
                this.hand_out(jobs);
            }
            Call::Open(files) => {
                this.ledger.expect(&files);
                this.give(Task { job: Job::Read(files), with: attachments, is_suspect: false });
            }
            Call::Fetch(remotes) => {
                for remote in remotes {
                    this.ledger.expect_remote(&remote);
                    this.give(Task { job: Job::Fetch(remote), with: Vec::new(), is_suspect: false });
                }
            }
            Call::Paste(named, text) => {
                this.ledger.expect(std::slice::from_ref(&named));
                this.give(Task { job: Job::Paste(named, text), with: Vec::new(), is_suspect: false });
            }
            Call::Lost(named, why) => {
                this.ledger.expect(std::slice::from_ref(&named));
                let mut reader = Reader::default();
                reader.unread(named.id, &named.name, &why, "Open it again.");
                this.take_in(reader);
            }
            Call::Keep(keep) => this.ledger.keep(keep),
            Call::Limit(bytes) => this.ledger.limit(bytes),
            Call::Pack(pack) => this.ledger.admit_pack(&pack),
            Call::NotRead(files, others) => {
                this.ledger.expect(&files);
                this.give_up(&files.iter().map(|file| file.id).collect::<Vec<_>>(), others);
            }
            Call::Cancel => {
                let dropped = this.pool.as_mut().map(Pool::drop_waiting).unwrap_or_default();
                this.give_up(&dropped, 0);
            }
            Call::Ask(number, question) => {
                let before = this.now();
                let Self { turns, ledger, .. } = &mut *this;
                let at_once = turns.take(ledger, number, question, pace::STEP).map(|question| ledger.answer_prepared(number, question));
                let took = this.now() - before;
                this.pace.answered(took);
                match at_once {
                    Some(reply) => this.reply(number, reply, attachments),
                    // Else it has its turn when those before it have theirs.
                    None if !this.is_turn_due => this.work_on(),
                    None => {}
                }
                return;
            }
        }
        drop(this);
        Self::grown(host);
    }

    pub(super) fn reply(&mut self, number: u32, reply: Reply, with: Vec<JsValue>) {
        match reply {
            Reply::Now(answer) => {
                let is_saved = matches!(answer, Answer::Report(_));
                let attach = |text: &String| if is_saved { wire::attach_blob(text) } else { wire::attach(text.as_bytes()) };
                let beside = answer.beside().iter().map(attach).collect::<Vec<_>>();
                self.say(&Notice::Answer(number, Box::new(answer)), &beside);
            }
            Reply::Ask(job) => self.give(Task { job, with, is_suspect: false }),
        }
    }

    pub(super) fn now(&self) -> f64 {
        self.scope.performance().map_or(0.0, |performance| performance.now())
    }

    fn from_reader(host: &Shared, seat: usize, term: u32, message: &JsValue) {
        let mut this = host.borrow_mut();
        let Some(news) = this.pool.as_mut().and_then(|pool| pool.news(seat, term, message)) else { return };
        match news {
            News::Report(report, attachments) => this.admit(report, &attachments),
            News::Lost(tasks, again) => {
                this.say(&Notice::Reopen(again), &[]);
                tasks.into_iter().for_each(|task| this.lose(task));
            }
        }
        drop(this);
        Self::grown(host);
    }

    fn admit(&mut self, report: Report, attachments: &[JsValue]) {
        match report {
            Report::Read(report) => {
                let rows = EventBatch::from_bytes(&wire::bytes(attachments.first())).unwrap_or_default();
                if let Some(body) = attachments.get(1).filter(|body| body.is_instance_of::<Blob>())
                    && let Some(facts) = report.facts.first()
                {
                    self.say(&Notice::Kept(facts.id), std::slice::from_ref(body));
                }
                let jobs = self.ledger.admit(report, rows);
                self.hand_out(jobs);
            }
            Report::Checked(outcomes) => {
                self.ledger.settle(outcomes);
                // A signature that names no object is tried where no other holds.
                let jobs = self.ledger.due_checks();
                self.hand_out(jobs);
            }
            Report::Extracted(number, record) => self.say(&Notice::Answer(number, Box::new(Answer::Record(record))), &[]),
            Report::Packed(_) => {}
            Report::Searched(number, found) => {
                self.ledger.found(&found);
                // The last answer comes behind the word that there is a new picture: no verdict has changed.
                if !self.is_busy() {
                    self.shown = self.ledger.progress().generation;
                    self.say(&Notice::Grown(self.ledger.progress()), &[]);
                }
                self.say(&Notice::Answer(number, Box::new(Answer::Searched)), &[]);
            }
            Report::Unreadable(files) => self.say(&Notice::Reopen(files), &[]),
        }
    }

    /// Files that nobody will read are judged by their names, as any that cannot be read.
    fn give_up(&mut self, files: &[FileId], others: u64) {
        let mut reader = Reader::default();
        self.ledger.give_up(files, others).iter().for_each(|(id, name)| reader.not_read(*id, name));
        self.take_in(reader);
    }

    /// Takes in what is known without a reader's work.
    fn take_in(&mut self, reader: Reader) {
        let (report, rows) = reader.finish();
        let jobs = self.ledger.admit(report, rows);
        self.hand_out(jobs);
    }

    fn hand_out(&mut self, jobs: Vec<Job>) {
        jobs.into_iter().for_each(|job| self.give(Task { job, with: Vec::new(), is_suspect: false }));
    }

    /// What a fallen reader leaves undone is said of its file, never passed over.
    fn lose(&mut self, task: Task) {
        let why = "the part of this page that was reading it had to be stopped, most likely because memory ran out";
        let mut reader = Reader::default();
        match task.job {
            Job::Read(files) => {
                files.iter().for_each(|file| reader.unread(file.id, &file.name, why, "Close other tabs or load less at once."))
            }
            Job::Fetch(remote) => reader.unread(remote.id, without_query(&remote.url), why, "Close other tabs or load less at once."),
            Job::Paste(named, _) => reader.unread(named.id, &named.name, why, "Paste it again."),
            // Cheap and pure: done here rather than lost.
            Job::Check(checks) => return self.ledger.settle(checks.iter().map(check).collect()),
            Job::Pack(_) | Job::BreakOff => return,
            Job::Search(number, search) => {
                let changed = search.files.iter().map(|file| file.id).collect();
                self.ledger.found(&RawFound { text: search.text, changed, ..RawFound::default() });
                return self.say(&Notice::Answer(number, Box::new(Answer::Searched)), &[]);
            }
            Job::Extract(job) => {
                let record = Record {
                    row: job.row,
                    json: Err("The file could not be read again. Try once more.".to_owned()),
                    file: Compared::InPart,
                };
                return self.say(&Notice::Answer(job.number, Box::new(Answer::Record(record))), &[]);
            }
        }
        self.take_in(reader);
    }

    /// Whoever looks at a record comes first.
    fn give(&mut self, task: Task) {
        let Some(pool) = &mut self.pool else { return };
        if matches!(task.job, Job::Extract(_)) { pool.push_first(task) } else { pool.push(task) }
    }

    /// Something has grown: the page hears of it soon, but not for every file.
    fn grown(host: &Shared) {
        let mut this = host.borrow_mut();
        let is_arriving = this.is_arriving();
        // Once all is there nobody is kept waiting for a word that was put off.
        if this.due.is_none() || !is_arriving {
            let later = host.clone();
            let wait = if is_arriving { this.pace.tells_in() } else { 0 };
            this.due = Some(Timeout::new(wait, move || Self::tell(&later)));
        }
    }

    pub(super) fn say(&self, notice: &Notice, attachments: &[JsValue]) {
        if let Err(error) = wire::send(&self.scope, notice, attachments) {
            wasm_bindgen::throw_val(error);
        }
    }
}
