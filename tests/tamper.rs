//! Laws: no change of content goes unnoticed, no change of container or place accuses, and the order of arrival never matters.

mod support;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::OnceLock;

use proptest::prelude::*;
use support::TestFile;
use support::Trail;
use support::TrailBuilder;
use support::forge;
use support::settle;
use trailseal::integrity::Asked;
use trailseal::integrity::Evidence;
use trailseal::integrity::GivenSignature;
use trailseal::integrity::Judgement;
use trailseal::integrity::PublicKey;
use trailseal::integrity::Stage;
use trailseal::integrity::Strictness;
use trailseal::integrity::Verdict;
use trailseal::integrity::judging::Judging;
use trailseal::trail::FileId;

/// Two Regions, a stop, a rotation of keys, an hour of nothing.
fn trail() -> &'static Trail {
    static TRAIL: OnceLock<Trail> = OnceLock::new();
    TRAIL.get_or_init(|| {
        TrailBuilder::build(
            "10:00 digest\n10:20 log A\n10:40 log B\n11:00 digest\n12:00 digest\n12:30 log C\n12:40 stop\n16:00 start\n16:30 log D\nkey 2\n17:00 digest
             key 1\nregion us-west-2\n10:00 digest w10\n10:30 log E\n11:00 digest w11\n11:30 log F\n12:00 digest w12",
        )
    })
}

const LOGS: [&str; 6] = ["A", "B", "C", "D", "E", "F"];
const DIGESTS: [&str; 8] = ["10:00", "11:00", "12:00", "12:40", "16:00", "17:00", "w10", "w11"];

fn verdicts(judgement: &Judgement) -> Vec<Verdict> {
    judgement.files.iter().flatten().map(|judged| judged.verdict).collect()
}

fn verdict_of(trail: &Trail, label: &str) -> Verdict {
    let at = trail.files.iter().position(|file| file.label == label).expect("a file of this label");
    trail.judge().files.get(at).and_then(Option::as_ref).expect("a verdict").verdict
}

fn is_invalid(trail: &Trail) -> bool {
    verdicts(&trail.judge()).contains(&Verdict::Invalid)
}

/// Its content is proven by the copy, which lies at another digest's place; the file itself is not what was signed.
#[test]
fn a_digest_with_a_tail_is_not_valid_for_a_copy_elsewhere() {
    let mut trail = trail().clone();
    let copy = trail.file("17:00").clone();
    (trail.file("10:00").stored, trail.file("10:00").content) = (copy.stored, copy.content);
    trail.append("17:00", b"x");
    assert_eq!([verdict_of(&trail, "10:00"), verdict_of(&trail, "17:00")], [Verdict::Invalid, Verdict::Invalid]);
}

