// Bad input: each gets its sentence, and everything else that was loaded stays. Presigned URLs: proof from headers, and no query string kept.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createGzip, gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { HAS_STORE, connecting, startStore } from "./s3.mjs";
import { serve } from "./server.mjs";
import { DIST, choose, dropPaths, idle, launch, launched, openDashboard } from "./support.mjs";

const EVENT = { eventName: "GetObject", eventSource: "s3.amazonaws.com", eventTime: "2024-01-01T00:00:00Z", eventID: "11111111-2222-3333-4444-555555555555" };
const LOG = JSON.stringify({ Records: Array.from({ length: 50 }, () => EVENT) });

const problems = async (page) => {
  await page.waitForSelector("#problems");
  await page.click("#problems");
  await page.waitForSelector("#problems-dialog[open]");
  await idle(page);
  const said = await page.$eval("#problems-dialog", (dialog) => dialog.textContent);
  await page.keyboard.press("Escape");
  return said;
};
const count = (page) => page.$eval("#event-count", (element) => element.textContent.replace(/\s+/g, " ").trim());

/** Ends the reading of so many files as soon as one was read; how many were. What was not read is said. */
const endReading = async (page, files) => {
  await page.waitForFunction(() => Number(document.documentElement.dataset.filesRead) > 0, { polling: 10 });
  await page.evaluate(() => document.querySelector("#progress button").click());
  await idle(page);
  const read = await page.evaluate(() => Number(document.documentElement.dataset.filesRead));
  assert.ok(read > 0 && read < files, String(read));
  assert.match(await problems(page), /Not read: reading was ended before \d+ files? had their turn/);
  return read;
};

/** Zeros, packed a thousand to one. The real bomb of 5 GB behaves the same and takes a minute to make; the budget ends both at 64 MiB. */
const bomb = () =>
  new Promise((done) => {
    const gzip = createGzip({ level: 9 });
    const parts = [];
    gzip.on("data", (part) => parts.push(part)).on("end", () => done(Buffer.concat(parts)));
    for (let at = 0; at < 300; at++) gzip.write(Buffer.alloc(1 << 20));
    gzip.end();
  });

/** In the page: counts the files that it reads by itself. */
function countReads() {
  globalThis.readByPage = 0;
  const read = FileReader.prototype.readAsArrayBuffer;
  FileReader.prototype.readAsArrayBuffer = function (blob) {
    globalThis.readByPage += 1;
    return read.call(this, blob);
  };
}

