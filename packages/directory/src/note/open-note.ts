import { fromU64, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { cosignedMessage } from "./cosigned-message.ts";
import { parseNote } from "./note.ts";
import type { NoteSignature } from "./note.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** A signature that holds. */
export interface SignedBy {
  readonly key: VerifierKey;
  /** When a witness signed, as it says: seconds since 1970. */
  readonly timeS?: number;
}

/** `malformed`: no note. `unsigned`: by none of the keys. `signature`: one of them is named, and did not sign this. */
export type NoteRefusal = { readonly ok: false; readonly why: "malformed" | "unsigned" | "signature" };

export interface OpenedNote {
  readonly ok: true;
  readonly text: string;
  /** Each key once. */
  readonly by: readonly SignedBy[];
}

/**
 * Reads a note, and holds it against these keys: signatures of others are passed over, and one that does not hold refuses the whole
 * (C2SP signed-note, "Signatures").
 */
export async function openNote(
  note: string,
  keys: readonly VerifierKey[],
): Promise<OpenedNote | NoteRefusal> {
  const parsed = parseNote(note);
  if (parsed === undefined) return { ok: false, why: "malformed" };
  const by = new Map<VerifierKey, SignedBy>();
  for (const signature of parsed.signatures) {
    const key = keys.find(({ keyId, name }) => keyId === signature.keyId && name === signature.name);
    if (key === undefined) continue;
    const signed = await checkSignature(parsed.text, signature, key);
    if (signed === undefined) return { ok: false, why: "signature" };
    by.set(key, signed);
  }
  return by.size === 0
    ? { ok: false, why: "unsigned" }
    : { ok: true, text: parsed.text, by: [...by.values()] };
}

async function checkSignature(
  text: string,
  { signature }: NoteSignature,
  key: VerifierKey,
): Promise<SignedBy | undefined> {
  if (key.kind === "log") return (await holds(utf8(text), signature, key)) ? { key } : undefined;
  const timeS = fromU64(signature.slice(0, 8));
  if (timeS === undefined) return undefined;
  return (await holds(cosignedMessage(text, timeS), signature.slice(8), key)) ? { key, timeS } : undefined;
}

async function holds(message: Bytes, signature: Bytes, { publicKey }: VerifierKey): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    // These 32 bytes are no point of the curve.
    return false;
  }
}