#[test]
fn the_untouched_trail_is_valid() {
    assert!(verdicts(&trail().judge()).iter().all(|verdict| *verdict == Verdict::Valid));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn changed_content_of_a_log_is_never_valid(which in 0usize..6, at in 0usize..400) {
        let mut trail = trail().clone();
        trail.flip(LOGS[which], at);
        prop_assert_eq!(verdict_of(&trail, LOGS[which]), Verdict::Invalid);
    }

    #[test]
    fn changed_content_of_a_digest_is_never_valid(which in 0usize..8, at in 0usize..900) {
        let mut trail = trail().clone();
        trail.flip(DIGESTS[which], at);
        prop_assert_ne!(verdict_of(&trail, DIGESTS[which]), Verdict::Valid);
    }

    #[test]
    fn a_flipped_stored_byte_leaves_the_content_or_is_not_valid(which in 0usize..6, at in 0usize..400, bit in 0u8..8) {
        let mut trail = trail().clone();
        trail.flip_stored(LOGS[which], at, bit);
        let file = trail.file(LOGS[which]).clone();
        if verdict_of(&trail, LOGS[which]) == Verdict::Valid {
            prop_assert_eq!(support::inflate(&file.stored, 64).1, file.content);
        }
    }

    #[test]
    fn appended_bytes_are_never_valid(which in 0usize..6, tail in proptest::collection::vec(any::<u8>(), 1..20)) {
        let mut trail = trail().clone();
        trail.append(LOGS[which], &tail);
        prop_assert_eq!(verdict_of(&trail, LOGS[which]), Verdict::Invalid);
    }

    #[test]
    fn swapped_logs_are_never_valid(one in 0usize..6, other in 0usize..6) {
        prop_assume!(one != other);
        let mut trail = trail().clone();
        trail.swap(LOGS[one], LOGS[other]);
        prop_assert_eq!(verdict_of(&trail, LOGS[one]), Verdict::Invalid);
        prop_assert_eq!(verdict_of(&trail, LOGS[other]), Verdict::Invalid);
    }

    /// The first law in full: whatever is done to the files, and however often, only what was signed for a place is called valid there.
    #[test]
    fn nothing_is_valid_but_what_was_signed_for_its_place(
        actions in proptest::collection::vec((0u8..8, 0usize..14, 0usize..14, 0usize..900), 1..9), metadata in 0u8..3,
    ) {
        let signed: BTreeMap<String, Vec<u8>> = trail().files.iter().map(|file| (file.path.clone(), file.content.clone())).collect();
        let trail = wounded(&actions, metadata);
        let report = trail.judge().report;
        let digests = report.digests.iter().map(|row| (row.verdict, &row.key, &row.source));
        for (verdict, key, source) in digests.chain(report.logs.iter().map(|row| (row.verdict, &row.key, &row.source))) {
            let signed = key.as_ref().and_then(|key| signed.get(key));
            if verdict == Verdict::Valid {
                let file = trail.files.iter().find(|file| Some(&file.path) == source.as_ref()).expect("a valid file is given");
                let (content, inflated) = support::inflate(&file.stored, 512);
                prop_assert!(Some(&inflated) == signed, "{key:?}: {:#?}", trail.lines());
                prop_assert!(content.flaw.is_none(), "{key:?}");
            }
        }
        // And no file that is not as it was delivered is passed over in silence.
        let is_changed = |file: &TestFile| {
            let (content, inflated) = support::inflate(&file.stored, 512);
            content.flaw.is_some() || signed.get(&file.path) != Some(&inflated)
        };
        prop_assert!(!trail.files.iter().any(is_changed) || report.exit_code() != 0, "{:#?}", trail.lines());
    }

    /// Judged in steps of any length it comes to the very same: verdicts, report, JSON; settled, cut short and while files arrive.
    #[test]
    fn steps_change_no_judgement(
        actions in proptest::collection::vec((0u8..8, 0usize..14, 0usize..14, 0usize..900), 0..9), metadata in 0u8..3, stage in 0usize..3,
        budget in 1usize..4000, strict in any::<bool>(),
    ) {
        let trail = wounded(&actions, metadata);
        let strictness = if strict { Strictness::Strict } else { Strictness::Content };
        let asked = Asked { stage: [Stage::Settled, Stage::CutShort, Stage::Arriving][stage], strictness, ..trail.asked };
        let order: Vec<usize> = (0..trail.files.len()).collect();
        let evidence = Rc::new(trail.evidence(&order));
        let mut judging = Judging::of(evidence.clone(), asked);
        let mut steps = 0;
        let stepped = loop {
            steps += 1;
            match judging.step(budget) {
                Ok(judgement) => break judgement,
                Err(rest) => judging = rest,
            }
        };
        let whole = evidence.judge(&asked);
        prop_assert!(steps > 2, "in {steps} steps nothing is shown");
        prop_assert_eq!(serde_json::to_string(&stepped.report).ok(), serde_json::to_string(&whole.report).ok());
        prop_assert_eq!(stepped, whole);
    }

    #[test]
    fn appended_bytes_make_no_digest_valid(which in 0usize..8, tail in proptest::collection::vec(any::<u8>(), 1..20)) {
        let mut trail = trail().clone();
        trail.append(DIGESTS[which], &tail);
        prop_assert_eq!(verdict_of(&trail, DIGESTS[which]), Verdict::Invalid);
    }

    #[test]
    fn swapped_digests_are_never_valid(one in 0usize..8, other in 0usize..8) {
        prop_assume!(one != other);
        let mut trail = trail().clone();
        trail.swap(DIGESTS[one], DIGESTS[other]);
        prop_assert_eq!(verdict_of(&trail, DIGESTS[one]), Verdict::Invalid);
        prop_assert_eq!(verdict_of(&trail, DIGESTS[other]), Verdict::Invalid);
    }

    #[test]
    fn a_dropped_file_is_missing_or_leaves_its_time_open(which in 0usize..6) {
        let mut trail = trail().clone();
        let key = trail.key_of(LOGS[which]);
        trail.drop(LOGS[which]);
        let report = trail.judge().report;
        let row = report.logs.iter().find(|row| row.key.as_deref() == Some(&key)).expect("a row");
        prop_assert_eq!((row.verdict, report.exit_code()), (Verdict::Missing, 1));
    }

    #[test]
    fn copying_packing_and_moving_never_accuse(actions in proptest::collection::vec((0usize..14, 0u8..6), 0..12), folder in "[a-z /]{0,12}") {
        let mut trail = trail().clone();
        let labels: Vec<&str> = LOGS.iter().chain(&DIGESTS).copied().collect();
        for (which, action) in actions {
            let label = labels[which];
            match action {
                0 => trail.recompress(label),
                1 => trail.unpack(label),
                2 => trail.cut(label, which % 9),
                3 => trail.rename(label, &format!("copies/{which}.bin")),
                4 => trail.copy(label, &format!("{folder}/{which} copy.json")),
                _ => trail.under(&folder),
            }
        }
        // Cutting twice, or cutting what is not packed, cuts into the content: that is no longer honest.
        let whole = trail.files.iter().all(|file| support::inflate(&file.stored, 99).1 == file.content);
        prop_assume!(whole && trail.files.iter().all(|file| support::inflate(&file.stored, 99).0.flaw.is_none()));
        prop_assert!(verdicts(&trail.judge()).iter().all(|verdict| *verdict == Verdict::Valid), "{:#?}", trail.lines());
    }

    #[test]
    fn a_digest_signed_by_another_key_proves_nothing(which in 0usize..3) {
        let mut trail = trail().clone();
        let label = DIGESTS[which];
        let forged = String::from_utf8(trail.file(label).content.clone()).expect("JSON");
        let forged = forged.replace(support::signing_key(0).fingerprint(), support::signing_key(1).fingerprint());
        trail.file(label).content = forged.clone().into_bytes();
        trail.file(label).stored = forge::gzip(forged.as_bytes());
        // Only the attacker's key for this fingerprint is missing: the true key of that fingerprint did not sign this.
        prop_assert_ne!(verdict_of(&trail, label), Verdict::Valid);
    }

    #[test]
    fn the_order_of_arrival_never_matters(seed in any::<u64>(), drop in 0usize..14, change in 0usize..6, late in 0usize..15) {
        let mut trail = trail().clone();
        let label = LOGS.iter().chain(&DIGESTS).nth(drop).copied().expect("a label");
        if label != LOGS[change] {
            trail.flip(LOGS[change], 33);
        }
        trail.drop(label);
        trail.copy("w12", "w12 copy.json");
        let plain: Vec<usize> = (0..trail.files.len()).collect();
        let expected = trail.evidence(&plain).judge(&trail.asked);

        let order = shuffled(seed, trail.files.len());
        let evidence = admit_piecemeal(&trail, &order, late);
        let found = evidence.judge(&trail.asked);
        prop_assert_eq!(&found.report, &expected.report);
        prop_assert_eq!(&found.lacking, &expected.lacking);
        prop_assert_eq!(&found.claims, &expected.claims);
        for (place, index) in order.iter().enumerate() {
            prop_assert_eq!(found.files.get(place), expected.files.get(*index));
        }
    }

    #[test]
    fn junk_beside_honest_files_takes_nothing_from_them(
        which in 0usize..8, edits in proptest::collection::vec((0usize..2000, 0u8..10), 1..6), place in 0u8..4, metadata in 0u8..3, lost in 0usize..30,
    ) {
        let mut trail = trail().clone();
        match metadata {
            0 => trail.forget_signatures(),
            1 => trail.keep_signatures(&["17:00"]),
            _ => {}
        }
        if let Some(label) = DIGESTS.get(lost) {
            trail.drop(label);
        }
        let before: Vec<_> = trail.judge().files.into_iter().flatten().map(|judged| (judged.verdict, judged.reason)).collect();
        let source = TrailBuilder::build("10:00 digest\n10:20 log A\n10:40 log B\n11:00 digest\n12:00 digest\n12:30 log C\n12:40 digest\n13:40 digest\n14:40 digest\n15:40 digest\n16:40 digest");
        let digests: Vec<_> = source.files.iter().filter(|file| file.path.contains("Digest")).collect();
        let junk = digests[which];
        // Digits are changed and nothing else, so that it reads as a digest: of another time, place, hash or signature.
        let mut bytes = junk.content.clone();
        for (at, digit) in edits {
            let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            bytes[digits[at % digits.len()]] = b'0' + digit;
        }
        let path = match place {
            0 => "junk.json.gz".to_owned(),
            1 => junk.path.replace("Z.json", "Z (1).json"),
            2 => junk.path.replace("main", "niam"),
            _ => format!("other/{}", junk.path),
        };
        let honest = trail.files.len();
        trail.add(&path, &bytes);
        let after: Vec<_> = trail.judge().files.into_iter().take(honest).flatten().map(|judged| (judged.verdict, judged.reason)).collect();
        for (was, is) in before.iter().zip(&after) {
            let kept = was == is || (was.0 != Verdict::Valid && !matches!(is.0, Verdict::Invalid | Verdict::Missing));
            prop_assert!(kept, "{was:?} → {is:?}: {:#?}", trail.lines());
        }
    }

    #[test]
    fn any_loss_accuses_no_file_that_is_there(kept in proptest::collection::vec(any::<bool>(), 15), signatures in any::<bool>()) {
        let mut trail = trail().clone();
        let mut kept = kept.into_iter();
        trail.files.retain(|_| kept.next().unwrap_or(true));
        if !signatures {
            trail.forget_signatures();
        }
        prop_assert!(!is_invalid(&trail), "{:#?}", trail.lines());
    }
}

