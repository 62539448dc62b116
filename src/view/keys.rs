//! The public keys given: when AWS signs with each, and which digests it proves.

use std::sync::Arc;

use leptos::prelude::*;

use crate::integrity::judgement::Lacking;
use crate::integrity::report::KeyRow;
use crate::protocol::KeyUse;
use crate::protocol::Proof;
use crate::screen::format;
use crate::trail::time::TimeRange;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::parts::CopyButton;
use crate::view::words::key_problem_words;

/// The table of keys.
#[component]
pub(crate) fn Keys(proof: Arc<Proof>) -> impl IntoView {
    let panels = use_panels();
    // What is not here may be among what is yet to be read; the proof is asked for once more when all is.
    let is_reading = use_desk().progress.with_untracked(|progress| progress.is_busy());
    let mut wanted: Vec<&str> = proof
        .lacking
        .iter()
        .filter_map(|lacking| if let Lacking::Key { fingerprint, .. } = lacking { Some(fingerprint.as_str()) } else { None })
        .collect();
    wanted.dedup();
    let wanted = (!wanted.is_empty() && !is_reading).then(|| {
        let many = format::counted(wanted.len() as u64, "key that digests name is not usable or not here.", "keys that digests name are not usable or not here.");
        view! { <p class="note">{many}" "<button type="button" class="link" on:click=move |_| panels.supply.set(true)>"Supply it"</button></p> }
    });
    let row = |key: &KeyRow| view! { <KeyLine key_row=key.clone() used=proof.key_uses.iter().find(|used| used.fingerprint == key.fingerprint).cloned() /> };
    let body = if proof.keys.is_empty() {
        let words = if is_reading { "None so far." } else { "No public keys were given: without them no signature can be checked." };
        view! { <p class="note">{words}</p> }.into_any()
    } else {
        view! { <div class="scroll-x"><table class="plain keys-table"><thead><tr><th scope="col">"Fingerprint (MD5)"</th><th scope="col">"The list says AWS signs with it"</th><th scope="col">"Proves"</th></tr></thead><tbody>{proof.keys.iter().map(row).collect_view()}</tbody></table></div> }.into_any()
    };
    view! { <section id="keys" class="block"><h3>"Public keys"</h3>{wanted}{body}</section> }
}

#[component]
fn KeyLine(key_row: KeyRow, used: Option<KeyUse>) -> impl IntoView {
    let valid = match (key_row.valid_from, key_row.valid_to) {
        (Some(from), Some(to)) => format::dated_range(TimeRange::new(from.0, to.0)),
        _ => "not stated".to_owned(),
    };
    let proves = match (key_row.problem.as_deref(), used) {
        (Some(problem), _) => {
            view! { <span class="pill invalid">{problem.to_owned()}</span><small>{key_problem_words(problem)}</small> }.into_any()
        }
        (None, Some(used)) => {
            view! { {format::counted(used.digests, "digest", "digests")}<small class="dim">{format::dated_range(used.span)}</small> }
                .into_any()
        }
        (None, None) => view! { "no digest that is here" }.into_any(),
    };
    let fingerprint = key_row.fingerprint;
    view! { <tr data-key=fingerprint.clone()><th scope="row" class="fingerprint"><code>{format::plain(&fingerprint).into_owned()}</code><CopyButton text=fingerprint.clone() label="Copy the fingerprint" /></th><td>{valid}</td><td>{proves}</td></tr> }
}
