/** What the server gives: opened with the key that is held, or with one that came with it. */
import type { Person } from "@signet/device";
import { openGiven, openKey, sealedHead, wrappedFor } from "@signet/e2ee";
import type { DocumentKeyPair, DocumentOwner, KeyHolder, SeenDocument } from "@signet/e2ee";
import { equalBytes, keyMaker, SignetError } from "@signet/protocol";
import type { Bytes, DeviceId, PersonalDocument, ReplyBody } from "@signet/protocol";

import { endorserOf } from "./endorsed-key.ts";
import { holdKey } from "./held-key.ts";
import type { HeldKey } from "./held-key.ts";

export type GivenDocument = NonNullable<ReplyBody<"document.get">["document"]>;

/** What opens wrapped keys here, beside the key pair of the place. */
export interface OpeningKeys {
  readonly pair: DocumentKeyPair;
  /** From the PRF output of the device that is signed in. */
  readonly ofDevice?: { readonly deviceId: DeviceId; readonly pair: DocumentKeyPair } | undefined;
  /** From the phrase that the person entered. */
  readonly ofPhrase?: DocumentKeyPair | undefined;
}

export interface OpenedDocument {
  readonly document: PersonalDocument;
  readonly seen: SeenDocument;
  readonly key: HeldKey;
}

interface Expected {
  readonly owner: DocumentOwner;
  readonly person: Person;
  readonly seen: SeenDocument | undefined;
  readonly key: HeldKey | undefined;
  readonly opening: OpeningKeys;
}

/**
 * @returns undefined where the server has none, and never had as far as this terminal knows
 * @throws SignetError `document.*` where it is not what it should be: nothing of it counts then. `document.otherKey` where no key opens it here,
 * `document.badMaker` where one does that none of the person's devices vouches for
 */
export async function openFromServer(
  given: GivenDocument | undefined,
  expected: Expected,
): Promise<OpenedDocument | undefined> {
  const { key, owner, person, seen } = expected;
  if (given === undefined) {
    if (seen !== undefined) throw new SignetError("document.missing");
    return undefined;
  }
  const head = sealedHead(given.sealed);
  if (head.userId !== owner.userId || head.serverOrigin !== owner.serverOrigin)
    throw new SignetError("document.otherUser");
  if (head.version !== given.version) throw new SignetError("document.altered");
  const isHeld = key !== undefined && equalBytes(key.profileKey.keyId, head.keyId);
  const found = isHeld ? key : await keyAmong(given.wrappedKeys, head.keyId, expected);
  if (found === undefined) throw new SignetError("document.otherKey");
  const opened = await openGiven(found.profileKey, seen, given.sealed);
  if (opened === undefined) throw new SignetError("document.missing");
  if (!isHeld) {
    const maker = keyMaker(opened.document, head.keyId);
    const { serverOrigin } = owner;
    // One of a device that counts no more opens what there is; nothing is sealed with it again.
    const wanted = { serverOrigin, person, use: "profile", key: head.keyId, takesRevoked: true } as const;
    if (maker === undefined || (await endorserOf(maker, wanted)) === undefined)
      throw new SignetError("document.badMaker");
  }
  return { document: opened.document, seen: opened.seen, key: found };
}

/** The first that opens here, and is the one with this ID. */
async function keyAmong(
  wrappedKeys: readonly Bytes[],
  keyId: Bytes,
  { opening, owner }: Expected,
): Promise<HeldKey | undefined> {
  for (const wrapped of wrappedKeys) {
    const pair = pairFor(wrapped, owner, opening);
    if (pair === undefined) continue;
    const secret = await openKey(owner, wrapped, pair).catch(() => undefined);
    const held = secret && (await holdKey(owner, secret, opening.pair));
    if (held !== undefined && equalBytes(held.profileKey.keyId, keyId)) return held;
  }
  return undefined;
}

function pairFor(wrapped: Bytes, owner: DocumentOwner, opening: OpeningKeys): DocumentKeyPair | undefined {
  let holder: KeyHolder;
  try {
    holder = wrappedFor(owner, wrapped);
  } catch {
    // Of another version, or nothing at all.
    return undefined;
  }
  const { ofDevice, ofPhrase, pair } = opening;
  if (holder.kind === "prf") return holder.deviceId === ofDevice?.deviceId ? ofDevice.pair : undefined;
  if (holder.kind === "phrase") return ofPhrase;
  return equalBytes(holder.publicKey, pair.publicKey) ? pair : undefined;
}
