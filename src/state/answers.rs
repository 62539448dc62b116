//! Asks when the inquiry or the ledger has changed; the only writer of answers. The old picture stays until the new one is there.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::task::tick;

use crate::browser::frame::FRAME_PART;
use crate::browser::frame::Spell;
use crate::protocol::Answer;
use crate::protocol::Question;
use crate::protocol::RowsRequest;
use crate::protocol::SurveyRequest;
use crate::query::tally::Tally;
use crate::state::ask::Slot;
use crate::state::brush::keep_brushed;
use crate::state::desk::Desk;
use crate::state::desk::FACETS;
use crate::state::desk::Launch;
use crate::state::desk::Tab;
use crate::state::effect::effect;
use crate::state::proven::keep_coverage;
use crate::state::proven::keep_files;
use crate::state::proven::keep_stretch;
use crate::state::rows::ALWAYS;
use crate::state::rows::PAGE;
use crate::table::column::ColumnId;
use crate::trail::ids::RowId;

/// Starts all asking. To be called once, at the root.
pub fn keep_answered(desk: Desk) {
    let pictures = [keep_survey(desk), keep_people(desk)];
    keep_brushed(desk, pictures);
    keep_proof(desk);
    keep_rows_fresh(desk);
    keep_detail(desk);
    keep_problems(desk);
    keep_coverage(desk);
    keep_stretch(desk);
    keep_files(desk);
    tell_busy(desk);
}

pub(crate) fn is_up(desk: Desk) -> bool {
    desk.launch.get() == Launch::Ready && desk.progress.with(|progress| progress.files > 0 || progress.problems > 0)
}

/// The picture that is wanted: of which generation, and what it is to hold.
fn wanted(desk: Desk) -> Option<(u64, SurveyRequest)> {
    let request = SurveyRequest {
        inquiry: desk.asked(),
        window: desk.axis(),
        stacked: desk.stacked.get(),
        bins: desk.bins.get(),
        tallies: FACETS.to_vec(),
        most: desk.most.get(),
    };
    is_up(desk).then(|| (desk.progress.with(|progress| progress.generation), request))
}

fn keep_survey(desk: Desk) -> Slot {
    let wanted = Memo::new(move |_| wanted(desk));
    let slot = Slot::default();
    let pictures = slot.clone();
    effect(move || {
        if wanted.get().is_none() {
            return;
        }
        slot.run(move || {
            Box::pin(async move {
                let Some(Some((_, request))) = wanted.try_get_untracked() else { return };
                if let Some(Answer::Survey(mut survey)) = desk.ask(Question::Survey(request)).await {
                    let tallies = std::mem::take(&mut survey.tallies);
                    desk.survey.set(Arc::new(survey));
                    renew(desk, tallies).await;
                }
            })
        });
    });
    pictures
}

/// Who did how much, while it is looked at: asked once the survey is there, so that it keeps nothing else waiting.
fn keep_people(desk: Desk) -> Slot {
    let slot = Slot::default();
    let pictures = slot.clone();
    let is_shown = Memo::new(move |_| desk.tab.get() == Tab::Identities && is_up(desk));
    effect(move || {
        desk.survey.track();
        if !is_shown.get() {
            return;
        }
        slot.run(move || {
            Box::pin(async move {
                let question = Question::People(untrack(|| desk.asked()), untrack(|| desk.axis()));
                if let Some(Answer::People(people)) = desk.ask(question).await {
                    desk.people.set(Some(Arc::new(people)));
                }
            })
        });
    });
    pictures
}

/// The facets, those that have not changed not at all: all at once they held the page for 100 ms, and one after the other each had a frame of
/// its own, which costs more than the facet.
async fn renew(desk: Desk, tallies: Vec<Tally>) {
    desk.asking.update(|asking| *asking += 1);
    let mut spell = Spell::begin();
    for tally in tallies {
        let Some(signal) = desk.tally(tally.column) else { continue };
        if signal.with_untracked(|known| known.as_deref() != Some(&tally)) {
            signal.set(Some(Arc::new(tally)));
            // Who shows it is through after this.
            tick().await;
            spell.breathe_after(FRAME_PART).await;
        }
    }
    desk.asking.update(|asking| *asking = asking.saturating_sub(1));
}

fn keep_proof(desk: Desk) {
    let slot = Slot::default();
    let generation = Memo::new(move |_| is_up(desk).then(|| desk.progress.with(|progress| (progress.generation, progress.is_busy()))));
    effect(move || {
        if generation.get().is_none() {
            return;
        }
        slot.run(move || {
            Box::pin(async move {
                if let Some(Answer::Proof(proof)) = desk.ask(Question::Proof).await {
                    desk.proof.set(Some(Arc::new(*proof)));
                }
            })
        });
    });
}

