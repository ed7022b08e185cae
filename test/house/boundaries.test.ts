/**
 * The arrows between the rooms (design section 3) are lint rules. Each forbidden import is planted here in a scratch
 * tree that has our `.oxlintrc.json`, to prove that the rule fires; the rooms themselves must be free of them.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";

const root = dirname(dirname(import.meta.dirname));
const bin = (name: string): string => join(root, "node_modules", ".bin", name);

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
  "web",
  "cli",
] as const;
type Room = (typeof rooms)[number];

/** The table of design section 3, with the words for people, and for the command line the keys that it opens. */
const mayImport: Record<Room, readonly Room[]> = {
  protocol: [],
  words: ["protocol"],
  device: ["protocol"],
  directory: ["protocol"],
  record: ["protocol", "device", "directory"],
  e2ee: ["protocol", "device"],
  media: ["protocol"],
  server: ["protocol", "device", "directory", "media"],
  terminal: ["protocol", "device", "directory", "record", "e2ee"],
  web: ["terminal", "words", "record"],
  cli: ["terminal", "words", "server", "device", "directory", "record"],
};

/** Rooms whose tests keep to the arrows as well. The tests of `web` and `cli`, on top of all others, may use any. */
const testsBound: readonly Room[] = [
  "protocol",
  "words",
  "device",
  "directory",
  "record",
  "e2ee",
  "media",
  "server",
  "terminal",
];

type Plant = { file: string; line: string; forbidden: boolean };

function plants(): Plant[] {
  const list: Plant[] = [];
  const add = (dir: string, line: string, forbidden: boolean): void => {
    list.push({ file: `${dir}/planted-${list.length}.ts`, line, forbidden });
  };
  for (const room of rooms) {
    const src = `packages/${room}/src`;
    for (const other of rooms) {
      if (other === room) continue;
      const forbidden = !mayImport[room].includes(other);
      add(src, `export { x } from "@signet/${other}";`, forbidden);
      add(src, `import type { X } from "@signet/${other}"; export type Y = X;`, forbidden);
      add(`${src}/deep`, `import "@signet/${other}/sub";`, forbidden);
      add(src, `import "../../${other}/src/index.ts";`, true);
      add(`${src}/deep`, `import { x } from "../../../${other}/src/deep/x.ts"; export const y = x;`, true);
      add(`packages/${room}/test`, `import "../../${other}/src/index.ts";`, true);
      add(
        `packages/${room}/test/codec`,
        `import "@signet/${other}";`,
        forbidden && testsBound.includes(room),
      );
    }
    add(src, `import "./index.ts";`, false);
    add(`${src}/${room}`, `import "../device/x.ts";`, false);
    add(`packages/${room}/test`, `import "../src/index.ts";`, false);
    add(`packages/${room}/test`, `import "node:fs";`, false);
  }
  for (const room of ["protocol", "words", "directory", "record", "web"]) {
    add(`packages/${room}/src`, `import "node:fs";`, true);
    add(`packages/${room}/src`, `import "node:fs/promises";`, true);
    add(`packages/${room}/src`, `import "crypto";`, true);
  }
  add(
    "packages/server/src",
    `import { createSoftwareKey } from "@signet/device"; createSoftwareKey();`,
    true,
  );
  add(
    "packages/server/src",
    `import { verifyDeviceProof } from "@signet/device"; verifyDeviceProof();`,
    false,
  );
  add(
    "packages/server/test",
    `import { createSoftwareKey } from "@signet/device"; createSoftwareKey();`,
    false,
  );
  // A terminal without a browser has one thing of media: the connection (docs/decisions/040-media-without-a-browser.md).
  for (const dir of ["packages/terminal/src/node", "packages/terminal/test"]) {
    add(dir, `import { MediaPeer } from "@signet/media/peer"; export const x = MediaPeer;`, false);
    add(dir, `export { x } from "@signet/media";`, true);
    add(dir, `import "@signet/media/peer/rtp";`, true);
    add(dir, `import "@signet/media/peers";`, true);
    add(dir, `import "@signet/server";`, true);
  }
  add("packages/terminal/src", `import "@signet/media/peer";`, true);
  add("packages/terminal/src", `import "./node/index.ts";`, true);
  add("packages/terminal/src/browser", `import "../node/index.ts";`, true);
  // The folders of terminal follow its life, and each imports only those after it, types included.
  const life = ["incoming", "call", "session", "people"];
  for (const [place, folder] of life.entries()) {
    for (const [other, name] of life.entries()) {
      if (other === place) continue;
      add(
        `packages/terminal/src/${folder}`,
        `import type { X } from "../${name}/x.ts"; export type Y = X;`,
        other < place,
      );
    }
    add(`packages/terminal/src/${folder}`, `import "../browser/x.ts";`, true);
    add(`packages/terminal/src/${folder}`, `import "../signet-terminal.ts";`, true);
    add("packages/terminal/src/media", `import "../${folder}/x.ts";`, true);
  }
  // A media process, which forwards packets, is kept small.
  for (const dir of ["child", "control", "rtp", "sdp"]) {
    add(
      `packages/media/src/${dir}`,
      `import { frameMs } from "@signet/protocol"; export const x = frameMs;`,
      true,
    );
    add(`packages/media/src/${dir}`, `import type { X } from "@signet/protocol"; export type Y = X;`, false);
    add(`packages/media/src/${dir}`, `import "@signet/protocol/voice";`, false);
  }
  add("packages/web/src", `import "@signet/terminal/node";`, true);
  // The browser's bundle takes device whole, but for what speaks to tokens (docs/decisions/043-pkcs11.md).
  add("packages/device/src", `import "./pkcs11/index.ts";`, true);
  add("packages/device/src/deep", `export { x } from "../pkcs11/x.ts";`, true);
  add("packages/device/src/pkcs11", `import "./x.ts";`, false);
  add("packages/device/test", `import "@signet/device/pkcs11";`, false);
  for (const room of ["words", "directory", "record", "e2ee", "server", "terminal", "web"])
    add(`packages/${room}/src`, `import "@signet/device/pkcs11";`, true);
  add("packages/cli/src", `import "@signet/device/pkcs11";`, false);
  add("test/e2e", `import "../../packages/server/src/index.ts";`, true);
  add("test/e2e", `import "@signet/server";`, false);
  add("bench", `import "../packages/e2ee/src/index.ts";`, true);
  add("bench", `import "@signet/media";`, false);
  // Examples are what a program of its own would be; the demo also starts a server and looks at frames.
  for (const room of ["terminal", "terminal/node", "words", "device", "device/pkcs11", "record"])
    add("examples", `import "@signet/${room}";`, false);
  for (const room of ["server", "directory", "e2ee", "protocol", "media", "media/peer", "cli", "web"])
    add("examples", `import "@signet/${room}";`, true);
  for (const room of ["terminal", "words", "device", "server", "e2ee", "protocol"])
    add("examples/demo", `import "@signet/${room}";`, false);
  for (const room of ["directory", "record", "media", "media/peer", "cli", "web"])
    add("examples/demo", `import "@signet/${room}";`, true);
  add("examples", `import "../packages/terminal/src/index.ts";`, true);
  return list;
}

