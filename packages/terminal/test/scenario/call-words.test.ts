/** The words of a call at one terminal: with real keys, over a server that answers when the test lets it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createLeafKey, exportWordEpoch, noWordSeen, WordSealer } from "@signet/e2ee";
import type { CallGroup } from "@signet/e2ee";
import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";
import { utf8 } from "@signet/protocol";
import type { Bytes, CallId, SaidWord, UserId } from "@signet/protocol";

import { CallWords } from "../../src/call/call-words.ts";
import type { CallWordsOptions, HeardWord } from "../../src/call/call-words.ts";
import type { Entrance } from "../../src/call/resolutions/newcomers.ts";

const callId = "AAAAAAAAAAAAAAAAAAAAAA" as CallId;

interface Asked {
  readonly type: string;
  readonly answer: (answer: unknown) => void;
}

/** Ann's words; ben is in the group as well. */
async function words() {
  const [annKey, benKey] = await Promise.all([createLeafKey(), createLeafKey()]);
  const leaves = [
    { leaf: 0, userId: "ann", leafPublicKey: annKey.publicKey },
    { leaf: 1, userId: "ben", leafPublicKey: benKey.publicKey },
  ];
  /** @param exported when its secret is there */
  const group = (epoch: number, ownLeaf: number, exported: Promise<unknown> = Promise.resolve()) =>
    ({
      epoch,
      ownLeaf,
      members: () => leaves,
      exportSecret: async () => {
        await exported;
        return new Uint8Array(32).fill(epoch);
      },
    }) as unknown as CallGroup;
  const asked: Asked[] = [];
  const heard: HeardWord[] = [];
  const entrances: Entrance[] = [];
  const troubles: string[] = [];
  let onWord = (_word: HeardWord): void => undefined;
  const call = new CallWords({
    session: {
      server: { features: ["words"] },
      link: {
        ask: (type: string, _body: unknown, answer: Asked["answer"]) => void asked.push({ type, answer }),
      },
    } as unknown as CallWordsOptions["session"],
    environment: { after: new VirtualTime().after },
    callId,
    leafKey: annKey,
    begins: false,
    onEntered: (entrance) => void entrances.push(entrance),
    onWord: async (word) => {
      heard.push(word);
      onWord(word);
    },
    onTrouble: ({ code }) => void troubles.push(code),
    onUnread: () => undefined,
  });
  const sealer = new WordSealer(benKey);
  const byBen = async (epoch: number, counter: number): Promise<Bytes> =>
    sealer.seal(await exportWordEpoch(group(epoch, 1), callId), counter, {
      kind: "some.kind",
      contents: utf8("hello"),
      seen: noWordSeen,
    });
  return {
    call,
    group: (epoch: number, exported?: Promise<unknown>) => group(epoch, 0, exported),
    asked,
    heard,
    entrances,
    troubles,
    byBen,
    whenHeard: (run: () => void) => (onWord = run),
  };
}

const ticks = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await Promise.resolve();
};

/** Keys are made beside the order of the test. */
async function soon(isSo: () => boolean, what: string): Promise<void> {
  for (let round = 0; !isSo(); round++) {
    assert.ok(round < 2_000, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const nothingSaid = { ok: true, body: { last: 0, said: [], unread: [] } };

test("what comes at whatever moment while another word is read is read as well", async () => {
  for (let moment = 0; moment < 12; moment++) {
    const { asked, byBen, call, group, heard, whenHeard } = await words();
    await call.entered(group(1));
    asked.shift()?.answer(nothingSaid);
    const sealed = [await byBen(1, 0), await byBen(1, 1)];
    const said = sealed.map((one, i): SaidWord => ({ number: i + 1, sealed: one }));
    whenHeard(() => {
      whenHeard(() => undefined);
      void ticks(moment).then(() => call.heard(said[1]!));
    });
    call.heard(said[0]!);
    await soon(() => heard.length === 2, `the second word, ${moment} steps after the first`);
  }
});

test("where the server does not say what was said before, what waits is said all the same", async () => {
  const { asked, call, group } = await words();
  await call.entered(group(1));
  void call.say("some.kind", utf8("hello"));
  assert.deepEqual(
    asked.map(({ type }) => type),
    ["call.saidSince"],
  );
  asked[0]!.answer({ ok: false, code: "protocol.askedTooMuch" });
  await soon(() => asked.some(({ type }) => type === "call.say"), "the word");
});

test("epochs are entered in the order in which they came, whichever has its keys first", async () => {
  const { call, entrances, group } = await words();
  const first = Promise.withResolvers<void>();
  const both = [call.entered(group(1, first.promise)), call.entered(group(2))];
  await ticks(100);
  await new Promise((resolve) => setTimeout(resolve, 5));
  first.resolve();
  await Promise.all(both);
  assert.deepEqual(
    entrances.map(({ entered, epoch }) => [epoch, ...entered]),
    [[1, "ann"], [2]],
  );
  assert.equal(call.epoch, 2);
});

test("who was in an epoch is known for longer than its words are opened", async () => {
  const { call, group } = await words();
  for (let epoch = 1; epoch <= 40; epoch++) await call.entered(group(epoch));
  assert.deepEqual(call.membersOf(1), ["ann", "ben"]);
  assert.equal(call.membersOf(41), undefined);
  await call.entered(group(38));
  assert.deepEqual(
    [call.membersOf(38), call.membersOf(39), call.membersOf(40)],
    [["ann", "ben"], undefined, undefined],
  );
});

test("a failure to get the keys of one epoch is told once it is its turn, and the next one is entered", async () => {
  const { call, entrances, group } = await words();
  const first = Promise.withResolvers<void>();
  const entered = call.entered(group(1, first.promise));
  const failed = call.entered(group(2, Promise.reject(new Error("closed"))));
  const next = call.entered(group(3));
  await new Promise((resolve) => setTimeout(resolve, 5));
  first.resolve();
  await assert.rejects(failed, /closed/);
  await Promise.all([entered, next]);
  assert.deepEqual(
    entrances.map(({ epoch }) => epoch),
    [1, 3],
  );
});

test("who was away for some epochs misses nothing that was for them, and what they cannot open of these is told as nothing", async () => {
  const { asked, byBen, call, group, heard, troubles } = await words();
  await call.entered(group(1));
  asked.shift()?.answer(nothingSaid);
  call.heard({ number: 1, sealed: await byBen(1, 0) });
  const whileAway = await byBen(2, 1);
  await call.entered(group(4), "ann" as UserId);
  call.heard({ number: 2, sealed: whileAway });
  call.heard({ number: 3, sealed: await byBen(4, 2) });
  await soon(() => heard.length === 2, "what is for them");
  assert.deepEqual(troubles, []);
  // From here on all of it is.
  call.heard({ number: 4, sealed: await byBen(4, 4) });
  await soon(() => heard.length === 3, "the next");
  assert.deepEqual(troubles, ["word.gap"]);
});
