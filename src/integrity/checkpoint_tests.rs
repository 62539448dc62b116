//! Inflating from any checkpoint gives what inflating all of it gives; from what is no longer the same file, nothing.
#![allow(clippy::indexing_slicing, clippy::as_conversions)]

use std::io::Write;

use flate2::Compression;
use flate2::GzBuilder;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;
use crate::integrity::content::Budget;
use crate::integrity::content::Content;
use crate::integrity::content::ContentReader;

fn read(stored: &[u8], chunk: usize, every: u64) -> (Content, Vec<u8>, Vec<Checkpoint>) {
    let mut reader = ContentReader::new(Budget::default()).noting(every);
    let mut inflated = Vec::new();
    stored.chunks(chunk).for_each(|piece| reader.push(piece, &mut |bytes| inflated.extend_from_slice(bytes)));
    let (content, mut tools) = reader.finish_with_tools(&mut |_| false);
    (content, inflated, tools.checkpoints())
}

fn tail(stored: &[u8], chunk: usize, checkpoint: &Checkpoint) -> Result<Vec<u8>, Misfit> {
    let from = usize::try_from(checkpoint.begins()).expect("small");
    let part = stored.get(from..).unwrap_or_default();
    let mut resumed = checkpoint.resume(part.get(..HEAD).unwrap_or(part))?;
    let mut inflated = Vec::new();
    for piece in part.get(1..).unwrap_or_default().chunks(chunk) {
        resumed.push(piece, &mut |bytes| inflated.extend_from_slice(bytes));
    }
    Ok(inflated)
}

/// Lines as logs have them: the same words again and again, and numbers that are always others.
fn text(lines: u32, seed: u32) -> Vec<u8> {
    let mut state = seed | 1;
    let mut text = Vec::new();
    for line in 0..lines {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        writeln!(text, r#"{{"eventID":"{state:08x}-{line}","eventName":"A{}","sourceIPAddress":"10.0.0.{}"}}"#, state >> 28, state >> 24)
            .expect("memory");
    }
    text
}

fn pack(strokes: &[(Vec<u8>, bool)], level: u32) -> Vec<u8> {
    let mut encoder: GzEncoder<Vec<u8>> = GzBuilder::new().filename("a").write(Vec::new(), Compression::new(level));
    for (bytes, is_flushed) in strokes {
        encoder.write_all(bytes).expect("memory");
        if *is_flushed {
            encoder.flush().expect("memory");
        }
    }
    encoder.finish().expect("memory")
}

fn at(checkpoint: &Checkpoint) -> usize {
    usize::try_from(checkpoint.inflated()).expect("small")
}

#[test]
fn at_every_level_there_are_places_and_each_leads_to_the_end() {
    let text = text(12_000, 7);
    for level in 0..=9 {
        let stored = pack(&[(text.clone(), false)], level);
        let (content, inflated, checkpoints) = read(&stored, 4096, 100_000);
        assert_eq!((content.flaw, inflated == text), (None, true), "level {level}");
        // At its fastest this packer writes one block for everything.
        assert!(checkpoints.len() >= if level == 1 { 0 } else { 2 }, "level {level}: {}", checkpoints.len());
        for checkpoint in &checkpoints {
            assert!(tail(&stored, 5000, checkpoint).as_deref() == Ok(&text[at(checkpoint)..]), "level {level}, {}", at(checkpoint));
        }
    }
}

#[test]
fn after_every_number_of_bits_it_goes_on() {
    let mut seen = [false; 8];
    for seed in 0..60 {
        let text = text(12_000, seed);
        let stored = pack(&[(text.clone(), false)], 6);
        for checkpoint in read(&stored, 4096, 0).2 {
            let head = &stored[usize::try_from(checkpoint.begins()).expect("small")..];
            let fits = |unused: &u8| {
                block_begins(head[0], *unused, &head[1..]).is_some() && checkpoint.fits(head[0], *unused, &head[1..]) == Some(true)
            };
            (0..8).filter(fits).for_each(|unused| seen[usize::from(unused)] = true);
            assert!(tail(&stored, 999, &checkpoint).as_deref() == Ok(&text[at(&checkpoint)..]));
        }
    }
    assert_eq!(seen, [true; 8]);
}

#[test]
fn a_lead_in_ends_where_it_should() {
    for unused in 0..8 {
        for last in [0, 0x55, 0xff] {
            let bytes = lead_in(last, unused);
            assert_eq!(bytes.last().map(|byte| byte >> (8 - unused)), (unused > 0).then(|| last >> (8 - unused)));
            let mut stream = Inflate::new(false, BITS);
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let (status, taken, _) = advance(&mut stream, rest, &mut [0; 8], InflateFlush::Block);
                assert_eq!(status, Some(Status::Ok));
                rest = &rest[taken..];
            }
        }
    }
}

