/**
 * The document of whoever is signed in, carried between this terminal and the server:
 *
 *   changed here, or at another terminal --> got --> opened and merged --> kept here --> put where it is another one now
 *                                             ^                                            |
 *                                             +---- another terminal was faster <----------+
 *
 * What the server gives and does not hold is told, and nothing of it is merged; what this terminal has stays.
 */
import type { Person } from "@signet/device";
import { sealDocument, seenDocument } from "@signet/e2ee";
import type { DocumentOwner, SeenDocument } from "@signet/e2ee";
import {
  boundedDocument,
  codeOf,
  emptyDocument,
  encodeDocument,
  equalBytes,
  mergeDocuments,
  requireFits,
  SignetError,
} from "@signet/protocol";
import type { ErrorCode, PersonalDocument, TerminalId, Writer } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";
import type { System } from "../system.ts";
import type { DocumentPlace } from "./document-place.ts";
import type { Endorsing } from "./endorsed-key.ts";
import type { HeldKey } from "./held-key.ts";
import { isWrappedForAll, KeyWraps } from "./key-wraps.ts";
import { LocalCopy } from "./local-copy.ts";
import { openFromServer, requireNear } from "./open-given.ts";
import type { GivenDocument, OpenedDocument, OpeningKeys } from "./open-given.ts";
import type { Carrying } from "./personal-state.ts";
import { isEmpty, tended } from "./tended.ts";
import type { Tended } from "./tended.ts";

/** From the first change to when it is put, with all that came meanwhile (ms). */
const putAfterMs = 800;
/** Where the server had enough of it: one put in so much time is what it takes in the long run (ms). */
const putAgainMs = 7_000;
/** After an answer that did not come, or a failure at the server (ms). */
const laterMs = 15_000;
/** Terminals that are outrun wait a random time, up to this, twice as long each time (ms). */
const outrunMs = 200;
const mostTries = 8;

export interface DocumentShell {
  readonly owner: DocumentOwner;
  readonly place: DocumentPlace;
  readonly system: Pick<System, "after" | "nowMs" | "random">;
  readonly terminalId: TerminalId;
  link(): ServerRequests;
  /** As their history is known now. */
  person(): Person;
  endorsing(): Endorsing;
  /** Whether the server hears this terminal as this person, and keeps documents: otherwise why not. */
  refusal(): ErrorCode | undefined;
  onChange(): void;
  /** What the server gave is not what it should be. */
  onFault(code: ErrorCode): void;
}

export class OpenDocument {
  /** What opens the key beside what is kept here. */
  ofDevice: OpeningKeys["ofDevice"];
  ofPhrase: OpeningKeys["ofPhrase"];
  readonly #shell: DocumentShell;
  readonly #local: LocalCopy;
  readonly #wraps = new KeyWraps();
  readonly #loaded: Promise<void>;
  #document = emptyDocument;
  #key: HeldKey | undefined;
  #seen: SeenDocument | undefined;
  #carrying: Carrying = { status: "pending" };
  #isWanted = false;
  /** The person decided to put over what there is. */
  #isOver = false;
  #isRunning = false;
  #isClosed = false;
  #cancel: (() => void) | undefined;
  readonly #whenDone: (() => void)[] = [];

  constructor(shell: DocumentShell) {
    this.#shell = shell;
    this.#local = new LocalCopy(shell.owner, shell.place, (other) => {
      this.#document = mergeDocuments(this.#document, other.document);
      if ((other.seen?.version ?? 0) > (this.#seen?.version ?? 0)) this.#seen = other.seen;
      this.#key = other.key ?? this.#key;
      shell.onChange();
    });
    this.#loaded = this.#load();
  }

  get document(): PersonalDocument {
    return this.#document;
  }

  get carrying(): Carrying {
    return this.#carrying;
  }

  /** Whether it is there after the end of this terminal. */
  get lasts(): boolean {
    return this.#local.lasts;
  }

