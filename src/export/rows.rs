//! Rows as text: CSV that no spreadsheet takes for formulas, and JSON lines.

use serde::Serialize;

use crate::export::about::About;
use crate::export::parts::RowsForm;
use crate::table::column::ColumnId;

/// One row with what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRow<'a> {
    /// `eventTime`; empty where there is none.
    pub time: &'a str,
    /// `eventID`.
    pub event_id: String,
    /// The stored columns, in their order.
    pub cells: &'a [&'a str],
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
            let mut text = String::new();
            for field in fields() {
                push_cell(field, &mut text);
                text.push(',');
            }
            push_cell(&about, &mut text);
            text + "\r\n"
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

/// Adds one row. Plain loops and no text of its own for any cell: of ten million rows there are two hundred million.
pub fn push(form: RowsForm, row: &ExportRow<'_>, text: &mut String) {
    let begins = [row.time, row.event_id.as_str()];
    let ends = [row.verdict, row.reason, row.file, row.sha256];
    let cells = begins.iter().chain(row.cells).chain(&ends);
    match form {
        RowsForm::Csv => {
            for cell in cells {
                push_cell(cell, text);
                text.push(',');
            }
            text.push_str("\r\n");
        }
        RowsForm::JsonLines => {
            let mut before = "{\"";
            // A cell of which the record says nothing is no field of the object.
            for (field, cell) in fields().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                text.push_str(std::mem::replace(&mut before, ",\""));
                text.push_str(field);
                if traits(cell) & IN_JSON == 0 {
                    text.push_str("\":\"");
                    text.push_str(cell);
                    text.push('"');
                } else {
                    text.push_str("\":");
                    // Strings: writing them as JSON cannot fail.
                    text.push_str(&serde_json::to_string(cell).unwrap_or_default());
                }
            }
            text.push_str(if before.starts_with('{') { "{}\n" } else { "}\n" });
        }
    }
}

/// Whether a cell begins like a formula: then it is made text, for spreadsheets show what follows an apostrophe as it is. What CloudTrail logs
/// is written by whoever calls (user agents, role session names), so a formula in it would run on the auditor's machine.
fn is_formula(cell: &str) -> bool {
    // Most cells begin with a letter or a digit.
    !cell.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) && cell.starts_with(DANGEROUS)
}

/// A cell as RFC 4180 has it. By hand: `csv-core` asks of every cell whether it is a number, and the tables for that cost the page
/// 15 kB; what this writes is read back by the `csv` crate in the tests.
fn push_cell(cell: &str, text: &mut String) {
    let is_quoted = traits(cell) & IN_CSV != 0;
    if is_quoted {
        text.push('"');
    }
    if is_formula(cell) {
        text.push('\'');
    }
    if is_quoted {
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(cell);
    }
}

/// Which forms cannot take the text as it is.
fn traits(cell: &str) -> u8 {
    let mut found = 0;
    for byte in cell.as_bytes() {
        found |= TRAITS.get(usize::from(*byte)).copied().unwrap_or(0);
    }
    found
}

const IN_CSV: u8 = 1;
const IN_JSON: u8 = 2;
const TRAITS: [u8; 128] = {
    let mut traits = [0; 128];
    let mut control = 0;
    while control < 0x20 {
        traits[control] = IN_JSON;
        control += 1;
    }
    traits[b'\r' as usize] = IN_JSON | IN_CSV;
    traits[b'\n' as usize] = IN_JSON | IN_CSV;
    traits[b',' as usize] = IN_CSV;
    traits[b'"' as usize] = IN_JSON | IN_CSV;
    traits[b'\\' as usize] = IN_JSON;
    traits
};

/// The first characters of formulas: of Excel, LibreOffice and Google Sheets, also in full width; and those that some of them skip.
const DANGEROUS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn pushed(form: RowsForm, cells: &[&str]) -> String {
        let filled: Vec<&str> = ColumnId::STORED.iter().enumerate().map(|(at, _)| cells.get(at).copied().unwrap_or_default()).collect();
        let row = ExportRow {
            time: "2025-03-10T12:00:00Z",
            event_id: "id".to_owned(),
            cells: &filled,
            verdict: "valid",
            reason: "",
            file: "a.json.gz",
            sha256: "00",
        };
        let mut text = String::new();
        push(form, &row, &mut text);
        text
    }

    fn defused(cell: &str) -> String {
        if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
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
        let text = pushed(RowsForm::Csv, &["a \"b\", c", "x\r\ny", "plain"]);
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
            let csv = pushed(RowsForm::Csv, &values);
            let read = cells(&csv);
            prop_assert_eq!(read.len(), fields().count() + 1);
            for (read, value) in read[2..].iter().zip(&values) {
                prop_assert_eq!(read, &defused(value));
                prop_assert!(!read.starts_with(DANGEROUS));
            }
            let json = pushed(RowsForm::JsonLines, &values);
            let object: Value = serde_json::from_str(&json).expect("JSON");
            for (field, value) in fields().skip(2).zip(&values) {
                prop_assert_eq!(object[field].as_str().unwrap_or_default(), *value);
            }
        }
    }
}
