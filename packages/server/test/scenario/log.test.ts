import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeMessage, toBase64Url } from "@signet/protocol";

import { callOfTwo, people } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";
import { newCallId } from "../support/test-terminal.ts";

test("a whole call at the level debug leaves no key, proof, session description or whole id in the log", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const callId = await callOfTwo(alice, bob);
  const sdp = "v=0\r\no=secret-session 1 1 IN IP4 127.0.0.1\r\n";
  await alice.refusal("media.offer", { callId, sdp });
  const proof = await alice.callProof(newCallId(), ["bob"], (transcript) => ({
    ...transcript,
    userId: "mallory",
  }));
  await alice.refusal("call.request", { proof });
  await alice.request("call.end", { proof: await alice.statement("end", callId, "ended") });
  await bob.event("call.ended");

  const log = server.log();
  assert.match(log, /"msg":"registered"/);
  assert.match(log, /"msg":"call started"/);
  assert.match(log, /"code":"proof\.user"/);
  const secrets = [
    callId,
    alice.terminalId,
    alice.device?.deviceId ?? "",
    toBase64Url(alice.key.publicKey),
    toBase64Url(alice.device?.publicKey ?? Uint8Array.of()),
    toBase64Url(proof.transcript),
    toBase64Url(proof.signature.signature),
    "secret-session",
  ];
  for (const secret of secrets) {
    assert(secret.length > 8);
    assert(!log.includes(secret), `the log holds ${secret}`);
  }
  // Bytes that were logged as an object would show as a list of numbers.
  assert.doesNotMatch(log, /"0":\d+,"1":\d+|\[\d+,\d+,\d+,/);
  assert.doesNotMatch(log, new RegExp(encodeMessage(proof).slice(0, 20)));
});
