//! What the name of an object says: log, digest, backfill digest, neither. Names are hints; content decides.

use crate::trail::ids::ChainId;
use crate::trail::ids::ChainKind;
use crate::trail::time::Timestamp;

/// A bucket key, or as much of one as a path or URL still shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectKey {
    /// The name as given, `/` between folders.
    pub path: String,
    /// What the last part of the name says.
    pub kind: KeyKind,
}

/// What an object's base name says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `ACCOUNT_CloudTrail_REGION_stamp_unique.json.gz`, or Insight, NetworkActivity, Aggregated.
    Log(LogName),
    /// `ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME_stamp.json.gz`, hourly or backfill.
    Digest(DigestName),
    /// Anything else.
    Other,
}

/// What a log file's name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogName {
    /// Twelve digits.
    pub account: String,
    /// The Region whose log it is.
    pub region: String,
    /// The stamp: time of delivery, rounded to five minutes both ways.
    pub stamp: Timestamp,
}

/// What a digest file's name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestName {
    /// Account, Region, trail, home Region, kind.
    pub chain: ChainId,
    /// The end of the digest's window.
    pub end: Timestamp,
}

impl ObjectKey {
    /// Reads a path, key or bare file name. Never fails: what is not CloudTrail's is `Other`.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let path = path.replace('\\', "/");
        let kind = parse_base(base_name(&path));
        Self { path, kind }
    }

    /// The last part of the name.
    #[must_use]
    pub fn base(&self) -> &str {
        base_name(&self.path)
    }

    /// The part from `AWSLogs/` on, and what stands before it: in a copy, often the bucket's name.
    #[must_use]
    pub fn from_aws_logs(&self) -> Option<(&str, &str)> {
        let at = if self.path.starts_with("AWSLogs/") { 0 } else { self.path.rfind("/AWSLogs/")? + 1 };
        self.path.split_at_checked(at)
    }

    /// The organization's folder (`o-…`) in the key, if there is one.
    #[must_use]
    pub fn organization(&self) -> Option<&str> {
        let (_, tail) = self.from_aws_logs()?;
        tail.split('/').nth(1).filter(|part| part.starts_with("o-"))
    }

    /// Looks like a digest's name but is none: such an object can hide everything after it from the AWS CLI's listing, which takes
    /// whatever begins with the account and ends in `.json.gz`. A note of one's own beside a digest (`….json.gz.metadata`) is no trap,
    /// nor is what macOS puts beside each file on foreign disks (`._…`).
    #[must_use]
    pub fn is_misleading(&self) -> bool {
        let begins_alike = self.base().split_once("_CloudTrail-Digest_").is_some_and(|(account, _)| !account.starts_with("._"));
        self.kind == KeyKind::Other && begins_alike && self.base().ends_with(".json.gz")
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `.json.gz` as delivered, `.json` where a browser or a person has unpacked it.
fn stem(base: &str) -> Option<&str> {
    base.strip_suffix(".json.gz").or_else(|| base.strip_suffix(".json"))
}

fn parse_base(base: &str) -> KeyKind {
    parse_digest(base).map(KeyKind::Digest).or_else(|| parse_log(base).map(KeyKind::Log)).unwrap_or(KeyKind::Other)
}

/// From the right, because a trail's name may hold `_` itself; a Region never does.
fn parse_digest(base: &str) -> Option<DigestName> {
    let stem = stem(base)?;
    let (stem, kind) = match stem.strip_suffix("_backfill") {
        Some(stem) => (stem, ChainKind::Backfill),
        None => (stem, ChainKind::Hourly),
    };
    let (account, rest) = stem.split_once("_CloudTrail-Digest_")?;
    let (region, rest) = rest.split_once('_')?;
    let (rest, stamp) = rest.rsplit_once('_')?;
    let (trail, home_region) = rest.rsplit_once('_')?;
    let end = (stamp.len() == 16).then(|| Timestamp::parse_stamp(stamp))??;
    let plausible = is_account(account) && is_region(region) && is_region(home_region) && !trail.is_empty();
    let chain = || ChainId { account: account.into(), region: region.into(), trail: trail.into(), home_region: home_region.into(), kind };
    plausible.then(|| DigestName { chain: chain(), end })
}

fn parse_log(base: &str) -> Option<LogName> {
    let mut parts = stem(base)?.splitn(4, '_');
    let (account, service, region, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let known = matches!(service, "CloudTrail" | "CloudTrail-Insight" | "CloudTrail-NetworkActivity" | "CloudTrail-Aggregated");
    // Old documentation shows a name without `_` before its unique part: `…T1255ZHdkv….json.gz`.
    let (stamp, unique) = rest.split_at_checked(rest.find('Z')? + 1)?;
    let stamp = Timestamp::parse_stamp(stamp)?;
    let plausible = known && is_account(account) && is_region(region) && !unique.trim_start_matches('_').is_empty();
    plausible.then(|| LogName { account: account.into(), region: region.into(), stamp })
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_region(text: &str) -> bool {
    text.contains('-') && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chain(path: &str) -> Option<(String, String, String, String, ChainKind)> {
        match ObjectKey::parse(path).kind {
            KeyKind::Digest(name) => {
                let c = name.chain;
                Some((c.account, c.region, c.trail, c.home_region, c.kind))
            }
            _ => None,
        }
    }

    #[test]
    fn a_trail_name_with_underscores_is_read_from_the_right() {
        let path = "p/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2024/03/09/111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_x_us-east-1_20240309T140000Z.json.gz";
        let (account, region, trail, home, kind) = chain(path).expect("a digest's name");
        assert_eq!((account.as_str(), region.as_str(), trail.as_str()), ("111122223333", "eu-west-1", "main_us-east-1_x"));
        assert_eq!((home.as_str(), kind), ("us-east-1", ChainKind::Hourly));
    }

    #[test]
    fn a_backfill_digest_is_a_chain_of_its_own() {
        let kind = chain("111122223333_CloudTrail-Digest_eu-west-1_t1x_us-east-1_20240309T140000Z_backfill.json.gz").map(|c| c.4);
        assert_eq!(kind, Some(ChainKind::Backfill));
    }

    #[test]
    fn a_log_is_known_by_its_name_packed_or_not() {
        for name in [
            "218007301253_CloudTrail_us-east-1_20230710T1220Z_WMiHxZgr5Hdd6UDc.json",
            "a/b/218007301253_CloudTrail-Insight_us-east-1_20230710T1220Z_WMiHxZgr5Hdd6UDc.json.gz",
            "218007301253_CloudTrail_us-east-1_20230710T1255ZHdkvFTXOA3Vnhbc.json.gz",
        ] {
            assert!(matches!(ObjectKey::parse(name).kind, KeyKind::Log(_)), "{name}");
        }
    }

    #[test]
    fn a_name_that_only_looks_like_a_digest_misleads() {
        let key = ObjectKey::parse("x/111122223333_CloudTrail-Digest_eu-west-1_t_us-east-1_20250310T2000_x.json.gz");
        assert!(key.is_misleading());
        assert_eq!(key.kind, KeyKind::Other);
        assert!(!ObjectKey::parse("x/._111122223333_CloudTrail-Digest_eu-west-1_t_us-east-1_20250310T200000Z.json.gz").is_misleading());
    }

    #[test]
    fn the_bucket_may_stand_before_aws_logs() {
        let key = ObjectKey::parse("copy/my-bucket/AWSLogs/o-abc123/111122223333/CloudTrail/x");
        assert_eq!(key.from_aws_logs().map(|(before, _)| before), Some("copy/my-bucket/"));
        assert_eq!(key.organization(), Some("o-abc123"));
    }

    proptest! {
        #[test]
        fn any_name_is_taken(name in "[0-9A-Za-z_TZ./\\-é]{0,90}") {
            let key = ObjectKey::parse(&name);
            let _ = (key.base(), key.organization(), key.is_misleading());
        }
    }
}
