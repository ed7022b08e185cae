import { createDocumentKeyPair } from "@signet/e2ee";
import type { DocumentKeyPair, DocumentOwner, SealedMessage } from "@signet/e2ee";

import { ownerName } from "../document/document-place.ts";
import type { KeptMessage } from "./kept-messages.ts";
import type { MessagePlace } from "./message-place.ts";

/** Gone with whoever holds it. */
export class MemoryMessagePlace implements MessagePlace {
  readonly #kept = new Map<string, readonly KeptMessage[]>();
  readonly #sounds = new Map<string, SealedMessage>();
  #keyPair: Promise<DocumentKeyPair> | undefined;

  keyPair(): Promise<DocumentKeyPair> {
    this.#keyPair ??= createDocumentKeyPair();
    return this.#keyPair;
  }

  async read(owner: DocumentOwner): Promise<unknown> {
    return this.#kept.get(ownerName(owner));
  }

  async change(owner: DocumentOwner, next: (held: unknown) => readonly KeptMessage[]): Promise<void> {
    this.#kept.set(ownerName(owner), next(this.#kept.get(ownerName(owner))));
  }

  async readSound(owner: DocumentOwner, id: string): Promise<unknown> {
    return this.#sounds.get(`${ownerName(owner)} ${id}`);
  }

  async writeSound(owner: DocumentOwner, id: string, sound: SealedMessage): Promise<void> {
    this.#sounds.set(`${ownerName(owner)} ${id}`, sound);
  }

  async deleteSound(owner: DocumentOwner, id: string): Promise<void> {
    this.#sounds.delete(`${ownerName(owner)} ${id}`);
  }
}
