/** Proofs that the server must refuse, each with its own code and without any lasting change. */
import assert from "node:assert/strict";
import { after, test } from "node:test";

import type { ErrorCode, ProofIn } from "@signet/protocol";

import { people } from "../support/group.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer } from "../support/test-server.ts";
import { newCallId, TestTerminal, user } from "../support/test-terminal.ts";
import type { Twist } from "../support/test-terminal.ts";

const server = await startTestServer({ after });
const [alice, bob] = await people(server, "alice", "bob");
const device = alice.device ?? assert.fail();
const minute = 60_000;

/** A terminal where alice is about to sign in. */
async function stranger(): Promise<TestTerminal> {
  const terminal = await TestTerminal.connect(server);
  terminal.userId = user("alice");
  terminal.device = device;
  return terminal;
}

async function refusedSignIn(make: (terminal: TestTerminal) => Promise<ProofIn>): Promise<ErrorCode> {
  const terminal = await stranger();
  let code: ErrorCode | undefined;
  await changesNothing(server, async () => {
    code = await terminal.refusal("sign-in.finish", { proof: await make(terminal) });
  });
  await terminal.close();
  return code ?? assert.fail();
}

const twisted = (twist: Twist<"sign-in">) => refusedSignIn((terminal) => terminal.signInProof(twist));
const altered = (change: (proof: ProofIn) => ProofIn) =>
  refusedSignIn(async (terminal) => change(await terminal.signInProof()));

test("a challenge is used once, also by an attempt that failed", async () => {
  const terminal = await stranger();
  const proof = await terminal.signInProof();
  await terminal.request("sign-in.finish", { proof });
  await changesNothing(server, async () => {
    assert.equal(await terminal.refusal("sign-in.finish", { proof }), "proof.challenge");
  });
  const other = await stranger();
  const bad = await other.signInProof((transcript) => ({
    ...transcript,
    issuedAtMs: transcript.issuedAtMs - 10 * minute,
  }));
  assert.equal(await other.refusal("sign-in.finish", { proof: bad }), "proof.time");
  assert.equal(await other.refusal("sign-in.finish", { proof: bad }), "proof.challenge");
});

test("a challenge of another connection or of another request is none", async () => {
  const one = await stranger();
  const two = await stranger();
  const { challenge } = await one.request("sign-in.begin", { userId: user("alice") });
  const elsewhere = await two.signInProof((transcript) => ({ ...transcript, serverChallenge: challenge }));
  assert.equal(await two.refusal("sign-in.finish", { proof: elsewhere }), "proof.challenge");
  const session = await two.request("session.challenge", {});
  const forOther = await two.signInProof((transcript) => ({
    ...transcript,
    serverChallenge: session.challenge,
  }));
  assert.equal(await two.refusal("sign-in.finish", { proof: forOther }), "proof.challenge");
});

test("a challenge expires after two minutes", async () => {
  const terminal = await stranger();
  const proof = await terminal.signInProof();
  server.setClock(2 * minute);
  assert.equal(await terminal.refusal("sign-in.finish", { proof }), "proof.challengeExpired");
  server.setClock(0);
});

test("proofs for another purpose, origin, user, device or terminal are refused", async () => {
  assert.equal(
    await refusedSignIn(async (terminal) => {
      const { challenge } = await terminal.request("session.challenge", {});
      const { terminalId } = terminal;
      return device.sign({
        purpose: "release",
        ...terminal.common(),
        serverChallenge: challenge,
        terminalId,
      });
    }),
    "proof.purpose",
  );
  assert.equal(
    await twisted((transcript) => ({ ...transcript, serverOrigin: "https://evil.example" })),
    "proof.origin",
  );
  assert.equal(await twisted((transcript) => ({ ...transcript, userId: "bob" })), "proof.user");
  for (const head of [new Uint8Array(), new Uint8Array(32).fill(7)])
    assert.equal(await twisted((transcript) => ({ ...transcript, head })), "history.head");
  assert.equal(
    await twisted((transcript) => ({ ...transcript, deviceId: bob.device?.deviceId ?? "" })),
    "history.deviceUnknown",
  );
  assert.equal(
    await twisted((transcript) => ({ ...transcript, terminalId: bob.terminalId })),
    "proof.terminal",
  );
  assert.equal(
    await twisted((transcript) => ({ ...transcript, terminalKey: bob.key.publicKey })),
    "proof.terminalKey",
  );
});

