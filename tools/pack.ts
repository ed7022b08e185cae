/**
 * `npm run pack`: packages that `npm install` takes in an empty folder, into `dist/`. Node reads no TypeScript below `node_modules`, so the
 * types are taken away from each file, and nothing else is changed: lines and columns stay what they were. What `patches/` repairs goes along
 * as it lies in `node_modules`, since npm would install it unrepaired.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";

import { buildProgram, buildWeb } from "./build.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

const rooms = [
  "protocol",
  "words",
  "device",
  "directory",
  "record",
  "e2ee",
  "media",
  "server",
  "terminal",
  "cli",
] as const;

/** Folders of declarations that belong to a part of a room with other types around it. */
const partsWithTypes = [
  ["device-pkcs11", "device", "src/pkcs11"],
  ["terminal-node", "terminal", "src/node"],
] as const;

/** `"./worker.ts"` in an import or a URL: files of ours, wherever they are named. */
const ownFile = /(["'])((?:\.{1,2}|src)\/[\w./-]+)\.tsx?\1/g;
const toJavaScript = (text: string): string => text.replaceAll(ownFile, "$1$2.js$1");

/** @returns the packages, as paths */
export async function pack(root: string): Promise<readonly string[]> {
  buildWeb(root);
  buildProgram(root);
  run(root, "npm", ["run", "--silent", "types"]);
  const out = join(root, "dist");
  const staging = join(out, "staging");
  rmSync(out, { recursive: true, force: true });
  for (const room of rooms) stageRoom(root, room, join(staging, room));
  for (const [built, room, place] of partsWithTypes) stageTypes(root, built, join(staging, room, place));
  stagePage(root, join(staging, "web"));
  await guard(staging);
  const folders = [...rooms, "web"].map((room) => join(staging, room));
  run(root, "npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", out, ...folders]);
  rmSync(staging, { recursive: true });
  return globSync("*.tgz", { cwd: out })
    .toSorted()
    .map((name) => join(out, name));
}

function stageRoom(root: string, room: (typeof rooms)[number], to: string): void {
  const from = join(root, "packages", room);
  const manifest = readManifest(from);
  // The program is in few files, which start faster; nobody imports it.
  const modules = manifest.bin === undefined ? "src/**/*.ts" : "{dist,bin}/*.js";
  for (const name of globSync(modules, { cwd: from })) {
    if (name === "bin/start.js") continue;
    const text = readFileSync(join(from, name), "utf8");
    const target = join(to, name.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, toJavaScript(name.endsWith(".ts") ? stripTypeScriptTypes(text) : text));
  }
  if (manifest.bin === undefined) stageTypes(root, room, join(to, "src"));
  else copyFileSync(join(from, "dist/LICENSES"), join(to, "dist/LICENSES"));
  const patched = globSync("patches/*.patch", { cwd: root })
    .map((name) => /^patches\/(.+)\+[\d.]+\.patch$/.exec(name)?.[1]?.replace("+", "/") ?? "")
    .filter((name) => manifest.dependencies?.[name] !== undefined);
  for (const name of patched)
    cpSync(join(root, "node_modules", name), join(to, "node_modules", name), { recursive: true });
  finish(root, to, packed(root, room, manifest, patched));
}

/**
 * Rooms that an older Node cannot even link: what it says of that is not that it is too old. Their names are there only when it is not, so
 * that they stand behind a file that says it.
 */
const guarded: readonly (readonly [room: string, folder: string, name: string])[] = [
  ["server", "src", "@signet/server"],
  ["terminal", "src/node", "@signet/terminal/node"],
];

async function guard(staging: string): Promise<void> {
  for (const [room, folder, name] of guarded) {
    const names = Object.keys((await import(name)) as object).toSorted();
    const path = join(staging, room, folder);
    renameSync(join(path, "index.js"), join(path, "all.js"));
    const lines = [
      'import process from "node:process";',
      "if (Number.parseInt(process.versions.node, 10) < 24)",
      `  throw new Error("signet needs node 24 or later, this is " + process.versions.node + ": ${tooOldHint}");`,
      `export const { ${names.join(", ")} } = await import("./all.js");`,
    ];
    writeFileSync(join(path, "index.js"), `${lines.join("\n")}\n`);
  }
}

const tooOldHint = "`npx node` starts the one that npm brought along";

function stageTypes(root: string, built: string, to: string): void {
  for (const name of globSync("**/*.d.ts", { cwd: join(root, ".tsbuild", built) })) {
    const target = join(to, name);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, toJavaScript(readFileSync(join(root, ".tsbuild", built, name), "utf8")));
  }
}

function stagePage(root: string, to: string): void {
  const { name, version, license } = readManifest(join(root, "packages/web"));
  cpSync(join(root, "packages/web/dist"), join(to, "dist"), { recursive: true });
  finish(root, to, { name, version, private: true, license, type: "module" });
}

function finish(root: string, to: string, manifest: object): void {
  writeFileSync(join(to, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  copyFileSync(join(root, "LICENSE"), join(to, "LICENSE"));
}

function packed(root: string, room: string, manifest: Manifest, patched: readonly string[]): object {
  const { name, version, license, bin, exports, dependencies, optionalDependencies } = manifest;
  const program = readManifest(root);
  // npm does not look for what a package needs that comes inside another.
  const bundled = patched.flatMap((each) => {
    const { dependencies, peerDependencies } = readManifest(join(root, "node_modules", each));
    return Object.entries({ ...dependencies, ...peerDependencies }).filter(([needed]) =>
      existsSync(join(root, "node_modules", needed)),
    );
  });
  const isProgram = bin !== undefined;
  return {
    name,
    version,
    description: program.description,
    private: true,
    license,
    type: "module",
    // Enough to begin with: the program brings Node 24 along where npm has it.
    engines: program.engines,
    ...(exports === undefined ? {} : { exports: exportsOf(exports) }),
    ...(isProgram ? { bin } : {}),
    dependencies: {
      ...dependencies,
      ...Object.fromEntries(bundled),
      ...(room === "server" ? { "@signet/web": version } : {}),
      ...(isProgram ? beside(root) : {}),
    },
    ...(patched.length === 0 ? {} : { bundleDependencies: patched }),
    optionalDependencies: { ...optionalDependencies, ...(isProgram ? program.optionalDependencies : {}) },
  };
}

/** What the joined program imports, which each room alone would find by itself. */
function beside(root: string): Readonly<Record<string, string>> {
  const { needs } = JSON.parse(readFileSync(join(root, "packages/cli/dist/made.json"), "utf8")) as {
    needs: readonly string[];
  };
  const known = Object.assign(
    {},
    ...rooms.map((room) => readManifest(join(root, "packages", room)).dependencies),
  ) as Record<string, string>;
  return Object.fromEntries(
    needs.map((name) => {
      const version = known[name];
      if (version === undefined) throw new Error(`no room depends on ${name}, which the program imports`);
      return [name, version];
    }),
  );
}

function exportsOf(exports: NonNullable<Manifest["exports"]>): object {
  const all = typeof exports === "string" ? { ".": exports } : exports;
  return Object.fromEntries(
    Object.entries(all).map(([name, path]) => [
      name,
      { types: path.replace(/\.ts$/, ".d.ts"), default: toJavaScript(`"${path}"`).slice(1, -1) },
    ]),
  );
}

function run(root: string, command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", shell: process.platform === "win32" });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")} failed\n${done.stdout}${done.stderr}`);
}

if (import.meta.main) {
  const packages = await pack(dirname(import.meta.dirname));
  console.log(packages.join("\n"));
  console.log("\nin an empty folder: npm install <all of these>, then npx signet serve");
}
