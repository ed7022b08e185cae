/** What the server gives: opened with the key that is held, or with one that came with it. */
import { countsNow } from "@signet/device";
import type { Person } from "@signet/device";
import { openGiven, openKey, sealedHead, wrappedFor } from "@signet/e2ee";
import type { DocumentKeyPair, DocumentOwner, KeyHolder, SeenDocument } from "@signet/e2ee";
import { equalBytes, isReplacedKey, SignetError } from "@signet/protocol";
import type { Bytes, DeviceId, PersonalDocument, ReplyBody } from "@signet/protocol";

import { isKeyOver, makerOf } from "./endorsed-key.ts";
import { holdKey } from "./held-key.ts";
import type { HeldKey } from "./held-key.ts";

export type GivenDocument = NonNullable<ReplyBody<"document.get">["document"]>;

/** What opens wrapped keys here, beside the key pair of the place. */
export interface OpeningKeys {
  readonly pair: DocumentKeyPair;
  /** From the PRF output of the device that is signed in. */
  readonly ofDevice?: { readonly deviceId: DeviceId; readonly pair: DocumentKeyPair } | undefined;
  /** From the phrase that the person entered, or that was made now and opens nothing yet. */
  readonly ofPhrase?: { readonly pair: DocumentKeyPair; readonly isNew: boolean } | undefined;
}

/** So many versions after the last one that was seen. */
export const mostAhead = 1_000_000;

export interface OpenedDocument {
  readonly document: PersonalDocument;
  readonly seen: SeenDocument;
  readonly key: HeldKey;
}

interface Expected {
  readonly owner: DocumentOwner;
  readonly person: Person;
  /** What this terminal has. */
  readonly document: PersonalDocument;
  readonly seen: SeenDocument | undefined;
  readonly key: HeldKey | undefined;
  readonly opening: OpeningKeys;
}

/**
 * @returns undefined where the server has none, and never had as far as this terminal knows
 * @throws SignetError `document.*` where it is not what it should be: nothing of it counts then. `document.otherKey` where no key opens it here,
 * `document.badMaker` where one does that none of the person's devices vouches for, or that another one took the place of
 */
export async function openFromServer(
  given: GivenDocument | undefined,
  expected: Expected,
): Promise<OpenedDocument | undefined> {
  const { key, owner, seen } = expected;
  if (given === undefined) {
    if (seen !== undefined) throw new SignetError("document.missing");
    return undefined;
  }
  const head = sealedHead(given.sealed);
  if (head.userId !== owner.userId || head.serverOrigin !== owner.serverOrigin)
    throw new SignetError("document.otherUser");
  if (head.version !== given.version) throw new SignetError("document.altered");
  requireNear(head.version, seen);
  const isHeld = key !== undefined && equalBytes(key.profileKey.keyId, head.keyId);
  const found = isHeld ? key : await keyAmong(given.wrappedKeys, head.keyId, expected);
  if (found === undefined) throw new SignetError("document.otherKey");
  const opened = await openGiven(found.profileKey, seen, given.sealed);
  if (opened === undefined) throw new SignetError("document.missing");
  if (!isHeld) await requireMaker(opened.document, head.keyId, expected);
  return { document: opened.document, seen: opened.seen, key: found };
}

/**
 * A key that this terminal does not hold yet is one of the person's, and none from before the one that it holds: else whoever had a device that was
 * revoked, and a server, would have it seal with the old key again. Where no key is held (a phrase was entered, or a device that is revoked by now
 * let this terminal in) one that is over opens what there is, too; nothing is sealed with it again.
 * @throws SignetError `document.badMaker`
 */
async function requireMaker(
  opened: PersonalDocument,
  keyId: Bytes,
  { document, key, owner, person }: Expected,
): Promise<void> {
  const maker = await makerOf(opened, keyId, owner, person);
  if (maker === undefined || isReplacedKey(document, keyId)) throw new SignetError("document.badMaker");
  if (key === undefined || !isKeyOver(maker, person)) return;
  // Another terminal made it after one revocation, and has not heard of a second one: this one holds what is older still.
  const held = await makerOf(document, key.profileKey.keyId, owner, person);
  const isNoOlder = held !== undefined && countsNow(maker.device) && maker.sequence >= held.sequence;
  if (!isNoOlder) throw new SignetError("document.badMaker");
}

/**
 * Beyond all that a person's terminals write in their lifetime: with the last number that there is nothing could be put any more.
 * @throws SignetError `document.altered`
 */
export function requireNear(version: number, seen: SeenDocument | undefined): void {
  if (version > (seen?.version ?? 0) + mostAhead) throw new SignetError("document.altered");
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
  if (holder.kind === "phrase") return ofPhrase?.pair;
  return equalBytes(holder.publicKey, pair.publicKey) ? pair : undefined;
}
