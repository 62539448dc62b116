// What every end-to-end test needs: a browser, a page that complains, a way to wait and a way to hand over files.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

/** The browsers every promise is checked in. */
export const BROWSERS = ["chromium", "firefox"];

/** The build under test. */
export const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

/** The one-file build, as someone opens it from disk. */
export const ONE_FILE = pathToFileURL(`${DIST}trailseal.html`).href;

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const USUAL = {
  chromium: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
};
const NAMED = { chromium: process.env.CHROME, firefox: process.env.FIREFOX };

/** Starts one of `BROWSERS`; Firefox speaks WebDriver BiDi. Close it when done. */
export function launch(browser) {
  const executablePath = NAMED[browser] ?? USUAL[browser].find((path) => existsSync(path));
  assert.ok(executablePath, `${browser} is not installed; \`cargo xtask setup\` installs it.`);
  if (browser === "firefox") return puppeteer.launch({ browser, executablePath, headless: true });
  return puppeteer.launch({ browser: "chrome", executablePath, headless: true, args: FLAGS });
}

/**
 * Opens an address in a new page of a started browser and keeps what went wrong there in `page.complaints`:
 * errors on the console, uncaught exceptions, failed requests.
 */
export async function openPage(browser, url) {
  const page = await browser.newPage();
  page.complaints = [];
  const complain = (text) => page.complaints.push(text);
  page.on("console", (message) => message.type() === "error" && complain(`console: ${message.text()}`));
  page.on("pageerror", (error) => complain(`exception: ${error?.message ?? error}`));
  page.on("requestfailed", (request) => complain(`request: ${request.url()} ${request.failure()?.errorText}`));
  await page.goto(url, { waitUntil: "load" });
  return page;
}

/** Opens the dashboard and waits until its workers have answered. */
export async function openDashboard(browser, url) {
  const page = await openPage(browser, url);
  await launched(page);
  await idle(page);
  return page;
}

/** Waits until the page, the ledger and a reader have answered each other: `<html data-launch="ok">`. */
export async function launched(page) {
  // Polled by time: the default polls by frames, and a page in the background gets none.
  const heard = await page.waitForFunction(() => document.documentElement.dataset.launch, { timeout: 20_000, polling: 50 }).catch((error) => error);
  if (heard instanceof Error) {
    const seen = await page.evaluate(() => `${JSON.stringify(document.documentElement.dataset)} ${document.visibilityState} ${document.body.innerText.slice(0, 200)}`);
    assert.fail(`The page never said that it runs: ${seen}\n${page.complaints.join("\n")}`);
  }
  const { launch, text } = await page.evaluate(() => ({ launch: document.documentElement.dataset.launch, text: document.body.innerText }));
  assert.equal(launch, "ok", `The page says: ${text}\n${page.complaints.join("\n")}`);
}

/** Waits until no job and no question is under way: `<html data-busy="0">`. */
export async function idle(page, { timeout = 60_000 } = {}) {
  await page.waitForFunction(() => document.documentElement.dataset.busy === "0", { timeout, polling: 50 });
}

/** Fails if anything went wrong on the page. */
export function assertQuiet(page) {
  assert.deepEqual(page.complaints, []);
}

/**
 * Drops files made in the page onto an element, in any browser. `files`: `[{ name, bytes }]`.
 * In Chromium such files have neither entries (`webkitGetAsEntry` is null) nor handles (`undefined`), in Firefox entries only.
 */
export async function drop(page, selector, files) {
  const sent = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") }));
  await page.$eval(
    selector,
    (element, sent) => {
      const dataTransfer = new DataTransfer();
      for (const { name, base64 } of sent) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name));
      }
      for (const kind of ["dragenter", "dragover", "drop"]) {
        element.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
      }
    },
    sent,
  );
}

/**
 * Drops files and folders from disk the way a person does, entries and handles included. Chromium only.
 * Not on `about:blank`: asking for a handle there takes the whole browser down (Chromium 156).
 */
export async function dropPaths(page, selector, paths) {
  const session = await page.createCDPSession();
  const { x, y } = await (await page.$(selector)).clickablePoint();
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) await session.send("Input.dispatchDragEvent", { type, x, y, data });
  await session.detach();
}

/** Chooses files from disk in an `<input type="file">`; in Chromium also a folder in a `webkitdirectory` one. */
export async function choose(page, selector, ...paths) {
  await (await page.$(selector)).uploadFile(...paths);
}

/** Types a text into the search box and asks for the raw JSON. */
export async function seek(page, text) {
  await page.focus("#search");
  await page.keyboard.type(text);
  await page.keyboard.down("Shift");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Shift");
  await idle(page);
}
