//! What is said of a stretch of time that was chosen: never more than was judged.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use support::Trail;
use support::TrailBuilder;
use trailseal::integrity::Judgement;
use trailseal::integrity::WindowState;
use trailseal::integrity::report::FindingCode;
use trailseal::integrity::selection::Selection;
use trailseal::integrity::selection::select;
use trailseal::trail::TimeRange;
use trailseal::trail::Timestamp;

fn whole(judgement: &Judgement) -> TimeRange {
    let windows = || judgement.coverage.iter().flat_map(|chain| &chain.windows);
    TimeRange::new(windows().map(|window| window.start).min().unwrap(), windows().map(|window| window.end).max().unwrap())
}

fn said(trail: &Trail) -> Selection {
    let judgement = trail.judge();
    select(&judgement, whole(&judgement), &[])
}

fn drop_file(trail: &mut Trail, label: &str) {
    trail.files.retain(|file| file.label != label);
}

const DAY: &str = "12:00 log A\n12:00 digest\n13:00 log B\n13:00 digest\n14:00 log C\n14:00 digest\n15:00 digest";

#[test]
fn a_sound_chain_is_told_with_its_logs_its_key_and_what_is_assumed() {
    let selection = said(&TrailBuilder::build(DAY));
    let text = &selection.claims[0].text;
    assert!(
        text.contains(
            "for account 111122223333 in Region eu-west-1 (trail main, home Region us-east-1), 4 digests form an unbroken chain."
        ),
        "{text}"
    );
    assert!(text.contains("Of the 3 log files listed, every one is here, unchanged."), "{text}");
    assert!(text.contains("Signed under the key ") && text.contains("the signature of the newest comes from its S3 metadata."), "{text}");
    assert!(text.ends_with("it proves nothing of any real account."), "{text}");
    assert_eq!(selection.together, None);
}

#[test]
fn a_lost_digest_a_lost_log_and_a_changed_one_are_told() {
    let mut trail = TrailBuilder::build(DAY);
    drop_file(&mut trail, "13:00");
    drop_file(&mut trail, "A");
    let changed = trail.files.iter_mut().find(|file| file.label == "C").unwrap();
    changed.stored = br#"{"Records":[]}"#.to_vec();
    let selection = said(&trail);
    let claim = &selection.claims[0];
    assert!(!claim.is_unbroken);
    assert!(claim.text.contains("3 digests are proven, but they are not an unbroken chain: from "), "{}", claim.text);
    assert!(claim.text.contains(" a digest is not found."), "{}", claim.text);
    assert!(claim.text.contains("Of the 2 log files listed: 1 not as signed, 1 not found."), "{}", claim.text);
    assert!(claim.text.contains("1 log file of this time is in no digest."), "{}", claim.text);
}

#[test]
fn logging_that_was_off_is_no_unbroken_chain() {
    let selection = said(&TrailBuilder::build("12:00 digest\n13:00 stop\n16:00 start\n17:00 digest"));
    let text = &selection.claims[0].text;
    assert!(
        text.contains("4 digests are proven, but they are not an unbroken chain: from ") && text.contains("no digest speaks."),
        "{text}"
    );
}

#[test]
fn a_chain_that_starts_anew_without_a_gap_is_not_called_unbroken() {
    let selection = said(&TrailBuilder::build("12:00 digest\n13:00 stop\n14:00 start\n15:00 digest"));
    let text = &selection.claims[0].text;
    assert!(!selection.claims[0].is_unbroken && text.contains("does not follow the one before it"), "{text}");
}

#[test]
fn without_keys_nothing_is_claimed() {
    let mut trail = TrailBuilder::build(DAY);
    trail.keys = None;
    let text = &said(&trail).claims[0].text;
    assert!(text.contains("no digest is proven: from ") && text.contains("4 digests are not proven."), "{text}");
    assert!(!text.contains("Signed") && !text.contains("listed"), "{text}");
}