test("a clock that is ten minutes off and a sign-in without end are refused", async () => {
  const shift =
    (ms: number): Twist<"sign-in"> =>
    (transcript) => ({
      ...transcript,
      issuedAtMs: transcript.issuedAtMs + ms,
      expiresAtMs: transcript.expiresAtMs + ms,
    });
  assert.equal(await twisted(shift(10 * minute)), "proof.time");
  assert.equal(await twisted(shift(-10 * minute)), "proof.time");
  const day = 24 * 60 * minute;
  assert.equal(
    await twisted((transcript) => ({ ...transcript, expiresAtMs: transcript.issuedAtMs + day })),
    "proof.lifetime",
  );
});

test("a foreign device's signature is refused, and so is an altered or truncated one", async () => {
  const foreign = await softwareDevice();
  assert.equal(
    await refusedSignIn((terminal) => terminal.signInProof(undefined, foreign)),
    "proof.signature",
  );
  assert.equal(
    await altered((proof) => {
      const signature = proof.signature.signature.map((byte, i) => (i === 40 ? byte ^ 1 : byte));
      return { ...proof, signature: { kind: "software", signature } };
    }),
    "proof.signature",
  );
  assert.equal(
    await altered((proof) => ({
      ...proof,
      signature: { kind: "software", signature: proof.signature.signature.slice(0, 63) },
    })),
    "proof.encoding",
  );
  assert.equal(
    await altered((proof) => ({ ...proof, transcript: proof.transcript.slice(0, -1) })),
    "proof.malformed",
  );
  assert.equal(
    await altered((proof) => ({
      ...proof,
      signature: { kind: "terminal", signature: proof.signature.signature },
    })),
    "proof.signer",
  );
});

test("resume and release take the terminal key of the binding and nothing else", async () => {
  const other = await TestTerminal.connect(server);
  other.userId = user("bob");
  other.device = bob.device;
  await changesNothing(server, async () => {
    assert.equal(
      await other.refusal("session.resume", { proof: await other.resumeProof() }),
      "auth.bindingGone",
    );
    assert.equal(
      await other.refusal("binding.release", { proof: await other.releaseProof() }),
      "auth.bindingGone",
    );
    // The right terminal, but the key of another one.
    const { challenge } = await other.request("session.challenge", {});
    const transcript = {
      purpose: "release",
      ...other.common(),
      serverChallenge: challenge,
      terminalId: bob.terminalId,
    } as const;
    assert.equal(
      await other.refusal("binding.release", { proof: await other.key.sign(transcript) }),
      "proof.signature",
    );
    const foreign = await softwareDevice();
    const { challenge: next } = await other.request("session.challenge", {});
    const byDevice = await foreign.sign({ ...transcript, serverChallenge: next });
    assert.equal(await other.refusal("binding.release", { proof: byDevice }), "proof.signature");
  });
});

test("a call needs its own proof by the device, and names the members", async () => {
  const refused = async (members: readonly string[], twist: Twist<"call"> = (transcript) => transcript) => {
    let code: ErrorCode | undefined;
    await changesNothing(server, async () => {
      code = await bob.refusal("call.request", { proof: await bob.callProof(newCallId(), members, twist) });
    });
    return code;
  };
  assert.equal(await refused([]), "call.noMembers");
  assert.equal(await refused(["bob"]), "call.self");
  assert.equal(await refused(["alice", "alice"]), "call.duplicateMember");
  assert.equal(await refused(Array.from({ length: 101 }, (_, i) => `user${i}`)), "call.tooManyMembers");
  assert.equal(await refused(["NOT AN ID"]), "proof.malformed");
  assert.equal(
    await refused(["alice"], (transcript) => ({ ...transcript, serverOrigin: "http://localhost:1" })),
    "proof.origin",
  );
  assert.equal(await refused(["alice"], (transcript) => ({ ...transcript, userId: "alice" })), "proof.user");
  assert.equal(await refused(["alice"], (transcript) => ({ ...transcript, issuedAtMs: 0 })), "proof.time");
  await changesNothing(server, async () => {
    const signIn = await bob.signInProof();
    assert.equal(await bob.refusal("call.request", { proof: signIn }), "proof.purpose");
  });
});
