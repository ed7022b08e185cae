/** A server and its witnesses: those that answer as they should, and those that do not. */
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import {
  cosign,
  formatNote,
  formatVerifierKey,
  openCheckpoint,
  parseAddCheckpoint,
  parseNote,
  parseVerifierKey,
  verifierKey,
  verifyConsistency,
} from "@signet/directory";
import type { NoteSigner } from "@signet/directory";
import type { UserId } from "@signet/protocol";

import { people } from "../support/group.ts";
import { atEnd, startTestServer, tempDir } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";

function signerOf(name: string): NoteSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(12));
  return {
    key: verifierKey(name, "cosignature", raw),
    sign: (message) => Promise.resolve(new Uint8Array(sign(null, message, privateKey))),
  };
}

type Answer = (body: string, response: ServerResponse) => Promise<void> | void;

/** A witness that does what is asked of it, until it is told otherwise. */
async function openWitness(test: TestContext, name: string) {
  const signer = signerOf(name);
  const asked: string[] = [];
  let latest = 0;
  const honest: Answer = async (body, response) => {
    const parsed = parseAddCheckpoint(body);
    const text = parseNote(parsed?.note ?? "")?.text ?? "";
    if (parsed?.oldSize !== latest)
      return void response.writeHead(409, { "content-type": "text/x.tlog.size" }).end(`${latest}\n`);
    latest = Number(text.split("\n")[1]);
    const signature = await cosign(text, Math.floor(Date.now() / 1_000), signer);
    response.end(formatNote({ text, signatures: [signature] }).slice(text.length + 1));
  };
  let answer = honest;
  const http = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      asked.push(body);
      void answer(body, response);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  atEnd(test, () => {
    http.closeAllConnections();
    http.close();
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    place: { url, key: signer.key },
    key: signer.key,
    signer,
    asked,
    behave: (how: Answer | undefined) => (answer = how ?? honest),
    forget: () => (latest = 0),
  };
}

const noteOf = async (server: TestServer): Promise<string> =>
  (await fetch(`${server.origin}/log/checkpoint`)).text();

async function logKeyOf(server: TestServer) {
  const named = (await (await fetch(`${server.origin}/.well-known/signet-log`)).json()) as {
    verifierKey: string;
  };
  const key = parseVerifierKey(named.verifierKey);
  assert.ok(key !== undefined);
  return key;
}

async function until(look: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await look())) await delay(10);
}

test("both cosign each state of the log, from the one before on; it is served, proven and kept over a restart", async (t) => {
  const dataDir = tempDir(t);
  const [first, second] = [await openWitness(t, "w.example/1"), await openWitness(t, "w.example/2")];
  const options = {
    dataDir,
    witnesses: [first.place, second.place],
    port: 0,
    origin: "http://localhost:45030",
  };
  const server = await startTestServer(t, options);
  const at = { ...server, origin: `http://localhost:${server.port}` };
  const [ann] = await people({ port: server.port, origin: server.origin }, "ann");
  const both = async (): Promise<boolean> => (parseNote(await noteOf(at))?.signatures.length ?? 0) === 3;
  await until(both);
  await people({ port: server.port, origin: server.origin }, "ben");
  await until(both);
  const logKey = await logKeyOf(at);
  const opened = await openCheckpoint(await noteOf(at), logKey, [first.key, second.key]);
  assert.ok(opened.ok && opened.cosignatures.length === 2);
  const last = parseAddCheckpoint(first.asked.at(-1) ?? "");
  assert.ok(last !== undefined && last.oldSize > 0 && last.proof.length > 0);
  const named = (await (await fetch(`${at.origin}/.well-known/signet-log`)).json()) as {
    witnesses: string[];
  };
  assert.deepEqual(named.witnesses, [first.key, second.key].map(formatVerifierKey));

  // One is away: what it signed before is served with the proof that it goes on.
  second.behave((_, response) => void response.writeHead(500).end());
  await people({ port: server.port, origin: server.origin }, "cleo");
  await until(async () => (parseNote(await noteOf(at))?.signatures.length ?? 0) === 2);
  const proven = await ann.request("directory.prove", { userIds: ["ann" as UserId], from: 0 });
  const now = await openCheckpoint(proven.checkpoint, logKey, [first.key]);
  assert.ok(now.ok);
  const { cosigned = [] } = proven;
  assert.equal(cosigned.length, 2);
  for (const { checkpoint, consistencyProof } of cosigned) {
    const before = await openCheckpoint(checkpoint, logKey, [first.key, second.key]);
    assert.ok(before.ok && before.cosignatures.length > 0);
    assert.ok(verifyConsistency(before.checkpoint, now.checkpoint, consistencyProof));
  }
  await until(() => /the witness does not cosign/.test(server.log()));
  await server.close();

  const again = await startTestServer(t, { ...options, witnesses: [] });
  const known = await fetch(`http://localhost:${again.port}/log/checkpoint`);
  assert.equal(parseNote(await known.text())?.signatures.length, 2);
});

