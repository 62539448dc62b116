//! Starts the ledger and hears what it says of itself.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::protocol::Call;
use crate::protocol::Notice;
use crate::protocol::Progress;
use crate::state::address;
use crate::state::answers;
use crate::state::client::Client;
use crate::state::desk::Desk;
use crate::state::desk::Launch;
use crate::state::intake::Intake;
use crate::table::estimate::MEMORY;

/// Brings a new desk to life: its address, its ledger, its answers. To be called once, at the root.
pub fn launch(desk: Desk) {
    address::keep_address(desk);
    answers::keep_answered(desk);
    spawn_local(async move {
        let on_notice = move |notice| hear(desk, notice);
        let on_fall = move |why| desk.launch.set(Launch::Failed(why));
        match Client::start(Box::new(on_notice), Box::new(on_fall)).await {
            Ok(client) => {
                desk.limit.set(memory_wanted().unwrap_or(MEMORY));
                client.say(&Call::Limit(desk.limit.get_untracked()), &[]);
                desk.intake.set(Some(Intake::new(client.clone(), desk)));
                desk.client.set(Some(client));
            }
            Err(why) => desk.launch.set(Launch::Failed(why)),
        }
    });
}

/// `?memory=1500` in the page's address: so many megabytes for rows and what is known of files, and no more. For pages that are embedded
/// beside others, and for machines with little memory.
fn memory_wanted() -> Option<u64> {
    let search = window().location().search().ok()?;
    let mut parts = search.trim_start_matches('?').split('&');
    let megabytes: u64 = parts.find_map(|part| part.strip_prefix("memory="))?.parse().ok()?;
    (megabytes > 0).then(|| megabytes.saturating_mul(1_000_000).min(MEMORY))
}

fn hear(desk: Desk, notice: Notice) {
    match notice {
        Notice::Ready => desk.launch.set(Launch::Ready),
        Notice::Grown(progress) => grow(desk, progress),
        Notice::Sorting(is_sorting) => desk.sorting.set(is_sorting),
        // The client keeps these to itself.
        Notice::Answer(..) | Notice::Kept(_) | Notice::Reopen(_) => {}
    }
}

fn grow(desk: Desk, progress: Progress) {
    let known = desk.progress.with_untracked(|before| progress.heard_of.saturating_sub(before.heard_of));
    desk.progress.set(progress);
    desk.arriving.update(|arriving| *arriving = arriving.saturating_sub(known));
}
