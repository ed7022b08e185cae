/** What the server forwards is not the audio; who leaves, or is removed, hears nothing more; who stays loses nothing. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { FrameDecryptor } from "@signet/e2ee";
import type { FrameEpoch, OpenResult } from "@signet/e2ee";
import type { Bytes } from "@signet/protocol";
import type { RunningServer } from "@signet/server";
import type { Browser } from "playwright-core";

import {
  answer,
  call,
  details,
  hearEachOther,
  hearsOnly,
  launchBrowser,
  leave,
  registerGuest,
  sees,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { instrumentClient, passedFrames } from "./support/instrumented-client.ts";
import type { PassedFrame } from "./support/instrumented-client.ts";
import { startTestServer } from "./support/server.ts";
import { Tap } from "./support/tap.ts";
import { eventually } from "./support/wait.ts";

const client = instrumentClient();
let server: RunningServer;
let browser: Browser;
let alice: Guest;
let bobby: Guest;
/** Stays, and keeps what the server forwards. */
let carol: Headless;
const carolsTap = new Tap();
/** Leaves. */
let david: Headless;
const davidsTap = new Tap();

const voices = [440, 660];

before(async () => {
  server = await startTestServer({ webRoot: client.webRoot });
  browser = await launchBrowser();
  alice = await registerGuest(server.origin, "alice", { hertz: 440, browser });
  bobby = await registerGuest(server.origin, "bobby", { hertz: 660, browser });
  carol = await registerHeadless(server.origin, "carol", { environment: { media: carolsTap.media } });
  david = await registerHeadless(server.origin, "david", { environment: { media: davidsTap.media } });
  await call(alice, ["bobby", "carol", "david"]);
  await Promise.all([answer(bobby), ...[carol, david].map(answerHeadless)]);
  for (const userId of ["bobby", "carol", "david"]) await sees(alice, userId, "in the call");
  await hearEachOther([alice, bobby], voices);
});
after(async () => {
  carol.terminal.close();
  david.terminal.close();
  await browser.close();
  await server.close();
  client.remove();
});

async function answerHeadless(headless: Headless): Promise<void> {
  const { ringing } = await headless.until((state) => state.ringing.length > 0, "ringing");
  await headless.terminal.answer(ringing[0]!.callId);
}

/** Opens frames as a terminal that was in these epochs would. */
async function open(frames: readonly Bytes[], epochs: readonly FrameEpoch[]): Promise<OpenResult[]> {
  const results: OpenResult[] = [];
  // One epoch after the other, each with all its time, so that none is forgotten or waited for.
  for (const frame of frames) {
    let result: OpenResult = { type: "dropped", reason: "expiredEpoch" };
    for (const epoch of epochs) {
      const decryptor = new FrameDecryptor();
      decryptor.setEpoch(epoch);
      const pending = decryptor.stream().open(frame);
      decryptor.close();
      result = await pending;
      if (result.type === "opened") break;
    }
    results.push(result);
  }
  return results;
}

/** Of the frames of this epoch, as the server forwards them. @param former keys of somebody who has gone */
async function assertNothingOpensWith(former: readonly FrameEpoch[]): Promise<void> {
  const first = carolsTap.payloads.length;
  await eventually("two seconds of packets of both", () => carolsTap.payloads.length >= first + 200);
  const forwarded = carolsTap.payloads.slice(first);
  const current = carolsTap.epochs.at(-1)!;
  const newFrames: Bytes[] = [];
  for (const frame of forwarded)
    if (opened(await open([frame], [current])).length === 1) newFrames.push(frame);
  assert.ok(
    newFrames.length >= 100,
    `${newFrames.length} of ${forwarded.length} frames are of the new epoch`,
  );
  assert.equal(opened(await open(newFrames, former)).length, 0);
  // Not even when these keys are tried as if they were those of the new epoch.
  const tried = former.map(({ ownLeaf, baseKey }) => ({ ...current, ownLeaf, baseKey }));
  assert.equal(opened(await open(newFrames, tried)).length, 0);
}

const opened = (results: readonly OpenResult[]) => results.filter((result) => result.type === "opened");
const dataOf = (
  frames: readonly PassedFrame[],
  side: PassedFrame["side"],
  stage: PassedFrame["stage"],
): string[] => frames.filter((frame) => frame.side === side && frame.stage === stage).map(({ data }) => data);
const toBase64 = (bytes: Bytes): string => Buffer.from(bytes).toString("base64");

test("what the server forwards is not what the encoder made, and opens only with the group's key", async () => {
  const first = carolsTap.payloads.length;
  await eventually("two seconds of packets of both", () => carolsTap.payloads.length >= first + 200);
  const forwarded = carolsTap.payloads.slice(first, first + 200);
  const encoded = new Set([
    ...dataOf(await passedFrames(alice), "send", "in"),
    ...dataOf(await passedFrames(bobby), "send", "in"),
  ]);
  const rawFrames = [...encoded]
    .map((frame) => Buffer.from(frame, "base64"))
    .filter((frame) => frame.length >= 16);
  for (const payload of forwarded) {
    assert.ok(!encoded.has(toBase64(payload)));
    assert.ok(
      !rawFrames.some((frame) => Buffer.from(payload).includes(frame)),
      "a forwarded packet holds an encoded frame",
    );
  }

  const withKey = opened(await open(forwarded, carolsTap.epochs));
  assert.equal(withKey.length, forwarded.length);
  for (const { data } of withKey)
    assert.ok(encoded.has(toBase64(data)), "what opens is a frame of an encoder");

  const current = carolsTap.epochs.at(-1)!;
  const otherKey = await crypto.subtle.importKey(
    "raw",
    crypto.getRandomValues(new Uint8Array(16)),
    "HKDF",
    false,
    ["deriveBits", "deriveKey"],
  );
  assert.deepEqual(
    new Set(
      (await open(forwarded, [{ ...current, baseKey: otherKey }])).map(
        (result) => result.type === "dropped" && result.reason,
      ),
    ),
    new Set(["forged"]),
  );
});

