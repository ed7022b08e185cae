import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { build, defineConfig } from "vite";
import type { Plugin } from "vite";

const webCrypto = "\0web-crypto";

/** Built by itself, as one file, since it has to know the names of all others. */
function serviceWorker(): Plugin {
  const publicFolder = join(import.meta.dirname, "public");
  return {
    name: "service-worker",
    apply: "build",
    async writeBundle({ dir }, bundle) {
      const kept = readdirSync(publicFolder);
      const built = Object.keys(bundle).filter((name) => name !== "index.html");
      const version = createHash("sha256");
      for (const name of ["index.html", ...kept]) version.update(readFileSync(join(dir ?? "dist", name)));
      for (const name of built) version.update(name);
      await build({
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        define: {
          shellVersion: JSON.stringify(version.digest("hex").slice(0, 16)),
          shellFiles: JSON.stringify(["/", ...[...built, ...kept].map((name) => `/${name}`)]),
        },
        build: {
          target: "es2023",
          outDir: dir ?? "dist",
          emptyOutDir: false,
          rolldownOptions: {
            input: join(import.meta.dirname, "src/service-worker/main.ts"),
            output: { format: "iife", entryFileNames: "service-worker.js" },
            checks: { pluginTimings: false },
          },
        },
      });
    },
  };
}

export default defineConfig({
  plugins: [
    {
      // @hpke/common asks Node's module for Web Crypto where there is none in `globalThis`: never in a browser that Signet runs in.
      name: "web-crypto",
      enforce: "pre",
      resolveId: (id) => (id === "crypto" ? webCrypto : null),
      load: (id) => (id === webCrypto ? "export const webcrypto = globalThis.crypto;" : null),
    },
    serviceWorker(),
  ],
  build: {
    target: "es2023",
    // The Content-Security-Policy allows neither inline code nor data: scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Of those who start Signet, nobody wants to know how long the plugins took.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  // The frame worker imports modules of its own.
  worker: { format: "es" },
});
