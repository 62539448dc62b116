//! Asking the ledger: every question is counted while it is on its way, and only the latest of a kind is kept.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::protocol::Answer;
use crate::protocol::Question;
use crate::state::desk::Desk;

impl Desk {
    /// Asks, if the ledger runs; `None` where it does not.
    pub async fn ask(&self, question: Question) -> Option<Answer> {
        let client = self.client.get_untracked()?;
        self.asking.update(|asking| *asking += 1);
        let answer = client.ask(question).await;
        self.asking.update(|asking| *asking = asking.saturating_sub(1));
        Some(answer)
    }
}

/// At most one question of a kind on its way, and one waiting behind it: whatever changes meanwhile is asked once, at the end.
#[derive(Clone, Default)]
pub struct Slot(Rc<SlotState>);

#[derive(Default)]
struct SlotState {
    is_busy: Cell<bool>,
    is_wanted: Cell<bool>,
}

type Turn = Pin<Box<dyn Future<Output = ()>>>;

impl Slot {
    /// Whether a turn is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.is_busy.get()
    }

    /// Runs `turn` now, or once more when the one that runs has ended. `turn` looks up for itself what is wanted by then.
    pub fn run(&self, turn: impl Fn() -> Turn + 'static) {
        self.0.is_wanted.set(true);
        if self.0.is_busy.replace(true) {
            return;
        }
        let slot = self.clone();
        spawn_local(async move {
            while slot.0.is_wanted.replace(false) {
                turn().await;
            }
            slot.0.is_busy.set(false);
        });
    }
}
