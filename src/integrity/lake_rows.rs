//! Lake's rows of the report, written down.

use crate::integrity::evidence::GivenFile;
use crate::integrity::lake::LakeEntry;
use crate::integrity::lake::LakeSign;
use crate::integrity::lake_report::LakeKind;
use crate::integrity::lake_report::LakeRow;
use crate::integrity::report::Finding;
use crate::integrity::report::FindingCode;
use crate::integrity::report::ReportTime;
use crate::integrity::scene::finding;
use crate::integrity::verdict::Judged;

/// The row of an entry of a sign file.
pub(crate) fn listed_row(sign: &LakeSign, entry: &LakeEntry, file: Option<&GivenFile>, judged: Judged) -> LakeRow {
    let expected = Some(entry.hash.to_ascii_lowercase());
    LakeRow { name: entry.name.clone(), expected_sha256: expected, ..row(LakeKind::ResultFile, file, Some(sign), judged) }
}

/// The row of a file, with what its sign file says of the query.
pub(crate) fn row(kind: LakeKind, file: Option<&GivenFile>, sign: Option<&LakeSign>, judged: Judged) -> LakeRow {
    LakeRow {
        kind,
        name: file.map(|file| file_name(&file.facts.source).to_owned()).unwrap_or_default(),
        source: file.map(|file| file.facts.source.clone()),
        region: sign.map(|sign| sign.region.clone()),
        query_complete_time: sign.and_then(|sign| sign.completed).map(ReportTime),
        verdict: judged.verdict,
        reason: judged.reason,
        message: judged.message,
        remarks: judged.remarks,
        listed_by: judged.listed_by,
        key_fingerprint: sign.map(|sign| sign.fingerprint.clone()),
        expected_sha256: None,
        actual_sha256: file.filter(|_| kind == LakeKind::ResultFile).and_then(|file| file.facts.stored_sha256).map(|hash| hash.to_string()),
        events: file.and_then(|file| file.facts.events),
    }
}

/// Names are not signed, so this proves nothing against the file; but whoever looks for it by name gets another.
pub(crate) fn renamed(row: &LakeRow) -> Option<Finding> {
    let source = row.source.as_deref()?;
    let message = format!(
        "This query result is listed in its sign file as {}: names are not signed, so files may have changed theirs. The AWS CLI looks for files by name and would call this invalid. {source}",
        row.name
    );
    Some(finding(FindingCode::Moved, source.to_owned(), message, None))
}

/// The last part of a path or URL.
pub(crate) fn file_name(source: &str) -> &str {
    source.rsplit(['/', '\\']).next().unwrap_or(source)
}
