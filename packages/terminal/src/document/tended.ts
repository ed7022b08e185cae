/** What is to be put: with a key that counts, for all who may have it. */
import type { Person } from "@signet/device";
import type { DocumentOwner } from "@signet/e2ee";
import {
  equalBytes,
  keyHolders,
  mostKeyHolders,
  withHolder,
  withKeyMaker,
  withoutHolder,
} from "@signet/protocol";
import type { ListedHolder, PersonalDocument, Writer } from "@signet/protocol";

import { endorse, isKeyOver, makerOf } from "./endorsed-key.ts";
import type { Endorsing } from "./endorsed-key.ts";
import { makeKey } from "./held-key.ts";
import type { HeldKey } from "./held-key.ts";
import { sortHolders } from "./key-wraps.ts";
import type { OpeningKeys } from "./open-given.ts";

export interface Tended {
  readonly document: PersonalDocument;
  readonly key: HeldKey;
  readonly holders: readonly ListedHolder[];
}

export interface TendingInput {
  readonly owner: DocumentOwner;
  readonly person: Person;
  readonly key: HeldKey | undefined;
  readonly opening: OpeningKeys;
  readonly endorsing: Endorsing;
  readonly by: Writer;
}

/**
 * With a new key where there is none, or a device was revoked since the one there is was made: whoever has that device may have the key, for good,
 * and what is written from now on is not for them.
 */
export async function tended(document: PersonalDocument, input: TendingInput): Promise<Tended> {
  const { by, endorsing, opening, owner, person } = input;
  const { revoked, valid } = await sortHolders(document, owner, person);
  let next = document;
  for (const holder of revoked) next = withoutHolder(next, holder, by);
  let { key } = input;
  if (key === undefined || revoked.length > 0 || (await isOver(document, input, key))) {
    key = await makeKey(owner, opening.pair);
    const { keyId } = key.profileKey;
    next = withKeyMaker(next, keyId, await endorse(endorsing, person, "profile", keyId), by);
  }
  const holders = [...valid];
  for (const own of ownHolders(document, opening)) {
    if (holders.some((holder) => isSame(holder, own))) continue;
    // Terminals that came first give way; no device does.
    while (holders.length >= mostKeyHolders && holders.at(-1)?.kind === "terminal") {
      const oldest = holders.pop();
      if (oldest !== undefined) next = withoutHolder(next, oldest, by);
    }
    const former = holders.findIndex((holder) => isInPlaceOf(own, holder));
    if (former >= 0) holders.splice(former, 1);
    const listed = { ...own, endorsed: await endorse(endorsing, person, own.kind, own.publicKey) };
    holders.unshift(listed);
    next = withHolder(next, listed, by);
  }
  return { document: next, key, holders };
}

async function isOver(
  document: PersonalDocument,
  { owner, person }: TendingInput,
  { profileKey: { keyId } }: HeldKey,
): Promise<boolean> {
  const maker = await makerOf(document, keyId, owner, person);
  // It was vouched for when it was taken: somebody wrote over that.
  return maker === undefined || isKeyOver(maker, person);
}

type OwnHolder = ListedHolder extends infer H
  ? H extends ListedHolder
    ? Omit<H, "endorsed">
    : never
  : never;

/**
 * For whom the key is wrapped by whoever has it: this terminal, the device that opens it here, and a phrase that was made now, or is the one that stands
 * in the document. Any other that is entered opens nothing, and must not take the place of the one that does.
 */
function ownHolders(document: PersonalDocument, { ofDevice, ofPhrase, pair }: OpeningKeys): OwnHolder[] {
  const phrase = ofPhrase && { kind: "phrase" as const, publicKey: ofPhrase.pair.publicKey };
  const isListed = phrase && (ofPhrase.isNew || hasHolder(document, phrase));
  return [
    { kind: "terminal", publicKey: pair.publicKey },
    ...(ofDevice === undefined
      ? []
      : [{ kind: "prf" as const, deviceId: ofDevice.deviceId, publicKey: ofDevice.pair.publicKey }]),
    ...(isListed === true ? [phrase] : []),
  ];
}

/** Whoever vouches for it. */
export const hasHolder = (document: PersonalDocument, holder: OwnHolder): boolean =>
  keyHolders(document).some((listed) => isSame(listed, holder));

const isSame = (one: OwnHolder, other: OwnHolder): boolean =>
  one.kind === other.kind && equalBytes(one.publicKey, other.publicKey);

/** There is one phrase, and one key of each device. */
const isInPlaceOf = (own: OwnHolder, holder: OwnHolder): boolean =>
  (own.kind === "phrase" && holder.kind === "phrase") ||
  (own.kind === "prf" && holder.kind === "prf" && own.deviceId === holder.deviceId);

/** Whether there is anything to be kept for the person. */
export const isEmpty = ({ clearedBeforeMs, history, items }: PersonalDocument): boolean =>
  items.size === 0 && history.length === 0 && clearedBeforeMs === 0;
