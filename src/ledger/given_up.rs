//! What somebody chose not to have read. It was opened all the same, so nothing of it is missing: what is known by its name is judged as not
//! read, and whatever else was not found may be among the rest.

use std::rc::Rc;

use crate::integrity::evidence::unpacked;
use crate::ledger::Ledger;
use crate::protocol::Problem;
use crate::protocol::Weight;
use crate::table::dictionary::Dictionary;
use crate::trail::ids::FileId;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;

/// Files that were given up, and those of them that may still be opened again.
#[derive(Default)]
pub(super) struct GivenUp {
    /// How many that are known by name and were not opened again, and how many others.
    named: u64,
    others: u64,
    /// Reading was ended while more was being listed.
    pub(super) is_listing_cut: bool,
    names: Dictionary,
    /// By the codes of the names.
    ids: Vec<Vec<FileId>>,
}

impl GivenUp {
    /// Whether something that was opened is still not read.
    pub(super) fn is_any(&self) -> bool {
        self.named + self.others > 0 || self.is_listing_cut
    }
}

impl Ledger {
    /// Notes that these files will not be read after all, nor so many others that nobody named. Returns the names, by which they can be
    /// judged: [`Ledger::admit`] takes the facts.
    pub fn give_up(&mut self, files: &[FileId], others: u64) -> Vec<(FileId, String)> {
        let mut names = Vec::with_capacity(files.len());
        for (id, file) in files.iter().filter_map(|id| Some((*id, self.files.remove(id)?))) {
            self.progress.files -= 1;
            self.progress.bytes -= file.size;
            let code = self.given_up.names.intern(name_of(&file.source)).0 as usize;
            if self.given_up.ids.len() <= code {
                self.given_up.ids.resize_with(code + 1, Vec::new);
            }
            self.given_up.ids[code].push(id);
            names.push((id, file.source));
        }
        self.given_up.named += names.len() as u64;
        self.given_up.others += others;
        self.changed();
        names
    }

    /// Forgets what was said of a file that is opened again.
    pub(super) fn take_up(&mut self, source: &str) {
        if self.given_up.ids.is_empty() {
            return;
        }
        let Some(code) = self.given_up.names.code(name_of(source)) else { return };
        let ids = self.given_up.ids.get_mut(code.0 as usize).map(std::mem::take).unwrap_or_default();
        self.given_up.named -= ids.len() as u64;
        let evidence = Rc::make_mut(&mut self.evidence);
        ids.into_iter().for_each(|id| evidence.withdraw(id));
    }

    /// What was not read, why it matters, what to do; `None` while everything was.
    pub(super) fn given_up_problem(&self) -> Option<Problem> {
        let unread = self.given_up.named + self.given_up.others;
        let source = if unread == 1 { "1 file".to_owned() } else { format!("{unread} files") };
        let listing = if self.given_up.is_listing_cut { ", and before all that was opened had been listed" } else { "" };
        let what = format!(
            "Not read: reading was ended before {source} had their turn{listing}. Those that are logs or digests by their names are shown as not \
             proven. What else a digest names and is shown as not found may be among the rest, and logs that only an unread digest lists are \
             shown as in no digest. Open them again to have them read."
        );
        self.given_up.is_any().then_some(Problem { source, what, weight: Weight::Lost })
    }
}

/// What a file is known by when it is opened once more, perhaps out of another folder: logs and digests have names of their own.
fn name_of(source: &str) -> &str {
    match ObjectKey::parse(source).kind {
        KeyKind::Other => source,
        _ => unpacked(source.rsplit(['/', '\\']).next().unwrap_or(source)),
    }
}
