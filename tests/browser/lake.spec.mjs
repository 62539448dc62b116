// Query results of CloudTrail Lake, and events that several files hold: what a person sees of them and can do.

import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { serve } from "./server.mjs";
import { DIST, assertQuiet, drop, idle, launch, openDashboard } from "./support.mjs";

const KEY = createPrivateKey({ key: readFileSync(new URL("../fixtures/sample-key-1.der", import.meta.url)), format: "der", type: "pkcs1" });
const PUBLIC = createPublicKey(KEY).export({ format: "der", type: "pkcs1" });
const FINGERPRINT = createHash("md5").update(PUBLIC).digest("hex");
const KEYS = { name: "keys.json", bytes: JSON.stringify({ PublicKeyList: [{ Value: PUBLIC.toString("base64"), Fingerprint: FINGERPRINT }] }) };

const HEADER = "eventTime,eventName,eventSource,userIdentity,awsRegion,sourceIPAddress,errorCode,eventID\n";
const ADA = '"{type=IAMUser, principalid=AIDA1, arn=arn:aws:iam::111122223333:user/ada, username=ada, sessioncontext=null}"';
const line = (hour, name, id) => `2025-03-10 ${hour}:00:00.000,${name},s3.amazonaws.com,${ADA},eu-west-1,192.0.2.1,,${id}\n`;
const IDS = [1, 2, 3].map((at) => `0000000${at}-aaaa-4bbb-8ccc-dddddddddddd`);
const CSV = `# Execution Time: 2025-03-10T12:00:00Z Query Statement: SELECT * FROM x\n${HEADER}${line("09", "DeleteBucket", IDS[0])}${line("10", "GetObject", IDS[1])}`;

/** A query's files, signed as Lake signs them. */
function query(...csvs) {
  const results = csvs.map((csv, at) => ({ name: `result_${at + 1}.csv.gz`, bytes: gzipSync(csv) }));
  const files = results.map(({ name, bytes }) => ({ fileHashValue: createHash("sha256").update(bytes).digest("hex"), fileName: name }));
  const signature = sign("sha256", Buffer.from(files.map((file) => file.fileHashValue).join(" ")), KEY).toString("hex");
  const signed = { version: "1.0", region: "eu-west-1", files, hashAlgorithm: "SHA-256", signatureAlgorithm: "SHA256withRSA" };
  const text = JSON.stringify({ ...signed, queryCompleteTime: "2025-03-10T12:00:00Z", hashSignature: signature, publicKeyFingerprint: FINGERPRINT });
  return [...results, { name: "result_sign.json", bytes: text }];
}

const banner = (page) => page.$eval("#banner", (banner) => [banner.dataset.tone, banner.querySelector("h1").textContent, banner.querySelector(".banner-words p").textContent]);
const text = (page, selector) => page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());
const integrity = async (page) => {
  await page.click("#tab-integrity");
  await page.waitForSelector("#files tbody tr");
  await idle(page);
  return page.$$eval("#files tbody tr", (rows) => rows.map((row) => [row.dataset.file, row.dataset.verdict]).sort());
};

describe("query results of CloudTrail Lake", () => {
  let browser, host;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST);
  });
  after(async () => {
    await browser?.close();
    await host?.close();
  });

  const opened = async (files, hash = "") => {
    const page = await openDashboard(browser, host.url + hash);
    await drop(page, "body", files);
    await page.waitForSelector("#event-count");
    await idle(page);
    return page;
  };

  test("what Lake signed is proven, its lines are events, a line is shown as JSON", async () => {
    const page = await opened([...query(CSV), KEYS]);
    assert.deepEqual((await banner(page)).slice(0, 2), ["proven", "The query result of CloudTrail Lake is proven to be unchanged"]);
    assert.doesNotMatch((await banner(page))[2], /digest/);
    assert.equal(await text(page, "#event-count"), "2 of 2 events");
    await page.click("#event-table [role=row][aria-rowindex='2']");
    await page.waitForSelector("#proof-box[data-verdict=valid]");
    await page.waitForSelector("#raw-record details");
    assert.match(await text(page, "#proof-box"), /in a query result that CloudTrail Lake has signed/);
    assert.match(await page.$eval("#raw-record pre", (pre) => pre.textContent), /"eventName": "GetObject"[\s\S]*"userName": "ada"/);
    // In a narrow window the detail lies over the tabs.
    await page.keyboard.press("Escape");
    assert.deepEqual(await integrity(page), [["result_1.csv.gz", "valid"], ["result_sign.json", "valid"]]);
    assert.match(await text(page, "#tile-results"), /1of 1/);
    assertQuiet(page);
    await page.close();
  });

  test("changed, unpacked and missing are told apart; without its key the dialog says which command gives it", async () => {
    const files = query(CSV, HEADER, `${HEADER}${line("11", "ListBuckets", IDS[2])}`);
    files[0].bytes = gzipSync(CSV.replace("DeleteBucket", "GetBucket"));
    files[1].bytes = HEADER;
    const page = await opened([...files.filter((file) => file.name !== "result_3.csv.gz"), KEYS]);
    assert.equal((await banner(page))[0], "broken");
    assert.deepEqual(await integrity(page), [
      ["result_1.csv.gz", "invalid"],
      ["result_2.csv.gz", "unproven"],
      ["result_3.csv.gz", "missing"],
      ["result_sign.json", "valid"],
    ]);
    assert.match(await text(page, "#files"), /It was unpacked on its way here/);
    await page.close();
    const keyless = await opened(query(CSV));
    assert.deepEqual((await banner(keyless)).slice(0, 2), ["open", "Nothing is proven: no public key was given"]);
    await keyless.click("#supply");
    await keyless.waitForSelector("#supply-dialog[open]");
    const command = "aws cloudtrail list-public-keys --region eu-west-1 --start-time 2025-03-10T12:00:00Z --end-time 2025-03-30T12:00:00Z";
    assert.ok((await text(keyless, "#supply-dialog")).includes(command));
    assertQuiet(keyless);
    await keyless.close();
  });

  test("an event that two files hold counts once when asked, and the link says so", async () => {
    const again = { eventName: "GetObject", eventSource: "s3.amazonaws.com", eventTime: "2025-03-10T10:00:00Z", eventID: IDS[1], userAgent: "copy" };
    const copy = { name: "a-copy.json", bytes: JSON.stringify([again]) };
    const page = await opened([...query(CSV), KEYS, copy]);
    assert.equal(await text(page, "#event-count"), "3 of 3 events");
    assert.equal(await text(page, "#deliveries"), "Count duplicate deliveries once hides 1 row");
    await page.click("#deliveries input");
    await idle(page);
    assert.equal(await text(page, "#event-count"), "2 of 2 events");
    assert.equal(await text(page, "#deliveries"), "Count duplicate deliveries once 1 row hidden");
    assert.deepEqual(await page.$$eval('#facets [data-column="verdict"] .facet-value', (values) => values.map((value) => value.dataset.value)), ["valid"]);
    assert.match(page.url(), /#1;d=once$/);
    assertQuiet(page);
    await page.close();
    const linked = await opened([...query(CSV), KEYS, copy], "#1;d=once");
    assert.equal(await text(linked, "#event-count"), "2 of 2 events");
    await linked.click("#deliveries input");
    await idle(linked);
    assert.equal(await text(linked, "#event-count"), "3 of 3 events");
    await linked.close();
    const single = await opened([...query(CSV), KEYS]);
    assert.equal(await single.$eval("#deliveries", (label) => label.hidden), true);
    await single.close();
  });
});
