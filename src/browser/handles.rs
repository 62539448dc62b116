//! A dropped tree by its handles, where the browser gives them: 139 µs a file to list and open against 331 by entries (Chromium 156), and
//! half the work in the browser's own threads. Elsewhere `dropped` walks the entries.

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
    folders: Vec<(String, FileSystemDirectoryHandle)>,
    files: Vec<(String, Promise)>,
    /// Paths that could not be listed or opened.
    pub(super) lost: Vec<String>,
}

impl Walk {
    /// Takes a folder for later; of a file, its size and place on the disk are asked for at once.
    pub(super) fn take(&mut self, within: &str, handle: FileSystemHandle) {
        let path = if within.is_empty() { handle.name() } else { format!("{within}/{}", handle.name()) };
        if handle.kind() == FileSystemHandleKind::Directory {
            self.folders.push((path, handle.unchecked_into()));
        } else {
            let file: FileSystemFileHandle = handle.unchecked_into();
            self.files.push((path, file.get_file().unchecked_into()));
        }
    }

    /// Walks folder by folder, and hands on files as they are known, until `found` breaks off.
    pub(super) async fn run(&mut self, found: &mut impl FnMut(Vec<NamedFile>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.hand_on(found).await?;
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
                if self.files.len() >= ASKED_AT_ONCE {
                    self.hand_on(found).await?;
                }
            }
            self.hand_on(found).await?;
        }
        ControlFlow::Continue(())
    }

    async fn hand_on(&mut self, found: &mut impl FnMut(Vec<NamedFile>) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut files = Vec::with_capacity(self.files.len());
        for (path, asked) in self.files.drain(..) {
            match JsFuture::from(asked).await {
                Ok(file) => files.push(NamedFile { path, file: file.unchecked_into() }),
                Err(_) => self.lost.push(path),
            }
        }
        if files.is_empty() { ControlFlow::Continue(()) } else { found(files) }
    }
}

async fn next(entries: &AsyncIterator) -> Result<Option<FileSystemHandle>, JsValue> {
    let step = JsFuture::from(entries.next()?.unchecked_into::<Promise>()).await?;
    if Reflect::get(&step, &"done".into())?.is_truthy() {
        return Ok(None);
    }
    Ok(Some(Reflect::get(&step, &"value".into())?.unchecked_into()))
}

/// Files that are being asked for at the same time: 16 cost 225 µs a file with reading, 64 cost 196, 128 cost 156 and whole frames.
const ASKED_AT_ONCE: usize = 64;
