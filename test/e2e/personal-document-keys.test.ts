/** Whose key the personal document has: after a device was revoked another one, for those that remain. And with whom one compared, at all terminals that have it. */
// First: it counts what the others do.
import { done, letIn, personal, virtualDesks } from "./support/virtual-desk.ts";

import assert from "node:assert/strict";
import { test } from "node:test";

import { sealedHead, wrappedFor } from "@signet/e2ee";
import { decodeRequest, toBase64Url, UserId } from "@signet/protocol";
import type { DeviceId, RequestBody } from "@signet/protocol";

import { serverOrigin } from "./support/virtual-server.ts";
import type { VirtualTerminal } from "./support/virtual-terminal.ts";

const atDesks = virtualDesks();
const bob = UserId.parse("bob");
const carried = { status: "carried" };
const owner = { serverOrigin, userId: UserId.parse("ada") };
const noted = (terminal: VirtualTerminal) => personal(terminal).people.map(({ note = "" }) => note);

/** What it puts from now on. */
function puts({ way }: VirtualTerminal): readonly RequestBody<"document.put">[] {
  const heard: RequestBody<"document.put">[] = [];
  way.overhear = (text) => {
    const decoded = decodeRequest(text);
    if (decoded.ok && decoded.request.type === "document.put") heard.push(decoded.request.body);
  };
  return heard;
}

const keyIdIn = (put: RequestBody<"document.put"> | undefined): string =>
  put === undefined ? "none" : toBase64Url(sealedHead(put.sealed).keyId);
const holdersIn = (put: RequestBody<"document.put"> | undefined): number => put?.wrappedKeys.length ?? 0;
const deviceIdOf = ({ terminal }: VirtualTerminal): DeviceId => {
  const { session } = terminal.state;
  assert.ok(session.status === "signedIn");
  return session.device.deviceId;
};

test("after a device is revoked there is a new key, wrapped for the terminals that remain and not for the one of that device", async () => {
  await atDesks(async ({ world, desk, phone, another }) => {
    const put = puts(desk);
    await done(world, desk.terminal.personal.putPerson(bob, { note: "one" }));
    await world.runFor(2_000);
    await letIn(world, desk, phone);
    assert.equal(personal(desk).phrase, "none");
    await done(world, phone.terminal.personal.makePhrase());
    await world.runFor(2_000);
    assert.equal(personal(desk).phrase, "kept");
    await done(world, phone.terminal.addDevice({ name: "spare" }));
    const spare = await another("spare");
    await world.runFor(1_000);
    await done(world, spare.terminal.signIn({ userId: spare.userId }));
    await letIn(world, desk, spare);
    await world.runFor(5_000);
    const before = put.at(-1);
    assert.equal(holdersIn(before), 4);
    const phones = before?.wrappedKeys
      .map((wrapped) => wrappedFor(owner, wrapped))
      .map((holder) => (holder.kind === "terminal" ? toBase64Url(holder.publicKey) : holder.kind));
    await done(world, desk.terminal.revokeDevice(deviceIdOf(phone), "lost"));
    // All that are there notice; one is first, and the other takes that key up.
    await world.runFor(10_000);
    assert.equal(phone.terminal.state.session.status, "signedOut");
    const after = put.at(-1);
    assert.deepEqual([personal(desk).carrying, personal(spare).carrying], [carried, carried]);
    await done(world, spare.terminal.personal.putPerson(bob, { note: "two" }));
    await world.runFor(3_000);
    assert.deepEqual(noted(desk), ["two"]);
    await done(world, desk.terminal.personal.putPerson(bob, { note: "three" }));
    await world.runFor(3_000);
    assert.deepEqual(noted(spare), ["three"]);
    const last = put.at(-1);
    assert.notEqual(keyIdIn(last), keyIdIn(before));
    assert.equal(holdersIn(last), 2);
    assert.ok(after);
    const left = last?.wrappedKeys
      .map((wrapped) => wrappedFor(owner, wrapped))
      .map((holder) => (holder.kind === "terminal" ? toBase64Url(holder.publicKey) : holder.kind));
    assert.equal(
      left?.every((name) => phones?.includes(name)),
      true,
    );
    // Nothing of the old key comes again.
    const keys = put.slice(put.indexOf(before!) + 1).map(keyIdIn);
    assert.equal(keys.lastIndexOf(keyIdIn(before)) <= keys.indexOf(keyIdIn(last)), true);
    // The telephone vouched for the phrase: with it that went, and the person is told so until there is another one.
    assert.deepEqual([personal(desk).phrase, personal(spare).phrase], ["gone", "gone"]);
    await done(world, desk.terminal.personal.makePhrase());
    await world.runFor(2_000);
    assert.deepEqual([personal(desk).phrase, personal(spare).phrase], ["kept", "kept"]);
  });
});

