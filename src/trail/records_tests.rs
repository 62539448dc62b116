//! Records are found in any shape, at any cutting, for any bytes.

use super::*;
use proptest::prelude::*;

fn read(chunks: &[&[u8]]) -> (Vec<(char, u64, String)>, Found) {
    let mut records = Records::default();
    let mut pieces = Vec::new();
    for chunk in chunks {
        records.push(chunk, &mut |piece| {
            let kind = match piece.kind {
                PieceKind::Record => 'r',
                PieceKind::Element => 'e',
                PieceKind::Document => 'd',
            };
            pieces.push((kind, piece.offset, String::from_utf8_lossy(piece.json).into_owned()));
        });
    }
    (pieces, records.finish())
}

fn kinds(text: &str) -> String {
    read(&[text.as_bytes()]).0.iter().map(|piece| piece.0).collect()
}

#[test]
fn records_are_found_wherever_their_key_stands() {
    assert_eq!(kinds(r#"{"Records":[{"a":1},{"b":"}"}]}"#), "rr");
    assert_eq!(kinds(r#"{"x":{"Records":[{}]},"y":[1,2],"Records":[{"a":1}],"z":"Records"}"#), "r");
    assert_eq!(kinds(r#"{"\u0052ecords":[{"a":1}]}"#), "r");
    assert_eq!(kinds(r#"{"Records":[]}"#), "");
    assert!(read(&[br#"{"Records":[]}"#]).1.records_array);
}

#[test]
fn other_shapes_are_told_apart() {
    assert_eq!(kinds(r#"[{"a":1},[{}],7,{"b":2}]"#), "ee");
    assert_eq!(kinds("{\"a\":1}\n{\"b\":[{}]}\n"), "dd");
    assert_eq!(kinds(r#"{"Records":{"a":1}}"#), "d");
    assert_eq!(read(&[br#"[1,"x",{"a":1}]"#]).1.not_objects, 2);
}

#[test]
fn a_cut_file_keeps_its_whole_records() {
    let (pieces, found) = read(&[br#"{"Records":[{"a":1},{"b":"#]);
    assert_eq!((pieces.len(), found.cut_off), (1, true));
}

#[test]
fn what_is_no_json_is_said_so() {
    assert_eq!(read(&[b"\x89PNG\r\n"]).1.garbage_at, Some(0));
    assert_eq!(read(&[b"{\"a\":1}\nhello {"]).1.garbage_at, Some(8));
}

#[test]
fn offsets_count_from_the_file_s_beginning() {
    let (pieces, _) = read(&[b"{\"Rec", b"ords\":[{\"a\"", b":1}, {\"b\":2}]}"]);
    assert_eq!(pieces, [('r', 12, r#"{"a":1}"#.to_owned()), ('r', 21, r#"{"b":2}"#.to_owned())]);
}

proptest! {
    #[test]
    fn any_cutting_gives_the_same_pieces(values in prop::collection::vec("[a-z\"\\\\{}\\[\\],: ]{0,12}", 0..6), cuts in prop::collection::vec(0usize..200, 0..8)) {
        let records: Vec<_> = values.iter().map(|value| serde_json::json!({"v": value, "w": [value, {"x": value}]})).collect();
        let text = serde_json::json!({"other": values, "Records": records}).to_string();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (text.len() + 1)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|cut| &text.as_bytes()[cut[0]..cut[1]]).collect();
        let (pieces, found) = read(&chunks);
        prop_assert_eq!(&pieces, &read(&[text.as_bytes()]).0);
        let expected: Vec<String> = records.iter().map(ToString::to_string).collect();
        prop_assert_eq!(pieces.into_iter().map(|piece| piece.2).collect::<Vec<_>>(), expected);
        prop_assert!(!found.cut_off && found.records_array);
    }

    #[test]
    fn any_bytes_are_taken(chunks in prop::collection::vec(prop::collection::vec(prop::sample::select(b"{}[]\",:\\ aR0\xff".to_vec()), 0..40), 0..5)) {
        let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        read(&chunks);
    }
}
