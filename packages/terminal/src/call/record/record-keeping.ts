/**
 * How the record of a call comes by what its members sign of who was in the group: a terminal that keeps one asks, for an epoch that stood for a while, and each
 * member's terminal answers, for an epoch that it is in itself. What they sign is heard by all of them.
 *
 *   epoch n begins --- 2 s ---> record.keep(n), by each who keeps ---> record.epoch(n), once by each member
 *        `--- epoch n + 1 before that: n is not asked about
 */
import { clockToleranceMs, sha256 } from "@signet/device";
import type { CallGroup, GroupMember } from "@signet/e2ee";
import {
  decodeProof,
  decodeTranscript,
  equalBytes,
  hasFeature,
  isGuestId,
  SerialQueue,
  SignetError,
  toBase64Url,
} from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";
import { authenticatorHash, epochDigest } from "@signet/record";

import type { CallContext, Credentials } from "../call-entry.ts";
import type { CallWords, HeardWord } from "../call-words.ts";
import { signedWord } from "../signed-word.ts";
import type { WordTrouble } from "../word-trouble.ts";
import type { CallNotes, NotedEpoch } from "./call-notes.ts";
import type { CallRecordState } from "./record-api.ts";
import { decodeEpochWord, decodeKeep, encodeEpochWord, encodeKeep, recordWordKinds } from "./record-words.ts";

/** An epoch that ends sooner is not asked about (ms): while many come in there is one after the other. */
const standsMs = 2_000;
/** Between two epochs that are asked about, by whomever (ms). */
const everyMs = 10_000;
/** As long for each who answers, where that is longer (ms): the server keeps 256 words for who is away for a moment. */
const eachMs = 500;
/** That are shown of one call. */
const mostTroubles = 16;

export interface RecordKeepingOptions {
  readonly context: CallContext;
  readonly credentials: Pick<Credentials, "call" | "list">;
  readonly words: () => CallWords;
  readonly notes: CallNotes;
  readonly onChange: (record: CallRecordState) => void;
}

export class RecordKeeping {
  readonly #options: RecordKeepingOptions;
  readonly #selfId: UserId;
  /** Epochs and words in the order in which they come. */
  readonly #queue = new SerialQueue();
  #troubles: readonly WordTrouble[] = [];
  /** By the monotonic clock. */
  #latest: { readonly epoch: NotedEpoch; readonly sinceMs: number } | undefined;
  /** The latest epoch that anybody asked about, and when. */
  #asked: { readonly number: number; readonly atMs: number } | undefined;
  /** That this terminal asked about last. */
  #ownAsked: number | undefined;
  #cancel: (() => void) | undefined;
  /** There was something to be shown. */
  #isShown = false;
  #isOver = false;

  constructor(options: RecordKeepingOptions) {
    this.#options = options;
    this.#selfId = options.context.session.requirePerson().userId;
  }

  /** @throws SignetError `word.notOffered` */
  keep(on: boolean): void {
    const { context, notes } = this.#options;
    if (on && !hasFeature(context.session.server.features, "words")) throw new SignetError("word.notOffered");
    if (notes.isKeeping === on) return;
    notes.isKeeping = on;
    this.#changed();
    this.#askInTime();
  }

