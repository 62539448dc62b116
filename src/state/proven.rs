//! Asks for what is proven beyond the banner: the coverage on two axes, the stretch that is chosen, the list of files.

use std::sync::Arc;

use leptos::prelude::*;

use crate::integrity::bins::CoverageMap;
use crate::protocol::Answer;
use crate::protocol::Question;
use crate::state::answers::is_up;
use crate::state::ask::Slot;
use crate::state::desk::Desk;
use crate::state::desk::Tab;
use crate::state::effect::effect;
use crate::trail::time::TimeRange;

/// Whatever arrives may change what is proven.
fn track(desk: Desk) {
    desk.progress.track();
}

fn is_looked_at(desk: Desk) -> bool {
    desk.tab.get() == Tab::Integrity && is_up(desk)
}

/// The strip above the timeline, on the axis of the charts; the map of the integrity view, while it is looked at.
pub(crate) fn keep_coverage(desk: Desk) {
    let (strip, map) = (Slot::default(), Slot::default());
    effect(move || {
        track(desk);
        desk.bins.track();
        if is_up(desk) && desk.axis().is_some() {
            strip.run(move || {
                Box::pin(async move { ask_coverage(desk, untrack(|| desk.axis()), desk.bins.get_untracked(), desk.strip).await })
            });
        }
    });
    effect(move || {
        track(desk);
        desk.map_view.track();
        desk.map_cells.track();
        if is_looked_at(desk) {
            map.run(move || {
                Box::pin(async move { ask_coverage(desk, desk.map_view.get_untracked(), desk.map_cells.get_untracked(), desk.map).await })
            });
        }
    });
}

async fn ask_coverage(desk: Desk, axis: Option<TimeRange>, cells: u32, into: RwSignal<Option<Arc<CoverageMap>>>) {
    if let Some(Answer::Coverage(map)) = desk.ask(Question::Coverage(axis, cells)).await
        && into.with_untracked(|known| known.as_deref() != map.as_ref())
    {
        into.set(map.map(Arc::new));
    }
}

/// What lies in the stretch that is chosen.
pub(crate) fn keep_stretch(desk: Desk) {
    let slot = Slot::default();
    effect(move || {
        track(desk);
        desk.chosen.track();
        if is_looked_at(desk) && desk.chosen.with_untracked(Option::is_some) {
            slot.run(move || {
                Box::pin(async move {
                    let Some((range, chains)) = desk.chosen.get_untracked() else { return };
                    if let Some(Answer::Stretch(stretch)) = desk.ask(Question::Stretch(range, chains)).await {
                        desk.stretch.set(Some(Arc::new(*stretch)));
                    }
                })
            });
        }
    });
}

/// The list of files, while it is looked at.
pub(crate) fn keep_files(desk: Desk) {
    let slot = Slot::default();
    effect(move || {
        track(desk);
        desk.files_asked.track();
        if !is_looked_at(desk) {
            return;
        }
        slot.run(move || {
            Box::pin(async move {
                let request = desk.files_asked.get_untracked();
                if let Some(Answer::Files(page)) = desk.ask(Question::Files(request.clone())).await
                    && desk.files_asked.with_untracked(|now| *now == request)
                {
                    desk.files.set(Arc::new(page));
                }
            })
        });
    });
}
