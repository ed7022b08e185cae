/** `signet monitor` as a witness, asked by servers and by whoever asks wrongly; and terminals that require witnesses. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import {
  formatAddCheckpoint,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  frontierRoot,
  leafHash,
  appendLeaf,
  emptyFrontier,
  emptyTreeRoot,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  planConsistency,
  proofOf,
  verifierKey,
} from "@signet/directory";
import { RunningCommand, runCommand } from "@signet/e2e/support/command-line.ts";
import { openHeadless, registerHeadless } from "@signet/e2e/support/headless.ts";

import { Front, logOf, utf8 } from "../support/front.ts";
import type { Bytes } from "../support/front.ts";

const folder = mkdtempSync(join(tmpdir(), "signet-witness-"));
const env = { HOME: folder, XDG_CONFIG_HOME: "" };
const running = new Set<RunningCommand>();
after(async () => {
  for (const command of running) command.signal("SIGKILL");
  await Promise.all([...running].map(({ ended }) => ended));
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
async function makeKey(): Promise<{ readonly path: string; readonly verifierKey: string }> {
  const path = join(folder, `witness-${++made}.key`);
  const { code, err, out } = await runCommand(
    ["monitor", "--make-witness-key", path, `witness.example/w${made}`],
    { env },
  );
  assert.equal(code, 0, err);
  return { path, verifierKey: out.trim() };
}

/** Of a monitor that knows nothing yet. */
const monitorArgs = (front: Front, key: { readonly path: string }, port = "0"): readonly string[] => [
  "monitor",
  front.origin,
  "--state",
  join(folder, `state-${++made}.db`),
  "--every",
  "1",
  "--json",
  "--witness-key",
  key.path,
  "--listen",
  `127.0.0.1:${port}`,
];

async function startWitness(
  front: Front,
  key: { readonly path: string },
  ...more: readonly string[]
): Promise<{ readonly command: RunningCommand; readonly url: string }> {
  const command = new RunningCommand([...monitorArgs(front, key), ...more], { env });
  running.add(command);
  const { url } = await command.event("listening");
  return { command, url: String(url) };
}

const ask = (url: string, body: string): Promise<Response> =>
  fetch(`${url}/add-checkpoint`, { method: "POST", body });

/** A log of somebody else, of so many entries. */
function otherLog(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(12));
  const key = verifierKey(name, "log", raw);
  const entries = Array.from({ length: 20 }, (_, i) => utf8(`${name} ${i}`));
  const { hashes } = logOf(entries);
  const rootAt = (size: number): Bytes =>
    size === 0
      ? emptyTreeRoot
      : frontierRoot(
          entries
            .slice(0, size)
            .reduce((tree, entry) => appendLeaf(tree, leafHash(entry)).frontier, emptyFrontier),
        );
  const note = (size: number, root = rootAt(size), signer = privateKey): string => {
    const text = formatCheckpoint({ origin: name, size, root });
    const signature = new Uint8Array(sign(null, Buffer.from(text), signer));
    return formatNote({ text, signatures: [{ name, keyId: key.keyId, signature }] });
  };
  const proof = (from: number, to: number): readonly Bytes[] =>
    proofOf(planConsistency(from, to), ({ index, level }) => hashes.get(`${level} ${index}`));
  return { key, note, proof, privateKey };
}

test("a key for a witness is made once, for oneself alone", async () => {
  const { path, verifierKey: printed } = await makeKey();
  assert.equal(statSync(path).mode & 0o077, 0);
  assert.match(
    readFileSync(path, "utf8"),
    /^PRIVATE\+KEY\+witness\.example\/w\d+\+[0-9a-f]{8}\+BA?[A-Za-z0-9+/]+=*\n$/,
  );
  assert.equal(parseVerifierKey(printed)?.kind, "cosignature");
  const again = await runCommand(["monitor", "--make-witness-key", path, "witness.example/w"], { env });
  assert.equal(again.code, 2);
  const unnamed = await runCommand(["monitor", "--make-witness-key", join(folder, "x.key")], { env });
  assert.equal(unnamed.code, 2);
  const badName = await runCommand(["monitor", "--make-witness-key", join(folder, "x.key"), "two words"], {
    env,
  });
  assert.equal(badName.code, 2);
});

