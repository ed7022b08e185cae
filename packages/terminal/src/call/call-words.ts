/**
 * What those in a call say to each other, sealed under the group's keys and signed by each one's leaf key. The server puts it into one order and passes it on
 * unread. Here each word is opened in that order, once; what does not arrive, does not open, or is shown to others otherwise is told.
 */
import { exportWordEpoch, noWordSeen, openWord, wordHead, WordSealer } from "@signet/e2ee";
import type { CallGroup, LeafKey, OpenedWord, SeenWord, WordEpoch, WordHead } from "@signet/e2ee";
import { BoundedMap, hasFeature, mostWords, SerialQueue, SignetError, toBase64Url } from "@signet/protocol";
import type { Bytes, CallId, ErrorCode, SaidWord, UserId } from "@signet/protocol";

import type { Environment } from "../environment.ts";
import type { Session } from "../session/session.ts";
import type { Entrance } from "./resolutions/newcomers.ts";
import type { WordTrouble } from "./word-trouble.ts";

/** Epochs whose words are opened still: what was sealed just before a Commit comes after it, and a terminal may have been away for a minute. */
const keptEpochs = 8;
/** Epochs of which it is remembered who was in them: a resolution names those of the one that it was proposed in, and may be shown again long after it. */
const rememberedEpochs = 1_024;
/** For the Commit that leads to the epoch of a word which is here already (ms). */
const awaitEpochMs = 10_000;
/** Whose terminals read no words changes with who is in the group; asked so long after the latest change (ms). */
const settleMs = 2_000;
const retryMs = 2_000;
const slowestRetryMs = 30_000;

/** A word by whose leaf key it was verified to be. */
export interface HeardWord {
  /** Of all words of the call, as the server counts them. */
  readonly number: number;
  readonly epoch: number;
  readonly userId: UserId;
  readonly isOwn: boolean;
  readonly kind: string;
  readonly contents: Bytes;
}

export interface CallWordsOptions {
  readonly session: Session;
  readonly environment: Pick<Environment, "after">;
  readonly callId: CallId;
  readonly leafKey: LeafKey;
  /** This terminal began the call: all others come in before its eyes. */
  readonly begins: boolean;
  /** The group is in a new epoch: before any word of it. */
  readonly onEntered: (entrance: Entrance) => void;
  /** In the call's order, one after the other. */
  readonly onWord: (word: HeardWord) => Promise<void>;
  readonly onTrouble: (trouble: WordTrouble) => void;
  /** Who is in the group at a terminal that reads none, as the server says. */
  readonly onUnread: (unread: readonly UserId[]) => void;
}

interface Leaving {
  readonly kind: string;
  readonly contents: Bytes;
  readonly counter: number;
  readonly said: PromiseWithResolvers<void>;
  /** As it was sent: again the same, while the epoch is. */
  sent?: { readonly epoch: number; readonly sealed: Bytes };
}

type Timer = "askAgain" | "await" | "retry" | "settle";

export class CallWords {
  readonly #options: CallWordsOptions;
  readonly #sealer: WordSealer;
  readonly #ownKey: string;
  readonly #epochs = new BoundedMap<number, WordEpoch>(keptEpochs);
  readonly #rosters = new BoundedMap<number, readonly UserId[]>(rememberedEpochs);
  #latest: WordEpoch | undefined;
  readonly #entering = new SerialQueue();
  /** The epoch with which this terminal came in, or came back: what was said in an epoch before, and cannot be opened, was not for it. */
  #since = 0;
  /** Leaf keys that came in before the eyes of this terminal, and how far each has counted. */
  readonly #counters = new Map<string, Pick<WordHead, "counter" | "epoch">>();
  readonly #digests = new BoundedMap<number, ReadonlySet<string>>(mostWords);
  /** The latest that was read, for others to hold theirs against. */
  #seen: SeenWord = noWordSeen;
  /** Up to where nothing is missing, or was told; undefined before the server was asked. */
  #last: number | undefined;
  readonly #line: SaidWord[] = [];
  #isReading = false;
  /** While it is asked what was said before: what comes meanwhile waits. */
  #isAsking = false;
  readonly #meanwhile: SaidWord[] = [];
  readonly #out: Leaving[] = [];
  #counter = 0;
  #isSending = false;
  #retryMs = retryMs;
  #isOver = false;
  readonly #cancels = new Map<Timer, () => void>();
  /** An epoch was awaited that did not come: who names one that there is not holds up the others once, and no longer. */
  #awaitedInVain = false;
  #wake: (() => void) | undefined;

