/**
 * Signet as it is installed: the packages of `npm run pack`, taken by npm in a folder outside of the checkout. There is no TypeScript below
 * node_modules, ts-mls is the repaired one, and command line, page and the ten lines of docs/library.md work.
 */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  globSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { pack } from "../../tools/pack.ts";

const root = dirname(dirname(import.meta.dirname));
const run = promisify(execFile);

/** npm says in the environment of what it runs where it is at work. Whose certificates hold for this machine is not about that. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => name === "NODE_EXTRA_CA_CERTS" || !/^(npm_|SIGNET_|NODE_)/.test(name),
  ),
);
const started: ChildProcess[] = [];
let folder = "";

/** What others made lies there already, so that npm has little to fetch; of ours there is nothing. */
function putOthers(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      mkdirSync(target, { recursive: true });
      putOthers(source, target);
    } else if (entry.isFile()) linkOrCopy(source, target);
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

let packages: readonly string[] = [];

before(async () => {
  packages = await pack(root);
  folder = mkdtempSync(join(tmpdir(), "signet-installed-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }');
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith(".") || name === "@signet" || name === "ts-mls") continue;
    mkdirSync(join(modules, name));
    putOthers(join(root, "node_modules", name), join(modules, name));
  }
  // What a room of ours has in another version than the root it looks up, where `npm ci` did not leave all that it asks for.
  const options = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
  await run("npm", ["install", ...options, ...packages], { cwd: folder, env });
});

