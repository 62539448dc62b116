//! Work on the evidence in steps, as it was when the work was begun: a judgement in the making, the looking for checks that are due.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use crate::integrity::checks::Due;
use crate::integrity::checks::due_checks;
use crate::integrity::evidence::Evidence;
use crate::integrity::judge::judge;
use crate::integrity::judgement::Asked;
use crate::integrity::judgement::Judgement;
use crate::integrity::pace::Pace;

/// A work that is not done yet.
pub struct InSteps<T> {
    pace: Rc<Pace>,
    work: Pin<Box<dyn Future<Output = T>>>,
}

impl Evidence {
    /// What follows from all this, as [`Self::judge`] finds it. What is taken in afterwards is no part of it.
    #[must_use]
    pub fn judging(self: Rc<Self>, asked: Asked) -> InSteps<Judgement> {
        InSteps::of(async move |pace: Rc<Pace>| judge(&self, &asked, &pace).await)
    }

    /// The checks that are due of all this.
    pub(crate) fn looking(self: Rc<Self>) -> InSteps<Due> {
        InSteps::of(async move |pace: Rc<Pace>| due_checks(&self, &pace).await)
    }
}

impl<T: 'static> InSteps<T> {
    fn of(work: impl AsyncFnOnce(Rc<Pace>) -> T + 'static) -> Self {
        let pace = Rc::<Pace>::default();
        let own = pace.clone();
        Self { pace, work: Box::pin(async move { work(own).await }) }
    }

    /// Goes on for a step; a `budget` of one is a few nanoseconds.
    ///
    /// # Errors
    /// None: while it is not done, what there is of it is handed back.
    pub fn step(mut self, budget: usize) -> Result<T, Self> {
        self.pace.step(self.work.as_mut(), budget).ok_or(self)
    }
}

impl<T> fmt::Debug for InSteps<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InSteps").finish_non_exhaustive()
    }
}
