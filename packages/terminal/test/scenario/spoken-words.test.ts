/** What this terminal signs of what it says, on its way to the others: signed for its call, in order, and again where a connection was lost with it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createLeafKey, type SpokenWord } from "@signet/e2ee";
import { ownFeatures, toBase64Url, type Bytes, type CallId, type ErrorCode } from "@signet/protocol";
import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";

import type { CallContext } from "../../src/call/call-entry.ts";
import { SpokenWords } from "../../src/call/spoken-words.ts";
import { askFor } from "../../src/media/speech-proofs.ts";

const callId = toBase64Url(new Uint8Array(16).fill(5)) as CallId;
const word = (first: bigint): SpokenWord => ({
  epoch: 1n,
  leaf: 2,
  context: 0,
  pauses: false,
  from: 0n,
  first,
  tags: [7n],
});

/** A server that answers as it is told, and a clock that stands. */
async function speaker(features: readonly string[] = ownFeatures) {
  const time = new VirtualTime();
  const sent: { readonly type: string; readonly word?: Bytes; readonly atMs: number }[] = [];
  const unanswered: (() => void)[] = [];
  const state = {
    refusal: undefined as ErrorCode | undefined,
    answers: true,
    answerAll: () => unanswered.splice(0).forEach((answer) => answer()),
  };
  const link = {
    ask: async (type: string, body: { readonly word?: Bytes }, act: (answer: object) => unknown) => {
      sent.push({ type, ...body, atMs: time.nowMs });
      if (!state.answers) await new Promise<void>((resolve) => unanswered.push(resolve));
      return act(state.refusal === undefined ? { ok: true, body: {} } : { ok: false, code: state.refusal });
    },
  };
  const context = {
    session: { server: { features }, link },
    environment: { monotonicMs: () => time.nowMs, after: time.after },
  } as unknown as CallContext;
  const proofs = new SpokenWords(context, callId, await createLeafKey()).forMedia(() => undefined);
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  /** Signatures are made elsewhere. */
  const sends = async (count: number): Promise<void> => {
    while (sent.length < count) await new Promise((resolve) => setImmediate(resolve));
    await settle();
  };
  return { time, sent, state, proofs, settle, sends };
}

test("words go in their order, each once where the server took it or refused it", async () => {
  const { time, sent, state, proofs, settle, sends } = await speaker();
  for (const first of [0n, 1n, 2n]) void proofs?.onWord(word(first));
  await sends(3);
  const firsts = () =>
    sent.map((one) => new DataView((one.word ?? new Uint8Array(28)).buffer).getBigUint64(20));
  assert.deepEqual(firsts(), [0n, 1n, 2n]);
  state.refusal = "call.notMember";
  void proofs?.onWord(word(3n));
  await sends(4);
  time.pass(20_000);
  await settle();
  assert.equal(sent.length, 4);
});

test("what was lost with a connection is said again on the next one, as long as the others remember what it is for", async () => {
  const { time, sent, state, proofs, settle, sends } = await speaker();
  state.refusal = "connection.lost";
  void proofs?.onWord(word(0n));
  await sends(1);
  for (let n = 0; n < 4; n++) {
    time.pass(500);
    await settle();
  }
  assert.equal(sent.length, 5);
  state.refusal = undefined;
  time.pass(500);
  await settle();
  assert.equal(sent.length, 6);
  time.pass(20_000);
  await settle();
  assert.equal(sent.length, 6);
  state.refusal = "connection.lost";
  void proofs?.onWord(word(1n));
  await sends(7);
  for (let n = 0; n < 60; n++) {
    time.pass(500);
    await settle();
  }
  assert.ok(sent.at(-1)!.atMs <= 33_000, "and no longer");
});

test("no more than two words wait for an answer, and those behind them go in their order as long as they are of use", async () => {
  const { time, sent, state, proofs, settle, sends } = await speaker();
  state.answers = false;
  for (const first of [0n, 1n, 2n, 3n]) void proofs?.onWord(word(first));
  await sends(2);
  await settle();
  assert.equal(sent.length, 2, "the way is narrow, and the sound carries them, too");
  state.answers = true;
  state.answerAll();
  await sends(4);
  state.answers = false;
  for (const first of [4n, 5n, 6n]) void proofs?.onWord(word(first));
  await sends(6);
  time.pass(11_000);
  state.answers = true;
  state.answerAll();
  await settle();
  assert.equal(sent.length, 6, "nobody remembers what they are for");
});

test("each word is given to the sound to carry: twice, and four times where the server is not reached", async () => {
  const { time, state, proofs, settle } = await speaker();
  const copies = async (first: bigint) => (await proofs?.onWord(word(first)))?.copies;
  assert.equal(await copies(0n), 2);
  state.refusal = "connection.lost";
  await copies(1n);
  await settle();
  assert.equal(await copies(2n), 4);
  state.refusal = undefined;
  time.pass(500);
  await settle();
  assert.equal(await copies(3n), 2);
});

test("whether all has come that the server said is known by its answer, and by nothing else", async () => {
  const { state, proofs, settle } = await speaker();
  assert.ok(proofs !== undefined);
  const told: string[] = [];
  const ask = askFor(proofs, () => ({
    answered: (number) => told.push(`answered ${number}`),
    signalling: (isConnected) => told.push(`signalling ${isConnected}`),
  }));
  for (const refusal of [
    undefined,
    "connection.lost",
    "connection.timeout",
    "protocol.badMessage",
  ] as const) {
    state.refusal = refusal;
    ask(told.length);
    await settle();
  }
  assert.deepEqual(told, ["answered 0", "signalling false"]);
});

test("where the server passes no words on none are made", async () => {
  const { proofs } = await speaker(ownFeatures.filter((feature) => feature !== "spoke"));
  assert.equal(proofs, undefined);
});
