/**
 * `signet` in few files: node starts them in half the time in which it finds, reads and links hundreds. What runs in a process of its own
 * (media, smart cards) and what is few files already, compiled, or not JavaScript stays where it lies.
 */
import { globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, sep } from "node:path";

import { defineConfig } from "vite";
import type { Plugin } from "vite";

const root = dirname(dirname(import.meta.dirname));
const folder = join(import.meta.dirname, "dist");
const startedMs = Date.now();

/** Of many small modules each, all of them JavaScript. */
const joined =
  /^(@signet|@hpke|@noble|zod|ts-mls|pkijs|asn1js|pvtsutils|pvutils|bytestreamjs|@peculiar\/utils)(\/|$)/;

/** As modules write paths. */
const fromFolder = (path: string): string => relative(folder, path).split(sep).join("/");

const others = `${sep}node_modules${sep}`;

const packageOf = (path: string): string => /^(@[^/\\]+[/\\])?[^/\\]+/.exec(path)?.[0] ?? path;

/** Whatever names a file by the place of its module means the place of the source. */
const ownPlaces: Plugin = {
  name: "own-places",
  enforce: "pre",
  transform(code, id) {
    if (!id.startsWith(root + sep) || id.includes(others) || !code.includes("import.meta.")) return null;
    return code
      .replaceAll("import.meta.url", `new URL("${fromFolder(id)}", import.meta.url).href`)
      .replaceAll("import.meta.dirname", `(import.meta.dirname + "/${fromFolder(dirname(id))}")`);
  },
};

/** Tells `bin/program.js` what this was made of, `tools/pack.ts` what it needs beside it, and everybody whose work is in it. */
const made: Plugin = {
  name: "made",
  generateBundle(_, bundle) {
    const ids = [...this.getModuleIds()].filter((id) => id.startsWith(root + sep));
    // What others made changes with the lockfile, or by a patch.
    const settings = [
      "package-lock.json",
      "patches/*",
      "packages/*/package.json",
      "packages/cli/vite.config.ts",
    ];
    const sources = [
      ...ids.filter((id) => !id.includes(others)),
      ...globSync(settings, { cwd: root }).map((name) => join(root, name)),
    ];
    const imported = Object.values(bundle)
      .flatMap((file) => (file.type === "chunk" ? [...file.imports, ...file.dynamicImports] : []))
      .filter((name) => !(name in bundle) && !isBuiltin(name));
    const needs = [...new Set(imported.map(packageOf))].toSorted();
    const [twice] = globSync(
      needs.map((name) => `packages/*/node_modules/${name}`),
      { cwd: root },
    );
    if (twice !== undefined) this.error(`${twice} is not what is found from packages/cli: join it, too`);
    const source = JSON.stringify({ startedMs, sources: sources.map(fromFolder), needs }, undefined, 2);
    this.emitFile({ type: "asset", fileName: "made.json", source });
    this.emitFile({
      type: "asset",
      fileName: "LICENSES",
      source: licencesOf(ids.filter((id) => id.includes(others))),
    });
  },
};

function licencesOf(ids: readonly string[]): string {
  const folders = ids.map((id) => {
    const end = id.lastIndexOf(others) + others.length;
    return id.slice(0, end) + packageOf(id.slice(end));
  });
  const texts = [...new Set(folders)].toSorted().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Record<
      string,
      string
    >;
    const [file] = globSync("LICEN[SC]E*", { cwd: path });
    if (file === undefined) throw new Error(`${path} has no licence`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(path, file), "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

export default defineConfig({
  logLevel: "warn",
  plugins: [ownPlaces, made],
  ssr: { noExternal: joined, target: "node" },
  build: {
    ssr: "src/main.ts",
    target: "node24",
    minify: false,
    rolldownOptions: { output: { entryFileNames: "main.js", chunkFileNames: "[name]-[hash].js" } },
  },
});
