/** What a terminal keeps of a call for its record: what was signed, each verified before, and what the server said. Of a bounded size. */
import type { GroupMember } from "@signet/e2ee";
import type { ServerWord, SignedWord } from "@signet/record";
import { BoundedMap, decodeProof, toBase64Url } from "@signet/protocol";
import type { Bytes, EventBody, MemberIn, ProofIn, UserId } from "@signet/protocol";

import { answerIn } from "../answer-in.ts";
import { leaveReasonIn } from "../signed-word.ts";

/** Who comes in and goes more often than this is in the record by the latest of it. */
const mostAnswers = 1_024;
const mostEnds = 1_024;
const mostServerWords = 4_096;
/** Words about an epoch are heard while it is among so many: as long as words are opened in it. */
const recentEpochs = 8;
/** Of more, those in the middle give way: the first and the last say from when to when somebody was there. */
const mostEpochs = 256;
/** Of all epochs together; about 500 bytes each. */
const mostEpochWords = 8_192;

/** An epoch that this terminal was in. Digests are those of transcripts, base64url. */
export interface NotedEpoch {
  readonly number: number;
  /** Of the statements of the call list, the `call` proof among them. */
  readonly list: readonly string[];
  readonly members: readonly { readonly leaf: number; readonly userId: UserId; readonly answer: string }[];
  readonly authenticatorHash: Bytes;
  /** That its members sign. */
  readonly digest: Bytes;
  readonly words: Map<UserId, SignedWord>;
  /** This terminal has signed for it. */
  isSigned: boolean;
}

interface NotedAnswer {
  readonly digest: string;
  readonly proof: ProofIn;
  readonly userId: UserId;
  /** The invitation that it answers, by its digest; undefined for the call itself. */
  readonly invitation?: string;
}

export class CallNotes {
  /** The person wants the record of this call kept, also when they come back to it. */
  isKeeping = false;
  readonly #keepers = new Set<UserId>();
  readonly #answers = new BoundedMap<string, NotedAnswer>(mostAnswers);
  readonly #ends = new BoundedMap<string, SignedWord>(mostEnds);
  readonly #signing = new Set<Promise<void>>();
  /** Of each the latest. */
  readonly #said = new Map<UserId, ServerWord>();
  readonly #bindings = new BoundedMap<string, ProofIn>(mostAnswers);
  #server: readonly ServerWord[] = [];
  #epochs: readonly NotedEpoch[] = [];

  /** @returns whether that is new */
  keeps(userId: UserId): boolean {
    const isNew = !this.#keepers.has(userId);
    this.#keepers.add(userId);
    return isNew;
  }

