//! What could not be taken as it was opened: of single files, and of all together.

use crate::ledger::Ledger;
use crate::protocol::Problem;
use crate::protocol::Weight;
use crate::trail::arrange::arrange;

impl Ledger {
    /// Those of no single file.
    fn general_problems(&self) -> impl Iterator<Item = Problem> {
        self.room_problem().into_iter().chain(self.given_up_problem())
    }

    /// The worst first. Thousands of strangers in a folder are one line, not thousands.
    pub(super) fn problem_list(&self) -> Vec<Problem> {
        let lost = self.problems.iter().filter(|problem| problem.weight != Weight::PassedOver).cloned();
        let mut listed: Vec<Problem> = lost.chain(self.general_problems()).collect();
        arrange(&mut listed, |a, b| b.weight.cmp(&a.weight).then_with(|| a.source.cmp(&b.source)));
        let mut strangers: Vec<&Problem> = self.problems.iter().filter(|problem| problem.weight == Weight::PassedOver).collect();
        arrange(&mut strangers, |a, b| a.source.cmp(&b.source));
        let more = strangers.len().saturating_sub(MOST_LISTED);
        listed.extend(strangers.into_iter().take(MOST_LISTED).cloned());
        if more > 0 {
            let what = format!(
                "Passed over too: {more} more. Each is a copy of a file that is open already, or no log, digest, key or signature."
            );
            listed.push(Problem { source: "and others".to_owned(), what, weight: Weight::PassedOver });
        }
        listed
    }
}

/// Strangers named one by one.
const MOST_LISTED: usize = 200;
