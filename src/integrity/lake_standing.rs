//! Lake's part of the banner: what stands where query results are among the files.

use crate::integrity::lake_report::LakeCounts;
use crate::integrity::standing::Exception;
use crate::integrity::standing::count;
use crate::integrity::standing::thousands;

/// What of a trail lies beside the query results, none of it proven.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogsBeside {
    pub(crate) digests: u64,
    pub(crate) logs: u64,
}

/// The headline where no digest proves anything: of results alone, or of results beside logs that nothing proves.
pub(crate) fn lake_headline(lake: &LakeCounts, beside: LogsBeside, keys: usize) -> String {
    let results = &lake.results;
    let trail = match (beside.digests, beside.logs) {
        (0, 0) => "",
        (0, _) => "; of the log files nothing is: there is no digest among the files",
        _ => "; no digest is proven",
    };
    match (results.valid, results.total - results.valid) {
        (0, _) if lake.signs.total == 0 => "Nothing is proven: there is no sign file of these query results among the files".to_owned(),
        (0, _) if keys == 0 => "Nothing is proven: no public key was given".to_owned(),
        (0, _) if lake.signs.valid == 0 => "Nothing is proven: no sign file's signature holds under a key given".to_owned(),
        (0, _) => "No query result of CloudTrail Lake is proven".to_owned() + trail,
        (1, 0) => "The query result of CloudTrail Lake is proven to be unchanged".to_owned() + trail,
        (all, 0) => format!("All {} of CloudTrail Lake are proven to be unchanged{trail}", count(all, "query result", "query results")),
        (some, _) => format!(
            "{} of {} of CloudTrail Lake are proven to be unchanged{trail}",
            thousands(some),
            count(results.total, "query result", "query results")
        ),
    }
}

/// How much of it is verified.
pub(crate) fn lake_sentence(lake: &LakeCounts) -> Option<String> {
    let (results, signs) = (&lake.results, &lake.signs);
    let add = if signs.total == 0 { " Add the sign file of each query (result_sign.json) and the public keys of its Region." } else { "" };
    (lake.total() > 0).then(|| {
        format!(
            "{} of {} and {} of {} of CloudTrail Lake are verified, {} of {} with them.{add}",
            thousands(results.valid),
            count(results.total, "query result file", "query result files"),
            thousands(signs.valid),
            count(signs.total, "sign file", "sign files"),
            thousands(lake.valid_events),
            count(lake.events, "event", "events"),
        )
    })
}

/// The exceptions, each with the filter word that shows it.
pub(crate) fn lake_exceptions(lake: &LakeCounts) -> impl Iterator<Item = Exception> + use<> {
    let (results, signs) = (&lake.results, &lake.signs);
    let all = [
        ("invalid", results.invalid, "query result modified", "query results modified"),
        ("invalid", signs.invalid, "sign file invalid", "sign files invalid"),
        ("missing", results.missing, "query result not found", "query results not found"),
        ("unlisted", results.unlisted, "query result in no sign file", "query results in no sign file"),
        ("unproven", results.unproven, "query result not proven", "query results not proven"),
        ("unproven", signs.unproven, "sign file not proven", "sign files not proven"),
    ];
    let some = all.into_iter().filter(|(_, number, ..)| *number > 0);
    some.map(|(kind, number, one, many)| Exception { kind: kind.to_owned(), text: count(number, one, many) })
}
