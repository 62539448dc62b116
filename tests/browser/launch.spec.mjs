// The page starts wherever it lies: at a host's root, below a path, on disk; with its workers, in both browsers.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serve } from "./server.mjs";
import { BROWSERS, DIST, ONE_FILE, assertQuiet, launch, openDashboard, openPage } from "./support.mjs";

for (const name of BROWSERS) {
  describe(`launch in ${name}`, () => {
    let browser;
    before(async () => (browser = await launch(name)));
    after(() => browser?.close());

    for (const under of ["/", "/some/sub/path/"]) {
      test(`from a host, at ${under}`, async (t) => {
        const host = await serve(DIST, { under });
        t.after(host.close);
        const page = await openDashboard(browser, host.url);
        assertQuiet(page);
        assert.deepEqual(host.missing.filter((path) => path !== "/favicon.ico"), []);
      });
    }

    test("from disk, as one file", async () => {
      const page = await openDashboard(browser, ONE_FILE);
      assertQuiet(page);
    });

    test("says so when its program cannot be loaded", async (t) => {
      const host = await serve(DIST, { change: (file, bytes) => (file.endsWith("_bg.wasm") ? "not WebAssembly" : bytes) });
      t.after(host.close);
      const page = await openPage(browser, host.url);
      await page.waitForSelector("#stopped");
      assert.match(await page.$eval("#stopped", (box) => box.textContent), /could not start\. Nothing left this machine/);
    });

    test("says so when its program traps", async (t) => {
      const host = await serve(DIST);
      t.after(host.close);
      const page = await openDashboard(browser, host.url);
      // (module (func (export "f") unreachable)): what a panic ends in.
      await page.evaluate(() => {
        const trap = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(trap)));
        setTimeout(exports.f);
      });
      await page.waitForSelector("#stopped");
      assert.match(await page.$eval("#stopped", (box) => box.textContent), /dashboard stopped\. Nothing left this machine\. Reload/);
    });
  });
}
