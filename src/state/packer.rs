//! The page's end of a packer: a worker that lives as long as one export. Let go of, it stops whatever it was doing.

use std::cell::Cell;
use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo::timers::callback::Timeout;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::Blob;
use web_sys::MessageEvent;
use web_sys::Worker;

use crate::browser::spawn::Program;
use crate::browser::wire;
use crate::export::parts::Sum;
use crate::protocol::Packed;
use crate::protocol::Parcel;
use crate::protocol::Wrapping;

/// A packer at work.
pub(super) struct Packer {
    worker: Worker,
    next: Cell<u32>,
    waiting: Waiting,
    _hear: Closure<dyn FnMut(MessageEvent)>,
}

type Done = (Packed, Option<Blob>);
type Waiting = Rc<RefCell<Vec<(u32, oneshot::Sender<Done>)>>>;

impl Packer {
    /// Starts one; `None` where the browser does not.
    pub(super) async fn start() -> Option<Self> {
        let program = Program::own().ok()?;
        for _ in 0..STARTS {
            let packer = Self::of(program.spawn("packer").ok()?);
            let waiting = packer.waiting.clone();
            let late = Timeout::new(PATIENCE, move || waiting.borrow_mut().clear());
            // Nothing to be packed: to hear that it listens.
            let answer = packer.ask(&Parcel::Begin(Wrapping::Plain), &[]).await;
            drop(late);
            if answer.is_some() {
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
            let Ok(((ticket, packed), beside)) = wire::receive::<(u32, Packed)>(&event.data()) else {
                // It has fallen: whoever waits hears nothing more.
                return waiting.clear();
            };
            if let Some(at) = waiting.iter().position(|(known, _)| *known == ticket) {
                let blob = beside.into_iter().next().and_then(|blob| blob.dyn_into().ok());
                // Nobody waits: the export was cancelled.
                let _ = waiting.swap_remove(at).1.send((packed, blob));
            }
        });
        worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        Self { worker, next: Cell::new(0), waiting, _hear: hear }
    }

    /// Gives it work at once; `None` where it could not be done.
    pub(super) fn ask(&self, parcel: &Parcel, beside: &[JsValue]) -> impl Future<Output = Option<Done>> + use<> {
        let ticket = self.next.get();
        self.next.set(ticket.wrapping_add(1));
        let (sender, answer) = oneshot::channel();
        if wire::send(&self.worker, &(ticket, parcel), beside).is_ok() {
            self.waiting.borrow_mut().push((ticket, sender));
        }
        async move { answer.await.ok().filter(|(packed, _)| *packed != Packed::Failed) }
    }

    /// A text whose bytes are at hand, as an entry of a zip file: what it adds up to, and its data.
    pub(super) async fn entry(&self, text: Uint8Array) -> Option<(Sum, Blob)> {
        self.ask(&Parcel::Begin(Wrapping::Entry), &[]).await?;
        self.ask(&Parcel::Piece, &[text.into()]).await?;
        self.end().await
    }

    /// Ends the text that was begun.
    pub(super) async fn end(&self) -> Option<(Sum, Blob)> {
        match self.ask(&Parcel::End, &[]).await? {
            (Packed::Text(sum), Some(blob)) => Some((sum, blob)),
            _ => None,
        }
    }
}

impl Drop for Packer {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// As for the ledger: Firefox now and then never runs a worker that it was told to start.
const PATIENCE: u32 = 5000;
const STARTS: u32 = 4;
