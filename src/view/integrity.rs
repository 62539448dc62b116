//! What is proven, in full: counts, chains with their gaps, keys, findings, files.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use crate::integrity::coverage::ChainSummary;
use crate::integrity::coverage::Run;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::protocol::Proof;
use crate::screen::format;
use crate::state::effect::effect;
use crate::trail::ids::ChainKind;
use crate::trail::time::TimeRange;
use crate::view::claims::ClaimsLedger;
use crate::view::coverage_map::Map;
use crate::view::coverage_words::state_class;
use crate::view::coverage_words::state_words;
use crate::view::files::Files;
use crate::view::gaps::GapStory;
use crate::view::keys::Keys;
use crate::view::panels::bring_into_view;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::stretch::ChosenStretch;

/// The view of what is proven.
#[component]
pub(crate) fn Integrity() -> impl IntoView {
    let desk = use_desk();
    let proof = move || desk.proof.get();
    let goal = use_panels().goal;
    effect(move || {
        let Some(selector) = goal.get() else { return };
        // Files that arrive push down what stands below them: it is looked for again. What has changed is built first.
        desk.files.track();
        desk.proof.track();
        set_timeout(move || bring_into_view("#integrity", selector), Duration::ZERO);
    });
    on_cleanup(move || {
        let _ = goal.try_set(None);
    });
    let moved = move || {
        if goal.with_untracked(Option::is_some) {
            goal.set(None);
        }
    };
    view! {
        <div id="integrity" class="scroll integrity" on:wheel=move |_| moved() on:pointerdown=move |_| moved() on:keydown=move |_| moved()>
            {move || proof().map(|proof| view! { <Numbers proof=proof /> })}
            <Map />
            <ChosenStretch />
            {move || proof().map(|proof| view! { <ClaimsLedger proof=proof.clone() /><Findings proof=proof.clone() /><Chains proof=proof.clone() /><Keys proof=proof /> })}
            <Files />
        </div>
    }
    .into_any()
}

#[component]
fn Numbers(proof: Arc<Proof>) -> impl IntoView {
    // The proof is asked for once more when the last file has been read.
    let is_reading = use_desk().progress.with_untracked(|progress| progress.is_busy());
    let summary = proof.summary;
    let digests = [summary.digests, summary.backfill_digests];
    let of_digests = |pick: fn(&crate::integrity::report::DigestCounts) -> u64| digests.iter().map(pick).sum::<u64>();
    let all_digests = of_digests(|counts| counts.valid + counts.invalid + counts.missing + counts.unproven);
    let logs = summary.logs;
    let all_logs = logs.valid + logs.invalid + logs.missing + logs.unproven + logs.unlisted;
    let tile = |id: &'static str, name: &'static str, part: u64, whole: u64, words: &'static str| {
        let of = match whole {
            0 if is_reading => "none so far".to_owned(),
            0 => "none is here".to_owned(),
            // Those that have been judged; how many there will be nobody knows yet.
            _ if is_reading => format!("of {} {words} so far", format::count(whole)),
            _ => format!("of {} {words}", format::count(whole)),
        };
        view! { <div class="tile" id=id><span>{name}</span><b>{format::count(part)}</b><small>{of}</small></div> }
    };
    let gaps = proof.findings.iter().filter(|finding| finding.code == FindingCode::Gap).count();
    let gap_words = match gaps {
        0 if is_reading => "none so far",
        _ if proof.chains.is_empty() => "without digests there is no telling",
        0 if of_digests(|counts| counts.valid) < all_digests => "none is known; not every digest is proven",
        0 => "each digest continues the one before it",
        1 => "no digest speaks for it",
        _ => "no digest speaks for them",
    };
    let proven = proof.chains.iter().filter(|chain| chain.windows > 0 && chain.proven == chain.windows).count();
    let lake = proof.lake;
    let of_lake = (lake.total() > 0).then(|| {
        view! {
            {tile("tile-results", "Query results", lake.results.valid, lake.results.total, "of CloudTrail Lake verified")}
            {tile("tile-signs", "Sign files", lake.signs.valid, lake.signs.total, "of CloudTrail Lake verified")}
        }
    });
    let (events, all_events) = (summary.events.valid + lake.valid_events, summary.events.total + lake.events);
    let event_words = if lake.total() > 0 { "in verified files" } else { "in verified log files" };
    // Where there are query results alone, nothing is to be said of a trail.
    let of_trail = (lake.total() == 0 || all_logs + all_digests > 0).then(|| {
        view! {
            {tile("tile-logs", "Log files", logs.valid, all_logs, "verified")}
            {tile("tile-digests", "Digest files", of_digests(|counts| counts.valid), all_digests, "verified")}
        }
    });
    let of_chains = of_trail.is_some().then(|| {
        view! {
            {tile("tile-chains", "Chains", proven as u64, proof.chains.len() as u64, "without exception")}
            <div class="tile" id="tile-gaps"><span>"Gaps"</span><b>{format::count(gaps as u64)}</b><small>{gap_words}</small></div>
        }
    });
    view! { <div class="tiles">{of_trail}{of_lake}{tile("tile-events", "Events", events, all_events, event_words)}{of_chains}</div> }
}

