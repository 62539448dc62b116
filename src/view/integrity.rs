//! What is proven, in full: counts, chains with their gaps, keys, findings, files.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use crate::integrity::judgement::ChainCoverage;
use crate::integrity::judgement::Window;
use crate::integrity::judgement::WindowState;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::report::KeyRow;
use crate::protocol::Proof;
use crate::screen::format;
use crate::trail::ids::ChainKind;
use crate::trail::time::TimeRange;
use crate::view::claims::ClaimsLedger;
use crate::view::coverage::state_words;
use crate::view::files::Files;
use crate::view::panels::bring_into_view;
use crate::view::panels::use_desk;
use crate::view::panels::use_panels;
use crate::view::parts::CopyButton;
use crate::view::words::key_problem_words;

/// The view of what is proven.
#[component]
pub(crate) fn Integrity() -> impl IntoView {
    let desk = use_desk();
    let proof = move || desk.proof.get();
    let goal = use_panels().goal;
    Effect::new(move |_| {
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
            {move || proof().map(|proof| view! { <Numbers proof=proof.clone() /><ClaimsLedger proof=proof /> })}
            <Files />
            {move || proof().map(|proof| view! { <Chains proof=proof.clone() /><Findings proof=proof.clone() /><Keys proof=proof /> })}
        </div>
    }
    .into_any()
}

#[component]
fn Numbers(proof: Arc<Proof>) -> impl IntoView {
    let summary = proof.summary;
    let digests = [summary.digests, summary.backfill_digests];
    let of_digests = |pick: fn(&crate::integrity::report::DigestCounts) -> u64| digests.iter().map(pick).sum::<u64>();
    let all_digests = of_digests(|counts| counts.valid + counts.invalid + counts.missing + counts.unproven);
    let logs = summary.logs;
    let all_logs = logs.valid + logs.invalid + logs.missing + logs.unproven + logs.unlisted;
    let tile = |id: &'static str, name: &'static str, part: u64, whole: u64, words: &'static str| {
        view! { <div class="tile" id=id><span>{name}</span><b>{format::count(part)}</b><small>"of "{format::count(whole)}" "{words}</small></div> }
    };
    let gaps = proof.findings.iter().filter(|finding| finding.code == FindingCode::Gap).count();
    let gap_words = match gaps {
        _ if proof.coverage.is_empty() => "without digests there is no telling",
        0 => "each digest continues the one before it",
        1 => "no digest speaks for it",
        _ => "no digest speaks for them",
    };
    let proven = proof
        .coverage
        .iter()
        .filter(|chain| !chain.windows.is_empty() && chain.windows.iter().all(|window| is_proven(window.state)))
        .count();
    view! {
        <div class="tiles">
            {tile("tile-logs", "Log files", logs.valid, all_logs, "verified")}
            {tile("tile-digests", "Digest files", of_digests(|counts| counts.valid), all_digests, "verified")}
            {tile("tile-events", "Events", summary.events.valid, summary.events.total, "in verified log files")}
            {tile("tile-chains", "Chains", proven as u64, proof.coverage.len() as u64, "without exception")}
            <div class="tile" id="tile-gaps"><span>"Gaps"</span><b>{format::count(gaps as u64)}</b><small>{gap_words}</small></div>
        </div>
    }
}

#[component]
fn Chains(proof: Arc<Proof>) -> impl IntoView {
    let rows = proof.coverage.iter().map(|chain| view! { <ChainView chain=chain.clone() /> }).collect_view();
    (!proof.coverage.is_empty()).then(|| view! { <section class="block"><h3>"Digest chains"</h3>{rows}</section> })
}

