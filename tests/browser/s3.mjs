// An S3 store on loopback: s3s-fs, which checks every signature, behind a door that answers for CORS as a bucket's rules would.

import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SERVER = process.env.S3_SERVER ?? fileURLToPath(new URL("../../target/tools/bin/s3s-fs", import.meta.url));
const KEY = { id: "TRAILSEALTEST", secret: "only-for-tests" };
const REGION = "us-east-1";

/** Whether the store can be started here. `cargo xtask test browser` installs it. */
export const HAS_STORE = existsSync(SERVER);

/**
 * Starts an empty store with these buckets.
 *
 * `store.cors` is the rule of all its buckets: `{ origins, expose }`, or `null` for none; tests may change it at any time.
 */
export async function startStore(...buckets) {
  const folder = await mkdtemp(join(tmpdir(), "trailseal-s3-"));
  for (const bucket of buckets) await mkdir(join(folder, bucket));
  const port = await freePort();
  const keys = ["--access-key", KEY.id, "--secret-key", KEY.secret];
  const server = spawn(SERVER, ["--host", "127.0.0.1", "--port", port, ...keys, folder], { stdio: "ignore" });
  process.once("exit", () => server.kill());
  const store = { cors: null };
  const door = createServer((asked, answer) => pass(store, port, asked, answer));
  await new Promise((ready) => door.listen(0, "127.0.0.1", ready));
  await answering(port);

  store.origin = `http://127.0.0.1:${door.address().port}`;
  const address = (bucket, key) => `${store.origin}/${bucket}/${key.split("/").map(quote).join("/")}`;

  /** A presigned address of one object. `at` and `expires` (seconds) let a test make one that has run out. */
  store.presign = (bucket, key, options) => presign("GET", address(bucket, key), options);

  /** Puts an object with user metadata, for instance a digest's `signature` and `signature-algorithm`. */
  store.put = async (bucket, key, body, metadata = {}) => {
    const headers = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]));
    const response = await fetch(presign("PUT", address(bucket, key), { headers }), { method: "PUT", body, headers });
    if (!response.ok) throw new Error(`${key} could not be put: ${response.status} ${await response.text()}`);
  };

  store.close = async () => {
    door.closeAllConnections();
    door.close();
    const ended = new Promise((end) => server.once("exit", end));
    server.kill();
    await ended;
    await rm(folder, { recursive: true });
  };
  return store;
}

/** For `serve`: lets the hosted page connect to this origin, as `cargo xtask dist --connect` does. */
export const connecting = (origin) => (name, bytes) =>
  name === "index.html" ? String(bytes).replace(/(http-equiv="Content-Security-Policy".*connect-src )[^;"]*/, `$1'self' ${origin}`) : bytes;

/** Signature version 4 in the query string. `headers` are signed too; the body is not (UNSIGNED-PAYLOAD). */
export function presign(method, address, { headers = {}, at = new Date(), expires = 900 } = {}) {
  const url = new URL(address);
  const time = at.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${REGION}/s3/aws4_request`;
  const signed = Object.entries({ ...headers, host: url.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const query = Object.entries({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${KEY.id}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": String(expires),
    "X-Amz-SignedHeaders": names,
  })
    .map(([name, value]) => `${quote(name)}=${quote(value)}`)
    .join("&");
  const lines = signed.map(([name, value]) => `${name}:${value.trim()}\n`).join("");
  const canonical = [method, url.pathname, query, lines, names, "UNSIGNED-PAYLOAD"].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const key = scope.split("/").reduce((key, part) => hmac(key, part), `AWS4${KEY.secret}`);
  return `${address}?${query}&X-Amz-Signature=${hmac(key, text).toString("hex")}`;
}

const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
/** As RFC 3986 wants it; `encodeURIComponent` leaves five more letters alone. */
const quote = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

/** s3s-fs knows no CORS. Without a rule that names the asking origin, S3 sends no such header at all, and neither do we. */
function pass(store, port, asked, answer) {
  const { origin } = asked.headers;
  const rule = store.cors;
  const allowed = origin && rule && (rule.origins.includes("*") || rule.origins.includes(origin));
  const cors = allowed ? { "access-control-allow-origin": origin, "access-control-expose-headers": rule.expose.join(", "), vary: "Origin" } : {};
  if (asked.method === "OPTIONS") {
    answer.writeHead(allowed ? 200 : 403, { ...cors, "access-control-allow-methods": "GET, HEAD" });
    return answer.end();
  }
  // `Host` goes through as it came: it is part of what was signed.
  const { method, url: path, headers } = asked;
  const inner = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
    answer.writeHead(response.statusCode, { ...response.headers, ...cors });
    response.pipe(answer);
  });
  inner.on("error", () => answer.destroy());
  asked.pipe(inner);
}

async function freePort() {
  const probe = createServer();
  await new Promise((ready) => probe.listen(0, "127.0.0.1", ready));
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}

/** Waits until the server answers, be it with a refusal. */
async function answering(port) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`http://127.0.0.1:${port}/`).catch(() => null)) return;
    await new Promise((wait) => setTimeout(wait, 50));
  }
  throw new Error("The S3 server did not start.");
}