test("a witness that saw more than it was thought to is asked from there on", async (t) => {
  const witness = await openWitness(t, "w.example/1");
  const server = await startTestServer(t, { witnesses: [witness.place] });
  await people(server, "ann");
  await until(async () => parseNote(await noteOf(server))?.signatures.length === 2);
  witness.forget();
  await people(server, "ben");
  await until(async () => parseNote(await noteOf(server))?.signatures.length === 2);
  const sizes = witness.asked.map((body) => parseAddCheckpoint(body)?.oldSize);
  assert.deepEqual(sizes.slice(-2), [2, 0]);
  const metrics = await (await fetch(`${server.origin}/metrics`)).text();
  assert.match(metrics, /signet_witness_answers_total\{result="cosigned"\} [12]/);
  assert.match(metrics, /signet_witness_answers_total\{result="behind"\} 1/);
  assert.match(metrics, /signet_witnesses_current 1/);
});

test("what a witness should not answer is taken for nothing, and it is asked again", async (t) => {
  const witness = await openWitness(t, "w.example/1");
  const other = signerOf("w.example/1");
  const wrong: readonly Answer[] = [
    (_, response) => void response.writeHead(302, { location: "/elsewhere" }).end(),
    (_, response) => void response.end("x".repeat(1_000_000)),
    (_, response) => void response.end("<h1>hello</h1>\n"),
    async (body, response) => {
      const text = parseNote(parseAddCheckpoint(body)?.note ?? "")?.text ?? "";
      const signature = await cosign(text, 1, other);
      response.end(formatNote({ text, signatures: [signature] }).slice(text.length + 1));
    },
    async (body, response) => {
      const text = parseNote(parseAddCheckpoint(body)?.note ?? "")?.text ?? "";
      const signature = await cosign(text.replace("/log", "/lag"), 1, witness.signer);
      response.end(formatNote({ text, signatures: [signature] }).slice(text.length + 1));
    },
    (_, response) => void response.writeHead(409, { "content-type": "text/x.tlog.size" }).end("many\n"),
    (_, response) => void response.writeHead(409, { "content-type": "text/x.tlog.size" }).end("1000000\n"),
    (_, response) => void response.destroy(),
  ];
  const server = await startTestServer(t, { witnesses: [witness.place] });
  let offsetMs = 0;
  for (const how of wrong) {
    witness.behave(how);
    const before = witness.asked.length;
    if (before === 0) await people(server, "ann");
    // Past the longest pause.
    server.setClock((offsetMs += 6 * 60_000));
    await until(() => witness.asked.length > before);
  }
  assert.equal(parseNote(await noteOf(server))?.signatures.length, 1);
  witness.behave(undefined);
  server.setClock((offsetMs += 6 * 60_000));
  await until(async () => parseNote(await noteOf(server))?.signatures.length === 2);
  assert.match(server.log(), /the witness cosigns again/);
});

test("where nothing happens it is cosigned anew all the same", async (t) => {
  const witness = await openWitness(t, "w.example/1");
  const server = await startTestServer(t, { witnesses: [witness.place] });
  await people(server, "ann");
  await until(async () => parseNote(await noteOf(server))?.signatures.length === 2);
  const before = await noteOf(server);
  await delay(1_100);
  assert.equal(witness.asked.length, 1);
  server.setClock(16 * 60_000);
  await until(async () => (await noteOf(server)) !== before);
  assert.equal(parseNote(await noteOf(server))?.signatures.length, 2);
});

test("what a slow witness cosigned of an older state stands behind the latest", async (t) => {
  const [first, slow] = [await openWitness(t, "w.example/1"), await openWitness(t, "w.example/2")];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  slow.behave(async (body, response) => {
    slow.behave((_, later) => void later.writeHead(500).end());
    await held;
    const text = parseNote(parseAddCheckpoint(body)?.note ?? "")?.text ?? "";
    const signature = await cosign(text, Math.floor(Date.now() / 1_000), slow.signer);
    response.end(formatNote({ text, signatures: [signature] }).slice(text.length + 1));
  });
  const server = await startTestServer(t, { witnesses: [first.place, slow.place] });
  const [ann] = await people(server, "ann");
  await until(() => slow.asked.length === 1);
  const sizes = async (): Promise<readonly number[]> => {
    const proven = await ann.request("directory.prove", { userIds: ["ann" as UserId], from: 0 });
    return (proven.cosigned ?? []).map(({ checkpoint }) => Number(checkpoint.split("\n")[1]));
  };
  await until(async () => (await sizes()).length === 1);
  const [before = 0] = await sizes();
  await people(server, "ben");
  await until(async () => ((await sizes())[0] ?? 0) > before);
  const [latest] = await sizes();
  release();
  await until(async () => (await sizes()).length === 2);
  assert.deepEqual(await sizes(), [latest, before]);
  assert.equal(parseNote(await noteOf(server))?.signatures.length, 2);
});
