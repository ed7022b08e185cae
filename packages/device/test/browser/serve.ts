import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { build } from "vite";

/** Bundles `page.ts` in memory and serves it on localhost, which WebAuthn takes for secure. */
export async function servePage(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const script = await bundle(path.join(import.meta.dirname, "page.ts"));
  const server = createServer((request, response) => {
    if (request.url === "/page.js") response.setHeader("content-type", "text/javascript").end(script);
    else
      response.setHeader("content-type", "text/html").end(`<script type="module" src="/page.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    build: { write: false, target: "es2023", lib: { entry, formats: ["es"], fileName: "page" } },
  });
  const output = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  const chunk = output.find((file) => file.type === "chunk");
  if (chunk === undefined) throw new Error("the bundle is empty");
  return chunk.code;
}
