// Taking evidence away and bringing it back: the sample, narrowed, packed, saved, dropped into a fresh page, verified there alone.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync, inflateRawSync } from "node:zlib";
import { serve } from "./server.mjs";
import { DIST, ONE_FILE, assertQuiet, choose, drop, idle, launch, openDashboard } from "./support.mjs";

const text = (page, selector) => page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());

/** What the page saves, whole: Chromium puts it into `folder`. */
async function savesInto(page, folder) {
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
}

async function downloaded(folder, ending) {
  for (let tries = 0; tries < 300; tries++) {
    const names = await readdir(folder);
    const name = names.find((name) => name.endsWith(ending));
    if (name && !names.some((name) => name.endsWith(".crdownload"))) return join(folder, name);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`nothing that ends with ${ending} was saved`);
}

/** The text of a deflated entry: its own header is the first place where its name stands. */
function entry(zip, name) {
  const at = zip.indexOf(name);
  const start = at + name.length + zip.readUInt16LE(at - 2);
  return inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at - 12))).toString();
}

describe("what leaves the page", () => {
  let browser, host, page, folder, pack;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST);
    folder = await mkdtemp(join(tmpdir(), "trailseal-"));
  });
  after(async () => {
    await browser?.close();
    await host?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const open = async (button, url = host.url) => {
    await page?.close();
    page = await openDashboard(browser, url);
    await savesInto(page, folder);
    if (button) {
      await page.click(button);
      await page.waitForSelector("#banner");
      await idle(page);
    }
  };
  const search = async (words) => {
    await page.type("#search", words);
    await page.keyboard.press("Enter");
    await idle(page);
  };

  test("rows as CSV and as JSON lines, each with its verdict, and what they are in words", async () => {
    await open("#open-tampered");
    await search("eventName:AttachUserPolicy");
    const rows = Number(/^(\d+) of/.exec(await text(page, "#event-count"))[1]);
    await page.click("#export-menu button");
    await page.click("#export-csv");
    const csv = await readFile(await downloaded(folder, ".csv"), "utf8");
    const lines = csv.trimEnd().split("\r\n");
    assert.equal(lines.length, rows + 1);
    assert.match(lines[0], /^eventTime,eventID,eventName,.*,verdict,reason,file,fileContentSha256,"?Trailseal: \d+ of 6049 events; eventName is ""AttachUserPolicy""/);
    assert.ok(lines.slice(1).every((line) => /,(valid|invalid|unlisted|unproven),[a-z-]*,AWSLogs[^,]*,[0-9a-f]{64},$/.test(line)), lines[1]);
    await page.click("#verified-only");
    await idle(page);
    await page.click("#export-menu button");
    await page.click("#export-jsonl");
    const json = (await readFile(await downloaded(folder, ".jsonl"), "utf8")).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(json[0].verifiedOnly, true);
    assert.match(json[0].about, /VERIFIED ONLY/);
    assert.equal(json.length, json[0].rows + 1);
    assert.ok(json.slice(1).every((row) => row.verdict === "valid" && row.eventName === "AttachUserPolicy"));
    await page.click("#export-menu button");
    await page.click("#export-text");
    assert.match(await readFile(await downloaded(folder, "verdicts.txt"), "utf8"), /^VERIFIED ONLY was on/);
    assertQuiet(page);
  });

  test("packed rows are the same bytes in gzip", async () => {
    await open("#open-tampered");
    await search("eventName:AttachUserPolicy");
    for (const form of ["csv", "jsonl"]) {
      await page.click("#export-menu button");
      assert.match(await text(page, "#export-menu-panel .menu-note"), /about .* as CSV, .* as JSON lines\./);
      await page.click(`#export-${form}-gz`);
      const packed = gunzipSync(await readFile(await downloaded(folder, `.${form}.gz`)));
      assert.ok(packed.toString("utf8").startsWith(form === "csv" ? "eventTime,eventID," : '{"trailsealRows":1,'));
      await rm(await downloaded(folder, `.${form}`));
      await page.click("#export-menu button");
      await page.click(`#export-${form}`);
      assert.deepEqual(await readFile(await downloaded(folder, `.${form}`)), packed);
    }
    assertQuiet(page);
  });

  test("a pack that is cancelled leaves nothing behind, and the next one is whole", async () => {
    await open("#open-sample");
    await page.click("#export-menu button");
    await page.click("#export-pack");
    await page.waitForSelector("#pack-make");
    assert.match(await text(page, "#pack-text"), /^about .* in all about /);
    const before = (await readdir(folder)).length;
    // At once: a sample is packed in no time.
    await page.evaluate(async () => {
      document.querySelector("#pack-make").click();
      while (!document.querySelector("#export-cancel")) await new Promise((resolve) => setTimeout(resolve));
      document.querySelector("#export-cancel").click();
    });
    await page.waitForSelector("#pack-make");
    await idle(page);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal((await readdir(folder)).length, before);
    await page.click("#pack-make");
    await rm(await downloaded(folder, ".zip"));
    await idle(page);
    assertQuiet(page);
  });

  test("the sample's selection becomes a pack", async () => {
    await open("#open-sample");
    await search("eventName:AttachUserPolicy");
    await page.click("#export-menu button");
    await page.click("#export-pack");
    await page.waitForSelector("#pack-make");
    const rows = /^(\d+) of/.exec(await text(page, "#event-count"))[1];
    assert.equal(await text(page, "#pack-rows"), rows);
    assert.equal(await page.$("#pack-not-verified"), null);
    await page.click("#pack-make");
    pack = await downloaded(folder, ".zip");
    await idle(page);
    assertQuiet(page);
  });

  test("dropped into a fresh page it is verified, alone, and called a selection", async () => {
    await open();
    await drop(page, "#empty-page", [{ name: "evidence.zip", bytes: await readFile(pack) }]);
    await page.waitForSelector("#banner");
    await idle(page);
    assert.equal(await page.$eval("#banner", (banner) => banner.dataset.tone), "proven");
    assert.match(await text(page, "#banner"), /of this evidence pack is unchanged; other log files of that time are not in it/);
    await page.click("#tab-integrity");
    await idle(page);
    assert.deepEqual(await page.$$eval("[data-finding]", (rows) => rows.map((row) => row.dataset.finding)), ["pack-scope"]);
    assert.match(await text(page, "[data-finding]"), /All \d+ parts are as its manifest says/);
    assert.equal(await page.$$eval("[data-exception]", (pills) => pills.length), 0);
    assertQuiet(page);
  });

  test("from disk, as one file, by the picker, the same", async () => {
    await open(null, ONE_FILE);
    await choose(page, "#pick-files", pack);
    await page.waitForSelector("#banner");
    await idle(page);
    assert.equal(await page.$eval("#banner", (banner) => banner.dataset.tone), "proven");
    assertQuiet(page);
  });

  test("a byte changed in its rows is told, and the proofs hold", async () => {
    const bytes = await readFile(pack);
    const at = bytes.indexOf("rows.csv") + "rows.csv".length;
    // Inside of deflated data: whatever comes out, it is not what was packed.
    bytes[at + 40] ^= 0x55;
    await open();
    await drop(page, "#empty-page", [{ name: "evidence.zip", bytes }]);
    await page.waitForSelector("#banner");
    await idle(page);
    assert.equal(await page.$eval("#banner", (banner) => banner.dataset.tone), "open");
    await page.click("#tab-integrity");
    await idle(page);
    assert.deepEqual((await page.$$eval("[data-finding]", (rows) => rows.map((row) => row.dataset.finding))).sort(), ["pack-differs", "pack-scope"]);
    assertQuiet(page);
  });

  test("a broken zip is named among the problems, with what to do", async () => {
    const bytes = (await readFile(pack)).subarray(0, 2000);
    await open();
    await drop(page, "#empty-page", [{ name: "half.zip", bytes }]);
    await page.waitForSelector("#problems");
    await page.click("#problems");
    assert.match(await text(page, "#problems-dialog"), /its end is missing \(a broken download\)/);
    assertQuiet(page);
  });

  test("its summary opens from disk without a script and without a complaint", async () => {
    const html = entry(await readFile(pack), "summary.html");
    const path = join(folder, "summary.html");
    await writeFile(path, html);
    await page.close();
    page = await browser.newPage();
    page.complaints = [];
    page.on("console", (message) => page.complaints.push(message.text()));
    await page.goto(`file://${path}`);
    assert.match(await text(page, "main"), /Every|Verified/);
    assert.equal(await page.$eval("main", (main) => getComputedStyle(main).maxWidth !== "none"), true);
    assertQuiet(page);
  });
});
