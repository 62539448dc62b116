//! Verdicts on the files of Lake queries: sign files by their signatures, result files by the hashes that sign files list.
//!
//! A result file is matched by its hash alone, because a name is not signed. Only where no file has a listed hash does the file of that
//! name beside the sign file stand for it: that one is then not what Lake wrote.

use std::collections::HashMap;

use crate::integrity::content::Container;
use crate::integrity::digest_verdict::is_odd_label;
use crate::integrity::evidence::Evidence;
use crate::integrity::evidence::FileKind;
use crate::integrity::evidence::GivenFile;
use crate::integrity::evidence::unpacked;
use crate::integrity::flaw_verdict::judge_flaw;
use crate::integrity::judgement::Asked;
use crate::integrity::judgement::Lacking;
use crate::integrity::judgement::Stage;
use crate::integrity::judgement::Strictness;
use crate::integrity::keys::KeyProblem;
use crate::integrity::lake::LakeAnswer;
use crate::integrity::lake::LakeEntry;
use crate::integrity::lake::LakeSign;
use crate::integrity::lake_report::LakeKind;
use crate::integrity::lake_report::NO_FILES;
use crate::integrity::lake_report::folder;
use crate::integrity::lake_rows::file_name;
use crate::integrity::lake_rows::listed_row;
use crate::integrity::lake_rows::renamed;
use crate::integrity::lake_rows::row;
use crate::integrity::report::Finding;
use crate::integrity::rows::Rows;
use crate::integrity::sha256::Sha256;
use crate::integrity::signature::SignedDigest;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::NotValid;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Remark;
use crate::trail::arrange::arrange;
use crate::trail::time::DAY;

/// All that is judged together.
struct Lake<'a> {
    evidence: &'a Evidence,
    strictness: Strictness,
    stage: Stage,
    signs: Vec<Sign<'a>>,
    /// Result files, and other CSV that a sign file may list.
    results: Vec<&'a GivenFile>,
}

/// A sign file that reads, with its verdict.
struct Sign<'a> {
    file: &'a GivenFile,
    sign: &'a LakeSign,
    judged: Judged,
    /// Only where the verdict is `valid`.
    proof: Option<&'a SignedDigest>,
}

/// A sign file's word on a result file.
#[derive(Clone, Copy)]
struct Claim<'l, 'a> {
    sign: &'l Sign<'a>,
    entry: &'a LakeEntry,
    fits: bool,
}

/// Judges everything of Lake: rows and verdicts by file go into `rows`, the rest is returned.
pub(crate) fn judge_lake(evidence: &Evidence, asked: &Asked, rows: &mut Rows, findings: &mut Vec<Finding>) -> Vec<Lacking> {
    let lake = Lake::of(evidence, asked);
    lake.add_signs(rows);
    lake.add_results(rows);
    rows.lake.iter().filter(|row| row.remarks.contains(&Remark::Moved)).for_each(|row| findings.extend(renamed(row)));
    arrange(&mut rows.lake, |a, b| (folder(a), a.kind, &a.name, &a.source).cmp(&(folder(b), b.kind, &b.name, &b.source)));
    lake.lacking()
}

impl<'a> Lake<'a> {
    fn of(evidence: &'a Evidence, asked: &Asked) -> Self {
        let mut signs: Vec<_> = evidence.lake_signs().map(|(file, sign)| judge_sign(evidence, file, sign)).collect();
        arrange(&mut signs, |a, b| a.file.order().cmp(&b.file.order()));
        let is_result = |file: &&GivenFile| matches!(file.facts.kind, FileKind::LakeResult) || file.facts.stored_sha256.is_some();
        let mut results: Vec<_> = evidence.lake_files().filter(is_result).collect();
        arrange(&mut results, |a, b| a.order().cmp(&b.order()));
        Self { evidence, strictness: asked.strictness, stage: asked.stage, signs, results }
    }

