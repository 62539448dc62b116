// Small trails made on the spot, signed with the sample's key: what a test needs and the sample does not have.

import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KEY = createPrivateKey({ key: readFileSync(new URL("../fixtures/sample-key-1.der", import.meta.url)), format: "der", type: "pkcs1" });
const PUBLIC = createPublicKey(KEY).export({ format: "der", type: "pkcs1" });
export const FINGERPRINT = createHash("md5").update(PUBLIC).digest("hex");
const BUCKET = "forged-logs";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
export const iso = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
const stamp = (seconds, digits) => `${iso(seconds).replace(/[-:]/g, "").slice(0, digits)}Z`;
const folder = (seconds) => iso(seconds).slice(0, 10).replaceAll("-", "/");

/**
 * One chain. `hours`: for each hour `null` (logging is off: no digest, and the next one starts anew), or a list of logs, each a list of
 * events. Returns `[{ name, bytes }]`; `signatures` gathers the newest digest's metadata.
 */
export function chain({ account, region, trail = "main", home = region, start, hours }, signatures) {
  const files = [];
  let previous = null;
  let newest = null;
  hours.forEach((logs, hour) => {
    if (!logs) return (previous = null);
    const [begin, end] = [start + hour * 3600, start + (hour + 1) * 3600];
    const listed = logs.map((events, at) => {
      const delivered = begin + 300 * (at + 1);
      const key = `AWSLogs/${account}/CloudTrail/${region}/${folder(delivered)}/${account}_CloudTrail_${region}_${stamp(delivered, 13)}_${String(hour * 100 + at).padStart(16, "x")}.json.gz`;
      const content = JSON.stringify({ Records: events });
      files.push({ name: key, bytes: gzipSync(content) });
      return { s3Bucket: BUCKET, s3Object: key, hashValue: sha256(content), hashAlgorithm: "SHA-256", newestEventTime: iso(end), oldestEventTime: iso(begin) };
    });
    const key = `AWSLogs/${account}/CloudTrail-Digest/${region}/${folder(end)}/${account}_CloudTrail-Digest_${region}_${trail}_${home}_${stamp(end, 15)}.json.gz`;
    const content = JSON.stringify({
      awsAccountId: account, digestStartTime: iso(begin), digestEndTime: iso(end), digestS3Bucket: BUCKET, digestS3Object: key,
      digestPublicKeyFingerprint: FINGERPRINT, digestSignatureAlgorithm: "SHA256withRSA",
      previousDigestS3Bucket: previous ? BUCKET : null, previousDigestS3Object: previous?.key ?? null,
      previousDigestHashValue: previous?.hash ?? null, previousDigestHashAlgorithm: previous ? "SHA-256" : null,
      previousDigestSignature: previous?.signature ?? null, logFiles: listed,
    });
    const text = `${iso(end)}\n${BUCKET}/${key}\n${sha256(content)}\n${previous?.signature ?? "null"}`;
    const signature = sign("sha256", Buffer.from(text), KEY).toString("hex");
    files.push({ name: key, bytes: gzipSync(content) });
    // What no successor vouches for: the newest, and the last one before logging went off.
    if (hours[hour + 1] === null || hour + 1 === hours.length) signatures[key] = { signature, "signature-algorithm": "SHA256withRSA" };
    [previous, newest] = [{ key, hash: sha256(content), signature }, key];
  });
  return files;
}

/** The key list and the signatures beside the chains. */
export function beside(signatures, start, days = 60) {
  const keys = { PublicKeyList: [{ Value: PUBLIC.toString("base64"), ValidityStartTime: iso(start - 86400), ValidityEndTime: iso(start + days * 86400), Fingerprint: FINGERPRINT }] };
  return [
    { name: "keys.json", bytes: Buffer.from(JSON.stringify(keys)) },
    { name: "signatures.json", bytes: Buffer.from(JSON.stringify(signatures)) },
  ];
}

/** One event as CloudTrail writes it, as far as these tests look. */
export const event = (account, region, time, source, name, more = {}) => ({
  eventVersion: "1.10", eventTime: iso(time), eventSource: `${source}.amazonaws.com`, eventName: name, awsRegion: region, sourceIPAddress: "203.0.113.77",
  userAgent: "aws-cli/2.15", eventID: sha256(`${time}${name}`).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5"), readOnly: false,
  eventType: "AwsApiCall", recipientAccountId: account, eventCategory: "Management",
  userIdentity: { type: "IAMUser", userName: "mallory", accountId: account, accessKeyId: "AKIAIOSFODNN7EXAMPLE", arn: `arn:aws:iam::${account}:user/mallory` }, ...more,
});

/** A trail on which someone switched logging off for three hours. */
export function stoppedTrail() {
  const [account, region, start] = ["123456789012", "eu-central-1", Date.UTC(2026, 2, 3) / 1000];
  const quiet = (hour) => [[event(account, region, start + hour * 3600 + 60, "ec2", "DescribeInstances")]];
  const hours = [quiet(0), quiet(1), quiet(2), null, null, null, quiet(6), quiet(7)];
  hours[2][0].push(event(account, region, start + 3 * 3600 - 90, "cloudtrail", "StopLogging", { requestParameters: { name: `arn:aws:cloudtrail:${region}:${account}:trail/main` } }));
  hours[6][0].unshift(event(account, region, start + 6 * 3600 + 30, "cloudtrail", "StartLogging", { requestParameters: { name: "main" } }));
  const signatures = {};
  return { files: [...chain({ account, region, start, hours }, signatures), ...beside(signatures, start)], start, account, region };
}
