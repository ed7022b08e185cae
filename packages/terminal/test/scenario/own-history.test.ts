/** What a person signs about their own devices, and what they are answered: held against a server that says whatever the test wants. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, sha256 } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { decodeTranscript, encodeStatement } from "@signet/protocol";
import type { DeviceId, DirectoryEntryIn, RequestBody } from "@signet/protocol";

import { deviceAtHand } from "../../src/index.ts";
import type { AddingTouch, OwnDevice } from "../../src/index.ts";
import { person, randomBytes, serverOrigin } from "../support/people.ts";
import { signedIn, signedInTerminal } from "../support/scripted-server.ts";

type Append = RequestBody<"history.append">;

const software = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "EdDSA" });

let first: SignatureDevice;
let second: SignatureDevice;

before(async () => {
  [first, second] = await Promise.all([software(), software()]);
});

/** Somebody who is signed in with their first device and has a second one at hand; the server keeps what it is sent. */
async function opened(
  answer: (entry: DirectoryEntryIn, appended: Append) => DirectoryEntryIn = (entry, { statement }) => ({
    ...entry,
    statements: [...entry.statements, statement],
  }),
) {
  const devices = {
    create: () => Promise.resolve({ device: second }),
    open: deviceAtHand(first).open,
  };
  const made = await signedInTerminal([], { device: first, devices });
  const { ada, server, terminal } = made;
  let entry = ada.entry;
  const challenge = () => ({ challenge: randomBytes(32), expiresAtMs: Date.now() + 60_000 });
  server.script["history.begin"] = challenge;
  server.script["history.append"] = (appended) => {
    entry = answer(entry, appended);
    return { entry };
  };
  return {
    ...made,
    list: (): readonly OwnDevice[] =>
      terminal.state.session.status === "signedIn" ? terminal.state.session.devices : [],
    entry: () => entry,
    asked: () => server.heard.filter(({ type }) => type.startsWith("history.")).map(({ type }) => type),
    warned: () => terminal.state.warnings.map(({ code }) => code),
  };
}

test("a second device is added, named and revoked, each by a statement that follows the one before", async () => {
  const { list, server, terminal } = await opened();
  const touches: AddingTouch[] = [];
  const deviceId = await terminal.addDevice({ name: "Spare", onTouch: (touch) => touches.push(touch) });
  assert.deepEqual([deviceId, touches], [second.deviceId, ["new", "old"]]);
  assert.deepEqual(
    list().map(({ addedBy, isThisOne, name }) => ({ addedBy, isThisOne, name })),
    [
      { addedBy: undefined, isThisOne: true, name: "" },
      { addedBy: { userId: "ada", deviceId: first.deviceId }, isThisOne: false, name: "Spare" },
    ],
  );
  await terminal.nameDevice(deviceId, "At home");
  assert.deepEqual(
    list().map(({ name }) => name),
    ["", "At home"],
  );
  await terminal.rename("Ada Arm");
  const { session } = terminal.state;
  assert.equal(session.status === "signedIn" && session.displayName, "Ada Arm");
  await terminal.revokeDevice(deviceId, "lost");
  assert.equal(list()[1]?.revoked?.why, "lost");
  const sequences = server.heard
    .filter(({ type }) => type === "history.append")
    .map(({ body }) => decodeTranscript((body as Append).statement.proofs[0]!.transcript))
    .map((transcript) => transcript !== undefined && "sequence" in transcript && transcript.sequence);
  assert.deepEqual(sequences, [1, 2, 3, 4]);
});

test("what would not hold is not sent: nobody revokes the last one, nor names what is not theirs", async () => {
  const { asked, list, terminal } = await opened();
  await assert.rejects(terminal.revokeDevice(first.deviceId, "lost"), { code: "history.lastDevice" });
  await assert.rejects(terminal.rename(" "), { code: "history.name" });
  await assert.rejects(terminal.addDevice({ name: "" }), { code: "history.name" });
  assert.deepEqual(asked(), [], "and nothing is touched for it");
  await assert.rejects(terminal.nameDevice(second.deviceId, "Spare"), { code: "history.name" });
  assert.deepEqual(asked(), ["history.begin"]);
  await terminal.addDevice({ name: "Spare" });
  await assert.rejects(terminal.addDevice({ name: "Again" }), { code: "history.deviceTaken" });
  const unknown = "AAAAAAAAAAAAAAAAAAAAAA" as DeviceId;
  await assert.rejects(terminal.revokeDevice(unknown, "lost"), { code: "history.revokedDevice" });
  assert.equal(asked().filter((type) => type === "history.append").length, 1);
  assert.equal(list().length, 2);
});