  /** The group is in a new epoch. What is told of it is read before anything is awaited. */
  entered(group: CallGroup): void {
    const { epoch: number, epochAuthenticator } = group;
    const members = group.members();
    const { held } = this.#options.credentials.list;
    const { monotonicMs } = this.#options.context.environment;
    const sinceMs = monotonicMs();
    void this.#queue.run(async () => {
      const epoch = await this.#headOf(number, members, held, epochAuthenticator);
      if (this.#isOver) return;
      this.#options.notes.entered(epoch, members);
      this.#latest = { epoch, sinceMs };
      this.#changed();
      this.#askInTime();
    });
  }

  /** Words of other kinds are somebody else's. */
  hear(word: HeardWord): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#isOver) return;
      if (word.kind === recordWordKinds.keep) this.#hearKeep(word);
      if (word.kind === recordWordKinds.epoch) await this.#hearEpoch(word);
    });
  }

  end(): void {
    this.#isOver = true;
    this.#cancel?.();
  }

  async #headOf(
    number: number,
    members: readonly GroupMember[],
    { call, digest: listDigest, statements }: Credentials["list"]["held"],
    authenticator: Bytes,
  ): Promise<NotedEpoch> {
    const { callProof } = this.#options.credentials.call;
    const hash = await authenticatorHash(authenticator);
    authenticator.fill(0);
    const answered = await Promise.all(
      members.map(async ({ identity, leaf, leafPublicKey, userId }) => ({
        leaf,
        userId: userId as UserId,
        leafKey: leafPublicKey,
        answerDigest: await answerDigestOf(identity),
      })),
    );
    const digest = await epochDigest({
      callId: callProof.transcript.callId,
      callProofDigest: callProof.digest,
      number,
      members: answered,
      authenticatorHash: hash,
      listDigest,
    });
    return {
      number,
      list: [call, ...statements].map((one) => toBase64Url(one.digest)),
      members: answered.map(({ answerDigest, leaf, userId }) => ({
        leaf,
        userId,
        answer: toBase64Url(answerDigest),
      })),
      authenticatorHash: hash,
      digest,
      words: new Map(),
      isSigned: false,
    };
  }

  #hearKeep({ contents, userId }: HeardWord): void {
    const number = decodeKeep(contents);
    if (number === undefined) return;
    const { context, notes } = this.#options;
    if (notes.keeps(userId)) this.#changed();
    const epoch = notes.current(number);
    const mayAsk = epoch?.members.some((member) => member.userId === userId) === true;
    // What nobody answers, or answered before, keeps nobody else from asking: else one member could see to it that nobody ever asks.
    if (mayAsk && number > (this.#asked?.number ?? -1))
      this.#asked = { number, atMs: context.environment.monotonicMs() };
    // Where it cannot be said any more the call is over here.
    if (mayAsk && !epoch.isSigned && !isGuestId(this.#selfId)) void this.#sign(epoch).catch(() => undefined);
    this.#askInTime();
  }

  /** That this terminal was in this epoch with these others. */
  async #sign(epoch: NotedEpoch): Promise<void> {
    const { context, credentials } = this.#options;
    const { session } = context;
    const { binding, userId } = session.requirePerson();
    if (userId !== this.#selfId) return;
    epoch.isSigned = true;
    const { callProof } = credentials.call;
    const proof = await session.signWithTerminalKey((fields) => ({
      purpose: "epoch",
      ...fields,
      callId: callProof.transcript.callId,
      callProofDigest: callProof.digest,
      epoch: epoch.number,
      epochDigest: epoch.digest,
    }));
    await this.#options.words().say(recordWordKinds.epoch, encodeEpochWord({ proof, binding }));
  }

  async #hearEpoch({ contents, userId }: HeardWord): Promise<void> {
    const { context, credentials, notes } = this.#options;
    const said = decodeEpochWord(contents);
    const stated = said === undefined ? undefined : decodeTranscript(said.proof.transcript);
    if (said === undefined || stated?.purpose !== "epoch" || isGuestId(userId)) return;
    const epoch = notes.recent(stated.epoch);
    if (epoch?.members.some((member) => member.userId === userId) !== true || epoch.words.has(userId)) return;
    const { callProof, serverOrigin } = credentials.call;
    const { callId, issuedAtMs: calledAtMs } = callProof.transcript;
    const { directory, environment } = context;
    const nowMs = environment.nowMs();
    const word = await signedWord(
      "epoch",
      { userId, ...said },
      { callId, callProofDigest: callProof.digest, epoch: epoch.number },
      { serverOrigin, directory, nowMs },
    );
    if (word === undefined || this.#isOver) return;
    const { epochDigest: theirs, issuedAtMs } = word;
    if (issuedAtMs < calledAtMs - clockToleranceMs || issuedAtMs > nowMs + 2 * clockToleranceMs) return;
    if (equalBytes(theirs, epoch.digest)) notes.signed(epoch, userId, said);
    else this.#trouble({ code: "record.otherEpoch", userId });
  }

  /** As soon as it stood for long enough; at once where the others were asked by somebody else, so that all are told that this terminal keeps a record, too. */
  #askInTime(): void {
    this.#cancel?.();
    const latest = this.#latest;
    const { context, notes } = this.#options;
    if (latest === undefined || !notes.isKeeping || this.#isOver) return;
    const { number, members } = latest.epoch;
    if (members.length < 2 || this.#ownAsked === number) return;
    const { after, monotonicMs } = context.environment;
    const asked = this.#asked;
    const nextMs = asked === undefined ? 0 : asked.atMs + Math.max(everyMs, eachMs * members.length);
    const atMs = asked?.number === number ? 0 : Math.max(latest.sinceMs + standsMs, nextMs);
    this.#cancel = after(Math.max(0, atMs - monotonicMs()), () => {
      this.#ownAsked = number;
      this.#asked = { number, atMs: monotonicMs() };
      void this.#ask(number).catch(() => undefined);
    });
  }

  async #ask(number: number): Promise<void> {
    await this.#options.words().say(recordWordKinds.keep, encodeKeep(number));
  }

  #trouble(trouble: WordTrouble): void {
    if (this.#troubles.some(({ userId }) => userId === trouble.userId)) return;
    this.#troubles = [...this.#troubles, trouble].slice(-mostTroubles);
    this.#changed();
  }

  #changed(): void {
    const { notes, onChange } = this.#options;
    const { isKeeping: keeping, keepers } = notes;
    this.#isShown ||= keeping || keepers.length + this.#troubles.length > 0;
    if (this.#isShown) onChange({ keeping, keepers, troubles: this.#troubles });
  }
}

/** Of each leaf that was read: who stays is in each epoch. */
const answerDigests = new WeakMap<Uint8Array, Bytes>();

async function answerDigestOf(identity: Bytes): Promise<Bytes> {
  const known = answerDigests.get(identity) ?? (await sha256(decodeProof(identity)?.transcript ?? identity));
  answerDigests.set(identity, known);
  return known;
}
