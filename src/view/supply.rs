//! What exactly is lacking, chain by chain, and every way to supply it.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::integrity::judgement::Lacking;
use crate::protocol::Proof;
use crate::screen::format;
use crate::trail::digest::Place;
use crate::trail::ids::ChainId;
use crate::trail::time::Timestamp;
use crate::view::dialog::Dialog;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::parts::Command;
use crate::view::parts::CopyButton;
use crate::view::parts::PasteBox;

/// The dialog.
#[component]
pub(crate) fn SupplyDialog() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let chains = move || desk.proof.with(|proof| proof.as_ref().map(|proof| by_chain(proof)).unwrap_or_default());
    view! {
        <Dialog id="supply-dialog" title="Supply what is lacking" open=panels.supply>
            <p>"CloudTrail keeps the signature of a digest file in two places: in the S3 metadata of the object, and in the digest after it. A copy of the files has no metadata, so the newest digest of each chain cannot be checked from the copy alone."</p>
            <CopyAll text=Signal::derive(move || chains().iter().flat_map(|(chain, wants)| wants.commands(chain)).collect::<Vec<_>>().join("\n")) />
            {move || chains().into_iter().map(|(chain, lacking)| view! { <LackingChain chain=chain lacking=lacking /> }).collect_view()}
            <h3>"Then paste what the commands print, or drop it as a file"</h3>
            <PasteBox id="paste-supply" placeholder="The JSON that head-object or list-public-keys prints" after=Callback::new(move |()| panels.supply.set(false)) />
        </Dialog>
    }
}

/// One chain's wants.
#[derive(Clone)]
struct Wants {
    digests: Vec<Place>,
    keys: Vec<String>,
    span: Option<(Timestamp, Timestamp)>,
}

impl Wants {
    /// Everything to run for this chain.
    fn commands(&self, chain: &ChainId) -> Vec<String> {
        let keys = (!self.keys.is_empty()).then(|| list_keys(&chain.region, self.span));
        keys.into_iter().chain(self.digests.iter().map(head_object)).collect()
    }
}

/// Every command at once, where there are more than one.
#[component]
fn CopyAll(text: Signal<String>) -> impl IntoView {
    let desk = use_desk();
    let many = move || text.with(|text| text.lines().count());
    view! { <button type="button" class="button small" hidden=move || many() < 2 on:click=move |_| desk.copy(text.get_untracked())>{move || format!("Copy all {} commands", many())}</button> }
}

#[component]
fn LackingChain(chain: ChainId, lacking: Wants) -> impl IntoView {
    let title = format!("{} · {} · {}", chain.account, chain.region, chain.trail);
    let signatures = lacking.digests.iter().map(|place| {
        let command = head_object(place);
        view! { <li>"The signature of "<code>{format::file_name(&place.key).to_owned()}</code>": from its metadata, or add the digest after it."<Command text=command /></li> }
    });
    let signatures = signatures.collect_view();
    let keys = (!lacking.keys.is_empty()).then(|| {
        let named = lacking
            .keys
            .iter()
            .map(|key| view! { <span class="fingerprint"><code>{key.clone()}</code><CopyButton text=key.clone() /></span> })
            .collect_view();
        view! { <li>"The public keys with these fingerprints: "{named}<Command text=list_keys(&chain.region, lacking.span) /></li> }
    });
    view! { <section class="lacking"><h3>{title}</h3><ul>{keys}{signatures}</ul></section> }
}

fn by_chain(proof: &Proof) -> BTreeMap<ChainId, Wants> {
    let mut chains: BTreeMap<ChainId, Wants> = BTreeMap::new();
    for lacking in &proof.lacking {
        let (Lacking::Signature { chain, .. } | Lacking::Key { chain, .. }) = lacking;
        let wants =
            chains.entry(chain.clone()).or_insert_with(|| Wants { digests: Vec::new(), keys: Vec::new(), span: span(proof, chain) });
        match lacking {
            Lacking::Signature { digest, .. } => wants.digests.push(digest.clone()),
            Lacking::Key { fingerprint, .. } => wants.keys.push(fingerprint.clone()),
        }
    }
    chains
}

fn span(proof: &Proof, chain: &ChainId) -> Option<(Timestamp, Timestamp)> {
    let windows = &proof.coverage.iter().find(|coverage| coverage.chain == *chain)?.windows;
    Some((windows.first()?.start, windows.last()?.end))
}

fn head_object(place: &Place) -> String {
    format!("aws s3api head-object --bucket {} --key {}", quoted(&place.bucket), quoted(&place.key))
}

fn list_keys(region: &str, span: Option<(Timestamp, Timestamp)>) -> String {
    let range = span.map(|(start, end)| format!(" --start-time {start} --end-time {end}")).unwrap_or_default();
    format!("aws cloudtrail list-public-keys --region {}{range}", quoted(region))
}

/// A word for a shell: names come from files, and a command that is copied must do nothing but what it says.
fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@=+,".contains(&byte));
    if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
