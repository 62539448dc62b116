//! Questions whose answers take longer than others should wait: made in steps, side by side, and answered when they are ready.

use crate::ledger::Ledger;
use crate::ledger::Reply;
use crate::protocol::Answer;
use crate::protocol::Question;
use crate::protocol::Rows;
use crate::protocol::RowsRequest;
use crate::query::inquiry::Deliveries;
use crate::query::scene::Scene;

/// The questions that wait, by their numbers.
#[derive(Default)]
pub struct Turns {
    /// For rows that are not sorted yet. The one asked last says in which order.
    rows: Vec<(u32, RowsRequest)>,
    /// For whatever else is not there yet.
    making: Vec<(u32, Question)>,
}

impl Turns {
    /// Whether nobody waits.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.rows.is_empty() && self.making.is_empty()
    }

    /// Whether somebody waits for rows.
    #[must_use]
    pub fn is_sorting(&self) -> bool {
        !self.rows.is_empty()
    }

    /// Takes a question in; hands it back if it can be answered at once.
    pub fn take(&mut self, ledger: &mut Ledger, number: u32, question: Question, budget: usize) -> Option<Question> {
        if let Question::Rows(request) = question {
            self.rows.push((number, request));
            return None;
        }
        // Two of a kind would take each other's place: the second waits, and is begun once the first is answered.
        if !self.making.iter().any(|(_, other)| is_alike(&question, other)) && ledger.prepare(&question, budget) {
            return Some(question);
        }
        self.making.push((number, question));
        None
    }

    /// A step for the first question of each kind, and one of sorting; what can be answered now.
    pub fn step(&mut self, ledger: &mut Ledger, budget: usize) -> Vec<(u32, Reply)> {
        let mut ready = Vec::new();
        let mut at = 0;
        while let Some((_, question)) = self.making.get(at) {
            let is_first = !self.making.iter().take(at).any(|(_, other)| is_alike(question, other));
            if is_first && ledger.prepare(question, budget) {
                let (number, question) = self.making.remove(at);
                ready.push((number, ledger.answer_prepared(number, question)));
            } else {
                at += 1;
            }
        }
        let Some((_, asked)) = self.rows.last() else { return ready };
        let by = asked.inquiry.order.by;
        if ledger.prepare(&Question::Rows(asked.clone()), budget) {
            for (number, request) in std::mem::take(&mut self.rows) {
                let is_wanted = request.inquiry.order.by == by;
                // Asked before the order was changed: the page has given it up.
                let late = Reply::Now(Answer::Rows(Rows::default()));
                ready.push((number, if is_wanted { ledger.answer_prepared(number, Question::Rows(request)) } else { late }));
            }
        }
        ready
    }
}

impl Ledger {
    /// Does a part of the work that a question needs, of a few nanoseconds for each of `budget`; whether it can be answered at once. Other
    /// questions can be asked in between; rows in another order take the place of those on their way.
    pub fn prepare(&mut self, question: &Question, budget: usize) -> bool {
        // While files arrive, what is known grows with them: only an order is then worth making step by step.
        let is_settled = !self.progress().is_arriving();
        self.classes.follow(&self.table);
        // What is given away states what is final.
        if is_settled && is_document(question) && !self.judge_in_steps(budget) {
            return false;
        }
        let wants_once = question.inquiry().is_some_and(|inquiry| inquiry.deliveries == Deliveries::Once);
        if is_settled && wants_once && !self.count_once_in_steps(budget) {
            return false;
        }
        match question {
            Question::Rows(request) => {
                let scene = Scene { table: &self.table, classes: &self.classes };
                self.views.sorting.step(scene, request.inquiry.order.by, budget)
            }
            Question::Survey(request) if is_settled => self.prepare_survey(request, budget),
            Question::People(inquiry, window) if is_settled => self.prepare_people(inquiry, *window, budget),
            Question::Files(_) if is_settled => self.order_files(budget),
            _ => true,
        }
    }
}

/// Whether its answer is made to be kept.
fn is_document(question: &Question) -> bool {
    matches!(question, Question::Report(_) | Question::RowsText(_) | Question::Pack(_) | Question::PackTexts(_) | Question::Seal(_))
}

/// Whether one would undo what is being made for the other.
fn is_alike(one: &Question, other: &Question) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}
