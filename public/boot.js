// Starts the page's WebAssembly, hands out files of the build, and says so plainly when the program has stopped.
// The same text serves both builds: hosted, a file is fetched beside the page; in the one-file build it lies in the page as base64.
"use strict";
(() => {
  const script = document.currentScript;
  const address = (name) => new URL(name, document.baseURI);

  const decode = (text) =>
    Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  // `no-cache` asks the host whether the file is still the same one: worker names carry no hash, and an old worker must not meet a new page.
  const download = async (name) => {
    const response = await fetch(address(name), { cache: "no-cache" });
    if (!response.ok) throw new Error(`${name} could not be loaded (${response.status}).`);
    return new Uint8Array(await response.arrayBuffer());
  };

  globalThis.trailsealAsset = async (name) => {
    const inlined = document.getElementById(`asset-${name}`);
    return inlined ? decode(inlined.textContent.trim()) : download(name);
  };

  const notice = (text, detail) => {
    if (document.getElementById("stopped")) return;
    document.getElementById("boot")?.remove();
    const box = document.createElement("div");
    box.id = "stopped";
    box.role = "alert";
    box.append(text, document.createElement("br"), String(detail?.message ?? detail ?? ""));
    document.body.prepend(box);
    document.documentElement.dataset.launch = "failed";
  };
  const stopped = (error) => notice("The dashboard stopped. Nothing left this machine. Reload.", error);

  // After a trap the program's memory is undefined, so what the page shows can no longer be trusted. Other errors are only logged.
  const trapped = (error) => error instanceof WebAssembly.RuntimeError && stopped(error);
  addEventListener("error", (event) => trapped(event.error));
  addEventListener("unhandledrejection", (event) => trapped(event.reason));

  globalThis.trailsealStart = async (program) => {
    try {
      const { default: init, wasm } = await program;
      await init({ module_or_path: await wasm });
      document.getElementById("boot")?.remove();
    } catch (error) {
      console.error(error);
      if (error instanceof WebAssembly.RuntimeError) stopped(error);
      else notice("The dashboard could not start. Nothing left this machine. Use a current Chromium, Firefox or Safari, and reload.", error);
    }
  };

  if (script.dataset.js) {
    const wasm = fetch(address(script.dataset.wasm));
    trailsealStart(import(address(script.dataset.js)).then((module) => ({ default: module.default, wasm })));
  }
})();
