//! The page's end of a packer: a reader of its own that lives as long as one export. Let go of, it stops whatever it was doing.

use std::cell::Cell;
use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo::timers::callback::Timeout;
use js_sys::Array;
use js_sys::Promise;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;
use web_sys::MessageEvent;
use web_sys::Worker;

use crate::browser::spawn::Program;
use crate::browser::wire;
use crate::export::parts::Sum;
use crate::protocol::Job;
use crate::protocol::Parcel;
use crate::protocol::Report;

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
    /// Starts one; `None` where the browser does not.
    pub(super) async fn start() -> Option<Self> {
        let program = Program::own().ok()?;
        for _ in 0..STARTS {
            let packer = Self::of(program.spawn("packer").ok()?);
            let waiting = packer.waiting.clone();
            let late = Timeout::new(PATIENCE, move || waiting.borrow_mut().clear());
            // No files at all: to hear that it listens.
            let answer = packer.ask(Parcel::Files(Vec::new()), &[]).await;
            drop(late);
            if answer.is_ok() {
                return Some(packer);
            }
        }
        None
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

/// The bytes of each of these blobs; `None` where one cannot be read. For those that are small.
pub(super) async fn bytes_of(blobs: &Array) -> Option<Vec<JsValue>> {
    let asked: Array = blobs.iter().map(|blob| blob.unchecked_into::<Blob>().array_buffer()).collect();
    let read = JsFuture::from(Promise::all(&asked)).await.ok()?;
    Some(Array::from(&read).iter().map(|buffer| Uint8Array::new(&buffer).into()).collect())
}

impl Drop for Packer {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// As for the ledger: Firefox now and then never runs a worker that it was told to start.
const PATIENCE: u32 = 5000;
const STARTS: u32 = 4;
