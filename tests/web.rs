//! In a real browser: messages keep what they carry, buffers are moved and not copied, blobs are read slice by slice.
#![cfg(target_arch = "wasm32")]

use std::cell::Cell;
use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use js_sys::Uint8Array;
use rsa::Pkcs1v15Sign;
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::EncodePublicKey;
use trailseal::browser::folders::Folders;
use trailseal::browser::frame;
use trailseal::browser::source;
use trailseal::browser::subtle::Subtle;
use trailseal::browser::wire;
use trailseal::integrity::sha256::Sha256;
use trailseal::integrity::signature::CheckResult;
use trailseal::integrity::signature::Origin;
use trailseal::integrity::signature::SignatureCheck;
use trailseal::integrity::signature::for_another_checker;
use trailseal::protocol::Call;
use trailseal::protocol::Named;
use trailseal::protocol::Question;
use trailseal::state::ask::Slot;
use trailseal::trail::ids::FileId;
use trailseal::worker::checking::check_all;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use wasm_bindgen_test::wasm_bindgen_test_configure;
use web_sys::Blob;
use web_sys::MessageEvent;
use web_sys::Url;
use web_sys::Worker;

wasm_bindgen_test_configure!(run_in_browser);

/// A worker that sends back what it gets, as our own workers would find it.
fn echo() -> Worker {
    let source = Array::of1(&"onmessage = event => postMessage(event.data)".into());
    let blob = Blob::new_with_str_sequence(&source).expect("a blob");
    Worker::new(&Url::create_object_url_with_blob(&blob).expect("an address")).expect("a worker")
}

async fn answer(worker: &Worker) -> JsValue {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let listen = Closure::once_into_js(move |event: MessageEvent| {
            let _ = resolve.call1(&JsValue::UNDEFINED, &event.data());
        });
        worker.set_onmessage(Some(listen.unchecked_ref()));
    });
    JsFuture::from(promise).await.expect("an answer")
}

#[wasm_bindgen_test]
async fn a_message_keeps_its_value_and_moves_its_bytes() {
    let worker = echo();
    let call = Call::Open(vec![Named { id: FileId(7), name: "AWSLogs/ä.json.gz".to_owned(), size: 3 }]);
    let bytes = Uint8Array::from(&[1u8, 2, 3][..]);
    wire::send(&worker, &call, &[bytes.clone().into()]).expect("sent");
    assert_eq!(bytes.length(), 0, "the bytes were copied, not moved");
    let (back, attachments) = wire::receive::<Call>(&answer(&worker).await).expect("the same message");
    let Call::Open(files) = back else { panic!("another call") };
    assert_eq!(files, [Named { id: FileId(7), name: "AWSLogs/ä.json.gz".to_owned(), size: 3 }]);
    assert_eq!(wire::bytes(attachments.first()), [1, 2, 3]);
    worker.terminate();
}

#[wasm_bindgen_test]
fn folders_of_a_drop_are_walked_deepest_first_logs_and_digests_in_turns() {
    let tree = [
        ("t", &["CloudTrail-Digest", "CloudTrail", "other"][..]),
        ("t/CloudTrail", &["eu", "us"]),
        ("t/CloudTrail-Digest", &["eu", "us"]),
        ("t/CloudTrail/us", &["01", "02"]),
    ];
    let mut folders = Folders::default();
    folders.push("t".to_owned(), ());
    let walked = std::iter::from_fn(|| {
        let (path, ()) = folders.pop()?;
        let within = tree.iter().find(|(parent, _)| *parent == path).map_or(&[][..], |(_, names)| names);
        within.iter().for_each(|name| folders.push(format!("{path}/{name}"), ()));
        Some(path)
    });
    let expected = [
        "t",
        "t/CloudTrail-Digest",
        "t/other",
        "t/CloudTrail-Digest/us",
        "t/CloudTrail",
        "t/CloudTrail-Digest/eu",
        "t/CloudTrail/us",
        "t/CloudTrail/us/02",
        "t/CloudTrail/us/01",
        "t/CloudTrail/eu",
    ];
    assert_eq!(walked.collect::<Vec<_>>(), expected);
}

#[wasm_bindgen_test]
async fn a_message_of_another_kind_is_refused() {
    for message in [JsValue::NULL, JsValue::from("x"), Array::of1(&"{\"x\":1}".into()).into()] {
        assert!(wire::receive::<Question>(&message).is_err());
    }
}

#[wasm_bindgen_test]
async fn a_blob_is_read_slice_by_slice_and_whole() {
    // Just over one slice of 4 MB, so that there are two.
    let bytes: Vec<u8> = (0..4_194_304u32 + 100).map(|at| at as u8).collect();
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(&bytes[..]))).expect("a blob");
    let mut slices = Vec::new();
    let mut together = Vec::new();
    source::read_slices(&blob, |slice| {
        slices.push(slice.len());
        together.extend_from_slice(slice);
    })
    .await
    .expect("read");
    assert_eq!(slices, [4_194_304, 100]);
    assert!(together == bytes);
    assert!(source::read(&blob).await.expect("read").to_vec() == bytes);
}

#[wasm_bindgen_test]
async fn the_event_loop_takes_a_turn() {
    let before = frame::now();
    frame::breathe().await;
    assert!(frame::now() >= before && frame::pixel_ratio() > 0.0);
}

