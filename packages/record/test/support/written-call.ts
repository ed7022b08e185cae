/** A call that is written as its record: each word really signed, by whom a test says. */
import { encodeFields, encodeResolution, toBase64Url, u64, utf8 } from "@signet/protocol";
import type { Bytes, CallId, Decision, LeafIndex, ProofIn, Resolution, UserId } from "@signet/protocol";

import { authenticatorHash, recordDigest } from "../../src/index.ts";
import type {
  CallRecord,
  RecordedEpoch,
  RecordedLog,
  RecordedResolution,
  SignedWord,
} from "../../src/index.ts";
import { named, sha256 } from "./seeded-keys.ts";
import type { WrittenLog } from "./written-log.ts";
import { serverOrigin } from "./written-person.ts";
import type { SignedIn, WrittenPerson } from "./written-person.ts";

/** An answer: where it stands in the file, and the key of the leaf. */
export interface WrittenAnswer {
  readonly index: number;
  readonly person: WrittenPerson;
  readonly by: SignedIn;
  readonly digest: Bytes;
  readonly leafKey: Bytes;
}

interface Names {
  readonly callId: CallId;
  readonly callProofDigest: Bytes;
}

export class WrittenCall {
  readonly callId: CallId;
  readonly caller: WrittenPerson;
  readonly call: WrittenAnswer;
  readonly log: WrittenLog | undefined;
  readonly statements: SignedWord[];
  readonly epochs: RecordedEpoch[] = [];
  readonly resolutions: RecordedResolution[] = [];
  readonly server: CallRecord["server"] = [];
  /** Sizes that somebody signed, beside the last one. */
  readonly sizes = new Set<number>();

  private constructor(callId: CallId, call: WrittenAnswer, proof: ProofIn, log: WrittenLog | undefined) {
    this.callId = callId;
    this.caller = call.person;
    this.call = call;
    this.log = log;
    this.statements = [{ proof }];
  }

  static async begin(
    caller: WrittenPerson,
    by: SignedIn,
    memberUserIds: readonly string[],
    atMs: number,
    { log, name = "call" }: { readonly log?: WrittenLog | undefined; readonly name?: string } = {},
  ): Promise<WrittenCall> {
    const callId = toBase64Url(named(name, 16)) as CallId;
    const leafKey = named(`leaf of ${name}`);
    const checkpoint = (await log?.seen()) ?? new Uint8Array();
    const own = { callId, memberUserIds, leafKey, head: caller.head, checkpoint };
    const proof = await caller.signs(by.device, "call", atMs, own);
    const answer = { index: 0, person: caller, by, digest: sha256(proof.transcript), leafKey };
    const call = new WrittenCall(callId, answer, proof, log);
    if (log !== undefined) call.sizes.add(log.size);
    return call;
  }

  get names(): Names {
    return { callId: this.callId, callProofDigest: this.call.digest };
  }

  put(word: SignedWord): { readonly index: number; readonly digest: Bytes } {
    this.statements.push(word);
    return { index: this.statements.length - 1, digest: sha256(word.proof.transcript) };
  }

  async join(
    person: WrittenPerson,
    by: SignedIn,
    atMs: number,
    invitation = this.call.digest,
    seen?: Bytes,
  ): Promise<WrittenAnswer> {
    const leafKey = named(`leaf ${this.statements.length}`);
    const checkpoint = seen ?? (await this.log?.seen()) ?? new Uint8Array();
    if (this.log !== undefined && seen === undefined) this.sizes.add(this.log.size);
    const own = { ...this.names, leafKey, head: person.head, invitation, checkpoint };
    const proof = await person.signs(by.device, "join", atMs, own);
    return { ...this.put({ proof }), person, by, leafKey };
  }

  async invite(answer: WrittenAnswer, userIds: readonly string[], atMs: number) {
    const { by, person } = answer;
    const own = { ...this.names, head: person.head, userIds };
    return this.put({ proof: await person.signs(by.device, "invite", atMs, own) });
  }

  async vouch(
    answer: WrittenAnswer,
    guest: WrittenPerson,
    guestName: string,
    atMs: number,
    guestKey = guest.first.publicKey,
  ) {
    const { by, person } = answer;
    const { userId: guestId } = guest;
    const own = { ...this.names, head: person.head, guestId, guestKey, guestName };
    return this.put({ proof: await person.signs(by.device, "vouch", atMs, own) });
  }

  /** By the terminal key with which the answer was given. */
  says(
    { by, person }: WrittenAnswer,
    said:
      | { readonly purpose: "remove"; readonly userIds: readonly string[]; readonly voided: readonly Bytes[] }
      | { readonly purpose: "host"; readonly previousHost: Bytes; readonly nextHost: string }
      | { readonly purpose: "let-in"; readonly vouch: Bytes },
    atMs: number,
  ) {
    const { purpose, ...own } = said;
    const proof = person.says(by, purpose, atMs, { ...this.names, ...own });
    return this.put({ proof, binding: by.binding });
  }

  ends(
    { by, person }: Pick<WrittenAnswer, "by" | "person">,
    purpose: "decline" | "leave" | "end",
    reason: string,
    atMs: number,
  ) {
    const { callId } = this;
    return this.put({ proof: person.says(by, purpose, atMs, { callId, reason }), binding: by.binding });
  }

