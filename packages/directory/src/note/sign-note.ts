/** Signatures of a note: made by whoever holds the key, which this room never sees. */
import { concatBytes, u64, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { cosignedMessage } from "./cosigned-message.ts";
import type { NoteSignature } from "./note.ts";
import type { VerifierKey } from "./verifier-key.ts";

export interface NoteSigner {
  readonly key: VerifierKey;
  /** Ed25519 (RFC 8032) over the message itself. @returns 64 bytes */
  readonly sign: (message: Bytes) => Promise<Bytes>;
}

/** By a log, over the text alone. @throws RangeError for a key of another kind */
export async function signNote(text: string, { key, sign }: NoteSigner): Promise<NoteSignature> {
  if (key.kind !== "log") throw new RangeError("not a log's key");
  return { name: key.name, keyId: key.keyId, signature: await sign(utf8(text)) };
}

/**
 * By a witness: that this was the largest consistent tree that it saw (C2SP tlog-cosignature, Ed25519). Whether it is, the witness has to know.
 * @param text of a checkpoint
 * @param timeS seconds since 1970
 * @throws RangeError for a key of another kind
 */
export async function cosign(text: string, timeS: number, { key, sign }: NoteSigner): Promise<NoteSignature> {
  if (key.kind !== "cosignature") throw new RangeError("not a witness's key");
  const signature = concatBytes(u64(timeS), await sign(cosignedMessage(text, timeS)));
  return { name: key.name, keyId: key.keyId, signature };
}
