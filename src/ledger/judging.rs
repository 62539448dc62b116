//! When it is judged, and of what: in steps while questions are answered by the verdicts last judged, or all at once.

use std::rc::Rc;

use crate::integrity::evidence::Evidence;
use crate::integrity::judgement::Asked;
use crate::integrity::judgement::Judgement;
use crate::integrity::judgement::Stage;
use crate::integrity::judging::Judging;
use crate::integrity::verdict::Judged;
use crate::ledger::CLASSES;
use crate::ledger::Ledger;
use crate::ledger::class_of;
use crate::ledger::file_order::FileOrder;
use crate::protocol::Job;

/// The judgement that is being made.
#[derive(Default)]
pub(super) struct Court {
    judging: Option<Judging>,
    /// Something has changed since what is judged, or being judged, was all there was.
    pub(super) is_stale: bool,
    /// The judgement before: freed in steps too, since it is a million small pieces of memory.
    former: Option<Judgement>,
}

impl Ledger {
    /// Judges anew if anything has changed since. The caller decides how often: judging costs time in proportion to the files.
    pub fn judge(&mut self) {
        while !self.judge_in_steps(usize::MAX) || self.is_judging() {}
    }

    /// A part of that, of a few nanoseconds for each of `budget`; whether there is a new judgement, or needs to be none. While files arrive it
    /// is of those that were there when it was begun, else of everything.
    pub fn judge_in_steps(&mut self, budget: usize) -> bool {
        let stage = self.stage();
        // What is judged while files arrive is judged as of then. Once all is there, nothing but all of it is worth going on with.
        if self.court.is_stale && stage != Stage::Arriving {
            self.court.judging = None;
        }
        let Some(judging) = self.court.judging.take() else {
            if self.judgement.is_some() && !self.court.is_stale {
                return true;
            }
            self.court.is_stale = false;
            self.court.judging = Some(Judging::of(self.evidence.clone(), Asked { stage, ..self.asked }));
            return false;
        };
        match judging.step(budget) {
            Ok(judgement) => {
                self.take_over(judgement);
                true
            }
            Err(judging) => {
                self.court.judging = Some(judging);
                false
            }
        }
    }

    /// Whether verdicts are still to follow from what was taken in.
    #[must_use]
    pub fn is_judging(&self) -> bool {
        self.court.is_stale || self.court.judging.is_some()
    }

    /// Frees a part of what nobody needs any more; whether that was all.
    pub fn tidy(&mut self, budget: usize) -> bool {
        let Some(former) = &mut self.court.former else { return true };
        let many = budget / FREED + 1;
        let cut = |rows: usize| rows.saturating_sub(many);
        let report = &mut former.report;
        report.logs.truncate(cut(report.logs.len()));
        report.digests.truncate(cut(report.digests.len()));
        former.files.truncate(cut(former.files.len()));
        if report.logs.is_empty() && report.digests.is_empty() && former.files.is_empty() {
            self.court.former = None;
        }
        self.court.former.is_none()
    }

    /// The verdicts: while files arrive those last judged, for judging at each question took two thirds of the ledger's time from reading
    /// ten million events; once they are all there, the final ones.
    pub fn judgement(&mut self) -> &Judgement {
        self.look_again();
        self.last_judgement()
    }

    /// The verdicts last judged, of nothing where nobody has judged so far.
    pub(super) fn last_judgement(&mut self) -> &Judgement {
        self.judgement.get_or_insert_with(|| Evidence::default().judge(&Asked::default()))
    }

    /// Verdicts as a question is to find them: while files arrive those last judged, then the final ones.
    pub(super) fn look_again(&mut self) {
        if !self.progress().is_arriving() || self.judgement.is_none() {
            self.judge();
        }
        self.classes.follow(&self.table);
    }

    /// The checks that are due. Looking for them goes through all digests: while files arrive, only now and then.
    pub fn due_checks(&mut self) -> Vec<Job> {
        let is_more_to_come = self.progress.files_read < self.progress.files || self.progress.listings > 0;
        let is_worth = if is_more_to_come { self.evidence.has_much_news() } else { self.evidence.has_news() };
        if !is_worth {
            return Vec::new();
        }
        // A few hundred checks a job: enough to share out among readers, few enough that reading goes on meanwhile.
        Rc::make_mut(&mut self.evidence).take_checks().chunks(256).map(|checks| Job::Check(checks.to_vec())).collect()
    }

    fn stage(&self) -> Stage {
        match (self.progress().is_arriving(), self.given_up.is_any()) {
            (true, _) => Stage::Arriving,
            (false, true) => Stage::CutShort,
            (false, false) => Stage::Settled,
        }
    }

    fn take_over(&mut self, judgement: Judgement) {
        let class = |judged: &Option<Judged>| judged.as_ref().map_or(0, |judged| class_of(judged.verdict));
        let names = CLASSES.iter().map(|verdict| verdict.slug().to_owned()).collect();
        if self.classes.renew(judgement.files.iter().map(class).collect(), names) {
            self.views.forget_verdicts();
        }
        self.classes.follow(&self.table);
        // Which row stands for an event follows from names and contents of files too: found anew whatever the verdicts.
        self.views.forget_counted();
        self.repeated.choose_anew();
        self.file_order = FileOrder::default();
        self.court.former = self.judgement.replace(judgement);
        self.progress.generation += 1;
    }
}

/// A row is freed in the time of so many numbers.
const FREED: usize = 100;