test("somebody leaves: a new epoch for the others, keys that open nothing any more, and no frame lost", async () => {
  const before = await details(alice);
  await eventually(
    "the same epoch at bobby before",
    async () => (await details(bobby)).safetyCode === before.safetyCode,
  );
  const sentBefore = {
    alice: sent(await passedFrames(alice)).length,
    bobby: sent(await passedFrames(bobby)).length,
  };
  await david.terminal.leave();
  await sees(alice, "david", "left");
  await sees(bobby, "david", "left");
  const afterwards = await eventually("a new epoch at alice", async () =>
    changed(before, await details(alice)),
  );
  await eventually(
    "the same epoch at bobby",
    async () => (await details(bobby)).safetyCode === afterwards.safetyCode,
  );
  await carol.until((state) => state.call?.epoch === afterwards.epoch, "the same epoch at carol");
  assert.ok(afterwards.epoch > before.epoch);
  await eventually("carol's frame keys", () => carolsTap.epochs.at(-1)?.epoch === BigInt(afterwards.epoch));

  await assertNothingOpensWith(davidsTap.epochs);

  // Every frame that an encoder made around the change came out at the other's decoder.
  const window = {
    alice: sent(await passedFrames(alice)).slice(sentBefore.alice),
    bobby: sent(await passedFrames(bobby)).slice(sentBefore.bobby),
  };
  assert.ok(window.alice.length > 50 && window.bobby.length > 50);
  await eventually(
    "all frames of alice at bobby",
    async () => missing(window.alice, await passedFrames(bobby)) === 0,
  );
  await eventually(
    "all frames of bobby at alice",
    async () => missing(window.bobby, await passedFrames(alice)) === 0,
  );
});

test("somebody is brought in, hears and is heard; removed, they hear nothing and no key of theirs opens anything, until they are invited again", async () => {
  const erin = await registerGuest(server.origin, "erin", { hertz: 880, browser });
  const add = async (by: Guest): Promise<void> => {
    await by.page.getByRole("button", { name: "Add people" }).click();
    await by.page.getByRole("textbox", { name: "Add user IDs" }).fill("erin");
    await by.page.getByRole("button", { name: "Add", exact: true }).click();
  };
  const all = [...voices, 880];
  await add(bobby);
  await erin.page
    .getByRole("dialog", { name: "Incoming call" })
    .getByText("They add you to a call that ALICE started.")
    .waitFor();
  await answer(erin);
  await sees(alice, "erin", "added by BOBBY");
  await hearEachOther([alice, bobby, erin], all);
  // Carol has the keys of every epoch that erin is in.
  const { epoch } = await details(alice);
  await eventually("carol's frame keys", () => carolsTap.epochs.at(-1)?.epoch === BigInt(epoch));
  const former = [...carolsTap.epochs];

  await alice.page.getByRole("button", { name: "More about ERIN" }).click();
  await alice.page.getByRole("button", { name: "Remove from call" }).click();
  await alice.page
    .getByRole("dialog", { name: "Remove ERIN from the call?" })
    .getByRole("button", { name: "Remove", exact: true })
    .click();
  const summary = erin.page.getByRole("region", { name: "Summary" });
  await summary.getByText(/^ALICE removed you from the call at .+ Their terminal signed that\.$/).waitFor();
  const buttons = await summary.getByRole("button").allInnerTexts();
  // They can be kept in her list of people; there is no way back of her own.
  assert.deepEqual(
    buttons.filter((label) => !label.startsWith("Add ")),
    ["Done", "Save the record"],
  );
  await sees(bobby, "erin", "removed from the call");
  await carol.until((state) => (state.call?.epoch ?? 0) > epoch, "the next epoch at carol");
  await eventually("carol's frame keys", () => carolsTap.epochs.length > former.length);
  await hearsOnly(erin, all, []);
  await Promise.all([hearsOnly(alice, all, [660]), hearsOnly(bobby, all, [440])]);
  await assertNothingOpensWith(former);

  await add(alice);
  await answer(erin);
  await hearEachOther([alice, bobby, erin], all);
  assert.deepEqual(erin.consoleErrors, []);
});

test("who leaves in a browser is told so, and the last one out ends the call", async () => {
  await leave(bobby);
  await bobby.page.getByRole("region", { name: "Summary" }).getByText("You left.").waitFor();
  await sees(alice, "bobby", "left");
  for (const guest of [alice, bobby]) assert.deepEqual(guest.consoleErrors, []);
});

const sent = (frames: readonly PassedFrame[]): string[] => dataOf(frames, "send", "in");

function missing(expected: readonly string[], atReceiver: readonly PassedFrame[]): number {
  const arrived = new Map<string, number>();
  for (const data of dataOf(atReceiver, "receive", "out")) arrived.set(data, (arrived.get(data) ?? 0) + 1);
  let count = 0;
  for (const data of expected) {
    const left = arrived.get(data) ?? 0;
    if (left === 0) count++;
    else arrived.set(data, left - 1);
  }
  return count;
}

function changed<T extends { readonly safetyCode: string }>(from: T, to: T): T | undefined {
  return from.safetyCode === to.safetyCode ? undefined : to;
}
