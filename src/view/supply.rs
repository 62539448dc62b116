//! What exactly is lacking, chain by chain, and every way to supply it.

use std::time::Duration;

use leptos::prelude::*;

use crate::integrity::judgement::Lacking;
use crate::protocol::Proof;
use crate::screen::commands::all_signatures;
use crate::screen::commands::cors_rule;
use crate::screen::commands::head_object;
use crate::screen::commands::list_public_keys;
use crate::screen::format;
use crate::trail::arrange::arrange;
use crate::trail::digest::Place;
use crate::trail::ids::ChainId;
use crate::trail::time::DAY;
use crate::trail::time::Timestamp;
use crate::view::dialog::Dialog;
use crate::view::panels::focus_on;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::parts::Command;
use crate::view::parts::CopyButton;
use crate::view::parts::PasteBox;
use crate::view::parts::can_connect;

/// The dialog.
#[component]
pub(crate) fn SupplyDialog() -> impl IntoView {
    let (desk, panels) = (use_desk(), use_panels());
    let lacking = move || desk.proof.with(|proof| proof.as_ref().map(|proof| Wants::of(proof)).unwrap_or_default());
    // The button that opened this goes away when nothing is lacking any more; the dialog gives the focus back to it first.
    let after = Callback::new(move |()| {
        panels.supply.set(false);
        set_timeout(|| focus_on("#verified-only"), Duration::ZERO);
    });
    view! {
        <Dialog id="supply-dialog" title="Supply what is lacking" open=panels.supply>
            {move || lacking().intro().into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view()}
            <CopyAll text=Signal::derive(move || lacking().commands().join("\n")) />
            {move || { let lacking = lacking(); view! { <Keys regions=lacking.keys /><Signatures chains=lacking.signatures /> } }}
            <h3>"Then paste what the commands print, or drop it as a file"</h3>
            <PasteBox id="paste-supply" placeholder="The JSON that head-object or list-public-keys prints" after=after />
        </Dialog>
    }
}

/// All that is lacking: keys by Region, signatures by chain.
#[derive(Clone, Default)]
struct Wants {
    keys: Vec<RegionKeys>,
    signatures: Vec<(ChainId, Vec<Place>)>,
}

/// The keys that one Region has to give, and of which time: AWS has its own keys in each.
#[derive(Clone, Default)]
struct RegionKeys {
    region: String,
    fingerprints: Vec<String>,
    from: Option<Timestamp>,
    /// `None`: until now.
    until: Option<Timestamp>,
}

impl Wants {
    fn of(proof: &Proof) -> Self {
        let mut wants = Self::default();
        for lacking in &proof.lacking {
            match lacking {
                // What is lacking comes chain by chain.
                Lacking::Signature { chain, digest } => match wants.signatures.last_mut() {
                    Some((known, places)) if known == chain => places.push(digest.clone()),
                    _ => wants.signatures.push((chain.clone(), vec![digest.clone()])),
                },
                Lacking::Key { chain, fingerprint, from, until } => wants.key(&chain.region, fingerprint, Some(*from), *until),
                Lacking::LakeKey { region, fingerprint, completed } => {
                    // As the AWS CLI asks: keys of the 20 days from the query's end on.
                    wants.key(region, fingerprint, *completed, completed.map(|time| time.plus(20 * DAY)));
                }
            }
        }
        arrange(&mut wants.keys, |a, b| a.region.cmp(&b.region));
        wants.keys.iter_mut().for_each(|keys| arrange(&mut keys.fingerprints, Ord::cmp));
        wants
    }

    fn key(&mut self, region: &str, fingerprint: &str, from: Option<Timestamp>, until: Option<Timestamp>) {
        let at = self.keys.iter().position(|keys| keys.region == region).unwrap_or_else(|| {
            self.keys.push(RegionKeys { region: region.to_owned(), ..RegionKeys::default() });
            self.keys.len() - 1
        });
        let Some(keys) = self.keys.get_mut(at) else { return };
        keys.until = if keys.fingerprints.is_empty() { until } else { keys.until.zip(until).map(|(one, other)| one.max(other)) };
        keys.from = keys.from.into_iter().chain(from).min();
        if !keys.fingerprints.iter().any(|known| known == fingerprint) {
            keys.fingerprints.push(fingerprint.to_owned());
        }
    }

