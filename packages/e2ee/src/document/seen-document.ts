/** What a terminal remembers of the sealed document, so that the server cannot show it an earlier one. */
import { equalBytes, SignetError, type Bytes } from "@signet/protocol";

import { openDocument, sealedHead } from "./sealed-document.ts";
import type { ProfileKey } from "./profile-key.ts";

/** The latest that it opened, or sealed and knows to be kept. */
export interface SeenDocument {
  readonly version: number;
  /** SHA-256 of the sealed document. */
  readonly digest: Bytes;
}

export async function seenDocument(sealed: Bytes): Promise<SeenDocument> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", sealed));
  return { version: sealedHead(sealed).version, digest };
}

/**
 * Opens what the server gives now. Whatever is thrown, what the terminal holds stays as it is: only what is returned is merged into it.
 * @param seen undefined where this terminal has never seen any: what it is shown first it cannot tell from an earlier one
 * @param sealed undefined where the server says that there is none
 * @returns undefined where there is none, and never was
 * @throws SignetError `document.missing` where there was one, `document.old` for a version before the one that was seen, `document.forked` for another
 * one of the same number, and as {@link openDocument}
 */
export async function openGiven(
  profileKey: ProfileKey,
  seen: SeenDocument | undefined,
  sealed: Bytes | undefined,
) {
  if (sealed === undefined) {
    if (seen !== undefined) throw new SignetError("document.missing");
    return undefined;
  }
  // First whether it is this person's at all: anybody can put a number on somebody else's.
  const opened = await openDocument(profileKey, sealed);
  const now = await seenDocument(sealed);
  if (seen !== undefined && now.version < seen.version) throw new SignetError("document.old");
  if (seen !== undefined && now.version === seen.version && !equalBytes(now.digest, seen.digest))
    throw new SignetError("document.forked");
  return { ...opened, seen: now };
}