/** Files in which a lint rule speaks, relative to `cwd`. */
function filesWith(rule: string, cwd: string): Set<string> {
  const done = spawnSync(bin("oxlint"), ["--format=json", "-c", ".oxlintrc.json"], {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const report = JSON.parse(done.stdout) as { diagnostics: { code: string; filename: string }[] };
  const crossed = report.diagnostics.filter(({ code }) => code.includes(rule));
  return new Set(crossed.map(({ filename }) => filename));
}

const filesThatCrossed = (cwd: string): Set<string> => filesWith("no-restricted-imports", cwd);

/** Two files that need each other, in three ways; and two that share a third. */
const circles: [file: string, source: string, isCircle: boolean][] = [
  ["values/a", `import { b } from "./b.ts"; export const a = (): number => b() + 1;`, true],
  ["values/b", `import { a } from "./a.ts"; export const b = (): number => a() + 1;`, true],
  ["types/a", `import type { B } from "./b.ts"; export interface A { readonly b?: B }`, true],
  ["types/b", `import type { A } from "./a.ts"; export interface B { readonly a?: A }`, true],
  ["mixed/a", `import { b } from "./b.ts"; export type A = typeof b;`, true],
  ["mixed/b", `import type { A } from "./a.ts"; export const b = (a?: A): unknown => a;`, true],
  ["none/a", `import type { B } from "./b.ts"; export interface A { readonly b?: B }`, false],
  ["none/b", `export interface B { readonly x: number }`, false],
];

describe("circles of imports", () => {
  test("are found, also where only types are imported", () => {
    const scratch = mkdtempSync(join(tmpdir(), "signet-circles-"));
    try {
      copyFileSync(join(root, ".oxlintrc.json"), join(scratch, ".oxlintrc.json"));
      for (const [file, source] of circles) {
        mkdirSync(dirname(join(scratch, file)), { recursive: true });
        writeFileSync(join(scratch, `${file}.ts`), `${source}\n`);
      }
      const found = [...filesWith("no-cycle", scratch)].sort();
      const expected = circles.filter(([, , isCircle]) => isCircle).map(([file]) => `${file}.ts`);
      assert.deepEqual(found, expected.sort());
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });

  test("are nowhere in the tree", () => assert.deepEqual([...filesWith("no-cycle", root)], []));
});

describe("the arrows between the rooms", () => {
  const planted = plants();
  let scratch = "";
  before(() => {
    scratch = mkdtempSync(join(tmpdir(), "signet-boundaries-"));
    copyFileSync(join(root, ".oxlintrc.json"), join(scratch, ".oxlintrc.json"));
    for (const { file, line } of planted) {
      mkdirSync(dirname(join(scratch, file)), { recursive: true });
      writeFileSync(join(scratch, file), `${line}\n`);
    }
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  test("each planted import is refused or allowed as the table says", () => {
    const crossed = filesThatCrossed(scratch);
    const wrong = planted.filter(({ file, forbidden }) => crossed.has(file) !== forbidden);
    assert.deepEqual(wrong, []);
    assert.ok(planted.some(({ forbidden }) => forbidden) && planted.some(({ forbidden }) => !forbidden));
  });

  test("the tree itself crosses no boundary", () => {
    assert.deepEqual([...filesThatCrossed(root)], []);
  });

  /** Lint does not look into `import()` and `new URL()`; nothing in these two rooms may name e2ee in any string. */
  const namesE2ee = /(["'`])[^"'`\n]*(@signet\/e2ee|\/e2ee\/)[^"'`\n]*\1/;

  test("server and media name e2ee in no string, in source or package.json", () => {
    const files = globSync("packages/{server,media}/{src,test}/**/*.ts", { cwd: root });
    assert.ok(files.length > 0);
    const named = [...files, "packages/server/package.json", "packages/media/package.json"].filter((file) =>
      namesE2ee.test(readFileSync(join(root, file), "utf8")),
    );
    assert.deepEqual(named, []);
    assert.match(`await import("@signet/e2ee")`, namesE2ee);
    assert.match(`new URL("../../e2ee/src/index.ts", import.meta.url)`, namesE2ee);
  });
});

describe("protocol knows no platform", () => {
  /** What must not compile in `packages/protocol/src`, and the name that the compiler must complain about. */
  const violations: [name: string, source: string][] = [
    ["fetch", `export const planted = fetch("/");`],
    ["crypto", `export const planted = crypto.subtle;`],
    ["setTimeout", `export const planted = setTimeout(() => {}, 1);`],
    ["process", `export const planted = process.env;`],
    ["Buffer", `export const planted = Buffer.alloc(1);`],
    ["console", `export const planted = console.log;`],
    ["TextEncoder", `export const planted = new TextEncoder();`],
    ["document", `export const planted = document.title;`],
    ["performance", `export const planted = performance.now();`],
    ["node:fs", `export { readFileSync as planted } from "node:fs";`],
    ["node:crypto", `import { randomBytes } from "node:crypto"; export const planted = randomBytes;`],
  ];
  let scratch = "";
  let output = "";
  before(() => {
    scratch = mkdtempSync(join(tmpdir(), "signet-protocol-"));
    // The scratch folder resolves modules as the room does: @types/node is within reach and only settings keep it out.
    symlinkSync(join(root, "node_modules"), join(scratch, "node_modules"));
    writeFileSync(join(scratch, "package.json"), `{ "type": "module" }\n`);
    violations.forEach(([, source], index) =>
      writeFileSync(join(scratch, `planted-${index}.ts`), `${source}\n`),
    );
    writeFileSync(join(scratch, "clean.ts"), "export const planted = new Uint8Array(1).length;\n");
    const room = join(root, "packages", "protocol");
    const config = {
      extends: join(room, "tsconfig.json"),
      compilerOptions: {
        rootDir: "/",
        noEmit: true,
        composite: false,
        emitDeclarationOnly: false,
        tsBuildInfoFile: null,
      },
      include: [join(room, "src"), "*.ts"],
    };
    writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(config));
    const done = spawnSync(bin("tsc"), ["-p", ".", "--pretty", "false"], { cwd: scratch, encoding: "utf8" });
    output = done.stdout + done.stderr;
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  violations.forEach(([name], index) => {
    test(`${name} does not exist there`, () => {
      const lines = output.split("\n").filter((line) => line.includes(`planted-${index}.ts`));
      assert.equal(lines.length, 1, output);
      assert.match(lines[0] ?? "", /error TS(2304|2307|2580|2584|2591|2552)/);
      assert.ok(lines[0]?.includes(name), lines[0]);
    });
  });

  test("and nothing else is wrong", () => {
    const others = output.split("\n").filter((line) => line !== "" && !/planted-\d+\.ts/.test(line));
    assert.deepEqual(others, []);
  });
});