describe("bad input", () => {
  let browser, host, folder;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST);
    folder = await mkdtemp(join(tmpdir(), "trailseal-input-"));
  });
  after(async () => {
    await browser?.close();
    await host?.close();
    await rm(folder, { recursive: true });
  });

  test("the workbench is there before anything is read, and goes again where there was nothing to open", async () => {
    const page = await openDashboard(browser, host.url);
    await page.evaluate(() => {
      window.said = [];
      const seen = () => document.querySelector(".workbench") && window.said.push(document.querySelector("#progress span").textContent);
      new MutationObserver(seen).observe(document.body, { childList: true, subtree: true });
    });
    const nothing = join(folder, "nothing");
    await mkdir(nothing);
    await dropPaths(page, "body", [nothing]);
    await idle(page);
    assert.ok(await page.$("#empty-page"), "an empty folder is nothing to show");
    const some = join(folder, "some");
    await mkdir(some);
    await writeFile(join(some, "log.json"), LOG);
    await choose(page, "#pick-folder", some);
    await page.waitForSelector("#row-0 .cell-time");
    await idle(page);
    assert.equal((await page.evaluate(() => window.said)).at(0), "Opening files…");
    assert.deepEqual(page.complaints, []);
    await page.close();
  });

  test("a large file shows rows before it is read to its end", async () => {
    const path = join(folder, "large.json");
    await writeFile(path, `{"Records":[${`${JSON.stringify(EVENT)},`.repeat(599_999)}${JSON.stringify(EVENT)}]}`);
    const page = await openDashboard(browser, host.url);
    await page.evaluate(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector("#row-0 .cell-time")) return;
        observer.disconnect();
        globalThis.readByThen = document.documentElement.dataset.filesRead;
      }).observe(document, { subtree: true, childList: true });
    });
    await choose(page, "#pick-files", path);
    await page.waitForFunction(() => globalThis.readByThen !== undefined);
    assert.equal(await page.evaluate(() => globalThis.readByThen), "0");
    await idle(page);
    assert.match(await count(page), /^600,000 of 600,000/);
    await page.close();
  });

  test("very many files that a script has made go down together, given or dropped, none read by the page, and each stays itself", async () => {
    for (const how of ["given", "dropped"]) {
      const page = await openDashboard(browser, host.url);
      await page.evaluate(countReads);
      const made = await page.evaluate((event, how) => {
        const one = (at) => JSON.stringify({ ...event, eventID: `11111111-2222-3333-4444-${String(at).padStart(12, "0")}` });
        const many = (from, to) => `{"Records":[${Array.from({ length: to - from }, (_, at) => one(from + at)).join()}]}`;
        const texts = Array.from({ length: 700 }, (_, at) => [`${at}.json`, many(at * 3, at * 3 + 1 + (at % 3))]);
        texts.splice(40, 0, ["empty.json", ""]);
        // Larger than a sheaf of files may be.
        texts.splice(500, 0, ["large.json", many(10_000, 70_000)]);
        const transfer = new DataTransfer();
        for (const [name, text] of texts) transfer.items.add(new File([text], name));
        const input = document.querySelector("#pick-files");
        input.files = transfer.files;
        if (how === "given") input.dispatchEvent(new Event("change", { bubbles: true }));
        else document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        return { files: texts.length, largest: Math.max(...texts.map(([, text]) => text.length)) };
      }, EVENT, how);
      assert.ok(made.largest > 8 << 20, String(made.largest));
      await page.waitForFunction((files) => Number(document.documentElement.dataset.filesRead) === files, {}, made.files);
      await idle(page);
      // 234, 233 and 233 files of one, two and three records.
      assert.match(await count(page), /^61,399 of 61,399/);
      assert.equal(await page.evaluate(() => globalThis.readByPage), 0);
      assert.match(await problems(page), /empty\.json/);
      assert.deepEqual(page.complaints, []);
      await page.close();
    }
  });

  test("of more files of a script than go down together the page reads the first, and each is read once", async () => {
    const page = await openDashboard(browser, host.url);
    await page.evaluate(countReads);
    await page.evaluate((event) => {
      const text = (at) => JSON.stringify({ Records: [{ ...event, eventID: `11111111-2222-3333-4444-${String(at).padStart(12, "0")}` }] });
      const files = Array.from({ length: 33_000 }, (_, at) => new File([text(at)], at === 7 ? "7.zip" : `${at}.json`));
      const input = document.querySelector("#pick-files");
      // A list of so many takes the browser half a minute to make.
      Object.defineProperty(input, "files", { value: files });
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }, EVENT);
    await page.waitForFunction(() => document.documentElement.dataset.filesRead === "33000", { polling: 50, timeout: 120_000 });
    await idle(page);
    assert.match(await count(page), /^32,999 of 32,999/);
    assert.equal(await page.evaluate(() => globalThis.readByPage), 999);
    assert.match(await problems(page), /7\.zip/);
    await page.close();
  });

  test("each damaged file has its sentence; the good one stays", async () => {
    const files = {
      "good.json": LOG,
      "empty.json": "",
      "picture.png": Buffer.from("\x89PNG\r\n\x1a\n0000", "latin1"),
      "cut.json.gz": gzipSync(LOG).subarray(0, -30),
      "broken.json": LOG.replace('"eventName":"GetObject"', '"eventName":'),
      "bomb.json.gz": await bomb(),
    };
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    const page = await openDashboard(browser, host.url);
    await choose(page, "#pick-files", ...Object.keys(files).map((name) => join(folder, name)));
    await page.waitForSelector("#event-count");
    await idle(page);
    const said = await problems(page);
    for (const [name, sentence] of [
      ["empty.json", /the file is empty/],
      ["picture.png", /neither gzip nor JSON/],
      ["cut.json.gz", /Its gzip stream is cut off/],
      ["broken.json", /1 of 50 records could not be read/],
      ["bomb.json.gz", /far more than a log of its size could/],
    ]) {
      assert.ok(said.includes(name), name);
      assert.match(said, sentence);
    }
    // 50 good ones, 49 of the broken file, and what the cut file held before its end.
    assert.match(await count(page), /^(99|1[0-4]\d) of (99|1[0-4]\d) events$/);
    await page.close();
  });

  test("a tree that is dropped is walked by handles, and by entries where the browser has no handles", async () => {
    const tree = join(folder, "tree");
    await mkdir(join(tree, "a", "b"), { recursive: true });
    await writeFile(join(tree, "a", "b", "log.json"), LOG);
    await writeFile(join(tree, "a", "notes.txt"), "none");
    for (const has of [true, false]) {
      const page = await browser.newPage();
      page.complaints = [];
      await page.evaluateOnNewDocument((has) => {
        const { getAsFileSystemHandle: ask } = DataTransferItem.prototype;
        if (has) DataTransferItem.prototype.getAsFileSystemHandle = function () { window.asked = true; return ask.call(this); };
        else delete DataTransferItem.prototype.getAsFileSystemHandle;
      }, has);
      await page.goto(host.url);
      await launched(page);
      await dropPaths(page, "body", [tree, join(tree, "a", "notes.txt")]);
      await page.waitForSelector("#event-count");
      await idle(page);
      assert.equal(await count(page), "50 of 50 events");
      assert.equal(await page.evaluate(() => document.documentElement.dataset.filesRead), "3");
      assert.equal(await page.evaluate(() => Boolean(window.asked)), has);
      assert.match(await problems(page), /tree\/a\/notes\.txt/);
      await page.close();
    }
  });

  test("a cancel ends the walk and the reading, what was not read is said, and the next drop is read", async () => {
    const many = join(folder, "logs");
    for (let at = 0; at < 30; at++) {
      await mkdir(join(many, String(at)), { recursive: true });
      await Promise.all(Array.from({ length: 100 }, (_, file) => writeFile(join(many, String(at), `${file}.json`), LOG.replaceAll("GetObject", `Get${at}x${file}`))));
    }
    const page = await openDashboard(browser, host.url);
    await dropPaths(page, "body", [many]);
    const read = await endReading(page, 3000);
    assert.match(await page.$eval("#banner", (banner) => banner.textContent), /Reading was ended early: of what was opened some was not read/);
    await dropPaths(page, "body", [join(many, "29", "99.json")]);
    await page.waitForFunction((read) => Number(document.documentElement.dataset.filesRead) > read, { polling: 10 }, read);
    await idle(page);
    await page.close();
  });

  test("very many chosen files are read whole, large ones and such that are none in their own ways", async () => {
    const many = join(folder, "chosen");
    await mkdir(many);
    const log = (name, times) => JSON.stringify({ Records: Array.from({ length: times }, (_, at) => ({ ...EVENT, eventName: name, requestID: String(at) })) });
    for (let at = 0; at < 700; at++) await writeFile(join(many, `${at}.json${at % 2 ? ".gz" : ""}`), at % 2 ? gzipSync(log(`Get${at}`, 3)) : log(`Get${at}`, 3));
    await writeFile(join(many, "large.json"), log("GetLarge", 60_000));
    await writeFile(join(many, "empty.json"), "");
    await writeFile(join(many, "broken.json.gz"), gzipSync(LOG).subarray(0, -30));
    const page = await openDashboard(browser, host.url);
    await choose(page, "#pick-folder", many);
    await page.waitForSelector("#event-count");
    await idle(page);
    const said = await problems(page);
    assert.match(said, /empty\.json/);
    assert.match(said, /broken\.json\.gz/);
    const inBroken = Number((await count(page)).match(/^[\d,]+/)[0].replaceAll(",", "")) - 62_100;
    assert.ok(inBroken >= 0 && inBroken <= 50, String(inBroken));
    assert.equal(await page.evaluate(() => document.documentElement.dataset.filesRead), "703");
    // A record is read again from its file.
    await page.type("#search", "eventName:Get17");
    await page.keyboard.press("Enter");
    await idle(page);
    assert.match(await count(page), /^3 of/);
    await page.click("#row-0");
    await page.waitForFunction(() => document.body.textContent.includes('"requestID"'));
    await page.close();
  });

  test("very many chosen files: how many there are is said at once, nothing is called absent before all is read, a cancel ends their reading", async () => {
    const many = join(folder, "logs");
    const page = await openDashboard(browser, host.url);
    await page.evaluate(() => {
      globalThis.said = new Set();
      const note = () => {
        document.querySelector('#tab-integrity[aria-selected="false"]')?.click();
        globalThis.said.add(document.querySelector("#progress:not([hidden]) span")?.textContent).add(document.querySelector("#integrity .tiles")?.textContent);
      };
      new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
    });
    await choose(page, "#pick-folder", many);
    await endReading(page, 3000);
    const said = await page.evaluate(() => [...globalThis.said].filter(Boolean));
    const counted = said.filter((words) => /of [\d,]+ files?/.test(words) && !/^Ending/.test(words));
    assert.ok(counted.length > 0 && counted.every((words) => /^[\d,]+ of 3,000 files · /.test(words)), counted.join("\n"));
    const ending = said.filter((words) => words.startsWith("Ending"));
    assert.ok(ending.every((words) => /^Ending with what has begun: [\d,]+ of [\d,]+ files? · /.test(words)), ending.join("\n"));
    const tiles = said.filter((words) => words.startsWith("Log files"));
    assert.ok(tiles.length > 1 && /none so far/.test(tiles[0]) && !/none is here/.test(tiles[0]), tiles.join("\n"));
    assert.match(tiles.at(-1), /Digest files0none is here/);
    await page.close();
  });

  test("ten thousand unrelated files are one line, and the page lives", async () => {
    const many = join(folder, "many");
    for (let at = 0; at < 100; at++) {
      await mkdir(join(many, String(at)), { recursive: true });
      await Promise.all(Array.from({ length: 100 }, (_, file) => writeFile(join(many, String(at), `${file}.txt`), `note ${file}`)));
    }
    await writeFile(join(many, "log.json"), LOG);
    const page = await openDashboard(browser, host.url);
    await dropPaths(page, "body", [many]);
    await page.waitForSelector("#event-count");
    await idle(page, { timeout: 120_000 });
    assert.equal(await count(page), "50 of 50 events");
    assert.match(await problems(page), /9,?800 more\. Each is a copy of a file that is open already, or no log, digest, key or signature/);
    await page.close();
  });
});

