import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startMedia } from "../../src/index.ts";
import { freePorts, joinAll, talk, TestTerminal, until, warmUp, withEngine } from "../support.ts";

const timeout = 120_000;

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a killed media process: its calls are named at once, and offering again works", { timeout }, () =>
  withEngine({ children: 2 }, async (engine, events) => {
    const [a, b] = await joinAll(engine, "struck", ["a", "b"]);
    const [c, d] = await joinAll(engine, "spared", ["c", "d"]);
    assert.ok(a && b && c && d);
    await until(async () => (await engine.stats()).children.some((child) => child.spare));
    const { children } = await engine.stats();
    // Calls are pinned by load, the first to the first process.
    const victim = children[0] ?? assert.fail();
    process.kill(victim.pid, "SIGKILL");
    await until(() => events.some((event) => event.type === "restarted"));
    assert.deepEqual(
      events.filter((event) => event.type === "restarted"),
      [{ type: "restarted", callIds: ["struck"] }],
    );
    assert.deepEqual(
      engine.calls().map((call) => call.callId),
      ["spared"],
    );

    const again = await joinAll(engine, "struck", ["a", "b"]);
    await talk([...again, c, d], 10);
    await until(() => [...again, c, d].every((terminal) => terminal.seen.length === 10));
    // A new spare waits for the next time.
    await until(async () => {
      const now = (await engine.stats()).children;
      return now.length === 3 && now.some((child) => child.spare);
    });
    assert.ok(!(await engine.stats()).children.some((child) => child.pid === victim.pid));
  }),
);

test("a process that dies before any call is replaced, though no spare waits yet", { timeout }, () =>
  withEngine({}, async (engine) => {
    const [victim, ...others] = (await engine.stats()).children;
    assert.ok(victim !== undefined && others.length === 0);
    process.kill(victim.pid, "SIGKILL");
    await until(async () =>
      (await engine.stats()).children.some(({ pid, spare }) => pid !== victim.pid && !spare),
    );
    const [a, b] = await joinAll(engine, "call", ["a", "b"]);
    assert.ok(a && b);
    await talk([a, b], 5);
    await until(() => a.seen.length === 5 && b.seen.length === 5);
  }),
);

test("media processes inherit no option of the server, of which some are secrets", { timeout }, async () => {
  process.env["SIGNET_METRICS_TOKEN"] = "sesame";
  process.env["OTHER_THAN_SIGNET"] = "seen";
  try {
    await withEngine({}, async (engine) => {
      for (const { pid } of (await engine.stats()).children) {
        const environment = execFileSync("ps", ["eww", "-o", "command=", "-p", `${pid}`], {
          encoding: "utf8",
        });
        assert.match(environment, /OTHER_THAN_SIGNET=seen/);
        assert.doesNotMatch(environment, /SIGNET_METRICS_TOKEN|sesame/);
      }
    });
  } finally {
    delete process.env["SIGNET_METRICS_TOKEN"];
    delete process.env["OTHER_THAN_SIGNET"];
  }
});

test("a process with one UDP port is replaced on the same port", { timeout }, async () =>
  withEngine({ udpPort: await freePorts(1) }, async (engine, events) => {
    await joinAll(engine, "call", ["a", "b"]);
    const active = (await engine.stats()).children.find((child) => !child.spare) ?? assert.fail();
    process.kill(active.pid, "SIGKILL");
    await until(() => events.some((event) => event.type === "restarted"));
    await until(async () => (await engine.stats()).children.some((child) => !child.spare));
    const [a, b] = await joinAll(engine, "call", ["a", "b"]);
    assert.ok(a && b);
    await talk([a, b], 5);
    await until(() => a.seen.length === 5 && b.seen.length === 5);
  }),
);

/** A server in a process of its own, which can be killed: prints its answers as JSON lines. */
function startServer(runtimeDir: string) {
  const server = spawn(
    process.execPath,
    [fileURLToPath(new URL("server-process.ts", import.meta.url)), runtimeDir],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  let buffered = "";
  const answers: unknown[] = [];
  server.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (buffered + chunk).split("\n");
    buffered = lines.pop() ?? "";
    answers.push(...lines.map((line) => JSON.parse(line) as unknown));
  });
  const ask = async <Answer>(request: object): Promise<Answer> => {
    server.stdin.write(JSON.stringify(request) + "\n");
    await until(() => answers.length > 0);
    return answers.shift() as Answer;
  };
  return { ask, kill: async () => (server.kill("SIGKILL"), once(server, "exit")) };
}

function connect(server: ReturnType<typeof startServer>, terminal: TestTerminal): Promise<string> {
  const { terminalId } = terminal;
  return terminal.connect(async (offerSdp) => {
    const { answerSdp } = await server.ask<{ answerSdp: string }>({ callId: "call", terminalId, offerSdp });
    return answerSdp;
  });
}

