//! Long work in steps: whoever does it counts what it costs, and waits where the step is used up until the next is granted.
//!
//! A future does the waiting, polled by hand: the work reads as if it were done in one piece, and is, where nobody cares for steps.

use std::cell::Cell;
use std::cmp::Ordering;
use std::future::Future;
use std::pin::Pin;
use std::pin::pin;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;

use crate::trail::arrange::arrange_numbers;

/// What is left of a step, in units of a few nanoseconds.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    left: Cell<usize>,
}

impl Pace {
    /// Counts work that is about to be done; waits for the next step where this one is used up.
    pub(crate) fn spend(&self, cost: usize) -> Spend<'_> {
        Spend { pace: self, cost }
    }

    /// Goes on with a work for a step; what it came to, once it is done.
    pub(crate) fn step<T>(&self, work: Pin<&mut dyn Future<Output = T>>, budget: usize) -> Option<T> {
        self.left.set(budget.max(1));
        match work.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    /// Does all of a work.
    pub(crate) fn all<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            if let Some(done) = self.step(work.as_mut(), usize::MAX) {
                return done;
            }
        }
    }
}

/// Ready while something of the step is left.
pub(crate) struct Spend<'p> {
    pace: &'p Pace,
    cost: usize,
}

impl Future for Spend<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let left = self.pace.left.get();
        if left == 0 {
            return Poll::Pending;
        }
        self.pace.left.set(left.saturating_sub(self.cost));
        Poll::Ready(())
    }
}

/// Sorts as [`crate::trail::arrange::arrange`] does, in steps.
pub(crate) async fn arrange_in_steps<T>(items: &mut Vec<T>, pace: &Pace, mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut order: Vec<u32> = (0..u32::try_from(items.len()).unwrap_or(u32::MAX)).collect();
    let item = |number: &u32| usize::try_from(*number).ok().and_then(|at| items.get(at));
    merge_sort(&mut order, pace, &mut |a, b| match (item(a), item(b)) {
        (Some(a), Some(b)) => compare(a, b),
        // Every number is an item's: this arm is for the compiler.
        _ => Ordering::Equal,
    })
    .await;
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    for some in order.chunks(PART) {
        pace.spend(some.len().saturating_mul(MOVED)).await;
        items.extend(some.iter().filter_map(|number| taken.get_mut(usize::try_from(*number).ok()?)?.take()));
    }
}

/// Small parts are sorted at once, then two neighbours merged at a time. Not generic, as the sort in one piece is not.
async fn merge_sort(order: &mut Vec<u32>, pace: &Pace, compare: &mut dyn FnMut(&u32, &u32) -> Ordering) {
    for part in order.chunks_mut(PART) {
        pace.spend(part.len().saturating_mul(SORTED)).await;
        arrange_numbers(part, compare);
    }
    let mut width = PART;
    while width < order.len() {
        let mut merged: Vec<u32> = Vec::with_capacity(order.len());
        for pair in order.chunks(width.saturating_mul(2)) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([a, rest @ ..], [b, others @ ..]) = (left, right) {
                pace.spend(COMPARED).await;
                // Of equals the one that came first.
                let next = if compare(b, a).is_lt() { (right = others, b).1 } else { (left = rest, a).1 };
                merged.push(*next);
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        *order = merged;
        width = width.saturating_mul(2);
    }
}

/// Numbers that are sorted at once.
const PART: usize = 256;
/// What it costs to sort an item among so many, to compare two, to move one.
const SORTED: usize = 200;
const COMPARED: usize = 30;
const MOVED: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn steps_sort_as_the_standard_library_does(items in prop::collection::vec((0u8..9, any::<u16>()), 0..2000), budget in 1usize..5000) {
            let (mut ours, mut theirs) = (items.clone(), items);
            let pace = Pace::default();
            let mut steps = 0;
            {
                let mut work = pin!(arrange_in_steps(&mut ours, &pace, |a, b| a.0.cmp(&b.0)));
                while pace.step(work.as_mut(), budget).is_none() {
                    steps += 1;
                }
            }
            theirs.sort_by_key(|item| item.0);
            prop_assert!(steps > 0 || theirs.len() < 1000 || budget > 500);
            prop_assert_eq!(ours, theirs);
        }
    }
}
