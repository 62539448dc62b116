//! A judgement in the making: worked on in steps, of the evidence as it was when it was begun.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use crate::integrity::evidence::Evidence;
use crate::integrity::judge::judge;
use crate::integrity::judgement::Asked;
use crate::integrity::judgement::Judgement;
use crate::integrity::pace::Pace;

/// What follows from the evidence, as [`Evidence::judge`] finds it, in steps as short as the caller likes.
pub struct Judging {
    pace: Rc<Pace>,
    work: Pin<Box<dyn Future<Output = Judgement>>>,
}

impl Judging {
    /// Begins. What is taken in afterwards is no part of it.
    #[must_use]
    pub fn of(evidence: Rc<Evidence>, asked: Asked) -> Self {
        let pace = Rc::<Pace>::default();
        let own = pace.clone();
        Self { pace, work: Box::pin(async move { judge(&evidence, &asked, &own).await }) }
    }

    /// Goes on for a step; a `budget` of one is a few nanoseconds.
    ///
    /// # Errors
    /// None: while it is not done, what there is of it is handed back.
    pub fn step(mut self, budget: usize) -> Result<Judgement, Self> {
        self.pace.step(self.work.as_mut(), budget).ok_or(self)
    }
}

impl fmt::Debug for Judging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judging").finish_non_exhaustive()
    }
}