/// One check of each kind, and what is to come of it.
fn checks() -> Vec<(SignatureCheck, CheckResult)> {
    let private = RsaPrivateKey::from_pkcs1_der(include_bytes!("fixtures/sample-key-1.der")).expect("a key");
    let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: Box::new(SHA256_PREFIX) };
    let signed = private.sign(scheme, &Sha256::of(b"text").0).expect("2048 bits hold it");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let public = private.to_public_key();
    let (bare, spki) = (public.to_pkcs1_der().expect("a key").into_vec(), public.to_public_key_der().expect("a key").into_vec());
    let mut flipped = signed.clone();
    flipped[100] ^= 1;
    let table = [
        ("text", hex(&signed), &bare, CheckResult::Holds),
        ("text", hex(&signed), &spki, CheckResult::Holds),
        ("text", hex(&signed).to_uppercase(), &bare, CheckResult::Holds),
        ("test", hex(&signed), &bare, CheckResult::Fails),
        ("text", hex(&flipped), &spki, CheckResult::Fails),
        ("text", hex(&[255; 256]), &bare, CheckResult::Fails),
        ("text", "zz".repeat(256), &bare, CheckResult::Malformed),
        ("text", hex(&signed[1..]), &bare, CheckResult::Malformed),
        ("text", hex(&signed), &vec![0; 270], CheckResult::KeyUnusable),
    ];
    let check = |(id, (text, signature, key, result)): (usize, (&str, String, &Vec<u8>, CheckResult))| {
        let check = SignatureCheck {
            id: id as u64,
            digest: FileId(0),
            content: Sha256::of(b""),
            string_to_sign: text.to_owned(),
            signature,
            key_der: key.clone(),
            fingerprint: String::new(),
            origin: Origin::Metadata,
        };
        (check, result)
    };
    table.into_iter().enumerate().map(check).collect()
}

#[wasm_bindgen_test]
async fn what_takes_long_has_a_frame_of_its_own_and_all_keep_their_turn() {
    let (frame_number, seen) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(Vec::new())));
    for number in 0..4 {
        let (frame_number, seen) = (frame_number.clone(), seen.clone());
        frame::next_frame(move || {
            let begun = frame::now();
            while number < 2 && frame::now() < begun + 8.0 {}
            seen.borrow_mut().push((number, frame_number.get()));
        });
    }
    while seen.borrow().len() < 4 {
        let frame_number = frame_number.clone();
        let (sender, counted) = futures_channel::oneshot::channel();
        let count = Closure::once_into_js(move || {
            frame_number.set(frame_number.get() + 1);
            let _ = sender.send(());
        });
        web_sys::window().expect("a page").request_animation_frame(count.unchecked_ref()).expect("a frame");
        counted.await.expect("counted");
    }
    let seen = seen.borrow();
    let [(0, first), (1, second), (2, third), (3, last)] = seen[..] else { panic!("out of turn: {seen:?}") };
    assert!(first < second && second < third && third <= last, "{seen:?}");
}

#[wasm_bindgen_test]
async fn the_browser_s_signature_check_says_what_ours_says() {
    let (checks, results): (Vec<_>, Vec<_>) = checks().into_iter().unzip();
    let subtle = Subtle::here().expect("this page was loaded in a secure way");
    for subtle in [Some(&subtle), None] {
        let outcomes = check_all(subtle, &checks).await;
        assert_eq!(outcomes.iter().map(|outcome| outcome.result).collect::<Vec<_>>(), results);
        assert_eq!(outcomes.iter().map(|outcome| outcome.id).collect::<Vec<_>>(), (0..checks.len() as u64).collect::<Vec<_>>());
    }
    // Those that hold were not checked a second time here because the browser would not: it takes both forms of key, and says yes.
    for check in &checks[..3] {
        let (spki, signature) = for_another_checker(check).expect("a whole signature under a usable key");
        let key = subtle.key(&spki).await.expect("a key that the browser takes");
        assert!(subtle.verify(&key, &signature, b"text").expect("a check").holds().await);
        assert!(!subtle.verify(&key, &signature, b"test").expect("a check").holds().await);
    }
}

const SHA256_PREFIX: [u8; 19] = [48, 49, 48, 13, 6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 1, 5, 0, 4, 32];

/// Whatever is asked for while one picture is on its way is asked for once, when it is there, and as it is by then.
#[wasm_bindgen_test]
async fn a_slot_has_one_turn_under_way_and_the_newest_behind_it() {
    // Whatever is mounted brings what runs the turns.
    leptos::mount::mount_to_body(|| ());
    let (slot, wanted, shown) = (Slot::default(), Rc::new(Cell::new(0)), Rc::new(RefCell::new(Vec::new())));
    let under_way = Rc::new(Cell::new(0));
    for place in 1..=20 {
        wanted.set(place);
        let (wanted, shown, under_way) = (wanted.clone(), shown.clone(), under_way.clone());
        slot.run(move || {
            let (wanted, shown, under_way) = (wanted.clone(), shown.clone(), under_way.clone());
            Box::pin(async move {
                under_way.set(under_way.get() + 1);
                assert_eq!(under_way.get(), 1, "one at a time");
                shown.borrow_mut().push(wanted.get());
                for _ in 0..3 {
                    frame::breathe().await;
                }
                under_way.set(under_way.get() - 1);
            })
        });
        if place == 10 {
            frame::breathe().await;
        }
    }
    assert!(slot.is_busy());
    for _ in 0..40 {
        frame::breathe().await;
    }
    assert!(!slot.is_busy());
    assert_eq!(*shown.borrow(), [10, 20]);
}