test("where no device that had the key is left, the phrase opens it under a new key; without it the person begins anew", async () => {
  await atDesks(async ({ world, desk, phone, another }) => {
    const before = puts(desk);
    await done(world, desk.terminal.personal.putPerson(bob, { note: "one" }));
    const phrase = await done(world, desk.terminal.personal.makePhrase());
    // As a recovery does with all of them.
    await done(world, phone.terminal.revokeDevice(deviceIdOf(desk), "stolen"));
    await world.runFor(3_000);
    assert.deepEqual(personal(phone).carrying, { status: "keptHere", code: "document.otherKey" });
    await done(world, phone.terminal.personal.putPerson(UserId.parse("carol"), { note: "since" }));
    const put = puts(phone);
    await done(world, phone.terminal.personal.enterPhrase(phrase));
    assert.deepEqual(noted(phone), ["one", "since"]);
    assert.notEqual(keyIdIn(put.at(-1)), keyIdIn(before.at(-1)));
    // This terminal, and the phrase, which the person has typed here: the terminal of the device that is gone is not among them.
    const kinds = put.at(-1)?.wrappedKeys.map((wrapped) => wrappedFor(owner, wrapped).kind);
    assert.deepEqual(kinds?.toSorted(), ["phrase", "terminal"]);

    await done(world, phone.terminal.release());
    const fresh = await another("phone");
    await world.runFor(1_000);
    await done(world, fresh.terminal.signIn({ userId: fresh.userId }));
    await world.runFor(1_000);
    assert.deepEqual(personal(fresh).carrying, { status: "keptHere", code: "document.otherKey" });
    await done(world, fresh.terminal.personal.putPerson(bob, { note: "anew" }));
    await done(world, fresh.terminal.personal.putOver());
    assert.deepEqual([noted(fresh), personal(fresh).carrying], [["anew"], carried]);
    await done(world, phone.terminal.signIn({ userId: phone.userId }));
    await world.runFor(2_000);
    // What it had is not lost, and does not go over what the person decided: it is let in, or not.
    assert.deepEqual(personal(phone).carrying, { status: "keptHere", code: "document.otherKey" });
    assert.deepEqual(noted(phone), ["one", "since"]);
  });
});

test("a terminal is let in by nobody who does not want it, and not to another person's", async () => {
  await atDesks(async ({ world, desk, phone, other }) => {
    await done(world, desk.terminal.personal.putPerson(bob, { note: "one" }));
    await world.runFor(2_000);
    const zoe = await other("zoe");
    for (const [asks, wants, code] of [
      [phone, false, "pairing.refused"],
      [zoe, true, "document.otherUser"],
    ] as const) {
      let onCode: (code: string) => void = () => undefined;
      const shown = new Promise<string>((resolve) => (onCode = resolve));
      const given = desk.terminal.personal.letIn({ onCode, approve: () => Promise.resolve(wants) });
      const asked = shown.then((typed) => asks.terminal.personal.askIn({ code: typed }));
      const [gave, got] = await done(world, Promise.allSettled([given, asked]));
      assert.equal(gave.status, "rejected");
      assert.equal(got.status === "rejected" && (got.reason as { code?: string }).code, code);
    }
    assert.deepEqual(personal(phone).carrying, { status: "keptHere", code: "document.otherKey" });
    assert.deepEqual(noted(zoe), []);
  });
});

test("two who compare see the same code, and what one marked holds at all of their terminals; what the other's own device signs keeps it", async () => {
  await atDesks(async ({ world, desk, phone, other }) => {
    const ben = await other("ben");
    const [here, there] = await done(
      world,
      Promise.all([
        desk.terminal.personal.compareWith(ben.userId),
        ben.terminal.personal.compareWith(desk.userId),
      ]),
    );
    assert.equal(here.code, there.code);
    assert.match(here.url, /#compare=[0-9A-Z]{32}\.ada$/);
    assert.match(there.url, /\.ben$/);
    for (const [userId, code] of [
      [desk.userId, "call.self"],
      [UserId.parse("nobody"), "user.unknown"],
    ] as const)
      await assert.rejects(done(world, desk.terminal.personal.compareWith(userId)), { code });
    await done(world, desk.terminal.personal.comparedSame(here));
    await letIn(world, desk, phone);
    await world.runFor(3_000);
    const status = (of: VirtualTerminal) =>
      personal(of).comparisons?.map(({ status, userId }) => `${userId} ${status}`);
    assert.deepEqual([status(desk), status(phone)], [["ben holds"], ["ben holds"]]);
    await done(world, ben.terminal.rename("Ben"));
    const after = await done(world, phone.terminal.personal.compareWith(ben.userId));
    assert.notEqual(after.code, here.code);
    assert.deepEqual(status(phone), ["ben holds"]);
    await done(world, phone.terminal.personal.forgetComparison(ben.userId));
    await world.runFor(3_000);
    assert.deepEqual([status(desk), status(phone)], [[], []]);
    for (const { terminal } of [desk, phone]) assert.deepEqual(terminal.state.warnings, []);
  });
});

test("whoever chose who may see them is seen by those alone, whichever of their terminals tells the server; a change of the list counts at once", async () => {
  await atDesks(async ({ world, desk, phone, other }) => {
    const ben = await other("ben");
    let seen: string | undefined;
    ben.terminal.watchPresence([desk.userId], (now) => (seen = now.get(desk.userId)));
    await world.runFor(1_000);
    assert.equal(seen, "reachable");
    await letIn(world, desk, phone);
    await done(world, phone.terminal.personal.changeSettings({ presenceFor: "people" }));
    await world.runFor(3_000);
    assert.equal(seen, "away");
    await done(world, desk.terminal.personal.putPerson(ben.userId));
    await done(world, desk.terminal.personal.changeSettings({ doNotDisturb: true }));
    await world.runFor(3_000);
    assert.equal(seen, "doNotDisturb");
    await done(world, phone.terminal.personal.removePerson(ben.userId));
    await world.runFor(3_000);
    assert.equal(seen, "away");
    assert.deepEqual([personal(desk).presenceUntold, desk.terminal.state.warnings], [undefined, []]);
  });
});
