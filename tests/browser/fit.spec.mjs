// A load that may not fit into memory is told before it is read; what is left out is said; where memory ends the page lives.

import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { serve } from "./server.mjs";
import { DIST, assertQuiet, choose, dropPaths, idle, launch, launched, openDashboard } from "./support.mjs";

const FILES = 80;
const EVENTS = 100;
/** Twenty files a day from 2024-01-01 on; of four events one changes something. */
const day = (file) => `2024-01-0${1 + Math.floor(file / 20)}`;
const event = (file, at) => ({
  eventName: at % 4 ? "GetObject" : "PutObject",
  eventSource: "s3.amazonaws.com",
  eventTime: `${day(file)}T${String(file % 20).padStart(2, "0")}:00:00Z`,
  eventID: `00000000-0000-4000-8000-${(file * EVENTS + at).toString(16).padStart(12, "0")}`,
  readOnly: at % 4 !== 0,
  requestParameters: { bucketName: `bucket-${file}`, note: "x".repeat(5000) },
});
const name = (file) => `111122223333_CloudTrail_eu-west-1_${day(file).replaceAll("-", "")}T${String(file % 20).padStart(2, "0")}05Z_${String(file).padStart(16, "A")}.json`;

describe("a load that may not fit", () => {
  let browser, host, folder, paths;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST);
    folder = await mkdtemp(join(tmpdir(), "trailseal-fit-"));
    paths = [];
    for (let file = 0; file < FILES; file++) {
      paths.push(join(folder, name(file)));
      await writeFile(paths[file], JSON.stringify({ Records: Array.from({ length: EVENTS }, (_, at) => event(file, at)) }));
    }
  });
  after(async () => {
    await browser?.close();
    await host?.close();
    await rm(folder, { recursive: true });
  });

  const text = (page, selector) => page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());
  const asked = async (query = "?memory=1") => {
    const page = await openDashboard(browser, host.url + query);
    await choose(page, "#pick-files", ...paths);
    await page.waitForSelector("#fit-dialog[open]");
    return page;
  };
  const settled = async (page) => {
    await page.waitForFunction(() => document.documentElement.dataset.filesRead === "80" && document.documentElement.dataset.busy === "0", { polling: 50, timeout: 60_000 });
    assertQuiet(page);
  };

  test("is told in numbers before anything of it is read; write events only are kept, and that is said", async () => {
    const page = await asked();
    const told = await text(page, "#fit-told");
    assert.match(told, /^80 files, \d\.?\d* MB as stored: about [\d.,]+ ?\w* events\. Held as rows they take about [\d.]+ \w+ of memory; this page has 1(\.0)? MB\.$/);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.filesRead), "0");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.busy), "1", "what waits is not missing: nothing is final yet");
    assert.equal(await page.$("#fit-filter"), null, "there is no filter");
    await page.click("#fit-writes");
    await settled(page);
    assert.equal(await text(page, "#event-count"), "2,000 of 2,000 events held");
    assert.match(await text(page, "#held-note"), /^2,000 of 8,000 events that were read are held\. Kept: write events only .*6,000 others were read, judged with their files and left out\.$/);
    await page.close();
  });

  test("by keyboard: the newest days that fit are offered, and a range that is typed is kept", async () => {
    const page = await asked();
    assert.match(await page.$eval("#fit-until", (field) => field.value), /^2024-01-05/);
    await page.focus("#fit-from");
    await page.$eval("#fit-from", (field) => field.select());
    await page.keyboard.type("2024-01-02");
    await page.focus("#fit-until");
    await page.$eval("#fit-until", (field) => field.select());
    await page.keyboard.type("2024-01-03");
    // Every file is opened and judged whichever rows are kept: 4,000 bytes each, beside 107 for each event.
    const [, events, memory, unit] = (await text(page, "#fit-range-told")).match(/^About ([\d,]+) events, ([\d.]+) ([kM])B\.$/) ?? assert.fail(await text(page, "#fit-range-told"));
    const least = Number(events.replaceAll(",", "")) * 107 + FILES * 4000;
    assert.ok(Number(memory) * { k: 1e3, M: 1e6 }[unit] > least * 0.95, `${memory} ${unit}B, ${least}`);
    await page.keyboard.press("Enter");
    await settled(page);
    assert.equal(await text(page, "#event-count"), "2,000 of 2,000 events held");
    assert.match(await text(page, "#held-note"), /from 2024-01-02T00:00:00Z to before 2024-01-03T00:00:00Z/);
    await page.close();
  });

  test("a filter that is there already is offered", async () => {
    const page = await asked("?memory=1#1;f=resource:bucket-7*");
    await page.click("#fit-filter");
    await settled(page);
    assert.match(await text(page, "#held-note"), /^1,100 of 8,000 events .*resourceName is "bucket-7\*"/);
    await page.close();
  });

  test("everything, until memory ends: then rows end, files are judged, and the page lives", async () => {
    const page = await asked();
    await page.click("#fit-all");
    await settled(page);
    const note = await text(page, "#held-note");
    const [, held, lost] = note.match(/^([\d,]+) of 8,000 events that were read are held\. ([\d,]+) were read, judged with their files and not taken in: memory had run out\. Whether these stand in several files was not looked for\.$/) ?? assert.fail(note);
    const number = (written) => Number(written.replaceAll(",", ""));
    assert.ok(number(held) > 0 && number(lost) > 0 && number(held) + number(lost) === 8000, note);
    await page.click("#problems");
    await page.waitForSelector("#problems-dialog[open]");
    const [, told] = (await text(page, "#problems-dialog")).match(/Memory has run out: ([\d,]+) events of [\d,]+ files were not taken in/) ?? assert.fail();
    assert.equal(number(told), number(lost), "the problem counts what the note counts");
    await page.keyboard.press("Escape");
    await page.focus("#search");
    await page.keyboard.type("readOnly:false");
    await page.keyboard.press("Enter");
    await page.waitForFunction((held) => !document.querySelector("#event-count").textContent.startsWith(held), { polling: 50 }, held);
    await idle(page);
    assert.match(await text(page, "#event-count"), /events held$/);
    await page.close();
  });

  test("to close it is to read nothing more", async () => {
    const page = await asked();
    await page.keyboard.press("Escape");
    await page.waitForSelector("#fit-dialog:not([open])");
    assert.match(await text(page, ".notice"), /Files not read: 80\./);
    await idle(page);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.filesRead), "0");
    await page.click("#problems");
    await page.waitForSelector("#problems-dialog[open]");
    assert.match(await text(page, "#problems-dialog"), /Not read: reading was ended before 80 files had their turn/);
    await page.close();
  });

  test("more files than the browser may hold are told of before they are read; nothing more is opened, or all of it", async () => {
    // A machine with memory for fifty files.
    const page = await browser.newPage();
    page.complaints = [];
    await page.evaluateOnNewDocument(() => Object.defineProperty(navigator, "deviceMemory", { value: (2 * 50 * 12_000) / 1e9 }));
    await page.goto(host.url, { waitUntil: "load" });
    await launched(page);
    const ask = async (open) => {
      await open();
      await page.waitForSelector("#fit-dialog[open] #fit-files");
      return text(page, "#fit-files");
    };
    // A dropped tree is walked no further than that: thirty files pass, the next thirty are too many.
    for (let part = 0; part < 3; part++) {
      const tree = join(folder, "tree", String(part));
      await mkdir(tree, { recursive: true });
      for (let file = part * 25; file < part * 25 + 25; file++) await copyFile(paths[file], join(tree, name(file)));
    }
    assert.match(await ask(() => dropPaths(page, "body", [join(folder, "tree")])), /^\d+ files are open or were found so far, and there may be more\. .* some 12 kB of memory for each, as measured in Chromium: about \d+ kB here/);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.busy), "1");
    await page.click("#fit-none");
    await idle(page);
    assert.match(await text(page, ".notice"), /^Nothing more is opened\./);
    const read = await page.evaluate(() => Number(document.documentElement.dataset.filesRead));
    assert.ok(read < 75, String(read));
    await page.click("#problems");
    await page.waitForSelector("#problems-dialog[open]");
    assert.match(await text(page, "#problems-dialog"), /Not read: reading was ended before \d+ files had their turn/);
    await page.keyboard.press("Escape");
    // Chosen: their number is known at once. All the same: asked again is not before they are twice as many.
    await page.goto("about:blank");
    await page.goto(host.url, { waitUntil: "load" });
    await launched(page);
    assert.match(await ask(() => choose(page, "#pick-files", ...paths)), /^80 files are open or chosen now\. .* For a folder that was chosen it has taken most of that already\. By what this browser tells, the machine has 1\.2 MB of memory, or more\.$/);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.filesRead), "0");
    await page.click("#fit-go-on");
    await settled(page);
    assert.equal(await text(page, "#event-count"), "8,000 of 8,000 events");
    await choose(page, "#pick-files", paths[0]);
    await page.waitForFunction(() => document.documentElement.dataset.filesRead === "81" && document.documentElement.dataset.busy === "0", { polling: 50 });
    assert.equal(await page.$("#fit-dialog[open]"), null);
    await page.close();
  });

  test("of very many chosen files, more than would wait in memory, it is asked too", async () => {
    const many = join(folder, "many");
    await mkdir(many);
    // 600 files of 188 kB: the page reads so many by itself, and holds 48 MB at most that are read and not yet taken.
    for (let file = 0; file < 600; file++) {
      const records = Array.from({ length: 36 }, (_, at) => ({ ...event(file % FILES, at), eventID: `00000000-0000-4000-8001-${(file * 36 + at).toString(16).padStart(12, "0")}` }));
      await writeFile(join(many, `${file}.json`), JSON.stringify({ Records: records }));
    }
    const page = await openDashboard(browser, `${host.url}?memory=1`);
    await choose(page, "#pick-folder", many);
    await page.waitForSelector("#fit-dialog[open]");
    assert.match(await text(page, "#fit-told"), /^600 files, 1\d\d MB as stored/);
    await page.click("#fit-writes");
    await page.waitForFunction(() => document.documentElement.dataset.filesRead === "600" && document.documentElement.dataset.busy === "0", { polling: 50, timeout: 60_000 });
    assertQuiet(page);
    assert.match(await text(page, "#held-note"), /of 21,600 events/);
    await page.close();
  });

  test("what fits is not asked about", async () => {
    const page = await openDashboard(browser, host.url);
    await choose(page, "#pick-files", ...paths);
    await settled(page);
    assert.equal(await text(page, "#event-count"), "8,000 of 8,000 events");
    assert.equal(await page.$eval("#held-note", (note) => note.hidden), true);
    await page.close();
  });
});
