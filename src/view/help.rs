//! Keys, the filter's words, and what is proven by what.

use leptos::prelude::*;

use crate::view::dialog::Dialog;
use crate::view::panels::use_panels;
use crate::view::search::FREE_TEXT;

/// The dialog.
#[component]
pub(crate) fn HelpDialog() -> impl IntoView {
    let panels = use_panels();
    view! {
        <Dialog id="help-dialog" title="Help" open=panels.help>
            <h3>"Keys"</h3>
            <dl class="keys">{KEYS.map(|(key, does)| view! { <dt><kbd>{key}</kbd></dt><dd>{does}</dd> })}</dl>
            <h3>"Filter"</h3>
            <p><code>"userName:ann errorCode:* -awsRegion:us-east-1 \"any text\""</code></p>
            <p>"Values of one field are alternatives, different fields must all hold, a leading minus leaves out, a star stands for anything. The address of the page holds the filter, never the data: it can be kept as a bookmark. "{FREE_TEXT}</p>
            <p><code>"raw:\"203.0.113.7\""</code>" is such a text: it stands somewhere in the event’s JSON, in whatever field, written with escapes ("<code>"\\/"</code>", "<code>"\\u003c"</code>", "<code>"%2F"</code>") or without; a star is a star. For it the files are read once more; how many of them have been is said above the table."</p>
            <h3>"Export"</h3>
            <p>"Events go out as the table has them, with all columns, the verdict and the content hash of their file. In CSV an apostrophe stands before cells that a spreadsheet would run as a formula, and the name of the last column says what the export is. An evidence pack is a selection that verifies alone; drop the zip file on this page to see it."</p>
            <h3>"Verdicts"</h3>
            <p><b>"Verified"</b>": a digest file, signed with one of the keys given, lists this log with exactly this content. "<b>"Invalid"</b>": these are not the bytes that were signed: modified, damaged, forged or in a wrong place. "<b>"Not found"</b>": a signed digest lists it, and it is not here. "<b>"Not proven"</b>": the digest’s signature or key is lacking, or the file could not be read. "<b>"In no digest"</b>": nobody vouches for it."</p>
            <p>"A query result of CloudTrail Lake is judged by its sign file ("<code>"result_sign.json"</code>") as a log is by its digest. Lake signs the file as it is stored: unpacked on its way, it can no longer be checked."</p>
            <p>"A verdict is about the file. That the events happened as they say is AWS’s word; that the keys are AWS’s is an assumption until you compare their fingerprints with AWS."</p>
        </Dialog>
    }
}

const KEYS: [(&str, &str); 11] = [
    ("/", "Search"),
    ("Shift Enter", "In the search box: search the raw JSON of all files"),
    ("1 2 3", "Into the table of events; Identities; Integrity"),
    ("↑ ↓", "Next row, in the table of events"),
    ("PgUp PgDn", "A page of rows"),
    ("Home End", "First row, last row"),
    ("Enter", "Show the row’s detail"),
    ("Esc", "Give up a drag over the bars; close the detail"),
    ("v", "Verified events only"),
    ("z", "Zoom to the chosen range"),
    ("0", "All time"),
];