    /// Why something is lacking: of keys, of signatures, or of both.
    fn intro(&self) -> Vec<String> {
        let mut keys: Vec<&String> = self.keys.iter().flat_map(|keys| &keys.fingerprints).collect();
        arrange(&mut keys, Ord::cmp);
        keys.dedup();
        let keys = keys.len() as u64;
        let digests = self.signatures.iter().map(|(_, places)| places.len() as u64).sum::<u64>();
        let keys = (keys > 0).then(|| {
            let subject =
                format::counted(keys, "public key that digests or sign files name is", "public keys that digests or sign files name are");
            format!("{subject} not among the files. AWS keeps public keys by Region and time, and gives them to everyone with an account.")
        });
        let signatures = (digests > 0).then(|| {
            let subject = format::counted(digests, "digest has no signature at hand: it", "digests have no signature at hand: each");
            format!("{subject} is the newest of its chain, or the last before a gap. CloudTrail keeps the signature of a digest in two places: in the S3 metadata of the object, which a copy of the files lacks, and in the digest after it.")
        });
        keys.into_iter().chain(signatures).collect()
    }

    /// Everything to run, in as few lines as will do.
    fn commands(&self) -> Vec<String> {
        let keys = self.keys.iter().map(|keys| list_public_keys(&keys.region, keys.from, keys.until));
        let places: Vec<&Place> = self.signatures.iter().flat_map(|(_, places)| places).collect();
        keys.chain(all_signatures(&places)).collect()
    }
}

/// Every command at once, where there are more than one.
#[component]
fn CopyAll(text: Signal<String>) -> impl IntoView {
    let desk = use_desk();
    let many = move || text.with(|text| text.lines().count());
    view! { <button type="button" class="button small" hidden=move || many() < 2 on:click=move |_| desk.copy(text.get_untracked())>{move || format!("Copy all {} commands", many())}</button> }
}

/// One command a Region, however many chains want keys of it.
#[component]
fn Keys(regions: Vec<RegionKeys>) -> impl IntoView {
    let region = |keys: RegionKeys| {
        let region = &keys.region;
        let named = keys.fingerprints.iter().map(
            |key| view! { <span class="fingerprint"><code>{format::plain(key).into_owned()}</code><CopyButton text=key.clone() /></span> },
        );
        let words = if keys.fingerprints.len() == 1 {
            "The public key with this fingerprint: "
        } else {
            "The public keys with these fingerprints: "
        };
        let command = list_public_keys(region, keys.from, keys.until);
        view! { <section class="lacking"><h3>{format!("Keys of {}", format::plain(region))}</h3><ul><li>{words}{named.collect_view()}<Command text=command /></li></ul></section> }
    };
    regions.into_iter().map(region).collect_view()
}

#[component]
fn Signatures(chains: Vec<(ChainId, Vec<Place>)>) -> impl IntoView {
    if chains.is_empty() {
        return ().into_any();
    }
    let every: Vec<&Place> = chains.iter().flat_map(|(_, places)| places).collect();
    let at_once = all_signatures(&every);
    let at_once = (every.len() > 1).then(|| {
        view! { <section class="lacking" id="signatures-at-once"><h3>"All signatures at once"</h3><p>"For a shell such as bash or zsh: prints each signature with its key, ready to be pasted below."</p>{at_once.into_iter().map(|command| view! { <Command text=command /> }).collect_view()}</section> }
    });
    let signature = |place: &Place| {
        let name = format::plain(format::file_name(&place.key)).into_owned();
        view! { <li>"The signature of "<code>{name}</code>": from its metadata, or from the digest after it, where one names it."<Command text=head_object(place) /></li> }
    };
    let chain = |(chain, places): &(ChainId, Vec<Place>)| {
        let title = format!("{} · {} · {}", chain.account, chain.region, chain.trail);
        let more = places.len().saturating_sub(MOST_PLACES);
        let more = (more > 0).then(
            || view! { <li class="dim">{format!("and {} more, which the command above takes too", format::count(more as u64))}</li> },
        );
        view! { <section class="lacking"><h3>{format::plain(&title).into_owned()}</h3><ul>{places.iter().take(MOST_PLACES).map(signature).collect_view()}{more}</ul></section> }
    };
    let cors = can_connect().then(|| {
        view! {
            <details class="lacking" id="supply-cors"><summary>"Or paste presigned URLs of these digests"</summary>
                <p>"Their signatures then come along, if the bucket’s CORS rules let this page read the headers, each by its name: S3 takes no pattern for them. Add this rule to those that the bucket has; setting it replaces them."</p>
                <Command text=cors_rule(&origin()) />
                <p>"As a file for "<code>"aws s3api put-bucket-cors --cors-configuration file://cors.json"</code>", and in the console its inner list alone."</p>
            </details>
        }
    });
    view! { {at_once}{chains.iter().map(chain).collect_view()}{cors} }.into_any()
}

/// Where this page comes from, as the browser tells S3: `null` for a file on disk.
fn origin() -> String {
    window().location().origin().ok().filter(|origin| origin.starts_with("http")).unwrap_or_else(|| "null".to_owned())
}

/// Digests of one chain that are named one by one.
const MOST_PLACES: usize = 8;
