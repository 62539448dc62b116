//! The claims ledger: what is proven, what is assumed, what is not proven; in sentences an auditor could sign.

use std::sync::Arc;

use leptos::prelude::*;

use crate::protocol::Proof;

/// The three lists. An empty one is left out: nothing proven is said by the banner already.
#[component]
pub(crate) fn ClaimsLedger(proof: Arc<Proof>) -> impl IntoView {
    let claims = &proof.claims;
    let lists =
        [("proven", "Proven", &claims.proven), ("assumed", "Assumed", &claims.assumed), ("not-proven", "Not proven", &claims.not_proven)];
    let lists = lists.into_iter().filter(|(_, _, sentences)| !sentences.is_empty()).map(|(kind, title, sentences)| {
        let sentences = sentences.iter().map(|sentence| view! { <li>{sentence.clone()}</li> }).collect_view();
        view! { <div class="claims" data-claims=kind><h4>{title}</h4><ul>{sentences}</ul></div> }
    });
    view! { <section id="claims" class="block"><h3>"What is claimed"</h3>{lists.collect_view()}</section> }
}
