//! Query results of CloudTrail Lake while they are read: told from JSON by their first line, cut into lines, each line an event.
//!
//! Lake signs the bytes as they are stored, so those are hashed too; of logs, whose content counts, not one.

use std::borrow::Cow;

use crate::integrity::sha256::Sha256;
use crate::integrity::sha256::Sha256Stream;
use crate::trail::csv_lines::CsvLine;
use crate::trail::csv_lines::CsvLines;
use crate::trail::event::EventRecord;
use crate::trail::event::Outcome;
use crate::trail::lake_text::columns;
use crate::trail::lake_text::field_to_json;
use crate::trail::lake_text::line_to_json;

/// A file of which it is being found out, or is known, whether it is CSV.
pub(super) struct LakeReading {
    body: Body,
    is_named_csv: bool,
    stored: Option<Sha256Stream>,
    /// Stored bytes so far.
    taken: usize,
}

enum Body {
    /// Nothing but the beginning of the first line has come.
    Sniffing(Vec<u8>),
    Json,
    Csv(Box<Csv>),
}

/// What CSV has shown so far.
pub(super) struct Csv {
    lines: CsvLines,
    pub(super) found: LakeFound,
}

/// What CSV has shown, apart from its lines.
#[derive(Default)]
pub(super) struct LakeFound {
    /// The columns; empty before the header has come.
    pub(super) columns: Vec<String>,
    /// Lines below the header.
    pub(super) lines: u64,
    /// Of these, lines with another number of fields than there are columns, and lines that are not all text.
    pub(super) ragged: u64,
    pub(super) not_text: u64,
    pub(super) too_large: u64,
    /// It begins with the line in which Lake tells the query, or has the columns of events.
    pub(super) is_lakes: bool,
}

/// A piece of content as it goes on to whoever can read it.
pub(super) enum Piece<'a> {
    /// Bytes of JSON, as they come.
    Json(&'a [u8]),
    /// A line of CSV: where it begins, as JSON, and what else it says.
    Line(u64, &'a str, Option<&'a str>),
}

impl LakeReading {
    pub(super) fn of(source: &str) -> Self {
        Self { body: Body::Sniffing(Vec::new()), is_named_csv: is_named_csv(source), stored: Some(Sha256Stream::default()), taken: 0 }
    }

    /// Takes stored bytes, after what they inflate to: a log is known as one by then, and nothing of it is hashed here; nor of a file that
    /// has shown nothing at all, since it cannot be unpacked.
    pub(super) fn hash_stored(&mut self, stored: &[u8]) {
        self.taken = self.taken.saturating_add(stored.len());
        let is_other = match &self.body {
            Body::Json => true,
            Body::Sniffing(head) => head.is_empty() && self.taken > LONGEST_HEAD,
            Body::Csv(_) => false,
        };
        if is_other && !self.is_named_csv {
            self.stored = None;
        }
        if let Some(hash) = &mut self.stored {
            hash.push(stored);
        }
    }

