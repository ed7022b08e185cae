import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { build } from "vite";

export interface ServedPage {
  readonly port: number;
  /** Which scripts were asked for since the page was opened, by path. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Bundles `page.ts` in memory and serves it on localhost, which WebAuthn takes for secure. */
export async function servePage(): Promise<ServedPage> {
  const scripts = await bundle(path.join(import.meta.dirname, "page.ts"));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    const script = scripts.get(url);
    if (script !== undefined) {
      asked.push(url);
      response.setHeader("content-type", "text/javascript").end(script);
    } else {
      response.setHeader("content-type", "text/html").end(`<script type="module" src="/page.js"></script>`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @returns each script by the path at which the page asks for it */
async function bundle(entry: string): Promise<ReadonlyMap<string, string>> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    build: { write: false, target: "es2023", lib: { entry, formats: ["es"], fileName: "page" } },
  });
  const output = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  const chunks = output.filter((file) => file.type === "chunk");
  return new Map(chunks.map(({ fileName, code }) => [`/${fileName}`, code]));
}