    fn add_signs(&self, rows: &mut Rows) {
        let broken = self.evidence.lake_files().filter_map(|file| match &file.facts.kind {
            FileKind::LakeSign(Err(why)) => Some((file, unread(file, "sign file").unwrap_or_else(|| malformed(why)))),
            _ => None,
        });
        for (file, judged) in broken {
            rows.say(file.facts.id, &judged);
            rows.lake.push(row(LakeKind::SignFile, Some(file), None, judged));
        }
        for sign in &self.signs {
            rows.say(sign.file.facts.id, &sign.judged);
            rows.lake.push(row(LakeKind::SignFile, Some(sign.file), Some(sign.sign), sign.judged.clone()));
        }
    }

    fn add_results(&self, rows: &mut Rows) {
        let mut claims: Vec<Vec<Claim<'_, 'a>>> = self.results.iter().map(|_| Vec::new()).collect();
        let open = self.match_hashes(&mut claims);
        let mut missing = self.match_names(open, &mut claims);
        for (file, claims) in self.results.iter().zip(&claims) {
            let claim = best(claims, file);
            let mut judged = match claim {
                Some(claim) => self.judge_result(claim, file),
                None if matches!(file.facts.kind, FileKind::LakeResult) => self.judge_unlisted(file),
                // Any CSV; no sign file knows it.
                None => continue,
            };
            judged.listed_by = listed_by(claims, claim).into();
            rows.say(file.facts.id, &judged);
            rows.lake.push(claim.map_or_else(
                || row(LakeKind::ResultFile, Some(file), None, judged.clone()),
                |claim| listed_row(claim.sign.sign, claim.entry, Some(file), judged.clone()),
            ));
        }
        missing.retain(|claim| claim.sign.proof.is_some());
        // A copy of a sign file misses nothing more.
        let file = |claim: &Claim<'_, 'a>| (&claim.sign.sign.signature, &claim.entry.hash);
        arrange(&mut missing, |a, b| file(a).cmp(&file(b)));
        missing.dedup_by(|a, b| file(a) == file(b));
        for claim in missing {
            let message = format!(
                "Lake has signed that its query wrote this file; no file given has its hash. Add it as it is stored: {}",
                claim.entry.name
            );
            let mut judged = self.stage.missing(message);
            judged.listed_by = vec![claim.sign.file.facts.source.clone()].into();
            rows.lake.push(listed_row(claim.sign.sign, claim.entry, None, judged));
        }
    }