  get by(): Writer {
    return { terminalId: this.#shell.terminalId, nowMs: this.#shell.system.nowMs() };
  }

  async keys(): Promise<{ readonly opening: OpeningKeys; readonly key: HeldKey | undefined }> {
    await this.#loaded;
    return { opening: await this.#opening(), key: this.#key };
  }

  /** Kept here when this is done, and put soon. @throws SignetError `document.tooLarge`, and what `change` throws */
  async change(change: (document: PersonalDocument, by: Writer) => PersonalDocument): Promise<void> {
    await this.#loaded;
    const changed = change(this.#document, this.by);
    if (changed === this.#document) return;
    requireFits(changed, this.#document);
    this.#document = changed;
    if (this.#carrying.status === "carried") this.#carrying = { status: "pending" };
    this.#shell.onChange();
    if (!this.#isClosed) this.#soon(putAfterMs);
    await this.#keep();
  }

  /** When what was changed is kept here. */
  async kept(): Promise<void> {
    await this.#loaded;
    await this.#local.written();
  }

  /** Another terminal put this version. */
  heard(version: number): void {
    if (version !== this.#seen?.version) this.sync();
  }

  /** Now: signed in, the key history goes on, or there is another way to open it. */
  sync(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isWanted = true;
    void this.#run();
  }

  /** What became of the sync that runs, or is about to. */
  async synced(): Promise<Carrying> {
    this.sync();
    await new Promise<void>((resolve) => this.#whenDone.push(resolve));
    return this.#carrying;
  }

  /** Puts what this terminal has in the place of whatever the server has now: the person decided that. */
  putOver(): Promise<Carrying> {
    this.#isOver = true;
    return this.synced();
  }

  /** Nothing is put any more, nor told. */
  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  async #load(): Promise<void> {
    const kept = await this.#local.read();
    if (kept === undefined) return;
    this.#document = mergeDocuments(this.#document, kept.document);
    this.#key = kept.key;
    this.#seen = kept.seen;
    this.#shell.onChange();
  }

  #keep(): Promise<void> {
    return this.#local.write(() => ({ document: this.#document, key: this.#key, seen: this.#seen }));
  }

  async #opening(): Promise<OpeningKeys> {
    const pair = await this.#local.keyPair();
    return { pair, ofDevice: this.ofDevice, ofPhrase: this.ofPhrase };
  }

  /** Unless it is about to be sooner. */
  #soon(delayMs: number): void {
    this.#cancel ??= this.#shell.system.after(delayMs, () => this.sync());
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    await this.#loaded;
    for (let tries = 0; this.#isWanted && !this.#isClosed; tries++) {
      this.#isWanted = false;
      const isOutrun = await this.#exchange();
      if (!isOutrun) continue;
      if (tries >= mostTries) this.#soon(laterMs);
      else await this.#pause(Math.ceil(this.#shell.system.random() * outrunMs * 2 ** tries));
      this.#isWanted ||= tries < mostTries;
    }
    this.#isRunning = false;
    for (const tell of this.#whenDone.splice(0)) tell();
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#shell.system.after(delayMs, resolve));
  }

  /** @returns whether another terminal was faster. Never rejects */
  async #exchange(): Promise<boolean> {
    const refusal = this.#shell.refusal();
    if (refusal !== undefined) {
      this.#is(refusal === "connection.lost" ? { status: "pending" } : { status: "keptHere", code: refusal });
      return false;
    }
    try {
      const { document: given } = await this.#shell.link().request("document.get", {});
      if (this.#isClosed) return false;
      const isOver = this.#isOver;
      this.#isOver = false;
      if (isOver) requireNear(given?.version ?? 0, this.#seen);
      const opened = isOver ? undefined : await this.#open(given);
      if (opened !== undefined) this.#take(opened);
      if (opened !== undefined) await this.#keep();
      const hasNothing = isEmpty(this.#document) && this.ofPhrase?.isNew !== true;
      if (given === undefined && hasNothing) this.#is({ status: "carried" });
      else await this.#bringUp(given, opened);
      return false;
    } catch (error) {
      return this.#failed(codeOf(error));
    }
  }

  async #open(given: GivenDocument | undefined): Promise<OpenedDocument | undefined> {
    return openFromServer(given, {
      owner: this.#shell.owner,
      person: this.#shell.person(),
      document: this.#document,
      seen: this.#seen,
      key: this.#key,
      opening: await this.#opening(),
    });
  }

  #take({ document, key, seen }: OpenedDocument): void {
    this.#document = mergeDocuments(this.#document, document);
    this.#key = key;
    this.#seen = seen;
    this.#shell.onChange();
  }

  /** Puts it, unless the server has the very same for the very same. */
  async #bringUp(given: GivenDocument | undefined, opened: OpenedDocument | undefined): Promise<void> {
    const next = await this.#tended();
    const isSame =
      opened !== undefined &&
      next.key === opened.key &&
      equalBytes(encodeDocument(boundedDocument(next.document)), encodeDocument(opened.document)) &&
      isWrappedForAll(this.#shell.owner, given?.wrappedKeys ?? [], next.holders);
    if (isSame) this.#is({ status: "carried" });
    else if (!this.#isClosed) await this.#put(next, given);
  }

  async #tended(): Promise<Tended> {
    return tended(this.#document, {
      owner: this.#shell.owner,
      person: this.#shell.person(),
      key: this.#key,
      opening: await this.#opening(),
      endorsing: this.#shell.endorsing(),
      by: this.by,
    });
  }

  async #put({ document, holders, key }: Tended, given: GivenDocument | undefined): Promise<void> {
    const { owner } = this.#shell;
    const version = Math.max(this.#seen?.version ?? 0, given?.version ?? 0) + 1;
    const bounded = boundedDocument(document);
    const sealed = await sealDocument(key.profileKey, version, bounded);
    const wrappedKeys = await this.#wraps.of(owner, key, (await this.#opening()).pair, holders);
    const replaces = given?.version ?? 0;
    // Somebody else may have signed in while it was sealed.
    if (this.#isClosed) throw new SignetError("auth.signInRequired");
    await this.#shell.link().request("document.put", { version, sealed, wrappedKeys, replaces });
    // A key that was made counts from now on, and what was changed meanwhile is put with the next one.
    this.#document = mergeDocuments(this.#document, bounded);
    this.#key = key;
    this.#seen = await seenDocument(sealed);
    this.#is(this.#isWanted || this.#cancel !== undefined ? { status: "pending" } : { status: "carried" });
    await this.#keep();
  }

  #failed(code: ErrorCode): boolean {
    if (code === "document.outrun") return true;
    // Heard of when the connection is back.
    const isAway = code.startsWith("connection.") || code.startsWith("auth.");
    if (isAway || code === "protocol.askedTooMuch") this.#is({ status: "pending" });
    else {
      const before = this.#carrying;
      const isTold = before.status === "keptHere" && before.code === code;
      this.#is({ status: "keptHere", code });
      if (faults.has(code) && !isTold) this.#shell.onFault(code);
    }
    if (code === "protocol.askedTooMuch") this.#soon(putAgainMs);
    else if (!code.startsWith("document.") && !code.startsWith("auth.")) this.#soon(laterMs);
    return false;
  }

  #is(carrying: Carrying): void {
    this.#carrying = carrying;
    this.#shell.onChange();
  }
}

/** Of what a server gives that is not what it should be, and the person has to know of. */
const faults: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "document.altered",
  "document.badMaker",
  "document.forked",
  "document.malformed",
  "document.missing",
  "document.old",
  "document.otherUser",
]);
