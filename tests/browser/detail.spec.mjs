// The panel of one event: records that are far larger than any real one, and rooms that are far smaller than a desk.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serve } from "./server.mjs";
import { DIST, assertQuiet, drop, idle, launch, openDashboard } from "./support.mjs";

const EVENT = { eventSource: "s3.amazonaws.com", eventTime: "2024-01-01T00:00:00Z", awsRegion: "ap-southeast-2", userIdentity: { type: "IAMUser", userName: "ann" } };
const MEMBERS = { ...EVENT, eventName: "PutObject", eventID: "00000000-0000-4000-8000-000000000001", requestParameters: Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`key${at}`, at])) };
const AGENT = { ...EVENT, eventName: "GetObject", eventID: "00000000-0000-4000-8000-000000000002", userAgent: "A".repeat(300_000) };

describe("the detail", () => {
  let browser, host, page;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST);
    page = await openDashboard(browser, host.url);
    await page.setViewport({ width: 1440, height: 900 });
    await drop(page, "body", [{ name: "large.json", bytes: JSON.stringify({ Records: [MEMBERS, AGENT] }) }]);
    await page.waitForSelector("#row-1 .cell-time");
    await idle(page);
  });
  after(async () => {
    await browser?.close();
    await host?.close();
  });

  /** Shows the event of this name, its raw JSON read. */
  const show = async (name) => {
    const row = await page.waitForSelector(`.row:has([data-column="eventName"][data-value="${name}"])`);
    await row.click();
    await page.waitForFunction((name) => document.querySelector("#detail-title")?.textContent === name && document.querySelector("#raw-record summary"), {}, name);
    await idle(page);
  };
  const close = async () => {
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("#detail"));
  };

  test("of very many members some are shown, the rest is counted, the copy has them all", async () => {
    await show("PutObject");
    const lines = await page.$$eval('[data-section="REQUEST"] dt', (names) => names.map((name) => name.textContent));
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [301, "key0", "19,700 more"]);
    const raw = await page.$eval("#raw-record pre", (pre) => pre.textContent);
    assert.ok(raw.length < 200_200, String(raw.length));
    assert.match(raw, /… \(These are the first 200,000 letters: copy it to have them all\.\)$/);
    await page.evaluate(() => {
      globalThis.copied = [];
      Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => void globalThis.copied.push(text) } });
      document.querySelector("#raw-record .copy").click();
    });
    await page.waitForFunction(() => globalThis.copied.length === 1);
    assert.deepEqual(JSON.parse(await page.evaluate(() => globalThis.copied[0])), MEMBERS);
    await close();
  });

  test("of a very long value its head is shown", async () => {
    await show("GetObject");
    const agent = await page.$$eval('[data-section="CONTEXT"] dt', (names) => names.find((name) => name.textContent === "User agent").nextElementSibling.textContent);
    assert.match(agent, /^A{20000}… \(These are the first 20,000 letters: copy it to have them all\.\)$/);
    await close();
  });

  test("its cross stays in sight, and a link in it is not hidden behind it", async () => {
    await page.setViewport({ width: 400, height: 800 });
    // Laid out so, or the row is clicked where it was.
    await page.waitForFunction(() => innerWidth === 400, { polling: 20 });
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await idle(page);
    await show("GetObject");
    const cross = await page.$eval("#detail", (detail) => {
      detail.scrollTop = 500;
      const { top, bottom } = document.querySelector("#detail-close").getBoundingClientRect();
      return [detail.scrollTop, top >= 0 && bottom <= innerHeight];
    });
    assert.deepEqual(cross, [500, true]);
    await page.$eval("#detail", (detail) => (detail.scrollTop = 0));
    await page.click("#proof-box .link");
    await page.waitForSelector("#files [data-file]");
    assert.equal(await page.$("#detail"), null, "the list is not behind the panel");
    assertQuiet(page);
  });
});
