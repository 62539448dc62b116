//! The readers: hands out jobs, two ahead at most, takes reports back, and replaces a reader that has fallen.

use std::collections::VecDeque;

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::Blob;
use web_sys::MessageEvent;
use web_sys::Worker;

use crate::browser::spawn::Program;
use crate::browser::spawn::fatal;
use crate::browser::wire;
use crate::protocol::Job;
use crate::protocol::Named;
use crate::protocol::Report;
use crate::trail::ids::FileId;

/// A job and what belongs to it: a blob, or the bytes of each file.
#[derive(Clone)]
pub(super) struct Task {
    pub(super) job: Job,
    pub(super) with: Vec<JsValue>,
    /// To be done with no other job on the same reader: if that one falls, this was why.
    pub(super) is_suspect: bool,
}

/// What comes up from a reader.
pub(super) enum News {
    /// A report, with what travelled beside it.
    Report(Report, Vec<JsValue>),
    /// A reader has fallen; these tasks could not be done, not even one file at a time, and these files fell with it and have to be opened
    /// again.
    Lost(Vec<Task>, Vec<FileId>),
}

/// The readers and what waits for them.
pub(super) struct Pool {
    program: Program,
    seats: Vec<Seat>,
    waiting: VecDeque<Task>,
    next_ticket: u32,
    hear: std::rc::Rc<dyn Fn(usize, u32, MessageEvent)>,
}

struct Seat {
    worker: Worker,
    /// Counts the workers that sat here: news from a fallen one is ignored.
    term: u32,
    at_work: Vec<(u32, Task)>,
    _listen: Closure<dyn FnMut(MessageEvent)>,
}

impl Pool {
    /// Starts `readers` readers; `hear(seat, term, message)` is called for each message of theirs and must call [`Pool::news`].
    pub(super) fn new(program: Program, readers: usize, hear: impl Fn(usize, u32, MessageEvent) + 'static) -> Result<Self, JsValue> {
        let mut pool = Self { program, seats: Vec::new(), waiting: VecDeque::new(), next_ticket: 0, hear: std::rc::Rc::new(hear) };
        for number in 0..readers {
            let seat = pool.seat(number, 0)?;
            pool.seats.push(seat);
        }
        Ok(pool)
    }

    /// Gives work.
    pub(super) fn push(&mut self, task: Task) {
        self.waiting.push_back(task);
        self.hand_out();
    }

    /// Gives work that somebody is looking at the screen for.
    pub(super) fn push_first(&mut self, task: Task) {
        self.waiting.push_front(task);
        self.hand_out();
    }

    /// Drops the reading that has not begun, and lets no large file be read to its end; returns the files that were dropped.
    pub(super) fn drop_waiting(&mut self) -> Vec<FileId> {
        for seat in &self.seats {
            if seat.at_work.iter().any(|(_, task)| matches!(&task.job, Job::Read(_) | Job::Fetch(_))) {
                // A reader that does not hear of it reads on.
                let _ = wire::send(&seat.worker, &(0u32, &Job::BreakOff), &[]);
            }
        }
        let mut dropped = Vec::new();
        self.waiting.retain(|task| match &task.job {
            Job::Read(files) => {
                dropped.extend(files.iter().map(|file| file.id));
                false
            }
            Job::Fetch(remote) => {
                dropped.push(remote.id);
                false
            }
            _ => true,
        });
        dropped
    }

    /// Takes a message from the reader in `seat`.
    pub(super) fn news(&mut self, number: usize, term: u32, message: &JsValue) -> Option<News> {
        let seat = self.seats.get_mut(number).filter(|seat| seat.term == term)?;
        if fatal(message).is_some() {
            let (lost, again) = self.replace(number);
            return Some(News::Lost(lost, again));
        }
        let ((ticket, report), attachments) = wire::receive::<(u32, Report)>(message).ok()?;
        if !matches!(&report, Report::Read(read) if !read.last) {
            seat.at_work.retain(|(at_work, _)| *at_work != ticket);
        }
        self.hand_out();
        Some(News::Report(report, attachments))
    }

    fn hand_out(&mut self) {
        for ahead in 0..JOBS_AHEAD {
            for seat in &mut self.seats {
                let is_free = seat.at_work.is_empty();
                if seat.at_work.len() > ahead || seat.at_work.iter().any(|(_, task)| task.is_suspect) {
                    continue;
                }
                if !is_free && self.waiting.front().is_some_and(|task| task.is_suspect) {
                    continue;
                }
                let Some(task) = self.waiting.pop_front() else { return };
                let ticket = self.next_ticket;
                self.next_ticket = self.next_ticket.wrapping_add(1);
                // A message that cannot be posted is a task that cannot be done: it is found again when its seat falls.
                let _ = wire::send(&seat.worker, &(ticket, &task.job), &task.with);
                seat.at_work.push((ticket, task));
            }
        }
    }

    /// A new worker for a fallen one. Of a sheaf each file is tried alone, so that only the culprit is lost.
    fn replace(&mut self, number: usize) -> (Vec<Task>, Vec<FileId>) {
        let Some(seat) = self.seats.get_mut(number) else { return (Vec::new(), Vec::new()) };
        seat.worker.terminate();
        let fallen = std::mem::take(&mut seat.at_work);
        let term = seat.term + 1;
        if let Ok(seat) = self.seat(number, term) {
            self.seats[number] = seat;
        }
        let (mut lost, mut again) = (Vec::new(), Vec::new());
        let was_alone = fallen.len() == 1;
        for (_, task) in fallen {
            match (&task.job, task.with.first().map(|with| with.dyn_ref::<Blob>())) {
                // Bytes were moved to the reader: nobody has them any more.
                (Job::Read(files), Some(None)) => again.extend(files.iter().map(|file| file.id)),
                (Job::Read(files), Some(Some(blob))) if files.len() > 1 => self.waiting.extend(one_by_one(files, blob)),
                // It may have stood beside the culprit: alone it will show.
                _ if !was_alone => self.waiting.push_back(Task { is_suspect: true, ..task }),
                _ => lost.push(task),
            }
        }
        self.hand_out();
        (lost, again)
    }

    fn seat(&self, number: usize, term: u32) -> Result<Seat, JsValue> {
        let worker = self.program.spawn(&format!("reader-{}", number + 1))?;
        let hear = self.hear.clone();
        let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event| hear(number, term, event));
        worker.set_onmessage(Some(listen.as_ref().unchecked_ref()));
        Ok(Seat { worker, term, at_work: Vec::new(), _listen: listen })
    }
}

fn one_by_one(files: &[Named], blob: &Blob) -> Vec<Task> {
    let mut start = 0.0;
    let mut tasks = Vec::new();
    for file in files {
        let end = start + file.size as f64;
        let with = blob.slice_with_f64_and_f64(start, end).map(JsValue::from).into_iter().collect();
        tasks.push(Task { job: Job::Read(vec![file.clone()]), with, is_suspect: true });
        start = end;
    }
    tasks
}

/// One job is worked on while the bytes of the next are on their way. More would only make a cancel slower.
const JOBS_AHEAD: usize = 2;
