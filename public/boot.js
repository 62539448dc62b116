// Starts the page's WebAssembly, hands out files of the build, and says so plainly when the program has stopped.
// The same text serves both builds: hosted, a file is fetched beside the page; in the one-file build it lies in the page as base64.
"use strict";
(() => {
  const script = document.currentScript;
  const address = (name) => new URL(name, document.baseURI);

  const decode = (text) =>
    Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  const download = async (name) => {
    const response = await fetch(address(name));
    if (!response.ok) throw new Error(`${name} could not be loaded (${response.status}).`);
    return response;
  };

  globalThis.trailsealAsset = async (name) => {
    const inlined = document.getElementById(`asset-${name}`);
    return inlined ? decode(inlined.textContent.trim()) : new Uint8Array(await (await download(name)).arrayBuffer());
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

  // The page and its workers run one program: compiled once here, it is posted to each of them with its glue.
  globalThis.trailsealStart = async (glue, module) => {
    try {
      globalThis.trailsealProgram = { glue: await glue, module: await module };
      await wasm_bindgen({ module_or_path: trailsealProgram.module });
      document.getElementById("boot")?.remove();
    } catch (error) {
      console.error(error);
      if (error instanceof WebAssembly.RuntimeError) stopped(error);
      else notice("The dashboard could not start. Nothing left this machine. Use a current Chromium, Firefox or Safari, and reload.", error);
    }
  };

  // Hosts that call WebAssembly something else than application/wasm are no reason not to start.
  const compile = async (response) => {
    const spare = (await response).clone();
    return WebAssembly.compileStreaming(response).catch(async () => WebAssembly.compile(await spare.arrayBuffer()));
  };

  /** The glue has to run here, under a policy that knows no `eval`, and its text has to go to the workers. */
  const run = (name) =>
    new Promise((done, failed) => {
      const element = document.createElement("script");
      element.src = address(name);
      element.onload = done;
      element.onerror = () => failed(new Error(`${name} could not be loaded.`));
      document.head.append(element);
    });

  const { js, wasm } = script.dataset;
  if (js) {
    const text = download(js).then((response) => response.text());
    trailsealStart(Promise.all([text, run(js)]).then(([text]) => text), compile(download(wasm)));
  }
})();