/// One chain: its covered time, and each stretch that is not proven.
#[component]
fn ChainView(chain: ChainCoverage) -> impl IntoView {
    let desk = use_desk();
    let runs = runs(&chain.windows);
    let covered: i64 = chain.windows.iter().filter(|window| is_proven(window.state)).map(|window| window.end.since(window.start)).sum();
    let open: Vec<_> = runs.iter().filter(|(_, state, _)| !is_proven(*state)).cloned().collect();
    let more = open.len().saturating_sub(MOST_RUNS);
    let exceptions = open.into_iter().take(MOST_RUNS).map(|(range, state, many)| {
        let words = format!("{} · {}", format::dated_range(range), format::length(range.millis()));
        let digests = if many > 1 { format!(" ({})", format::counted(many, "window", "windows")) } else { String::new() };
        let show = move |_| desk.show_time(range);
        view! { <li><span class=format!("swatch {}", state_class(state))></span><button type="button" class="link" title="Show the events of this time" on:click=show>{words}</button><span>{state_words(state)}{digests}</span></li> }
    });
    let exceptions = exceptions.collect_view();
    let span =
        chain.windows.first().zip(chain.windows.last()).map(|(first, last)| format::dated_range(TimeRange::new(first.start, last.end)));
    let backfill = if chain.chain.kind == ChainKind::Backfill { " · backfill digests" } else { "" };
    let name = format!("{} · {}", chain.chain.account, chain.chain.region);
    let of = format!(" · trail {} (home Region {}){backfill}", chain.chain.trail, chain.chain.home_region);
    view! {
        <div class="chain">
            <p><b>{format::plain(&name).into_owned()}</b><span class="dim">{format::plain(&of).into_owned()}</span></p>
            <p class="dim">{span}{format!(" · {} proven in {}", format::length(covered), format::counted(chain.windows.iter().filter(|window| is_proven(window.state)).count() as u64, "window", "windows"))}</p>
            <ul class="runs">{exceptions}{(more > 0).then(|| view! { <li class="dim">{format!("and {} more", format::count(more as u64))}</li> })}</ul>
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
        view! { <tr data-finding=named><th scope="row"><code>{code}</code></th><td><p>{format::plain(&finding.message).into_owned()}</p><code class="dim">{format::plain(&finding.subject).into_owned()}</code></td><td>{when}</td></tr> }
    };
    let rows = proof.findings.iter().take(MOST_FINDINGS).map(row).collect_view();
    let more = proof.findings.len().saturating_sub(MOST_FINDINGS);
    (!proof.findings.is_empty()).then(|| view! {
        <section id="findings" class="block"><h3>"Findings"</h3><table class="plain"><tbody>{rows}</tbody></table>
            {(more > 0).then(|| view! { <p class="note">{format!("And {} more: the verdict report has them all.", format::count(more as u64))}</p> })}
        </section>
    })
}

#[component]
fn Keys(proof: Arc<Proof>) -> impl IntoView {
    let row = |key: &KeyRow| {
        let valid = match (key.valid_from, key.valid_to) {
            (Some(from), Some(to)) => format::dated_range(TimeRange::new(from.0, to.0)),
            _ => "not stated".to_owned(),
        };
        let problem = key
            .problem
            .as_deref()
            .map(|problem| view! { <span class="pill invalid">{problem.to_owned()}</span><small>{key_problem_words(problem)}</small> });
        view! { <tr><th scope="row" class="fingerprint"><code>{format::plain(&key.fingerprint).into_owned()}</code><CopyButton text=key.fingerprint.clone() label="Copy the fingerprint" /></th><td>{valid}</td><td>{problem}</td></tr> }
    };
    let body = if proof.keys.is_empty() {
        view! { <p class="note">"No public keys were given: without them no signature can be checked."</p> }.into_any()
    } else {
        view! { <table class="plain"><thead><tr><th scope="col">"Fingerprint"</th><th scope="col">"AWS signs with it"</th><th></th></tr></thead><tbody>{proof.keys.iter().map(row).collect_view()}</tbody></table> }.into_any()
    };
    view! { <section id="keys" class="block"><h3>"Public keys"</h3>{body}</section> }
}

fn is_proven(state: WindowState) -> bool {
    matches!(state, WindowState::Proven | WindowState::ProvenEmpty)
}

/// Neighbouring windows of one state as one stretch, with how many they are.
fn runs(windows: &[Window]) -> Vec<(TimeRange, WindowState, u64)> {
    let mut runs: Vec<(TimeRange, WindowState, u64)> = Vec::new();
    for window in windows {
        match runs.last_mut() {
            Some((range, state, many)) if *state == window.state && range.end == window.start => {
                range.end = window.end;
                *many += 1;
            }
            _ => runs.push((TimeRange::new(window.start, window.end), window.state, 1)),
        }
    }
    runs
}

fn state_class(state: WindowState) -> &'static str {
    match state {
        WindowState::Proven => "valid",
        WindowState::ProvenEmpty => "empty",
        WindowState::Unproven | WindowState::LeftOut => "unproven",
        WindowState::Invalid | WindowState::InvalidInside | WindowState::Missing => "invalid",
        WindowState::Gap => "gap",
    }
}

/// Stretches shown of one chain, and findings: more than these nobody reads on a page; the report has them all.
const MOST_RUNS: usize = 40;
const MOST_FINDINGS: usize = 200;
