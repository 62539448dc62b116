//! A pack's manifest: every part with size and SHA-256, what was selected, what was left out. Not signed: it guards against accidents.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use crate::export::about::About;
use crate::export::parts::GivenPack;
use crate::export::parts::Part;
use crate::export::paths;
use crate::integrity::pack::Pack;
use crate::integrity::report::Generator;
use crate::integrity::sha256::Sha256;
use crate::integrity::verdict::Verdict;
use crate::trail::digest::Place;

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// Who wrote it.
    pub generator: Generator,
    /// When, by the clock of the machine that made it.
    pub made: String,
    /// What was selected.
    pub selection: Selection,
    /// All parts but this one.
    pub parts: Vec<Part>,
    /// `s3://bucket/key` of the logs that the digests in here list, and that were at hand and were left out.
    pub left_out: Vec<String>,
}

/// What was selected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// In words.
    pub words: String,
    /// As the part of the page's address behind `#`.
    pub hash: String,
    /// Whether only verified events were asked for.
    pub verified_only: bool,
    /// Rows selected.
    pub rows: u64,
    /// Rows by verdict.
    pub verdicts: Vec<VerdictRows>,
}

/// Rows of one verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictRows {
    /// Its word in the report.
    pub verdict: String,
    /// How many.
    pub rows: u64,
}

impl Manifest {
    /// The manifest of a pack of these parts.
    #[must_use]
    pub fn new(made: &str, about: &About, verdicts: &[(Verdict, u64)], parts: Vec<Part>, left_out: &[Place]) -> Self {
        let verdicts = verdicts.iter().map(|(verdict, rows)| VerdictRows { verdict: verdict.slug().to_owned(), rows: *rows }).collect();
        Self {
            format: FORMAT.to_owned(),
            generator: Generator { name: "trailseal".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            made: made.to_owned(),
            selection: Selection {
                words: about.words.clone(),
                hash: about.hash.clone(),
                verified_only: about.verified_only,
                rows: about.rows,
                verdicts,
            },
            parts,
            left_out: left_out.iter().map(|place| format!("s3://{}/{}", place.bucket, place.key)).collect(),
        }
    }

    /// Whether a text means to be a manifest, be it one or not.
    #[must_use]
    pub fn is_claimed_by(text: &str) -> bool {
        text.contains(FORMAT)
    }

    /// Reads a manifest; `None` for anything else. By hand: what derived code would add to the page is four times this.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let json: Value = serde_json::from_slice(text.as_bytes()).ok()?;
        let string = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64).unwrap_or_default();
        let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let part = |value: &Value| {
            let path = value.get("path")?.as_str()?.to_owned();
            Some(Part { path, size: value.get("size")?.as_u64()?, sha256: Sha256::parse(value.get("sha256")?.as_str()?)? })
        };
        let (selection, generator) = (json.get("selection").unwrap_or(&Value::Null), json.get("generator").unwrap_or(&Value::Null));
        let rows = |value: &Value| VerdictRows { verdict: string(value, "verdict"), rows: number(value, "rows") };
        Some(Self {
            format: Some(string(&json, "format")).filter(|format| format == FORMAT)?,
            generator: Generator { name: string(generator, "name"), version: string(generator, "version") },
            made: string(&json, "made"),
            selection: Selection {
                words: string(selection, "words"),
                hash: string(selection, "hash"),
                verified_only: selection.get("verifiedOnly").and_then(Value::as_bool).unwrap_or_default(),
                rows: number(selection, "rows"),
                verdicts: list(selection, "verdicts").iter().map(rows).collect(),
            },
            parts: json.get("parts")?.as_array()?.iter().map(part).collect::<Option<_>>()?,
            left_out: list(&json, "leftOut").iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect(),
        })
    }

    /// The same as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Strings, numbers and lists: writing them as JSON cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// How the parts that are there differ from those that are named: each with what is wrong.
    #[must_use]
    pub fn differing(&self, there: &[Part]) -> Vec<String> {
        let found: HashMap<&str, &Part> = there.iter().map(|part| (part.path.as_str(), part)).collect();
        let named: HashSet<&str> = self.parts.iter().map(|part| part.path.as_str()).collect();
        let lost = self.parts.iter().filter_map(|part| match found.get(part.path.as_str()) {
            None => Some(format!("{} is gone", part.path)),
            Some(found) if *found != part => Some(format!("{} was changed", part.path)),
            Some(_) => None,
        });
        let is_new = |part: &&Part| !named.contains(part.path.as_str()) && part.path != paths::MANIFEST;
        let mut twice = HashSet::new();
        let doubled = there.iter().filter(|part| !twice.insert(part.path.as_str())).map(|part| format!("{} is there twice", part.path));
        lost.chain(there.iter().filter(is_new).map(|part| format!("{} was added", part.path))).chain(doubled).collect()
    }
}

/// What the judgement has to know of a given pack; `None` where its manifest is none.
#[must_use]
pub fn admitted(given: &GivenPack) -> Option<Pack> {
    let manifest = Manifest::parse(&given.manifest)?;
    let named: HashSet<&str> = manifest.parts.iter().filter_map(|part| part.path.strip_prefix(paths::FILES)).collect();
    let place = |text: &String| {
        let (bucket, key) = text.strip_prefix("s3://")?.split_once('/')?;
        // What the pack itself names as a part is not left out, whatever else is said.
        (!named.contains(key)).then(|| Place { bucket: bucket.to_owned(), key: key.to_owned() })
    };
    let mut files = BTreeSet::new();
    files.extend(given.files.iter().map(|(id, _)| *id));
    Some(Pack {
        name: given.name.clone(),
        files,
        left_out: manifest.left_out.iter().filter_map(place).collect(),
        parts: u64::try_from(manifest.parts.len()).unwrap_or(u64::MAX),
        differing: manifest.differing(&given.parts),
    })
}

/// The folder in which a pack's parts lie in a zip file, if it is a pack: at its top, or in the one folder that someone packed again.
#[must_use]
pub fn root_of<'a>(paths_there: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let roots = paths_there.filter_map(|path| path.strip_suffix(paths::MANIFEST));
    roots.filter(|root| root.is_empty() || (root.ends_with('/') && root.matches('/').count() == 1)).min()
}

/// What a manifest calls itself.
pub const FORMAT: &str = "trailseal-evidence-pack/1";
