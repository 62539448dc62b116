//! Every way to tamper, lose or move has its verdict: a trail in a few words, one change, what is said of it.

mod support;

use support::TRAIL;
use support::Trail;
use support::TrailBuilder;
use support::at;
use support::forge;
use support::instant;
use trailseal::integrity::Content;
use trailseal::integrity::FileFacts;
use trailseal::integrity::FileKind;
use trailseal::integrity::Strictness;
use trailseal::integrity::report_text::Verbosity;
use trailseal::trail::FileId;

/// Three hours, one log in each of the last two.
const THREE: &str = "12:00 digest\n12:30 log A\n13:00 digest\n13:30 log B\n14:00 digest";

#[track_caller]
fn check(text: &str, change: impl FnOnce(&mut Trail), expected: &str) {
    let mut trail = TrailBuilder::build(text);
    change(&mut trail);
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(trail.lines(), expected);
}

#[test]
fn an_untouched_trail_is_all_valid() {
    check(THREE, |_| {}, "");
}

#[test]
fn files_alone_prove_all_but_the_newest() {
    check(THREE, Trail::forget_signatures, "14:00 unproven no-signature\nB unproven digest-unproven");
}

#[test]
fn a_head_object_output_without_a_key_is_tried_where_a_signature_lacks() {
    check(
        THREE,
        |t| {
            let newest = t.signatures.pop().expect("a signature").1;
            t.signatures = vec![(None, newest)];
        },
        "",
    );
}

#[test]
fn a_signature_may_be_given_by_its_s3_address() {
    check(
        THREE,
        |t| {
            let newest = t.signatures.pop().expect("a signature").1;
            t.signatures = vec![(Some(t.s3_url("14:00")), newest)];
        },
        "",
    );
}

#[test]
fn without_keys_nothing_is_proven() {
    check(
        THREE,
        |t| t.keys = None,
        "12:00 unproven key-unknown\n13:00 unproven key-unknown\n14:00 unproven key-unknown
         A unproven digest-unproven\nB unproven digest-unproven",
    );
}

#[test]
fn a_changed_log_is_seen() {
    check(THREE, |t| t.flip("A", 40), "A invalid hash-mismatch");
}

#[test]
fn a_changed_digest_is_seen_and_its_logs_are_not_proven() {
    check(THREE, |t| t.edit("13:00", "SHA-256", "SHA-255"), "13:00 invalid signature-mismatch\nA unproven digest-unproven");
    check(
        THREE,
        |t| {
            t.keep_signatures(&["14:00"]);
            t.edit("13:00", "SHA-256", "SHA-255");
        },
        // 12:00 has only the word of a digest that is disproven.
        "12:00 valid\n13:00 invalid signature-mismatch\nA unproven digest-unproven".trim_start_matches("12:00 valid\n"),
    );
}

#[test]
fn a_lost_log_is_missing() {
    check(THREE, |t| t.drop("B"), "B missing not-found");
}

#[test]
fn a_lost_digest_is_missing_and_a_gap() {
    check(THREE, |t| t.drop("13:00"), "13:00 missing not-found\nA unlisted in-gap\ngap missing 12:00-13:00 1");
}

#[test]
fn of_digests_lost_in_a_row_one_is_named_and_all_are_counted() {
    check(
        "10:00 digest\n11:00 digest\n12:00 digest\n13:00 digest\n14:00 digest",
        |t| ["11:00", "12:00", "13:00"].map(|label| t.drop(label)).into_iter().collect(),
        "13:00 missing not-found\ngap missing 10:00-13:00 3",
    );
}

#[test]
fn what_came_before_the_oldest_digest_given_was_not_asked_for() {
    check(THREE, |t| t.drop("12:00"), "");
    check(
        THREE,
        |t| {
            t.drop("12:00");
            t.asked.start = Some(instant("11:30"));
        },
        "12:00 missing not-found\ngap missing 11:00-12:00 1",
    );
}