    /// Gives every file, by its place among the results, the entries with its hash; returns the entries whose hash no file has.
    fn match_hashes<'l>(&'l self, claims: &mut [Vec<Claim<'l, 'a>>]) -> Vec<Claim<'l, 'a>> {
        let mut by_hash: HashMap<Sha256, Vec<usize>> = HashMap::new();
        for (at, file) in self.results.iter().enumerate() {
            if let Some(hash) = file.facts.stored_sha256 {
                by_hash.entry(hash).or_default().push(at);
            }
        }
        let mut open = Vec::new();
        for sign in &self.signs {
            for entry in &sign.sign.files {
                let claim = Claim { sign, entry, fits: true };
                match Sha256::parse(&entry.hash).and_then(|hash| by_hash.get(&hash)) {
                    Some(files) => add_claim(claim, files, claims),
                    None => open.push(Claim { fits: false, ..claim }),
                }
            }
        }
        open
    }

    /// Gives the files that no entry's hash fits those of their name beside them; returns the entries that no file is left for.
    fn match_names<'l>(&'l self, open: Vec<Claim<'l, 'a>>, claims: &mut [Vec<Claim<'l, 'a>>]) -> Vec<Claim<'l, 'a>> {
        let mut by_name: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (at, (file, _)) in self.results.iter().zip(&*claims).enumerate().filter(|(_, (_, claims))| claims.is_empty()) {
            by_name.entry((home(file), &file.base)).or_default().push(at);
        }
        let mut missing = Vec::new();
        for claim in open {
            match by_name.get(&(home(claim.sign.file), unpacked(&claim.entry.name))) {
                Some(files) => add_claim(claim, files, claims),
                None => missing.push(claim),
            }
        }
        missing
    }

    fn judge_result(&self, claim: Claim<'_, 'a>, file: &GivenFile) -> Judged {
        let sign = file_name(&claim.sign.file.facts.source);
        if let Some(judged) = unread(file, "query result") {
            return judged;
        }
        let unproven = |reason: Reason, message: String| Judged::not_valid(NotValid::Unproven, reason, message);
        match (claim.fits, claim.sign.proof) {
            (true, Some(proof)) => {
                let mut remarks = Vec::new();
                let mut message = format!("Its stored bytes have the hash that CloudTrail Lake has signed in {sign}.");
                if file_name(&file.facts.source) != claim.entry.name {
                    remarks.push(Remark::Moved);
                    message.push_str(&format!(" There it is called {}: names are not signed, its content is.", claim.entry.name));
                }
                if claim.entry.hash.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    remarks.push(Remark::HashCase);
                }
                let judged = Judged::valid(proof, message).with_remarks(remarks);
                if self.strictness == Strictness::Strict { judged.when_strict() } else { judged }
            }
            (true, None) => unproven(Reason::DigestUnproven, format!("Its hash stands in {sign}, but that sign file is itself not proven.")),
            (false, _) if is_unpacked(file) => unproven(
                Reason::StoredUncompressed,
                "It was unpacked on its way here. Lake signs the bytes as they are stored, so it can be neither proven nor disproven: download it \
                 again without unpacking, with `aws s3 cp`."
                    .to_owned(),
            ),
            (false, Some(_)) => Judged::not_valid(
                NotValid::Invalid,
                Reason::HashMismatch,
                format!("Its stored bytes are not those that CloudTrail Lake has signed in {sign}: it was changed, or packed anew. Download it again."),
            ),
            (false, None) => unproven(Reason::DigestUnproven, format!("Its hash is not the one in {sign}; but that sign file is itself not proven.")),
        }
    }

    fn judge_unlisted(&self, file: &GivenFile) -> Judged {
        if let Some(judged) = unread(file, "query result") {
            return judged;
        }
        let beside = self.signs.iter().any(|sign| home(sign.file) == home(file));
        let message = if beside {
            "The sign file beside it does not list it: it is no part of that query's result. Find out where it comes from."
        } else {
            "No sign file given lists it. Add the result_sign.json of its query, which lies in the same folder."
        };
        Judged::not_valid(NotValid::Unlisted, Reason::NoChain, message.to_owned())
    }

    fn lacking(&self) -> Vec<Lacking> {
        let wants_key = |sign: &&Sign<'_>| matches!(sign.judged.reason, Some(Reason::KeyUnknown | Reason::KeyUnusable));
        let signs = self.signs.iter().filter(wants_key).map(|sign| sign.sign);
        signs
            .map(|sign| Lacking::LakeKey { region: sign.region.clone(), fingerprint: sign.fingerprint.clone(), completed: sign.completed })
            .collect()
    }
}

fn add_claim<'l, 'a>(claim: Claim<'l, 'a>, files: &[usize], claims: &mut [Vec<Claim<'l, 'a>>]) {
    for at in files {
        claims.get_mut(*at).into_iter().for_each(|claims| claims.push(claim));
    }
}

