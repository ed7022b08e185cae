/** Whom the page asks for pictures of, how often, and what it forgets. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { signal } from "@preact/signals";
import { UserId } from "@signet/terminal";
import type { Terminal, TerminalState } from "@signet/terminal";

import { createPictures } from "../../src/model/pictures.ts";

const user = (name: string): UserId => UserId.parse(name);
const [ann, ben, cleo] = [user("ann"), user("ben"), user("cleo")];

function page() {
  const requests: (readonly UserId[])[] = [];
  const of = new Map([ann, ben].map((userId) => [userId, Uint8Array.of(1)]));
  let [hear, isLost]: [(userId: UserId) => void, boolean] = [() => {}, false];
  const pictures: Terminal["pictures"] = {
    choose: () => Promise.reject(new Error("not asked for")),
    remove: () => Promise.reject(new Error("not asked for")),
    of: (userIds) => {
      requests.push(userIds);
      if (isLost) return Promise.reject(new Error("lost"));
      return Promise.resolve(new Map([...of].filter(([userId]) => userIds.includes(userId))));
    },
    watch: (listener) => {
      hear = listener;
      return () => {};
    },
  };
  const begun: Pick<TerminalState, "connection" | "changedKeys" | "ringing"> = {
    connection: { status: "online" },
    ringing: [],
  };
  const state = signal(begun as TerminalState);
  const self = signal<UserId | undefined>(ann);
  const shown = createPictures({ pictures } as Terminal, state, self);
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 600; turn += 1) await Promise.resolve();
  };
  return {
    ...shown,
    of,
    self,
    requests,
    settled,
    hear: (userId: UserId) => hear(userId),
    set: (change: Partial<TerminalState>) => (state.value = { ...state.value, ...change }),
    lose: (now: boolean) => (isLost = now),
    has: (...userIds: UserId[]) => userIds.map((userId) => shown.pictureOf(userId) !== undefined),
  };
}

test("whoever comes into view is asked for together with the others, once, also over a reconnection", async () => {
  const { has, requests, set, settled, wantPicture } = page();
  await settled();
  assert.deepEqual(requests, [], "nobody is in view");
  for (const userId of [ann, ben, cleo, ben]) wantPicture(userId);
  await settled();
  assert.deepEqual(requests, [[ann, ben, cleo]]);
  assert.deepEqual(has(ann, ben, cleo), [true, true, false]);
  set({ connection: { status: "connecting" } });
  assert.deepEqual(has(ann, ben, cleo), [true, true, false]);
  set({ connection: { status: "online" } });
  for (const userId of [ann, ben, cleo]) wantPicture(userId);
  await settled();
  assert.equal(requests.length, 1);
});

test("who could not be asked for is asked for when the connection is back, and not before", async () => {
  const { has, lose, requests, set, settled, wantPicture } = page();
  lose(true);
  wantPicture(ben);
  await settled();
  assert.deepEqual([requests, has(ben)], [[[ben]], [false]]);
  set({ connection: { status: "connecting" } });
  wantPicture(cleo);
  await settled();
  assert.equal(requests.length, 1);
  lose(false);
  set({ connection: { status: "online" } });
  await settled();
  assert.deepEqual([requests.slice(1), has(ben)], [[[ben, cleo]], [true]]);
});

test("an hour later whoever comes into view is asked for again; within one there is an end to it", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000 });
  const { has, of, requests, settled, wantPicture } = page();
  for (const nowMs of [1_000, 3_601_000]) {
    t.mock.timers.setTime(nowMs);
    wantPicture(ann);
    await settled();
  }
  assert.deepEqual(requests.splice(0), [[ann], [ann]]);
  const many = Array.from({ length: 300 }, (_, place) => user(`user${place}`));
  for (const userId of [ben, ...many]) wantPicture(userId);
  await settled();
  assert.ok(requests.every((userIds) => userIds.length <= 16));
  assert.equal(requests.flat().length, 255);
  t.mock.timers.setTime(7_201_001);
  of.delete(ben);
  const before = requests.length;
  wantPicture(many[299]!);
  await settled();
  assert.deepEqual(requests.slice(before), [[many[299]]], "others make room");
  wantPicture(ben);
  await settled();
  assert.deepEqual([requests.slice(before + 1), has(ben)], [[[ben]], [false]]);
});

test("what was known is forgotten with a history that goes on, a key that changes, and whoever signs out", async () => {
  const { has, hear, of, requests, self, set, settled, wantPicture } = page();
  wantPicture(ben);
  await settled();
  of.delete(ben);
  hear(ben);
  hear(cleo);
  assert.deepEqual(has(ben), [false], "at once");
  await settled();
  assert.deepEqual([requests, has(ben)], [[[ben], [ben]], [false]], "nobody who was never in view");
  of.set(ben, Uint8Array.of(2));
  hear(ben);
  hear(ben);
  await settled();
  assert.deepEqual(has(ben), [true]);
  const shown = requests.length;
  of.delete(ben);
  const changedKeys = [{ userId: ben }] as unknown as NonNullable<TerminalState["changedKeys"]>;
  set({ changedKeys });
  await settled();
  set({ changedKeys: [] });
  assert.deepEqual(has(ben), [false], "nor when the person trusts another key");
  await settled();
  assert.ok(requests.length > shown);
  of.set(ben, Uint8Array.of(3));
  hear(ben);
  await settled();
  assert.deepEqual(has(ben), [true]);
  self.value = undefined;
  assert.deepEqual(has(ben), [false]);
  const over = requests.length;
  self.value = cleo;
  await settled();
  assert.equal(requests.length, over);
});

test("what was asked for before something else became known is not shown", async () => {
  const { has, hear, lose, requests, settled, wantPicture } = page();
  wantPicture(ben);
  // Under way, and not answered.
  for (let turn = 0; turn < 9 && requests.length === 0; turn += 1) await Promise.resolve();
  assert.equal(requests.length, 1);
  lose(true);
  hear(ben);
  await settled();
  assert.deepEqual(has(ben), [false]);
});

test("what somebody chose since is there in the next call, and each call asks for them once", async () => {
  const { has, of, requests, set, settled, wantPicture } = page();
  of.delete(ben);
  wantPicture(ben);
  await settled();
  assert.deepEqual([requests.splice(0), has(ben)], [[[ben]], [false]]);
  of.set(ben, Uint8Array.of(1));
  const called = (callId: string, phase: "calling" | "active" | "ended", ...userIds: UserId[]) =>
    ({ callId, phase, participants: userIds.map((userId) => ({ userId })) }) as unknown as NonNullable<
      TerminalState["call"]
    >;
  set({ call: called("one", "calling", ben, cleo) });
  await settled();
  assert.deepEqual([requests.splice(0), has(ben)], [[[ben]], [true]], "nobody who was never in view");
  of.delete(ben);
  set({ call: called("one", "active", ben, cleo) });
  set({ call: called("one", "ended", ben, cleo) });
  await settled();
  assert.deepEqual([requests.splice(0), has(ben)], [[], [true]]);
  const ringing = [{ callId: "two", from: { userId: ben } }] as unknown as TerminalState["ringing"];
  set({ ringing });
  assert.deepEqual(has(ben), [true], "shown until there is an answer");
  await settled();
  assert.deepEqual([requests.splice(0), has(ben)], [[[ben]], [false]]);
  set({ ringing: [], call: called("two", "active", ben) });
  await settled();
  assert.deepEqual(requests, []);
});