    /// Takes inflated bytes.
    pub(super) fn take(&mut self, inflated: &[u8], sink: &mut dyn FnMut(Piece<'_>)) {
        match &mut self.body {
            Body::Json => sink(Piece::Json(inflated)),
            Body::Csv(csv) => csv.take(inflated, sink),
            Body::Sniffing(head) if head.is_empty() && matches!(inflated.first(), Some(b'{' | b'[')) => {
                self.body = Body::Json;
                sink(Piece::Json(inflated));
            }
            Body::Sniffing(head) => {
                head.extend_from_slice(inflated);
                let ends = head.len() >= LONGEST_HEAD;
                self.decide(ends, sink);
            }
        }
    }

    /// Ends the content.
    pub(super) fn end(&mut self, sink: &mut dyn FnMut(Piece<'_>)) {
        self.decide(true, sink);
        if let Body::Csv(csv) = &mut self.body {
            csv.end(sink);
        }
    }

    /// The hash of the stored bytes, and what was found; both only of CSV.
    pub(super) fn finish(self) -> (Option<Sha256>, Option<LakeFound>) {
        let stored = |is_csv: bool| self.stored.filter(|_| is_csv || self.is_named_csv).map(Sha256Stream::finish);
        match self.body {
            Body::Csv(csv) => (stored(true), Some(csv.found)),
            Body::Json | Body::Sniffing(_) => (stored(false), None),
        }
    }

    fn decide(&mut self, ends: bool, sink: &mut dyn FnMut(Piece<'_>)) {
        let Body::Sniffing(head) = &mut self.body else { return };
        let head = match sniff(head, self.is_named_csv, ends) {
            Sniff::More => return,
            _ if head.is_empty() => return,
            Sniff::Json => {
                let head = std::mem::take(head);
                self.body = Body::Json;
                head
            }
            Sniff::Csv { from, is_lakes } => {
                let head = std::mem::take(head);
                let found = LakeFound { is_lakes, ..LakeFound::default() };
                self.body = Body::Csv(Box::new(Csv { lines: CsvLines::starting_at(from as u64), found }));
                head.get(from..).unwrap_or_default().to_vec()
            }
        };
        self.take(&head, sink);
    }
}

impl Csv {
    fn take(&mut self, inflated: &[u8], sink: &mut dyn FnMut(Piece<'_>)) {
        let Self { lines, found } = self;
        lines.push(inflated, &mut |line| found.line(&line, sink));
    }

    fn end(&mut self, sink: &mut dyn FnMut(Piece<'_>)) {
        let Self { lines, found } = self;
        lines.finish(&mut |line| found.line(&line, sink));
        found.too_large = lines.too_large();
    }
}

impl LakeFound {
    /// Whether a line is an event: of anything else than events (`SELECT count(*)`), the time and the id of one would be missing.
    pub(super) fn has_events(&self) -> bool {
        self.columns.iter().any(|name| name == "eventTime" || name == "eventID")
    }

    fn line(&mut self, line: &CsvLine<'_>, sink: &mut dyn FnMut(Piece<'_>)) {
        if self.columns.is_empty() {
            self.columns = columns(line.fields());
            return;
        }
        self.lines += 1;
        self.not_text += u64::from(!line.is_utf8());
        let mut fields = 0;
        let json = line_to_json(&self.columns, line.fields().inspect(|_| fields += 1));
        self.ragged += u64::from(fields != self.columns.len());
        if self.has_events() {
            sink(Piece::Line(line.offset, &json, beside(&self.columns, line).as_deref()));
        }
    }
}

enum Sniff {
    More,
    Json,
    Csv { from: usize, is_lakes: bool },
}

/// What the beginning of a file says that it is. `{` and `[` are JSON's; a first line with the columns of events, or below the line in
/// which Lake tells the query, is a header; a file called CSV is CSV.
fn sniff(head: &[u8], is_named_csv: bool, ends: bool) -> Sniff {
    let bom = if head.starts_with(BOM) { BOM.len() } else { 0 };
    if BOM.starts_with(head) && !ends {
        return Sniff::More;
    }
    let text = head.get(bom..).unwrap_or_default();
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[' | b',' | 0x1e) => return Sniff::Json,
        None if !ends => return Sniff::More,
        None => return Sniff::Json,
        Some(_) => {}
    }
    let is_told = text.starts_with(QUERY_TOLD);
    let mut from = bom;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let is_whole = line.ends_with(b"\n") || ends;
        match (is_told, is_whole) {
            (_, false) => return Sniff::More,
            // The query's own text may run over many lines; none of them is a mere list of names.
            (true, true) if !is_header(line) => from += line.len(),
            (true, true) => return Sniff::Csv { from, is_lakes: true },
            (false, true) if names(line).any(|name| name.eq_ignore_ascii_case("eventID") || name.eq_ignore_ascii_case("eventTime")) => {
                return Sniff::Csv { from, is_lakes: true };
            }
            (false, true) if is_named_csv => return Sniff::Csv { from, is_lakes: false },
            (false, true) => return Sniff::Json,
        }
    }
    // Told, and no header in all that was waited for.
    if ends { Sniff::Csv { from: bom, is_lakes: true } } else { Sniff::More }
}

fn names(line: &[u8]) -> impl Iterator<Item = Cow<'_, str>> {
    line.trim_ascii()
        .split(|byte| *byte == b',')
        .map(|name| String::from_utf8_lossy(name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name)))
}

fn is_header(line: &[u8]) -> bool {
    let is_name = |name: Cow<'_, str>| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    names(line).all(is_name)
}

/// `result_1.csv.gz`, `result_1.csv`, `result_1.csv (1).gz`
pub(super) fn is_named_csv(source: &str) -> bool {
    let base = source.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    base.ends_with(".csv") || base.contains(".csv") && base.ends_with(".gz")
}

/// Calls `sink` with the event of a line; what the record lacks is taken from `beside`.
pub(super) fn event_of(json: &str, beside: Option<&str>, sink: &mut dyn FnMut(&EventRecord<'_>)) -> Result<(), String> {
    let record = EventRecord::parse(json.as_bytes())?;
    let Some(beside) = beside.and_then(|beside| EventRecord::parse(beside.as_bytes()).ok()) else {
        sink(&record);
        return Ok(());
    };
    sink(&EventRecord {
        event_time: record.event_time.or(beside.event_time),
        event_name: record.event_name.or(beside.event_name),
        event_source: record.event_source.or(beside.event_source),
        source_ip_address: record.source_ip_address.or(beside.source_ip_address),
        user_agent: record.user_agent.or(beside.user_agent),
        error_code: record.error_code.or(beside.error_code),
        principal: if record.principal.kind.is_some() { record.principal } else { beside.principal },
        resource: record.resource.or(beside.resource),
        outcome: if record.outcome == Outcome::Success { beside.outcome } else { record.outcome },
        ..record
    });
    Ok(())
}

/// What a line says beside its own columns, as a record: the event of another source than AWS lies in `eventData`; an identity in columns
/// of its own where the query has taken it apart (`SELECT userIdentity.arn`).
fn beside(columns: &[String], line: &CsvLine<'_>) -> Option<String> {
    let data = columns.iter().position(|name| name == "eventData");
    if let Some(at) = data {
        return field_to_json("eventData", &line.fields().nth(at)?);
    }
    if columns.iter().any(|name| name == "userIdentity") {
        return None;
    }
    let mut members = String::new();
    for (name, text) in columns.iter().zip(line.fields()) {
        if let Some((known, text)) = IDENTITY.iter().find(|known| known.eq_ignore_ascii_case(name)).zip(field_to_json("", &text)) {
            members.push_str(if members.is_empty() { "\"" } else { ",\"" });
            members.push_str(known);
            members.push_str("\":");
            members.push_str(&text);
        }
    }
    (!members.is_empty()).then(|| format!("{{\"userIdentity\":{{{members}}}}}"))
}

const IDENTITY: [&str; 6] = ["type", "arn", "principalId", "userName", "accessKeyId", "invokedBy"];
const BOM: &[u8] = b"\xef\xbb\xbf";
/// How Lake begins its files, before the header: `# Execution Time: … Query Statement: …`.
const QUERY_TOLD: &[u8] = b"# Execution Time:";
/// A query has at most 10,000 characters; a header is shorter.
const LONGEST_HEAD: usize = 64 << 10;