#[test]
fn a_stop_and_a_start_are_a_gap_with_its_cause() {
    check("12:00 digest\n12:20 stop\n15:00 start\n16:00 digest", |_| {}, "gap stopped 12:20-14:00");
    check("12:00 digest\n12:20 stop\n12:50 start\n13:50 digest", |_| {}, "gap restarted 12:20-12:20");
}

#[test]
fn swapped_logs_are_both_wrong() {
    check(THREE, |t| t.swap("A", "B"), "A invalid hash-mismatch\nB invalid hash-mismatch");
}

#[test]
fn swapped_digests_are_both_at_the_wrong_place() {
    check(THREE, |t| t.swap("12:00", "13:00"), "12:00 invalid wrong-place\n13:00 invalid wrong-place\nA unproven digest-unproven");
}

#[test]
fn a_newest_digest_overwritten_with_an_older_one_is_at_the_wrong_place() {
    check(
        THREE,
        |t| {
            let older = t.file("13:00").clone();
            (t.file("14:00").stored, t.file("14:00").content) = (older.stored, older.content);
        },
        "14:00 invalid wrong-place\nB unlisted after-newest-digest\nend-before-range main",
    );
}

#[test]
fn a_digest_that_lies_about_its_own_place_is_disproven_where_it_lies() {
    let lie = |t: &mut Trail| t.edit("13:00", "T130000Z.json.gz\",\"digestPublic", "T130001Z.json.gz\",\"digestPublic");
    let expected = "13:00 invalid signature-mismatch\nA unproven digest-unproven";
    check(THREE, lie, expected);
    for (word, other) in [("digestS3Bucket\":\"trail", "digestS3Bucket\":\"liart"), ("digestS3Object\":\"AWSLogs", "digestS3Object\":\"x")]
    {
        check(THREE, |t| t.edit("13:00", word, other), expected);
        let bare = |t: &mut Trail| {
            t.edit("13:00", word, other);
            t.keep_signatures(&["14:00", "12:00"]);
        };
        check(THREE, bare, expected);
    }
    check(
        THREE,
        |t| {
            lie(t);
            t.keep_signatures(&["14:00", "12:00"]);
        },
        expected,
    );
}

#[test]
fn a_copy_by_another_name_is_valid_and_moved() {
    check(THREE, |t| t.rename("A", "evidence/one.json.gz"), "A valid moved");
    check(THREE, |t| t.rename("13:00", "digest (1).json.gz"), "13:00 valid moved");
    check(THREE, |t| t.copy("A", "x.json"), "A valid moved duplicate-of:A");
}

#[test]
fn a_second_copy_is_a_row_and_counts_no_more_than_the_first() {
    let mut trail = TrailBuilder::build(THREE);
    for label in ["A", "B", "12:00", "13:00", "14:00"] {
        let path = format!("second/{}", trail.path(label));
        trail.copy(label, &path);
    }
    let report = trail.judge().report;
    assert_eq!((report.digests.len(), report.logs.len()), (6, 4));
    let (digests, logs, events) = (report.summary.digests.valid, report.summary.logs.valid, report.summary.events.total);
    assert_eq!((digests, logs, events, report.exit_code()), (3, 2, 2, 0));
    assert!(report.text(Verbosity::Brief).0.contains("3/3 digest files valid\n2/2 log files valid"));
    // A changed copy is another file under a true one's name.
    let copy = trail.files.get_mut(5).expect("the copy of A");
    copy.stored.push(b'x');
    let report = trail.judge().report;
    assert_eq!((report.summary.logs.valid, report.summary.logs.invalid, report.exit_code()), (2, 1, 1));
}

