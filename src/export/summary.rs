//! `summary.html`: what a person reads first. Static, without scripts; whatever comes from logs is escaped.

use std::fmt::Write;

use crate::export::about::About;
use crate::export::parts::PackPlan;
use crate::export::parts::Part;
use crate::export::paths;
use crate::integrity::judgement::Claims;
use crate::integrity::sha256::Sha256;
use crate::integrity::verdict::Verdict;

/// All that the summary tells.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// When the pack was made.
    pub made: &'a str,
    /// What was selected.
    pub about: &'a About,
    /// What is in the pack.
    pub plan: &'a PackPlan,
    /// The banner over all that was open, whole sentences.
    pub headline: &'a str,
    /// What was proven, assumed and not proven of all that was open.
    pub claims: &'a Claims,
    /// The files in the pack that are not verified, each with why.
    pub exceptions: &'a [(String, String)],
    /// The keys that prove the digests in the pack.
    pub fingerprints: &'a [String],
    /// All other parts.
    pub parts: &'a [Part],
}

impl Summary<'_> {
    /// The page.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>CloudTrail evidence pack</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n",
            base64(&Sha256::of(STYLE.as_bytes()).0)
        );
        self.selected(&mut html);
        self.verdicts(&mut html);
        self.claimed(&mut html);
        self.again(&mut html);
        self.listed(&mut html);
        html.push_str("</main>\n</body>\n</html>\n");
        html
    }

    fn selected(&self, html: &mut String) {
        let only = if self.about.verified_only { "<p class=\"only\">Verified only: events of other files were left out.</p>" } else { "" };
        let not_held = match self.about.not_held.as_str() {
            "" => String::new(),
            sentences => format!("<p class=\"only\">Not all events were loaded. {}</p>\n", escaped(sentences)),
        };
        let hash = if self.about.hash.is_empty() { "(none)".to_owned() } else { format!("#{}", self.about.hash) };
        push(
            html,
            format_args!(
                "<h1>CloudTrail evidence pack</h1>\n{only}\n{not_held}<dl>\n<dt>Selection</dt><dd>{}</dd>\n<dt>Rows</dt><dd>{} of {} events</dd>\n\
                 <dt>Address of the filter</dt><dd><code>{}</code></dd>\n<dt>Made</dt><dd>{} by Trailseal {}, by the clock of the machine that made it</dd>\n</dl>\n",
                escaped(&self.about.words),
                self.about.rows,
                self.about.total,
                escaped(&hash),
                escaped(self.made),
                env!("CARGO_PKG_VERSION"),
            ),
        );
    }

    fn verdicts(&self, html: &mut String) {
        html.push_str("<h2>The rows and their verdicts</h2>\n");
        if self.about.rows > 0 && self.about.verified == 0 {
            html.push_str("<p class=\"not\">Nothing of this is proven: no selected row lies in a verified file.</p>\n");
        } else if self.about.verified < self.about.rows {
            html.push_str(
                "<p class=\"not\">Some selected rows lie in files that are not verified. They are in the pack too, as they are.</p>\n",
            );
        }
        html.push_str("<table>\n<tr><th>Verdict of the file</th><th>Rows</th></tr>\n");
        for (verdict, rows) in &self.plan.verdicts {
            let word = if *verdict == Verdict::Invalid { "Modified, forged or damaged" } else { verdict.word(None) };
            push(html, format_args!("<tr><td>{}</td><td>{rows}</td></tr>\n", escaped(word)));
        }
        push(
            html,
            format_args!(
                "</table>\n<p>In the pack: {} with these rows, {} that speak of them. ",
                counted(self.plan.logs, "file"),
                counted(self.plan.digests, "digest")
            ),
        );
        if self.plan.lake > 0 {
            push(html, format_args!("With them {} of their CloudTrail Lake queries. ", counted(self.plan.lake, "further file")));
        }
        if self.plan.left_out > 0 {
            push(
                html,
                format_args!(
                    "{} further log files that the same digests list were open too and are <b>not</b> in it: the pack says nothing of them. ",
                    self.plan.left_out
                ),
            );
        }
        html.push_str("It is a selection: what lies outside of it is not in it, and not shown to be absent.</p>\n");
        if !self.exceptions.is_empty() {
            html.push_str("<h3>Files in the pack that are not verified</h3>\n<ul>\n");
            for (path, why) in self.exceptions.iter().take(MOST_LISTED) {
                push(html, format_args!("<li><code>{}</code>: {}</li>\n", escaped(path), escaped(why)));
            }
            more(html, self.exceptions.len(), "verdicts.json names all of them");
            html.push_str("</ul>\n");
        }
    }

    fn claimed(&self, html: &mut String) {
        push(
            html,
            format_args!(
                "<h2>What is proven of all that was open</h2>\n<p>The pack was taken out of more files. Of all of them: {}</p>\n",
                escaped(self.headline)
            ),
        );
        for (title, sentences) in
            [("Proven", &self.claims.proven), ("Assumed", &self.claims.assumed), ("Not proven", &self.claims.not_proven)]
        {
            push(html, format_args!("<h3>{title}</h3>\n<ul>\n"));
            if sentences.is_empty() {
                html.push_str("<li>Nothing.</li>\n");
            }
            for sentence in sentences.iter().take(MOST_LISTED) {
                push(html, format_args!("<li>{}</li>\n", escaped(sentence)));
            }
            more(html, sentences.len(), "verdicts.json has all");
            html.push_str("</ul>\n");
        }
    }

    fn again(&self, html: &mut String) {
        html.push_str(AGAIN);
        if !self.fingerprints.is_empty() {
            html.push_str("<p>Fingerprints of the keys in the pack:</p>\n<ul>\n");
            self.fingerprints.iter().for_each(|key| push(html, format_args!("<li><code>{}</code></li>\n", escaped(key))));
            html.push_str("</ul>\n");
        }
    }

    fn listed(&self, html: &mut String) {
        push(
            html,
            format_args!(
                "<h2>Parts</h2>\n<p>SHA-256 of the content of each part; the same stands in <code>{}</code>. The list is not signed: it shows accidents, \
             while only the digests prove the log files.</p>\n<table>\n<tr><th>Path</th><th class=\"n\">Bytes</th><th>SHA-256</th></tr>\n",
                paths::MANIFEST
            ),
        );
        for part in self.parts.iter().take(MOST_PARTS) {
            push(
                html,
                format_args!(
                    "<tr><td>{}</td><td class=\"n\">{}</td><td><code>{}</code></td></tr>\n",
                    escaped(&part.path),
                    part.size,
                    part.sha256
                ),
            );
        }
        html.push_str("</table>\n");
        if self.parts.len() > MOST_PARTS {
            push(html, format_args!("<p>And {} more in <code>{}</code>.</p>\n", self.parts.len() - MOST_PARTS, paths::MANIFEST));
        }
    }
}

