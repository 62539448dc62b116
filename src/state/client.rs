//! The page's end of the ledger: calls down, notices up, a numbered question → its answer. Keeps the files, so that records can be re-read.

use std::cell::Cell;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
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
use crate::browser::spawn::fatal;
use crate::browser::wire;
use crate::protocol::Answer;
use crate::protocol::Call;
use crate::protocol::Named;
use crate::protocol::Notice;
use crate::protocol::Question;
use crate::trail::ids::FileId;
use crate::trail::ids::RowId;

/// The ledger, as the page sees it. Cheap to clone.
#[derive(Clone)]
pub struct Client(Rc<Inner>);

struct Inner {
    ledger: Worker,
    next: Cell<u32>,
    waiting: RefCell<HashMap<u32, oneshot::Sender<Heard>>>,
    /// Every file opened, by number: a row's raw JSON is re-read from it, never kept.
    shelf: RefCell<Vec<Option<Shelved>>>,
    /// Told when the ledger has said that it runs.
    ready: Rc<RefCell<Option<oneshot::Sender<()>>>>,
    on_notice: Rc<dyn Fn(Notice)>,
    on_fall: Rc<dyn Fn(String)>,
}

/// An answer, and what travelled beside it.
pub(super) type Heard = (Answer, Vec<JsValue>);

struct Shelved {
    name: String,
    blob: Blob,
}

impl Client {
    /// Starts the ledger. `on_notice` hears everything but answers; `on_fall` hears why, should it ever stop.
    ///
    /// # Errors
    /// When the worker cannot be loaded or started: the sentence to show.
    pub async fn start(on_notice: Box<dyn Fn(Notice)>, on_fall: Box<dyn Fn(String)>) -> Result<Self, String> {
        let say = |error: JsValue| format!("The part that reads files could not be started: {}", text_of(&error));
        let program = Program::own().map_err(say)?;
        let on_notice: Rc<dyn Fn(Notice)> = on_notice.into();
        let on_fall: Rc<dyn Fn(String)> = on_fall.into();
        for _ in 0..STARTS {
            let ledger = program.spawn("ledger").map_err(say)?;
            let (ready, is_ready) = oneshot::channel();
            let ready = Rc::new(RefCell::new(Some(ready)));
            let inner = Rc::new(Inner {
                ledger,
                next: Cell::new(0),
                waiting: RefCell::default(),
                shelf: RefCell::default(),
                ready: ready.clone(),
                on_notice: on_notice.clone(),
                on_fall: on_fall.clone(),
            });
            let heard = inner.clone();
            let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| heard.hear(&event.data()));
            inner.ledger.set_onmessage(Some(listen.as_ref().unchecked_ref()));
            let late = Timeout::new(PATIENCE, move || drop(ready.borrow_mut().take()));
            if is_ready.await.is_ok() {
                drop(late);
                // Lives as long as the page.
                listen.forget();
                return Ok(Self(inner));
            }
            inner.ledger.terminate();
        }
        Err("The part that reads files does not start. Reload the page.".to_owned())
    }

    /// Asks; the future ends with the answer, or never if the ledger falls (`on_fall` then says so).
    pub async fn ask(&self, question: Question) -> Answer {
        self.question(question, &[]).await
    }

    /// Asks at once, whenever the answer is awaited: that, and what travels beside it.
    pub(super) fn ask_ahead(&self, question: Question) -> impl Future<Output = Heard> + use<> {
        self.begin(question, &[])
    }

    /// Asks for a row's raw JSON, sending its file along.
    ///
    /// # Errors
    /// When the page no longer has the file.
    pub async fn ask_record(&self, row: RowId, file: FileId) -> Result<Answer, String> {
        match self.blob(file) {
            Some(blob) => Ok(self.question(Question::Record(row), &[blob.into()]).await),
            None => Err("The file of this record is no longer at hand. Open it again.".to_owned()),
        }
    }

    /// Searches the raw JSON of these files for a text. What is found comes with the next picture.
    pub(super) async fn search(&self, text: &str, files: &[(Named, Blob)]) {
        let question = Question::Search(text.to_owned(), files.iter().map(|(file, _)| file.clone()).collect());
        let composite = end_to_end(files.iter().map(|(_, blob)| blob)).map_or(JsValue::NULL, JsValue::from);
        self.question(question, &[composite]).await;
    }

    /// A file that was opened.
    #[must_use]
    pub fn blob(&self, id: FileId) -> Option<Blob> {
        self.0.shelf.borrow().get(id.index()).and_then(|shelved| Some(shelved.as_ref()?.blob.clone()))
    }

    /// Opens files, end to end in one blob.
    pub(super) fn open(&self, files: Vec<(Named, Blob)>) {
        if let Some(composite) = end_to_end(files.iter().map(|(_, blob)| blob)) {
            self.open_in(files, &[composite.into()]);
        }
    }

    /// Opens files that lie end to end in a blob already, or whose bytes are at hand, each by itself.
    pub(super) fn open_in(&self, files: Vec<(Named, Blob)>, attachments: &[JsValue]) {
        let mut names = Vec::with_capacity(files.len());
        for (named, blob) in files {
            self.0.keep(named.id, &named.name, blob);
            names.push(named);
        }
        self.say(&Call::Open(names), attachments);
    }

    /// Keeps a pasted text as if it were a file.
    pub(super) fn keep_text(&self, named: &Named, text: &str) {
        if let Ok(blob) = Blob::new_with_str_sequence(&js_sys::Array::of1(&text.into())) {
            self.0.keep(named.id, &named.name, blob);
        }
    }

    /// Says something to the ledger.
    pub(super) fn say(&self, call: &Call, attachments: &[JsValue]) {
        self.0.say(call, attachments);
    }

    async fn question(&self, question: Question, attachments: &[JsValue]) -> Answer {
        self.begin(question, attachments).await.0
    }

    fn begin(&self, question: Question, attachments: &[JsValue]) -> impl Future<Output = Heard> + use<> {
        let number = self.0.next.get();
        self.0.next.set(number.wrapping_add(1));
        let (sender, receiver) = oneshot::channel();
        self.0.waiting.borrow_mut().insert(number, sender);
        self.say(&Call::Ask(number, question), attachments);
        async move {
            match receiver.await {
                Ok(heard) => heard,
                Err(_) => std::future::pending().await,
            }
        }
    }
}