#[test]
fn a_copy_that_a_desktop_named_misleads_nobody() {
    for suffix in [" (1)", " - Copy", " copy 2"] {
        let copy = |t: &mut Trail| {
            let path = t.path("13:00").replace(".json.gz", &format!("{suffix}.json.gz"));
            t.copy("13:00", &path);
        };
        check(THREE, copy, "13:00 valid moved duplicate-of:13:00");
    }
    let other = |t: &mut Trail| {
        let path = t.path("13:00").replace("T130000Z", "T1300_x");
        t.copy("13:00", &path);
    };
    let name = "111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_20250310T1300_x.json.gz";
    check(THREE, other, &format!("13:00 valid moved duplicate-of:13:00\nmisleading-name {name}"));
}

#[test]
fn where_a_link_alone_disproves_both_ends_are_told() {
    let fingerprint = support::signing_key(0).fingerprint();
    check(
        THREE,
        |t| t.edit("13:00", fingerprint, "abababababababababababababababab"),
        "13:00 invalid link-mismatch\nA unproven digest-unproven\nlink-mismatch 14:00",
    );
}

#[test]
fn of_bytes_after_a_digest_it_is_told_what_it_is_without_them() {
    let message = |change: &dyn Fn(&mut Trail)| {
        let mut trail = TrailBuilder::build(THREE);
        change(&mut trail);
        trail.append("13:00", b"more");
        trail.judge().report.digests.get(1).map(|row| row.message.clone()).expect("13:00")
    };
    assert!(message(&|_| {}).ends_with("Bytes after the end: 4. Without them its signature holds."));
    assert!(message(&|t| t.edit("13:00", "SHA-256", "SHA-255")).ends_with("Even without them its signature does not hold."));
    assert!(message(&|t| t.keys = None).ends_with("cannot be told: no key or no signature was given."));
}

#[test]
fn folders_of_ones_own_and_bare_names_are_no_move() {
    check(THREE, |t| t.under("case 7/copy"), "");
    check(THREE, Trail::flatten, "");
}

#[test]
fn a_log_in_another_account_folder_is_moved() {
    check(
        THREE,
        |t| {
            let path = t.path("A").replace("/2025/03/10/", "/2024/01/01/");
            t.rename("A", &path);
        },
        "A valid moved",
    );
}

#[test]
fn the_container_is_remarked_and_no_more() {
    check(THREE, |t| t.recompress("A"), "");
    check(THREE, |t| t.unpack("A"), "A valid stored-uncompressed");
    check(THREE, |t| t.unpack("13:00"), "13:00 valid stored-uncompressed");
    check(THREE, |t| t.cut("A", 8), "A valid container-truncated");
    check(THREE, |t| t.cut("A", 3), "A valid container-truncated");
    check(
        THREE,
        |t| {
            let at = t.file("A").stored.len() - 6;
            t.flip_stored("A", at, 0);
        },
        "A valid container-checksum",
    );
}

#[test]
fn strict_checking_takes_remarks_for_faults() {
    let strict = |t: &mut Trail| t.asked.strictness = Strictness::Strict;
    check(THREE, strict, "");
    check(
        THREE,
        |t| {
            strict(t);
            t.unpack("A");
        },
        "A invalid stored-uncompressed stored-uncompressed",
    );
    check(
        THREE,
        |t| {
            strict(t);
            t.rename("13:00", "x.json.gz");
        },
        "13:00 invalid moved moved\nA unproven digest-unproven",
    );
}

#[test]
fn bytes_after_the_first_member_are_a_fault() {
    check(THREE, |t| t.append("A", b"x"), "A invalid trailing-data");
    check(THREE, |t| t.append("A", &forge::gzip(b"{}")), "A invalid trailing-data");
    check(THREE, |t| t.append("13:00", b"x"), "13:00 invalid trailing-data\nA unproven digest-unproven");
}