fn judge_sign<'a>(evidence: &'a Evidence, file: &'a GivenFile, sign: &'a LakeSign) -> Sign<'a> {
    let not_valid = |kind: NotValid, reason: Reason, message: &str| (Judged::not_valid(kind, reason, message.to_owned()), None);
    let odd = is_odd_label(sign.hash_algorithm.as_deref(), "SHA-256") || is_odd_label(sign.signature_algorithm.as_deref(), "SHA256withRSA");
    let (judged, proof) = match sign.answer(evidence) {
        _ if sign.files.is_empty() => not_valid(NotValid::Invalid, Reason::Malformed, NO_FILES),
        LakeAnswer::Holds(proof) => {
            let mut remarks: Vec<Remark> = odd.then_some(Remark::AlgorithmLabel).into_iter().collect();
            let in_use = |time| {
                evidence.ring.usable(&sign.fingerprint).iter().any(|key| key.is_valid_within(time, time.plus(KEY_SEARCH)) != Some(false))
            };
            if sign.completed.is_some_and(|time| !in_use(time)) {
                remarks.push(Remark::KeyValidity);
            }
            let message = "Its signature holds: CloudTrail Lake has signed these hashes, in this order.".to_owned();
            (Judged::valid(proof, message).with_remarks(remarks), Some(proof))
        }
        LakeAnswer::Fails if odd => not_valid(NotValid::Unproven, Reason::UnsupportedAlgorithm, Reason::UnsupportedAlgorithm.sentence()),
        LakeAnswer::Fails => not_valid(
            NotValid::Invalid,
            Reason::SignatureMismatch,
            "Its signature does not hold: these are not the hashes that CloudTrail Lake has signed, or not in this order. Download it again.",
        ),
        LakeAnswer::Malformed => {
            not_valid(NotValid::Invalid, Reason::SignatureMalformed, "Its signature is none: not 512 hex digits. Download it again.")
        }
        LakeAnswer::Open => (no_key(evidence, sign), None),
    };
    Sign { file, sign, judged, proof }
}

fn no_key(evidence: &Evidence, sign: &LakeSign) -> Judged {
    let fingerprint = &sign.fingerprint;
    let (reason, more) = match evidence.ring.problem(fingerprint) {
        _ if !evidence.ring.usable(fingerprint).is_empty() => return Judged::pending("Its signature is being checked.".to_owned()),
        Some(KeyProblem::KeyMismatch) => (Reason::KeyUnusable, " Its bytes do not have that fingerprint: "),
        Some(KeyProblem::KeyUnusable) => (Reason::KeyUnusable, " It is no RSA key of 2048 bits with exponent 65537: "),
        None => (
            Reason::KeyUnknown,
            " Add the output of `aws cloudtrail list-public-keys` for its Region and the 20 days from the query's end on: ",
        ),
    };
    Judged::not_valid(NotValid::Unproven, reason, format!("{}{more}{fingerprint}", reason.sentence()))
}

/// The verdict on a file whose bytes could not be had at all.
fn unread(file: &GivenFile, what: &str) -> Option<Judged> {
    judge_flaw(&file.facts.content, what).filter(|judged| judged.reason == Some(Reason::NotReadable))
}

fn malformed(why: &str) -> Judged {
    let message =
        format!("It does not read as the sign file of a Lake query, so what it lists cannot be proven: {why}. Download it again.");
    Judged::not_valid(NotValid::Invalid, Reason::Malformed, message)
}

/// The claim that says most: of a proven sign file, by the file's own name, from beside it.
fn best<'l, 'a>(claims: &[Claim<'l, 'a>], file: &GivenFile) -> Option<Claim<'l, 'a>> {
    let rank = |claim: &Claim<'_, '_>| {
        let is_named = file_name(&file.facts.source) == claim.entry.name;
        (claim.sign.proof.is_none(), !is_named, home(claim.sign.file) != home(file))
    };
    // Of equals the first: claims stand in the order of the sign files' content.
    claims.iter().copied().min_by_key(rank)
}

fn listed_by(claims: &[Claim<'_, '_>], best: Option<Claim<'_, '_>>) -> Vec<String> {
    let mut sources: Vec<String> = Vec::new();
    for claim in best.iter().chain(claims.iter().filter(|claim| best.is_none_or(|best| best.fits == claim.fits))) {
        if !sources.contains(&claim.sign.file.facts.source) {
            sources.push(claim.sign.file.facts.source.clone());
        }
    }
    sources
}

/// Neither gzip nor meant to be: what a browser or a console has unpacked.
fn is_unpacked(file: &GivenFile) -> bool {
    file.facts.content.container == Container::Plain && file.facts.content.size > 0
}

/// The folder that a file lies in.
fn home(file: &GivenFile) -> &str {
    file.name.path.rfind('/').and_then(|at| file.name.path.get(..at)).unwrap_or_default()
}

/// The AWS CLI asks for the keys of the 20 days after a query's end.
const KEY_SEARCH: i64 = 20 * DAY;
