//! A drop, folders and all, or the files of a picker, as a stream of named files: work begins before the walk ends.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;

use futures_channel::oneshot;
use js_sys::Array;
use js_sys::ArrayBuffer;
use js_sys::Function;
use js_sys::Promise;
use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::Blob;
use web_sys::DataTransfer;
use web_sys::File;
use web_sys::FileList;
use web_sys::FileSystemDirectoryEntry;
use web_sys::FileSystemEntry;
use web_sys::FileSystemFileEntry;

use crate::browser::folders::Folders;
use crate::browser::handles;
use crate::browser::handles::Walk;

/// A file and the path that it had in what was dropped.
pub struct NamedFile {
    /// `AWSLogs/…/x.json.gz`, or the bare name.
    pub path: String,
    /// The file.
    pub file: Blob,
    /// Its size, where that is known: to ask may take the browser half a millisecond.
    pub known_size: Option<u64>,
    /// Its bytes, where they were read already.
    pub bytes: Option<ArrayBuffer>,
}

impl NamedFile {
    /// A file of which nothing is known yet.
    #[must_use]
    pub fn new(path: String, file: Blob) -> Self {
        Self { path, file, known_size: None, bytes: None }
    }

    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.known_size.unwrap_or_else(|| self.file.size() as u64)
    }
}

/// What was dropped, held on to while the event lasts: the browser forgets a drop's items as soon as its handler returns.
pub struct Drop {
    items: Vec<Item>,
    /// Files beside them that stand in no folder: what a program offers, and not the disk.
    files: Vec<NamedFile>,
}

/// One of the things dropped, both ways that it can be walked.
struct Item {
    handle: Option<Promise>,
    entry: FileSystemEntry,
}

impl Drop {
    /// Takes the items of a drop; `None` where nothing can be walked: a drop made by a script, in Chromium, has files but no entries.
    /// Must be called inside the event's handler.
    #[must_use]
    pub fn take(transfer: &DataTransfer) -> Option<Self> {
        let all = transfer.items();
        let (mut items, mut others) = (Vec::new(), Vec::new());
        for item in (0..all.length()).filter_map(|at| all.get(at)) {
            match item.webkit_get_as_entry().ok().flatten() {
                Some(entry) => items.push(Item { entry, handle: handles::ask(&item) }),
                None => others.push(item),
            }
        }
        if items.is_empty() {
            return None;
        }
        let files = others.into_iter().filter_map(|item| item.get_as_file().ok()?).map(|file| NamedFile::new(file.name(), file.into()));
        Some(Self { items, files: files.collect() })
    }

    /// Walks it, folder by folder, and hands on the files of each as soon as they are known, until `found` breaks off; it goes on when
    /// `found` has returned. Returns the names that could not be listed.
    pub async fn walk(self, mut found: impl AsyncFnMut(Vec<NamedFile>) -> ControlFlow<()>) -> Vec<String> {
        if !self.files.is_empty() && found(self.files).await.is_break() {
            return Vec::new();
        }
        let (mut entries, mut walk) = (Vec::new(), Walk::default());
        for Item { handle, entry } in self.items {
            let handle = match handle {
                Some(asked) => handles::answer(asked).await,
                None => None,
            };
            match handle {
                Some(handle) => walk.take("", handle),
                None => entries.push(entry),
            }
        }
        let walked = walk.run(&mut found).await;
        let mut lost = walk.lost;
        let mut folders = Folders::default();
        if walked.is_break() || sort_out(entries, &mut folders, &mut found, &mut lost).await.is_break() {
            return lost;
        }
        while let Some((path, folder)) = folders.pop() {
            let reader = folder.create_reader();
            // `readEntries` gives some at a time (100 in Chromium) until it gives none.
            loop {
                let asked = listed(|ok, err| {
                    // Throws only for a reader that is already being asked.
                    let _ = reader.read_entries_with_callback_and_callback(ok, err);
                });
                match asked.await {
                    Some(entries) if Array::from(&entries).length() > 0 => {
                        let entries = Array::from(&entries).iter().map(JsCast::unchecked_into).collect();
                        if sort_out(entries, &mut folders, &mut found, &mut lost).await.is_break() {
                            return lost;
                        }
                    }
                    Some(_) => break,
                    None => {
                        lost.push(path);
                        break;
                    }
                }
            }
        }
        lost
    }
}