impl Inner {
    fn say(&self, call: &Call, attachments: &[JsValue]) {
        if let Err(error) = wire::send(&self.ledger, call, attachments) {
            (self.on_fall)(text_of(&error));
        }
    }

    fn keep(&self, id: FileId, name: &str, blob: Blob) {
        let mut shelf = self.shelf.borrow_mut();
        if shelf.len() <= id.index() {
            shelf.resize_with(id.index() + 1, || None);
        }
        shelf[id.index()] = Some(Shelved { name: name.to_owned(), blob });
    }

    fn hear(&self, message: &JsValue) {
        if let Some(why) = fatal(message) {
            return (self.on_fall)(why);
        }
        let Ok((notice, attachments)) = wire::receive::<Notice>(message) else {
            return (self.on_fall)(NOT_UNDERSTOOD.to_owned());
        };
        match notice {
            Notice::Answer(number, answer) => {
                let sender = self.waiting.borrow_mut().remove(&number);
                // Nobody waits any more: a late answer falls on the floor.
                if let Some(sender) = sender {
                    let _ = sender.send((*answer, attachments));
                }
            }
            Notice::Kept(id) => {
                if let Some(Ok(blob)) = attachments.into_iter().next().map(JsCast::dyn_into::<Blob>) {
                    self.keep(id, "", blob);
                }
            }
            Notice::Reopen(files) => files.into_iter().for_each(|id| self.reopen(id)),
            notice => {
                if let Some(ready) = self.ready.borrow_mut().take() {
                    let _ = ready.send(());
                }
                (self.on_notice)(notice);
            }
        }
    }

    /// One file of a composite that could not be read: alone, so that the culprit is named and the others are read.
    fn reopen(&self, id: FileId) {
        let call = self.shelf.borrow().get(id.index()).and_then(|shelved| {
            let Shelved { name, blob } = shelved.as_ref()?;
            Some((Call::Open(vec![Named { id, name: name.clone(), size: blob.size() as u64 }]), JsValue::from(blob)))
        });
        if let Some((call, blob)) = call {
            self.say(&call, &[blob]);
        }
    }
}

/// Blobs as one: nothing is copied. Each is a part of it by itself: the browser takes apart composites of composites again and again (20,000 tiny
/// files in its memory: 97 to 110 µs each, 82 to 91 so).
fn end_to_end<'b>(blobs: impl Iterator<Item = &'b Blob>) -> Option<Blob> {
    let parts = js_sys::Array::new();
    for blob in blobs {
        parts.push(blob);
    }
    Blob::new_with_blob_sequence(&parts).ok()
}

fn text_of(error: &JsValue) -> String {
    let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    message.or_else(|| error.as_string()).unwrap_or_else(|| "the browser did not say why".to_owned())
}

/// Both are one program, so this is a fault of ours and not of anything loaded.
const NOT_UNDERSTOOD: &str = "The part that reads files said something that this page does not understand. Reload the page.";

/// Firefox 153, loaded with other work, now and then never runs a worker that it was told to start (four times in some two hundred starts):
/// after this long, in milliseconds, another one is started.
const PATIENCE: u32 = 5000;
const STARTS: u32 = 4;
