//! The buckets, and where the two programs are known to say something else.

use super::bucket::AUDIT_DAYS;
use super::bucket::AUDIT_VIRGINIA;
use super::bucket::Bucket;
use super::bucket::Edition;
use super::bucket::SHOP_DAYS;
use super::bucket::SHOP_IRELAND;
use super::bucket::SHOP_VIRGINIA;
use super::bucket::Twist;
use super::bucket::at;
use super::bucket::sign_sha_1;
use super::scene::Scene;
use super::scene::known;
use super::table::NOTHING;
use super::why;

pub const SCENES: &[Scene] = &[
    Scene { name: "honest", what: "as CloudTrail left it, the keys change at noon", make: Bucket::honest, known: &[] },
    Scene {
        name: "modified log",
        what: "an event of log C is another one",
        make: || Bucket::changed(|bucket| bucket.edit("log C", "PutC", "GetC")),
        known: &[],
    },
    Scene { name: "missing log", what: "log C is deleted", make: || Bucket::changed(|bucket| bucket.remove("log C")), known: &[] },
    Scene {
        name: "modified digest",
        what: "digest 12:00 no longer lists log D as it was",
        make: || Bucket::changed(|bucket| bucket.edit("digest 12:00", "\"oldestEventTime\":\"2025", "\"oldestEventTime\":\"2024")),
        known: &[known("log D", NOTHING, "unproven digest-unproven", why::LOGS_OF_NO_PROOF)],
    },
    Scene {
        name: "missing digest",
        what: "digest 12:00 is deleted",
        make: || Bucket::changed(|bucket| bucket.remove("digest 12:00")),
        known: &[
            known("log D", NOTHING, "unlisted in-gap", why::IN_NO_DIGEST),
            known("gap", NOTHING, "missing, 1 lost", why::LOST_IN_A_ROW),
        ],
    },
    Scene {
        name: "three digests gone",
        what: "digests 11:00, 12:00 and 13:00 are deleted, their logs are there",
        make: || {
            Bucket::changed(|bucket| ["digest 11:00", "digest 12:00", "digest 13:00"].into_iter().for_each(|label| bucket.remove(label)))
        },
        known: &[known("log", NOTHING, "unlisted in-gap", why::IN_NO_DIGEST), known("gap", NOTHING, "missing, 3 lost", why::LOST_IN_A_ROW)],
    },
    Scene {
        name: "appended to a log",
        what: "bytes after the gzip member of log C",
        make: || Bucket::changed(|bucket| bucket.object("log C").bytes.extend_from_slice(b"more")),
        known: &[],
    },
    Scene {
        name: "appended to a digest",
        what: "bytes after the gzip member of digest 12:00",
        make: || Bucket::changed(|bucket| bucket.object("digest 12:00").bytes.extend_from_slice(b"more")),
        known: &[
            known("digest 12:00", "valid", "invalid trailing-data", why::AFTER_THE_DIGEST),
            known("log D", "valid", "unproven digest-unproven", why::AFTER_THE_DIGEST),
            known("exit code", "0", "1", why::AFTER_THE_DIGEST),
        ],
    },
    Scene {
        name: "cut trailer",
        what: "the last eight bytes of log C, gzip's checksum and length, are cut off",
        make: || Bucket::changed(|bucket| bucket.cut("log C", 8)),
        known: &[],
    },
    Scene {
        name: "unlisted log",
        what: "a log of 11:45 that CloudTrail never delivered",
        make: || Bucket::changed(|bucket| bucket.plant("11:45", "Z")),
        known: &[known("log Z", NOTHING, "unlisted in-covered-time", why::IN_NO_DIGEST), known("exit code", "0", "1", why::IN_NO_DIGEST)],
    },
    Scene {
        name: "newest digests gone",
        what: "digests 13:00 and 14:00 are deleted",
        make: || Bucket::changed(|bucket| ["digest 13:00", "digest 14:00"].into_iter().for_each(|label| bucket.remove(label))),
        known: &[
            known("log", NOTHING, "unlisted after-newest-digest", why::IN_NO_DIGEST),
            known("finding", NOTHING, "end-before-range", why::ENDS_EARLY),
            known("exit code", "0", "3", why::ENDS_EARLY),
        ],
    },
    Scene {
        name: "all digests gone",
        what: "every digest is deleted, the logs are there",
        make: || {
            Bucket::changed(|bucket| {
                ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00"].into_iter().for_each(|end| bucket.remove(&format!("digest {end}")));
            })
        },
        known: &[
            known("log", NOTHING, "unlisted no-chain", why::IN_NO_DIGEST),
            known("the run", "No digests found", NOTHING, why::NO_DIGESTS),
            known("finding", NOTHING, "chain-absent", why::NO_DIGESTS),
            known("exit code", "0", "3", why::NO_DIGESTS),
        ],
    },
    Scene {
        name: "misleading name",
        what: "an empty object whose name sorts after all times, and log C is another one",
        make: || {
            Bucket::changed(|bucket| {
                let key = bucket.key("digest 09:00").replace("20250310T090000Z", "20250310T0900_x");
                bucket.put(&key, Vec::new(), &[]);
                bucket.edit("log C", "PutC", "GetC");
            })
        },
        known: &[
            known("digest", NOTHING, "valid", why::LISTING_ENDS),
            known("log C", NOTHING, "invalid hash-mismatch", why::LISTING_ENDS),
            known("log", NOTHING, "valid", why::LISTING_ENDS),
            known("finding", NOTHING, "misleading-name", why::LISTING_ENDS),
            known("exit code", "0", "1", why::LISTING_ENDS),
        ],
    },
    Scene {
        name: "moved bucket",
        what: "all objects lie in a copy of the bucket, metadata too",
        make: || {
            Bucket::changed(|bucket| {
                bucket.name = "copy-bucket".to_owned();
                let moved = std::mem::take(&mut bucket.objects);
                bucket.objects = moved.into_iter().map(|((_, key), object)| (("copy-bucket".to_owned(), key), object)).collect();
            })
        },
        known: &[
            known("digest", "INVALID: has been moved from its original location", "valid", why::ELSEWHERE),
            known("log", NOTHING, "valid", why::ELSEWHERE),
            known("the run", "No valid digests found in range", NOTHING, why::ELSEWHERE),
            known("exit code", "1", "0", why::ELSEWHERE),
        ],
    },
    Scene {
        name: "lost metadata",
        what: "copied without S3 metadata, as every plain download is",
        make: || Bucket::changed(|bucket| bucket.objects.values_mut().for_each(|object| object.metadata.clear())),
        known: &[
            known("digest", "INVALID: signature verification failed", "valid", why::SIGNATURE_TWICE),
            known("digest 14:00", "INVALID: signature verification failed", "unproven no-signature", why::SIGNATURE_TWICE),
            known("log", NOTHING, "valid", why::SIGNATURE_TWICE),
            known("log", NOTHING, "unproven digest-unproven", why::SIGNATURE_TWICE),
            known("the run", "No valid digests found in range", NOTHING, why::SIGNATURE_TWICE),
            known("exit code", "1", "3", why::SIGNATURE_TWICE),
        ],
    },
    Scene {
        name: "upper-case hash",
        what: "digest 11:00 states the hash of log C in upper case",
        make: || {
            let draft = |end: &str, draft: &mut crate::sample::forge::Draft| {
                if end == "11:00" {
                    draft.logs[1].sha256 = draft.logs[1].sha256.to_uppercase();
                }
            };
            Bucket::twisted(&Twist { draft, ..Twist::default() })
        },
        known: &[known("log C", "INVALID: hash value doesn't match", "valid", why::AS_BYTES), known("exit code", "1", "0", why::AS_BYTES)],
    },
    Scene {
        name: "SHA-1 signature",
        what: "digest 12:00 is signed by the right key over SHA-1",
        make: || {
            let sign = |end: &str, key: &crate::sample::forge::SigningKey, message: &[u8]| match end {
                "12:00" => sign_sha_1(end, message),
                _ => key.sign(message),
            };
            Bucket::twisted(&Twist { sign, ..Twist::default() })
        },
        known: &[
            known("digest 12:00", "valid", "invalid signature-mismatch", why::ONE_HASH),
            known("log D", "valid", "unproven digest-unproven", why::ONE_HASH),
            known("exit code", "0", "1", why::ONE_HASH),
        ],
    },
    Scene {
        name: "wrong link",
        what: "digest 12:00 states another hash for its predecessor",
        make: || {
            let draft = |end: &str, draft: &mut crate::sample::forge::Draft| {
                if let Some(previous) = draft.previous.as_mut().filter(|_| end == "12:00") {
                    previous.sha256 = "0".repeat(64);
                }
            };
            Bucket::twisted(&Twist { draft, ..Twist::default() })
        },
        known: &[known("finding", NOTHING, "link-mismatch", why::LINKS)],
    },
    Scene {
        name: "time hole",
        what: "the window of digest 12:00 begins ten minutes after its predecessor's end",
        make: || {
            let draft = |end: &str, draft: &mut crate::sample::forge::Draft| {
                if end == "12:00" {
                    draft.start = at("11:10");
                }
            };
            Bucket::twisted(&Twist { draft, ..Twist::default() })
        },
        known: &[known("gap", NOTHING, "time-hole", why::TIME_HOLE), known("exit code", "0", "3", why::TIME_HOLE)],
    },
    Scene {
        name: "a log listed twice",
        what: "digest 11:00 lists log C twice",
        make: || {
            let draft = |end: &str, draft: &mut crate::sample::forge::Draft| {
                if end == "11:00" {
                    let again = draft.logs[1].clone();
                    draft.logs.push(again);
                }
            };
            Bucket::twisted(&Twist { draft, ..Twist::default() })
        },
        known: &[known("log C", "valid, twice", "valid", why::COUNTED_ONCE)],
    },
    Scene {
        name: "no list of logs",
        what: "digest 12:00, though signed, has no logFiles",
        make: || {
            let content = |end: &str, content: String| match end {
                "12:00" => content.replace("\"logFiles\"", "\"otherFiles\""),
                _ => content,
            };
            Bucket::twisted(&Twist { content, ..Twist::default() })
        },
        known: &[
            known("digest", NOTHING, "valid", why::GIVES_UP),
            known("digest 12:00", "valid", "invalid malformed", why::GIVES_UP),
            known("log", NOTHING, "valid", why::GIVES_UP),
            known("log D", NOTHING, "unlisted in-gap", why::GIVES_UP),
            known("the run", "gave up", NOTHING, why::GIVES_UP),
            known("exit code", "255", "1", why::GIVES_UP),
        ],
    },
    Scene {
        name: "unpacked log",
        what: "log C lies there as plain JSON",
        make: || Bucket::changed(|bucket| bucket.unpack("log C")),
        known: &[
            known("log C", "INVALID: invalid format", "valid", why::CONTENT_DECIDES),
            known("exit code", "1", "0", why::CONTENT_DECIDES),
        ],
    },
    Scene {
        name: "unpacked digest",
        what: "digest 12:00 lies there as plain JSON",
        make: || Bucket::changed(|bucket| bucket.unpack("digest 12:00")),
        known: &[
            known("digest 12:00", "INVALID: invalid format", "valid", why::CONTENT_DECIDES),
            known("log D", NOTHING, "valid", why::CONTENT_DECIDES),
            known("exit code", "1", "0", why::CONTENT_DECIDES),
        ],
    },
    Scene {
        name: "unknown key",
        what: "the key of the afternoon is not in the list",
        make: || {
            Bucket::changed(|bucket| {
                let second = bucket.keys.find("},").expect("two keys");
                bucket.keys = format!("{}}}\n    ]\n}}\n", &bucket.keys[..second]);
            })
        },
        known: &[
            known("digest", "INVALID: public key not found in region us-east-1", "unproven key-unknown", why::NO_KEY),
            known("log", NOTHING, "unproven digest-unproven", why::LOGS_OF_NO_PROOF),
            known("exit code", "1", "3", why::NO_KEY),
        ],
    },
    Scene {
        name: "stopped",
        what: "logging stops at 10:30 and starts again at 13:00",
        make: Bucket::stopped,
        known: &[known("exit code", "0", "3", why::STOPPED)],
    },
    Scene {
        name: "backfill",
        what: "a backfill digest of 12:00 lists a log that came late",
        make: || Bucket::changed(|bucket| bucket.add_backfill("12:00", "L")),
        known: &[],
    },
    Scene {
        name: "a trail of a longer name",
        what: "another trail named main_us-east-1_x delivers here too, and log C is another one",
        make: || {
            Bucket::changed(|bucket| {
                bucket.add_trail("main_us-east-1_x");
                bucket.edit("log C", "PutC", "GetC");
            })
        },
        known: &[
            known("digest", NOTHING, "valid", why::LONGER_NAME),
            known("log C", NOTHING, "invalid hash-mismatch", why::LONGER_NAME),
            known("log", NOTHING, "valid", why::LONGER_NAME),
            known("exit code", "0", "1", why::LONGER_NAME),
        ],
    },
    Scene {
        name: "a digest linked to itself",
        what: "digest 12:00 names itself as the one before it",
        make: || {
            let draft = |end: &str, draft: &mut crate::sample::forge::Draft| {
                if let Some(previous) = draft.previous.as_mut().filter(|_| end == "12:00") {
                    previous.key.clone_from(&draft.key);
                }
            };
            Bucket::twisted(&Twist { draft, ..Twist::default() })
        },
        known: &[
            known("digest", NOTHING, "valid", why::ENDLESS),
            known("digest 12:00", "valid, again and again", "valid", why::ENDLESS),
            known("log", NOTHING, "valid", why::ENDLESS),
            known("log D", "valid, again and again", "valid", why::ENDLESS),
            known("the run", "goes on and on", NOTHING, why::ENDLESS),
            known("finding", NOTHING, "link-mismatch", why::LINKS),
            known("finding", NOTHING, "fork", why::LINKS),
            known("finding", NOTHING, "cycle", why::ENDLESS),
            known("exit code", "never", "0", why::ENDLESS),
        ],
    },
    Scene {
        name: "sample",
        what: "two days of the sample trail, one account and Region",
        make: || Bucket::of_sample(&Edition::Whole, SHOP_VIRGINIA, SHOP_DAYS),
        known: &[],
    },
    Scene {
        name: "sample with one byte changed",
        what: "an outsider's address was made the build server's",
        make: || Bucket::of_sample(&Edition::Tampered, SHOP_VIRGINIA, SHOP_DAYS),
        known: &[],
    },
    Scene {
        name: "sample with a log exchanged",
        what: "the log that shows the theft is deleted, another one blames an administrator",
        make: || Bucket::of_sample(&Edition::Tampered, SHOP_IRELAND, SHOP_DAYS),
        known: &[known("log 20250311T2325Z", NOTHING, "unlisted in-covered-time", why::IN_NO_DIGEST)],
    },
    Scene {
        name: "sample without a digest",
        what: "the hour in which the outsider was in the audit account has no digest",
        make: || Bucket::of_sample(&Edition::Tampered, AUDIT_VIRGINIA, AUDIT_DAYS),
        known: &[known("log", NOTHING, "unlisted in-gap", why::IN_NO_DIGEST), known("gap", NOTHING, "missing, 1 lost", why::LOST_IN_A_ROW)],
    },
];
