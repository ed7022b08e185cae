import type { DocumentKeyPair, DocumentOwner, SealedMessage } from "@signet/e2ee";

import type { KeptMessage } from "./kept-messages.ts";

/** Where terminals keep voice messages beyond their own end, as they were sealed, and the key that opens them. Several terminals may share it. */
export interface MessagePlace {
  /** Of this place: made at the first use, and always the same; another one than that of documents. @throws where nothing can be kept */
  keyPair(): Promise<DocumentKeyPair>;
  /** What is kept of a person's messages, without their sound. What is found is held against nothing. @throws where nothing can be read */
  read(owner: DocumentOwner): Promise<unknown>;
  /** Nobody writes between the two. @throws where nothing can be kept, and what `next` throws */
  change(owner: DocumentOwner, next: (held: unknown) => readonly KeptMessage[]): Promise<void>;
  /** @returns undefined for none */
  readSound(owner: DocumentOwner, id: string): Promise<unknown>;
  writeSound(owner: DocumentOwner, id: string, sound: SealedMessage): Promise<void>;
  deleteSound(owner: DocumentOwner, id: string): Promise<void>;
}

export function asSound(found: unknown): SealedMessage | undefined {
  const { sealed, keys } = Object(found) as Partial<SealedMessage>;
  if (!(sealed instanceof Uint8Array) || !Array.isArray(keys)) return undefined;
  return { sealed, keys: keys.flatMap((key) => (key instanceof Uint8Array ? [new Uint8Array(key)] : [])) };
}
