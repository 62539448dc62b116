;(() => {
  "use strict";
  // The address has done its work once this line runs; the page need not guess when that is.
  URL.revokeObjectURL(self.location.href);
  const fatal = (error) => self.postMessage({ fatal: String(error?.message ?? error) });
  // A trap in a spawned future is an unhandled rejection, which never reaches the starter's `onerror`.
  self.addEventListener("error", (event) => {
    // Handled here: left alone, the error of a nested worker goes on to its parent's scope, and a fallen reader would fell the ledger.
    event.preventDefault();
    fatal(event.error ?? event.message);
  });
  self.addEventListener("unhandledrejection", (event) => fatal(event.reason));

  // What arrives before the program listens waits here; without it the first messages to a worker are lost.
  let early = [];
  const wait = (event) => {
    event.stopImmediatePropagation();
    if (self.trailsealProgram) return void early.push(event.data);
    self.trailsealProgram = event.data;
    wasm_bindgen({ module_or_path: event.data.module }).then(replay, fatal);
  };
  const replay = () => {
    self.removeEventListener("message", wait);
    for (const data of early) self.dispatchEvent(new MessageEvent("message", { data }));
    early = [];
  };
  self.addEventListener("message", wait);
})();
