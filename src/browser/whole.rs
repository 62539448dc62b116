//! Chosen files read whole, one after the other by one `FileReader`.
//!
//! What an input hands over has no size until it is asked for, and of very many files each such question takes Chromium the longer the more
//! there are: 105,000 tiny files by way of composites 427 µs each, 11,000 of them 251; read whole, 207 and 177. To read one, nobody asks.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::ArrayBuffer;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Blob;
use web_sys::FileReader;
use web_sys::ProgressEvent;

/// Reads one file at a time.
pub struct WholeReader {
    reader: FileReader,
    waiting: Rc<RefCell<Option<oneshot::Sender<()>>>>,
    _begun: Closure<dyn FnMut(ProgressEvent)>,
    _ended: Closure<dyn FnMut()>,
}

impl WholeReader {
    /// `None` outside a browser. Files of more than `most` bytes are not read.
    #[must_use]
    pub fn new(most: f64) -> Option<Self> {
        let reader = FileReader::new().ok()?;
        let waiting: Rc<RefCell<Option<oneshot::Sender<()>>>> = Rc::default();
        let begun = {
            let reader = reader.clone();
            Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
                if event.total() > most {
                    reader.abort();
                }
            })
        };
        let ended = {
            let waiting = waiting.clone();
            Closure::<dyn FnMut()>::new(move || {
                if let Some(waiting) = waiting.borrow_mut().take() {
                    // Whoever waited may be gone.
                    let _ = waiting.send(());
                }
            })
        };
        reader.set_onloadstart(Some(begun.as_ref().unchecked_ref()));
        reader.set_onprogress(Some(begun.as_ref().unchecked_ref()));
        reader.set_onloadend(Some(ended.as_ref().unchecked_ref()));
        Some(Self { reader, waiting, _begun: begun, _ended: ended })
    }

    /// All bytes of a file; `None` where it is too large, or cannot be read: another way tells which.
    pub async fn read(&self, file: &Blob) -> Option<Uint8Array> {
        let (sender, ended) = oneshot::channel();
        *self.waiting.borrow_mut() = Some(sender);
        self.reader.read_as_array_buffer(file).ok()?;
        ended.await.ok()?;
        let buffer: ArrayBuffer = self.reader.result().ok()?.dyn_into().ok()?;
        Some(Uint8Array::new(&buffer))
    }
}

impl Drop for WholeReader {
    fn drop(&mut self) {
        self.reader.set_onloadstart(None);
        self.reader.set_onprogress(None);
        self.reader.set_onloadend(None);
    }
}
