//! Rows as text: CSV that no spreadsheet takes for formulas, and JSON lines.

use std::borrow::Cow;

use serde::Serialize;

use crate::export::about::About;
use crate::export::parts::RowsForm;
use crate::table::column::ColumnId;

/// One row with what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRow<'a> {
    /// `eventTime`; empty where there is none.
    pub time: String,
    /// `eventID`.
    pub event_id: String,
    /// The stored columns, in their order.
    pub cells: Vec<&'a str>,
    /// What is proven of the row's file.
    pub verdict: &'static str,
    /// Why; empty where it is valid.
    pub reason: &'static str,
    /// The file's path as it was given.
    pub file: &'a str,
    /// SHA-256 of the file's inflated content, as digests state it.
    pub sha256: &'a str,
}

/// The first of the JSON lines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    trailseal_rows: u32,
    about: String,
    filter: &'a str,
    hash: &'a str,
    verified_only: bool,
    rows: u64,
    verified_rows: u64,
}

/// The names of the fields, in their order.
pub fn fields() -> impl Iterator<Item = &'static str> {
    let ends = ["verdict", "reason", "file", "fileContentSha256"];
    ["eventTime", "eventID"].into_iter().chain(ColumnId::STORED.into_iter().map(ColumnId::field)).chain(ends)
}

/// What comes before the rows.
///
/// CSV has no comments: what the export is about is the name of one more column, which is empty in every row.
#[must_use]
pub fn head(form: RowsForm, about: &About) -> String {
    match form {
        RowsForm::Csv => {
            let about = format!("{} An apostrophe stands before every cell that a spreadsheet would take for a formula.", about.sentence());
            line(fields().map(Cow::Borrowed).chain([Cow::Owned(about)]))
        }
        RowsForm::JsonLines => {
            let head = Head {
                trailseal_rows: 1,
                about: about.sentence(),
                filter: &about.words,
                hash: &about.hash,
                verified_only: about.verified_only,
                rows: about.rows,
                verified_rows: about.verified,
            };
            // Strings and numbers: writing them as JSON cannot fail.
            serde_json::to_string(&head).unwrap_or_default() + "\n"
        }
    }
}

/// Adds one row.
pub fn push(form: RowsForm, row: &ExportRow<'_>, text: &mut String) {
    let ends = [row.verdict, row.reason, row.file, row.sha256];
    let cells = [row.time.as_str(), row.event_id.as_str()].into_iter().chain(row.cells.iter().copied()).chain(ends);
    match form {
        RowsForm::Csv => text.push_str(&line(cells.map(defused).chain([Cow::Borrowed("")]))),
        RowsForm::JsonLines => {
            text.push('{');
            // A cell of which the record says nothing is no field of the object.
            for (at, (field, cell)) in fields().zip(cells).filter(|(_, cell)| !cell.is_empty()).enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push('"');
                text.push_str(field);
                text.push_str("\":");
                text.push_str(&serde_json::to_string(cell).unwrap_or_default());
            }
            text.push_str("}\n");
        }
    }
}

/// A cell that begins like a formula, made text: spreadsheets show what follows an apostrophe as it is. What CloudTrail logs is written
/// by whoever calls (user agents, role session names), so a formula in it would run on the auditor's machine.
#[must_use]
pub fn defused(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(DANGEROUS) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// A record as RFC 4180 has it. By hand: `csv-core` asks of every cell whether it is a number, and the tables for that cost the page
/// 15 kB; what this writes is read back by the `csv` crate in the tests.
fn line<'a>(cells: impl Iterator<Item = Cow<'a, str>>) -> String {
    let mut text = String::new();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
    text
}

/// The first characters of formulas: of Excel, LibreOffice and Google Sheets, also in full width; and those that some of them skip.
const DANGEROUS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn row<'a>(cells: &[&'a str]) -> ExportRow<'a> {
        let filled = ColumnId::STORED.iter().enumerate().map(|(at, _)| cells.get(at).copied().unwrap_or_default());
        ExportRow {
            time: "2025-03-10T12:00:00Z".to_owned(),
            event_id: "id".to_owned(),
            cells: filled.collect(),
            verdict: "valid",
            reason: "",
            file: "a.json.gz",
            sha256: "00",
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("＝1", "'＝1"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("a=1", "a=1"),
            ("'=1", "'=1"),
            ("", ""),
            ("arn:aws:iam::1:user/jane", "arn:aws:iam::1:user/jane"),
        ] {
            assert_eq!(defused(cell), safe);
        }
    }

    #[test]
    fn quotes_commas_and_line_ends_are_quoted_as_rfc_4180_says() {
        let mut text = String::new();
        push(RowsForm::Csv, &row(&["a \"b\", c", "x\r\ny", "plain"]), &mut text);
        assert_eq!(text, format!("2025-03-10T12:00:00Z,id,\"a \"\"b\"\", c\",\"x\r\ny\",plain{},valid,,a.json.gz,00,\r\n", ",".repeat(14)));
    }

    #[test]
    fn the_last_name_of_the_head_says_what_it_is() {
        let about = About { rows: 1, total: 3, words: "all, \"here\"".to_owned(), ..About::default() };
        let csv = head(RowsForm::Csv, &about);
        assert!(csv.contains("fileContentSha256,\"Trailseal: 1 of 3 events; all, \"\"here\"\". NOTHING"), "{csv}");
        let json: Value = serde_json::from_str(&head(RowsForm::JsonLines, &about)).expect("JSON");
        assert_eq!((json["trailsealRows"].as_u64(), json["rows"].as_u64(), json["verifiedRows"].as_u64()), (Some(1), Some(1), Some(0)));
    }

    /// As another hand reads it.
    fn cells(text: &str) -> Vec<String> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("a record")).collect();
        assert_eq!(records.len(), 1, "one record a row");
        records[0].iter().map(str::to_owned).collect()
    }

    proptest! {
        #[test]
        fn every_cell_is_found_again(values in prop::collection::vec("(\\PC|[\"',=\r\n\t]){0,40}", 17)) {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let mut csv = String::new();
            push(RowsForm::Csv, &row(&values), &mut csv);
            let read = cells(&csv);
            prop_assert_eq!(read.len(), fields().count() + 1);
            for (read, value) in read[2..].iter().zip(&values) {
                prop_assert_eq!(read, &defused(value).into_owned());
                prop_assert!(!read.starts_with(DANGEROUS));
            }
            let mut json = String::new();
            push(RowsForm::JsonLines, &row(&values), &mut json);
            let object: Value = serde_json::from_str(&json).expect("JSON");
            for (field, value) in fields().skip(2).zip(&values) {
                prop_assert_eq!(object[field].as_str().unwrap_or_default(), *value);
            }
        }
    }
}
