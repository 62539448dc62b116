//! What leaves: the files, proofs and texts of an evidence pack; and a pack that comes back.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;
use std::rc::Rc;

use serde::Serialize;

use crate::export::about;
use crate::export::manifest::Manifest;
use crate::export::manifest::admitted;
use crate::export::parts::GivenPack;
use crate::export::parts::PackPlan;
use crate::export::parts::PackedFile;
use crate::export::parts::Part;
use crate::export::parts::SealRequest;
use crate::export::parts::Sum;
use crate::export::parts::Texts;
use crate::export::paths;
use crate::export::summary::Summary;
use crate::export::summary::base64;
use crate::integrity::keys::PublicKey;
use crate::integrity::proof_set::ProofSet;
use crate::integrity::report::ReportTime;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::GivenSignature;
use crate::integrity::standing::Standing;
use crate::integrity::verdict::Remark;
use crate::integrity::verdict::Verdict;
use crate::ledger::CLASSES;
use crate::ledger::Ledger;
use crate::ledger::class_of;
use crate::protocol::Answer;
use crate::protocol::Problem;
use crate::protocol::ReportForm;
use crate::protocol::Weight;
use crate::query::inquiry::Inquiry;
use crate::query::scene::Scene;
use crate::trail::ids::FileId;

/// An evidence pack as it is going to be.
pub(super) struct Packing {
    pub(super) inquiry: Inquiry,
    generation: u64,
    plan: PackPlan,
    files: Vec<PackedFile>,
    proofs: ProofSet,
}

impl Ledger {
    pub(super) fn pack_plan(&mut self, inquiry: &Inquiry) -> PackPlan {
        self.packing(inquiry).plan.clone()
    }

    /// Some of the files, as many as are packed together: all paths of a hundred thousand at once would hold the page.
    pub(super) fn pack_files(&mut self, inquiry: &Inquiry, start: u32) -> Answer {
        let generation = self.progress.generation;
        let files = &self.packing(inquiry).files;
        let (mut some, mut bytes) = (Vec::new(), 0u64);
        for file in files.iter().skip(start as usize).take(FILES_AT_ONCE) {
            bytes = bytes.saturating_add(file.size);
            if bytes > BYTES_AT_ONCE && !some.is_empty() {
                break;
            }
            some.push(file.clone());
        }
        Answer::PackFiles(generation, files.len() as u64, some)
    }

    /// The texts whose hashes go into the manifest.
    pub(super) fn pack_texts(&mut self, inquiry: &Inquiry) -> Texts {
        let report = self.full_report();
        let (verdicts, verdicts_text) = (self.report_as(&report, ReportForm::Json), self.report_as(&report, ReportForm::Text));
        drop(report);
        let proofs = &self.packing(inquiry).proofs;
        let mut texts = vec![(paths::VERDICTS, verdicts), (paths::VERDICTS_TEXT, verdicts_text)];
        if !proofs.keys.is_empty() {
            texts.push((paths::KEYS, keys_text(proofs)));
        }
        if !proofs.signatures.is_empty() {
            texts.push((paths::SIGNATURES, signatures_text(proofs)));
        }
        self.texts(texts)
    }

    /// The summary, and the manifest of all parts.
    pub(super) fn seal(&mut self, request: SealRequest) -> Texts {
        let SealRequest { inquiry, made, files, parts: others } = request;
        let plan = self.packing(&inquiry).plan.clone();
        let verified = plan.verdicts.iter().find(|(verdict, _)| *verdict == Verdict::Valid).map_or(0, |(_, rows)| *rows);
        let about = self.about(&inquiry, plan.rows, verified);
        let arrival = self.arrival();
        let rows = self.held().read();
        let standing = Standing::of(self.judgement(), arrival, rows);
        let headline = format!("{}. {}", standing.headline, standing.detail);
        let claims = self.judgement().claims.clone();
        let packing = self.packing(&inquiry);
        let of_file = |(file, sum): (&PackedFile, Sum)| Part { path: file.path.clone(), size: sum.size, sha256: sum.sha256 };
        let mut parts: Vec<Part> = packing.files.iter().zip(files).map(of_file).chain(others).collect();
        let left_out = packing.proofs.left_out.clone();
        let mut fingerprints: Vec<String> = packing.proofs.keys.iter().map(|key| key.fingerprint.clone()).collect();
        fingerprints.dedup();
        let exceptions = self.views.packing.as_ref().map(|packing| self.exceptions(&packing.files)).unwrap_or_default();
        let summary = Summary {
            made: &made,
            about: &about,
            plan: &plan,
            headline: &headline,
            claims: &claims,
            exceptions: &exceptions,
            fingerprints: &fingerprints,
            parts: &parts,
        };
        let html = summary.to_html();
        parts.push(Part { path: paths::SUMMARY.to_owned(), size: html.len() as u64, sha256: Sha256::of(html.as_bytes()) });
        let manifest = Manifest::new(&made, &about, &plan.verdicts, parts, &left_out);
        self.texts(vec![(paths::SUMMARY, html), (paths::MANIFEST, manifest.to_text())])
    }

