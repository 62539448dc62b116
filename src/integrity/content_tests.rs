//! Content: wherever chunks cut, whatever is broken.

use std::io::Write;

use flate2::Compression;
use flate2::GzBuilder;
use proptest::prelude::*;

use super::*;

const LOG: &[u8] = br#"{"Records":[{"eventName":"ConsoleLogin"}]}"#;

fn pack(content: &[u8]) -> Vec<u8> {
    let mut encoder =
        GzBuilder::new().mtime(7).filename("a.json").comment("c").extra(b"xyz".to_vec()).write(Vec::new(), Compression::best());
    encoder.write_all(content).expect("memory takes every byte");
    encoder.finish().expect("memory takes every byte")
}

/// Whether checkpoints are noted as often as can be or never, the content is the same.
fn read(stored: &[u8], chunk: usize, budget: Budget) -> (Content, Vec<u8>) {
    let [often, never] = [0, u64::MAX].map(|every| read_noting(stored, chunk, budget, every));
    assert_eq!(often, never);
    often
}

fn read_noting(stored: &[u8], chunk: usize, budget: Budget, every: u64) -> (Content, Vec<u8>) {
    let mut reader = ContentReader::new(budget).noting(every);
    let mut inflated = Vec::new();
    for piece in stored.chunks(chunk) {
        reader.push(piece, &mut |bytes| {
            assert!(bytes.len() <= PIECE);
            inflated.extend_from_slice(bytes);
        });
    }
    (reader.finish(), inflated)
}

fn facts(content: &Content) -> Option<&GzipFacts> {
    match &content.container {
        Container::Gzip(facts) => Some(facts),
        Container::Plain => None,
    }
}

#[test]
fn chunks_may_cut_anywhere() {
    let stored = pack(LOG);
    for chunk in 1..stored.len() {
        let (content, inflated) = read(&stored, chunk, Budget::default());
        assert_eq!((content.flaw.as_ref(), inflated.as_slice()), (None, LOG), "{chunk}");
        assert_eq!(content.sha256, Sha256::of(LOG));
        assert_eq!((content.size, content.stored_size), (42, u64::try_from(stored.len()).expect("small")));
        assert_eq!(facts(&content).map(|facts| facts.trailer), Some(Trailer::Whole));
    }
}

#[test]
fn plain_json_passes_whatever_its_name() {
    for text in [LOG, b"  \n[1]", b"\xef\xbb\xbf{}"] {
        let (content, inflated) = read(text, 1, Budget::default());
        assert_eq!((content.flaw, content.container, inflated.as_slice()), (None, Container::Plain, text));
        assert_eq!(content.sha256, Sha256::of(text));
    }
}