#[component]
fn Chains(proof: Arc<Proof>) -> impl IntoView {
    let rows = proof.chains.iter().map(|chain| view! { <ChainView chain=chain.clone() /> }).collect_view();
    (!proof.chains.is_empty()).then(|| view! { <section id="chains" class="block"><h3>"Digest chains"</h3>{rows}</section> })
}

/// One chain: its covered time, and each stretch that is not proven.
#[component]
fn ChainView(chain: ChainSummary) -> impl IntoView {
    let desk = use_desk();
    let id = chain.chain.clone();
    let exception = move |run: &Run| {
        let (range, of) = (run.range, id.clone());
        let words = format!("{} · {}", format::dated_range(range), format::length(range.millis()));
        let windows = if run.windows > 1 { format!(" ({})", format::counted(run.windows, "window", "windows")) } else { String::new() };
        // The panel that tells of it stands further up.
        let show = move |_| {
            desk.chosen.set(Some((range, vec![of.clone()])));
            bring_into_view("#integrity", "#stretch");
        };
        view! { <li><i class=format!("shape is-{}", state_class(run.state))></i><button type="button" class="link" title="Show its files and cause" on:click=show>{words}</button><span>{state_words(run.state)}{windows}</span></li> }
    };
    let exceptions = chain.exceptions.iter().map(exception).collect_view();
    let span = chain.span.map(format::dated_range);
    let name = format!("{} · {}", chain.chain.account, chain.chain.region);
    let backfill = if chain.chain.kind == ChainKind::Backfill { " · backfill digests" } else { "" };
    let of = format!(" · trail {} (home Region {}){backfill}", chain.chain.trail, chain.chain.home_region);
    let proven = format!(
        " · {} proven in {} of {}",
        format::length(chain.proven_millis),
        format::count(chain.proven),
        format::counted(chain.windows, "window", "windows")
    );
    view! {
        <div class="chain">
            <p><b>{format::plain(&name).into_owned()}</b><span class="dim">{format::plain(&of).into_owned()}</span></p>
            <p class="dim">{span}{proven}</p>
            <ul class="runs">{exceptions}{(chain.more > 0).then(|| view! { <li class="dim">{format!("and {} more; the map shows them", format::count(chain.more))}</li> })}</ul>
        </div>
    }
}

#[component]
fn Findings(proof: Arc<Proof>) -> impl IntoView {
    let desk = use_desk();
    let row = move |finding: &Finding| {
        let range =
            finding.start.zip(finding.end).map(|(start, end)| TimeRange::new(start.0, end.0)).filter(|range| range.start < range.end);
        let when = range.map(|range| view! { <button type="button" class="link" title="Show the events of this time" on:click=move |_| desk.show_time(range)>{format::dated_range(range)}</button> });
        let code = serde_json::to_value(finding.code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
        let named = code.clone();
        // It stands below.
        let message = format::without_subject(&finding.message, &finding.subject);
        view! { <tr data-finding=named><th scope="row"><code>{code}</code></th><td><p>{format::plain(message).into_owned()}</p><code class="dim">{format::plain(&finding.subject).into_owned()}</code></td><td>{when}</td></tr> }
    };
    let rows = proof.findings.iter().take(MOST_FINDINGS).map(row).collect_view();
    let more = proof.findings.len().saturating_sub(MOST_FINDINGS);
    let gaps = proof.gaps.iter().take(MOST_GAPS).map(|gap| view! { <GapStory gap=gap.clone() /> }).collect_view();
    let more_gaps =
        proof.findings.iter().filter(|finding| finding.code == FindingCode::Gap).count().saturating_sub(proof.gaps.len().min(MOST_GAPS));
    (!proof.findings.is_empty()).then(|| view! {
        <section id="findings" class="block"><h3>"Findings"</h3><table class="plain"><tbody>{rows}</tbody></table>
            {(more > 0).then(|| view! { <p class="note">{format!("And {} more: the verdict report has them all.", format::count(more as u64))}</p> })}
            {(!proof.gaps.is_empty()).then(|| view! { <h4>"What was done near the gaps"</h4> })}
            {gaps}
            {(more_gaps > 0).then(|| view! { <p class="note">{format!("And {}: choose them in the map.", format::counted(more_gaps as u64, "gap more", "gaps more"))}</p> })}
        </section>
    })
}

/// Findings shown: more than these nobody reads on a page; the report has them all.
const MOST_FINDINGS: usize = 200;
/// Gaps whose neighbours are told in full.
const MOST_GAPS: usize = 12;
