// Small servers on loopback: `dist/` as a plain static host serves it, and a stranger who answers anyone.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const KINDS = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves a folder below `under`. `change(name, bytes)` may hand out other bytes, to plant something in what the page loads.
 * @returns {Promise<{url: string, missing: string[], close: () => Promise<void>}>}
 */
export async function serve(folder, { under = "/", change = (_name, bytes) => bytes } = {}) {
  const missing = [];
  const server = await listen(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    const name = normalize(path.slice(under.length)) === "." ? "index.html" : normalize(path.slice(under.length));
    const bytes = path.startsWith(under) && !name.startsWith("..") ? await readFile(join(folder, name)).catch(() => null) : null;
    if (!bytes) missing.push(path);
    response.writeHead(bytes ? 200 : 404, { "content-type": KINDS[extname(name)] ?? "application/octet-stream" });
    response.end(bytes ? change(name, bytes) : "");
  });
  return { ...server, url: server.url + under, missing };
}

/** Another origin, which lets everyone read its answers: only the page's own policy can keep a program from it. */
export async function stranger() {
  const visits = [];
  const server = await listen((request, response) => {
    visits.push(new URL(request.url, "http://x").searchParams.get("from"));
    response.writeHead(200, { "access-control-allow-origin": "*", "content-type": "text/plain" });
    response.end("reached");
  });
  return { ...server, visits };
}

async function listen(answer) {
  const server = createServer(answer);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