#[test]
fn what_is_neither_is_said() {
    let flaw = |stored: &[u8]| read(stored, 3, Budget::default()).0.flaw;
    assert_eq!(flaw(b""), Some(ContentFlaw::Empty));
    assert_eq!(flaw(b"<html>"), Some(ContentFlaw::NotGzip));
    assert_eq!(flaw(b"x"), Some(ContentFlaw::NotGzip));
    assert_eq!(flaw(b"   \n "), Some(ContentFlaw::NotGzip));
    assert_eq!(flaw(b"\x1f"), Some(ContentFlaw::Truncated));
    assert_eq!(flaw(b"\x1f\x8b\x08"), Some(ContentFlaw::Truncated));
    assert_eq!(flaw(b"\x1f\x8b\x07\0\0\0\0\0\0\x03\x03\0"), Some(ContentFlaw::Corrupt));
    assert_eq!(flaw(b"\x1f\x8b\x08\x80\0\0\0\0\0\x03\x03\0"), Some(ContentFlaw::Corrupt));
    assert_eq!(flaw(b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff\xff\xff"), Some(ContentFlaw::Corrupt));
}

#[test]
fn every_cut_is_truncated_or_leaves_the_content_whole() {
    let stored = pack(LOG);
    for length in 2..stored.len() {
        let (content, inflated) = read(stored.get(..length).expect("inside"), 5, Budget::default());
        match content.flaw {
            Some(flaw) => assert_eq!(flaw, ContentFlaw::Truncated, "{length}"),
            None => {
                assert!(length >= stored.len() - 8, "{length}");
                assert_eq!((inflated.as_slice(), facts(&content).map(|facts| facts.trailer)), (LOG, Some(Trailer::Cut)));
            }
        }
    }
}

#[test]
fn a_wrong_trailer_is_noticed_and_no_flaw() {
    let stored = pack(LOG);
    for (from_end, expected) in [(8, Trailer::BadChecksum), (1, Trailer::BadLength)] {
        let mut stored = stored.clone();
        let at = stored.len() - from_end;
        *stored.get_mut(at).expect("inside") ^= 1;
        let (content, _) = read(&stored, 4, Budget::default());
        assert_eq!((content.flaw.as_ref(), facts(&content).map(|facts| facts.trailer)), (None, Some(expected)));
    }
}

#[test]
fn a_header_checksum_is_checked_over_what_stands_before_it() {
    let deflated = pack(LOG);
    // Header with FHCRC only: rebuilt by hand around the same deflate stream.
    let plain_header = [0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 3];
    let mut crc = Crc::new();
    crc.update(&plain_header);
    let [low, high, ..] = crc.sum().to_le_bytes();
    // 10 fixed bytes, 2 + 3 extra, "a.json\0", "c\0".
    let body = deflated.get(10 + 5 + 7 + 2..).expect("a body");
    for (sum, differs) in [([low, high], false), ([low, high ^ 1], true)] {
        for chunk in [1, 2, 7, 100] {
            let stored = [&plain_header[..], &sum, body].concat();
            let (content, inflated) = read(&stored, chunk, Budget::default());
            assert_eq!((content.flaw.as_ref(), inflated.as_slice()), (None, LOG));
            assert_eq!(facts(&content).map(|facts| facts.header_checksum_differs), Some(differs), "chunk {chunk}");
        }
    }
}

#[test]
fn what_follows_the_first_member_is_counted_and_not_taken() {
    for chunk in [1, 3, 1000] {
        let stored = [pack(LOG), pack(b"{}")].concat();
        let after = u64::try_from(pack(b"{}").len()).expect("small");
        let (content, inflated) = read(&stored, chunk, Budget::default());
        assert_eq!(inflated, LOG);
        assert_eq!(content.flaw, Some(ContentFlaw::TrailingData { first_member: Sha256::of(LOG), bytes: after }));
        assert_eq!(content.sha256, Sha256::of(LOG));
    }
}

#[test]
fn a_bomb_runs_out_of_budget() {
    let bomb = pack(&vec![b' '; 3 << 20]);
    let (content, inflated) = read(&bomb, 4096, Budget::of(1 << 20));
    assert_eq!(content.flaw, Some(ContentFlaw::TooLarge { limit: 1 << 20 }));
    assert!(inflated.len() <= 1 << 20);
    // The default lets 64 MiB through whatever the ratio, 200 to 1 beyond, and from 8 GiB on 32 to 1.
    assert_eq!(Budget::default().limit(1), 64 << 20);
    assert_eq!(Budget::default().limit(1 << 20), 200 << 20);
    assert_eq!(Budget::default().limit(200 << 20), 8 << 30);
    assert_eq!(Budget::default().limit(1 << 30), 32 << 30);
}

#[test]
fn large_content_comes_in_pieces_and_whole() {
    let text: Vec<u8> = (0..400_000u32).flat_map(|number| number.to_string().into_bytes()).collect();
    let text = [b"[", text.as_slice()].concat();
    for chunk in [1000, 1 << 20] {
        let (content, inflated) = read(&pack(&text), chunk, Budget::default());
        assert_eq!((content.flaw.as_ref(), inflated == text), (None, true));
        assert_eq!(content.sha256, Sha256::of(&text));
    }
}

proptest! {
    #[test]
    fn any_bytes_end_the_same_in_any_chunks(bytes in proptest::collection::vec(any::<u8>(), 0..300), packed in any::<bool>(), chunk in 1usize..40) {
        let stored = if packed { [b"\x1f\x8b\x08".as_slice(), &bytes].concat() } else { bytes };
        let whole = read(&stored, 1000, Budget::default());
        prop_assert_eq!(read(&stored, chunk, Budget::default()), whole);
    }

    #[test]
    fn a_flipped_byte_changes_the_content_or_nothing(at in 0usize..1000, bit in 0u8..8, chunk in 1usize..90) {
        let mut stored = pack(LOG);
        let at = at % stored.len();
        *stored.get_mut(at).expect("inside") ^= 1 << bit;
        let (content, inflated) = read(&stored, chunk, Budget::default());
        if content.flaw.is_none() {
            prop_assert_eq!(content.sha256 == Sha256::of(LOG), inflated == LOG);
        }
    }
}

/// A content to be read: how long, packed or not, with something behind it or not.
fn given() -> impl Strategy<Value = (usize, bool, bool)> {
    let length = prop_oneof![0usize..100, 16_000usize..17_000, PIECE - 2..PIECE + 3, 2 * PIECE - 2..2 * PIECE + 3, 0usize..3 * PIECE];
    (length, any::<bool>(), any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// However it is cut and whatever was read before with the same tools: who is offered a content has all of it.
    #[test]
    fn a_content_is_offered_whole(files in prop::collection::vec(given(), 1..4), chunk in prop_oneof![Just(usize::MAX), 1000usize..100_000]) {
        let mut tools = Tools::default();
        for (length, packed, followed) in files {
            let text: Vec<u8> = b"[]".iter().chain(b"0123456789, 17, 4711".iter().cycle().step_by(7)).copied().take(length + 2).collect();
            let mut stored = if packed { pack(&text) } else { text.clone() };
            if packed && followed {
                stored.extend(pack(b"{}"));
            }
            let mut reader = ContentReader::with(Budget::default(), Hasher::Elsewhere, tools);
            stored.chunks(chunk).for_each(|chunk| reader.push(chunk, &mut |_| {}));
            let mut offered = None;
            let (content, after) = reader.finish_with_tools(&mut |whole| {
                offered = Some(Sha256::of(whole));
                false
            });
            tools = after;
            prop_assert_eq!(offered, (text.len() >= 16 << 10).then(|| Sha256::of(&text)));
            prop_assert_eq!(content.sha256, Sha256::of(&text));
            let first_member = Sha256::of(&text);
            let wanted = (packed && followed).then_some(first_member);
            let found = if let Some(ContentFlaw::TrailingData { first_member, .. }) = content.flaw { Some(first_member) } else { None };
            prop_assert_eq!(found, wanted);
        }
    }
}
