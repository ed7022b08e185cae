import { BoundedMap, fromBase64Url, SerialQueue, toBase64Url, type Bytes } from "@signet/protocol";
import type { FrameClock } from "./clock.ts";
import type { FrameEpoch } from "./epoch-keys.ts";
import { HeardProof, type HeardFrame, type ProofState } from "./heard-proof.ts";
import { isWordSigned, readWord, type SpokenWord } from "./spoken-word.ts";

/** Whether what is heard as this person's is theirs, as their terminal signed it. */
export interface ProofNews {
  readonly person: string;
  readonly state: ProofState;
}

export interface ProvenSpeakersOptions {
  readonly clock: FrameClock;
  /** Of a person, whichever terminals of theirs are heard. */
  readonly onNews: (news: ProofNews) => void;
  /** What comes of the terminal with this leaf key may be played again. */
  readonly onPlayable: (person: string, key: string) => void;
  /** Wants to know whether all has come that the server said so far: {@link ProvenSpeakers.answered}, with this number. */
  readonly ask: (number: number) => void;
}

interface Terminal {
  readonly person: string;
  /** Base64url, of its leaf. */
  readonly name: string;
  readonly proof: HeardProof;
  readonly key: Promise<CryptoKey>;
  state: ProofState;
  /** Of {@link state}. */
  sinceMs: number;
  /** When it was in the group no more; Infinity while it is. */
  formerAtMs: number;
}

interface Roster {
  readonly callId: Bytes;
  readonly byLeaf: ReadonlyMap<number, Terminal>;
  endedAtMs: number;
}

const lookEveryMs = 250;
/** An answer that does not come is asked for anew. */
const askAgainMs = 1_500;
/** Longer than frames of an epoch are opened, and remembered without a word. */
const keepEpochMs = 30_000;
/** What was found in the name of a terminal that is gone, or gave way, is told for so long. */
const toldOfFormerMs = 10_000;
/** Words for epochs that this terminal has not reached yet, and words that are being looked at. More come only of a server that floods. */
const mostWaiting = 256;

/** Holds what is heard of all in a call against what their terminals sign. */
export class ProvenSpeakers {
  readonly #options: ProvenSpeakersOptions;
  readonly #rosters = new Map<bigint, Roster>();
  readonly #terminals = new Map<string, Terminal>();
  /** Who is not proven, as was told. */
  readonly #told = new Map<string, ProofState>();
  readonly #queue = new SerialQueue();
  /** Epochs of the latest words that hold, by their signatures: each comes several times, by several ways. */
  readonly #known = new BoundedMap<string, bigint>(mostWaiting);
  #ahead: { readonly word: SpokenWord; readonly bytes: Bytes }[] = [];
  #looking = 0;
  #epoch = -1n;
  #isAway = false;
  #backAtMs = -Infinity;
  #heardThroughMs = -Infinity;
  readonly #askedAtMs = new BoundedMap<number, number>(8);
  #asks = 0;
  #lastAskMs = -Infinity;
  #cancel: (() => void) | undefined;
  #isClosed = false;

  constructor(options: ProvenSpeakersOptions) {
    this.#options = options;
  }

