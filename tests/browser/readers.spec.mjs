// A reader that falls is replaced: what it was reading is tried again or named, and everything else is read.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serve } from "./server.mjs";
import { DIST, idle, launch, openDashboard } from "./support.mjs";

/** For a while every reader traps as soon as it is given a job. */
const plant = (until) => `if (self.name.startsWith("reader") && Date.now() < ${until})
  self.addEventListener("message", (event) => { if (Array.isArray(event.data)) throw new WebAssembly.RuntimeError("planted"); });\n`;

describe("readers that fall", () => {
  let browser, host;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST, { change: (file, bytes) => (file === "worker.js" ? plant(Date.now() + 2500) + bytes : bytes) });
  });
  after(async () => {
    await browser?.close();
    await host?.close();
  });

  test("are replaced; their files are read after all, or said to be lost", async () => {
    const page = await openDashboard(browser, host.url);
    await page.click("#open-sample");
    await page.waitForSelector("#event-count");
    await idle(page, { timeout: 120_000 });
    const total = Number((await page.$eval("#event-count", (count) => count.textContent)).match(/of ([\d,]+)/)[1].replaceAll(",", ""));
    assert.ok(total > 3000, `only ${total} events`);
    const tone = await page.$eval("#banner", (banner) => banner.dataset.tone);
    assert.equal(tone === "proven", total === 6052);
    if (total < 6052) {
      await page.click("#problems");
      await page.waitForSelector("#problems-dialog[open]");
      assert.match(await page.$eval("#problems-dialog", (dialog) => dialog.textContent), /had to be stopped/);
    }
  });
});
