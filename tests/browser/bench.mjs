// One measurement in one fresh Chromium: `node bench.mjs trailseal|javascript FOLDER disk|memory`. Writes one line of JSON; `cargo xtask bench`
// reads it. `memory`: the input is given files that were made in the page, so that no time goes into looking them up on the disk.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { serve } from "./server.mjs";
import { DIST, choose, idle, launch, launched } from "./support.mjs";

const PEERS = { trailseal: DIST, javascript: fileURLToPath(new URL("bench/", import.meta.url)) };
const PATIENCE = 30 * 60_000;

const [peer, folder, place] = process.argv.slice(2);
assert.ok(PEERS[peer] && folder && ["disk", "memory"].includes(place), "node bench.mjs trailseal|javascript FOLDER disk|memory");
const browser = await launch("chromium");
const host = await serve(PEERS[peer]);
try {
  const page = (await browser.pages())[0] ?? (await browser.newPage());
  page.setDefaultTimeout(PATIENCE);
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  await page.evaluateOnNewDocument(watch);
  await page.goto(host.url + (peer === "javascript" ? "javascript.html" : ""), { waitUntil: "load" });
  if (peer === "trailseal") {
    await launched(page);
    await idle(page);
  }
  const copies = place === "memory" ? await copied(page, folder) : null;
  const before = await memory(browser);
  if (copies) await copies.evaluate(hand);
  else await choose(page, "#pick-folder", folder);
  const found = peer === "trailseal" ? await trailseal(page) : await javascript(page);
  const after = await memory(browser);
  const grown = before === null || after === null ? null : after - before;
  const longest = await page.evaluate(() => window.bench.longest);
  const asked = peer === "trailseal" ? await questions(page) : {};
  console.log(JSON.stringify({ browser: await browser.version(), ...found, ...asked, longest_task_ms: longest, grown_bytes: grown }));
} finally {
  await browser.close();
  await host.close();
}

/** In the page, before all else: when files were chosen, when the picture was final, and the longest task meanwhile. */
function watch() {
  const bench = { begun: 0, settled: 0, longest: 0 };
  window.bench = bench;
  addEventListener("change", ({ target }) => target.id === "pick-folder" && (bench.begun = performance.now()), true);
  new PerformanceObserver((list) => {
    // Tasks below 50 ms are not told; 0 stands for none.
    for (const { startTime, duration } of list.getEntries()) if (bench.begun && startTime >= bench.begun) bench.longest = Math.max(bench.longest, duration);
  }).observe({ type: "longtask" });
  new MutationObserver(() => {
    if (document.documentElement.dataset.busy === "0") bench.settled = performance.now();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-busy"] });
  // Final: nothing is under way, and nothing has begun again for a while. The time is that of the last change.
  bench.isFinal = (since) => document.documentElement.dataset.busy === "0" && bench.settled > since && performance.now() - bench.settled > 300;
}

/** Files made in the page of a folder's bytes; those of the disk are let go of before anything is measured. */
async function copied(page, folder) {
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("input"), { type: "file", webkitdirectory: true, id: "copied" })));
  await choose(page, "#copied", folder);
  await page.waitForFunction(() => document.querySelector("#copied").files.length, { polling: 50 });
  const copies = await page.evaluateHandle(async () => {
    const chosen = document.querySelector("#copied");
    const files = [...chosen.files];
    chosen.value = "";
    chosen.remove();
    const transfer = new DataTransfer();
    for (let at = 0; at < files.length; at += 64) {
      const some = files.slice(at, at + 64);
      const all = await Promise.all(some.map((file) => file.arrayBuffer()));
      all.forEach((bytes, index) => transfer.items.add(new File([bytes], some[index].name)));
    }
    return transfer.files;
  });
  const session = await page.createCDPSession();
  await session.send("HeapProfiler.collectGarbage");
  await session.detach();
  return copies;
}

/** In the page: gives files to its folder input as a person's choice does. */
function hand(files) {
  const input = document.querySelector("#pick-folder");
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** From the change event until every verdict is settled and every panel is filled. */
async function trailseal(page) {
  await page.waitForFunction(() => window.bench.begun && window.bench.isFinal(window.bench.begun), { polling: 50, timeout: PATIENCE });
  return page.evaluate(() => ({
    seconds: (window.bench.settled - window.bench.begun) / 1000,
    events: Number(document.querySelector("#event-count").textContent.match(/of ([\d,]+)/)[1].replaceAll(",", "")),
    files: Number(document.documentElement.dataset.filesRead),
    tone: document.querySelector("#banner").dataset.tone,
  }));
}

async function javascript(page) {
  await page.waitForFunction(() => window.result, { polling: 50, timeout: PATIENCE });
  return page.evaluate(() => window.result);
}

/** What a person then asks, from the key or click on: until the new count stands there, and until the whole picture is final. */
async function questions(page) {
  const surveys = [];
  const sorts = [];
  const about = async (list, what, selector, keys) => list.push({ what, ...(await page.evaluate(ask, selector, keys)) });
  await about(surveys, "text: delete", "#search", "delete");
  await about(surveys, "all again", ".chip-remove");
  await about(surveys, "the most frequent eventName", '#facets [data-column="eventName"] .facet-value button');
  await about(surveys, "all again", ".chip-remove");
  for (const column of ["eventName", "sourceIPAddress", "eventTime"]) await about(sorts, column, `.head-cell[data-column="${column}"] button`);
  return { surveys, sorts };
}

/** In the page: does it, and times it. `keys`: typed into the element, then Enter; without them, a click. */
function ask(selector, keys) {
  return new Promise((done) => {
    const { bench } = window;
    const count = document.querySelector("#event-count");
    const element = document.querySelector(selector);
    const before = count.textContent;
    if (keys) {
      element.value = keys;
      element.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const begun = performance.now();
    let counted = null;
    const seen = new MutationObserver(() => {
      if (counted === null && count.textContent !== before) counted = performance.now() - begun;
    });
    seen.observe(count, { subtree: true, childList: true, characterData: true });
    if (keys) element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    else element.click();
    const poll = setInterval(() => {
      if (!bench.isFinal(begun)) return;
      clearInterval(poll);
      seen.disconnect();
      done({ counted_ms: counted, settled_ms: bench.settled - begun, count: count.textContent });
    }, 20);
  });
}

/** What the pages' processes hold of memory, WebAssembly and all, where the system tells (Linux). */
async function memory(browser) {
  const session = await browser.target().createCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const pages = processInfo.filter(({ type }) => type === "renderer");
  const sizes = await Promise.all(pages.map(({ id }) => readFile(`/proc/${id}/smaps_rollup`, "utf8").catch(() => "")));
  const resident = sizes.map((text) => Number(text.match(/^Pss:\s+(\d+) kB/m)?.[1] ?? NaN) * 1024);
  return resident.some(Number.isNaN) ? null : resident.reduce((sum, size) => sum + size, 0);
}