    fn texts(&self, texts: Vec<(&str, String)>) -> Texts {
        let (paths, texts) = texts.into_iter().map(|(path, text)| (path.to_owned(), text)).unzip();
        Texts { generation: self.progress.generation, paths, texts }
    }

    /// Takes in a pack; what has no manifest is none, and its files are files like any others.
    pub fn admit_pack(&mut self, given: &GivenPack) {
        match admitted(given) {
            Some(pack) => Rc::make_mut(&mut self.evidence).admit_pack(pack),
            None => {
                let what =
                    "Its manifest says that this is an evidence pack, but cannot be read: it is taken for a zip file of logs.".to_owned();
                self.problems.push(Problem { source: given.name.clone(), what, weight: Weight::Partly });
            }
        }
        self.changed();
    }

    fn exceptions(&self, files: &[PackedFile]) -> Vec<(String, String)> {
        let judged = |file: &PackedFile| self.judgement.as_ref()?.files.get(file.id.index())?.as_ref();
        let not_valid = files.iter().filter_map(|file| Some((file, judged(file)?))).filter(|(_, judged)| judged.verdict != Verdict::Valid);
        not_valid.map(|(file, judged)| (file.path.clone(), format!("{}. {}", judged.verdict.word(judged.reason), judged.message))).collect()
    }

    fn packing(&mut self, inquiry: &Inquiry) -> &Packing {
        let generation = self.progress.generation;
        let known = self.views.packing.take().filter(|known| known.generation == generation && known.inquiry == *inquiry);
        let packing = known.unwrap_or_else(|| self.new_packing(inquiry));
        self.views.packing.insert(packing)
    }

    fn new_packing(&mut self, inquiry: &Inquiry) -> Packing {
        let scene = Scene { table: &self.table, classes: &self.classes };
        let rows = self.views.selections.select(&inquiry.predicate(), scene);
        // A flag a file and a count a class: of ten million rows to look up each one's verdict in the judgement took a second.
        let (mut has_rows, mut counts) = (vec![false; self.files.len()], [0u64; CLASSES.len()]);
        for row in rows.iter() {
            let (file, class) = (self.table.files().get(row.index()), self.classes.of_row.at(row.index()).0);
            if let Some(file) = file {
                if has_rows.len() <= file.index() {
                    has_rows.resize(file.index() + 1, false);
                }
                has_rows[file.index()] = true;
            }
            if let Some(count) = counts.get_mut(class as usize) {
                *count += 1;
            }
        }
        let mut files = BTreeSet::new();
        files.extend((0..).map(FileId).zip(&has_rows).filter(|(_, has_rows)| **has_rows).map(|(file, _)| file));
        let count_of = |verdict: Verdict| counts.get(usize::from(class_of(verdict))).copied().unwrap_or(0);
        let verdicts = Verdict::ALL.into_iter().map(|verdict| (verdict, count_of(verdict))).filter(|(_, count)| *count > 0);
        let proofs = self.judgement.as_ref().map(|judgement| self.evidence.proof_set(judgement, &files)).unwrap_or_default();
        let (logs, digests, lake) = (files.len() as u64, proofs.digests.len() as u64, proofs.lake.len() as u64);
        let files = self.packed_files(files.into_iter().chain(proofs.digests.iter().copied()).chain(proofs.lake.iter().copied()));
        let plan = PackPlan {
            generation: self.progress.generation,
            rows: rows.count(),
            words: about::words_among(inquiry, &self.held()),
            verdicts: verdicts.collect(),
            logs,
            digests,
            lake,
            left_out: proofs.left_out.len() as u64,
            bytes: files.iter().fold(0, |sum, file| sum.saturating_add(file.size)),
        };
        Packing { inquiry: inquiry.clone(), generation: self.progress.generation, plan, files, proofs }
    }