test("a killed server: audio goes on, and the next server takes the calls over", { timeout }, async () => {
  const runtimeDir = mkdtempSync(join(tmpdir(), "signet-media-"));
  const server = startServer(runtimeDir);
  const terminals = [new TestTerminal("a"), new TestTerminal("b")];
  for (const terminal of terminals) await connect(server, terminal);
  const [a, b] = terminals;
  assert.ok(a && b);
  await warmUp(terminals);
  await talk(terminals, 5);
  await until(() => b.seen.length === 5);
  await server.kill();
  await talk(terminals, 10);
  await until(() => b.seen.length === 15);

  const engine = await startMedia({ runtimeDir, children: 1, listenAddress: "127.0.0.1" });
  assert.deepEqual(engine.calls(), [{ callId: "call", terminalIds: ["a", "b"] }]);
  await talk(terminals, 10);
  await until(() => a.seen.length === 25 && b.seen.length === 25);
  // One stream from the first packet to the last.
  assert.deepEqual(
    b.seen.map((packet, i) => (packet.sequence - (b.seen[0]?.sequence ?? 0) - i) & 0xffff),
    Array(25).fill(0),
  );

  const c = new TestTerminal("c");
  await c.join(engine, "call");
  await talk([a], 5);
  await until(() => c.seen.length === 5);

  // While it runs, a second server on the same directory is turned away.
  await assert.rejects(startMedia({ runtimeDir, children: 1, listenAddress: "127.0.0.1" }), {
    code: "media.unavailable",
  });
  const pids = (await engine.stats()).children.map((child) => child.pid);
  await engine.close();
  await until(() => !pids.some(runs));
  assert.deepEqual(readdirSync(runtimeDir), []);
  rmSync(runtimeDir, { recursive: true });
});

test(
  "a server with other options ends the old processes instead of taking them over",
  { timeout },
  async () => {
    const runtimeDir = mkdtempSync(join(tmpdir(), "signet-media-"));
    const server = startServer(runtimeDir);
    const a = new TestTerminal("a");
    await connect(server, a);
    const before = readdirSync(runtimeDir);
    await server.kill();
    const engine = await startMedia({ runtimeDir, children: 1, listenAddress: "127.0.0.1", slots: 4 });
    assert.deepEqual(engine.calls(), []);
    await until(() => !readdirSync(runtimeDir).some((name) => before.includes(name)));
    await engine.close();
    rmSync(runtimeDir, { recursive: true });
  },
);

test("without a server a media process exits by itself", { timeout }, async () => {
  const runtimeDir = mkdtempSync(join(tmpdir(), "signet-media-"));
  const server = startServer(runtimeDir);
  const pids = await server.ask<number[]>({ orphanTimeoutMs: 2_000 });
  assert.ok(pids.length > 0 && pids.every(runs));
  await server.kill();
  await until(() => !pids.some(runs) && readdirSync(runtimeDir).length === 0);
  rmSync(runtimeDir, { recursive: true });
});

test(
  "sockets of dead processes are removed, directories of others refused, long paths shortened",
  { timeout },
  async () => {
    const base = mkdtempSync(join(tmpdir(), "signet-media-"));
    const stale = join(base, "run", "deadbeef.sock");
    mkdirSync(join(base, "run"), { mode: 0o700 });
    const listener = spawn(process.execPath, [
      "-e",
      `require("net").createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, "SIGKILL"))`,
    ]);
    await once(listener, "exit");
    assert.ok(existsSync(stale));
    const engine = await startMedia({ runtimeDir: join(base, "run"), children: 1 });
    assert.ok(!existsSync(stale));
    assert.equal(statSync(join(base, "run")).mode & 0o777, 0o700);
    // Another data directory is another server.
    const other = await startMedia({ runtimeDir: join(base, "other"), children: 1 });
    assert.equal(
      (await other.stats()).children.some((child) => !child.spare),
      true,
    );
    await Promise.all([engine.close(), other.close()]);

    const open = join(base, "open");
    mkdirSync(open);
    chmodSync(open, 0o755);
    await assert.rejects(startMedia({ runtimeDir: open, children: 1 }), { code: "media.unavailable" });

    const deep = join(base, "d".repeat(120));
    // The name that an earlier version took; somebody else was there first.
    const known = join(
      tmpdir(),
      `signet-media-${createHash("sha256").update(deep).digest("hex").slice(0, 16)}`,
    );
    mkdirSync(known, { mode: 0o755 });
    const socketsOf = (): string => readFileSync(join(deep, "sockets-at"), "utf8");
    const startAndEnd = async (): Promise<string> => {
      const far = await startMedia({ runtimeDir: deep, children: 1 });
      const dir = socketsOf();
      assert.ok(readdirSync(dir).some((name) => name.endsWith(".sock")));
      await far.close();
      return dir;
    };
    const first = await startAndEnd();
    assert.notEqual(first, known);
    assert.equal(statSync(first).mode & 0o777, 0o700);
    assert.equal(await startAndEnd(), first, "a restart finds it again");
    // Gone with a restart of the machine, or not ours alone any more: another one.
    chmodSync(first, 0o755);
    const second = await startAndEnd();
    assert.notEqual(second, first);
    rmSync(second, { recursive: true });
    const third = await startAndEnd();
    assert.notEqual(third, second);
    for (const dir of [known, first, third]) rmSync(dir, { recursive: true });
    rmSync(base, { recursive: true });
  },
);