test("a witness answers as C2SP tlog-witness says", async (t) => {
  const front = await Front.open();
  t.after(() => front.close());
  const { path, verifierKey: printed } = await makeKey();
  const [first, second] = [otherLog("first.example/log"), otherLog("second.example/log")];
  const keys = [first, second].flatMap(({ key }) => ["--witness-log", formatVerifierKey(key)]);
  const { url } = await startWitness(front, { path }, ...keys);
  const witnessKey = parseVerifierKey(printed);
  assert.ok(witnessKey !== undefined);

  const status = async (body: string): Promise<number> => (await ask(url, body)).status;
  const body = (log: typeof first, oldSize: number, size: number, proof: readonly Bytes[] = []): string =>
    formatAddCheckpoint({ oldSize, proof, note: log.note(size) });

  // Nothing was cosigned yet.
  const atFirst = await fetch(`${url}/${hashOf(first.key.name)}/checkpoint`);
  assert.equal(atFirst.status, 404);
  const early = await ask(url, body(first, 3, 8, first.proof(3, 8)));
  assert.deepEqual(
    [early.status, await early.text(), early.headers.get("content-type")],
    [409, "0\n", "text/x.tlog.size"],
  );
  // No proof goes from the empty tree.
  assert.equal(await status(body(first, 0, 8, first.proof(3, 8))), 422);
  assert.equal(
    await status(formatAddCheckpoint({ oldSize: 0, proof: [], note: first.note(0, new Uint8Array(32)) })),
    422,
  );

  const answer = await ask(url, body(first, 0, 8));
  assert.equal(answer.status, 200);
  const lines = await answer.text();
  assert.match(lines, /^\u2014 witness\.example\/w\d+ [A-Za-z0-9+/]+=*\n$/);
  const opened = await openCheckpoint(first.note(8) + lines, first.key, [witnessKey]);
  assert.ok(opened.ok && opened.cosignatures.length === 1);
  const served = await (await fetch(`${url}/${hashOf(first.key.name)}/checkpoint`)).text();
  assert.equal(served, first.note(8) + lines);
  checkByOpenssl(printed, first.note(8), lines);

  // Stale: of a size that is not the last one any more.
  const stale = await ask(url, body(first, 0, 12));
  assert.deepEqual([stale.status, await stale.text()], [409, "8\n"]);
  // A proof that is none, and another tree of the same size.
  const proof = first.proof(8, 12);
  const wrong = proof.map((hash, i) =>
    i === 0 ? hash.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) : hash,
  );
  assert.equal(await status(body(first, 8, 12, wrong)), 422);
  assert.equal(await status(body(first, 8, 12)), 422);
  assert.equal(
    await status(formatAddCheckpoint({ oldSize: 8, proof: [], note: first.note(8, new Uint8Array(32)) })),
    422,
  );
  // More before than after, and what is no request.
  assert.equal(await status(body(first, 8, 4)), 400);
  for (const bad of [
    "",
    "old 8\n",
    `old 08\n\n${first.note(12)}`,
    `old 8\n!\n\n${first.note(12)}`,
    "old 8\n\nno note\n",
  ])
    assert.equal(await status(bad), 400, JSON.stringify(bad));
  // Nobody's log, and nobody's signature.
  assert.equal(await status(body(otherLog("third.example/log"), 0, 8)), 404);
  assert.equal(
    await status(
      formatAddCheckpoint({ oldSize: 8, proof, note: first.note(12, undefined, second.privateKey) }),
    ),
    403,
  );
  assert.equal(
    await status(formatAddCheckpoint({ oldSize: 0, proof: [], note: otherLog(first.key.name).note(8) })),
    403,
  );
  // None of it changed anything: it goes on from where it was. Another log has its own place.
  assert.equal(await status(body(first, 8, 12, proof)), 200);
  assert.equal(await status(body(first, 12, 12)), 200);
  assert.equal(await status(body(second, 0, 5)), 200);
  assert.equal(await status(body(first, 12, 20, first.proof(12, 20))), 200);

  assert.equal((await fetch(`${url}/add-checkpoint`)).status, 405);
  assert.equal((await fetch(`${url}/elsewhere`)).status, 404);
  assert.equal(await status("x".repeat(1_000_000)), 413);
});

const hashOf = (origin: string): string => createHash("sha256").update(origin).digest("hex");

/** Another implementation of Ed25519 than the one that signed in the browser's way; the message is put together by hand. */
function checkByOpenssl(printed: string, note: string, lines: string): void {
  const [, material = ""] = /^[^+]+\+[0-9a-f]{8}\+(.+)$/.exec(printed) ?? [];
  const raw = Buffer.from(material, "base64").subarray(1);
  const [spki, message, signature] = ["key.der", "message", "signature"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const bytes = Buffer.from(lines.trim().split(" ")[2] ?? "", "base64");
  const text = note.slice(0, note.indexOf("\n\n") + 1);
  writeFileSync(spki, Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]));
  writeFileSync(message, `cosignature/v1\ntime ${bytes.readBigUInt64BE(4)}\n${text}`);
  writeFileSync(signature, bytes.subarray(12));
  const { status, stderr, stdout } = spawnSync(
    "openssl",
    [
      "pkeyutl",
      "-verify",
      "-pubin",
      "-keyform",
      "DER",
      "-inkey",
      spki,
      "-rawin",
      "-in",
      message,
      "-sigfile",
      signature,
    ],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, stdout + stderr);
}

