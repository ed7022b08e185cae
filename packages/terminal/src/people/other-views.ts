/**
 * What others in a call saw of the server's log, as their devices signed it, held against what was seen here. Evidence is only ever what the log itself
 * signed: whatever a member makes up speaks against nobody but them, and that is not certain.
 */
import { noteOfSeen, openCheckpoint } from "@signet/directory";
import type { VerifierKey } from "@signet/directory";
import { BoundedMap, SignetError, codeOf, encodeProof, toBase64Url } from "@signet/protocol";
import type { Bytes, ProofIn } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";
import { consistencyOf, doFit, foundApart, inOrder } from "./log-joins.ts";
import type { FoundApart, SignedCheckpoint } from "./log-joins.ts";

/** Checkpoints of others that were looked at: in a call most of them saw the same few. */
const mostHeld = 1_024;

/** What it takes of the log as it is seen here. */
export interface ViewedLog {
  /** undefined where the server keeps none. */
  readonly key: VerifierKey | undefined;
  /** What was believed last, asked for where nothing was yet. @throws SignetError */
  latest(): Promise<SignedCheckpoint>;
  /** As the server shows it now. @throws SignetError */
  newest(): Promise<SignedCheckpoint>;
  /** Somebody else saw more of it, which goes on from what was believed here. @throws SignetError where it does not go on from what is believed by now */
  seenFurther(further: SignedCheckpoint, from: SignedCheckpoint): Promise<void>;
  /** Hears once of each that does not fit. */
  onApart(found: FoundApart): void;
}

const isLonger = (one: SignedCheckpoint, than: SignedCheckpoint): boolean =>
  one.checkpoint.size > than.checkpoint.size;

export class OtherViews {
  readonly #link: Pick<ServerRequests, "request">;
  readonly #log: ViewedLog;
  /** Base64url of what was looked at, and whether it fits. */
  #held = new BoundedMap<string, boolean>(mostHeld);
  #last: Promise<unknown> = Promise.resolve();
  #own: ProofIn | undefined;
  /** The server showed somebody else more than here, and has to show it here before anybody gets in by it. */
  #isOwed = false;

  constructor(link: Pick<ServerRequests, "request">, log: ViewedLog) {
    this.#link = link;
    this.#log = log;
  }

  /** What the person's own device signed here last. */
  signed(own: ProofIn): void {
    this.#own = own;
  }

  /** The log is another one from now on. */
  async forget(): Promise<void> {
    await this.#last;
    this.#isOwed = false;
    this.#held = new BoundedMap(mostHeld);
  }

  /** It was seen here. */
  fits(seen: Bytes): void {
    this.#held.set(toBase64Url(seen), true);
  }

  /**
   * One after the other: what one saw counts for the next, and nobody asks a server for the views of a large call at once.
   * @param seen as it stands in `theirs`
   * @param theirs verified
   * @throws SignetError `log.otherView`, `log.unsignedView`, `log.*`, or the code for which it could not be asked
   */
  hold(seen: Bytes, theirs: ProofIn): Promise<void> {
    const held = this.#last.then(() => this.#hold(seen, theirs));
    this.#last = held.catch(() => undefined);
    return held;
  }

  async #hold(seen: Bytes, theirs: ProofIn): Promise<void> {
    const { key } = this.#log;
    if (key === undefined && seen.length === 0) return;
    const name = toBase64Url(seen);
    const isFit = this.#held.get(name) ?? (await this.#doesFit(seen, theirs));
    this.#held.set(name, isFit);
    if (!isFit) throw new SignetError("log.otherView");
    if (this.#isOwed) await this.#log.newest();
    this.#isOwed = false;
  }

  async #doesFit(seen: Bytes, theirs: ProofIn): Promise<boolean> {
    const other = await this.#signedIn(seen);
    const before = await this.#log.latest();
    // What they were shown a while ago everybody has to be shown by now.
    const own = isLonger(other, before) ? await this.#newestAfter(before) : before;
    const [earlier, later] = inOrder(own, other);
    const proof = await consistencyOf(this.#link, earlier.checkpoint, later.checkpoint);
    if (proof === undefined || !doFit(earlier.checkpoint, later.checkpoint, proof)) {
      this.#log.onApart(await this.#apart(own, other, theirs));
      return false;
    }
    if (isLonger(other, own)) {
      this.#isOwed = true;
      await this.#log.seenFurther(other, own);
    }
    return true;
  }

  /** A server that says nothing of it hides nothing by that: whatever else it shows is held together, and what it owes is asked for again. */
  async #newestAfter(before: SignedCheckpoint): Promise<SignedCheckpoint> {
    try {
      return await this.#log.newest();
    } catch (error) {
      const code = codeOf(error);
      if (code.startsWith("log.") && code !== "log.unwitnessed") throw error;
      return before;
    }
  }

  /** Who is told of no log here, and of one there, or of another key, cannot be told from who makes something up. @throws SignetError `log.unsignedView` */
  async #signedIn(seen: Bytes): Promise<SignedCheckpoint> {
    const { key } = this.#log;
    const note = key && noteOfSeen(seen, key);
    const opened = key && note !== undefined ? await openCheckpoint(note, key) : undefined;
    if (note === undefined || opened?.ok !== true) throw new SignetError("log.unsignedView");
    return { note, checkpoint: opened.checkpoint };
  }

  async #apart(believed: SignedCheckpoint, other: SignedCheckpoint, theirs: ProofIn): Promise<FoundApart> {
    // Only a log that is as long can prove what its first entries are: it may be by now.
    const own = isLonger(other, believed) ? await this.#log.newest().catch(() => believed) : believed;
    const [earlier, later] = inOrder(own, other);
    const proof = await consistencyOf(this.#link, earlier.checkpoint, later.checkpoint).catch(
      () => undefined,
    );
    const found = { finding: "otherView", known: own, shown: other, consistencyProof: proof ?? [] } as const;
    const proofs = [this.#own, theirs].filter((one) => one !== undefined).map(encodeProof);
    return { ...(await foundApart(this.#link, this.#log.key, found)), proofs };
  }
}