test("the server's answer has to be what was signed, and nothing else", async () => {
  const other = await person("ada");
  const dishonest: Readonly<Record<string, Parameters<typeof opened>[0]>> = {
    "keeps it to itself": (entry) => entry,
    "shows somebody else": () => other.entry,
    "gives the new device a key handle": (entry, { statement }) => ({
      ...entry,
      statements: [{ ...statement, credentialId: randomBytes(16) }],
    }),
    "says it twice": (entry, { statement }) => ({ ...entry, statements: [statement, statement] }),
    "takes one of the signatures away": (entry, { statement }) => ({
      ...entry,
      statements: [{ ...statement, proofs: statement.proofs.slice(0, 1) }],
    }),
  };
  for (const [what, answer] of Object.entries(dishonest)) {
    const { list, terminal } = await opened(answer);
    await assert.rejects(
      terminal.addDevice({ name: "Spare" }),
      ({ code }: { code: string }) => code === "directory.badEntry" || code.startsWith("history."),
      what,
    );
    assert.equal(list().length, 1, what);
  }
});

test("what another terminal of the person signed is shown; an older word changes nothing, another history is told", async () => {
  const { entry, server, terminal, warned } = await opened();
  await terminal.addDevice({ name: "Spare" });
  const older = entry();
  const renamed = async (before: DirectoryEntryIn, name: string): Promise<DirectoryEntryIn> => {
    const last = before.statements.at(-1)?.proofs ?? [before.proof];
    const proof = await first.sign({
      purpose: "rename",
      serverOrigin,
      userId: before.userId,
      deviceId: first.deviceId,
      issuedAtMs: Date.now(),
      sequence: before.statements.length + 1,
      previous: await sha256(encodeStatement(last)),
      serverChallenge: randomBytes(32),
      renamedDeviceId: "",
      name,
    });
    return { ...before, statements: [...before.statements, { proofs: [proof] }] };
  };
  const newer = await renamed(older, "Ada two");
  const newest = await renamed(newer, "Ada three");
  const say = (changed: DirectoryEntryIn): void =>
    server.say({ type: "directory.changed", body: { entry: changed } });
  const until = async (test: () => boolean): Promise<void> => {
    while (!test()) await new Promise((resolve) => setImmediate(resolve));
  };
  const isCalled = (name: string) => (): boolean => {
    const { session } = terminal.state;
    return session.status === "signedIn" && session.displayName === name;
  };
  say(newer);
  await until(isCalled("Ada two"));
  // What is said is taken in order: the older word was, when the newest is shown.
  say(older);
  say(newest);
  await until(isCalled("Ada three"));
  assert.deepEqual(warned(), []);
  say(await renamed(older, "Ada elsewhere"));
  await until(() => warned().length > 0);
  assert.deepEqual([warned(), isCalled("Ada three")()], [["history.head"], true]);
  // What is signed next follows what is shown.
  await assert.rejects(terminal.nameDevice(second.deviceId, "At home"), { code: "history.sequence" });
  const { body } = server.heard.findLast(({ type }) => type === "history.append")!;
  const transcript = decodeTranscript((body as Append).statement.proofs[0]!.transcript);
  assert.equal(transcript !== undefined && "sequence" in transcript && transcript.sequence, 4);
});

test("who comes back and is shown less than they signed is told so, and stays who they are", async () => {
  const { ada, list, server, terminal, warned } = await opened();
  await terminal.addDevice({ name: "Spare" });
  server.hangUp();
  terminal.retryNow();
  await server.asked("session.resume");
  server.say({ "session.resume": signedIn(ada) });
  while (warned().length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([warned(), list().length], [["history.head"], 2]);
});