/// The trail after these acts, with all signatures given beside the files, with two, or with none.
fn wounded(actions: &[(u8, usize, usize, usize)], metadata: u8) -> Trail {
    let mut trail = trail().clone();
    match metadata {
        0 => trail.forget_signatures(),
        1 => trail.keep_signatures(&["17:00", "w12"]),
        _ => {}
    }
    for (action, one, other, at) in actions.iter().copied() {
        wound(&mut trail, action, (one, other), at);
    }
    trail
}

/// One act of somebody who may write into the bucket, and has a key of his own.
fn wound(trail: &mut Trail, action: u8, (one, other): (usize, usize), at: usize) {
    let labels: Vec<&str> = LOGS.iter().chain(&DIGESTS).copied().collect();
    let (Some(one), Some(other)) = (labels.get(one).copied(), labels.get(other).copied()) else { return };
    if !trail.files.iter().any(|file| file.label == one) || !trail.files.iter().any(|file| file.label == other) {
        return;
    }
    match action {
        0 => trail.flip(one, at),
        1 => trail.append(one, &[u8::try_from(at % 256).unwrap_or_default()]),
        2 => trail.swap(one, other),
        3 => trail.drop(one),
        4 => trail.cut(one, at),
        5 if !trail.file(one).stored.is_empty() => trail.flip_stored(one, at, 3),
        5 => {}
        6 => {
            let taken = trail.file(other).clone();
            (trail.file(one).stored, trail.file(one).content) = (taken.stored, taken.content);
        }
        _ => resign(trail, one),
    }
}

