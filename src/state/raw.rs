//! Searching the raw JSON: the files that are yet to be searched go down again, a few at a time; what is found comes with the next picture.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::Blob;

use crate::browser::spawn::readers;
use crate::protocol::Answer;
use crate::protocol::Named;
use crate::protocol::Question;
use crate::query::filter::Clause;
use crate::query::filter::Field;
use crate::query::filter::Filter;
use crate::query::filter::Sense;
use crate::state::client::Client;
use crate::state::desk::Desk;
use crate::state::export::Exporting;

/// What the lanes of a search share.
struct Queue {
    desk: Desk,
    client: Client,
    turn: f64,
    text: String,
    files: Vec<(Named, Blob)>,
    /// The first file that nobody has taken yet.
    next: Cell<usize>,
    lanes: Cell<u32>,
}

impl Desk {
    /// Only events with this text in their raw JSON; it is searched for at once.
    pub fn seek_raw(&self, text: &str) {
        if Filter::parse(text).raw_texts().next().is_some() {
            self.add_filter(text);
        } else if !text.is_empty() {
            self.filter_for(Clause { field: Field::Raw, value: text.to_owned(), sense: Sense::Include });
            self.search_raw(text.to_owned());
        }
    }

    /// Searches what has not been searched for this text. A search that is under way gives way; what it has found stays.
    pub fn search_raw(&self, text: String) {
        let desk = *self;
        let Some(client) = desk.client.get_untracked() else { return };
        let turn = js_sys::Math::random();
        desk.seeking.set(Some(text.clone()));
        desk.sought.set(Some(Exporting { turn, step: "", done: 0, total: 0 }));
        desk.asking.update(|asking| *asking += 1);
        spawn_local(async move {
            let question = Question::Unsearched(desk.inquiry.get_untracked(), text.clone());
            let ids = if let Answer::Unsearched(ids) = client.ask(question).await { ids } else { Vec::new() };
            let mut files = Vec::with_capacity(ids.len());
            for id in ids {
                // One that is no longer at hand is sent as an empty one: its records are not found there, and that is said.
                if let Some(blob) = client.blob(id).or_else(|| Blob::new().ok()) {
                    files.push((Named { id, name: String::new(), size: blob.size() as u64 }, blob));
                }
            }
            // Two jobs for each reader: what is opened meanwhile waits behind these, not behind all.
            let lanes = readers() as u32 * 2;
            let total = files.iter().map(|(file, _)| file.size).sum();
            let queue = Rc::new(Queue { desk, client, turn, text, files, next: Cell::new(0), lanes: Cell::new(lanes) });
            queue.tell(0, total);
            for _ in 0..lanes {
                spawn_local(queue.clone().work());
            }
        });
    }

    /// Ends the search; what was found stays.
    pub fn cancel_raw(&self) {
        self.seeking.set(None);
        self.sought.set(None);
    }
}

impl Queue {
    async fn work(self: Rc<Self>) {
        loop {
            let files = self.take();
            // A search whose clause was taken away is of no use to anybody.
            let is_wanted = self.desk.inquiry.with_untracked(|inquiry| inquiry.filter.raw_texts().any(|(_, text)| text == self.text));
            if files.is_empty() || !is_wanted || !self.tell(0, 0) {
                break;
            }
            self.client.search(&self.text, files).await;
            self.tell(files.iter().map(|(file, _)| file.size).sum(), 0);
        }
        self.lanes.set(self.lanes.get() - 1);
        if self.lanes.get() == 0 {
            if self.tell(0, 0) {
                self.desk.cancel_raw();
            }
            self.desk.asking.update(|asking| *asking = asking.saturating_sub(1));
        }
    }

    /// The next files: some megabytes of JSON, after which whoever opens a record has a turn.
    fn take(&self) -> &[(Named, Blob)] {
        let rest = self.files.get(self.next.get()..).unwrap_or_default();
        let (mut many, mut bytes) = (0, 0);
        for (file, _) in rest.iter().take(FILES) {
            bytes += file.size;
            if many > 0 && bytes > BYTES {
                break;
            }
            many += 1;
        }
        self.next.set(self.next.get() + many);
        rest.get(..many).unwrap_or_default()
    }

    /// Notes bytes that are done, and how many there are in all; whether the search goes on.
    fn tell(&self, done: u64, total: u64) -> bool {
        let now = self.desk.sought.get_untracked().filter(|now| now.turn == self.turn);
        let goes_on = now.is_some();
        if done + total > 0 {
            now.into_iter()
                .for_each(|now| self.desk.sought.set(Some(Exporting { done: now.done + done, total: now.total + total, ..now })));
        }
        goes_on
    }
}

/// In one job at most. A larger file is alone.
const FILES: usize = 32;
const BYTES: u64 = 2 << 20;