after(async () => {
  for (const child of started) {
    if (child.exitCode === null) child.kill("SIGKILL");
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A command there, with what it said so far. */
const start = (command: string, ...args: readonly string[]) => startWith({}, command, ...args);

function startWith(more: NodeJS.ProcessEnv, command: string, ...args: readonly string[]) {
  const child = spawn(join(folder, "node_modules/.bin", command), args, {
    cwd: folder,
    env: { ...env, HOME: folder, SIGNET_PASSPHRASE: "correct horse", ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (output += text.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: Number(code), output }));
  return {
    ended,
    child,
    said: async (words: RegExp): Promise<string> => {
      for (;;) {
        const found = words.exec(output)?.[0];
        if (found !== undefined) return found;
        const over = await Promise.race([
          once(child.stdout, "data").then(() => false),
          ended.then(() => true),
        ]);
        if (over && !words.test(output)) assert.fail(`ended without ${String(words)}: ${output}`);
      }
    },
  };
}

test("nothing of ours is TypeScript there, but for declarations, and what is exported is there with its types", () => {
  const ours = join(folder, "node_modules/@signet");
  const files = globSync("**/*.{ts,tsx}", { cwd: ours });
  assert.ok(files.length > 100);
  assert.deepEqual(
    files.filter((name) => !name.endsWith(".d.ts")),
    [],
  );
  for (const manifest of globSync("*/package.json", { cwd: ours })) {
    const { exports = {} } = JSON.parse(readFileSync(join(ours, manifest), "utf8")) as {
      exports?: Record<string, Record<string, string>>;
    };
    for (const path of Object.values(exports).flatMap((one) => Object.values(one)))
      assert.doesNotThrow(() => readFileSync(join(ours, dirname(manifest), path)), `${manifest}: ${path}`);
  }
  for (const name of globSync("**/*.{js,d.ts}", { cwd: ours }))
    assert.doesNotMatch(
      readFileSync(join(ours, name), "utf8"),
      /from "\.[^"]*\.ts"|URL\("\.[^"]*\.ts"/,
      name,
    );
});

test("the program is in few files, with the licences of what others made of it", () => {
  const program = join(folder, "node_modules/@signet/cli");
  assert.deepEqual(readdirSync(program).toSorted(), ["LICENSE", "bin", "dist", "package.json"]);
  const licences = readFileSync(join(program, "dist/LICENSES"), "utf8");
  for (const name of ["zod", "ts-mls", "pkijs", "@noble/hashes", "@hpke/core"]) {
    const { version } = JSON.parse(readFileSync(join(placeOf(name), "package.json"), "utf8")) as {
      version: string;
    };
    assert.match(licences, new RegExp(`^${name} ${version} \\(\\S+\\)$`, "m"));
  }
});

/** Where npm put a package of the checkout. */
function placeOf(name: string): string {
  const [path] = globSync(`{,packages/*/}node_modules/${name}`, { cwd: root });
  return join(root, path ?? assert.fail(`${name} is not installed`));
}

test("ts-mls is the repaired one", () => {
  const repaired = [
    ...readFileSync(join(root, "patches/ts-mls+1.6.4.patch"), "utf8").matchAll(/^\+\+\+ b\/(\S+)$/gm),
  ];
  assert.ok(repaired.length > 5);
  assert.deepEqual(readdirSync(join(folder, "node_modules")).includes("ts-mls"), false);
  for (const [, path = ""] of repaired)
    assert.equal(
      readFileSync(join(folder, "node_modules/@signet/e2ee", path), "utf8"),
      readFileSync(join(root, path), "utf8"),
    );
});

test("signet serves the page there, and the ten lines answer a call that the command line makes", async () => {
  const server = start("signet", "serve", "--port", "0", "--media-processes", "1");
  const origin = (await server.said(/http:\/\/localhost:\d+(?=\n\n)/)).trim();
  const page = await (await fetch(origin)).text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1];
  assert.ok(script !== undefined, page);
  assert.equal((await fetch(origin + script)).status, 200);

  const text = readFileSync(join(root, "docs/library.md"), "utf8");
  const lines = /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? assert.fail("docs/library.md has no program");
  assert.ok(lines.includes('"http://localhost:8080"'));
  writeFileSync(join(folder, "program.ts"), lines.replace("http://localhost:8080", origin));
  writeFileSync(join(folder, "announcement.wav"), halfSecond());
  const program = start("node", "program.ts");
  const anna = ["--server", origin, "--user", "anna"];
  const registered = await start("signet", "register", ...anna).ended;
  assert.equal(registered.code, 0, registered.output);
  // As soon as it is registered it can be called.
  for (;;) {
    const call = await start("signet", "call", "infoline", "--in", "none", "--record", "heard.wav", "--plain")
      .ended;
    if (call.code === 0) {
      assert.match(call.output, /infoline \(Info line\) joined: verified, software key/);
      break;
    }
    assert.match(call.output, /infoline is (unknown|offline)|there is no infoline/, call.output);
    rmSync(join(folder, "heard.wav"), { force: true });
  }
  const done = await program.ended;
  assert.equal(done.code, 0, done.output);
  server.child.kill("SIGTERM");
  assert.equal((await server.ended).code, 0);
});

test("a program that an older Node runs hears that it is too old", async () => {
  writeFileSync(join(folder, "older.mjs"), 'import "@signet/terminal/node";\n');
  const older = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.19.0"})';
  const { code, output } = await start("node", "--import", older, "older.mjs").ended;
  assert.notEqual(code, 0);
  assert.match(output, /signet needs node 24 or later, this is 20\.19\.0: `npx node`/);
});

test("what the container file copies, starts and asks is there, and it is well while the server runs", async () => {
  const text = readFileSync(join(root, "deploy/Containerfile"), "utf8");
  const step = (name: string): string =>
    new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1] ?? assert.fail(`no ${name}`);
  assert.match(step("FROM"), new RegExp(`^node:${process.versions.node.split(".")[0]}-`));
  assert.deepEqual(
    globSync(step("COPY").split(" ")[0] ?? "", { cwd: root }).toSorted(),
    packages.map((path) => relative(root, path)).toSorted(),
  );
  assert.equal(step("WORKDIR"), "/opt/signet");
  assert.deepEqual(JSON.parse(step("ENTRYPOINT")), ["/opt/signet/node_modules/.bin/signet"]);
  const settings = Object.fromEntries(
    step("ENV")
      .split(" ")
      .map((setting) => setting.split("=")),
  );
  assert.deepEqual(settings, { SIGNET_DATA: step("VOLUME"), SIGNET_HOST: "0.0.0.0" });
  const port = await freePort();
  const [node, flag, look = ""] = JSON.parse(step("HEALTHCHECK CMD")) as string[];
  assert.deepEqual([node, flag, step("EXPOSE")], ["node", "-e", "8080"]);
  // The port is what it is given, or the one that is exposed.
  assert.ok(look.includes("'http://127.0.0.1:' + (process.env.SIGNET_PORT ?? 8080) + '/healthz'"));
  const isWell = async (): Promise<boolean> =>
    (await startWith({ SIGNET_PORT: String(port) }, "node", "-e", look).ended).code === 0;
  assert.equal(await isWell(), false);
  const given = {
    ...settings,
    SIGNET_ORIGIN: "https://calls.example.org",
    // Those who were registered above are of another address.
    SIGNET_DATA: join(folder, "container-data"),
    SIGNET_PORT: String(port),
  };
  const server = startWith(given, "signet", ...(JSON.parse(step("CMD")) as string[]));
  await server.said(/ready: open https:\/\/calls\.example\.org/);
  assert.equal(await isWell(), true);
  server.child.kill("SIGTERM");
  assert.equal((await server.ended).code, 0);
});

async function freePort(): Promise<number> {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  taken.close();
  await once(taken, "close");
  return port;
}

/** A tone of 440 Hz as WAV: 48,000 Hz, one channel, 16 bits. */
function halfSecond(): Buffer {
  const samples = 24_000;
  const file = Buffer.alloc(44 + 2 * samples);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + 2 * samples, 4);
  file.write("WAVEfmt ", 8);
  for (const [offset, value] of [
    [16, 16],
    [24, 48_000],
    [28, 96_000],
    [40, 2 * samples],
  ] as const)
    file.writeUInt32LE(value, offset);
  for (const [offset, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    file.writeUInt16LE(value, offset);
  file.write("data", 36);
  for (let i = 0; i < samples; i += 1)
    file.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * 440 * i) / 48_000)), 44 + 2 * i);
  return file;
}
