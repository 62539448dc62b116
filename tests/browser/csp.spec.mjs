// Nothing leaves: a request to a stranger, planted in the page, in the ledger and in a reader, is refused by the page's policy alone.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { serve, stranger } from "./server.mjs";
import { BROWSERS, DIST, launch, launched, openPage } from "./support.mjs";

const GLUE = /^app-[0-9a-f]+\.js$/;
const sha256 = (text) => createHash("sha256").update(text).digest("base64");
const POLICY = /<meta http-equiv="Content-Security-Policy"[^>]*>/;

/** What is planted at the top of the glue: page, ledger and readers share it, and tell themselves apart by name. The page asks later. */
const plant = (url) =>
  `if (typeof document === "undefined") fetch(${JSON.stringify(url)} + "/?from=" + self.name).then(() => "reached", () => "refused")` +
  `.then((outcome) => new BroadcastChannel("plant").postMessage([self.name, outcome]));\n`;

/** Asks from the page too, and waits until page, ledger and a reader have each said how it went. */
async function outcomes(page, url) {
  await page.evaluateOnNewDocument(() => {
    globalThis.outcomes = {};
    new BroadcastChannel("plant").onmessage = ({ data: [name, outcome] }) => (globalThis.outcomes[name.replace(/-\d+$/, "")] = outcome);
  });
  await page.reload();
  await launched(page);
  await page.evaluate(async (url) => {
    globalThis.outcomes.page = await fetch(`${url}/?from=page`).then(() => "reached", () => "refused");
  }, url);
  await page.waitForFunction(() => ["page", "ledger", "reader"].every((name) => name in globalThis.outcomes), { timeout: 20_000 });
  return page.evaluate(() => globalThis.outcomes);
}

const REFUSED = { page: "refused", ledger: "refused", reader: "refused" };
const REACHED = { page: "reached", ledger: "reached", reader: "reached" };

for (const name of BROWSERS) {
  describe(`the policy in ${name}`, () => {
    let browser, foreign, folder;
    before(async () => {
      browser = await launch(name);
      foreign = await stranger();
      folder = await mkdtemp(join(tmpdir(), "trailseal-"));
    });
    after(async () => {
      await browser?.close();
      await foreign?.close();
      await rm(folder, { recursive: true });
    });

    /** The hosted build with the plant in it. */
    const hosted = (edit) => {
      const change = (file, bytes) => {
        if (GLUE.test(file)) return plant(foreign.url) + bytes;
        return file === "index.html" ? edit(String(bytes)) : bytes;
      };
      return serve(DIST, { change });
    };

    /** The one-file build with the plant in it, on disk. */
    const onDisk = async (file, edit) => {
      const page = await readFile(join(DIST, "trailseal.html"), "utf8");
      const [, glue] = page.match(/<script id="glue">([^]*?)<\/script>/);
      const whole = plant(foreign.url) + glue;
      // The policy knows the glue by its hash: the plant has to be let in, or nothing would run at all.
      const planted = page.replace(glue, () => whole).replace(sha256(glue), () => sha256(whole));
      assert.ok(planted.includes(sha256(whole)));
      await writeFile(join(folder, file), edit(planted));
      return pathToFileURL(join(folder, file)).href;
    };

    const visit = async (url) => {
      foreign.visits.length = 0;
      const page = await openPage(browser, url);
      const said = await outcomes(page, foreign.url);
      await page.close();
      return said;
    };

    test("hosted: three refusals, and nobody came", async (t) => {
      const host = await hosted((page) => page);
      t.after(host.close);
      assert.deepEqual(await visit(host.url), REFUSED);
      assert.deepEqual(foreign.visits, []);
    });

    test("one file: three refusals, and nobody came", async () => {
      assert.deepEqual(await visit(await onDisk("kept.html", (page) => page)), REFUSED);
      assert.deepEqual(foreign.visits, []);
    });

    // Without this the tests above could pass because the plant never runs.
    test("without the policy all three reach the stranger", async (t) => {
      const open = (page) => page.replace(POLICY, "");
      const host = await hosted(open);
      t.after(host.close);
      assert.deepEqual(await visit(host.url), REACHED);
      assert.ok(foreign.visits.includes("ledger"));
      assert.deepEqual(await visit(await onDisk("open.html", open)), REACHED);
    });
  });
}

describe("the build", () => {
  test("names no address outside, but S3 in the policy and the names of standards", async () => {
    const allowed = [/^https:\/\/\*\.amazonaws\.com(\.cn)?$/, /^http:\/\/www\.w3\.org\//];
    for (const file of await readdir(DIST)) {
      const text = await readFile(join(DIST, file), "latin1");
      const addresses = text.match(/https?:\/\/[\w*.:@[\]-]+[^\s"'`<>\\)\0-\x1f]*/g) ?? [];
      const foreign = addresses.map((address) => address.replace(/;$/, "")).filter((address) => !allowed.some((one) => one.test(address)));
      assert.deepEqual(foreign, [], file);
    }
  });

  test("one file: may connect to nothing", async () => {
    const [policy] = (await readFile(join(DIST, "trailseal.html"), "utf8")).match(POLICY);
    assert.match(policy, /default-src 'none'.*connect-src 'none'/);
  });
});
