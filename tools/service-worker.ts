import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { build } from "vite";
import type { Plugin } from "vite";

const web = join(import.meta.dirname, "../packages/web");

/** The service worker is built by itself, as one file, since it has to know the names of all others. */
export function serviceWorker(): Plugin {
  const publicFolder = join(web, "public");
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
          shellFiles: JSON.stringify(["/", ...built.map((name) => `/${name}`)]),
        },
        build: {
          target: "es2023",
          outDir: dir ?? "dist",
          emptyOutDir: false,
          rolldownOptions: {
            input: join(web, "src/service-worker/main.ts"),
            output: { format: "iife", entryFileNames: "service-worker.js" },
            checks: { pluginTimings: false },
          },
        },
      });
    },
  };
}