describe("presigned URLs", { skip: HAS_STORE ? false : "s3s-fs is not installed; `cargo xtask setup` installs it" }, () => {
  const BUCKET = "acme-audit-logs";
  let browser, host, store, files, signatures;
  before(async () => {
    ({ files, signatures } = unpack());
    store = await startStore(BUCKET);
    host = await serve(DIST, { change: connecting(store.origin) });
    browser = await launch("chromium");
  });
  after(async () => {
    await browser?.close();
    await host?.close();
    await store?.close();
  });

  test("a digest proves itself by its headers, its log by it; no query string is kept", async () => {
    const digest = [...files.keys()].filter((key) => key.includes("CloudTrail-Digest_us-east-1_") && signatures[key]).at(-1);
    await store.put(BUCKET, digest, files.get(digest), signatures[digest]);
    const origin = new URL(host.url).origin;
    store.cors = { origins: [origin], expose: ["x-amz-meta-signature", "x-amz-meta-signature-algorithm"] };
    const page = await openDashboard(browser, host.url);
    await paste(page, files.get("keys.json").toString());
    await paste(page, [store.presign(BUCKET, digest), store.presign(BUCKET, "missing.json.gz"), "http://127.0.0.1:9/dead.json?X-Amz-Signature=secret", "not a url"].join("\n"));
    await idle(page);
    const said = await problems(page);
    assert.match(said, /there is no such object \(404\)/);
    assert.match(said, /could not fetch it/);
    await page.click("#tab-integrity");
    await idle(page);
    const rows = await page.$$eval("#files tr[data-file]", (rows) => rows.map((row) => `${row.dataset.verdict} ${row.dataset.file}`));
    assert.ok(rows.includes(`valid ${digest}`), rows.join("\n"));
    const everything = await page.evaluate(() => document.documentElement.outerHTML + location.href + JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
    assert.doesNotMatch(everything, /X-Amz-|secret/);
    await page.close();
  });

  test("without a CORS rule the sentence says what to do", async () => {
    store.cors = null;
    const page = await openDashboard(browser, host.url);
    await paste(page, store.presign(BUCKET, "x.json.gz"));
    await idle(page);
    assert.match(await problems(page), /CORS rule/);
    await page.close();
  });

  test("a download that does not come to its end is given up when somebody cancels, and can be begun again", async (t) => {
    let halts = true;
    const halting = createServer((asked, answer) => {
      answer.writeHead(200, { "access-control-allow-origin": "*", "content-length": LOG.length });
      if (halts) answer.write(LOG.slice(0, 1000));
      else answer.end(LOG);
    });
    await new Promise((done) => halting.listen(0, "127.0.0.1", done));
    const origin = `http://127.0.0.1:${halting.address().port}`;
    const host = await serve(DIST, { change: connecting(origin) });
    t.after(async () => {
      await host.close();
      halting.closeAllConnections();
      halting.close();
    });
    const page = await openDashboard(browser, host.url);
    const url = `${origin}/log.json?X-Amz-Signature=secret`;
    await begin(page, `${url}\n${url}`);
    await page.waitForFunction(() => document.documentElement.dataset.busy === "1" && document.querySelector("#progress:not([hidden]) button"));
    await page.click("#progress button");
    await idle(page);
    const said = await problems(page);
    assert.match(said, /fetching was ended before all of it had come\..*Fetch it again\./);
    assert.doesNotMatch(said, /secret/);
    halts = false;
    await paste(page, url);
    assert.match(await count(page), /^50 of 50 events$/);
    await page.close();
  });

  /** Into the paste box of the empty page, or the one behind "Add files". */
  async function paste(page, text) {
    await begin(page, text);
    await idle(page);
  }

  /** The same, without waiting for what comes of it. */
  async function begin(page, text) {
    const first = await page.$("#paste-first");
    if (!first) {
      await page.click("#add-menu button");
      await page.click("#add-paste");
    }
    const box = first ? "#paste-first" : "#paste-more";
    await page.waitForSelector(box);
    await page.$eval(box, (area, text) => {
      area.value = text;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }, text);
    await page.click(`${box}-go`);
    await page.waitForSelector("#banner");
    await page.keyboard.press("Escape");
  }

  function unpack() {
    const bytes = readFileSync(new URL("../../public/sample-trail.pack", import.meta.url));
    const length = Number(bytes.subarray(0, 8).toString());
    const header = JSON.parse(bytes.subarray(8, 8 + length));
    const files = new Map();
    let start = 8 + length;
    for (const [name, size] of header.files) {
      files.set(name, bytes.subarray(start, start + size));
      start += size;
    }
    const { note, ...signatures } = JSON.parse(files.get("signatures.json"));
    return { files, signatures };
  }
});
