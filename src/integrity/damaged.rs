//! Files at a digest's place that are not that digest: damaged, something else, or another digest's content.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::integrity::digest_verdict::DigestVerdict;
use crate::integrity::digests::Digests;
use crate::integrity::digests::GivenDigest;
use crate::integrity::evidence::FileKind;
use crate::integrity::evidence::GivenFile;
use crate::integrity::evidence::unpacked;
use crate::integrity::flaw_verdict::container_remarks;
use crate::integrity::flaw_verdict::judge_flaw;
use crate::integrity::listing::Listings;
use crate::integrity::location::base_of;
use crate::integrity::verdict::Judged;
use crate::integrity::verdict::NotValid;
use crate::integrity::verdict::Reason;
use crate::integrity::verdict::Verdict;
use crate::trail::arrange::arrange;
use crate::trail::digest::Place;
use crate::trail::object_key::DigestName;
use crate::trail::object_key::KeyKind;

/// A file that stands where a digest should, and is none or another.
#[derive(Debug)]
pub(crate) struct Damaged<'a> {
    pub(crate) file: &'a GivenFile,
    /// What its name says.
    pub(crate) name: Option<DigestName>,
    /// The place that a digest names, where one does.
    pub(crate) place: Option<&'a Place>,
    pub(crate) judged: Judged,
}

/// Digests whose every file lies at a place that must hold another digest. They prove nothing: their verdicts are changed here.
///
/// Such a place is one that a proven digest has itself or names as its predecessor's, or of which metadata is given.
pub(crate) fn find_displaced<'a>(
    digests: &Digests<'a>,
    verdicts: &mut [DigestVerdict<'_>],
    damaged: &mut Vec<Damaged<'a>>,
) -> HashSet<usize> {
    let proven = digests.all.iter().zip(verdicts.iter()).filter(|(_, verdict)| verdict.proof.is_some());
    // Metadata of an object is a word for it too: a newest digest, which no other names, may have been overwritten with an older one.
    let mut taken: HashMap<&str, Option<&'a Place>> = digests.stated_names().map(|name| (name, None)).collect();
    let places = proven
        .flat_map(|(given, _)| given.digest.previous.as_ref().map(|previous| &previous.place).into_iter().chain([&given.digest.place]));
    taken.extend(places.map(|place| (unpacked(base_of(&place.key)), Some(place))));
    let mut displaced = HashSet::new();
    for (index, (given, verdict)) in digests.all.iter().zip(verdicts).enumerate() {
        let own = unpacked(base_of(&given.digest.place.key));
        let mut elsewhere = 0;
        for file in &given.files {
            // Of the same name, but by its own unproven words of another bucket or folder: the file that a proven digest names, changed.
            let lies = |place: &Option<&Place>| verdict.proof.is_none() && place.is_some_and(|place| *place != given.digest.place);
            let Some(place) = taken.get(file.base.as_str()).filter(|place| file.base != own || lies(place)) else { continue };
            elsewhere += 1;
            let judged = displaced_verdict(given, verdict);
            damaged.push(Damaged { file, name: digest_name(file), place: *place, judged });
        }
        if elsewhere == given.files.len() {
            displaced.insert(index);
            verdict.proof = None;
            verdict.judged = Judged::not_valid(NotValid::Invalid, Reason::WrongPlace, Reason::WrongPlace.sentence().to_owned());
        }
    }
    displaced
}

/// A proven digest at another's place was put there. Content that nothing proves only says that it belongs elsewhere: whatever signature
/// there is for this place is not its.
fn displaced_verdict(given: &GivenDigest<'_>, verdict: &DigestVerdict<'_>) -> Judged {
    let key_lacks = matches!(verdict.judged.reason, Some(Reason::KeyUnknown | Reason::KeyUnusable));
    let (reason, says) = match verdict.proof {
        None if !key_lacks => (Reason::SignatureMismatch, "What it says of its own place is"),
        _ => (Reason::WrongPlace, "It is that of"),
    };
    Judged::not_valid(NotValid::Invalid, reason, format!("{} {says} {}", reason.sentence(), given.digest.place.key))
}

/// Files that should be digests and cannot be read as such.
pub(crate) fn find_damaged<'a>(
    files: &[&'a GivenFile],
    digests: &Digests<'a>,
    verdicts: &[DigestVerdict<'_>],
    listings: &Listings<'_>,
    damaged: &mut Vec<Damaged<'a>>,
) {
    let mut named: HashMap<&str, &'a Place> = HashMap::new();
    for (given, verdict) in digests.all.iter().zip(verdicts) {
        if let Some(previous) = given.digest.previous.as_ref().filter(|_| verdict.judged.verdict != Verdict::Invalid) {
            named.insert(unpacked(base_of(&previous.place.key)), &previous.place);
        }
    }
    // A digest's metadata, saved under its name beside it, is what it says it is.
    let sound: HashSet<&str> = digests.all.iter().flat_map(|given| given.files.iter().map(|file| file.base.as_str())).collect();
    let is_aside =
        |file: &GivenFile| matches!(file.facts.kind, FileKind::Signatures | FileKind::KeyList) && sound.contains(file.base.as_str());
    damaged.extend(files.iter().filter(|file| !is_aside(file)).filter_map(|file| judge_file(file, &named, listings)));
    arrange(damaged, |a, b| a.file.order().cmp(&b.file.order()));
}

fn judge_file<'a>(file: &'a GivenFile, named: &HashMap<&str, &'a Place>, listings: &Listings<'_>) -> Option<Damaged<'a>> {
    let name = digest_name(file);
    let place = || named.get(file.base.as_str()).copied();
    let what = match &file.facts.kind {
        FileKind::Digest(Ok(_)) => return None,
        FileKind::Digest(Err(why)) => why.as_str(),
        _ if name.is_none() => return None,
        kind => {
            let is_log = matches!(kind, FileKind::Log) || listings.with_hash(&file.facts.content.sha256).is_some();
            if is_log && place().is_none() {
                return None;
            }
            "it is something else under a digest's name"
        }
    };
    let place = place();
    let judged = judge_flaw(&file.facts.content, "digest").unwrap_or_else(|| malformed(what));
    Some(Damaged { file, name, place, judged: judged.with_remarks(container_remarks(&file.facts.content)) })
}

fn digest_name(file: &GivenFile) -> Option<DigestName> {
    match &file.name.kind {
        KeyKind::Digest(name) => Some(name.clone()),
        _ => None,
    }
}

fn malformed(why: &str) -> Judged {
    Judged::not_valid(NotValid::Invalid, Reason::Malformed, format!("{} What is wrong: {why}.", Reason::Malformed.sentence()))
}
