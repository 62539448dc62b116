//! What the report's short words mean, for people: shown beside them.

use crate::screen::format;
use crate::table::column::ColumnId;
use crate::view::icon::verdict_of;

/// Remarks, each with its meaning.
pub(crate) fn remarks_words(remarks: &[String]) -> String {
    let said = remarks.iter().map(|remark| {
        let shown = format::plain(remark);
        // `duplicate-of` names the other file behind a colon.
        let slug = remark.split(':').next().unwrap_or(remark);
        remark_words(slug).map_or_else(|| shown.clone().into_owned(), |words| format!("{shown}: {words}"))
    });
    said.collect::<Vec<_>>().join(" ")
}

/// What is wrong with a key.
pub(crate) fn key_problem_words(problem: &str) -> Option<&'static str> {
    Some(match problem {
        "key-mismatch" => "The key is not the one that its fingerprint names: it proves nothing.",
        "key-unusable" => "It is no RSA key of 2048 bits with exponent 65537, as CloudTrail signs with: it proves nothing.",
        _ => return None,
    })
}

fn remark_words(slug: &str) -> Option<&'static str> {
    Some(match slug {
        "stored-uncompressed" => "stored unpacked.",
        "container-truncated" => "the gzip trailer is cut off, the content is whole.",
        "container-checksum" => "a gzip checksum or length does not fit.",
        "moved" => "it lies at another place than it was delivered to.",
        "hash-case" => "its hash is written in upper case.",
        "signature-metadata-differs" => "the signature in its S3 metadata does not hold.",
        "algorithm-label" => "the algorithm’s label is not CloudTrail’s, though the value fits.",
        "listed-twice" => "more than one entry of the digests lists it.",
        "late-delivery" => "the time in its name lies outside the window of the digest that lists it.",
        "event-time-outside-window" => "it holds an event later than its digest’s window.",
        "event-times-differ" => "its oldest or newest event is not that of its digest’s entry.",
        "account-differs" => "it holds events of another account than its name, or another account’s digest lists it.",
        "region-differs" => "it holds events of another Region than its name, or another Region’s digest lists it.",
        "key-validity" => "the key was not valid at the digest’s time.",
        "duplicate-of" => "the same content again.",
        _ => return None,
    })
}

/// The word of a class of the timeline.
pub(crate) fn class_word(column: ColumnId, name: &str) -> String {
    match (column, name) {
        (ColumnId::Verdict, _) => {
            verdict_of(name).map_or_else(|| format::plain(name).into_owned(), |verdict| verdict.word(None).to_owned())
        }
        (ColumnId::ReadOnly, "true") => "Read".to_owned(),
        (ColumnId::ReadOnly, "false") => "Write".to_owned(),
        (_, "") => "(none)".to_owned(),
        _ => format::plain(name).into_owned(),
    }
}