/// Asks for the pages of these rows that are not here or are old.
pub fn want_rows(desk: Desk, first: u32, past: u32) {
    for page in desk.rows.due(first, past) {
        let shown = desk.columns.get_untracked();
        let columns: Vec<ColumnId> = shown.into_iter().chain(ALWAYS).filter(|column| *column != ColumnId::Verdict).collect();
        let request = RowsRequest { inquiry: untrack(|| desk.asked()), start: page.0 * PAGE, count: PAGE, columns: columns.clone() };
        spawn_local(async move {
            let answer = desk.ask(Question::Rows(request)).await;
            let rows = if let Some(Answer::Rows(rows)) = answer { Some(rows.rows) } else { None };
            desk.rows.arrived(page, columns, rows);
        });
    }
}

fn keep_rows_fresh(desk: Desk) {
    let key = Memo::new(move |_| (desk.progress.with(|progress| progress.generation), desk.asked(), desk.columns.get()));
    Effect::new(move |before: Option<_>| {
        let now = key.get();
        if let Some(before) = before.as_ref()
            && *before != now
        {
            let (_, old_inquiry, _): &(u64, _, _) = before;
            desk.rows.expire(*old_inquiry != now.1);
        }
        now
    });
}

/// The chosen row's detail: at once, and again when verdicts may have changed.
fn keep_detail(desk: Desk) {
    let slot = Slot::default();
    let wanted = Memo::new(move |_| (desk.selected.get(), desk.progress.with(|progress| progress.generation)));
    Effect::new(move |before: Option<Option<RowId>>| {
        let (row, _) = wanted.get();
        if before.flatten() != row {
            desk.record.set(None);
        }
        let Some(_) = row else {
            desk.detail.set(None);
            return row;
        };
        slot.run(move || {
            Box::pin(async move {
                let Some(row) = desk.selected.get_untracked() else { return };
                if let Some(Answer::Detail(detail)) = desk.ask(Question::Detail(row)).await
                    && desk.selected.get_untracked() == Some(row)
                {
                    desk.detail.set(detail.map(|detail| Arc::new(*detail)));
                    read_record(desk, row);
                }
            })
        });
        row
    });
}

/// The chosen row's raw JSON, re-read from its file.
fn read_record(desk: Desk, row: RowId) {
    let file = desk.detail.with_untracked(|detail| detail.as_ref().map(|detail| detail.file));
    let (Some(client), Some(file)) = (desk.client.get_untracked(), file) else { return };
    if desk.record.with_untracked(Option::is_some) {
        return;
    }
    spawn_local(async move {
        desk.asking.update(|asking| *asking += 1);
        let answer = client.ask_record(row, file).await;
        desk.asking.update(|asking| *asking = asking.saturating_sub(1));
        if desk.selected.get_untracked() != Some(row) {
            return;
        }
        let record = match answer {
            Ok(Answer::Record(record)) => Ok(record),
            Ok(_) => Err("The record could not be read again.".to_owned()),
            Err(why) => Err(why),
        };
        desk.record.set(Some(Arc::new(record)));
    });
}

fn keep_problems(desk: Desk) {
    let slot = Slot::default();
    // A sentence that counts (memory has run out, reading was ended) grows and stays one problem: it is heard again when all is read.
    let known = Memo::new(move |_| desk.progress.with(|progress| progress.problems * 2 + u64::from(progress.is_busy())));
    effect(move || {
        if known.get() < 2 {
            return;
        }
        slot.run(move || {
            Box::pin(async move {
                if let Some(Answer::Problems(problems)) = desk.ask(Question::Problems).await {
                    desk.problems.set(Arc::new(problems));
                }
            })
        });
    });
}

/// Tells the world outside (tests, above all) whether anything is under way: `<html data-busy="0">` means that the picture is final.
fn tell_busy(desk: Desk) {
    let busy = Memo::new(move |_| {
        let is_reading = desk.progress.with(|progress| progress.is_busy());
        let is_behind = desk.pointed.get() != desk.brushed.get();
        is_reading
            || is_behind
            || desk.is_asked.get()
            || desk.launch.get() == Launch::Starting
            || desk.asking.get() > 0
            || desk.arriving.get() > 0
    });
    effect(move || mark("data-busy", if busy.get() { "1" } else { "0" }));
    effect(move || {
        desk.progress.with(|progress| mark("data-files-read", &progress.files_read.to_string()));
    });
    effect(move || {
        desk.launch.with(|launch| match launch {
            Launch::Starting => {}
            Launch::Ready => mark("data-launch", "ok"),
            Launch::Failed(_) => mark("data-launch", "failed"),
        });
    });
}

fn mark(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        // The names are constants: the browser takes them.
        let _ = root.set_attribute(name, value);
    }
}
