import { createDocumentKeyPair } from "@signet/e2ee";
import type { DocumentKeyPair, DocumentOwner } from "@signet/e2ee";

import { ownerName } from "./document-place.ts";
import type { DocumentPlace, KeptDocument } from "./document-place.ts";

/** For terminals that keep nothing: gone with them. */
export class MemoryDocumentPlace implements DocumentPlace {
  readonly #kept = new Map<string, KeptDocument>();
  #keyPair: Promise<DocumentKeyPair> | undefined;

  keyPair(): Promise<DocumentKeyPair> {
    this.#keyPair ??= createDocumentKeyPair();
    return this.#keyPair;
  }

  read(owner: DocumentOwner): Promise<KeptDocument | undefined> {
    return Promise.resolve(this.#kept.get(ownerName(owner)));
  }

  write(owner: DocumentOwner, kept: KeptDocument, replaces: number): Promise<boolean> {
    const name = ownerName(owner);
    if ((this.#kept.get(name)?.revision ?? 0) !== replaces) return Promise.resolve(false);
    this.#kept.set(name, kept);
    return Promise.resolve(true);
  }
}
