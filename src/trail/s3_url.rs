//! Bucket and key of an S3 URL, presigned or not: virtual-hosted or path style, percent-decoded.

use crate::trail::digest::Place;
use crate::trail::percent::decode;

/// The place that a URL names. `None` where the host is not known to be S3: a bucket's name must not be guessed.
#[must_use]
pub fn place(url: &str) -> Option<Place> {
    let (host, path) = parts(url)?;
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
    if is_service(host) {
        let (bucket, key) = path.split_once('/')?;
        return Some(Place { bucket: decode(bucket), key: decode(key) });
    }
    // The service begins at `.s3.`, `.s3-` or the end in `.s3`; a bucket's name may hold dots itself.
    let at = host.rmatch_indices(".s3").map(|(at, _)| at).find(|at| host.get(at + 1..).is_some_and(is_service))?;
    Some(Place { bucket: host.get(..at)?.to_owned(), key: decode(path) })
}

/// The decoded path of any URL, without its leading slash: what is known of the name where the host is not S3's.
#[must_use]
pub fn path(url: &str) -> Option<String> {
    parts(url).map(|(_, path)| decode(path))
}

fn parts(url: &str) -> Option<(&str, &str)> {
    let rest = url.split_once("://").map(|(_, rest)| rest)?;
    let rest = rest.split(['?', '#']).next()?;
    let (host, path) = rest.split_once('/')?;
    let host = host.rsplit('@').next()?;
    Some((host.split(':').next()?, path))
}

/// `s3`, `s3.eu-west-1`, `s3-eu-west-1`, `s3.dualstack.eu-west-1`, `s3-accelerate`, `s3-fips.…`
fn is_service(host: &str) -> bool {
    host == "s3" || host.starts_with("s3.") || host.starts_with("s3-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_name_bucket_and_key() {
        let named = |url: &str| place(url).map(|place| format!("{} {}", place.bucket, place.key));
        assert_eq!(
            named("https://my.bucket.s3.eu-west-1.amazonaws.com/AWSLogs/a%20b.json.gz?X-Amz-Signature=x").as_deref(),
            Some("my.bucket AWSLogs/a b.json.gz")
        );
        assert_eq!(named("https://s3.us-east-1.amazonaws.com/bucket/k/v").as_deref(), Some("bucket k/v"));
        assert_eq!(named("https://b.s3.amazonaws.com/k#x").as_deref(), Some("b k"));
        assert_eq!(named("https://b.s3.dualstack.eu-west-1.amazonaws.com/k").as_deref(), Some("b k"));
        assert_eq!(named("https://example.com/bucket/k"), None);
        assert_eq!(path("http://127.0.0.1:9000/bucket/k%2Fv?x").as_deref(), Some("bucket/k/v"));
    }
}