#[test]
fn content_that_cannot_be_had_whole_is_a_fault() {
    check(THREE, |t| t.cut("A", 30), "A invalid truncated");
    check(THREE, |t| t.cut("13:00", 30), "13:00 invalid truncated\nA unlisted in-gap");
    check(THREE, |t| t.file("A").stored.clear(), "A invalid truncated");
    check(THREE, |t| t.file("A").stored = b"<html>".to_vec(), "A invalid not-gzip");
    check(THREE, |t| t.file("13:00").stored = b"{\"a\":1}".to_vec(), "13:00 invalid malformed stored-uncompressed\nA unlisted in-gap");
}

#[test]
fn unlisted_logs_are_told_by_their_time() {
    check(THREE, |t| t.plant(at("12:30"), "X"), "X unlisted in-covered-time");
    check(
        THREE,
        |t| t.plant(at("14:20"), "X"),
        "X unlisted after-newest-digest\nend-before-range 111122223333/eu-west-1/main"
            .replace("111122223333/eu-west-1/main", TRAIL)
            .as_str(),
    );
    check(THREE, |t| t.plant(at("10:20"), "X"), "X unlisted before-first-digest");
    // Within five minutes of an edge the kinder reason is taken; between two covered hours there is no edge.
    check(THREE, |t| t.plant(at("14:00"), "X"), "X unlisted after-newest-digest");
    check(THREE, |t| t.plant(at("13:00"), "X"), "X unlisted in-covered-time");
}

#[test]
fn a_second_trail_without_validation_is_thought_of() {
    check(
        "12:00 digest\n13:00 digest\n14:00 digest",
        |t| ["11:30", "12:30", "13:30"].map(|time| t.plant(at(time), time)).into_iter().collect(),
        "11:30 unlisted in-covered-time\n12:30 unlisted in-covered-time\n13:30 unlisted in-covered-time\nunvalidated-trail eu-west-1",
    );
}

#[test]
fn logs_without_any_digest_are_of_no_chain() {
    check("12:30 log A", |_| {}, "A unlisted no-chain\nchain-absent eu-west-1");
}

#[test]
fn newest_digests_that_are_gone_show_in_what_was_asked_and_in_sibling_regions() {
    check(
        THREE,
        |t| {
            t.drop("14:00");
            t.drop("B");
            t.asked.end = Some(instant("14:00"));
        },
        "end-before-range main",
    );
    check("12:00 digest\n13:00 digest\nregion us-west-2\n12:00 digest w12\n13:00 digest w13", |t| t.drop("w13"), "end-before-range main");
}

#[test]
fn a_region_whose_digests_are_gone_is_missed_among_sibling_accounts() {
    check(
        "12:00 digest\nregion us-west-2\n12:00 digest w\naccount 444455556666\n12:00 digest w4\nregion eu-west-1\n12:00 digest e4",
        |t| t.drop("e4"),
        "chain-absent main",
    );
}

#[test]
fn a_name_that_only_looks_like_a_digest_is_named() {
    check(
        THREE,
        |t| t.add("111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_20250310T2000_x.json.gz", b"junk"),
        "misleading-name 111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_20250310T2000_x.json.gz",
    );
}

#[test]
fn a_trail_whose_name_contains_another_is_a_chain_of_its_own() {
    check("12:00 digest\n13:00 digest\ntrail main_us-east-1_x\n12:00 digest x12\n13:00 digest x13", |_| {}, "");
}

#[test]
fn a_digest_signed_by_another_key_is_disproven() {
    check(
        THREE,
        |t| {
            let mut evil = TrailBuilder::build(&format!("key 2\n{THREE}"));
            let (stored, content) = (evil.file("13:00").stored.clone(), evil.file("13:00").content.clone());
            let own = support::signing_key(0).fingerprint().to_owned();
            let evils = support::signing_key(1).fingerprint().to_owned();
            (t.file("13:00").stored, t.file("13:00").content) = (stored, content);
            t.edit("13:00", &evils, &own);
        },
        "13:00 invalid signature-mismatch\nA unproven digest-unproven",
    );
}

