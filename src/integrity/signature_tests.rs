//! Signatures: what holds, what must not, and the real ones that are public.

use rsa::Pkcs1v15Sign;
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::EncodePublicKey;
use rsa::traits::PublicKeyParts;

use super::*;

fn private_key() -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs1_der(include_bytes!("../../tests/fixtures/sample-key-1.der")).expect("a key")
}

fn public_der() -> Vec<u8> {
    private_key().to_public_key().to_pkcs1_der().expect("a key").into_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sign(text: &[u8]) -> Vec<u8> {
    let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: Box::new(SHA256_PREFIX) };
    private_key().sign(scheme, &Sha256::of(text).0).expect("2048 bits hold it")
}

#[test]
fn a_signature_holds_in_either_case_and_under_either_form_of_key() {
    let (hash, signature) = (Sha256::of(b"text"), hex(&sign(b"text")));
    assert_eq!(check_prehashed(&public_der(), &hash, &signature), CheckResult::Holds);
    assert_eq!(check_prehashed(&public_der(), &hash, &signature.to_uppercase()), CheckResult::Holds);
    let spki = private_key().to_public_key().to_public_key_der().expect("a key").into_vec();
    assert_eq!(check_prehashed(&spki, &hash, &signature), CheckResult::Holds);
    assert_eq!(check_prehashed(&public_der(), &Sha256::of(b"test"), &signature), CheckResult::Fails);
}

#[test]
fn only_512_hex_digits_are_a_signature() {
    let hash = Sha256::of(b"text");
    let signature = hex(&sign(b"text"));
    for malformed in
        [String::new(), "zz".repeat(256), format!("00{signature}"), signature.replacen(|_| true, "", 1), format!("{signature}\n")]
    {
        assert_eq!(check_prehashed(&public_der(), &hash, &malformed), CheckResult::Malformed, "{malformed}");
    }
}