#[test]
fn of_very_many_places_every_other_one_stays() {
    let text = text(80_000, 3);
    let (_, _, checkpoints) = read(&pack(&[(text.clone(), false)], 0), 100_000, 0);
    assert!((60..128).contains(&checkpoints.len()), "{}", checkpoints.len());
    assert!(checkpoints.windows(2).all(|pair| pair[0].inflated() < pair[1].inflated()));
    assert!(checkpoints.last().is_some_and(|last| last.inflated() > 5_500_000));
}

#[test]
fn another_file_is_known_as_one() {
    let (text, other) = (text(6000, 1), text(6000, 2));
    for level in [0, 2, 6, 9] {
        let (stored, changed) = (pack(&[(text.clone(), false)], level), pack(&[(other.clone(), false)], level));
        let (_, _, checkpoints) = read(&stored, 4096, 0);
        assert!(!checkpoints.is_empty());
        for checkpoint in checkpoints {
            assert!(tail(&stored, 4096, &checkpoint).is_ok());
            assert_eq!(tail(&changed, 4096, &checkpoint), Err(Misfit::Changed), "level {level}");
            assert_eq!(checkpoint.resume(&[]).err(), Some(Misfit::Changed));
        }
    }
}

fn stroke() -> impl Strategy<Value = (Vec<u8>, bool)> {
    let bytes = prop_oneof![
        (1u32..900, any::<u32>()).prop_map(|(lines, seed)| text(lines, seed)),
        prop::collection::vec(any::<u8>(), 0..40_000),
        (any::<u8>(), 0usize..60_000).prop_map(|(byte, many)| vec![byte; many]),
    ];
    (bytes, any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn from_every_place_the_rest_is_the_same(
        strokes in prop::collection::vec(stroke(), 1..8), level in 0u32..10, chunk in 1usize..70_000, other in 1usize..70_000,
    ) {
        let whole = [b"[".to_vec(), strokes.iter().flat_map(|(bytes, _)| bytes.clone()).collect()].concat();
        let stored = pack(&[&[(b"[".to_vec(), false)], strokes.as_slice()].concat(), level);
        let (content, inflated, checkpoints) = read(&stored, chunk, 0);
        prop_assert!(content.flaw.is_none() && inflated == whole);
        prop_assert_eq!(&content, &read(&stored, other, u64::MAX).0);
        for checkpoint in checkpoints {
            match tail(&stored, other, &checkpoint) {
                Ok(rest) => prop_assert!(rest == whole[at(&checkpoint)..]),
                // Where one byte is repeated for long, more than one bit would do.
                Err(misfit) => prop_assert_eq!(misfit, Misfit::Unclear),
            }
        }
    }

    #[test]
    fn whatever_is_broken_gives_no_panic_and_the_same_flaw(
        seed in any::<u32>(), level in 0u32..10, cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4), chunk in 1usize..9000,
    ) {
        let stored = pack(&[(text(2500, seed), false)], level);
        let (_, _, checkpoints) = read(&stored, chunk, 0);
        let mut broken = stored.clone();
        changes.iter().for_each(|(index, byte)| broken[index.index(stored.len())] ^= *byte);
        broken.truncate(1 + cut.index(stored.len()));
        let (with, without) = (read(&broken, chunk, 0), read(&broken, 4096, u64::MAX));
        prop_assert_eq!(&with.0.flaw, &without.0.flaw);
        if with.0.flaw.is_none() {
            prop_assert_eq!((&with.0, &with.1), (&without.0, &without.1));
        }
        for checkpoint in checkpoints.into_iter().chain(with.2) {
            let _ = tail(&broken, chunk, &checkpoint);
            for odd in [
                Checkpoint { window: Vec::new(), ..checkpoint.clone() },
                Checkpoint { next: Vec::new(), ..checkpoint.clone() },
                Checkpoint { stored: checkpoint.stored + 1, ..checkpoint.clone() },
                Checkpoint { stored: u64::from(seed), ..checkpoint.clone() },
            ] {
                let _ = tail(&stored, chunk, &odd);
            }
        }
    }

    #[test]
    fn any_bytes_at_a_place_are_taken_or_refused(
        window in prop::collection::vec(any::<u8>(), 0..40), next in prop::collection::vec(any::<u8>(), 0..3),
        head in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let checkpoint = Checkpoint { stored: 1, inflated: 1, window, next };
        if let Ok(mut resumed) = checkpoint.resume(&head) {
            let mut many = 0;
            resumed.push(&head[1..], &mut |bytes| many += bytes.len());
            prop_assert!(many <= 1032 * 200);
        }
    }
}