#[test]
fn keys_that_do_not_follow_each_other_are_suspect() {
    check("key 1\n12:00 digest\n13:00 digest\nkey 2\n14:00 digest\n15:00 digest", |_| {}, "");
    let fingerprint = support::signing_key(0).fingerprint();
    check("key 2\n12:00 digest\n13:00 digest\nkey 1\n14:00 digest\n15:00 digest", |_| {}, &format!("key-suspect {fingerprint}"));
}

#[test]
fn a_key_not_valid_at_its_digests_time_is_suspect() {
    let fingerprint = support::signing_key(0).fingerprint();
    check(
        "12:00 digest",
        |t| {
            t.keys = Some(forge::list_public_keys(&[(support::signing_key(0), 0, 100)], None));
        },
        &format!("12:00 valid key-validity\nkey-suspect {fingerprint}"),
    );
}

#[test]
fn a_key_whose_bytes_are_not_its_fingerprint_proves_nothing() {
    let fingerprint = support::signing_key(0).fingerprint();
    check(
        "12:00 digest",
        |t| {
            let list = forge::list_public_keys(&[(support::signing_key(1), 0, i64::from(u32::MAX))], None);
            t.keys = Some(list.replace(support::signing_key(1).fingerprint(), fingerprint));
        },
        &format!("12:00 unproven key-unusable\nkey-mismatch {fingerprint}"),
    );
}

#[test]
fn a_log_listed_by_two_digests_counts_once() {
    check(
        "12:00 digest\n12:30 log A\n13:00 digest",
        |t| {
            let extra = TrailBuilder::build("trail other\n12:30 log A\n13:00 digest o13");
            t.labels.extend(extra.labels.clone());
            t.signatures.extend(extra.signatures.clone());
            t.files.extend(extra.files.iter().filter(|file| file.label == "o13").cloned());
        },
        "A valid listed-twice",
    );
}

#[test]
fn metadata_that_does_not_hold_is_remarked_where_the_successor_proves() {
    check(
        THREE,
        |t| {
            let (key, signature) = t.signatures.get_mut(1).expect("of 13:00");
            assert!(key.as_ref().is_some_and(|key| key.contains("T130000Z")));
            *signature = signature.chars().rev().collect();
        },
        "13:00 valid signature-metadata-differs",
    );
    check(
        "12:00 digest",
        |t| t.signatures.iter_mut().for_each(|(_, signature)| *signature = "zz".to_owned()),
        "12:00 invalid signature-malformed",
    );
}

#[test]
fn a_forged_successor_makes_a_fork_and_accuses_nobody() {
    check(
        THREE,
        |t| {
            let mut twin = t.file("14:00").clone();
            twin.label = "twin".to_owned();
            let text = String::from_utf8(twin.content)
                .expect("JSON")
                .replace("_20250310T140000Z", "_20250310T140100Z")
                .replace("T14:00:00Z", "T14:01:00Z");
            t.add("AWSLogs/twin.json.gz", text.as_bytes());
        },
        "111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_20250310T140100Z.json.gz unproven no-signature
         B valid listed-twice
         fork main",
    );
}

#[test]
fn backfill_digests_are_a_chain_of_their_own() {
    check("12:00 digest\n13:00 digest\n12:45 log L\nbackfill 13:00", |_| {}, "");
}

