//! What two programs said of one bucket, side by side, and the reasons where they differ.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;

use super::bucket::Bucket;
use super::scene::Known;
use super::scene::Scene;

/// What one program said of one bucket.
#[derive(Default)]
pub struct Said {
    files: BTreeMap<String, String>,
    remarks: BTreeMap<String, String>,
    gaps: BTreeMap<String, String>,
    run: Vec<String>,
    code: String,
}

impl Said {
    /// Of a file; a second time is said too.
    pub fn of_file(&mut self, key: &str, status: String) {
        match self.files.get_mut(key) {
            Some(said) if *said == status => said.push_str(", twice"),
            Some(said) if *said == format!("{status}, twice") => *said = format!("{status}, again and again"),
            Some(said) if said.starts_with(&status) => {}
            Some(said) => *said = format!("{said}, {status}"),
            None => drop(self.files.insert(key.to_owned(), status)),
        }
    }

    /// What else is said of a file; shown, and no reason to differ.
    pub fn remark(&mut self, key: &str, remarks: String) {
        self.remarks.insert(key.to_owned(), remarks);
    }

    /// Of a stretch of time.
    pub fn of_gap(&mut self, span: &str, status: String) {
        self.gaps.insert(span.to_owned(), status);
    }

    /// Of the whole.
    pub fn of_run(&mut self, words: String) {
        self.run.push(words);
    }

    pub fn exits_with(&mut self, code: &str) {
        self.code = code.to_owned();
    }

    #[cfg(test)]
    pub fn file(&self, key: &str) -> Option<&str> {
        self.files.get(key).map(String::as_str)
    }

    #[cfg(test)]
    pub fn run(&self) -> &[String] {
        &self.run
    }
}

/// One bucket's comparison.
pub struct Table {
    name: &'static str,
    what: &'static str,
    rows: Vec<Row>,
    /// Reasons that nothing in the bucket bears out any more.
    stale: Vec<String>,
}

struct Row {
    about: String,
    aws: String,
    ours: String,
    remarks: String,
    verdict: Sameness,
}

enum Sameness {
    Alike,
    Known(&'static str),
    Unknown,
}

impl Row {
    /// Nothing to look at.
    fn is_plain(&self) -> bool {
        matches!(self.verdict, Sameness::Alike) && self.aws == "valid"
    }
}

impl Table {
    pub fn of(scene: &Scene, bucket: &Bucket, aws: &Said, ours: &Said) -> Self {
        let mut table = Self { name: scene.name, what: scene.what, rows: Vec::new(), stale: Vec::new() };
        let keys: BTreeSet<&String> = aws.files.keys().chain(ours.files.keys()).collect();
        let mut keys: Vec<(String, &String)> = keys.into_iter().map(|key| (bucket.label(key), key)).collect();
        keys.sort();
        for (label, key) in keys {
            let remarks = ours.remarks.get(key).cloned().unwrap_or_default();
            table.row(scene, label, aws.files.get(key), ours.files.get(key), remarks);
        }
        let spans: BTreeSet<&String> = aws.gaps.keys().chain(ours.gaps.keys()).collect();
        for span in spans {
            let about = format!("gap {}", span.replace("2025-03-", ""));
            table.row(scene, about, aws.gaps.get(span), ours.gaps.get(span), String::new());
        }
        aws.run.iter().for_each(|words| table.row(scene, "the run".to_owned(), Some(words), None, String::new()));
        ours.run.iter().for_each(|words| table.row(scene, "finding".to_owned(), None, Some(words), String::new()));
        table.row(scene, "exit code".to_owned(), Some(&aws.code), Some(&ours.code), String::new());
        let seen = |known: &&Known| table.rows.iter().any(|row| known.is_of(&row.about, &row.aws, &row.ours));
        table.stale = scene.known.iter().filter(|known| !seen(known)).map(|known| format!("no longer so: {known}")).collect();
        table
    }

    fn row(&mut self, scene: &Scene, about: String, aws: Option<&String>, ours: Option<&String>, remarks: String) {
        let [aws, ours] = [aws, ours].map(|said| said.cloned().unwrap_or_else(|| NOTHING.to_owned()));
        let known = scene.known.iter().find(|known| known.is_of(&about, &aws, &ours));
        let verdict = match known {
            Some(known) => Sameness::Known(known.why),
            None if is_same(&aws, &ours) => Sameness::Alike,
            None => Sameness::Unknown,
        };
        self.rows.push(Row { about, aws, ours, remarks, verdict });
    }

    pub fn alike(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.verdict, Sameness::Alike)).count()
    }

    pub fn apart(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.verdict, Sameness::Known(_))).count()
    }

    /// What fails the comparison.
    pub fn wrong(&self) -> Vec<String> {
        let unknown = self.rows.iter().filter(|row| matches!(row.verdict, Sameness::Unknown));
        let told = unknown.map(|row| format!("{}: the AWS CLI says `{}`, Trailseal `{}`", row.about, row.aws, row.ours));
        told.chain(self.stale.iter().cloned()).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "── {}: {}", self.name, self.what)?;
        let is_long = self.rows.len() > MOST_SHOWN;
        let shown: Vec<&Row> = self.rows.iter().filter(|row| !is_long || !row.is_plain()).collect();
        let width = |of: fn(&Row) -> &str, least: usize| shown.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).max(least);
        let (about, aws) = (width(|row| &row.about, 4), width(|row| &row.aws, 12).min(60));
        writeln!(f, "     {:about$}   {:aws$}   Trailseal", "", "AWS CLI")?;
        let mut reasons: Vec<&str> = Vec::new();
        for row in &shown {
            let mark = match row.verdict {
                Sameness::Alike => "  ".to_owned(),
                Sameness::Unknown => "??".to_owned(),
                Sameness::Known(why) => {
                    let place = reasons.iter().position(|known| *known == why).unwrap_or_else(|| {
                        reasons.push(why);
                        reasons.len() - 1
                    });
                    format!("≠{}", place + 1)
                }
            };
            let remarks = if row.remarks.is_empty() { String::new() } else { format!("   ({})", row.remarks) };
            writeln!(f, "  {mark} {:about$}   {:aws$}   {}{remarks}", row.about, row.aws, row.ours)?;
        }
        if is_long {
            writeln!(f, "     and {} files more, which both call valid", self.rows.len() - shown.len())?;
        }
        for (number, why) in reasons.iter().enumerate() {
            writeln!(f, "     ≠{} {why}", number + 1)?;
        }
        self.stale.iter().try_for_each(|stale| writeln!(f, "  ?? {stale}"))?;
        writeln!(f)
    }
}

/// Whether the two sentences mean the same.
fn is_same(aws: &str, ours: &str) -> bool {
    let ours = ours.split([' ', ',']).next().unwrap_or_default();
    match aws {
        "no log files were delivered" => ours == "stopped",
        "INVALID: not found" => ours == "missing",
        _ if aws.starts_with("INVALID: ") => ours == "invalid",
        _ => aws == ours,
    }
}

/// More rows than these are not all shown.
const MOST_SHOWN: usize = 40;

/// Not a word.
pub const NOTHING: &str = "–";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_compared_by_what_they_mean() {
        assert!(is_same("valid", "valid"));
        assert!(is_same("INVALID: hash value doesn't match", "invalid hash-mismatch"));
        assert!(is_same("INVALID: not found", "missing not-found"));
        assert!(!is_same("INVALID: not found", "invalid malformed"));
        assert!(!is_same("valid", "unproven no-signature"));
        assert!(!is_same(NOTHING, "unlisted in-covered-time"));
        assert!(!is_same("valid, twice", "valid"));
    }
}
