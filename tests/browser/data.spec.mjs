// Real records: a folder (Chromium) or its files one by one (Firefox, whose driver takes no folders) counts what the ground truth says.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { serve } from "./server.mjs";
import { BROWSERS, DIST, assertQuiet, choose, dropPaths, idle, launch, openDashboard } from "./support.mjs";

const DATA = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const skip = existsSync(DATA) ? false : "there is no ../shared/data beside the project";

/** The values of a facet and their counts, as the page shows them. */
const facet = (page, column) =>
  page.$$eval(`#facets [data-column="${column}"] .facet-value`, (values) =>
    values.map((value) => [value.dataset.value, Number(value.querySelector(".facet-count").textContent.replaceAll(",", ""))]),
  );

for (const name of BROWSERS) {
  describe(`real records in ${name}`, { skip }, () => {
    let browser, host, expected;
    before(async () => {
      expected = JSON.parse(await readFile(`${DATA}EXPECTED.json`, "utf8"));
      browser = await launch(name);
      host = await serve(DIST);
    });
    after(async () => {
      await browser?.close();
      await host?.close();
    });

    test("a folder of real logs counts what its ground truth says", async () => {
      const page = await openDashboard(browser, host.url);
      const folder = `${DATA}invictus-aws_dataset/CloudTrail`;
      if (name === "chromium") await dropPaths(page, "body", [`${DATA}invictus-aws_dataset`]);
      else await choose(page, "#pick-files", ...(await readdir(folder)).map((file) => `${folder}/${file}`));
      await page.waitForSelector("#event-count");
      await idle(page);
      const truth = expected["invictus-aws_dataset"];
      const count = await page.$eval("#event-count", (element) => element.textContent.replace(/\s+/g, " ").trim());
      assert.equal(count, "2,900 of 2,900 events");
      for (const column of ["eventName", "eventSource", "sourceIPAddress", "awsRegion"]) {
        const shown = await facet(page, column);
        assert.ok(shown.length > 0, column);
        for (const [value, count] of shown) assert.equal(count, truth.counts[column][value], `${column} ${value}`);
      }
      // Logs without digests: nothing is proven, nothing is disproven, and the page says so.
      assert.equal(await page.$eval("#banner", (banner) => banner.dataset.tone), "open");
      assert.deepEqual(await facet(page, "verdict"), [["unlisted", 2900]]);
      assertQuiet(page);
      await page.close();
    });
  });
}
