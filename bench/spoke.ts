/**
 * What the speaker's proof costs: bytes on the WebSocket and beside the sound, and computing of who speaks, who hears eight at once, and of the server between them, beside what sealing and
 * opening the same frames takes. No sockets; all the rest is what terminals and servers run.
 */
import {
  createLeafKey,
  FrameDecryptor,
  FrameEncryptor,
  importFrameEpoch,
  signWord,
  type FrameClock,
  type FrameEpochSecret,
  type SpokenWord,
} from "@signet/e2ee";
import { decodeRequest, encodeMessage, toBase64Url, type Bytes, type CallId } from "@signet/protocol";
import { frameMs } from "@signet/protocol/voice";

const voices = 8;
const seconds = 60;
const runs = 5;
/** Of a voice at 32 kbit/s. */
const frameBytes = 80;
/** Packets of sound that carry a word. */
const copies = 2;
const callId = new Uint8Array(16).fill(7);

/** Time that passes by being told. */
class ToldClock implements FrameClock {
  #nowMs = 0;
  #wakes: { readonly atMs: number; readonly wake: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, wake: () => void): () => void {
    const entry = { atMs: this.#nowMs + delayMs, wake };
    this.#wakes.push(entry);
    return () => (this.#wakes = this.#wakes.filter((one) => one !== entry));
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    const due = this.#wakes.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#wakes = this.#wakes.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { wake } of due) wake();
  }
}

interface Figures {
  /** Of one voice, a second. */
  readonly bytesPerSecond: number;
  /** More that the sound takes, of which it carries words. */
  readonly carriedBytesPerSecond: number;
  readonly wordsPerSecond: number;
  /** Processor time in a thousandth of a second for each second of one voice. */
  readonly sealMs: number;
  readonly sealProvenMs: number;
  readonly openMs: number;
  readonly openProvenMs: number;
  readonly serverMs: number;
}

async function cpuMs(task: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function measure(): Promise<Figures> {
  const keys = await Promise.all(Array.from({ length: voices + 1 }, createLeafKey));
  const senders = keys.map(({ publicKey }, leaf) => ({
    leaf,
    person: `person ${leaf}`,
    key: toBase64Url(publicKey),
    proves: true,
  }));
  const epochAt = (ownLeaf: number) => {
    const secret: FrameEpochSecret = {
      epoch: 1n,
      senders,
      ownLeaf,
      callId,
      baseKey: new Uint8Array(16).fill(3),
    };
    return importFrameEpoch(secret);
  };
  const frames = (seconds * 1000) / frameMs;
  const sealAll = async (isProven: boolean) => {
    const clock = new ToldClock();
    const words: { readonly atFrame: number; readonly word: Bytes }[] = [];
    const signing: Promise<void>[] = [];
    const sealed: Bytes[][] = [];
    let at = 0;
    const encryptors = await Promise.all(
      Array.from({ length: voices }, async (_, leaf) => {
        const onWord = (word: SpokenWord): void => {
          const atFrame = at;
          const key = keys[leaf];
          if (key === undefined) return;
          signing.push(
            signWord(key, callId, word).then((signed) => {
              words.push({ atFrame, word: signed });
              encryptor.carry({ word: signed, copies });
            }),
          );
        };
        const encryptor = new FrameEncryptor(0, isProven ? onWord : undefined, clock);
        encryptor.setEpoch(await epochAt(leaf));
        return encryptor;
      }),
    );
    const ms = await cpuMs(async () => {
      for (; at < frames; at++) {
        clock.pass(frameMs);
        const results = await Promise.all(encryptors.map((one) => one.seal(new Uint8Array(frameBytes))));
        sealed.push(results.flatMap((result) => (result.type === "sealed" ? [result.data] : [])));
      }
      for (const one of encryptors) one.stop();
      await Promise.all(signing);
    });
    return { ms, words, sealed };
  };
  const openAll = async ({ sealed, words }: Awaited<ReturnType<typeof sealAll>>, isProven: boolean) => {
    const clock = new ToldClock();
    let news = 0;
    const listener = { onNews: () => void news++, ask: () => undefined };
    const decryptor = new FrameDecryptor(clock, undefined, isProven ? listener : undefined);
    decryptor.setEpoch(await epochAt(voices));
    const slots = Array.from({ length: voices }, () => decryptor.stream());
    let opened = 0;
    let next = 0;
    const ms = await cpuMs(async () => {
      for (const [atFrame, round] of sealed.entries()) {
        clock.pass(frameMs);
        const results = await Promise.all(round.map(async (frame, n) => slots[n]?.open(frame)));
        opened += results.filter((result) => result?.type === "opened").length;
        for (; isProven && (words[next]?.atFrame ?? Infinity) <= atFrame; next++)
          decryptor.hearWord(words[next]?.word ?? new Uint8Array(0));
      }
    });
    decryptor.close();
    if (news > 0 || opened !== frames * voices) throw new Error(`${opened} opened, ${news} times accused`);
    return ms;
  };
  const plain = await sealAll(false);
  const proven = await sealAll(true);
  const openPlain = await openAll(plain, false);
  const openProven = await openAll(proven, true);
  const id = toBase64Url(callId) as CallId;
  const asked = proven.words.map(({ word }) =>
    encodeMessage({ id: 1, type: "call.spoke", body: { callId: id, word } }),
  );
  let bytes = 0;
  const server = await cpuMs(async () => {
    for (const text of asked) {
      const decoded = decodeRequest(text);
      if (!decoded.ok || decoded.request.type !== "call.spoke") throw new Error("not a word");
      bytes += encodeMessage({ type: "call.memberSpoke", body: decoded.request.body }).length;
    }
  });
  const soundBytes = ({ sealed }: { readonly sealed: readonly Bytes[][] }): number =>
    sealed.flat().reduce((sum, { length }) => sum + length, 0);
  const perVoiceSecond = (total: number): number => Math.round((total / voices / seconds) * 1000) / 1000;
  return {
    bytesPerSecond: Math.round(bytes / voices / seconds),
    carriedBytesPerSecond: Math.round((soundBytes(proven) - soundBytes(plain)) / voices / seconds),
    wordsPerSecond: perVoiceSecond(proven.words.length),
    sealMs: perVoiceSecond(plain.ms),
    sealProvenMs: perVoiceSecond(proven.ms),
    openMs: perVoiceSecond(openPlain),
    openProvenMs: perVoiceSecond(openProven),
    serverMs: perVoiceSecond(server),
  };
}

export async function run({ json }: { json: boolean }): Promise<object> {
  const all: Figures[] = [];
  for (let n = 0; n < runs; n++) all.push(await measure());
  const names = [
    "bytesPerSecond",
    "carriedBytesPerSecond",
    "wordsPerSecond",
    "sealMs",
    "sealProvenMs",
    "openMs",
    "openProvenMs",
    "serverMs",
  ] as const;
  const median = Object.fromEntries(
    names.map((name) => [name, all.map((one) => one[name]).toSorted((a, b) => a - b)[Math.floor(runs / 2)]]),
  );
  if (!json) {
    console.log(
      `${voices} voices, ${seconds} s, ${runs} runs; of one voice and second, median (least to most):`,
    );
    for (const name of names) {
      const values = all.map((one) => one[name]);
      console.log(`  ${name}: ${median[name]} (${Math.min(...values)} to ${Math.max(...values)})`);
    }
  }
  return { voices, seconds, runs, median, all };
}