/// The files of a picker, named one by one as they are asked for: a hundred thousand at once would hold the page for a second.
pub fn named(list: &FileList) -> impl Iterator<Item = NamedFile> + use<> {
    // The browser's copy of the word, and not a new one for each file.
    let relative_path = JsValue::from_str("webkitRelativePath");
    let name = move |file: &File| {
        let relative = Reflect::get(file, &relative_path).ok().and_then(|path| path.as_string());
        relative.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
    };
    // A copy: the browser empties the list itself as soon as its element is used again. By a method that takes whatever is like an array:
    // to walk the list took four times as long, 11 ms for 11,000 files.
    let copy = Reflect::get(&Array::new(), &"slice".into()).map(JsCast::unchecked_into::<Function>).and_then(|slice| slice.call0(list));
    let files: Array = copy.map_or_else(|_| Array::from(list), JsCast::unchecked_into);
    (0..files.length()).map(move |at| files.get(at).unchecked_into()).map(move |file: File| NamedFile::new(name(&file), file.into()))
}

/// Folders are kept for later; files are asked for some at a time: one by one each would wait for a turn of the event loop, all at
/// once their answers come in one task of the page and hold it for 80 ms a hundred (seen in Chromium 156).
async fn sort_out(
    entries: Vec<FileSystemEntry>,
    folders: &mut Folders<FileSystemDirectoryEntry>,
    found: &mut impl AsyncFnMut(Vec<NamedFile>) -> ControlFlow<()>,
    lost: &mut Vec<String>,
) -> ControlFlow<()> {
    let mut files = Vec::new();
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let mut asked: Vec<(String, Answer)> = Vec::with_capacity(ASKED_AT_ONCE);
        for entry in entries.by_ref().take(ASKED_AT_ONCE) {
            if entry.is_directory() {
                folders.push(path_of(&entry), entry.unchecked_into());
            } else {
                let file: FileSystemFileEntry = entry.unchecked_into();
                asked.push((path_of(&file), Box::pin(listed(move |ok, err| file.file_with_callback_and_callback(ok, err)))));
            }
        }
        for (path, answer) in asked {
            match answer.await {
                Some(file) => files.push(NamedFile::new(path, file.unchecked_into())),
                None => lost.push(path),
            }
        }
    }
    if files.is_empty() { ControlFlow::Continue(()) } else { found(files).await }
}

/// Files whose handles are on their way at the same time.
const ASKED_AT_ONCE: usize = 16;

type Answer = Pin<Box<dyn Future<Output = Option<JsValue>>>>;

/// Turns a pair of callbacks into a future. The call is made at once, not when the future is first awaited.
fn listed(call: impl FnOnce(&Function, &Function)) -> impl Future<Output = Option<JsValue>> + 'static {
    let (sender, receiver) = oneshot::channel();
    let sender = std::rc::Rc::new(std::cell::RefCell::new(Some(sender)));
    let answer = |found: fn(JsValue) -> Option<JsValue>| {
        let sender = sender.clone();
        Closure::<dyn FnMut(JsValue)>::new(move |value| {
            if let Some(sender) = sender.borrow_mut().take() {
                let _ = sender.send(found(value));
            }
        })
    };
    let (ok, err) = (answer(Some), answer(|_| None));
    call(ok.as_ref().unchecked_ref(), err.as_ref().unchecked_ref());
    async move {
        let answer = receiver.await.ok().flatten();
        std::mem::drop((ok, err));
        answer
    }
}

fn path_of(entry: &FileSystemEntry) -> String {
    entry.full_path().trim_start_matches('/').to_owned()
}
