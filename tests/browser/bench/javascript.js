// The page of the JavaScript peer: shares a folder's files out among one worker a core and adds up what they found.

/** Files a worker takes at once: enough that asking costs nothing, few enough that all workers end together. */
const SHEAF = 64;

document.querySelector("#pick-folder").addEventListener("change", async ({ target }) => {
  const begun = performance.now();
  const files = [...target.files].filter((file) => file.name.endsWith(".json.gz"));
  const total = { files: 0, events: 0, bytes: 0 };
  let next = 0;
  const serve = () =>
    new Promise((done, failed) => {
      const worker = new Worker("javascript-worker.js", { type: "module" });
      const give = () => {
        if (next >= files.length) {
          worker.terminate();
          return done();
        }
        worker.postMessage(files.slice(next, (next += SHEAF)));
      };
      worker.onerror = failed;
      worker.onmessage = ({ data }) => {
        for (const name of Object.keys(total)) total[name] += data[name];
        give();
      };
      give();
    });
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, serve));
  document.querySelector("#event-count").textContent = `${total.events} events`;
  window.result = { ...total, seconds: (performance.now() - begun) / 1000 };
});