test("a server has its log cosigned, serves it so, and waits for a witness that is away", async (t) => {
  const front = await Front.open();
  t.after(() => front.close());
  const key = await makeKey();
  const witnessKey = parseVerifierKey(key.verifierKey);
  assert.ok(witnessKey !== undefined);
  const { command, url } = await startWitness(front, key);
  const ann = await registerHeadless(front.origin, "ann");
  t.after(() => ann.terminal.close());
  await front.restart({ witnesses: [{ url, key: witnessKey }], sweepMs: 25 });
  await command.event("cosigned", ({ size }) => size === 2);
  await until(async () => (await cosignaturesOf(front, witnessKey)) === 1);
  const named = (await (await fetch(`${front.origin}/.well-known/signet-log`)).json()) as {
    witnesses: string[];
  };
  assert.deepEqual(named.witnesses, [key.verifierKey]);

  // Away, while the log grows; then it is back at the same place.
  command.signal("SIGTERM");
  await command.ended;
  const ben = await registerHeadless(front.origin, "ben");
  t.after(() => ben.terminal.close());
  await until(async () => (await cosignaturesOf(front, witnessKey)) === 0);
  const port = new URL(url).port;
  const again = new RunningCommand([...monitorArgs(front, key, port)], { env });
  running.add(again);
  await again.event("cosigned", ({ size }) => size === 4);
  await until(async () => (await cosignaturesOf(front, witnessKey)) === 1);
});

test("a witness does not cosign a log whose rules were broken, however well it goes on", async (t) => {
  const front = await Front.open();
  t.after(() => front.close());
  const ann = await registerHeadless(front.origin, "ann");
  ann.terminal.close();
  const key = await makeKey();
  const { command, url } = await startWitness(front, key);
  await command.event("checked");
  const entries = await front.entries();
  front.forge([...entries, utf8("what is this")]);
  const note = await (await fetch(`${front.origin}/log/checkpoint`)).text();
  const answer = await ask(url, formatAddCheckpoint({ oldSize: 0, proof: [], note })).catch(() => undefined);
  assert.notEqual(answer?.status, 200);
  assert.equal((await command.ended).code, 8);
});

test("a terminal that requires witnesses believes nobody before they saw the log", async (t) => {
  const front = await Front.open();
  t.after(() => front.close());
  const key = await makeKey();
  const witnessKey = parseVerifierKey(key.verifierKey);
  const strange = parseVerifierKey((await makeKey()).verifierKey);
  assert.ok(witnessKey !== undefined && strange !== undefined);
  const ann = await registerHeadless(front.origin, "ann");
  const ben = await registerHeadless(front.origin, "ben");
  t.after(() => [ann, ben].forEach(({ terminal }) => terminal.close()));
  /** @param offMs by which the clock is off once it is signed in */
  const seen = async (keys: readonly (typeof witnessKey)[], least: number, offMs = 0): Promise<string> => {
    let nowOffMs = 0;
    const { terminal } = await openHeadless(front.origin, "ann", {
      device: ann.device,
      environment: { witnesses: { keys, least }, nowMs: () => Date.now() + nowOffMs },
    });
    try {
      await terminal.signIn({ userId: ann.userId });
      nowOffMs = offMs;
      const [found] = await terminal.lookup([ben.userId]);
      return found?.refused ?? "seen";
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    } finally {
      terminal.close();
    }
  };
  assert.equal(await seen([witnessKey], 1), "log.unwitnessed");

  const { command, url } = await startWitness(front, key);
  await front.restart({ witnesses: [{ url, key: witnessKey }], sweepMs: 25 });
  await command.event("cosigned");
  await until(async () => (await cosignaturesOf(front, witnessKey)) === 1);
  assert.equal(await seen([witnessKey], 1), "seen");
  assert.equal(await seen([witnessKey, strange], 1), "seen");
  // Whom the server names counts for nothing where they were not given here, and nobody counts twice.
  assert.equal(await seen([strange], 1), "log.unwitnessed");
  const twin = verifierKey("witness.example/twin", "cosignature", witnessKey.publicKey);
  assert.equal(await seen([witnessKey, twin], 2), "log.unwitnessed");
  // Of long ago, and of a time to come.
  for (const offMs of [2 * 3_600_000, -2 * 3_600_000])
    assert.equal(await seen([witnessKey], 1, offMs), "log.unwitnessed");
});

test("more witnesses than are given cannot be required", async () => {
  const { verifierKey: printed } = await makeKey();
  const args = ["sign-in", "--server", "http://localhost:1", "--user", "ann", "--trust-witness", printed];
  const { code, err } = await runCommand([...args, "--require-witnesses", "2"], { env });
  assert.deepEqual(
    [code, err.startsWith("error: --require-witnesses is 2, and 1 witness is given\n")],
    [2, true],
    err,
  );
});

/** How many of these keys signed the checkpoint that is served now. */
async function cosignaturesOf(
  front: Front,
  key: NonNullable<ReturnType<typeof parseVerifierKey>>,
): Promise<number> {
  const note = await (await fetch(`${front.origin}/log/checkpoint`)).text();
  return (parseNote(note)?.signatures ?? []).filter(
    ({ keyId, name }) => keyId === key.keyId && name === key.name,
  ).length;
}

async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 50));
}
