// A reader that falls is replaced: the files it was reading are tried one by one, and only the culprit is lost, by name.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serve } from "./server.mjs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DIST, choose, drop, idle, launch, openDashboard, seek } from "./support.mjs";

const EVENT = { eventName: "GetObject", eventSource: "s3.amazonaws.com", eventTime: "2024-01-01T00:00:00Z" };
const good = Buffer.from(JSON.stringify({ Records: [EVENT, EVENT] }));
const poison = Buffer.from(JSON.stringify({ Records: [EVENT] }).padEnd(777));
/** Readers trap on the sheaf of both files, and on the poisonous one alone. */
const plant = `if (typeof document === "undefined" && self.name.startsWith("reader"))
  self.addEventListener("message", ({ data }) => {
    if ([${good.length + poison.length}, ${poison.length}].includes(data?.[1]?.size)) throw new WebAssembly.RuntimeError("planted");
    if (data?.[1]?.some?.((bytes) => bytes.byteLength === ${poison.length})) throw new WebAssembly.RuntimeError("planted");
  });\n`;

describe("a reader at a large file", () => {
  let browser, host;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST);
  });
  after(async () => {
    await browser?.close();
    await host?.close();
  });

  test("goes no further once somebody cancels; what it has read stays, and is said", async () => {
    const page = await openDashboard(browser, host.url);
    const events = await page.evaluate((event) => {
      // 2 GB, of which the browser holds one piece: some ten seconds of work.
      const line = JSON.stringify({ ...event, eventID: crypto.randomUUID(), padding: "x".repeat(1800) });
      const piece = new Blob([`${line},`.repeat(1000)]);
      const transfer = new DataTransfer();
      transfer.items.add(new File(['{"Records":[', ...Array(1000).fill(piece), `${line}]}`], "huge.json"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
      return 1000 * 1000 + 1;
    }, EVENT);
    await page.waitForFunction(() => Number(document.querySelector("#event-count")?.textContent.match(/of ([\d,]+)/)?.[1].replaceAll(",", "")) > 0, { polling: 20 });
    await page.click("#progress button");
    await idle(page);
    const shown = await page.$eval("#event-count", (count) => Number(count.textContent.match(/of ([\d,]+)/)[1].replaceAll(",", "")));
    assert.ok(shown > 0 && shown < events, `${shown} of ${events}`);
    await page.click("#problems");
    await page.waitForSelector("#problems-dialog[open]");
    const said = await page.$eval("#problems-dialog", (dialog) => dialog.textContent);
    assert.match(said, /Reading was ended before the end of the file\. The [\d,]+ events before that were read\. Reload the page/);
    await page.click("#problems-dialog button");
    // The raw JSON of what was read is that of its rows: the file has not changed for being read in part.
    await seek(page, "xxxxxxxx");
    const found = await page.$eval("#raw-search", (line) => line.innerText.replace(/\s+/g, " "));
    assert.match(found, new RegExp(`${shown.toLocaleString("en-US")} events?`), found);
    assert.doesNotMatch(found, /changed/);
    await page.close();
  });
});

describe("readers that fall", () => {
  let browser, host;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST, { change: (file, bytes) => (/^app-[0-9a-f]+\.js$/.test(file) ? plant + bytes : bytes) });
  });
  after(async () => {
    await browser?.close();
    await host?.close();
  });

  test("are replaced; all but the culprit is read, and the culprit is named", async () => {
    const page = await openDashboard(browser, host.url);
    await drop(page, "body", [
      { name: "good.json", bytes: good },
      { name: "poison.json", bytes: poison },
    ]);
    await page.waitForSelector("#event-count");
    await idle(page);
    assert.match(await page.$eval("#event-count", (count) => count.textContent), /2 of 2 events/);
    await page.waitForSelector("#problems");
    await page.click("#problems");
    await page.waitForSelector("#problems-dialog[open]");
    const said = await page.$eval("#problems-dialog", (dialog) => dialog.textContent);
    assert.match(said, /had to be stopped/);
    assert.ok(said.includes("poison.json") && !said.includes("good.json"), said);
  });

  test("while bytes of very many files were with them: those are opened again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "trailseal-readers-"));
    for (let at = 0; at < 599; at++) await writeFile(join(folder, `${at}.json`), good);
    await writeFile(join(folder, "poison.json"), poison);
    const page = await openDashboard(browser, host.url);
    await choose(page, "#pick-folder", folder);
    await page.waitForSelector("#event-count");
    await idle(page);
    assert.match(await page.$eval("#event-count", (count) => count.textContent), /1,198 of 1,198 events/);
    await page.click("#problems");
    await page.waitForSelector("#problems-dialog[open]");
    const said = await page.$eval("#problems-dialog", (dialog) => dialog.textContent);
    assert.ok(said.includes("poison.json") && !said.includes("17.json"), said);
    await page.close();
    await rm(folder, { recursive: true });
  });
});
