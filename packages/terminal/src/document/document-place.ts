import type { DocumentKeyPair, DocumentOwner, SeenDocument } from "@signet/e2ee";
import type { Bytes } from "@signet/protocol";

/** A person's document as a terminal keeps it. Nothing in it can be read without the private key of the place. */
export interface KeptDocument {
  readonly version: 1;
  /** Counts up with each writing. */
  readonly revision: number;
  /** What `sealed` is sealed with, wrapped for the place: a key of its own, so that it stays readable here whatever becomes of the profile key. */
  readonly localKey: Bytes;
  readonly sealed: Bytes;
  /** The profile key, wrapped for the place; undefined where this terminal was not let in yet. */
  readonly profileKey?: Bytes | undefined;
  readonly seen?: SeenDocument | undefined;
}

/** Where terminals keep documents beyond their own end: one for each person and server, which several terminals may share. */
export interface DocumentPlace {
  /** Of this place: made at the first use, and always the same. The private key does not come out of where it is used. @throws where nothing can be kept */
  keyPair(): Promise<DocumentKeyPair>;
  /** @returns undefined for none. What is found is held against nothing. @throws where nothing can be read */
  read(owner: DocumentOwner): Promise<unknown>;
  /**
   * @param replaces revision of what is there, 0 for nothing
   * @returns false where another one is there: another terminal was faster
   * @throws where nothing can be kept
   */
  write(owner: DocumentOwner, kept: KeptDocument, replaces: number): Promise<boolean>;
}

/** What stands under one name for each person and server. */
export const ownerName = ({ serverOrigin, userId }: DocumentOwner): string => `${userId} ${serverOrigin}`;

export function asKept(found: unknown): KeptDocument | undefined {
  const { version, revision, localKey, sealed, profileKey, seen } = Object(found) as Partial<KeptDocument>;
  if (version !== 1 || !Number.isSafeInteger(revision) || revision === undefined) return undefined;
  if (!(localKey instanceof Uint8Array) || !(sealed instanceof Uint8Array)) return undefined;
  const isSeen =
    seen === undefined || (Number.isSafeInteger(seen.version) && seen.digest instanceof Uint8Array);
  if (!isSeen || !(profileKey === undefined || profileKey instanceof Uint8Array)) return undefined;
  return { version, revision, localKey, sealed, profileKey, seen };
}
