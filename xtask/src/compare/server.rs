//! S3 and CloudTrail as far as `validate-logs` asks them, on this machine only: DescribeTrails, ListPublicKeys, GetBucketLocation,
//! ListObjects, GetObject.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use super::bucket::Bucket;
use super::bucket::HOME;
use crate::Outcome;

/// Answers from this bucket while `work` runs, which is told the address.
pub fn serve<T>(bucket: &Bucket, work: impl FnOnce(SocketAddr) -> Outcome<T>) -> Outcome<T> {
    let failed = |error: std::io::Error| format!("No port could be opened on this machine: {error}");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (listener, done) = (&listener, &done);
        scope.spawn(move || {
            for stream in listener.incoming().flatten() {
                if done.load(Ordering::Relaxed) {
                    return;
                }
                scope.spawn(move || answer(bucket, stream));
            }
        });
        let outcome = work(address);
        done.store(true, Ordering::Relaxed);
        // Wakes the listener, so that it sees that it is done.
        let _ = TcpStream::connect(address);
        outcome
    })
}

struct Request {
    path: String,
    query: String,
    /// The API call, of CloudTrail's protocol.
    target: Option<String>,
}

fn answer(bucket: &Bucket, mut stream: TcpStream) -> Option<()> {
    let request = read(&stream)?;
    let reply = match &request.target {
        Some(target) => cloudtrail(bucket, target.rsplit('.').next().unwrap_or_default()),
        None => s3(bucket, &request),
    };
    let mut head = format!("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n", reply.status, reply.kind, reply.body.len());
    reply.metadata.iter().for_each(|(name, value)| head.push_str(&format!("x-amz-meta-{name}: {value}\r\n")));
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).ok()?;
    stream.write_all(&reply.body).ok()
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (path, query) = line.split(' ').nth(1).map(|path| path.split_once('?').unwrap_or((path, "")))?;
    let mut request = Request { path: unquoted(path), query: query.to_owned(), target: None };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "x-amz-target" => request.target = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    // Read to its end: closing earlier resets the connection.
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    Some(request)
}

struct Reply<'a> {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    metadata: Vec<(&'a str, &'a str)>,
}

impl Reply<'_> {
    fn of(kind: &'static str, body: String) -> Self {
        Self { status: "200 OK", kind, body: body.into_bytes(), metadata: Vec::new() }
    }

    fn missing(code: &str) -> Self {
        let body = format!("<Error><Code>{code}</Code><Message>There is no such thing here.</Message></Error>");
        Self { status: "404 Not Found", ..Self::of("application/xml", body) }
    }
}

fn cloudtrail<'a>(bucket: &Bucket, call: &str) -> Reply<'a> {
    let json = "application/x-amz-json-1.1";
    match call {
        "ListPublicKeys" => Reply::of(json, bucket.keys.clone()),
        "DescribeTrails" => {
            let trail = serde_json::json!({ "Name": bucket.trail.name, "S3BucketName": bucket.name, "HomeRegion": HOME, "TrailARN": bucket.trail.arn(),
                "IsMultiRegionTrail": true, "IsOrganizationTrail": false, "LogFileValidationEnabled": true });
            Reply::of(json, serde_json::json!({ "trailList": [trail] }).to_string())
        }
        other => {
            let body = format!(r#"{{"__type":"UnknownOperationException","message":"{other} is not answered here"}}"#);
            Reply { status: "400 Bad Request", ..Reply::of(json, body) }
        }
    }
}

fn s3<'a>(bucket: &'a Bucket, request: &Request) -> Reply<'a> {
    let (name, key) = request.path.trim_start_matches('/').split_once('/').unwrap_or((request.path.trim_start_matches('/'), ""));
    if !key.is_empty() {
        return match bucket.objects.get(&(name.to_owned(), key.to_owned())) {
            Some(object) => {
                let metadata = object.metadata.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                Reply { status: "200 OK", kind: "application/json", body: object.bytes.clone(), metadata }
            }
            None => Reply::missing("NoSuchKey"),
        };
    }
    if bucket.objects.keys().all(|(known, _)| known != name) {
        return Reply::missing("NoSuchBucket");
    }
    if request.query.split('&').any(|part| part.split('=').next() == Some("location")) {
        return Reply::of("application/xml", format!("<LocationConstraint>{}</LocationConstraint>", bucket.trail.region));
    }
    list(bucket, name, request)
}

/// All keys at once: none of these buckets has a thousand.
fn list<'a>(bucket: &Bucket, name: &str, request: &Request) -> Reply<'a> {
    let asked = |wanted: &str| {
        let value = request.query.split('&').find_map(|part| part.strip_prefix(wanted)?.strip_prefix('='));
        unquoted(value.unwrap_or_default())
    };
    let (prefix, marker) = (asked("prefix"), asked("marker"));
    let keys = bucket.objects.iter().filter(|((own, key), _)| own == name && key.starts_with(&prefix) && *key > marker);
    let rows: String = keys
        .map(|((_, key), object)| {
            let size = object.bytes.len();
            format!("<Contents><Key>{key}</Key><LastModified>2025-03-10T15:00:00.000Z</LastModified><Size>{size}</Size></Contents>")
        })
        .collect();
    let body =
        format!("<ListBucketResult><Name>{name}</Name><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>");
    Reply::of("application/xml", body)
}

/// Percent signs and pluses of an address undone.
fn unquoted(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        (rest, _) = match (first, pair) {
            (b'%', Some(byte)) => (&after[2..], bytes.push(byte)),
            (b'+', _) => (after, bytes.push(b' ')),
            (byte, _) => (after, bytes.push(*byte)),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_were_meant() {
        assert_eq!(unquoted("AWSLogs%2F1%2f2+x%"), "AWSLogs/1/2 x%");
    }
}
