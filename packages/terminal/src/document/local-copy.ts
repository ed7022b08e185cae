/** The document at rest in this terminal, sealed with a key of its own: there when the terminal starts without a connection. */
import {
  createProfileSecret,
  importProfileKey,
  openGiven,
  openKey,
  sealDocument,
  wrapKey,
} from "@signet/e2ee";
import type { DocumentKeyPair, DocumentOwner, ProfileKey, SeenDocument } from "@signet/e2ee";
import { boundedDocument, codeOf, SerialQueue } from "@signet/protocol";
import type { Bytes, PersonalDocument } from "@signet/protocol";

import { asKept } from "./document-place.ts";
import type { DocumentPlace, KeptDocument } from "./document-place.ts";
import { takeKey } from "./held-key.ts";
import type { HeldKey } from "./held-key.ts";
import { MemoryDocumentPlace } from "./memory-document-place.ts";

/** What is kept, as it is used. */
export interface LocalState {
  readonly document: PersonalDocument;
  readonly key: HeldKey | undefined;
  readonly seen: SeenDocument | undefined;
}

const isTooLarge = (error: unknown): boolean => codeOf(error) === "document.tooLarge";

/** Others that write to the same place are overtaken after so many tries at the latest: each of them writes no more often than a person does something. */
const mostTries = 10;

export class LocalCopy {
  readonly #owner: DocumentOwner;
  #place: DocumentPlace;
  /** What another terminal kept at the same place meanwhile. */
  readonly #onOther: (other: LocalState) => void;
  readonly #writing = new SerialQueue();
  /** The writing that has not begun yet. */
  #waiting: Promise<void> | undefined;
  #revision = 0;
  #localKey: { readonly profileKey: ProfileKey; readonly wrapped: Bytes } | undefined;
  #pair: Promise<DocumentKeyPair> | undefined;
  #lasts = true;

  constructor(owner: DocumentOwner, place: DocumentPlace, onOther: (other: LocalState) => void) {
    this.#owner = owner;
    this.#place = place;
    this.#onOther = onOther;
  }

  /** Whether it is there after the terminal's end. */
  get lasts(): boolean {
    return this.#lasts;
  }

  /** Where nothing can be kept it is kept in memory. */
  keyPair(): Promise<DocumentKeyPair> {
    this.#pair ??= this.#place.keyPair().catch(() => this.#inMemory().keyPair());
    return this.#pair;
  }

  /** @returns undefined where nothing is kept that can be read */
  async read(): Promise<LocalState | undefined> {
    try {
      const kept = asKept(await this.#place.read(this.#owner));
      return kept && (await this.#open(kept));
    } catch {
      return undefined;
    }
  }

  /**
   * @param now asked when it is written: of several in a row the last one counts
   * @throws SignetError `document.tooLarge`, and nothing else: what was kept before stays
   */
  write(now: () => LocalState): Promise<void> {
    this.#waiting ??= this.#writing.run(async () => {
      this.#waiting = undefined;
      try {
        await this.#write(now);
      } catch (error) {
        if (isTooLarge(error)) throw error;
        this.#inMemory();
        await this.#write(now).catch((again: unknown) => {
          if (isTooLarge(again)) throw again;
        });
      }
    });
    return this.#waiting;
  }

  /** When all that was to be written is. */
  written(): Promise<void> {
    return this.#writing.run(() => Promise.resolve());
  }

  async #write(now: () => LocalState): Promise<void> {
    for (let tries = 0; tries < mostTries; tries++) {
      const { document, key, seen } = now();
      const { profileKey, wrapped } = await this.#sealing();
      const revision = this.#revision + 1;
      const sealed = await sealDocument(profileKey, revision, boundedDocument(document));
      const kept: KeptDocument = {
        version: 1,
        revision,
        localKey: wrapped,
        sealed,
        profileKey: key?.wrapped,
        seen,
      };
      if (await this.#place.write(this.#owner, kept, this.#revision)) {
        this.#revision = revision;
        return;
      }
      const other = await this.read();
      if (other !== undefined) this.#onOther(other);
    }
    throw new Error("the place is written to all the time");
  }

  async #sealing() {
    if (this.#localKey !== undefined) return this.#localKey;
    const { publicKey } = await this.keyPair();
    const secret = createProfileSecret();
    const wrapped = await wrapKey(this.#owner, secret, { kind: "terminal", publicKey }, publicKey);
    this.#localKey = { profileKey: await importProfileKey(this.#owner, secret), wrapped };
    secret.fill(0);
    return this.#localKey;
  }

  async #open(kept: KeptDocument): Promise<LocalState | undefined> {
    // Also of one that cannot be opened: it is written over.
    this.#revision = kept.revision;
    const pair = await this.keyPair();
    const secret = await openKey(this.#owner, kept.localKey, pair);
    const profileKey = await importProfileKey(this.#owner, secret);
    secret.fill(0);
    const opened = await openGiven(profileKey, undefined, kept.sealed);
    if (opened === undefined) return undefined;
    this.#localKey = { profileKey, wrapped: kept.localKey };
    const { profileKey: wrapped, seen } = kept;
    const key = wrapped && (await takeKey(this.#owner, wrapped, pair).catch(() => undefined));
    return { document: opened.document, key, seen };
  }

  #inMemory(): DocumentPlace {
    this.#lasts = false;
    this.#revision = 0;
    this.#place = new MemoryDocumentPlace();
    return this.#place;
  }
}
