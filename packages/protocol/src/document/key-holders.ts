/**
 * What a personal document says of its own key: by whom it was made, and whom it is wrapped for. Each is signed for by one of the person's terminals,
 * so that neither the server nor whoever once had the key can put in a word.
 */
import { z } from "zod";

import { fromBase64Url, toBase64Url } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { DeviceId } from "../ids.ts";
import { ProofIn, wireBytes } from "../proof.ts";
import { remove, write } from "./change.ts";
import { decodeValue, encodeValue } from "./contents.ts";
import type { PersonalDocument } from "./document.ts";
import { holderPath, isListed, keyPath } from "./paths.ts";
import type { Writer } from "./stamp.ts";

/** A `document-key` proof of a terminal key, and the proof by which a device of the person vouches for that one. Not verified. */
export const EndorsedKey = z.strictObject({ proof: ProofIn, binding: ProofIn });
export type EndorsedKey = z.output<typeof EndorsedKey>;

/** Devices, terminals and a phrase: fewer than wrapped keys, since two terminals that add one at once come to more. */
export const mostKeyHolders = 48;

const publicKey = wireBytes(32, 32);
const ListedHolder = z.discriminatedUnion("kind", [
  /** Its key comes from the PRF output of this device. */
  z.object({ kind: z.literal("prf"), deviceId: DeviceId, publicKey, endorsed: EndorsedKey }),
  z.object({ kind: z.literal("phrase"), publicKey, endorsed: EndorsedKey }),
  z.object({ kind: z.literal("terminal"), publicKey, endorsed: EndorsedKey }),
]);
export type ListedHolder = z.output<typeof ListedHolder>;

const holderField = "holder";
const makerField = "maker";

/** As they stand there. */
export function keyHolders({ items }: PersonalDocument): ListedHolder[] {
  return [...items].flatMap(([path, { fields }]) => {
    if (!path.startsWith(holderPath(""))) return [];
    const holder = decodeValue(ListedHolder, fields.get(holderField)?.value);
    return holder !== undefined && pathOf(holder) === path ? [holder] : [];
  });
}

const phrasePath = holderPath("phrase");

const pathOf = (holder: ListedHolder): string =>
  holderPath(
    holder.kind === "prf"
      ? `prf/${holder.deviceId}`
      : holder.kind === "phrase"
        ? "phrase"
        : `terminal/${toBase64Url(holder.publicKey)}`,
  );

/**
 * Whether the key is wrapped for a recovery phrase. `gone`: it was, and the device that vouched for that was revoked since; that phrase opens
 * nothing any more.
 */
export type PhraseState = "none" | "kept" | "gone";

/** As it stands there. */
export function phraseState({ items }: PersonalDocument): PhraseState {
  const item = items.get(phrasePath);
  if (isListed(item)) return "kept";
  return item?.removed === undefined ? "none" : "gone";
}

/** In the place of the one with the same device or key; of phrases there is one. @throws SignetError `document.tooLarge` */
export const withHolder = (document: PersonalDocument, holder: ListedHolder, by: Writer): PersonalDocument =>
  write(document, pathOf(holder), { [holderField]: encodeValue(holder) }, by);

export const withoutHolder = (
  document: PersonalDocument,
  holder: ListedHolder,
  by: Writer,
): PersonalDocument => remove(document, pathOf(holder), by);

/** Who made the key with this ID, as the document says. */
export const keyMaker = ({ items }: PersonalDocument, keyId: Bytes): EndorsedKey | undefined =>
  decodeValue(EndorsedKey, items.get(keyPath(toBase64Url(keyId)))?.fields.get(makerField)?.value);

/** Whether there was a key with this ID that another one took the place of. */
export function isReplacedKey({ items }: PersonalDocument, keyId: Bytes): boolean {
  const item = items.get(keyPath(toBase64Url(keyId)));
  return item?.removed !== undefined && !isListed(item);
}

/** Says who made this key, and nothing of any other. @throws SignetError `document.tooLarge` */
export function withKeyMaker(
  document: PersonalDocument,
  keyId: Bytes,
  maker: EndorsedKey,
  by: Writer,
): PersonalDocument {
  let next = document;
  for (const path of document.items.keys())
    if (path.startsWith(keyPath("")) && fromBase64Url(path.slice(keyPath("").length)) !== undefined)
      next = remove(next, path, by);
  return write(next, keyPath(toBase64Url(keyId)), { [makerField]: encodeValue(maker) }, by);
}