  constructor(options: CallWordsOptions) {
    this.#options = options;
    this.#sealer = new WordSealer(options.leafKey);
    this.#ownKey = toBase64Url(options.leafKey.publicKey);
  }

  /** Of an epoch that this terminal was in: who was in it; undefined where that is not known. */
  membersOf(epoch: number): readonly UserId[] | undefined {
    return this.#rosters.get(epoch);
  }

  get epoch(): number | undefined {
    return this.#latest?.epoch;
  }

  /**
   * The group is in a new epoch.
   * @param back who came back into it by themselves, with the key that they had
   */
  entered(group: CallGroup, back?: UserId): Promise<void> {
    // What it reads of the group is read at once: another epoch may come before this one's turn.
    const exported = exportWordEpoch(group, this.#options.callId);
    exported.catch(() => undefined);
    return this.#entering.run(async () => this.#enter(await exported, back));
  }

  #enter(next: WordEpoch, back: UserId | undefined): void {
    if (this.#isOver) return;
    const former = this.#latest;
    // In none of the epochs between, if there are any: it came back, and others may have come and said something meanwhile.
    const wasAway = former !== undefined && next.epoch > former.epoch + 1;
    if (former === undefined || wasAway) this.#since = next.epoch;
    const { begins, onEntered } = this.#options;
    const sawAllCome = !wasAway && (former !== undefined || begins);
    const entered = new Set<UserId>(back === undefined ? [] : [back]);
    const known = new Set(
      [...(former?.senders.values() ?? [])].map(({ leafPublicKey }) => toBase64Url(leafPublicKey)),
    );
    for (const { leafPublicKey, userId } of next.senders.values()) {
      const key = toBase64Url(leafPublicKey);
      const isNew = former === undefined ? begins !== (key === this.#ownKey) : !known.has(key);
      if (!isNew) continue;
      entered.add(userId as UserId);
      // From here on nothing of theirs can have been missed.
      if (sawAllCome && !this.#counters.has(key)) this.#counters.set(key, { counter: -1, epoch: next.epoch });
    }
    const members = Array.from(next.senders.values(), ({ userId }) => userId as UserId);
    // What was of a higher number was void.
    for (let later = former?.epoch ?? 0; later > next.epoch; later--) this.#rosters.delete(later);
    this.#rosters.set(next.epoch, members);
    // Before any word of this epoch is read.
    onEntered({ epoch: next.epoch, members, entered: [...entered] });
    this.#epochs.set(next.epoch, next);
    this.#latest = next;
    this.#awaitedInVain = false;
    this.#wake?.();
    if (former === undefined) this.#ask();
    else this.#later("settle", settleMs, () => this.#ask());
    this.#send();
  }

  connected(): void {
    if (this.#latest === undefined || this.#isOver) return;
    // What was on the way may have arrived: that is asked first.
    this.#isSending = false;
    this.#isAsking = false;
    this.#ask();
  }

  close(): void {
    this.#isOver = true;
    for (const cancel of this.#cancels.values()) cancel();
    for (const { said } of this.#out.splice(0)) said.reject(new SignetError("call.notMember"));
    this.#wake?.();
  }

  /** The server passes something on. */
  heard(said: SaidWord): void {
    if (this.#latest === undefined || this.#isOver) return;
    if (this.#isAsking) this.#meanwhile.push(said);
    else this.#read([said]);
  }

  /**
   * To all in the group. Resolves when it stands in the call's order, also after the connection was lost in between.
   * @throws SignetError `word.notOffered`; `call.notMember` when the call is over
   */
  say(kind: string, contents: Bytes): Promise<void> {
    if (!hasFeature(this.#options.session.server.features, "words")) throw new SignetError("word.notOffered");
    if (this.#latest === undefined || this.#isOver) throw new SignetError("call.notMember");
    const said = Promise.withResolvers<void>();
    this.#out.push({ kind, contents, counter: this.#counter++, said });
    this.#send();
    return said.promise;
  }

  /** What was said since the latest that is known, and who reads nothing. */
  #ask(): void {
    const { callId, session } = this.#options;
    if (this.#isOver || this.#isAsking || !hasFeature(session.server.features, "words")) return;
    this.#isAsking = true;
    const after = this.#last ?? 0;
    void session.link.ask("call.saidSince", { callId, after }, (answer) => {
      this.#isAsking = false;
      const meanwhile = this.#meanwhile.splice(0);
      if (this.#isOver) return;
      if (!answer.ok) {
        this.#read(meanwhile);
        // With the next connection it is asked anyway.
        if (answer.code === "connection.lost") return;
        this.#later("askAgain", slowestRetryMs, () => this.#ask());
        return this.#send();
      }
      const { last, said, unread } = answer.body;
      this.#options.onUnread(unread);
      // The server was started anew, and counts from the beginning: what it kept is gone.
      if (last < after) {
        this.#last = undefined;
        this.#seen = noWordSeen;
        this.#meanwhile.push(...meanwhile);
        return this.#ask();
      }
      // It keeps the latest one of all.
      if (last > after && said.at(-1)?.number !== last) this.#trouble("word.gap");
      // Of what was there before, as much as it has still is enough.
      this.#last ??= (said[0]?.number ?? last + 1) - 1;
      this.#read([...said, ...meanwhile]);
      this.#send();
    });
  }

  #read(said: readonly SaidWord[]): void {
    this.#line.push(...said);
    if (this.#isReading) return;
    this.#isReading = true;
    void this.#readAll();
  }

  async #readAll(): Promise<void> {
    for (let next = this.#line.shift(); next !== undefined && !this.#isOver; next = this.#line.shift())
      await this.#take(next).catch(() => this.#trouble("word.unreadable"));
    // Nothing comes between the last look at the line and this.
    this.#isReading = false;
  }

  async #take({ number, sealed }: SaidWord): Promise<void> {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", sealed));
    const last = this.#last ?? number - 1;
    const isNext = number > last;
    const known = this.#digests.get(number);
    // One number is one word.
    if (!isNext && known !== undefined && !known.has(toBase64Url(digest))) this.#trouble("word.otherOrder");
    if (!isNext) return;
    this.#digests.set(number, new Set([...(known ?? []), toBase64Url(digest)]));
    if (number > last + 1) this.#trouble("word.gap");
    this.#last = number;
    this.#seen = { number, digest };
    const head = wordHead(sealed);
    const epoch = head === undefined ? undefined : await this.#epochAt(head.epoch);
    if (this.#isOver) return;
    // The keys of an epoch are for those who are in it: what is said about resolutions is shown again to whoever comes later.
    if (epoch === undefined && head !== undefined && head.epoch < this.#since) return;
    const opened = epoch === undefined ? undefined : await openWord(epoch, sealed);
    if (opened?.ok !== true) return this.#trouble(opened?.code ?? "word.unreadable");
    if (this.#isOnce(opened.word)) await this.#hear(number, opened.word);
  }

  /** Its members may know of it already what is still to come here: the Commit that leads to it. */
  async #epochAt(epoch: number): Promise<WordEpoch | undefined> {
    if (epoch > (this.#latest?.epoch ?? 0) && !this.#awaitedInVain) {
      await new Promise<void>((resolve) => {
        this.#wake = () => {
          if (epoch <= (this.#latest?.epoch ?? 0) || this.#isOver) resolve();
        };
        this.#later("await", awaitEpochMs, resolve);
      });
      this.#wake = undefined;
      this.#awaitedInVain = epoch > (this.#latest?.epoch ?? 0);
    }
    return this.#epochs.get(epoch);
  }

  /** Whether this is the first time that it is heard; and whether something of the same leaf is missing before it. */
  #isOnce({ counter, epoch, sender: { leafPublicKey, userId } }: OpenedWord): boolean {
    const key = toBase64Url(leafPublicKey);
    const before = this.#counters.get(key);
    if (before !== undefined && counter <= before.counter) return false;
    this.#counters.set(key, { counter, epoch });
    // What was said while this terminal was away was not for it.
    const wasAway = before !== undefined && before.epoch < this.#since && epoch >= this.#since;
    if (before !== undefined && counter > before.counter + 1 && !wasAway)
      this.#trouble("word.gap", userId as UserId);
    return true;
  }

  async #hear(number: number, { contents, counter, epoch, kind, seen, sender }: OpenedWord): Promise<void> {
    const userId = sender.userId as UserId;
    const isOwn = toBase64Url(sender.leafPublicKey) === this.#ownKey;
    const theirs = this.#digests.get(seen.number);
    if (theirs !== undefined && !theirs.has(toBase64Url(seen.digest)))
      this.#trouble("word.otherOrder", userId);
    await this.#options.onWord({ number, epoch, userId, isOwn, kind, contents });
    if (isOwn) this.#wasSaid(counter);
  }

  #wasSaid(counter: number): void {
    const [first] = this.#out;
    if (first?.counter !== counter) return;
    this.#out.shift();
    this.#isSending = false;
    first.said.resolve();
    this.#send();
  }

  #send(): void {
    const [next] = this.#out;
    const epoch = this.#latest;
    if (next === undefined || epoch === undefined) return;
    if (this.#isSending || this.#isAsking || this.#isOver) return;
    this.#isSending = true;
    void this.#seal(next, epoch);
  }

  async #seal(next: Leaving, epoch: WordEpoch): Promise<void> {
    try {
      this.#tell(next, await this.#sealed(next, epoch));
    } catch {
      this.close();
    }
  }

  async #sealed(next: Leaving, epoch: WordEpoch): Promise<Bytes> {
    if (next.sent?.epoch === epoch.epoch) return next.sent.sealed;
    const { contents, counter, kind } = next;
    const sealed = await this.#sealer.seal(epoch, counter, { kind, contents, seen: this.#seen });
    next.sent = { epoch: epoch.epoch, sealed };
    return sealed;
  }

  #tell(next: Leaving, sealed: Bytes): void {
    const { callId, session } = this.#options;
    if (this.#isOver) return;
    void session.link.ask("call.say", { callId, sealed }, (answer) => {
      if (this.#isOver || this.#out[0] !== next) return;
      if (answer.ok) {
        this.#retryMs = retryMs;
        this.#options.onUnread(answer.body.unread);
        return this.heard({ number: answer.body.number, sealed });
      }
      // After a lost connection the next one goes on.
      if (answer.code === "connection.lost") return;
      this.#later("retry", this.#retryMs, () => {
        this.#isSending = false;
        this.#send();
      });
      this.#retryMs = Math.min(this.#retryMs * 2, slowestRetryMs);
    });
  }

  #trouble(code: ErrorCode, userId?: UserId): void {
    this.#options.onTrouble({ code, ...(userId === undefined ? {} : { userId }) });
  }

  #later(what: Timer, delayMs: number, run: () => void): void {
    this.#cancels.get(what)?.();
    if (!this.#isOver) this.#cancels.set(what, this.#options.environment.after(delayMs, run));
  }
}
