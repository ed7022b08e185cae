/** What a terminal without a browser says: sealed or not at all, in order, and silence when muted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { FrameDecryptor, FrameEncryptor, importFrameEpoch } from "@signet/e2ee";
import { SignetError } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { frameSamples } from "../../src/node/audio.ts";
import type { AudioSource } from "../../src/node/audio.ts";
import { createMonoDecoder } from "../../src/node/opus.ts";
import { toneSource } from "../../src/node/tone.ts";
import { Voice } from "../../src/node/voice.ts";
import type { MicrophoneState } from "../../src/state.ts";
import { analyse } from "../support/sound.ts";

const secret = (ownLeaf: number) => ({
  epoch: 1n,
  senders: [0, 1].map((leaf) => ({ leaf, person: `person ${leaf}`, key: `key ${leaf}` })),
  ownLeaf,
  baseKey: new Uint8Array(16).fill(7),
});

async function encryptorWithKey(): Promise<FrameEncryptor> {
  const encryptor = new FrameEncryptor();
  encryptor.setEpoch(await importFrameEpoch(secret(0)));
  return encryptor;
}

async function speaker(
  context: TestContext,
  source: (() => AudioSource) | undefined,
  given?: FrameEncryptor,
  constantRate = false,
) {
  const encryptor = given ?? (await encryptorWithKey());
  const decryptor = new FrameDecryptor();
  decryptor.setEpoch(await importFrameEpoch(secret(1)));
  const sent: { payload: Bytes; level: number }[] = [];
  const said: Int16Array[] = [];
  const states: MicrophoneState[] = [];
  const failures: unknown[] = [];
  const voice = new Voice({
    source,
    encryptor,
    constantRate,
    onMicrophone: (state) => states.push(state),
    send: (payload, level) => sent.push({ payload, level }),
    onSaid: (frame) => said.push(frame),
    onFailure: (cause) => failures.push(cause),
  });
  context.after(() => {
    voice.close();
    decryptor.close();
  });
  voice.start();
  const until = async (test: () => boolean): Promise<void> => {
    while (!test()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { voice, decryptor, sent, said, states, failures, until };
}

test("every frame is sealed, in order, and opens to the voice", async (context) => {
  const { voice, decryptor, sent, said, until } = await speaker(context, () => toneSource(440));
  voice.begin();
  await until(() => sent.length >= 60);
  const stream = decryptor.stream();
  const decoder = await createMonoDecoder();
  const heard: Int16Array[] = [];
  for (const { payload } of sent.slice(0, 60)) {
    const opened = await stream.open(payload);
    assert.ok(opened.type === "opened", JSON.stringify(opened.type));
    assert.ok(!Buffer.from(payload).includes(Buffer.from(opened.data)), "the Opus stands in what is sent");
    heard.push(decoder.decode(opened.data));
  }
  decoder.free();
  assert.ok(analyse(heard, 440).tone > 0.1);
  assert.ok(
    sent.some(({ level }) => level >= 0x80 && level < 0x80 + 30),
    "loud",
  );
  assert.ok(analyse(said, 440).tone > 0.1, "what is recorded");
});

/** Half a second each of silence, humming and hissing, over and over. */
function soundsOf(): AudioSource {
  const hum = toneSource(110);
  let frames = 0;
  return {
    ...hum,
    read() {
      const kind = Math.floor(frames++ / 25) % 3;
      const humming = hum.read()!;
      if (kind === 0) return new Int16Array(humming.length);
      return kind === 1 ? humming : humming.map((_, i) => ((i * 7_919 + frames * 104_729) % 6_001) - 3_000);
    },
  };
}

test("sizes tell silence, humming and hissing apart; with a constant rate all are the same", async (context) => {
  for (const constantRate of [false, true]) {
    const { voice, decryptor, sent, until } = await speaker(context, soundsOf, undefined, constantRate);
    voice.begin();
    await until(() => sent.length >= 100);
    const stream = decryptor.stream();
    const sizes = new Set<number>();
    for (const { payload } of sent.slice(0, 100)) {
      const opened = await stream.open(payload);
      assert.ok(opened.type === "opened");
      sizes.add(opened.data.length);
    }
    voice.close();
    if (constantRate) assert.deepEqual([...sizes], [80]);
    else assert.ok(Math.max(...sizes) - Math.min(...sizes) > 30, [...sizes].join(" "));
  }
});

test("without a key nothing at all is sent", async (context) => {
  const { voice, sent, said, failures, until } = await speaker(
    context,
    () => toneSource(440),
    new FrameEncryptor(),
  );
  voice.begin();
  await until(() => said.length >= 20);
  assert.deepEqual(sent, []);
  assert.deepEqual(failures, []);
});

/** Stands in for WebCrypto that fails, which it cannot be made to. */
class BrokenEncryptor extends FrameEncryptor {
  override seal(): Promise<never> {
    return Promise.reject(new Error("out of memory"));
  }
}

test("what cannot be sealed is not sent, and that is said", async (context) => {
  const { sent, said, failures, until } = await speaker(
    context,
    () => toneSource(440),
    new BrokenEncryptor(),
  );
  await until(() => said.length >= 5 && failures.length >= 5);
  assert.deepEqual(sent, []);
});

