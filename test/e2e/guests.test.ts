/** Somebody without a device comes into a call: by a member's word, and when the host lets them in; never as somebody who was verified. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { guestDevices } from "@signet/terminal";
import type { Participant, TerminalState, UserId } from "@signet/terminal";
import type { RunningServer } from "@signet/server";

import { inviteGuest } from "./support/guest-link.ts";
import { openHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { Scene, agree, callAll, participant } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
const scene = new Scene(() => server.origin);
const guests: Headless[] = [];

before(async () => {
  server = await startTestServer({ guests: true });
});
after(async () => {
  for (const { terminal } of guests) terminal.close();
  await scene.close();
  await server.close();
});

/** A page without a device, where nobody is anybody. */
async function visitor(origin = server.origin): Promise<Headless> {
  const opened = await openHeadless(origin, "visitor", { environment: { devices: guestDevices() } });
  guests.push(opened);
  return opened;
}

const guestsIn = ({ call }: TerminalState): readonly Participant[] =>
  call?.participants.filter(({ guest }) => guest !== undefined) ?? [];
const isActive = ({ call }: TerminalState): boolean => call?.phase === "active" && call.epoch !== undefined;

test("a member vouches, the host lets in, everybody sees who it is not, and nobody is shown another", async () => {
  const [ann, ben] = await scene.people("ann", "ben");
  await callAll(ann, ben);
  const gus = await visitor();
  const { code, done, steps } = await inviteGuest(ben);
  const entering = gus.terminal.guests.enter({ code, name: "Gus" });
  const guestId = (await done) as UserId;
  assert.deepEqual(steps, ["code", "entered", "named", "touch", "vouched"]);
  const { call } = await ann.until((state) => state.call?.guestsWaiting !== undefined, "a guest at the door");
  assert.deepEqual(call?.guestsWaiting, [{ userId: guestId, guest: { name: "Gus", invitedBy: ben.userId } }]);
  assert.deepEqual(guestsIn(ann.terminal.state), [], "nobody is in before the host lets them in");
  await assert.rejects(ben.terminal.guests.letIn(guestId), { code: "callList.notHost" });
  await ann.terminal.guests.letIn(guestId);
  await entering;
  await gus.until(isActive, "the guest in the call");
  await agree(ann, ben, { ...gus, userId: guestId });
  for (const each of [ann, ben, gus]) {
    const shown = participant(each.terminal.state, guestId);
    assert.deepEqual(shown.guest, { name: "Gus", invitedBy: ben.userId });
    assert.equal("displayName" in shown, false);
    assert.equal(shown.verification, undefined);
    assert.equal(shown.state, "joined");
    assert.ok(
      Math.abs((shown.joinedAtMs ?? 0) - Date.now()) < 600_000,
      "when they joined is known of guests, too",
    );
  }
  // Also who called them, whom they had met by the time that they were in.
  for (const { userId } of [ann, ben])
    assert.equal(participant(gus.terminal.state, userId).verification?.firstSeen, true, userId);

  // What a guest cannot do.
  await assert.rejects(gus.terminal.invite([ann.userId]), { code: "guest.notAllowed" });
  await assert.rejects(gus.terminal.call([ann.userId]));
  await assert.rejects(inviteGuest(gus), { code: "guest.notAllowed" });
  await assert.rejects(gus.terminal.remove([ben.userId]), { code: "guest.notAllowed" });
  assert.equal(gus.terminal.state.call?.mayRemove, undefined);

  // Put out they are, and do not come back: not even with what they signed.
  await ann.terminal.remove([guestId]);
  const out = await gus.until(({ call: now }) => now?.phase === "ended", "that the guest is out");
  assert.deepEqual(out.call?.end, { type: "removed", userId: ann.userId });
  await agree(ann, ben);
  await gus.until(({ session }) => session.status === "signedOut", "that the guest is nobody here");
  await ann.terminal.endForAll();
});

test("who was not wanted, or gave up at the door, comes in by another link, as another guest", async () => {
  const [cara, dan] = await scene.people("cara", "dan");
  await callAll(cara, dan);
  const gus = await visitor();
  const isOut = (): Promise<TerminalState> =>
    gus.until(({ session }) => session.status === "signedOut", "that the guest is nobody here");
  const atDoor = async (signal?: AbortSignal) => {
    const { code, done } = await inviteGuest(dan);
    const entering = gus.terminal.guests.enter({
      code,
      name: "Gus",
      ...(signal === undefined ? {} : { signal }),
    });
    // What becomes of it is asked later.
    entering.catch(() => undefined);
    return { entering, guestId: (await done) as UserId };
  };
  const first = await atDoor();
  await cara.until((state) => state.call?.guestsWaiting !== undefined, "a guest at the door");
  await cara.terminal.remove([first.guestId]);
  await assert.rejects(first.entering, { code: "guest.refused" });
  await isOut();
  const givingUp = new AbortController();
  const second = await atDoor(givingUp.signal);
  givingUp.abort();
  await assert.rejects(second.entering, { code: "device.cancelled" });
  await isOut();
  const third = await atDoor();
  assert.equal(new Set([first.guestId, second.guestId, third.guestId]).size, 3);
  await cara.until(
    ({ call }) => call?.guestsWaiting?.some(({ userId }) => userId === third.guestId) === true,
    "the guest at the door",
  );
  await cara.terminal.guests.letIn(third.guestId);
  await third.entering;
  await gus.until(isActive, "the guest in the call");
  await agree(cara, dan, { ...gus, userId: third.guestId });
  await cara.terminal.endForAll();
});
