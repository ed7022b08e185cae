/** Voice messages in the browser, which several tabs share, as they were sealed; and the key that opens them, which it holds and does not give out. */
import { createDocumentKeyPair } from "@signet/e2ee";
import type { DocumentKeyPair, DocumentOwner, SealedMessage } from "@signet/e2ee";

import { ownerName } from "../document/document-place.ts";
import type { KeptMessage } from "../messages/kept-messages.ts";
import type { MessagePlace } from "../messages/message-place.ts";
import { asKeyPair } from "./document-database.ts";
import type { KeyDatabase } from "./key-database.ts";

/** No owner's name, which is a user ID and an origin; nor are those below, which have a word before it. */
const keyName = "mailbox";
const listName = (owner: DocumentOwner): string => `messages ${ownerName(owner)}`;
const soundName = (owner: DocumentOwner, id: string): string => `message ${id} ${ownerName(owner)}`;

export class MessageDatabase implements MessagePlace {
  readonly #database: Pick<KeyDatabase, "read" | "write" | "delete" | "exchange">;

  constructor(database: Pick<KeyDatabase, "read" | "write" | "delete" | "exchange">) {
    this.#database = database;
  }

  async keyPair(): Promise<DocumentKeyPair> {
    const held = asKeyPair(await this.#database.read(keyName));
    if (held !== undefined) return held;
    const made = await createDocumentKeyPair();
    // Another tab may have made one meanwhile.
    await this.#database.exchange(keyName, (now) => (asKeyPair(now) === undefined ? made : undefined));
    const kept = asKeyPair(await this.#database.read(keyName));
    if (kept === undefined) throw new Error("the browser keeps no key");
    return kept;
  }

  read(owner: DocumentOwner): Promise<unknown> {
    return this.#database.read(listName(owner));
  }

  async change(owner: DocumentOwner, next: (held: unknown) => readonly KeptMessage[]): Promise<void> {
    await this.#database.exchange(listName(owner), next);
  }

  readSound(owner: DocumentOwner, id: string): Promise<unknown> {
    return this.#database.read(soundName(owner, id));
  }

  writeSound(owner: DocumentOwner, id: string, sound: SealedMessage): Promise<void> {
    return this.#database.write(soundName(owner, id), sound);
  }

  deleteSound(owner: DocumentOwner, id: string): Promise<void> {
    return this.#database.delete(soundName(owner, id));
  }
}