    /// Each file at the key that its digest names, so that it lies again where it was put; a file that lay elsewhere, where it lay.
    fn packed_files(&self, ids: impl Iterator<Item = FileId>) -> Vec<PackedFile> {
        let mut keys: HashMap<&str, &str> = HashMap::new();
        if let Some(judgement) = &self.judgement {
            let digests = judgement.report.digests.iter().map(|row| (&row.source, &row.key, &row.remarks));
            let logs = judgement.report.logs.iter().map(|row| (&row.source, &row.key, &row.remarks));
            for (source, key, remarks) in digests.chain(logs) {
                if let (Some(source), Some(key), false) = (source, key, remarks.contains(&Remark::Moved)) {
                    keys.insert(source, key);
                }
            }
        }
        let mut taken: HashSet<String> = HashSet::new();
        let mut place = |source: &str| {
            let base = source.rsplit(['/', '\\']).next().unwrap_or(source);
            let folder = keys.get(source).and_then(|key| key.rsplit_once('/')).map(|(folder, _)| format!("{folder}/{base}"));
            let path = safe_path(folder.as_deref().unwrap_or(source));
            let copies = (2..).map(|number| format!("{}copy-{number}/{path}", paths::FILES));
            let mut names = std::iter::once(format!("{}{path}", paths::FILES)).chain(copies);
            names.find(|name| taken.insert(name.clone())).unwrap_or_default()
        };
        let known = ids.filter_map(|id| Some((id, self.files.get(&id)?)));
        known.map(|(id, file)| PackedFile { id, path: place(&file.source), size: file.size }).collect()
    }
}

/// A path that stays in the folder it is unpacked into, on any system.
fn safe_path(source: &str) -> String {
    let source = source.split_once("://").map_or(source, |(_, rest)| rest);
    let parts = source.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let safe = |part: &str| {
        part.chars().map(|letter| if letter.is_control() || "<>:\"|?*".contains(letter) { '_' } else { letter }).collect::<String>()
    };
    let path = parts.map(safe).collect::<Vec<_>>().join("/");
    if path.is_empty() { "unnamed".to_owned() } else { path }
}

/// As `aws cloudtrail list-public-keys` prints them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyList {
    public_key_list: Vec<KeyText>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyText {
    value: String,
    validity_start_time: Option<ReportTime>,
    validity_end_time: Option<ReportTime>,
    fingerprint: String,
}

fn keys_text(proofs: &ProofSet) -> String {
    let key = |key: &PublicKey| KeyText {
        value: base64(&key.value_der),
        validity_start_time: key.valid_from.map(ReportTime),
        validity_end_time: key.valid_to.map(ReportTime),
        fingerprint: key.fingerprint.clone(),
    };
    // Strings: writing them as JSON cannot fail.
    serde_json::to_string_pretty(&KeyList { public_key_list: proofs.keys.iter().map(key).collect() }).unwrap_or_default() + "\n"
}

/// As `aws s3api head-object` prints them, with the place of each.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SignatureText<'a> {
    bucket: Option<&'a str>,
    key: &'a str,
    metadata: MetadataText<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct MetadataText<'a> {
    signature: &'a str,
    signature_algorithm: Option<&'a str>,
    backfill_generation_timestamp: Option<ReportTime>,
}

fn signatures_text(proofs: &ProofSet) -> String {
    let texts: Vec<SignatureText<'_>> = proofs.signatures.iter().map(signature_text).collect();
    serde_json::to_string_pretty(&texts).unwrap_or_default() + "\n"
}

fn signature_text(given: &GivenSignature) -> SignatureText<'_> {
    let (bucket, key) = given.place().unwrap_or_default();
    let metadata = MetadataText {
        signature: &given.signature,
        signature_algorithm: given.algorithm.as_deref(),
        backfill_generation_timestamp: given.generated.map(ReportTime),
    };
    SignatureText { bucket, key, metadata }
}

/// Files that are packed together: at most so many, and so many bytes unless it is one alone.
const FILES_AT_ONCE: usize = 128;
const BYTES_AT_ONCE: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::safe_path;

    #[test]
    fn a_path_never_leads_out_of_the_pack() {
        assert_eq!(safe_path("../../etc/passwd"), "etc/passwd");
        assert_eq!(safe_path("C:\\logs\\..\\a.json.gz"), "C_/logs/a.json.gz");
        assert_eq!(safe_path("/AWSLogs/1/x.json.gz"), "AWSLogs/1/x.json.gz");
        assert_eq!(safe_path("https://b.s3.amazonaws.com/AWSLogs/x"), "b.s3.amazonaws.com/AWSLogs/x");
        assert_eq!(safe_path("../.."), "unnamed");
    }
}
