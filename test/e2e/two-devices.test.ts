/** A person with two devices, each at a terminal of its own: both ring, one answers, and one that is revoked is out. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { RunningServer } from "@signet/server";
import { deviceAtHand } from "@signet/terminal";
import type { DeviceProvider, TerminalState } from "@signet/terminal";

import { openHeadless, registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
const opened: Headless[] = [];

before(async () => {
  server = await startTestServer();
});
after(async () => {
  for (const { terminal } of opened) terminal.close();
  await server.close();
});

const rings = ({ ringing }: TerminalState): boolean => ringing.length > 0;
const isSignedIn = ({ session }: TerminalState): boolean => session.status === "signedIn";
const isTogether = ({ call }: TerminalState): boolean =>
  call?.phase === "active" &&
  call.safetyCode !== undefined &&
  call.participants.filter(({ state }) => state === "joined").length === 2;
const stateOf = ({ call }: TerminalState, userId: string): string | undefined =>
  call?.participants.find((person) => person.userId === userId)?.state;

test("a call rings at both terminals of a person; one answers, is recognised by its own device, and is out when that is revoked", async () => {
  const ann = await registerHeadless(server.origin, "ann");
  const [first, second] = await Promise.all([
    createSoftwareKey({ algorithm: "ES256" }),
    createSoftwareKey({ algorithm: "EdDSA" }),
  ]);
  const devices: DeviceProvider = {
    ...deviceAtHand(first),
    create: ({ beside }) => Promise.resolve({ device: beside === undefined ? first : second }),
  };
  const desk = await registerHeadless(server.origin, "ben", { environment: { devices } });
  opened.push(ann, desk);
  await desk.terminal.addDevice({ name: "Phone" });
  const phone = await openHeadless(server.origin, "ben", { device: second });
  opened.push(phone);
  await phone.terminal.signIn({ userId: phone.userId });
  await phone.until(isSignedIn, "signed in");
  assert.ok(isSignedIn(desk.terminal.state));

  await ann.terminal.call([desk.userId]);
  await desk.until(rings, "ringing at the desk");
  const { ringing } = await phone.until(rings, "ringing at the phone");
  await phone.terminal.answer(ringing[0]!.callId);
  const [atAnn, atPhone] = await Promise.all([ann, phone].map((one) => one.until(isTogether, "together")));
  assert.equal(atAnn!.call!.safetyCode, atPhone!.call!.safetyCode);
  await desk.until((state) => !rings(state), "not ringing any more");
  assert.equal(desk.terminal.state.call, undefined);
  const { answeredElsewhere } = await desk.until(
    (state) => state.answeredElsewhere !== undefined,
    "told where it was answered",
  );
  assert.deepEqual(answeredElsewhere, {
    callId: ringing[0]!.callId,
    from: "ann",
    device: { deviceId: second.deviceId, kind: "software", name: "Phone" },
  });
  const seen = atAnn!.call!.participants.find(({ userId }) => userId === "ben");
  assert.equal(seen?.verification?.deviceId, second.deviceId);
  const told = ({ notices = [] }: TerminalState) =>
    notices.map(({ happened, userId }) => [userId, ...happened.map(({ type }) => type)]);
  assert.deepEqual(told(ann.terminal.state), [], "he was not known here before");

  const { userId } = desk;
  await desk.terminal.revokeDevice(second.deviceId, "lost");
  await phone.until(({ session }) => session.status !== "signedIn", "signed out");
  await ann.until((state) => stateOf(state, "ben") === "left", "ben left");
  const { notices } = await ann.until((state) => state.notices !== undefined, "told of the revocation");
  assert.deepEqual([told(ann.terminal.state), notices?.[0]?.head.length], [[["ben", "deviceRevoked"]], 32]);
  ann.terminal.dismissNotice(notices![0]!.id);
  await ann.terminal.lookup([desk.userId]);
  assert.equal(ann.terminal.state.notices, undefined, "told once");
  await assert.rejects(phone.terminal.signIn({ userId }), { code: "history.deviceRevoked" });
  assert.ok(isSignedIn(desk.terminal.state));
  assert.deepEqual(ann.terminal.state.warnings, []);
  assert.deepEqual(desk.terminal.state.warnings, []);
});
