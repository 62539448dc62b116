// The search of the raw JSON: texts that no column holds are found in the files, and what has not been searched is never passed off as nothing.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { serve } from "./server.mjs";
import { BROWSERS, DIST, assertQuiet, choose, drop, idle, launch, openDashboard, seek } from "./support.mjs";

const event = (name, requestParameters) => ({ eventName: name, eventSource: "s3.amazonaws.com", eventTime: "2024-03-09T14:00:00Z", requestParameters });
const log = (name, ...events) => ({ name, bytes: JSON.stringify({ Records: events }) });
const FILES = [
  log("one.json", event("PutBucketPolicy", { policy: JSON.stringify({ Principal: { AWS: "arn:aws:iam::999988887777:root" } }) }), event("GetObject", { key: "a" })),
  log("two.json", event("ListBuckets", null)),
];
const LATE = log("three.json", event("PutObject", { tag: "ARN:aws:iam::999988887777:root" }));

const line = (page) => page.$eval("#raw-search", (line) => (line.hidden ? "" : line.innerText.replace(/\s+/g, " ").trim()));
const count = (page) => page.$eval("#event-count", (element) => element.textContent.replace(/\s+/g, " ").trim());
/** The table has so many events: polled, since a picture may come a moment later than the page is idle. */
const counts = async (page, expected) => {
  await page.waitForFunction((expected) => document.querySelector("#event-count").textContent.replace(/\s+/g, " ").trim() === expected, { timeout: 10_000, polling: 50 }, expected).catch(() => null);
  assert.equal(await count(page), expected);
};
const press = async (page) => {
  await page.click("#raw-search button");
  await idle(page);
};

for (const name of BROWSERS) {
  describe(`the raw JSON in ${name}`, () => {
    let browser, host;
    before(async () => {
      browser = await launch(name);
      host = await serve(DIST);
    });
    after(async () => {
      await browser?.close();
      await host?.close();
    });

    test("a text deep in a request is found, again from a link, and in files that come later", async () => {
      const page = await openDashboard(browser, host.url);
      await drop(page, "body", FILES);
      await page.waitForSelector("#event-count");
      await idle(page);
      await seek(page, '"AWS":"arn:aws:iam::999988887777:root"');
      await counts(page, "1 of 3 events");
      assert.match(await line(page), /^1 event with .* found\. Searched: the raw JSON of 2 files,/);
      await page.click(".chip-remove");
      await idle(page);
      assert.equal(await line(page), "");
      await seek(page, "arn:aws:iam::999988887777");
      const { hash } = new URL(await page.evaluate(() => location.href));
      assert.ok(decodeURIComponent(hash).includes("raw:arn:aws:iam::999988887777"), hash);
      await drop(page, "body", [LATE]);
      await page.waitForFunction(() => document.querySelector("#raw-search").innerText.includes("only 2 of 3 files"), { polling: 50 });
      await idle(page);
      await counts(page, "1 of 4 events");
      await press(page);
      await counts(page, "2 of 4 events");
      assert.match(await line(page), /the raw JSON of 3 files/);

      const again = await openDashboard(browser, host.url + hash);
      await drop(again, "body", [...FILES, LATE]);
      await again.waitForSelector("#event-count");
      await idle(again);
      await counts(again, "0 of 4 events");
      assert.match(await line(again), /has not been searched .* no event is shown before it is\. Search 3 files/);
      await press(again);
      await counts(again, "2 of 4 events");
      assertQuiet(page);
      assertQuiet(again);
      await again.close();
      await page.close();
    });

    test("where free text finds nothing, the raw JSON is offered", async () => {
      const page = await openDashboard(browser, host.url);
      await drop(page, "body", FILES);
      await page.waitForSelector("#event-count");
      await page.focus("#search");
      await page.keyboard.type("999988887777");
      await page.keyboard.press("Enter");
      await idle(page);
      assert.match(await page.$eval("#no-rows-raw", (button) => button.textContent), /Search the raw JSON of 2 files for “999988887777”/);
      await page.click("#no-rows-raw");
      await idle(page);
      await counts(page, "1 of 3 events");
      assertQuiet(page);
      await page.close();
    });

    test("a file that has changed on disk is named as not searched, and nothing of it is shown", async () => {
      const folder = await mkdtemp(join(tmpdir(), "trailseal-"));
      try {
        const paths = FILES.map(({ name }) => join(folder, name));
        for (const [at, { bytes }] of FILES.entries()) await writeFile(paths[at], bytes);
        const page = await openDashboard(browser, host.url);
        await choose(page, "#pick-files", ...paths);
        await page.waitForSelector("#event-count");
        await idle(page);
        // As long as before, and the text is in it now.
        await writeFile(paths[1], FILES[1].bytes.replace("ListBuckets", "999988887777").slice(0, FILES[1].bytes.length));
        await seek(page, "999988887777");
        await counts(page, "1 of 3 events");
        assert.match(await line(page), /only 1 of 2 files.* 1 file changed since, or no longer readable/);
        await page.close();
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
}