  /** @param list indices of list statements that stood in the group, and 0 @param by who signs it, all by default */
  async epoch(
    number: number,
    list: readonly number[],
    leaves: readonly (readonly [leaf: number, answer: WrittenAnswer])[],
    atMs: number,
    by: readonly WrittenAnswer[] = leaves.map(([, answer]) => answer),
  ): Promise<void> {
    const hash = await authenticatorHash(named(`authenticator ${number}`));
    const digests = list.map((index) => sha256(this.#word(index).proof.transcript));
    const sorted = digests.toSorted((one, other) => Buffer.compare(one, other));
    const listDigest = sha256(encodeFields([utf8("signet/call-list/v1"), ...sorted]));
    const head = [utf8("signet/epoch-head/v1"), utf8(this.callId), this.call.digest, u64(number)];
    const inGroup = leaves.flatMap(([leaf, { digest, leafKey }]) => [u64(leaf), digest, leafKey]);
    const epochDigest = sha256(encodeFields([...head, ...inGroup, hash, listDigest]));
    const words = by
      .toSorted((one, other) => (one.person.userId < other.person.userId ? -1 : 1))
      .map(({ by: signedIn, person }, place): SignedWord => {
        const own = { ...this.names, epoch: number, epochDigest };
        return { proof: person.says(signedIn, "epoch", atMs + place * 100, own), binding: signedIn.binding };
      });
    this.epochs.push({
      number,
      list: [...list],
      members: leaves.map(([leaf, { index }]) => ({ leaf: leaf as LeafIndex, answer: index })),
      authenticatorHash: hash,
      words,
    });
  }

  resolve(
    answer: WrittenAnswer,
    asked: Pick<Resolution, "number" | "epoch" | "rule" | "subject">,
    atMs: number,
  ): WrittenResolution {
    return new WrittenResolution(this, answer, asked, atMs);
  }

  #word(index: number): SignedWord {
    const word = this.statements[index];
    if (word === undefined) throw new RangeError("no such statement");
    return word;
  }

  /** @param people of the file @param keeper who signs it */
  async record(
    people: readonly WrittenPerson[],
    keeper?: { readonly answer: WrittenAnswer; readonly atMs: number },
  ): Promise<CallRecord> {
    const log = await this.#recordedLog();
    const sorted = people.toSorted((one, other) => (one.userId < other.userId ? -1 : 1));
    const record: CallRecord = {
      format: "signet-record",
      version: 1,
      serverOrigin,
      callId: this.callId,
      ...(log === undefined ? {} : { log }),
      people: sorted.map(({ history, userId }) => ({
        entry: history,
        ...(this.log === undefined || userId.startsWith("~")
          ? {}
          : { mapProof: mapProofIn(this.log, userId) }),
      })),
      statements: this.statements,
      epochs: this.epochs,
      resolutions: this.resolutions,
      server: this.server,
    };
    return keeper === undefined ? record : this.keep(record, keeper);
  }

  async keep(
    record: CallRecord,
    { answer: { by, person }, atMs }: { readonly answer: WrittenAnswer; readonly atMs: number },
  ): Promise<CallRecord> {
    const own = { ...this.names, recordDigest: await recordDigest(record) };
    return { ...record, kept: { proof: person.says(by, "keep", atMs, own), binding: by.binding } };
  }

  async #recordedLog(): Promise<RecordedLog | undefined> {
    const { log } = this;
    if (log === undefined) return undefined;
    const checkpoint = await log.checkpoint();
    const sizes = [...this.sizes].filter((size) => size !== log.size).toSorted((one, other) => one - other);
    return {
      verifierKey: log.verifierKey,
      checkpoint,
      mapRootProof: [...log.mapRootProof()],
      views: sizes.map((size) => ({ size, proof: [...log.consistency(size)] })),
    };
  }
}

function mapProofIn(log: WrittenLog, userId: UserId) {
  const { leaf, siblings } = log.mapProof(userId);
  return {
    siblings: [...siblings],
    ...(leaf === undefined ? {} : { leaf: { key: leaf.key, value: leaf.value } }),
  };
}

export class WrittenResolution {
  readonly #recorded: RecordedResolution;
  readonly #names: Names & { readonly number: number; readonly resolutionDigest: Bytes };
  readonly #proposer: WrittenAnswer;

  constructor(
    call: WrittenCall,
    proposer: WrittenAnswer,
    asked: Pick<Resolution, "number" | "epoch" | "rule" | "subject">,
    atMs: number,
  ) {
    const { by, person } = proposer;
    const { callId, callProofDigest } = call.names;
    const whole = { serverOrigin, callId, callProofDigest, proposer: person.userId, ...asked };
    const resolution = encodeResolution(whole);
    this.#proposer = proposer;
    this.#names = { ...call.names, number: asked.number, resolutionDigest: sha256(resolution) };
    const proof = person.says(by, "propose", atMs, this.#names);
    this.#recorded = { resolution, proposal: { proof, binding: by.binding }, said: [] };
    call.resolutions.push(this.#recorded);
  }

  async decide({ by, person }: WrittenAnswer, decision: Decision, atMs: number, cms?: Bytes): Promise<void> {
    const own = { ...this.#names, head: person.head, decision };
    const proof = await person.signs(by.device, "approve", atMs, own);
    this.#recorded.said.push({ proof, ...(cms === undefined ? {} : { cms }) });
  }

  withdraw(atMs: number): void {
    const { by, person } = this.#proposer;
    const proof = person.says(by, "withdraw", atMs, this.#names);
    this.#recorded.said.push({ proof, binding: by.binding });
  }
}
