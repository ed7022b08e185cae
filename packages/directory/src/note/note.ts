/**
 * Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures. Nothing in it counts before `openNote` found a
 * signature of a key that is known.
 */
import { concatBytes, fromUtf8, u32, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { fromBase64, toBase64 } from "./base64.ts";
import { isKeyName } from "./verifier-key.ts";

/** Those who read notes have to take 16 at least; a server that is watched by more names fewer. */
export const mostNoteSignatures = 32;
/** Room for as many signatures of the largest kind that is used with notes (ML-DSA-44), which are passed over. */
export const mostNoteCharacters = 131_072;

export interface NoteSignature {
  readonly name: string;
  /** Unsigned, 32 bits. */
  readonly keyId: number;
  /** What the type of the key says that it is. */
  readonly signature: Bytes;
}

/** Nothing in it is checked yet. */
export interface NoteIn {
  /** With the newline at its end: what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Whether it can be the text of a note: no control characters but newlines, one at its end, and nothing that UTF-8 cannot write. */
export const isNoteText = (text: string): boolean =>
  // oxlint-disable-next-line no-control-regex
  text.endsWith("\n") && !/[\u0000-\u0009\u000b-\u001f]/.test(text) && fromUtf8(utf8(text)) === text;

/** @throws RangeError for a text that no note can have, for no signature, and for more than {@link mostNoteSignatures} */
export function formatNote({ signatures, text }: NoteIn): string {
  if (!isNoteText(text) || signatures.length === 0 || signatures.length > mostNoteSignatures)
    throw new RangeError("no note");
  return `${text}\n${signatures.map(formatLine).join("")}`;
}

function formatLine({ keyId, name, signature }: NoteSignature): string {
  if (!isKeyName(name) || signature.length === 0) throw new RangeError("no signature of a note");
  return `\u2014 ${name} ${toBase64(concatBytes(u32(keyId), signature))}\n`;
}

/** @returns undefined for what {@link formatNote} does not write */
export function parseNote(note: string): NoteIn | undefined {
  if (note.length > mostNoteCharacters || !isNoteText(note)) return undefined;
  const end = note.lastIndexOf("\n\n");
  if (end < 0) return undefined;
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > mostNoteSignatures) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseLine(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return { text: note.slice(0, end + 1), signatures };
}

function parseLine(line: string): NoteSignature | undefined {
  const [, name = "", encoded = ""] = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (!isKeyName(name) || bytes === undefined || bytes.length < 5) return undefined;
  return { name, keyId: new DataView(bytes.buffer).getUint32(0), signature: bytes.slice(4) };
}
