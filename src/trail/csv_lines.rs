//! The lines of a CSV file, one by one, as its bytes flow by: quoted fields over many lines, any size of chunk, any bytes.
//!
//! By hand: what `csv-core` builds its tables with is more code in the page than all of this; the tests hold it to the `csv` crate.

use std::borrow::Cow;

/// Cuts bytes into the fields of lines. A line may be quoted text over many lines of the file.
#[derive(Default)]
pub struct CsvLines {
    state: State,
    /// The fields of the line that is being read, end to end.
    fields: Vec<u8>,
    ends: Vec<usize>,
    /// Where the next byte stands in the file, and where the line began.
    at: u64,
    began: u64,
    /// The line has outgrown what a line may have: it is read to its end and not handed on.
    is_skipped: bool,
    too_large: u64,
}

/// What stands before the next byte.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// A line break, or nothing: empty lines are none.
    #[default]
    Line,
    /// A comma, or the line's beginning.
    Field,
    /// Text that no quote has opened, or that goes on after the closing one.
    Bare,
    Quoted,
    /// A quote in quoted text: its end, or the first of two that stand for one.
    Quote,
}

/// One line.
pub struct CsvLine<'a> {
    /// Where it begins in the file: at it, or at the line break just before it.
    pub offset: u64,
    fields: &'a [u8],
    ends: &'a [usize],
}

impl CsvLines {
    /// For the bytes of a file from `offset` on.
    #[must_use]
    pub fn starting_at(offset: u64) -> Self {
        Self { at: offset, began: offset, ..Self::default() }
    }

    /// Takes the file's next bytes.
    pub fn push(&mut self, mut bytes: &[u8], sink: &mut dyn FnMut(CsvLine<'_>)) {
        while let Some(first) = bytes.first() {
            let taken = self.step(*first, bytes, sink);
            bytes = bytes.get(taken..).unwrap_or_default();
        }
    }

    /// Ends the file: what stands after its last line break is a line too.
    pub fn finish(&mut self, sink: &mut dyn FnMut(CsvLine<'_>)) {
        if self.state != State::Line {
            self.end_field();
            self.end_line(sink);
        }
    }

    /// Lines larger than 64 MiB, or of more than 16,384 fields: passed over.
    #[must_use]
    pub fn too_large(&self) -> u64 {
        self.too_large
    }

    /// One step, over text as far as it goes; returns how many bytes it has taken.
    fn step(&mut self, first: u8, bytes: &[u8], sink: &mut dyn FnMut(CsvLine<'_>)) -> usize {
        let is_break = matches!(first, b'\r' | b'\n');
        let taken = match (self.state, first) {
            (State::Line, _) if is_break => 1,
            (State::Line, _) => {
                self.state = State::Field;
                0
            }
            (State::Field, b'"') => {
                self.state = State::Quoted;
                1
            }
            (State::Quote, b'"') => {
                self.keep(b"\"");
                self.state = State::Quoted;
                1
            }
            (State::Quoted, b'"') => {
                self.state = State::Quote;
                1
            }
            (State::Quoted, _) => self.keep_until(bytes, |byte| byte == b'"'),
            (_, b',') => {
                self.end_field();
                self.state = State::Field;
                1
            }
            _ if is_break => {
                self.end_field();
                1
            }
            _ => {
                self.state = State::Bare;
                self.keep_until(bytes, |byte| matches!(byte, b',' | b'\r' | b'\n'))
            }
        };
        self.at = self.at.saturating_add(u64::try_from(taken).unwrap_or(u64::MAX));
        if is_break && taken == 1 && !matches!(self.state, State::Line | State::Quoted) {
            self.end_line(sink);
        }
        taken
    }

    fn keep_until(&mut self, bytes: &[u8], ends: impl Fn(u8) -> bool) -> usize {
        let length = bytes.iter().position(|byte| ends(*byte)).unwrap_or(bytes.len());
        self.keep(bytes.get(..length).unwrap_or_default());
        length
    }

    fn keep(&mut self, text: &[u8]) {
        if self.fields.len().saturating_add(text.len()) > LARGEST_LINE {
            self.is_skipped = true;
        }
        if self.is_skipped {
            self.fields.clear();
        } else {
            self.fields.extend_from_slice(text);
        }
    }

    fn end_field(&mut self) {
        if self.ends.len() < MOST_FIELDS {
            self.ends.push(self.fields.len());
        } else {
            self.is_skipped = true;
        }
    }

    fn end_line(&mut self, sink: &mut dyn FnMut(CsvLine<'_>)) {
        if self.is_skipped {
            self.too_large = self.too_large.saturating_add(1);
        } else {
            sink(CsvLine { offset: self.began, fields: &self.fields, ends: &self.ends });
        }
        self.fields.clear();
        self.ends.clear();
        (self.state, self.is_skipped, self.began) = (State::Line, false, self.at);
    }
}

impl<'a> CsvLine<'a> {
    /// Its fields, unquoted. What is no UTF-8 in them is shown as `�`.
    pub fn fields(&self) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let (fields, mut start) = (self.fields, 0);
        self.ends.iter().map(move |end| {
            let field = fields.get(start..*end).unwrap_or_default();
            start = *end;
            String::from_utf8_lossy(field)
        })
    }

    /// Whether every byte of it is text.
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        std::str::from_utf8(self.fields).is_ok()
    }
}

/// As large as the largest record of a log (`records.rs`).
const LARGEST_LINE: usize = 64 << 20;
/// CloudTrail Lake's schema has some forty columns.
const MOST_FIELDS: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &[u8], size: usize) -> Vec<(u64, Vec<String>)> {
        let mut lines = CsvLines::starting_at(0);
        let mut found = Vec::new();
        let mut sink = |line: CsvLine<'_>| found.push((line.offset, line.fields().map(|field| field.into_owned()).collect()));
        text.chunks(size).for_each(|chunk| lines.push(chunk, &mut sink));
        lines.finish(&mut sink);
        found
    }

