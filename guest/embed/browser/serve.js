// Serves the page, for this machine alone: modules and components load over HTTP, not from files.

import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".umbel": "application/json-lines",
  ".wasm": "application/wasm",
};

/** The page itself. */
export const PAGE = fileURLToPath(new URL(".", import.meta.url));

/**
 * Listens; resolves once it does. A folder within one of those served is answered as a list of its files in JSON.
 * @param {Record<string, string>} folders by the path that they are served under, which ends with `/`; the longest counts
 * @param {number} port 0: any that is free
 */
export async function serve(folders, port = 0) {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer(async (request, response) => {
    try {
      const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://page").pathname));
      const prefix = prefixes.find((prefix) => path.startsWith(prefix));
      if (prefix === undefined || request.method !== "GET") throw new Error("nothing here");
      const file = join(folders[prefix] ?? "", path.slice(prefix.length));
      const type = TYPES[extname(path)];
      const body = type === undefined ? JSON.stringify((await readdir(file)).sort()) : await readFile(file);
      response.writeHead(200, { "content-type": type ?? "application/json", "cache-control": "no-store" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  const { port: bound } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${bound}`, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve({ "/": PAGE }, 8080);
  console.log(`${url}/index.html`);
}
