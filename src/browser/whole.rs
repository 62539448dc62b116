//! Chosen files read whole, one after the other by one `FileReader`.
//!
//! What an input hands over has no size until it is asked for, and of very many files each such question takes Chromium the longer the more
//! there are: 105,000 tiny files by way of composites 427 µs each, 11,000 of them 251; read whole, 207 and 177. To read one, nobody asks.

use js_sys::ArrayBuffer;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Blob;
use web_sys::FileReader;
use web_sys::ProgressEvent;

/// Reads one file at a time.
pub struct WholeReader {
    reader: FileReader,
    _begun: Closure<dyn FnMut(ProgressEvent)>,
    _ended: Closure<dyn FnMut()>,
}

impl WholeReader {
    /// `None` outside a browser. Files of more than `most` bytes are not read. `ended` is called for each file that was begun, and may begin
    /// the next: a future for each took the page 30 µs a file more. `None` stands for one that is too large, or cannot be read: another way tells
    /// which.
    #[must_use]
    pub fn new(most: f64, ended: impl Fn(Option<ArrayBuffer>) + 'static) -> Option<Self> {
        let reader = FileReader::new().ok()?;
        let begun = {
            let reader = reader.clone();
            // Both browsers know the size by then.
            Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
                if event.total() > most {
                    reader.abort();
                }
            })
        };
        let ended = {
            let reader = reader.clone();
            Closure::<dyn FnMut()>::new(move || ended(reader.result().ok().and_then(|read| read.dyn_into().ok())))
        };
        reader.set_onloadstart(Some(begun.as_ref().unchecked_ref()));
        reader.set_onloadend(Some(ended.as_ref().unchecked_ref()));
        Some(Self { reader, _begun: begun, _ended: ended })
    }

    /// Begins to read a file; whether it could be begun.
    #[must_use]
    pub fn begin(&self, file: &Blob) -> bool {
        self.reader.read_as_array_buffer(file).is_ok()
    }
}

impl Drop for WholeReader {
    fn drop(&mut self) {
        self.reader.set_onloadstart(None);
        self.reader.set_onloadend(None);
    }
}
