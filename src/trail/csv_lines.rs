//! The lines of a CSV file, one by one, as its bytes flow by: quoted fields over many lines, any size of chunk, any bytes.

use std::borrow::Cow;

use csv_core::ReadRecordResult;
use csv_core::Reader;

/// Cuts bytes into the fields of lines. A line may be quoted text over many lines of the file.
pub struct CsvLines {
    reader: Reader,
    /// The fields of the line that is being read, end to end.
    fields: Vec<u8>,
    used: usize,
    ends: Vec<usize>,
    ended: usize,
    /// Where the next byte stands in the file, and where the line began.
    at: u64,
    began: u64,
    /// The line has outgrown what a line may have: it is read to its end and not handed on.
    is_skipped: bool,
    too_large: u64,
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
        Self {
            reader: Reader::new(),
            fields: vec![0; 4 << 10],
            used: 0,
            ends: vec![0; 64],
            ended: 0,
            at: offset,
            began: offset,
            is_skipped: false,
            too_large: 0,
        }
    }

    /// Takes the file's next bytes.
    pub fn push(&mut self, mut bytes: &[u8], sink: &mut dyn FnMut(CsvLine<'_>)) {
        while !bytes.is_empty() {
            let taken = self.step(bytes, sink);
            bytes = bytes.get(taken..).unwrap_or_default();
        }
    }

    /// Ends the file: what stands after its last line break is a line too.
    pub fn finish(&mut self, sink: &mut dyn FnMut(CsvLine<'_>)) {
        // To the parser no bytes at all mean the end; it may ask for room first, and then gives one line at most.
        while !self.is_done(sink) {}
    }

    /// Lines larger than 64 MiB, or of more than 10,000 fields: passed over.
    #[must_use]
    pub fn too_large(&self) -> u64 {
        self.too_large
    }

    fn is_done(&mut self, sink: &mut dyn FnMut(CsvLine<'_>)) -> bool {
        let before = (self.used, self.ended, self.fields.len(), self.ends.len(), self.began, self.is_skipped);
        self.step(&[], sink);
        before == (self.used, self.ended, self.fields.len(), self.ends.len(), self.began, self.is_skipped)
    }

    /// One call of the parser; returns how many bytes it has taken.
    fn step(&mut self, bytes: &[u8], sink: &mut dyn FnMut(CsvLine<'_>)) -> usize {
        let room = self.fields.get_mut(self.used..).unwrap_or_default();
        let ends = self.ends.get_mut(self.ended..).unwrap_or_default();
        let (result, taken, given, ended) = self.reader.read_record(bytes, room, ends);
        self.used = self.used.saturating_add(given);
        self.ended = self.ended.saturating_add(ended);
        self.at = self.at.saturating_add(u64::try_from(taken).unwrap_or(u64::MAX));
        match result {
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
            ReadRecordResult::OutputFull if self.fields.len() < LARGEST_LINE => self.fields.resize(self.fields.len().saturating_mul(2), 0),
            ReadRecordResult::OutputEndsFull if self.ends.len() < MOST_FIELDS => self.ends.resize(self.ends.len().saturating_mul(2), 0),
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                (self.is_skipped, self.used, self.ended) = (true, 0, 0);
            }
            ReadRecordResult::Record => self.emit(sink),
        }
        taken
    }

    fn emit(&mut self, sink: &mut dyn FnMut(CsvLine<'_>)) {
        if self.is_skipped {
            self.too_large = self.too_large.saturating_add(1);
        } else {
            let fields = self.fields.get(..self.used).unwrap_or_default();
            let ends = self.ends.get(..self.ended).unwrap_or_default();
            sink(CsvLine { offset: self.began, fields, ends });
        }
        (self.used, self.ended, self.is_skipped, self.began) = (0, 0, false, self.at);
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
