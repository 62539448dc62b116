//! What the ledger is at between two messages: answers that take long, the judgement, and what the page is told of both.

use wasm_bindgen::JsValue;

use crate::protocol::Notice;
use crate::protocol::Progress;
use crate::worker::ledger_host::Host;
use crate::worker::ledger_host::Shared;
use crate::worker::pace;
use crate::worker::pace::Pace;

impl Host {
    /// Works for some milliseconds, then lets other messages through. Once what they need is made, those who wait have their answers; beside
    /// that it is judged, and what is of no more use is freed.
    pub(super) fn work_on(&mut self) {
        let before = self.now();
        let mut beside = 0.0;
        self.is_turn_due = false;
        while !self.is_turn_due {
            for (number, reply) in self.turns.step(&mut self.ledger, pace::STEP) {
                self.reply(number, reply, Vec::new());
            }
            self.tell_of_sorting(before);
            let answered = self.now();
            if self.is_judging {
                self.judge();
            }
            let is_over = !self.is_judging && self.ledger.tidy(pace::STEP) && self.turns.is_over();
            let now = self.now();
            beside += now - answered;
            if is_over {
                break;
            }
            if now >= before + pace::AT_A_STRETCH {
                self.work_later();
            }
        }
        self.pace.answered(self.now() - before - beside);
    }

    /// A step of judging; once that is done, the page hears of it if no more files are on their way.
    fn judge(&mut self) {
        let before = self.now();
        self.is_judging = !self.ledger.judge_in_steps(pace::STEP);
        let now = self.now();
        self.pace.judging(now - before);
        if !self.is_judging {
            self.pace.judged(now);
            if !self.is_arriving() {
                self.show();
            }
        }
    }

    fn tell_of_sorting(&mut self, now: f64) {
        if self.turns.is_sorting() {
            let since = *self.sorting_since.get_or_insert(now);
            if !self.is_said && now - since > pace::UNNOTICED {
                self.is_said = true;
                self.say(&Notice::Sorting(true), &[]);
            }
        } else {
            self.sorting_since = None;
            if std::mem::take(&mut self.is_said) {
                self.say(&Notice::Sorting(false), &[]);
            }
        }
    }

    fn work_later(&mut self) {
        self.is_turn_due = true;
        if let Err(error) = self.channel.port2().post_message(&JsValue::NULL) {
            wasm_bindgen::throw_val(error);
        }
    }

    /// How far reading has come, and now and then that there is a new picture to ask for.
    pub(super) fn tell(host: &Shared) {
        let mut this = host.borrow_mut();
        this.due = None;
        let now = this.now();
        let progress = this.ledger.progress();
        let is_arriving = this.is_arriving();
        let is_picture_due = this.pace.is_picture_due(now, progress);
        if !is_arriving || is_picture_due && this.pace.is_judging_due(now) {
            this.is_judging = true;
            if !this.is_turn_due {
                this.work_on();
            }
            // The last picture comes with the last verdicts, be it now or in some more steps.
            if !is_arriving && !this.is_judging {
                return;
            }
        }
        if is_arriving && is_picture_due { this.show() } else { this.say_progress() }
    }

    /// There is a new picture to ask for.
    fn show(&mut self) {
        self.shown = self.ledger.progress().generation;
        if !self.is_busy() {
            self.pace = Pace::default();
        }
        self.say_progress();
    }

    fn say_progress(&self) {
        self.say(&Notice::Grown(Progress { generation: self.shown, ..self.ledger.progress() }), &[]);
    }

    /// Whether the picture will soon be another.
    pub(super) fn is_busy(&self) -> bool {
        self.is_arriving() || self.ledger.is_judging()
    }

    /// Whether something is on its way from the page or the readers.
    pub(super) fn is_arriving(&self) -> bool {
        self.ledger.progress().is_arriving() || self.ledger.is_searching()
    }
}
