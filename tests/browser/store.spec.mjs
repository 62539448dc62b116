// The S3 store of the tests behaves as S3 does in what matters to us: signatures, expiry, CORS rules and exposed metadata.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { HAS_STORE, connecting, startStore } from "./s3.mjs";
import { serve } from "./server.mjs";
import { DIST, launch, openDashboard } from "./support.mjs";

const BUCKET = "aws-cloudtrail-logs";
const KEY = "AWSLogs/1/CloudTrail-Digest/eu-central-1/a digest (1).json.gz";

describe("the S3 store", { skip: HAS_STORE ? false : "s3s-fs is not installed; `cargo xtask test browser` installs it" }, () => {
  let store, host, browser, page;
  before(async () => {
    store = await startStore(BUCKET);
    await store.put(BUCKET, KEY, "digest", { signature: "abc123", "signature-algorithm": "SHA256withRSA" });
    host = await serve(DIST, { change: connecting(store.origin) });
    browser = await launch("chromium");
    page = await openDashboard(browser, host.url);
  });
  after(async () => {
    await browser?.close();
    await host?.close();
    await store?.close();
  });

  const fromPage = (url) =>
    page.evaluate(async (url) => {
      // Two addresses signed in one second are equal, and the browser would answer the second from its cache, with the old rule.
      const response = await fetch(url, { cache: "no-store" }).catch(() => null);
      return response && { status: response.status, text: await response.text(), signature: response.headers.get("x-amz-meta-signature") };
    }, url);

  test("keeps metadata and checks signatures", async () => {
    const response = await fetch(store.presign(BUCKET, KEY));
    assert.equal(await response.text(), "digest");
    assert.equal(response.headers.get("x-amz-meta-signature-algorithm"), "SHA256withRSA");
    assert.equal((await fetch(store.presign(BUCKET, KEY).replace(/.$/, (last) => (last === "0" ? "1" : "0")))).status, 403);
  });

  test("refuses an address that has run out", async () => {
    const old = store.presign(BUCKET, KEY, { at: new Date(Date.now() - 120_000), expires: 60 });
    assert.equal((await fetch(old)).status, 403);
  });

  test("a page reads it only under a rule that names its origin", async () => {
    store.cors = null;
    assert.equal(await fromPage(store.presign(BUCKET, KEY)), null);
    store.cors = { origins: ["https://elsewhere.example"], expose: [] };
    assert.equal(await fromPage(store.presign(BUCKET, KEY)), null);
    store.cors = { origins: [new URL(host.url).origin], expose: [] };
    assert.deepEqual(await fromPage(store.presign(BUCKET, KEY)), { status: 200, text: "digest", signature: null });
    store.cors.expose = ["x-amz-meta-signature"];
    assert.deepEqual(await fromPage(store.presign(BUCKET, KEY)), { status: 200, text: "digest", signature: "abc123" });
  });
});
