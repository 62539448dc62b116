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

    /// Ends the step, if anything was done in it: what comes next is a step of its own.
    pub(crate) fn rest(&self) -> Spend<'_> {
        self.spend(usize::MAX)
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

/// The numbers up to this in the order that `compare` makes of them, those that are equal as they come. In steps, and not generic: as with
/// [`crate::trail::arrange`] that is its whole point.
pub(crate) async fn sorted(many: usize, pace: &Pace, compare: &mut dyn FnMut(&u32, &u32) -> Ordering) -> Vec<u32> {
    let mut order: Vec<u32> = (0..u32::try_from(many).unwrap_or(u32::MAX)).collect();
    for part in order.chunks_mut(PART) {
        pace.spend(SORTED).await;
        arrange_numbers(part, compare);
    }
    // Two neighbours are merged at a time.
    let mut width = PART;
    while width < order.len() {
        let mut merged: Vec<u32> = Vec::with_capacity(order.len());
        for pair in order.chunks(width.saturating_mul(2)) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([a, rest @ ..], [b, others @ ..]) = (left, right) {
                pace.spend(COMPARED).await;
                // Of equals the one that came first.
                if compare(b, a).is_lt() {
                    merged.push(*b);
                    right = others;
                } else {
                    merged.push(*a);
                    left = rest;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        order = merged;
        width = width.saturating_mul(2);
    }
    order
}

/// Numbers that are sorted at once.
const PART: usize = 256;
/// What it costs to sort these, to compare two.
const SORTED: usize = 50_000;
const COMPARED: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn steps_sort_as_the_standard_library_does(items in prop::collection::vec((0u8..9, any::<u16>()), 0..2000), budget in 1usize..5000) {
            let pace = Pace::default();
            let item = |number: &u32| usize::try_from(*number).ok().and_then(|at| items.get(at)).copied();
            let key = |number: &u32| item(number).map(|item| item.0);
            let mut compare = |a: &u32, b: &u32| key(a).cmp(&key(b));
            let mut work = pin!(sorted(items.len(), &pace, &mut compare));
            let mut steps = 0;
            let order = loop {
                match pace.step(work.as_mut(), budget) {
                    Some(order) => break order,
                    None => steps += 1,
                }
            };
            let ours: Vec<_> = order.iter().filter_map(item).collect();
            let mut theirs = items.clone();
            theirs.sort_by_key(|item| item.0);
            prop_assert!(steps > 0 || theirs.len() <= 256);
            prop_assert_eq!(ours, theirs);
        }
    }
}