    #[test]
    fn lines_are_what_rfc_4180_says() {
        let text = b"a,b\r\n\"x, \"\"y\"\"\r\nz\",2\n\n3,\n#4,5";
        let fields: Vec<Vec<String>> = cut(text, 3).into_iter().map(|(_, fields)| fields).collect();
        assert_eq!(fields, [vec!["a", "b"], vec!["x, \"y\"\r\nz", "2"], vec!["3", ""], vec!["#4", "5"]]);
    }

    #[test]
    fn what_is_no_text_is_shown_as_such() {
        assert_eq!(cut(b"a,\xff\n", 1), [(0, vec!["a".to_owned(), "\u{fffd}".to_owned()])]);
    }

    #[test]
    fn a_line_with_more_fields_than_anyone_needs_is_passed_over_and_counted() {
        let text = [",".repeat(40_000).as_bytes(), b"\nnext,line\n"].concat();
        let mut lines = CsvLines::starting_at(0);
        let mut found = Vec::new();
        lines.push(&text, &mut |line| found.push(line.fields().count()));
        assert_eq!((found, lines.too_large()), (vec![2], 1));
    }

    proptest! {
        #[test]
        fn another_hand_reads_the_same(bytes in prop::collection::vec(prop::sample::select(b"ab\",\r\n #\xff".to_vec()), 0..80)) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
            let text = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
            let theirs: Vec<Vec<String>> = reader.byte_records().map(|record| record.expect("bytes").iter().map(text).collect()).collect();
            prop_assert_eq!(cut(&bytes, 7).into_iter().map(|(_, fields)| fields).collect::<Vec<_>>(), theirs);
        }

        #[test]
        fn cutting_changes_nothing(bytes in prop::collection::vec(prop::sample::select(b"a\",\r\n#\xff {".to_vec()), 0..60), size in 1usize..9) {
            prop_assert_eq!(cut(&bytes, size), cut(&bytes, 1000));
        }

        #[test]
        fn a_line_is_found_again_where_it_was(bytes in prop::collection::vec(prop::sample::select(b"ab\",\r\n".to_vec()), 0..60)) {
            for (offset, fields) in cut(&bytes, 1000) {
                let again = cut(&bytes[offset as usize..], 1000);
                prop_assert_eq!(again.first().map(|(_, fields)| fields.clone()), Some(fields));
            }
        }
    }
}
