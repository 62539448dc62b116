//! The page's end of a packer: a reader of its own that lives as long as one export. Let go of, it stops whatever it was doing.

use std::cell::Cell;
use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::Blob;
use web_sys::MessageEvent;
use web_sys::Worker;

use crate::browser::spawn::Program;
use crate::browser::wire;
use crate::export::parts::Sum;
use crate::protocol::Job;
use crate::protocol::Parcel;
use crate::protocol::Place;
use crate::protocol::Report;
use crate::protocol::Wrapping;

/// A packer at work.
pub(super) struct Packer {
    worker: Worker,
    next: Cell<u32>,
    waiting: Waiting,
    _hear: Closure<dyn FnMut(MessageEvent)>,
}

/// What was packed: its sums, and its blob where there is one.
pub(super) type Done = (Vec<Sum>, Option<Blob>);
type Waiting = Rc<RefCell<Vec<(u32, oneshot::Sender<Done>)>>>;
/// `None` where it could not be done.
pub(super) type Asked = oneshot::Receiver<Done>;

impl Packer {
    /// Starts so many; `None` where the browser does not.
    pub(super) async fn start(many: usize) -> Option<Vec<Self>> {
        let program = Program::own().ok()?;
        let (mut packers, mut tries) = (Vec::new(), 0);
        while packers.len() < many {
            let packer = Self::of(program.spawn("packer").ok()?);
            let waiting = packer.waiting.clone();
            let late = Timeout::new(PATIENCE, move || waiting.borrow_mut().clear());
            // A text without a word: to hear that it listens.
            if packer.ask(Parcel::Piece(Wrapping::Plain, Place::Last), &[]).await.is_ok() {
                packers.push(packer);
            } else if tries == TRIES {
                return None;
            }
            tries += 1;
            drop(late);
        }
        Some(packers)
    }

    fn of(worker: Worker) -> Self {
        let waiting: Waiting = Rc::default();
        let heard = waiting.clone();
        let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let mut waiting = heard.borrow_mut();
            let Ok(((ticket, Report::Packed(packed)), beside)) = wire::receive::<(u32, Report)>(&event.data()) else {
                // It has fallen: whoever waits hears nothing more.
                return waiting.clear();
            };
            let Some(at) = waiting.iter().position(|(known, _)| *known == ticket) else { return };
            let (_, sender) = waiting.swap_remove(at);
            if let Some(sums) = packed {
                // Nobody waits: the export was cancelled.
                let _ = sender.send((sums, beside.into_iter().next().and_then(|blob| blob.dyn_into().ok())));
            }
        });
        worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        Self { worker, next: Cell::new(0), waiting, _hear: hear }
    }

    /// Gives it work at once, whenever the answer is awaited.
    pub(super) fn ask(&self, parcel: Parcel, beside: &[JsValue]) -> Asked {
        let ticket = self.next.get();
        self.next.set(ticket.wrapping_add(1));
        let (sender, answer) = oneshot::channel();
        if wire::send(&self.worker, &(ticket, &Job::Pack(parcel)), beside).is_ok() {
            self.waiting.borrow_mut().push((ticket, sender));
        }
        answer
    }
}

impl Drop for Packer {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// As for the ledger: Firefox now and then never runs a worker that it was told to start.
const PATIENCE: u32 = 5000;
const TRIES: u32 = 4;
