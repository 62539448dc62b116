//! Why the two differ: each reason once. What the CLI does was read in its source and is seen here in every run.

pub const IN_NO_DIGEST: &str = "The CLI walks from digests to the logs they list and never looks what else lies there. Trailseal compares what is there \
with what is listed, and says of each other log whether it falls into a covered hour (put there, or delivered by a trail without validation), into a gap, or after the newest digest.";

pub const LOGS_OF_NO_PROOF: &str =
    "The CLI says nothing at all of the logs of a digest that is not valid. Trailseal names each: nothing proves it.";

pub const LOST_IN_A_ROW: &str = "The CLI names the one digest that its successor links to, however many are gone. Trailseal says from when to when no \
digest speaks, and how many that are.";

pub const AFTER_THE_DIGEST: &str = "The CLI inflates a digest's first gzip member and ignores what follows (of logs it does not, since May 2026). Trailseal \
calls a file with bytes that nobody signed invalid, so nothing hangs on it; its message says that the first member alone fits.";

pub const ENDS_EARLY: &str = "Where the newest digests are deleted, the CLI only names an earlier end of its results, and exits with 0. Trailseal says that \
the proof ends before the time that was asked for, and exits with 3.";

pub const NO_DIGESTS: &str =
    "Without any digest the CLI has nothing to say, and exits with 0. Trailseal sees logs that no chain speaks for, and exits with 3.";

pub const LISTING_ENDS: &str = "The CLI cuts the time out of a key by counting letters and compares it as text: one object with a fitting name ends its \
listing, and everything newer is never looked at. Putting an object is all it takes. Trailseal reads names strictly, goes on, and reports the name.";

pub const ELSEWHERE: &str = "The CLI insists on the bucket that the digest names, and never comes to the logs. The signature covers the recorded place, so \
Trailseal verifies with that one: a copy of true bytes is proven wherever it lies.";

pub const SIGNATURE_TWICE: &str = "The CLI reads a digest's signature from S3 metadata alone, which every plain download loses. Each digest carries the \
signature of the one before it: Trailseal proves with that all but the newest, which is open, not forged, and says what is missing.";

pub const AS_BYTES: &str =
    "The CLI compares hashes as text, so the same hash in capitals is an alarm. Trailseal compares the bytes and remarks on it.";

pub const ONE_HASH: &str = "Version 1 of the CLI takes whatever hash the signature itself names; SHA-1 is no longer safe, and CloudTrail signs over SHA-256. \
Trailseal takes nothing else.";

pub const LINKS: &str =
    "The CLI follows the link to the digest before and compares nothing of it. Trailseal compares place, hash and signature.";

pub const TIME_HOLE: &str = "The CLI does not compare the windows of linked digests. Trailseal reports time that belongs to neither.";

pub const COUNTED_ONCE: &str = "The CLI checks and counts a log as often as it is listed. Trailseal counts files.";

pub const GIVES_UP: &str = "One digest that does not read as the CLI expects ends its whole run with an exception; nothing older is looked at. Trailseal says \
of that one file what is wrong with it, of its logs that no readable digest lists them, and goes on.";

pub const CONTENT_DECIDES: &str = "S3 consoles and browsers unpack while they download, because CloudTrail marks its files as gzip-encoded. The hash is of \
the content, so Trailseal judges that, and remarks how it lies there; with --strict it is invalid, as the CLI has it.";

pub const NO_KEY: &str = "A key that is not at hand disproves nothing: Trailseal says that these digests are open, and which key is wanted. (The CLI names the \
trail's home Region, though the keys were asked of another.)";

pub const STOPPED: &str =
    "Both say when logging stood still; the CLI still exits with 0. Time that nothing speaks for is open: Trailseal exits with 3.";

pub const LONGER_NAME: &str = "The CLI's pattern for this trail's digests also fits those of a trail named like it and its home Region, and then follows that \
one's chain. Trailseal takes trails apart by their whole names, so the tampered log is found.";

pub const ENDLESS: &str = "A digest that names itself as its predecessor keeps the CLI going for ever (it was ended after a minute). Trailseal walks no \
link twice, reports the circle, and still sees what is older.";
