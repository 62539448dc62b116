// The main job, by hand: the sample is all proven; its tampered twin shows exactly the rows that its text lists; a filter; a record.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { serve } from "./server.mjs";
import { BROWSERS, DIST, ONE_FILE, assertQuiet, idle, launch, openDashboard } from "./support.mjs";

const expected = async (trail) => JSON.parse(await readFile(new URL(`../fixtures/${trail}.expected.json`, import.meta.url), "utf8"));
const text = (page, selector) => page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());

/** What the page would save, caught before the browser makes a download of it. */
async function saved(page, button) {
  await page.evaluate(() => {
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      globalThis.savedText = blob.text();
      return make.call(URL, blob);
    };
    HTMLAnchorElement.prototype.click = () => {};
  });
  await page.click("#export-menu button");
  await page.click(button);
  await page.waitForFunction(() => globalThis.savedText);
  return page.evaluate(() => globalThis.savedText);
}

/** Every file of one verdict in the Integrity view, page after page. */
async function filesOf(page, verdict) {
  await page.select("#files-verdict", verdict);
  await idle(page);
  return page.$$eval("#files tr[data-file]", (rows) => rows.map((row) => `${row.dataset.verdict} ${row.dataset.file}`));
}

for (const name of BROWSERS) {
  describe(`the sample in ${name}`, () => {
    let browser, host, page;
    before(async () => {
      browser = await launch(name);
      host = await serve(DIST);
    });
    after(async () => {
      await browser?.close();
      await host?.close();
    });
    const open = async (button, url = host.url) => {
      // A page in the background gets no frames, and takes time from the one in front.
      await page?.close();
      page = await openDashboard(browser, url);
      await page.click(button);
      await page.waitForSelector("#banner");
      await idle(page);
    };

    test("one click: everything is proven, and the page says with whose keys", async () => {
      await open("#open-sample");
      const { summary } = await expected("sample-trail");
      assert.equal(await page.$eval("#banner", (banner) => banner.dataset.tone), "proven");
      assert.match(await text(page, "#banner"), /sample keys, not AWS's/);
      assert.equal(await text(page, "#event-count"), "6,052 of 6,052 events");
      assert.equal(await page.$$eval("[data-exception]", (pills) => pills.length), 0);
      assert.deepEqual(JSON.parse(await saved(page, "#export-json")).summary, summary);
      assertQuiet(page);
    });

    test("from disk, as one file, the same", async () => {
      await open("#open-sample", ONE_FILE);
      assert.equal(await page.$eval("#banner", (banner) => banner.dataset.tone), "proven");
      assert.equal(await text(page, "#event-count"), "6,052 of 6,052 events");
      assertQuiet(page);
    });

    test("the tampered twin: exactly the rows that its text lists", async () => {
      await open("#open-tampered");
      const twin = await expected("tampered-trail");
      assert.equal(await page.$eval("#banner", (banner) => banner.dataset.tone), "broken");
      await page.click("#tab-integrity");
      await idle(page);
      const wanted = [...twin.digests, ...twin.logs].map(({ verdict, key }) => `${verdict} ${key}`).sort();
      const shown = [];
      for (const verdict of ["invalid", "missing", "unlisted", "unproven"]) shown.push(...(await filesOf(page, verdict)));
      assert.deepEqual(shown.sort(), wanted);
      assert.deepEqual(await page.$$eval("[data-finding]", (rows) => rows.map((row) => row.dataset.finding)), ["gap"]);
      const report = JSON.parse(await saved(page, "#export-json"));
      assert.deepEqual(report.summary, twin.summary);
      const reasons = [...report.digests, ...report.logs].filter((row) => row.verdict !== "valid").map((row) => `${row.reason} ${row.key}`);
      assert.deepEqual(reasons.sort(), [...twin.digests, ...twin.logs].map((row) => `${row.reason} ${row.key}`).sort());
      assertQuiet(page);
    });

    test("a filter narrows every panel; a click on a row shows its record, re-read from its file", async () => {
      await page.click("#tab-events");
      await page.type("#search", "eventName:AttachUserPolicy");
      await page.keyboard.press("Enter");
      await idle(page);
      assert.match(await text(page, "#event-count"), /^\d+ of 6,049 events$/);
      const counts = await page.$$eval('#facets [data-column="eventSource"] .facet-value', (values) => values.map((value) => value.dataset.value));
      assert.deepEqual(counts, ["iam.amazonaws.com"]);
      await page.click("#row-0");
      await page.waitForSelector("#proof-box");
      await idle(page);
      assert.match(await text(page, "#detail"), /AttachUserPolicy/);
      await page.waitForFunction(() => document.querySelector("#raw-record")?.textContent.includes('"eventID"'));
      assert.equal(await page.$("#changed-on-disk"), null);
      assert.match(await page.evaluate(() => location.hash), /^#1;f=eventName:AttachUserPolicy/);
      assertQuiet(page);
    });

    test("whatever tab is open, the page is as long as its window: only what is inside scrolls", async () => {
      await page.setViewport({ width: 1280, height: 800 });
      for (const tab of ["#tab-identities", "#tab-integrity", "#tab-events"]) {
        await page.click(tab);
        await idle(page);
        const [long, high] = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
        assert.equal(long, high, tab);
      }
      await page.click("#tab-integrity");
      await idle(page);
      // Its last part ends where it ends, but for some air.
      const air = await page.$eval("#integrity", (scroll) => {
        scroll.scrollTop = scroll.scrollHeight;
        return scroll.getBoundingClientRect().bottom - document.querySelector("#files").getBoundingClientRect().bottom;
      });
      assert.ok(air >= 0 && air < 60, `${air} pixels below the files`);
    });

    test("Verified only leaves the changed log's events out", async () => {
      await open("#open-tampered");
      await page.click("#verified-only");
      await idle(page);
      assert.equal(await text(page, "#event-count"), "6,008 of 6,049 events");
    });
  });
}