  get keepers(): readonly UserId[] {
    return [...this.#keepers];
  }

  get answers(): readonly NotedAnswer[] {
    return [...this.#answers.values()];
  }

  /** `decline`, `leave` and `end`. */
  get ends(): readonly SignedWord[] {
    return [...this.#ends.values()];
  }

  get server(): readonly ServerWord[] {
    return this.#server;
  }

  /** Of which somebody signed who was in it. */
  get epochs(): readonly NotedEpoch[] {
    return this.#epochs.filter(({ words }) => words.size > 0);
  }

  /** The group is in this epoch. What was of one with its number, or a higher one, was void. */
  entered(epoch: NotedEpoch, members: readonly GroupMember[]): void {
    for (const [place, { identity, userId }] of members.entries()) {
      const { answer: digest } = epoch.members[place] ?? {};
      const proof = decodeProof(identity);
      const { invitation } = answerIn({ identity }) ?? {};
      if (digest === undefined || proof === undefined || this.#answers.has(digest)) continue;
      const answers = invitation === undefined ? {} : { invitation: toBase64Url(invitation) };
      this.#answers.set(digest, { digest, proof, userId: userId as UserId, ...answers });
    }
    const former = this.#epochs.filter(({ number }) => number < epoch.number);
    this.#epochs = thinned([...former, epoch]);
  }

  /** That was entered so lately that words of it are heard. */
  recent(number: number): NotedEpoch | undefined {
    return this.#epochs.slice(-recentEpochs).find((epoch) => epoch.number === number);
  }

  /** The one that the group is in, or the one before. */
  current(number: number): NotedEpoch | undefined {
    return this.#epochs.slice(-2).find((epoch) => epoch.number === number);
  }

  /** What the person's terminal signed of an epoch; verified. */
  signed({ words }: NotedEpoch, userId: UserId, { binding, proof }: SignedWord): void {
    words.set(userId, { proof, ...(binding === undefined ? {} : { binding: this.#once(binding) }) });
  }

  /** A `decline`, `leave` or `end` that was verified. */
  ended({
    binding,
    proof,
  }: {
    readonly proof?: ProofIn | undefined;
    readonly binding?: ProofIn | undefined;
  }): void {
    if (proof === undefined || binding === undefined) return;
    const name = toBase64Url(proof.transcript);
    if (!this.#ends.has(name)) this.#ends.set(name, { proof, binding: this.#once(binding) });
  }

  /** The same of this terminal itself, which signs it just now; undefined where nobody can. */
  leaving(signing: Promise<SignedWord | undefined> | undefined): void {
    if (signing === undefined) return;
    const noted = signing.then((word) => (word === undefined ? undefined : this.ended(word)));
    this.#signing.add(noted);
    void noted.finally(() => this.#signing.delete(noted));
  }

  /** When all that is being signed here is noted. */
  async settled(): Promise<void> {
    await Promise.all(this.#signing);
  }

  /** What the server says of members; what it said before of the same person in the same words is no news. @param atMs by the own clock */
  heard(
    said: readonly { readonly member: MemberIn; readonly reason?: EventBody<"call.member">["reason"] }[],
    atMs: number,
  ): void {
    const news: ServerWord[] = [];
    for (const { member, reason } of said) {
      const { state, userId } = member;
      const why = leaveReasonIn({ member, reason });
      const before = this.#said.get(userId);
      if (before?.state === state && (why === undefined || before.reason === why)) continue;
      const word = { atMs, userId, state, ...(why === undefined ? {} : { reason: why }) };
      this.#said.set(userId, word);
      news.push(word);
    }
    if (news.length > 0) this.#server = [...this.#server, ...news].slice(-mostServerWords);
  }

  /** One object for each: a terminal's binding comes with each of its words. */
  #once(binding: ProofIn): ProofIn {
    const name = toBase64Url(binding.transcript);
    const known = this.#bindings.get(name);
    if (known === undefined) this.#bindings.set(name, binding);
    return known ?? binding;
  }
}

/**
 * Of a stretch in which the same people were in the group by the same list the first and the last epoch say all; of too many those in the middle go. One
 * that nobody signed is needed only while somebody may still sign it.
 */
function thinned(epochs: readonly NotedEpoch[]): readonly NotedEpoch[] {
  const recent = epochs.slice(-recentEpochs);
  const settled = epochs.slice(0, -recentEpochs).filter(({ words }) => words.size > 0);
  const telling = settled.filter((epoch, place) => {
    const [before, after] = [settled[place - 1], settled[place + 1]];
    const isBetween =
      before !== undefined && after !== undefined && isSame(before, epoch) && isSame(epoch, after);
    return !isBetween || [...epoch.words.keys()].some((userId) => !after.words.has(userId));
  });
  const count = (): number => telling.reduce((sum, { words }) => sum + words.size, 0);
  while (telling.length > mostEpochs || (count() > mostEpochWords && telling.length > 2))
    telling.splice(Math.floor(telling.length / 2), 1);
  return [...telling, ...recent];
}

function isSame(one: NotedEpoch, other: NotedEpoch): boolean {
  const isSamePlace = one.members.every(
    ({ answer, leaf }, place) =>
      other.members[place]?.answer === answer && other.members[place].leaf === leaf,
  );
  return (
    isSamePlace &&
    one.members.length === other.members.length &&
    one.list.length === other.list.length &&
    one.list.every((digest, place) => other.list[place] === digest)
  );
}
