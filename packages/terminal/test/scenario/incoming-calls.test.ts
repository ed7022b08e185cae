import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { createTerminalKey } from "@signet/device";
import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";
import type { CallId, EventBody } from "@signet/protocol";

import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { signedInTerminal } from "../support/scripted-server.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function open(t: TestContext) {
  const time = new VirtualTime();
  const opened = await signedInTerminal(["bob"], { after: time.after });
  t.after(() => opened.terminal.close());
  const [bob] = opened.others;
  assert.ok(bob !== undefined);
  const ringing = () => opened.terminal.state.ringing.map(({ callId }) => callId);
  const rings = async (count: number): Promise<void> => {
    while (ringing().length !== count) await turn();
  };
  return { ...opened, bob, ringing, rings, time };
}

/** What the server says when `caller` calls ada. @param signer whose device signs the call */
async function ring(caller: TestPerson, signer = caller, ringMs = 45_000): Promise<EventBody<"call.ring">> {
  const { userId, device, entry } = caller;
  const callId = randomId() as CallId;
  const issuedAtMs = Date.now();
  const common = { serverOrigin, userId, deviceId: device.deviceId, issuedAtMs };
  const { publicKey: terminalKey } = await createTerminalKey();
  const [proof, binding] = await Promise.all([
    signer.device.sign({
      purpose: "call",
      ...common,
      callId,
      memberUserIds: ["ada"],
      leafKey: randomBytes(32),
    }),
    device.sign({
      purpose: "sign-in",
      ...common,
      serverChallenge: randomBytes(32),
      terminalId: randomId(),
      terminalKey,
      expiresAtMs: issuedAtMs + 3_600_000,
    }),
  ]);
  const members = [{ userId: "ada", state: "ringing" }] as EventBody<"call.ring">["members"];
  return { callId, initiator: entry, proof, binding, members, expiresAtMs: issuedAtMs + ringMs };
}

test("what verifies rings, until the server ends it", async (t) => {
  const { server, terminal, bob, rings, ringing } = await open(t);
  const body = await ring(bob);
  server.say({ type: "call.ring", body });
  assert.deepEqual(ringing(), [], "nothing rings before it is verified");
  await rings(1);
  const [shown] = terminal.state.ringing;
  assert.equal(shown?.from.userId, "bob");
  assert.equal(shown.from.verification.deviceId, bob.device.deviceId);
  server.say({ type: "call.ringEnded", body: { callId: body.callId, reason: "cancelled" } });
  assert.deepEqual(ringing(), []);
});

test("what does not verify is refused and not shown, and what rings beside it rings on", async (t) => {
  const { server, bob, rings, ringing } = await open(t);
  const [forged, genuine] = [await ring(bob, await person("eve")), await ring(bob)];
  server.say({ type: "call.ring", body: forged }, { type: "call.ring", body: genuine });
  const refused = await server.asked("call.ringRefused");
  assert.equal(refused.callId, forged.callId);
  assert.match(refused.code, /^proof\./);
  await rings(1);
  assert.deepEqual(ringing(), [genuine.callId]);
});

test("a ring that ends while it is being verified does not ring", async (t) => {
  const { server, bob, rings, ringing } = await open(t);
  const [over, on] = [await ring(bob), await ring(bob)];
  server.say(
    { type: "call.ring", body: over },
    { type: "call.ringEnded", body: { callId: over.callId, reason: "cancelled" } },
    { type: "call.ring", body: on },
  );
  await rings(1);
  assert.deepEqual(ringing(), [on.callId]);
});

test("a ring ends by itself when the server does not end it, after its time and a little grace", async (t) => {
  const { server, bob, rings, ringing, time } = await open(t);
  server.say({ type: "call.ring", body: await ring(bob, bob, 30_000) });
  await rings(1);
  time.pass(29_000);
  assert.equal(ringing().length, 1);
  time.pass(3_000);
  assert.equal(ringing().length, 0);
});

test("no ring lasts longer than three minutes, whatever the server says", async (t) => {
  const { server, bob, rings, ringing, time } = await open(t);
  server.say({ type: "call.ring", body: await ring(bob, bob, 3_600_000) });
  await rings(1);
  time.pass(179_999);
  assert.equal(ringing().length, 1);
  time.pass(1);
  assert.equal(ringing().length, 0);
});

test("sixteen calls ring at once, not seventeen", async (t) => {
  const { server, bob, rings, ringing } = await open(t);
  const calls = await Promise.all(Array.from({ length: 17 }, () => ring(bob)));
  server.say(...calls.map((body) => ({ type: "call.ring", body }) as const));
  await rings(16);
  assert.deepEqual(new Set(ringing()), new Set(calls.slice(0, 16).map(({ callId }) => callId)));
  // There is room again when one has ended.
  const [first, last] = [calls[0]!, calls[16]!];
  server.say(
    { type: "call.ringEnded", body: { callId: first.callId, reason: "cancelled" } },
    { type: "call.ring", body: last },
  );
  await rings(16);
  assert.ok(ringing().includes(last.callId));
});

test("nothing rings for whom nobody is signed in", async (t) => {
  const { server, bob, rings, ringing, terminal } = await open(t);
  server.say({ type: "call.ring", body: await ring(bob) });
  await rings(1);
  server.say(
    { type: "binding.ended", body: { reason: "takenOver" } },
    { type: "call.ring", body: await ring(bob) },
  );
  assert.deepEqual(ringing(), []);
  assert.equal(terminal.state.session.status, "signedOut");
  assert.ok(!server.heard.some(({ type }) => type === "call.ringRefused"));
});