/// Empties a digest's list and signs it with another key, under the fingerprint of the true one; its metadata says so too.
fn resign(trail: &mut Trail, label: &str) {
    let Ok(mut digest) = serde_json::from_slice::<serde_json::Value>(&trail.file(label).content) else { return };
    if digest["digestS3Object"].is_null() {
        return;
    }
    digest["logFiles"] = serde_json::json!([]);
    digest["newestEventTime"] = "2025-03-10T00:00:00Z".into();
    let content = serde_json::to_vec(&digest).expect("JSON");
    let word = |field: &str| digest[field].as_str().unwrap_or("null").to_owned();
    let (end, bucket, key) = (word("digestEndTime"), word("digestS3Bucket"), word("digestS3Object"));
    let string = format!("{end}\n{bucket}/{key}\n{}\n{}", forge::sha256(&content), word("previousDigestSignature"));
    let others = usize::from(word("digestPublicKeyFingerprint") == support::signing_key(0).fingerprint());
    let signature = support::signing_key(others).sign(string.as_bytes());
    trail.signatures.retain(|(stated, _)| stated.as_ref() != Some(&key));
    trail.signatures.push((Some(key), signature));
    (trail.file(label).stored, trail.file(label).content) = (forge::gzip(&content), content);
}

/// Files, keys and signatures mixed; checks done in between, keys and signatures after the `late`-th file.
fn admit_piecemeal(trail: &Trail, order: &[usize], late: usize) -> Evidence {
    let mut evidence = Evidence::default();
    for (place, index) in order.iter().enumerate() {
        let file = trail.files.get(*index).expect("a file");
        evidence.admit(support::read(FileId(u32::try_from(place).expect("few")), &file.path, &file.stored, 100));
        if place == late {
            let keys = trail.keys.as_deref().and_then(|keys| PublicKey::parse_list(keys.as_bytes())).expect("keys");
            evidence.admit_keys(keys.into_iter().rev().collect());
        }
        if place % 3 == late % 3 {
            settle(&mut evidence);
            let _ = evidence.judge(&trail.asked);
        }
    }
    if late >= order.len() {
        evidence.admit_keys(PublicKey::parse_list(trail.keys.as_deref().unwrap_or_default().as_bytes()).expect("keys"));
    }
    for (key, signature) in trail.signatures.iter().rev() {
        let signature =
            GivenSignature { key: key.clone(), signature: signature.clone(), algorithm: None, generated: None, source: String::new() };
        evidence.admit_signatures(vec![signature]);
    }
    settle(&mut evidence);
    assert_eq!(evidence.checks_open(), 0);
    evidence
}

/// Fisher–Yates with a small generator of its own: the test needs no randomness from outside.
fn shuffled(seed: u64, length: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    let mut state = seed | 1;
    for place in (1..length).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(place, usize::try_from(state >> 33).unwrap_or_default() % (place + 1));
    }
    order
}
