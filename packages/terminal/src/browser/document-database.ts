/** Documents in the browser, which several tabs share, and the key to them, which it holds and does not give out. */
import { createDocumentKeyPair } from "@signet/e2ee";
import type { DocumentKeyPair, DocumentOwner } from "@signet/e2ee";

import { asKept, ownerName } from "../document/document-place.ts";
import type { DocumentPlace, KeptDocument } from "../document/document-place.ts";
import type { KeyDatabase } from "./key-database.ts";

/** No owner's name, which has a space in it. */
const keyName = "key";

export class DocumentDatabase implements DocumentPlace {
  readonly #database: Pick<KeyDatabase, "read" | "exchange">;

  constructor(database: Pick<KeyDatabase, "read" | "exchange">) {
    this.#database = database;
  }

  async keyPair(): Promise<DocumentKeyPair> {
    const held = asKeyPair(await this.#database.read(keyName));
    if (held !== undefined) return held;
    const made = await createDocumentKeyPair();
    // Another tab may have made one meanwhile.
    const isOurs = await this.#database.exchange(keyName, (now) =>
      asKeyPair(now) === undefined ? made : undefined,
    );
    const kept = isOurs ? made : asKeyPair(await this.#database.read(keyName));
    if (kept === undefined) throw new Error("the browser keeps no key");
    return kept;
  }

  read(owner: DocumentOwner): Promise<unknown> {
    return this.#database.read(ownerName(owner));
  }

  write(owner: DocumentOwner, kept: KeptDocument, replaces: number): Promise<boolean> {
    return this.#database.exchange(ownerName(owner), (held) =>
      (asKept(held)?.revision ?? 0) === replaces ? kept : undefined,
    );
  }
}

export function asKeyPair(found: unknown): DocumentKeyPair | undefined {
  const { pair, publicKey } = Object(found) as Partial<DocumentKeyPair>;
  if (!(publicKey instanceof Uint8Array) || !(pair?.privateKey instanceof CryptoKey)) return undefined;
  return pair.privateKey.extractable ? undefined : { pair, publicKey };
}
