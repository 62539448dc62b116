//! Files of an input read whole, one after the other by one `FileReader`.
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
    /// Ends the reading of a file that is too large.
    guard: Closure<dyn FnMut(ProgressEvent)>,
    _ended: Closure<dyn FnMut()>,
}

impl WholeReader {
    /// `None` outside a browser. Files of more than `most` bytes are not taken. `ended` is called for each file that was begun, and may begin
    /// the next: a future for each took the page 30 µs a file more. `None` stands for one that is too large, or cannot be read: another way
    /// tells which.
    #[must_use]
    pub fn new(most: f64, ended: impl Fn(Option<ArrayBuffer>) + 'static) -> Option<Self> {
        let reader = FileReader::new().ok()?;
        let guard = {
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
            let whole = move || reader.result().ok()?.dyn_into::<ArrayBuffer>().ok();
            // One that was there before anybody looked goes the way of the others all the same.
            let fitting = move |whole: &ArrayBuffer| f64::from(whole.byte_length()) <= most;
            Closure::<dyn FnMut()>::new(move || ended(whole().filter(fitting)))
        };
        reader.set_onloadend(Some(ended.as_ref().unchecked_ref()));
        Some(Self { reader, guard, _ended: ended })
    }

    /// Looks from now on whether a file is too large, and goes no further then. Not from the start: most files are read before anybody could
    /// ask, and to be told of each that it begins takes the page 8 µs.
    pub fn watch(&self) {
        self.reader.set_onprogress(Some(self.guard.as_ref().unchecked_ref()));
    }

    /// Begins to read a file; whether it could be begun.
    #[must_use]
    pub fn begin(&self, file: &Blob) -> bool {
        self.reader.read_as_array_buffer(file).is_ok()
    }
}

impl Drop for WholeReader {
    fn drop(&mut self) {
        self.reader.set_onprogress(None);
        self.reader.set_onloadend(None);
    }
}
