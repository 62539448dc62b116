//! What a person runs elsewhere to fetch what is lacking: AWS CLI commands and a bucket's CORS rule, safe to be pasted into a shell.

use crate::trail::digest::Place;
use crate::trail::time::Timestamp;

/// Prints one digest's metadata; its key is not in what is printed.
#[must_use]
pub fn head_object(place: &Place) -> String {
    format!("aws s3api head-object --bucket {} --key {}", quoted(&place.bucket), quoted(&place.key))
}

/// One line for a shell that prints a JSON object a digest, from its place to its metadata; what cannot be had is left out, and the AWS
/// CLI says why. A place that would have to be escaped in JSON gets a command of its own.
#[must_use]
pub fn all_signatures(places: &[&Place]) -> Vec<String> {
    let is_odd = |place: &&&Place| place.bucket.contains(['"', '\\']) || place.key.contains(['"', '\\']);
    let (odd, plain): (Vec<&&Place>, Vec<&&Place>) = places.iter().partition(is_odd);
    let single: Vec<String> = odd.into_iter().map(|place| head_object(place)).collect();
    if plain.len() < 2 {
        return plain.into_iter().map(|place| head_object(place)).chain(single).collect();
    }
    let named: Vec<String> = plain.into_iter().map(|place| quoted(&format!("{}/{}", place.bucket, place.key))).collect();
    let each = "m=$(aws s3api head-object --bucket \"${o%%/*}\" --key \"${o#*/}\" --query Metadata --output json) && printf '{\"s3://%s\": %s}\\n' \"$o\" \"$m\"";
    std::iter::once(format!("for o in {}; do {each}; done", named.join(" "))).chain(single).collect()
}

/// The public keys of a Region that signed something between two times; without an end, AWS takes the present. Without a Region, the AWS
/// CLI takes the one that it is set to.
#[must_use]
pub fn list_public_keys(region: &str, from: Option<Timestamp>, until: Option<Timestamp>) -> String {
    let from = from.map(|from| format!(" --start-time {from}")).unwrap_or_default();
    let until = until.map(|until| format!(" --end-time {until}")).unwrap_or_default();
    let region = if region.is_empty() { String::new() } else { format!(" --region {}", quoted(region)) };
    format!("aws cloudtrail list-public-keys{region}{from}{until}")
}

/// What `put-bucket-cors` takes. S3 exposes `x-amz-meta-*` headers only one by one, by name.
#[must_use]
pub fn cors_rule(origin: &str) -> String {
    let exposed = ["x-amz-meta-signature", "x-amz-meta-signature-algorithm", "x-amz-meta-backfill-generation-timestamp"];
    let exposed: Vec<String> = exposed.iter().map(|name| format!("\"{name}\"")).collect();
    format!(
        "{{\"CORSRules\": [{{\"AllowedMethods\": [\"GET\"], \"AllowedOrigins\": [\"{origin}\"], \"ExposeHeaders\": [{}]}}]}}",
        exposed.join(", ")
    )
}

/// A word for a shell: names come from files, and a command that is copied must do nothing but what it says.
fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@=+,".contains(&byte));
    if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
