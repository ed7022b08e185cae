/** The link for a guest at the inviter: to which call it belongs, and what is said when it is over. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { signal } from "@preact/signals";
import { CallId, SignetError, UserId } from "@signet/terminal";
import type { Terminal, TerminalState } from "@signet/terminal";

import { createGuestLink } from "../../src/model/guest-link.ts";
import { scenes } from "../support/harness/scenes.ts";

type InviteInput = Parameters<Terminal["guests"]["invite"]>[0];

const nowMs = Date.UTC(2026, 10, 30, 9, 41);
const guestId = UserId.parse("gus");
const code = { type: "code", url: "https://x.example/guest#a", code: "b", expiresAtMs: nowMs } as const;

function inviter() {
  const begun = scenes.active(nowMs);
  const { call } = begun;
  const state = signal<TerminalState>(begun);
  const announcement = signal("");
  const invites: { input: InviteInput; end: (how: SignetError | undefined) => void }[] = [];
  const guests = {
    invite: (input: InviteInput) =>
      new Promise<UserId>((resolve, reject) => {
        invites.push({ input, end: (how) => (how === undefined ? resolve(guestId) : reject(how)) });
        input.signal?.addEventListener("abort", () => reject(new SignetError("device.cancelled")));
      }),
    enter: () => Promise.reject(new Error("not asked for")),
    letIn: () => Promise.reject(new Error("not asked for")),
  };
  const link = createGuestLink({ guests }, state, announcement);
  return {
    ...link,
    announcement,
    inCall: (name: string) => {
      state.value = { ...begun, call: { ...call, callId: CallId.parse(name.padEnd(22, "A")) } };
    },
    /** The latest one. */
    invite: () => {
      const latest = invites.at(-1);
      assert.ok(latest !== undefined);
      return latest;
    },
    isOpen: () => link.guestLink.value !== undefined,
  };
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test("a link ends with its call, and what failed is not shown in the next one", async () => {
  const { guestLink, inCall, invite, isOpen, openGuestLink } = inviter();
  inCall("first");
  openGuestLink();
  invite().input.onStep?.(code);
  assert.deepEqual(guestLink.value, code);
  inCall("second");
  assert.equal(isOpen(), false);
  assert.equal(invite().input.signal?.aborted, true);
  openGuestLink();
  invite().end(new SignetError("pairing.expired"));
  await settled();
  assert.deepEqual(guestLink.value, { type: "failed", code: "pairing.expired" });
  inCall("third");
  assert.equal(isOpen(), false);
});

test("a link that was withdrawn says nothing more", () => {
  const { announcement, invite, isOpen, openGuestLink, withdrawGuestLink } = inviter();
  openGuestLink();
  withdrawGuestLink();
  assert.match(announcement.value, /withdrawn/);
  invite().input.onStep?.({ type: "entered" });
  assert.match(announcement.value, /withdrawn/);
  assert.equal(isOpen(), false);
});

test("what was said of a step is over with it", async () => {
  const { announcement, invite, openGuestLink } = inviter();
  openGuestLink();
  invite().input.onStep?.({ type: "entered" });
  assert.match(announcement.value, /Waiting for their name/);
  void invite().input.approve({ name: "Gus" });
  assert.equal(announcement.value, "");
  invite().end(new SignetError("pairing.ended"));
  await settled();
  openGuestLink();
  invite().input.onStep?.({ type: "entered" });
  invite().end(new SignetError("pairing.ended"));
  await settled();
  assert.equal(announcement.value, "");
  // What somebody else said meanwhile stays.
  openGuestLink();
  invite().input.onStep?.({ type: "entered" });
  announcement.value = "Bob joined";
  void invite().input.approve({ name: "Gus" });
  assert.equal(announcement.value, "Bob joined");
});

test("whoever does not vouch is told so at once, and never that the guest comes; a guest cannot say it for them", async () => {
  const { announcement, guestLink, invite, isOpen, openGuestLink } = inviter();
  openGuestLink();
  const answered = invite().input.approve({ name: "Gus" });
  assert.ok(guestLink.value?.type === "asked");
  guestLink.value.answer(false);
  assert.equal(await answered, false);
  assert.equal(isOpen(), false);
  assert.match(announcement.value, /did not vouch/);
  // The guest hears it as the one who refuses means it, and not that the link was withdrawn.
  assert.equal(invite().input.signal?.aborted, false);
  announcement.value = "";
  invite().end(new SignetError("pairing.refused"));
  await settled();
  assert.equal(isOpen(), false);

  openGuestLink();
  invite().end(new SignetError("pairing.refused"));
  await settled();
  assert.deepEqual(guestLink.value, { type: "failed", code: "pairing.refused" });
  assert.equal(announcement.value, "");
});