test("before it begins, and while muted, silence is sent and a level of silence", async (context) => {
  let reads = 0;
  const tone = toneSource(440);
  const source = { ...tone, read: () => (reads++, tone.read()) };
  const { voice, sent, said, states, until } = await speaker(context, () => source);
  await until(() => sent.length >= 5);
  assert.equal(reads, 0, "not read before the call stands");
  assert.ok(sent.every(({ level }) => level === 127));
  voice.begin();
  await until(() => voice.level() > 0.05);
  voice.setMuted(true);
  await until(() => voice.level() === 0);
  const from = said.length;
  const readBefore = reads;
  await until(() => said.length >= from + 10);
  assert.ok(said.slice(from).every((frame) => frame.every((sample) => sample === 0)));
  assert.ok(reads >= readBefore + 9, "time goes on for the source");
  voice.setMuted(false);
  await until(() => voice.level() > 0.05);
  assert.deepEqual(states, [{ status: "on" }, { status: "muted" }, { status: "on" }]);
});

test("without a source, or one that cannot be opened or breaks, one listens only and is told why", async (context) => {
  const none = await speaker(context, undefined);
  assert.deepEqual(none.states, [{ status: "unavailable", code: "media.noMicrophone" }]);
  const denied = await speaker(context, () => {
    throw new SignetError("media.microphoneDenied");
  });
  assert.deepEqual(denied.states, [{ status: "unavailable", code: "media.microphoneDenied" }]);
  let pull: (error: Error) => void = () => undefined;
  let closed = 0;
  const breaking = await speaker(context, () => ({
    read: () => new Int16Array(frameSamples),
    ended: new Promise((_resolve, reject) => (pull = reject)),
    close: () => void closed++,
  }));
  await breaking.until(() => breaking.sent.length > 0);
  pull(new SignetError("media.noMicrophone"));
  await breaking.until(() => breaking.states.length === 2);
  assert.deepEqual(breaking.states[1], { status: "unavailable", code: "media.noMicrophone" });
  assert.equal(closed, 1);
  const before = breaking.sent.length;
  breaking.voice.open();
  await breaking.until(() => breaking.sent.length > before + 3);
  assert.deepEqual(breaking.states[2], { status: "on" }, "asked for again");
});

test("a source whose reading throws is lost, and the process goes on", async (context) => {
  const source = {
    read: (): Int16Array => {
      throw new SignetError("media.noFile");
    },
    ended: new Promise<void>(() => undefined),
    close: () => undefined,
  };
  const { voice, states, until } = await speaker(context, () => source);
  voice.begin();
  await until(() => states.length === 2);
  assert.deepEqual(states[1], { status: "unavailable", code: "media.noFile" });
});

test("a source that ends the call while it is read ends it without harm", async (context) => {
  let reads = 0;
  const source = {
    read: () => {
      reads++;
      one.voice.close();
      return undefined;
    },
    ended: new Promise<void>(() => undefined),
    close: () => undefined,
  };
  const one = await speaker(context, () => source);
  one.voice.begin();
  await one.until(() => reads > 0);
  // What a timer throws ends the process; another voice would not go on. It has time for more than one read.
  let others = 0;
  const other = await speaker(context, () => ({ ...source, read: () => void others++ }));
  other.voice.begin();
  await other.until(() => others >= 3);
  assert.equal(reads, 1);
  assert.deepEqual(one.failures, []);
});

test("a source that waits is not read while one is not heard, and goes on where it stopped; silence is sent meanwhile", async (context) => {
  for (const waits of [true, false]) {
    let reads = 0;
    const source: AudioSource = {
      waits,
      read: () => new Int16Array(frameSamples).fill(++reads),
      ended: new Promise(() => undefined),
      close: () => undefined,
    };
    const { voice, said, until } = await speaker(context, () => source);
    voice.begin();
    await until(() => reads >= 3);
    voice.pause();
    const [readThen, saidThen] = [reads, said.length];
    await until(() => said.length >= saidThen + 5);
    const meanwhile = said.slice(saidThen).map(([sample]) => sample);
    if (waits) assert.deepEqual(new Set(meanwhile), new Set([0]));
    else assert.deepEqual(meanwhile[0], readThen + 1, "time goes on for what cannot wait");
    voice.begin();
    await until(() => reads >= readThen + 8);
    const heard = said.map(([sample]) => sample).filter((sample) => sample !== 0);
    assert.deepEqual(
      heard,
      Array.from(heard, (_, at) => at + 1),
      "nothing is left out",
    );
  }
});

test("a source that has no more is followed by silence", async (context) => {
  const frame = Int16Array.from({ length: frameSamples }, () => 10_000);
  let left = 3;
  const source = {
    read: () => (left-- > 0 ? frame : undefined),
    ended: Promise.resolve(),
    close: () => undefined,
  };
  const { voice, said, until } = await speaker(context, () => source);
  voice.begin();
  await until(() => left < -5);
  assert.equal(said.filter((one) => one[0] === 10_000).length, 3);
});
