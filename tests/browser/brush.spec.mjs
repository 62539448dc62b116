// A range that is dragged over the bars: the panels follow while the button is down, one step of history is made when it is let go.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serve } from "./server.mjs";
import { BROWSERS, DIST, assertQuiet, idle, launch, openDashboard } from "./support.mjs";

for (const name of BROWSERS) {
  describe(`brushing in ${name}`, () => {
    let browser, host, page;
    before(async () => {
      browser = await launch(name);
      host = await serve(DIST);
      page = await openDashboard(browser, host.url);
      await page.setViewport({ width: 1440, height: 900 });
      await page.click("#open-sample");
      await page.waitForSelector("#timeline-plot");
      await page.waitForSelector("#row-0 .cell-time");
      await idle(page);
    });
    after(async () => {
      await browser?.close();
      await host?.close();
    });

    /** All that a range changes, and what it must leave alone until it is let go. */
    const seen = () =>
      page.evaluate(() => ({
        count: document.querySelector("#event-count").textContent,
        rows: document.querySelector("#row-count").textContent,
        heard: document.querySelector("#row-count + [aria-live]").textContent,
        newest: document.querySelector("#row-0 .cell-time")?.textContent,
        names: [...document.querySelectorAll('#facets [data-column="eventName"] .facet-value')].map((value) => value.textContent).join(),
        range: document.querySelector("#range-menu .range-words").textContent,
        brush: document.querySelector("#brush").hidden ? "" : document.querySelector("#brush").style.width,
        hash: location.hash,
        steps: history.length,
      }));
    const at = async (share) => {
      const box = await (await page.$("#timeline-plot")).boundingBox();
      return [box.x + share * box.width, box.y + box.height / 2];
    };
    /** Moves there and waits until the panels have followed. */
    const dragTo = async (share) => {
      await page.mouse.move(...(await at(share)), { steps: 6 });
      await page.waitForFunction(() => document.querySelector("#event-count").textContent !== globalThis.countBefore, { polling: 20, timeout: 5000 });
      await idle(page);
      await page.evaluate(() => (globalThis.countBefore = document.querySelector("#event-count").textContent));
      return seen();
    };
    const begin = async (share) => {
      await page.evaluate(() => (globalThis.countBefore = document.querySelector("#event-count").textContent));
      await page.mouse.move(...(await at(share)));
      await page.mouse.down();
    };

    /** Gives the window another width, and waits until it is laid out so. */
    const resize = async (width) => {
      await page.setViewport({ width, height: 900 });
      await page.waitForFunction((width) => innerWidth === width, { polling: 20 }, width);
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      await idle(page);
    };

    test("every panel follows while the button is down; letting go is one step of history", async () => {
      const before = await seen();
      await begin(0.2);
      const first = await dragTo(0.45);
      const second = await dragTo(0.6);
      for (const part of ["count", "rows", "newest", "names", "range", "brush"]) {
        assert.notEqual(first[part], before[part], part);
        assert.notEqual(second[part], first[part], part);
      }
      for (const part of ["heard", "hash", "steps"]) {
        assert.equal(first[part], before[part], part);
        assert.equal(second[part], before[part], part);
      }
      await page.mouse.up();
      await idle(page);
      const after = await seen();
      assert.deepEqual({ ...after, heard: "", hash: "", steps: 0 }, { ...second, heard: "", hash: "", steps: 0 });
      assert.match(after.hash, /^#1;t=/);
      assert.equal(after.steps, before.steps + 1);
      assert.ok(after.heard.startsWith(second.rows.split(" · ")[0]), after.heard);
      await page.evaluate(() => history.back());
      await page.waitForFunction(() => location.hash === "");
      await idle(page);
      assert.deepEqual({ ...(await seen()), steps: 0 }, { ...before, steps: 0 });
      assertQuiet(page);
    });

    test("Escape brings back what was before, and the rest of that drag means nothing", async () => {
      const before = await seen();
      await begin(0.3);
      assert.notEqual((await dragTo(0.5)).count, before.count);
      await page.keyboard.press("Escape");
      await idle(page);
      assert.deepEqual(await seen(), before);
      await page.mouse.move(...(await at(0.7)), { steps: 3 });
      await page.mouse.up();
      await idle(page);
      assert.deepEqual(await seen(), before);
      assertQuiet(page);
    });

    test("in a narrow window the bar keeps its height, whatever range is dragged", async () => {
      await resize(600);
      const height = () => page.$eval(".top-bar", (bar) => bar.getBoundingClientRect().height);
      const before = await height();
      await begin(0.1);
      for (const share of [0.3, 0.6, 0.95]) {
        await dragTo(share);
        assert.equal(await height(), before, await page.$eval("#range-menu", (menu) => menu.textContent));
      }
      await page.keyboard.press("Escape");
      await page.mouse.up();
      await resize(1440);
      assertQuiet(page);
    });

    test("Back from a range that was zoomed to shows all of the axis again", async () => {
      const ticks = () => page.$eval(".lane-axis .axis", (axis) => axis.textContent);
      await page.keyboard.press("0");
      await idle(page);
      const whole = await ticks();
      await begin(0.4);
      await dragTo(0.6);
      await page.mouse.up();
      await idle(page);
      await page.keyboard.press("z");
      await page.waitForFunction((whole) => document.querySelector(".lane-axis .axis").textContent !== whole, { polling: 20 }, whole);
      await idle(page);
      await page.evaluate(() => history.back());
      await page.waitForFunction((whole) => document.querySelector(".lane-axis .axis").textContent === whole, { polling: 20, timeout: 5000 }, whole);
      await idle(page);
      assert.ok(!/;t=/.test((await seen()).hash));
      assertQuiet(page);
    });

    test("a slider's key that is held is one step, at its release", async () => {
      const before = await seen();
      await page.focus("#slider-start");
      for (let repeat = 0; repeat < 80; repeat++) await page.keyboard.down("ArrowRight");
      await page.waitForFunction((count) => document.querySelector("#event-count").textContent !== count, { polling: 20 }, before.count);
      await idle(page);
      assert.deepEqual([(await seen()).hash, (await seen()).steps], [before.hash, before.steps]);
      await page.keyboard.up("ArrowRight");
      await idle(page);
      const after = await seen();
      assert.match(after.hash, /^#1;t=/);
      assert.equal(await page.$eval("#slider-start", (slider) => slider.value), "80");
      // The step that Back has undone before is written over.
      assert.ok(after.steps <= before.steps + 1);
      assertQuiet(page);
    });
  });
}
