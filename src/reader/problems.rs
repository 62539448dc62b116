//! What could not be taken of a file, in sentences: what, why it matters, what to do.

use crate::integrity::content::Content;
use crate::integrity::content::ContentFlaw;
use crate::integrity::evidence::FileKind;
use crate::integrity::standing::count;
use crate::integrity::standing::thousands;
use crate::protocol::Problem;
use crate::protocol::Weight;
use crate::reader::lake::LakeFound;
use crate::reader::seen::Seen;
use crate::trail::records::Found;

/// The sentences about one file: what, why it matters, what to do.
pub(super) fn problems<'a>(
    source: &'a str,
    content: &'a Content,
    seen: &'a Seen,
    found: Found,
    kind: &'a FileKind,
) -> impl Iterator<Item = Problem> + 'a {
    let is_stranger =
        |flaw: &ContentFlaw| matches!(flaw, ContentFlaw::Empty | ContentFlaw::NotGzip) && matches!(kind, FileKind::Other { .. });
    let flaw = content.flaw.as_ref().map(|flaw| {
        let (why, advice) = content_flaw(flaw);
        if is_stranger(flaw) {
            return (format!("Passed over: {why}. {advice}"), Weight::PassedOver);
        }
        // What was read of it stays in the table, and would not be recognised in the whole.
        let advice = match flaw {
            ContentFlaw::Unread(_) if seen.events > 0 => "Reload the page before you open it again, or those events count twice.",
            _ => advice,
        };
        let kept = if seen.events > 0 { before_that(seen.events) } else { "Nothing of it was read".to_owned() };
        (format!("{}. {kept}. {advice}", capital(&why)), if seen.events > 0 { Weight::Partly } else { Weight::Lost })
    });
    let other = match kind {
        FileKind::Other { why } if content.flaw.is_none() => Some((format!("Passed over: {why}."), Weight::PassedOver)),
        FileKind::Digest(Err(why)) if content.flaw.is_none() => {
            Some((format!("Meant to be a digest, but {why}. It proves nothing. Download it again."), Weight::Lost))
        }
        FileKind::LakeSign(Err(why)) if content.flaw.is_none() => {
            Some((format!("Meant to be the sign file of a Lake query, but {why}. It proves nothing. Download it again."), Weight::Lost))
        }
        FileKind::Log if content.flaw.is_none() && seen.events == 0 && !found.records_array => {
            let why = seen.why_nothing(content, found);
            Some((format!("Named like a log file, but {why}. Nothing of it was read. Download it again."), Weight::Lost))
        }
        _ => None,
    };
    let records = (seen.unreadable > 0).then(|| {
        let flaw = seen.first_flaw.as_deref().unwrap_or("not an object");
        (
            match (seen.unreadable, seen.events) {
                (1, 1) => format!("Its one record could not be read and is not among the rows: {flaw}."),
                (1, events) => format!("1 of {} could not be read and is not among the rows: {flaw}.", count(events, "record", "records")),
                (some, events) => {
                    let (some, all) = (thousands(some), count(events, "record", "records"));
                    format!("{some} of {all} could not be read and are not among the rows; the first one: {flaw}.")
                }
            },
            Weight::Partly,
        )
    });
    let lake = seen.lake.iter().filter(|_| matches!(kind, FileKind::LakeResult)).flat_map(lake_problems);
    let cut = (found.cut_off && (seen.events > 0 || found.records_array) && content.flaw.is_none())
        .then(|| (format!("Its JSON ends in the middle of a record. {}. Download it again.", before_that(seen.events)), Weight::Partly));
    let large = (found.too_large > 0)
        .then(|| (format!("{} records larger than 64 MiB were passed over: no CloudTrail record is.", found.too_large), Weight::Partly));
    let problem = |(what, weight)| Problem { source: source.to_owned(), what, weight };
    [flaw, other, records, cut, large].into_iter().flatten().chain(lake).map(problem)
}

/// What is not among the rows of a query result, or not as it was.
fn lake_problems(found: &LakeFound) -> impl Iterator<Item = (String, Weight)> + '_ {
    let lines = if found.lines == 1 {
        "its one line is no event and is".to_owned()
    } else {
        format!("its {} lines are no events and are", found.lines)
    };
    let names = found.columns.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
    let aggregate = (!found.has_events() && !found.columns.is_empty()).then(|| {
        let what = format!(
            "A query result whose columns ({names}) have neither eventTime nor eventID: {lines} not among the rows. What is proven of the file \
             does not depend on that."
        );
        (what, Weight::PassedOver)
    });
    let partly = |number: u64, what: &str| (number > 0).then(|| (format!("{number} of {} lines {what}", found.lines), Weight::Partly));
    let ragged = partly(found.ragged, "have more or fewer fields than there are columns: they are among the rows as far as they go.");
    let not_text = partly(found.not_text, "hold bytes that are no UTF-8 text: those are shown as \u{fffd}.");
    let large = (found.too_large > 0)
        .then(|| (format!("{} lines larger than 64 MiB were passed over: no CloudTrail record is.", found.too_large), Weight::Partly));
    [aggregate, ragged, not_text, large].into_iter().flatten()
}

/// What is wrong with the bytes, in half a sentence, and what to do.
pub(super) fn content_flaw(flaw: &ContentFlaw) -> (String, &'static str) {
    match flaw {
        ContentFlaw::Empty => ("the file is empty".to_owned(), "If it lies in a log or digest folder, download it again."),
        ContentFlaw::NotGzip => ("it is neither gzip nor JSON".to_owned(), "If it should be a log or digest, download it again."),
        ContentFlaw::Truncated => ("its gzip stream is cut off".to_owned(), "Download it again."),
        ContentFlaw::Corrupt => ("the gzip stream is damaged".to_owned(), "Download it again."),
        ContentFlaw::TooLarge { limit } => {
            let text = format!("it inflates to more than {} MiB, far more than a log of its size could: reading was stopped", limit >> 20);
            (text, "Such a file is no CloudTrail log; find out who put it there.")
        }
        ContentFlaw::TrailingData { bytes, .. } => (
            format!("{bytes} bytes follow the end of the compressed data"),
            "CloudTrail never writes such a file: somebody has added to it.",
        ),
        ContentFlaw::Unread(why) => (why.clone(), "Give the file again."),
        ContentFlaw::NotRead => ("it was not read".to_owned(), "Open it again."),
    }
}

fn before_that(events: u64) -> String {
    match events {
        0 => "No event before that was read".to_owned(),
        1 => "The one event before that was read".to_owned(),
        _ => format!("The {} before that were read", count(events, "event", "events")),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| std::iter::once(first.to_ascii_uppercase()).chain(chars).collect()).unwrap_or_default()
}
