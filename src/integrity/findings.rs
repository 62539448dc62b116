//! What is odd about the whole: names that mislead, chains that end early or are absent, trails beside the trail, moves.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;

use crate::integrity::chain::DigestChain;
use crate::integrity::chain::Holds;
use crate::integrity::evidence::FileKind;
use crate::integrity::evidence::GivenFile;
use crate::integrity::evidence::unpacked;
use crate::integrity::location::base_of;
use crate::integrity::log_verdict::ROUNDING;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::rows::Rows;
use crate::integrity::scene::Scene;
use crate::integrity::scene::finding;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Verdict;
use crate::trail::ids::ChainKind;
use crate::trail::object_key::KeyKind;
use crate::trail::object_key::ObjectKey;
use crate::trail::time::HOUR;
use crate::trail::time::Timestamp;

/// The newest stamp among the logs of each account and Region.
type NewestLogs<'a> = HashMap<(&'a str, &'a str), Timestamp>;

fn newest_logs<'a>(files: &[&'a GivenFile]) -> NewestLogs<'a> {
    let mut newest_logs = NewestLogs::new();
    for file in files {
        if let KeyKind::Log(name) = &file.name.kind {
            let newest = newest_logs.entry((&name.account, &name.region)).or_insert(name.stamp);
            *newest = name.stamp.max(*newest);
        }
    }
    newest_logs
}

/// As above, of the logs that no digest lists but disproven ones: what another trail's digest proves has not outlived its proof.
fn newest_open_logs<'a>(scene: &Scene<'_, 'a>) -> NewestLogs<'a> {
    let is_disproven = |index: usize| scene.verdicts.get(index).is_some_and(|verdict| verdict.judged.verdict == Verdict::Invalid);
    let listed = scene.listings.entries.iter().filter(|entry| entry.listings.iter().all(|listing| is_disproven(listing.digest)));
    let mut open: Vec<&GivenFile> = listed.flat_map(|entry| entry.files.iter().map(|(_, file)| *file)).collect();
    open.extend(&scene.listings.unlisted);
    newest_logs(&open)
}

/// Where a trail has digests.
type AccountsAndRegions<'a> = (BTreeSet<&'a str>, BTreeSet<&'a str>);

/// Adds every finding that is not about a single chain's links and windows.
pub(crate) fn find_all(scene: &Scene<'_, '_>, files: &[&GivenFile], rows: &Rows, findings: &mut Vec<Finding>) {
    find_misleading(files, findings);
    let newest_open_logs = newest_open_logs(scene);
    find_early_ends(scene, &newest_open_logs, findings);
    find_absent(scene, &newest_open_logs, findings);
    find_unvalidated(scene, rows, findings);
    find_moves(rows, findings);
}

fn find_misleading(files: &[&GivenFile], findings: &mut Vec<Finding>) {
    // A digest that somebody renamed is no trap; in a bucket, or a copy of one, it is. A browser's or a desktop's `… (1).json.gz` and
    // `… - Copy.json.gz` are none anywhere: the digest's own name is still there, so what they sort before is what it sorts before.
    let renamed = |file: &GivenFile| match &file.facts.kind {
        FileKind::Digest(Ok(digest)) if file.facts.place.is_none() => {
            let own = unpacked(base_of(&digest.place.key));
            file.name.from_aws_logs().is_none() || file.base.starts_with(own.strip_suffix(".json").unwrap_or(own))
        }
        _ => false,
    };
    let is_aside = |file: &GivenFile| matches!(file.facts.kind, FileKind::Signatures | FileKind::KeyList);
    // A name that can be read is not looked at once more.
    let is_read = |file: &GivenFile| file.name.kind != KeyKind::Other;
    for file in files.iter().filter(|file| !is_read(file) && file.name.is_misleading() && !renamed(file) && !is_aside(file)) {
        let message = format!(
            "Its name looks like a digest's but is none. In the bucket it can hide all digests after it from the AWS CLI: find out who put it there. {}",
            file.facts.source
        );
        findings.push(finding(FindingCode::MisleadingName, file.name.path.clone(), message, None));
    }
}

/// Chains that end before what was asked; where no end was asked, before their newest log or their siblings.
fn find_early_ends(scene: &Scene<'_, '_>, newest_logs: &NewestLogs<'_>, findings: &mut Vec<Finding>) {
    let hourly = || scene.chains.iter().filter(|chain| chain.id.kind == ChainKind::Hourly);
    let end_of = |chain: &DigestChain| chain.members.last().and_then(|index| scene.digests.get(*index)).map(|given| given.digest.end);
    // Another account's trail of the same name is another trail, unless both are an organization's.
    let mut newest_siblings: HashMap<(&str, &str, &str), Timestamp> = HashMap::new();
    for chain in hourly() {
        let Some(end) = end_of(chain) else { continue };
        let newest = newest_siblings.entry(trail_of(chain)).or_insert(end);
        *newest = end.max(*newest);
    }
    for chain in hourly() {
        let Some(end) = end_of(chain) else { continue };
        let log = newest_logs.get(&(chain.id.account.as_str(), chain.id.region.as_str())).copied();
        let sibling = newest_siblings.get(&trail_of(chain)).copied();
        // All Regions of a trail deliver at the same second; of an organization's accounts that is not known.
        let lag = if chain.organization.is_some() { HOUR } else { HOUR / 2 };
        let (until, what) = match (scene.asked.end, log, sibling) {
            (Some(asked), _, _) if end < asked => (asked, "the end of what was asked"),
            (Some(_), _, _) => continue,
            (None, Some(log), _) if end < log.plus(-ROUNDING) => (log, "its newest log"),
            (None, _, Some(sibling)) if sibling.since(end) >= lag => (sibling, "the digests of its trail elsewhere"),
            _ => continue,
        };
        let subject = chain.id.to_string();
        let message = format!(
            "The newest digest ends before {what}: what came after it is not proven, and digests may have been deleted. Add the newer digests. {subject}"
        );
        findings.push(finding(FindingCode::EndBeforeRange, subject, message, Some((end, until))));
    }
}