  enter({ epoch, senders, callId, ownLeaf }: Omit<FrameEpoch, "baseKey">): void {
    if (callId === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    for (const [former, roster] of this.#rosters) {
      roster.endedAtMs = Math.min(roster.endedAtMs, nowMs);
      if (nowMs - roster.endedAtMs > keepEpochMs) this.#rosters.delete(former);
    }
    const byLeaf = new Map<number, Terminal>();
    for (const { leaf, person, key, proves } of senders)
      if (proves === true && leaf !== ownLeaf) byLeaf.set(leaf, this.#terminal(key, person));
    this.#rosters.set(epoch, { callId, byLeaf, endedAtMs: Infinity });
    const current = new Set(byLeaf.values());
    for (const terminal of this.#terminals.values())
      terminal.formerAtMs = current.has(terminal) ? Infinity : Math.min(terminal.formerAtMs, nowMs);
    this.#tellAll();
    this.#epoch = epoch;
    const living = new Set([...this.#rosters.values()].flatMap((roster) => [...roster.byLeaf.values()]));
    for (const [name, terminal] of this.#terminals) if (!living.has(terminal)) this.#terminals.delete(name);
    const ahead = this.#ahead;
    this.#ahead = [];
    for (const { bytes } of ahead) this.hearWord(bytes);
  }

  /** @returns undefined where nothing of this leaf can be proven */
  of(
    epoch: bigint,
    leaf: number,
  ): { readonly isCut: boolean; heard(frame: HeardFrame): "play" | "cut" | "again" } | undefined {
    const terminal = this.#rosters.get(epoch)?.byLeaf.get(leaf);
    if (terminal === undefined) return undefined;
    return {
      isCut: terminal.proof.isCut,
      heard: (frame) => {
        const verdict = terminal.proof.heard(frame, this.#options.clock.nowMs());
        this.#tell(terminal);
        this.#lookLater();
        return verdict;
      },
    };
  }

  /** Of the terminal with this leaf key: counters up to this one are signed. */
  reached(key: string, epoch: bigint, context: number): bigint {
    return this.#terminals.get(key)?.proof.reached({ epoch, context }) ?? -1n;
  }

  /** What somebody signed, as the server says. It counts where the leaf that it names signed it, in its epoch, for this call. */
  hearWord(bytes: Bytes): void {
    const word = readWord(bytes);
    if (word === undefined || this.#isClosed || this.#looking >= mostWaiting) return;
    if (this.#known.get(signatureOf(bytes)) === word.epoch) return;
    if (word.epoch > this.#epoch) {
      this.#ahead.push({ word, bytes });
      // Nobody can tell yet whose they are: whoever fills it keeps out none of those that come later.
      if (this.#ahead.length > mostWaiting) this.#ahead.shift();
      return;
    }
    this.#looking++;
    void this.#queue
      .run(() => this.#look(word, bytes))
      .catch(() => undefined)
      .finally(() => this.#looking--);
  }

  /** Whether the connection stands on which words come. */
  connected(isConnected: boolean): void {
    const nowMs = this.#options.clock.nowMs();
    if (this.#isAway && isConnected) this.#backAtMs = nowMs;
    this.#isAway = !isConnected;
    for (const { proof } of this.#terminals.values()) proof.away(this.#isAway, nowMs);
    this.#lookLater();
  }

  answered(number: number): void {
    const askedAtMs = this.#askedAtMs.get(number);
    if (askedAtMs === undefined) return;
    // In the order of the words: those that came before have to be looked at.
    void this.#queue.run(async () => {
      this.#heardThroughMs = Math.max(this.#heardThroughMs, askedAtMs);
      this.#lookNow();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#ahead = [];
  }

  async #look(word: SpokenWord, bytes: Bytes): Promise<void> {
    const roster = this.#rosters.get(word.epoch);
    const terminal = roster?.byLeaf.get(word.leaf);
    if (roster === undefined || terminal === undefined) return;
    if (!(await isWordSigned(await terminal.key, roster.callId, bytes)) || this.#isClosed) return;
    this.#known.set(signatureOf(bytes), word.epoch);
    terminal.proof.word(word, this.#options.clock.nowMs());
    this.#tell(terminal);
  }

  #terminal(name: string, person: string): Terminal {
    const known = this.#terminals.get(name);
    if (known !== undefined) return known;
    const key = crypto.subtle.importKey("raw", fromBase64Url(name) ?? new Uint8Array(), "Ed25519", false, [
      "verify",
    ]);
    // One that cannot be used proves nothing.
    key.catch(() => undefined);
    const proof = new HeardProof();
    proof.away(true, this.#backAtMs);
    if (!this.#isAway) proof.away(false, this.#backAtMs);
    const terminal: Terminal = {
      person,
      name,
      proof,
      key,
      state: "proven",
      sinceMs: -Infinity,
      formerAtMs: Infinity,
    };
    this.#terminals.set(name, terminal);
    return terminal;
  }

  #lookLater(): void {
    if (this.#cancel !== undefined || this.#isClosed) return;
    const isWaiting = [...this.#terminals.values()].some(({ proof }) => proof.isWaiting);
    if (!isWaiting && this.#told.size === 0) return;
    this.#cancel = this.#options.clock.schedule(lookEveryMs, () => {
      this.#cancel = undefined;
      this.#lookNow();
      this.#lookLater();
    });
  }

  #lookNow(): void {
    if (this.#isClosed) return;
    const nowMs = this.#options.clock.nowMs();
    let asks = false;
    for (const terminal of this.#terminals.values()) {
      if (terminal.proof.look(nowMs, this.#heardThroughMs)) asks = true;
      this.#tell(terminal);
    }
    this.#tellAll();
    if (!asks || nowMs - this.#lastAskMs < askAgainMs) return;
    this.#lastAskMs = nowMs;
    const number = this.#asks++;
    this.#askedAtMs.set(number, nowMs);
    this.#options.ask(number);
  }

  #tell(terminal: Terminal): void {
    const { name, person, proof } = terminal;
    const state = proof.takeNews();
    if (state === undefined) return;
    const wasCut = isCut(terminal.state);
    terminal.state = state;
    terminal.sinceMs = this.#options.clock.nowMs();
    if (wasCut && !isCut(state)) this.#options.onPlayable(person, name);
    this.#tellOf(person);
  }

  #tellAll(): void {
    for (const person of this.#told.keys()) this.#tellOf(person);
  }

  #tellOf(person: string): void {
    const nowMs = this.#options.clock.nowMs();
    const states = [...this.#terminals.values()]
      .filter((terminal) => terminal.person === person && counts(terminal, nowMs))
      .map(({ state }) => state);
    const state =
      (["forged", "unproven", "unchecked"] as const).find((one) => states.includes(one)) ?? "proven";
    if (state === (this.#told.get(person) ?? "proven")) return;
    if (state === "proven") this.#told.delete(person);
    else this.#told.set(person, state);
    this.#options.onNews({ person, state });
  }
}

const isCut = (state: ProofState): boolean => state === "forged" || state === "unproven";
const signatureOf = (word: Bytes): string => toBase64Url(word.slice(-64));

/** Who comes back, or goes on elsewhere, is not told of for what was found of them before. */
const counts = ({ formerAtMs, sinceMs }: Terminal, nowMs: number): boolean =>
  formerAtMs === Infinity || (sinceMs >= formerAtMs && nowMs - sinceMs < toldOfFormerMs);