#[test]
fn several_chains_are_summed_up_and_time_beyond_them_is_named() {
    let trail = TrailBuilder::build(&format!("{DAY}\nregion us-east-1\n12:00 digest\n13:00 digest"));
    let judgement = trail.judge();
    let range = whole(&judgement);
    let selection = select(&judgement, TimeRange::new(range.start.plus(-1000), range.end), &[]);
    assert!(selection.together.as_ref().unwrap().contains("6 digests of 2 chains are proven; each chain is unbroken."), "{selection:?}");
    assert!(selection.claims[1].text.contains("nothing is loaded of this chain before "), "{selection:?}");
    let one = select(&judgement, range, &[judgement.coverage[1].chain.clone()]);
    assert_eq!((one.claims.len(), one.together), (1, None));
}

fn damage() -> impl Strategy<Value = Vec<(u8, usize)>> {
    prop::collection::vec((0u8..4, 0usize..12), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn unbroken_is_said_only_where_nothing_else_was_judged(damage in damage(), from in 0i64..9, length in 1i64..10, without_keys in prop::bool::weighted(0.1)) {
        let mut trail = TrailBuilder::build(
            "10:00 log A\n10:00 digest\n11:00 log B\n11:00 digest\n12:00 digest\n13:00 log C\n13:00 stop\n15:00 start\n16:00 log D\n16:00 digest\n17:00 digest\n18:00 digest",
        );
        for (kind, at) in damage {
            let at = at % trail.files.len();
            match kind {
                0 => drop(trail.files.remove(at)),
                1 => { let file = &mut trail.files[at]; let last = file.stored.len() - 1; file.stored.truncate(last / 2); }
                2 => trail.files[at].stored = trail.files[at].content.iter().map(|byte| if *byte == b'1' { b'2' } else { *byte }).collect(),
                _ => trail.signatures.retain(|(key, _)| key.as_deref() != Some(trail.files[at].path.as_str())),
            }
        }
        if without_keys {
            trail.keys = None;
        }
        let judgement = trail.judge();
        let Some(first) = judgement.coverage.first() else { return Ok(()) };
        let start = whole(&judgement).start.plus(from * 3_600_000);
        let range = TimeRange::new(start, start.plus(length * 3_600_000));
        let selection = select(&judgement, range, &[]);
        let claim = &selection.claims[0];
        let inside = || first.windows.iter().filter(|window| window.start < range.end && range.start < window.end);
        let is_proven = |state: WindowState| matches!(state, WindowState::Proven | WindowState::ProvenEmpty | WindowState::InvalidInside);
        prop_assert_eq!(claim.digests as usize, inside().filter(|window| is_proven(window.state)).count());
        prop_assert_eq!(claim.is_unbroken, claim.text.contains("unbroken chain.") || claim.text.contains(", 1 digest is proven."));
        if claim.is_unbroken {
            prop_assert!(inside().all(|window| is_proven(window.state)));
            let (first, last) = (inside().next().unwrap().start, inside().next_back().unwrap().end);
            let breaks = [FindingCode::Gap, FindingCode::LinkMismatch, FindingCode::Fork, FindingCode::Orphan, FindingCode::Cycle, FindingCode::Overlap];
            let broken = judgement.report.findings.iter().filter(|finding| breaks.contains(&finding.code)).any(|finding| {
                let (Some(start), Some(end)) = (finding.start, finding.end) else { return true };
                // A chain that starts anew where the stretch begins breaks before it, not in it.
                start.0 < last && first < end.0
            });
            prop_assert!(!broken, "{}", claim.text);
        }
        // A log counts as verified only if a row of the report says so.
        let valid = judgement.report.logs.iter().filter(|row| row.verdict == trailseal::integrity::Verdict::Valid).count() as u64;
        prop_assert!(claim.logs.verified <= valid);
        if claim.text.contains("every one is here, unchanged") {
            prop_assert!(inside().all(|window| window.state != WindowState::InvalidInside), "{}", claim.text);
        }
        prop_assert!(claim.digests == 0 || claim.text.contains("sample keys") , "what it rests on is always said");
    }
}

#[test]
fn a_time_of_which_nothing_is_loaded_is_called_so() {
    let judgement = TrailBuilder::build(DAY).judge();
    let text = &select(&judgement, TimeRange::new(Timestamp(0), Timestamp(1000)), &[]).claims[0].text;
    assert_eq!(
        text,
        "Between 1970-01-01T00:00:00Z and 1970-01-01T00:00:01Z, for account 111122223333 in Region eu-west-1 (trail main, home Region us-east-1), no digest is loaded."
    );
}
