/** Whom the profile key is wrapped for: nobody but whom devices that count vouch for. */
import { countsNow } from "@signet/device";
import type { Person } from "@signet/device";
import { wrapKey, wrappedFor } from "@signet/e2ee";
import type { DocumentKeyPair, DocumentOwner, KeyHolder } from "@signet/e2ee";
import { decodeTranscript, keyHolders, mostWrappedKeys, toBase64Url } from "@signet/protocol";
import type { Bytes, ListedHolder, PersonalDocument } from "@signet/protocol";

import { endorserOf } from "./endorsed-key.ts";
import { withSecret } from "./held-key.ts";
import type { HeldKey } from "./held-key.ts";

/** A device's own key is vouched for by itself. */
async function endorserOfHolder(holder: ListedHolder, { serverOrigin }: DocumentOwner, person: Person) {
  const { endorsed, kind, publicKey } = holder;
  const expected = { serverOrigin, person, use: kind, key: publicKey, takesRevoked: true };
  const { device } = (await endorserOf(endorsed, expected)) ?? {};
  return kind === "prf" && device?.deviceId !== holder.deviceId ? undefined : device;
}

export interface SortedHolders {
  readonly valid: readonly ListedHolder[];
  /** A device vouched for them that counts no more. */
  readonly revoked: readonly ListedHolder[];
}

/**
 * Devices and the phrase first, then terminals, those that came last before the others. Whom nobody vouches for is in neither list: it may be a device
 * that this terminal has not heard of yet.
 */
export async function sortHolders(
  document: PersonalDocument,
  owner: DocumentOwner,
  person: Person,
): Promise<SortedHolders> {
  const valid: ListedHolder[] = [];
  const revoked: ListedHolder[] = [];
  for (const holder of keyHolders(document)) {
    const device = await endorserOfHolder(holder, owner, person);
    if (device !== undefined) (countsNow(device) ? valid : revoked).push(holder);
  }
  valid.sort((a, b) => rankOf(b) - rankOf(a));
  return { valid, revoked };
}

function rankOf({ kind, endorsed }: ListedHolder): number {
  const signed = decodeTranscript(endorsed.proof.transcript);
  if (kind !== "terminal") return Number.MAX_SAFE_INTEGER;
  return signed?.purpose === "document-key" ? signed.issuedAtMs : 0;
}

const asHolder = (holder: ListedHolder): KeyHolder => {
  if (holder.kind === "prf") return { kind: "prf", deviceId: holder.deviceId };
  return holder.kind === "phrase" ? { kind: "phrase" } : { kind: "terminal", publicKey: holder.publicKey };
};

const nameOf = (holder: KeyHolder, keyId: Bytes): string =>
  `${toBase64Url(keyId)} ${holder.kind} ${holder.kind === "prf" ? holder.deviceId : holder.kind === "terminal" ? toBase64Url(holder.publicKey) : ""}`;

/** Wraps keys, each once for the same holder. */
export class KeyWraps {
  readonly #made = new Map<string, Bytes>();

  async of(
    owner: DocumentOwner,
    held: HeldKey,
    pair: DocumentKeyPair,
    holders: readonly ListedHolder[],
  ): Promise<Bytes[]> {
    const { keyId } = held.profileKey;
    const first = holders.slice(0, mostWrappedKeys);
    const names = first.map(
      (holder) => `${nameOf(asHolder(holder), keyId)} ${toBase64Url(holder.publicKey)}`,
    );
    if (names.some((name) => !this.#made.has(name))) {
      await withSecret(owner, held, pair, async (secret) => {
        this.#made.clear();
        for (const [i, holder] of first.entries())
          this.#made.set(names[i] ?? "", await wrapKey(owner, secret, asHolder(holder), holder.publicKey));
      });
    }
    return names.flatMap((name) => this.#made.get(name) ?? []);
  }
}

/** Whether each of these holders finds what is wrapped for it, by what the wrapped keys say of themselves. */
export function isWrappedForAll(
  owner: DocumentOwner,
  wrappedKeys: readonly Bytes[],
  holders: readonly ListedHolder[],
): boolean {
  const found = new Set(wrappedKeys.flatMap((wrapped) => holderNameOf(owner, wrapped) ?? []));
  const none = new Uint8Array();
  return holders.slice(0, mostWrappedKeys).every((holder) => found.has(nameOf(asHolder(holder), none)));
}

function holderNameOf(owner: DocumentOwner, wrapped: Bytes): string | undefined {
  try {
    return nameOf(wrappedFor(owner, wrapped), new Uint8Array());
  } catch {
    return undefined;
  }
}
