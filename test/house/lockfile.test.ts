/**
 * `npm ci` refuses a lockfile that leaves out an optional package, and npm leaves out those for other platforms when
 * the registry in use does not carry them. So the lockfile must name every one; `UPDATE_LOCK=1` adds what is missing.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

type LockEntry = {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
};
type Lock = { packages: Record<string, LockEntry> };

const lockPath = join(dirname(dirname(import.meta.dirname)), "package-lock.json");

/** Looks for `name` as Node would from `from`: in its own node_modules, then in each one above. */
function isLocked(lock: Lock, from: string, name: string): boolean {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf("/node_modules/")))) {
    if (`${base === "" ? "" : `${base}/`}node_modules/${name}` in lock.packages) return true;
    if (base === "") return false;
  }
}

/** Platform packages carry their platform in the name: `@oxlint/binding-linux-x64-musl`. */
function platformEntry(name: string, version: string, dev: boolean): LockEntry {
  const [os, cpu, abi = ""] = (name.split("/").at(-1) ?? "").replace(/^binding-/, "").split("-");
  assert.ok(os !== undefined && cpu !== undefined, `no platform in ${name}`);
  assert.match(version, /^\d+\.\d+\.\d+$/, `${name} is not pinned`);
  const libc = abi.startsWith("musl") ? ["musl"] : abi.startsWith("gnu") ? ["glibc"] : undefined;
  return { version, cpu: [cpu], ...(dev && { dev }), ...(libc && { libc }), optional: true, os: [os] };
}

test("the lockfile names the optional packages of every platform", () => {
  const lock = JSON.parse(readFileSync(lockPath, "utf8")) as Lock;
  const missing: string[] = [];
  for (const [from, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isLocked(lock, from, name)) continue;
      if (process.env["UPDATE_LOCK"] === "1") {
        lock.packages[`node_modules/${name}`] = platformEntry(name, version, entry.dev === true);
      } else {
        missing.push(`${name} (from ${from})`);
      }
    }
  }
  if (process.env["UPDATE_LOCK"] === "1") {
    const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, "en"));
    writeFileSync(
      lockPath,
      `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
    );
  }
  assert.deepEqual(missing, [], "run `UPDATE_LOCK=1 node --test test/house/lockfile.test.ts`");
});
