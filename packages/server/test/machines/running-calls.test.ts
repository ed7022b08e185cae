import assert from "node:assert/strict";
import { test } from "node:test";

import { defaultCallTimes, encodeMessage, encodeTranscript, mostCalls, startCall } from "@signet/protocol";
import type { CallId, DeviceId, ProofIn, TerminalId } from "@signet/protocol";

import { mostInviteBytes, RunningCalls } from "../../src/call/running-calls.ts";
import { user } from "../support/test-terminal.ts";

const id16 = (name: string): string => Buffer.from(name.padEnd(16, "-")).toString("base64url");
const proof = (bytes: number): ProofIn => ({
  transcript: new Uint8Array(bytes),
  signature: { kind: "software", signature: new Uint8Array(64) },
});
/** Bob and Cyd, by Eve. */
const calling = (callId: CallId): ProofIn => ({
  ...proof(1),
  transcript: encodeTranscript({
    purpose: "call",
    serverOrigin: "https://signet.example",
    userId: "eve",
    deviceId: id16("eve"),
    issuedAtMs: 0,
    callId,
    memberUserIds: ["bob", "cyd"],
    leafKey: new Uint8Array(32),
    head: new Uint8Array(32),
    checkpoint: new Uint8Array(),
  }),
});
const entry = (name: string) => ({
  userId: user(name),
  displayName: name,
  deviceId: id16(name) as DeviceId,
  kind: "software" as const,
  algorithm: "EdDSA" as const,
  publicKey: new Uint8Array(44),
  userVerification: false,
  registeredAtMs: 0,
  proof: proof(100),
  statements: [],
});

/** Bob was not there; it rings at Cyd. Of the size that the proof gives it. */
function begin(running: RunningCalls, name: string, proofBytes: number): void {
  const callId = id16(name) as CallId;
  const { state } = startCall(
    {
      invite: { callId, initiator: entry("eve"), proof: calling(callId), binding: proof(proofBytes) },
      callDigest: new Uint8Array(32),
      terminalId: id16("eve") as TerminalId,
      people: [
        { userId: user("bob"), entry: entry("bob"), outcome: "offline" },
        {
          userId: user("cyd"),
          entry: entry("cyd"),
          outcome: "reachable",
          terminalIds: [id16("cyd") as TerminalId],
        },
      ],
      times: defaultCallTimes,
    },
    0,
  );
  running.add({ callId, state, wakeAtMs: undefined, settled: Promise.resolve() });
}

const named = (running: RunningCalls): readonly string[] =>
  running
    .invitesFor(user("bob"))
    .map(({ callId }) => Buffer.from(callId, "base64url").toString().replaceAll("-", ""));

test("a sign-in names the latest calls that somebody may join, as they began", () => {
  const running = new RunningCalls();
  for (let i = 0; i < mostCalls + 3; i++) begin(running, `call ${i}`, 100);
  assert.deepEqual(
    named(running),
    Array.from({ length: mostCalls }, (_, i) => `call ${i + 3}`),
  );
});

test("large calls do not make it large without end, nor hide the small ones", () => {
  const running = new RunningCalls();
  begin(running, "small", 100);
  for (let i = 0; i < 10; i++) begin(running, `large ${i}`, mostInviteBytes / 6);
  const calls = named(running);
  assert.deepEqual(calls, ["small", "large 6", "large 7", "large 8", "large 9"]);
  assert.ok(encodeMessage(running.invitesFor(user("bob"))).length <= mostInviteBytes + calls.length);
});

test("the latest one is named however large it is", () => {
  const running = new RunningCalls();
  begin(running, "small", 100);
  begin(running, "large", mostInviteBytes);
  assert.deepEqual(named(running), ["large"]);
});
