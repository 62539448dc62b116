//! What is wrong with a stretch of time in words, and what would settle it.

use crate::integrity::judgement::WindowState;
use crate::integrity::report::DigestRow;
use crate::integrity::report::GapCause;
use crate::integrity::verdict::Reason;

/// Why a stretch is as it is.
#[must_use]
pub fn cause_of(state: WindowState, digest: Option<&DigestRow>, gap: Option<GapCause>) -> String {
    let said = |otherwise: &str| digest.map_or_else(|| otherwise.to_owned(), |digest| digest.message.to_string());
    match (state, gap) {
        (WindowState::Proven, _) => "The digest is proven, and every log file that it lists is here and as signed.".to_owned(),
        (WindowState::ProvenEmpty, _) => "The digest is proven and lists no log file: nothing was delivered in this time.".to_owned(),
        (WindowState::InvalidInside, _) => "The digest is proven; not every log file that it lists is here as signed.".to_owned(),
        (WindowState::LeftOut, _) => {
            "The digest is proven; log files that it lists were left out of the evidence pack, and nothing is said of them.".to_owned()
        }
        (WindowState::Unproven, _) => said("The digest is neither proven nor disproven."),
        (WindowState::Invalid, _) => said("The digest is not what was signed for its place."),
        (WindowState::Missing, _) => "A proven digest names this one as the one before it; it is not among the files.".to_owned(),
        (WindowState::Gap, Some(GapCause::Stopped)) => {
            "The chain starts anew after it: logging, or the validation of log files, was off. What happened in this time, no digest can tell."
                .to_owned()
        }
        (WindowState::Gap, Some(GapCause::TimeHole)) => {
            "The digests before and after it are linked, and neither speaks for this time.".to_owned()
        }
        (WindowState::Gap, _) => "No digest of this time is among the files, though the chain goes on after it.".to_owned(),
    }
}

/// What to do about it; `None` where there is nothing to be done.
#[must_use]
pub fn remedy_for(state: WindowState, digest: Option<&DigestRow>, gap: Option<GapCause>) -> Option<&'static str> {
    Some(match state {
        WindowState::Proven | WindowState::ProvenEmpty => return None,
        WindowState::InvalidInside => {
            "Add the files that are not found. For those that differ, ask the bucket for other versions of the object (list-object-versions), and who put this one (PutObject)."
        }
        WindowState::LeftOut => {
            "Open the trail that the pack was taken out of, or its bucket: whoever made the pack has chosen what is in it."
        }
        WindowState::Unproven => match digest.and_then(|digest| digest.reason) {
            Some(Reason::NoSignature) => {
                "Supply its signature: it lies in the S3 metadata of the object, and in the digest after it. “Supply it” in the banner has the command."
            }
            Some(Reason::KeyUnknown | Reason::KeyUnusable) => {
                "Supply the public key of this time and Region. “Supply it” in the banner has the command."
            }
            Some(Reason::NotReadable) => "Make the file readable, if it is not, and open it again.",
            _ => "Add the digest after it, or its S3 metadata, so that its signature can be checked.",
        },
        WindowState::Invalid => {
            "Ask the bucket for other versions of this digest (list-object-versions), and who put this one (PutObject). An untouched copy proves itself when it is added."
        }
        WindowState::Missing => {
            "Look for the digest in the bucket, also among deleted versions (list-object-versions), and add it: its links settle this hour."
        }
        WindowState::Gap if gap == Some(GapCause::Stopped) => {
            "No file can fill it. What was done in this time may stand in other places: another trail, Event history (90 days), CloudTrail Lake, the services' own logs."
        }
        WindowState::Gap => {
            "Look for the digests of this time in the bucket, also among deleted versions (list-object-versions), and add them."
        }
    })
}