/// Owner, name and home Region: what makes chains of several Regions, or of an organization's accounts, one trail.
fn trail_of(chain: &DigestChain) -> (&str, &str, &str) {
    let owner = chain.organization.as_deref().unwrap_or(&chain.id.account);
    (owner, &chain.id.trail, &chain.id.home_region)
}

/// Accounts and Regions with logs and no digest, or whose siblings in the trail have digests. A log that another chain's digest lists
/// is in no need of a chain of its own.
fn find_absent(scene: &Scene<'_, '_>, newest_open_logs: &NewestLogs<'_>, findings: &mut Vec<Finding>) {
    let mut trails: BTreeMap<(&str, &str), AccountsAndRegions> = BTreeMap::new();
    for id in scene.chains.iter().map(|chain| &chain.id).filter(|id| id.kind == ChainKind::Hourly) {
        let (accounts, regions) = trails.entry((&id.trail, &id.home_region)).or_default();
        accounts.insert(&id.account);
        regions.insert(&id.region);
    }
    // A chain whose digests are all disproven is there all the same.
    // Not collected: that would sort, and each type's sort is 8 kB of WebAssembly.
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    told.extend(scene.chains.iter().map(|chain| (chain.id.account.as_str(), chain.id.region.as_str())));
    let is_organization = |account: &str, trail: &str| {
        scene.chains.iter().any(|chain| chain.organization.is_some() && chain.id.account == account && chain.id.trail == trail)
    };
    for ((trail, _), (accounts, regions)) in &trails {
        for (account, region) in accounts.iter().flat_map(|account| regions.iter().map(move |region| (*account, *region))) {
            if told.insert((account, region)) {
                let subject = format!("{account}/{region}/{trail}");
                let message = if is_organization(account, trail) {
                    format!(
                        "Other accounts of this trail have digests of this Region, this account has none: they may have been deleted. {subject}"
                    )
                } else {
                    format!(
                        "Other accounts have digests of a trail of this name in this Region, this account has none: they may have been deleted, or its trail is not of all Regions. {subject}"
                    )
                };
                findings.push(finding(FindingCode::ChainAbsent, subject, message, None));
            }
        }
    }
    for (account, region) in newest_open_logs.keys().copied().filter(|place| !told.contains(place)) {
        let subject = format!("{account}/{region}");
        let message =
            format!("There are logs but not one digest: nothing here can be proven. Add the digests of this account and Region. {subject}");
        findings.push(finding(FindingCode::ChainAbsent, subject, message, None));
    }
}

/// Unlisted logs in most covered hours are rather another trail than planted files.
fn find_unvalidated(scene: &Scene<'_, '_>, rows: &Rows, findings: &mut Vec<Finding>) {
    let mut hours: BTreeMap<(String, String), BTreeSet<i64>> = BTreeMap::new();
    for row in rows.logs.iter().filter(|row| row.reason == Some(Reason::InCoveredTime)) {
        if let KeyKind::Log(name) = ObjectKey::parse(row.key.as_deref().unwrap_or_default()).kind {
            hours.entry((name.account, name.region)).or_default().insert(name.stamp.0.div_euclid(HOUR));
        }
    }
    for ((account, region), hours) in hours {
        let of_place = scene.chains.iter().filter(|chain| chain.id.account == account && chain.id.region == region);
        let windows = of_place.map(|chain| chain.stretches.iter().filter(|stretch| matches!(stretch.holds, Holds::Digest(_))).count());
        let windows = windows.max().unwrap_or_default();
        // Three hours, so that one planted file is never explained away; half of them, because quiet hours have no logs.
        if hours.len() >= 3 && hours.len().saturating_mul(2) >= windows {
            let subject = format!("{account}/{region}");
            let message = format!(
                "Logs that no digest lists run evenly through the covered hours ({} of {windows}): most likely a second trail without validation delivers into the same place. {subject}",
                hours.len()
            );
            findings.push(finding(FindingCode::UnvalidatedTrail, subject, message, None));
        }
    }
}

fn find_moves(rows: &Rows, findings: &mut Vec<Finding>) {
    for (bucket, moves) in &rows.moves {
        let mut ways = moves.ways.iter();
        if let (Some((from, to)), None, 0, 2..) = (ways.next(), ways.next(), moves.same_place, moves.moved) {
            let message = format!("All {} files of this bucket lie elsewhere than they were put: from {from} to {to}", moves.moved);
            findings.push(finding(FindingCode::Moved, bucket.clone(), message, None));
        }
    }
}
