// Without a mouse: the sample is opened, filtered, walked through and a record read by keys alone.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serve } from "./server.mjs";
import { DIST, assertQuiet, idle, launch, openDashboard } from "./support.mjs";

describe("by keyboard only", () => {
  let browser, host, page;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST);
    page = await openDashboard(browser, host.url);
  });
  after(async () => {
    await browser?.close();
    await host?.close();
  });

  const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.className || document.activeElement?.tagName);
  /** Presses Tab until the element with this id has the focus. */
  const tabTo = async (id) => {
    for (let presses = 0; presses < 200; presses++) {
      if ((await focused()) === id) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab never reaches #${id}`);
  };

  test("from the empty page to a record and back", async () => {
    await tabTo("open-sample");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#event-count");
    await idle(page);
    await page.keyboard.press("/");
    assert.equal(await focused(), "search");
    await page.keyboard.type("eventName:CreateAccessKey");
    await page.keyboard.press("Enter");
    await idle(page);
    await tabTo("event-table");
    await page.keyboard.press("End");
    await idle(page);
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#proof-box");
    await idle(page);
    assert.match(await page.$eval("#detail", (detail) => detail.textContent), /CreateAccessKey/);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("#proof-box"));
    assertQuiet(page);
  });

  test("after scrolling, keys begin where one looks; 1 leads into the table from anywhere", async () => {
    await page.keyboard.press("/");
    await page.keyboard.press("Backspace");
    for (let letters = 0; letters < 40; letters++) await page.keyboard.press("Backspace");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await idle(page);
    await page.focus("#help");
    await page.keyboard.press("1");
    assert.equal(await focused(), "event-table");
    await page.keyboard.press("Home");
    await idle(page);
    /** The first and the last row that are wholly seen. */
    const seen = () =>
      page.$eval("#event-table", (table) => {
        const { top, bottom } = table.getBoundingClientRect();
        const rows = [...table.querySelectorAll(".rows-shown .row")].filter((row) => row.getBoundingClientRect().top >= top + 29 && row.getBoundingClientRect().bottom <= bottom + 1);
        return [rows[0], rows.at(-1)].map((row) => Number(row.id.slice(4)));
      });
    await page.$eval("#event-table", (table) => (table.scrollTop = 28 * 1000));
    await page.waitForSelector("#row-1000");
    await idle(page);
    const [, last] = await seen();
    await page.keyboard.press("PageDown");
    await idle(page);
    const [first] = await seen();
    assert.ok(first > last - 2 && first <= last + 2, `${last} ${first}`);
    assert.ok(first > 1000, String(first));
    assertQuiet(page);
  });
});