#[test]
fn another_hash_another_padding_or_a_number_too_large_fails() {
    let key = private_key();
    let hash = Sha256::of(b"text");
    // CLI version 1 lets a SHA-1 or SHA-512 signature pass: it takes the hash that the signature names.
    let sha1_prefix = [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
    let sha1 = Pkcs1v15Sign { hash_len: Some(20), prefix: Box::new(sha1_prefix) };
    // SHA-1 of "text".
    let sha1_hash = decode_hex("372ea08cab33e71c02c651dbc83a474d32c676ea").expect("hex");
    let bare = Pkcs1v15Sign { hash_len: Some(32), prefix: Box::new([]) };
    for wrong in [key.sign(sha1, &sha1_hash), key.sign(bare, &hash.0)] {
        assert_eq!(check_prehashed(&public_der(), &hash, &hex(&wrong.expect("signed"))), CheckResult::Fails);
    }
    let larger = rsa::BigUint::from_bytes_be(&sign(b"text")) + key.n();
    let larger = larger.to_bytes_be();
    if larger.len() == 256 {
        assert_eq!(check_prehashed(&public_der(), &hash, &hex(&larger)), CheckResult::Fails);
    }
    assert_eq!(check_prehashed(&public_der(), &hash, &"ff".repeat(256)), CheckResult::Fails);
    assert_eq!(check_prehashed(&public_der(), &hash, &"00".repeat(256)), CheckResult::Fails);
    // A block of PSS looks random after the public operation; so does this one.
    assert_eq!(check_prehashed(&public_der(), &hash, &"3c".repeat(256)), CheckResult::Fails);
}

#[test]
fn a_key_of_another_kind_is_not_used() {
    let hash = Sha256::of(b"text");
    let signature = hex(&sign(b"text"));
    assert_eq!(check_prehashed(b"no key", &hash, &signature), CheckResult::KeyUnusable);
    let n = private_key().n().clone();
    let der = |n, e| rsa::RsaPublicKey::new(n, rsa::BigUint::from(e)).expect("a key").to_pkcs1_der().expect("a key").into_vec();
    assert_eq!(check_prehashed(&der(n.clone(), 3u32), &hash, &signature), CheckResult::KeyUnusable);
    assert_eq!(check_prehashed(&der(n >> 1, 65_537), &hash, &signature), CheckResult::KeyUnusable);
}

#[test]
fn four_lines_are_signed_and_the_last_may_be_the_word_null() {
    let place = crate::trail::digest::Place { bucket: "b".to_owned(), key: "c".to_owned() };
    let mut digest = DigestFile {
        account: String::new(),
        start: Timestamp(0),
        end: Timestamp(0),
        end_text: "a".to_owned(),
        place,
        fingerprint: String::new(),
        signature_algorithm: None,
        oldest_event: None,
        newest_event: None,
        previous: None,
        previous_signature_text: None,
        log_files: Vec::new(),
    };
    // From the AWS CLI's own unit tests: digest bytes `abc`.
    let abc = Sha256::of(b"abc");
    let expected = "a\nb/c\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\nnull";
    assert_eq!(string_to_sign(&digest, abc), expected);
    digest.previous_signature_text = Some("ef".to_owned());
    assert_eq!(string_to_sign(&digest, abc), expected.replace("null", "ef"));
}

#[test]
fn signatures_are_read_in_every_form() {
    let one = |json: &str| {
        let all = GivenSignature::parse_any(json.as_bytes()).expect("signatures");
        assert_eq!(all.len(), 1, "{json}");
        all.into_iter().next().expect("one")
    };
    let head = r#"{"ETag":"x","Metadata":{"signature":"ab","signature-algorithm":"SHA256withRSA","backfill-generation-timestamp":"2025-03-10T12:00:00Z"}}"#;
    let given = one(head);
    assert_eq!((given.key, given.signature.as_str(), given.algorithm.as_deref()), (None, "ab", Some("SHA256withRSA")));
    assert_eq!(given.generated, Timestamp::parse("2025-03-10T12:00:00Z"));
    assert_eq!(one(&format!("[{head}]")).signature, "ab");
    for (json, place) in [
        (r#"{"note":"n","a/b.json.gz":{"x-amz-meta-signature":"ab"}}"#, (None, "a/b.json.gz")),
        (r#"{"s3://bucket/a/b.json.gz":{"Signature":"ab"}}"#, (Some("bucket"), "a/b.json.gz")),
        (r#"{"a/b.json.gz":{"Metadata":{"signature":"ab"}}}"#, (None, "a/b.json.gz")),
    ] {
        assert_eq!(one(json).place(), Some(place));
    }
    for nothing in ["{}", "[]", "{\"Records\":[]}", "{\"Metadata\":{}}", "junk", "{\"Metadata\":7}"] {
        assert_eq!(GivenSignature::parse_any(nothing.as_bytes()), None, "{nothing}");
    }
}

/// Real AWS keys and signatures, as published; kept outside the package.
fn vectors() -> Option<serde_json::Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/vectors/vectors.json");
    // A native test may read; the room itself never does.
    #[allow(clippy::disallowed_methods)]
    let read = std::fs::read(path).ok().and_then(|json| serde_json::from_slice(&json).ok());
    if read.is_none() {
        println!("skipped: no test vectors at {path}");
    }
    read
}

#[test]
fn real_fingerprints_are_the_md5_of_the_key() {
    let Some(vectors) = vectors() else { return };
    let list = format!("{{\"PublicKeyList\":{}}}", vectors.get("keys").expect("keys"));
    let keys = crate::integrity::keys::PublicKey::parse_list(list.as_bytes()).expect("a key list");
    assert_eq!(keys.len(), 4);
    for key in keys {
        assert_eq!(key.problem(), None, "{}", key.fingerprint);
        assert_eq!(key.valid_to.zip(key.valid_from).map(|(to, from)| to.since(from)), Some(2_592_000_000));
    }
}

#[test]
fn real_signatures_hold_under_the_real_key() {
    let Some(vectors) = vectors() else { return };
    let list = format!("{{\"PublicKeyList\":{}}}", vectors.get("keys").expect("keys"));
    let keys = crate::integrity::keys::PublicKey::parse_list(list.as_bytes()).expect("a key list");
    let signatures = vectors.get("signatures").and_then(Value::as_array).expect("signatures");
    assert_eq!(signatures.len(), 2);
    for given in signatures {
        let text = |name: &str| given.get(name).and_then(Value::as_str).expect("text");
        let hash = Sha256::parse(text("sha256_of_string_to_sign")).expect("a hash");
        for key in &keys {
            let expected = if key.fingerprint == text("key_fingerprint") { CheckResult::Holds } else { CheckResult::Fails };
            assert_eq!(check_prehashed(&key.value_der, &hash, text("signature")), expected, "{}", key.fingerprint);
        }
    }
}
