// The coverage map: a brush makes a sentence whose numbers are the sample's own, a click opens a cell, keys do both; a gap has its culprit.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { iso, stoppedTrail } from "./forge.mjs";
import { serve } from "./server.mjs";
import { DIST, assertQuiet, drop, idle, launch, openDashboard } from "./support.mjs";

const expected = async (trail) => JSON.parse(await readFile(new URL(`../fixtures/${trail}.expected.json`, import.meta.url), "utf8"));
const text = (page, selector) => page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());
const sentences = (page) => page.$$eval("#sentences .sentence p", (all) => all.map((one) => one.textContent));
const chosen = async (page) => {
  await page.waitForSelector("#sentences .sentence");
  await idle(page);
};
/** Drags over the map from one place of it to another, each a share of its width and height. */
async function brush(page, from, to) {
  await page.$eval("#map-plot", (plot) => plot.scrollIntoView({ block: "center" }));
  const box = await (await page.$("#map-plot")).boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 4 });
  await page.mouse.up();
  await chosen(page);
}

describe("the coverage map", () => {
  let browser, host, page;
  before(async () => {
    browser = await launch("chromium");
    host = await serve(DIST);
  });
  after(async () => {
    await browser?.close();
    await host?.close();
  });
  const open = async (load) => {
    await page?.close();
    page = await openDashboard(browser, host.url);
    await page.setViewport({ width: 1440, height: 1000 });
    await load(page);
    await page.waitForSelector("#banner");
    await idle(page);
    await page.click("#tab-integrity");
    await page.waitForSelector("#map:not([hidden]) #map-plot");
    await idle(page);
  };

  test("a brush over everything says what the sample is", async () => {
    await open((page) => page.click("#open-sample"));
    const { summary } = await expected("sample-trail");
    await brush(page, [0.001, 0.01], [0.999, 0.99]);
    const [together, ...each] = await sentences(page);
    assert.match(together, new RegExp(`${summary.digests.valid} digests of 6 chains are proven; each chain is unbroken\\.`));
    assert.match(together, new RegExp(`Of the ${summary.logs.valid} log files listed, every one is here, unchanged\\.`));
    assert.equal(each.length, 6);
    for (const sentence of each) {
      assert.match(sentence, /^Between 2025-03-10T17:\S+ and 2025-03-12T18:\S+, for account \d{12} in Region \S+ \(trail acme-\S+, home Region \S+\), \d+ digests form an unbroken chain\./);
      assert.match(sentence, /it proves nothing of any real account\.$/);
    }
    const digests = each.map((sentence) => Number(/(\d+) digests form/.exec(sentence)[1]));
    assert.equal(digests.reduce((sum, one) => sum + one), summary.digests.valid);
    assertQuiet(page);
  });

  test("on the tampered twin the sentence tells of the changed and the lost", async () => {
    await open((page) => page.click("#open-tampered"));
    const { summary } = await expected("tampered-trail");
    await brush(page, [0.001, 0.01], [0.999, 0.99]);
    const [together, ...each] = await sentences(page);
    assert.match(together, new RegExp(`${summary.digests.valid} digests of 6 chains are proven; 5 of 6 chains are unbroken\\.`));
    assert.match(together, new RegExp(`: ${summary.logs.valid} verified, ${summary.logs.invalid} not as signed, ${summary.logs.missing} not found\\.`));
    assert.equal(each.filter((sentence) => /not an unbroken chain: from \S+ to \S+ a digest is not found\./.test(sentence)).length, 1);
    assertQuiet(page);
  });

  test("by keys: to the worst cell, its panel has the files and the cause", async () => {
    await page.click("#map-clear");
    await page.focus("#map-plot");
    await page.keyboard.press("Home");
    const spoken = () => page.$eval("#map-plot + [aria-live]", (heard) => heard.textContent);
    for (let row = 0; row < 2; row++) await page.keyboard.press("ArrowDown");
    let steps = 0;
    while (!/a log of it is not here as signed/.test(await spoken())) {
      assert.ok(steps++ < 60, "the hour of the changed log is on the third row");
      await page.keyboard.press("ArrowRight");
    }
    await page.keyboard.press("Enter");
    await chosen(page);
    assert.equal(await page.$$eval("#stretch .window", (windows) => windows.length), 1);
    assert.match(await text(page, "#stretch .window"), /The digest is proven; not every log file that it lists is here as signed\..*To settle it:.*(hash-mismatch|not-found)/);
    assert.equal(await page.$$eval('#stretch .window tr[data-verdict="invalid"], #stretch .window tr[data-verdict="missing"]', (rows) => rows.length), 1);
    await page.focus("#map-plot");
    await page.keyboard.down("Shift");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.up("Shift");
    await idle(page);
    await page.waitForFunction(() => /, 3 digests /.test(document.querySelector("#sentences")?.textContent ?? ""));
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("#sentences"));
    assertQuiet(page);
  });

  test("times can be typed, the map zoomed, a file's reason chosen", async () => {
    await page.$eval("#map-start", (input) => ((input.value = "2025-03-11 00:00:00"), input.dispatchEvent(new Event("input", { bubbles: true }))));
    await page.$eval("#map-end", (input) => ((input.value = "2025-03-11 06:00:00"), input.dispatchEvent(new Event("input", { bubbles: true }))));
    await page.select("#map-of", "1");
    await page.click("#map-choose");
    await chosen(page);
    assert.match((await sentences(page)).join(), /^Between 2025-03-10T23:41:21Z and 2025-03-11T06:41:21Z, for account 111122223333 in Region eu-west-1 .*, 7 digests form/);
    const axis = () => page.$$eval("#map .axis span", (ticks) => ticks.map((tick) => tick.textContent).join());
    const whole = await axis();
    await page.click("#map-chosen");
    await idle(page);
    await page.waitForFunction((whole) => [...document.querySelectorAll("#map .axis span")].map((tick) => tick.textContent).join() !== whole, {}, whole);
    await page.click("#map-all");
    await page.waitForFunction((whole) => [...document.querySelectorAll("#map .axis span")].map((tick) => tick.textContent).join() === whole, {}, whole);
    await page.select("#files-verdict", "unlisted");
    await idle(page);
    await page.select("#files-reason", "in-gap");
    await idle(page);
    const { logs } = await expected("tampered-trail");
    const wanted = logs.filter((row) => row.reason === "in-gap").map((row) => row.key);
    assert.deepEqual((await page.$$eval("#files tr[data-file]", (rows) => rows.map((row) => row.dataset.file))).sort(), wanted.sort());
    assertQuiet(page);
  });

  test("a gap shows who stopped logging, and leads to the event", async () => {
    const trail = stoppedTrail();
    await open((page) => drop(page, "body", trail.files));
    assert.deepEqual(await page.$$eval("#findings [data-gap] [data-event]", (rows) => rows.map((row) => row.dataset.event)), ["StopLogging", "StartLogging"]);
    const story = await text(page, "#findings [data-gap]");
    assert.match(story, /Logging or validation was off/);
    assert.match(story, /mallory.*AKIAIOSFODNN7EXAMPLE · 203\.0\.113\.77.*Success/);
    assert.match(story, /Nearness is not causation/);
    await brush(page, [0.01, 0.5], [0.99, 0.5]);
    const [sentence] = await sentences(page);
    const gap = [3, 6].map((hour) => iso(trail.start + hour * 3600));
    assert.match(sentence, new RegExp(`5 digests are proven, but they are not an unbroken chain: from ${gap[0]} to ${gap[1]} no digest speaks\\.`));
    await page.click('#findings [data-event="StopLogging"] .link');
    await page.waitForSelector("#row-0");
    await idle(page);
    assert.match(await text(page, "#event-count"), /^1 of /);
    assert.match(await text(page, "#row-0"), /StopLogging/);
    assertQuiet(page);
  });
});
