//! A dropped tree by its handles, where the browser gives them: 139 µs a file to list and open against 331 by entries (Chromium 156), and
//! half the work in the browser's own threads. Elsewhere `dropped` walks the entries.

use std::cell::RefCell;
use std::ops::ControlFlow;

use js_sys::AsyncIterator;
use js_sys::Function;
use js_sys::Promise;
use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::DataTransferItem;
use web_sys::FileSystemDirectoryHandle;
use web_sys::FileSystemFileHandle;
use web_sys::FileSystemHandle;
use web_sys::FileSystemHandleKind;

use crate::browser::dropped::NamedFile;
use crate::browser::folders::Folders;

/// Asks for an item's handle; `None` where the browser has no such thing (Firefox, Safari, pages that were not loaded in a secure way).
/// Must be called inside the drop event's handler.
pub(super) fn ask(item: &DataTransferItem) -> Option<Promise> {
    let ask: Function = Reflect::get(item, &"getAsFileSystemHandle".into()).ok()?.dyn_into().ok()?;
    ask.call0(item).ok()?.dyn_into().ok()
}

/// The handle asked for; `None` where the browser keeps it back after all, as it does for some of the system's own folders.
pub(super) async fn answer(asked: Promise) -> Option<FileSystemHandle> {
    JsFuture::from(asked).await.ok().filter(JsValue::is_object).map(JsCast::unchecked_into)
}

/// Handles that are still to be walked, each with its path.
#[derive(Default)]
pub(super) struct Walk {
    folders: Folders<FileSystemDirectoryHandle>,
    files: Vec<(String, Promise)>,
    /// Paths that could not be listed or opened.
    pub(super) lost: Vec<String>,
}

impl Walk {
    /// Takes a folder for later; of a file, its size and place on the disk are asked for at once.
    pub(super) fn take(&mut self, within: &str, handle: FileSystemHandle) {
        let path = if within.is_empty() { handle.name() } else { format!("{within}/{}", handle.name()) };
        if handle.kind() == FileSystemHandleKind::Directory {
            self.folders.push(path, handle.unchecked_into());
        } else {
            let file: FileSystemFileHandle = handle.unchecked_into();
            self.files.push((path, file.get_file().unchecked_into()));
            keep(file);
        }
    }

    /// Walks folder by folder, and hands on files as they are known, until `found` breaks off.
    pub(super) async fn run(&mut self, found: &mut impl AsyncFnMut(Vec<NamedFile>) -> ControlFlow<()>) -> ControlFlow<()> {
        while let Some((path, folder)) = self.folders.pop() {
            let entries = folder.values();
            loop {
                match next(&entries).await {
                    Ok(Some(handle)) => self.take(&path, handle),
                    Ok(None) => break,
                    Err(_) => {
                        self.lost.push(path.clone());
                        break;
                    }
                }
                if self.files.len() >= 2 * HANDED_ON {
                    self.hand_on(HANDED_ON, found).await?;
                }
            }
        }
        self.hand_on(self.files.len(), found).await
    }

    /// Those asked for first; meanwhile the others are on their way.
    async fn hand_on(&mut self, many: usize, found: &mut impl AsyncFnMut(Vec<NamedFile>) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut files = Vec::with_capacity(many);
        for (path, asked) in self.files.drain(..many) {
            match JsFuture::from(asked).await {
                Ok(file) => files.push(NamedFile::new(path, file.unchecked_into())),
                Err(_) => self.lost.push(path),
            }
        }
        if files.is_empty() { ControlFlow::Continue(()) } else { found(files).await }
    }
}

/// A handle that is let go of is taken down by the garbage collector, thousands at a time: it held the page for half a second in Chromium 156,
/// six times while 105,000 files came in, and made listing them a third slower. Each that is kept costs 7 kB in page and browser.
fn keep(handle: FileSystemFileHandle) {
    KEPT.with_borrow_mut(|kept| {
        if kept.len() < MOST_KEPT {
            kept.push(handle);
        }
    });
}

thread_local! {
    static KEPT: RefCell<Vec<FileSystemFileHandle>> = const { RefCell::new(Vec::new()) };
}

/// 1 GB. With more files than these, memory is dearer than pauses: of 112,909 the last 12,909, not kept, once held the page for a third of a
/// second.
const MOST_KEPT: usize = 150_000;

async fn next(entries: &AsyncIterator) -> Result<Option<FileSystemHandle>, JsValue> {
    let step = JsFuture::from(entries.next()?.unchecked_into::<Promise>()).await?;
    if Reflect::get(&step, &"done".into())?.is_truthy() {
        return Ok(None);
    }
    Ok(Some(Reflect::get(&step, &"value".into())?.unchecked_into()))
}

/// Files handed on at a time, while twice as many are being asked for: with 16 a file costs 225 µs, reading included, with 64 it costs 196.
const HANDED_ON: usize = 64;