#[test]
fn one_move_of_everything_is_one_finding() {
    let mut trail = TrailBuilder::build(THREE);
    for file in &mut trail.files {
        file.path = file.path.replace("AWSLogs/111122223333/", "AWSLogs/restored/111122223333/");
    }
    let lines = trail.lines();
    assert_eq!(lines.iter().filter(|line| line.starts_with("moved ")).count(), 1, "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| line.ends_with("valid moved")).count(), 5, "{lines:#?}");
}

#[test]
fn a_bare_array_is_ignored_as_a_file_but_its_rows_have_a_verdict() {
    let mut trail = TrailBuilder::build(THREE);
    trail.add("export.json", b"[{\"eventName\":\"x\"}]");
    let judgement = trail.judge();
    assert_eq!(judgement.report.ignored.first().map(|row| row.why.as_str()), Some("not a delivered log file"));
    let last = judgement.files.last().and_then(Option::as_ref).expect("a verdict for its rows");
    assert_eq!((last.verdict.slug(), last.reason.map(|reason| reason.slug())), ("unlisted", Some("no-chain")));
    assert_eq!(judgement.report.exit_code(), 0);
}

#[test]
fn windows_of_linked_digests_have_to_meet() {
    let start = r#""digestStartTime":"2025-03-10T13:00:00Z""#;
    let newest_from = |clock: &'static str| {
        move |t: &mut Trail| {
            t.edit("14:00", start, &start.replace("13:00", clock));
            t.keep_signatures(&["12:00", "13:00"]);
        }
    };
    let open = "14:00 unproven no-signature\nB unproven digest-unproven";
    check(THREE, newest_from("13:20"), &format!("{open}\ngap time-hole 13:00-13:20"));
    check(THREE, newest_from("12:40"), &format!("{open}\noverlap main"));
}

#[test]
fn a_digest_that_names_itself_ends_the_walk() {
    check(
        THREE,
        |t| {
            t.edit("14:00", r#"T130000Z.json.gz","previousDigestHashValue"#, r#"T140000Z.json.gz","previousDigestHashValue"#);
            t.forget_signatures();
        },
        "14:00 unproven no-signature\nB unproven digest-unproven\nlink-mismatch 14:00\ncycle 14:00",
    );
}

#[test]
fn a_digest_off_the_chain_is_an_orphan() {
    check(
        "12:00 digest\n13:00 digest",
        |t| {
            let extra = TrailBuilder::build("12:30 start");
            t.labels.extend(extra.labels);
            t.signatures.extend(extra.signatures);
            t.files.extend(extra.files);
        },
        "gap restarted 12:00-12:00\norphan 12:30\noverlap main",
    );
}

#[test]
fn what_cannot_be_read_is_not_disproven() {
    let mut trail = TrailBuilder::build(THREE);
    let (log, digest) = (trail.path("A"), trail.path("13:00"));
    let judge = |path: &str, kind: FileKind| {
        let mut evidence = trail.evidence(&(0..trail.files.len()).collect::<Vec<_>>());
        let at = trail.files.iter().position(|file| file.path == path).expect("a file");
        let id = FileId(u32::try_from(at).expect("few"));
        evidence.admit(FileFacts::new(id, path, Content::unread("403"), kind));
        support::lines(&evidence.judge(&trail.asked).report, &trail.labels)
    };
    assert_eq!(judge(&log, FileKind::Log), ["A unproven not-readable"]);
    let lines = judge(&digest, FileKind::Digest(Err("403".to_owned())));
    assert_eq!(lines, ["13:00 unproven not-readable", "A unlisted in-gap"]);
}

#[test]
fn exit_codes_tell_proven_disproven_and_open_apart() {
    let code = |text: &str, change: &dyn Fn(&mut Trail)| {
        let mut trail = TrailBuilder::build(text);
        change(&mut trail);
        trail.judge().report.exit_code()
    };
    assert_eq!(code(THREE, &|_| {}), 0);
    assert_eq!(code(THREE, &|t| t.flip("A", 9)), 1);
    assert_eq!(code(THREE, &|t| t.drop("A")), 1);
    assert_eq!(code(THREE, &|t| t.plant(at("12:30"), "X")), 1);
    assert_eq!(code(THREE, &|t| t.forget_signatures()), 3);
    assert_eq!(code(THREE, &|t| t.plant(at("15:30"), "X")), 3);
    assert_eq!(code("12:00 digest\n12:20 stop\n15:00 start", &|_| {}), 3);
    assert_eq!(code("12:00 digest\n12:20 stop\n12:50 start", &|_| {}), 0);
    assert_eq!(code("", &|_| {}), 2);
}
