//! One pass says what the book says, for anything at all; and it is used for what CloudTrail writes.

use super::*;
use crate::trail::event::EventRecord;
use proptest::prelude::*;

const REAL: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAX:s","arn":"arn:aws:sts::1:assumed-role/r/s","accountId":"1",
    "accessKeyId":"ASIA","sessionContext":{"sessionIssuer":{"type":"Role","userName":"r"},"attributes":{"mfaAuthenticated":"false"}},"invokedBy":"x"},
    "eventTime":"2024-03-09T14:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7",
    "userAgent":"[aws-cli\/2 \u003d \"x\"]","requestParameters":{"bucketName":"b","Host":"h","key":"k\\v","n":[1,-2.5e3,true,null,{}]},"responseElements":null,
    "additionalEventData":{"bytes":243.0},"requestID":"R","eventID":"9bbd2fbb-8dcc-4f3e-8ff4-2c3a5b1c2d3e","readOnly":true,
    "resources":[{"type":"AWS::S3::Object"},{"ARN":"arn:aws:s3:::b/k","accountId":"1"}],"eventType":"AwsApiCall","managementEvent":false,
    "recipientAccountId":"1","eventCategory":"Data","tlsDetails":{"tlsVersion":"TLSv1.3"}}"#;

#[test]
fn a_record_as_cloudtrail_writes_it_takes_one_pass() {
    let (read, _, length) = read(REAL.as_bytes(), &mut Habits::default()).expect("nothing about it is odd");
    assert_eq!(length, REAL.len());
    assert_eq!((read.user_agent.as_deref(), read.target.name.as_deref()), (Some("[aws-cli/2 = \"x\"]"), Some("b/k")));
    agree(REAL.as_bytes());
}

#[test]
fn what_is_odd_is_left_to_the_book() {
    let odd = [
        r#"{"eventName":"A","eventName":"B"}"#,
        r#"{"eventName":1e3}"#,
        r#"{"eventName":"\ud800"}"#,
        r#"{"event\u004eame":"A"}"#,
        r#"{"userIdentity":"x"}"#,
        r#"{"resources":{"ARN":"a"}}"#,
        r#"{"requestParameters":"null"}"#,
        r#"{"eventName":"A",}"#,
        r#"{"x":01}"#,
        r#"{"x":"\x"}"#,
        r#"["A"]"#,
    ];
    for json in odd {
        assert!(read(json.as_bytes(), &mut Habits::default()).is_none(), "{json}");
        agree(json.as_bytes());
    }
    agree(br#"{"eventName":"A"} x"#);
    let deep = |levels: usize| format!(r#"{{"requestParameters":{}1{},"eventName":"A"}}"#, r#"{"x":"#.repeat(levels), "}".repeat(levels));
    agree(deep(100).as_bytes());
    assert_eq!(
        EventRecord::parse(deep(499).as_bytes()).map(|record| record.event_name.as_deref().map(str::to_owned)),
        Ok(Some("A".to_owned()))
    );
    assert_eq!(EventRecord::parse(deep(500).as_bytes()), Err("its values lie in one another deeper than can be read".to_owned()));
}

/// What the book can read, one pass reads alike.
fn agree(json: &[u8]) {
    let (parsed, book) = (EventRecord::parse(json), EventRecord::by_the_book(json));
    assert!(parsed == book || (parsed.is_ok() && book.is_err()), "{parsed:?} {book:?} {}", String::from_utf8_lossy(json));
}

/// Names that mean something, names that do not, and such as look alike.
fn key() -> impl Strategy<Value = String> {
    const NESTED: [&str; 22] = [
        "userIdentity",
        "requestParameters",
        "responseElements",
        "resources",
        "sessionContext",
        "sessionIssuer",
        "onBehalfOf",
        "userId",
        "ARN",
        "ARNPrefix",
        "resourceName",
        "resourceType",
        "bucketName",
        "key",
        "instancesSet",
        "roleName",
        "id",
        "Records",
        "other",
        "",
        "event",
        "eventNam\\u0065",
    ];
    prop_oneof![
        prop::sample::select(FIELDS.to_vec()).prop_map(|key| String::from_utf8_lossy(key).trim_matches('"').to_owned()),
        prop::sample::select(IDENTITY_TEXTS.to_vec()).prop_map(|key| String::from_utf8_lossy(key).into_owned()),
        prop::sample::select(NESTED.to_vec()).prop_map(str::to_owned),
    ]
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        prop::sample::select(vec![
            "true",
            "false",
            "0",
            "-0",
            "17",
            "01",
            "1.5",
            "1e9",
            "123456789012345678901",
            "nul",
            "\"(x\"",
            "\"\\ud83d\\ude00\"",
            "\"\\udc00\"",
            "\"a\\/b\\n\"",
            "\"arn:aws:s3:::b/k\"",
            "\"ConsoleLogin\"",
            "\"Failure\"",
            "\"AssumedRole\"",
            "\"2024-01-01T00:00:00Z\""
        ])
        .prop_map(str::to_owned),
        "\"[a-zé:/\\-]{0,20}\"",
        "\"[\\x00-\\x7f]{0,9}\"",
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))), object(inner),]
    })
}

fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let blank = prop_oneof![4 => Just(""), 1 => Just(" \n")];
    prop::collection::vec((key(), value, blank), 0..6).prop_map(|fields| {
        let fields: Vec<String> =
            fields.into_iter().map(|(key, value, blank)| format!("{blank}\"{key}\"{blank}:{blank}{value}{blank}")).collect();
        format!("{{{}}}", fields.join(","))
    })
}

/// A record with a caller long enough to be kept: of three who begin alike, their sessions whole or cut short.
fn real() -> impl Strategy<Value = String> {
    let session = prop::sample::select(vec!["alpha", "beta", "gamma é"]);
    (session, any::<bool>(), prop::option::of(20usize..400)).prop_map(|(session, sorted, cut)| {
        let session = format!("session-of-{session}");
        let json = REAL.replace("AROAX:s", &format!("AROAX{}", "X".repeat(80))).replace("\"r\"}", &format!("\"{session}\"}}"));
        let json = if sorted { json.replace("eventSource", "eventTime").replacen("eventTime", "eventSource", 1) } else { json };
        cut.and_then(|cut| json.get(..cut).map(str::to_owned)).unwrap_or(json)
    })
}

#[test]
fn a_caller_met_twice_is_known_and_says_the_same() {
    let json = REAL.replace("AROAX:s", &format!("AROAX{}", "X".repeat(80)));
    let mut habits = Habits::default();
    let kinds: Vec<bool> = (0..4).map(|_| matches!(read(json.as_bytes(), &mut habits), Some((_, Who::Known(_), _)))).collect();
    assert_eq!(kinds, [false, false, true, true]);
    let known = EventRecord::beginning(json.as_bytes(), &mut habits).expect("a record").0;
    assert_eq!(Ok(known), EventRecord::by_the_book(json.as_bytes()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn one_pass_and_the_book_agree_on_any_record(json in object(value())) {
        agree(json.as_bytes());
    }

    #[test]
    fn what_came_before_changes_nothing(records in prop::collection::vec(prop_oneof![object(value()), real()], 1..12), picks in prop::collection::vec(any::<prop::sample::Index>(), 24)) {
        // Each comes again and again, so that callers become known and habits are formed and broken.
        let mut habits = Habits::default();
        for pick in picks {
            let json = pick.get(&records).as_bytes();
            let alone = EventRecord::beginning(json, &mut Habits::default()).map(|(record, length)| (format!("{record:?}"), length));
            let among = EventRecord::beginning(json, &mut habits).map(|(record, length)| (format!("{record:?}"), length));
            prop_assert_eq!(alone, among);
        }
    }

    #[test]
    fn a_record_ends_where_its_brackets_do(json in object(value()), after in "[\\]},x\"]{0,5}") {
        let behind = format!("{json}{after}");
        // What is no record by itself may become one with what follows.
        if let (Ok(book), Some((fields, length))) = (EventRecord::by_the_book(json.as_bytes()), EventRecord::beginning(behind.as_bytes(), &mut Habits::default())) {
            prop_assert_eq!((length, fields), (json.len(), book));
        }
    }

    #[test]
    fn one_pass_and_the_book_agree_on_damaged_records(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut json = REAL.as_bytes().to_vec();
        let place = at.index(json.len());
        json[place] = byte;
        agree(&json);
        agree(&json[..cut.index(json.len())]);
    }
}