/// Text as it may stand anywhere in the page, also inside of quotes.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // What turns the direction of writing can make one name look like another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => safe.push('\u{fffd}'),
            letter if letter.is_control() && letter != '\n' => safe.push('\u{fffd}'),
            letter => safe.push(letter),
        }
    }
    safe
}

/// Standard base64 with padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let held = chunk.iter().fold(0u32, |held, byte| held << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let six = held >> (18 - 6 * place) & 63;
            text.push(if place <= chunk.len() { char::from(LETTERS[six as usize]) } else { '=' });
        }
    }
    text
}

fn counted(number: u64, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

fn push(html: &mut String, text: std::fmt::Arguments<'_>) {
    // A string takes whatever is written into it.
    let _ = html.write_fmt(text);
}

fn more(html: &mut String, number: usize, where_all_are: &str) {
    if number > MOST_LISTED {
        push(html, format_args!("<li>And {} more: {where_all_are}.</li>\n", number - MOST_LISTED));
    }
}

/// More than this nobody reads on one page.
const MOST_LISTED: usize = 200;
const MOST_PARTS: usize = 2000;

const AGAIN: &str = "\
<h2>Verify it again</h2>
<ol>
<li>With Trailseal in a browser: drop the zip file on the page, without unpacking it. Nothing is uploaded.</li>
<li>With Trailseal on the command line: <code>trailseal verify PACK.zip</code>. It ends with 0 when all that is in the pack is proven; \
with <code>--whole-trail</code> every log file that the digests list and the pack leaves out counts as missing.</li>
<li>With the AWS CLI, in the account and against the bucket itself (it reads no downloaded copies): \
<code>aws cloudtrail validate-logs --trail-arn ARN --start-time TIME --end-time TIME --verbose</code></li>
<li>The one thing to be taken on trust are the public keys. Compare the fingerprints below with AWS's own list for the trail's Region: \
<code>aws cloudtrail list-public-keys --start-time TIME --end-time TIME</code></li>
</ol>
";

const STYLE: &str = "\
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;background:Canvas;color:CanvasText}\
main{max-width:60rem;margin:0 auto;padding:1.5rem}h1{margin-top:0}h2{margin-top:2rem;border-top:1px solid GrayText;padding-top:1rem}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid GrayText;vertical-align:top;overflow-wrap:anywhere}\
code{font:.85em/1.4 ui-monospace,monospace;overflow-wrap:anywhere}.n{white-space:nowrap}.not,.only{border:2px solid currentColor;padding:.5rem .75rem;font-weight:600}\
@media(max-width:40rem){dl{grid-template-columns:1fr}}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_everybody_else() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("\u{7f}\u{7f}>", "f38+")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn whatever_logs_say_stays_text() {
        let evil = "</code><script>alert(1)</script>\"' onload=x \u{202e}gnp";
        let claims = Claims { proven: vec![evil.to_owned()], ..Claims::default() };
        let part = Part { path: evil.to_owned(), size: 1, sha256: Sha256::of(b"") };
        let about = About {
            rows: 2,
            total: 2,
            verified: 1,
            words: evil.to_owned(),
            hash: evil.to_owned(),
            verified_only: true,
            not_held: evil.to_owned(),
        };
        let summary = Summary {
            made: evil,
            about: &about,
            plan: &PackPlan { verdicts: vec![(Verdict::Valid, 1), (Verdict::Invalid, 1)], left_out: 3, ..PackPlan::default() },
            headline: evil,
            claims: &claims,
            exceptions: &[(evil.to_owned(), evil.to_owned())],
            fingerprints: &[evil.to_owned()],
            parts: &[part],
        };
        let html = summary.to_html();
        assert!(!html.contains("<script") && !html.contains("\u{202e}") && !html.contains("\"' onload"), "{html}");
        assert!(html.contains("&lt;script&gt;") && html.contains("Verified only") && html.contains("default-src 'none'"));
        assert!(html.contains("Some selected rows lie in files that are not verified"));
    }
}
