import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { build } from "vite";

const contentTypes: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

/** Bundles this folder's page with its workers as the web terminal is bundled, and serves it on localhost. */
export async function servePage(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const outDir = await mkdtemp(path.join(os.tmpdir(), "signet-frames-"));
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "warn",
    worker: { format: "es" },
    build: { outDir, emptyOutDir: true, target: "es2023" },
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = path.join(outDir, pathname === "/" ? "index.html" : path.normalize(pathname));
    readFile(file).then(
      (content) =>
        response
          .setHeader("content-type", contentTypes[path.extname(file)] ?? "application/octet-stream")
          .end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(outDir, { recursive: true });
    },
  };
}
