/** The profile key, as a terminal holds it: its bytes come to light only to be wrapped. */
import { createProfileSecret, importProfileKey, openKey, wrapKey } from "@signet/e2ee";
import type { DocumentKeyPair, DocumentOwner, ProfileKey } from "@signet/e2ee";
import type { Bytes } from "@signet/protocol";

export interface HeldKey {
  readonly profileKey: ProfileKey;
  /** For the place of this terminal. */
  readonly wrapped: Bytes;
}

export const makeKey = (owner: DocumentOwner, pair: DocumentKeyPair): Promise<HeldKey> =>
  holdKey(owner, createProfileSecret(), pair);

/** @param secret is overwritten */
export async function holdKey(owner: DocumentOwner, secret: Bytes, pair: DocumentKeyPair): Promise<HeldKey> {
  const { publicKey } = pair;
  try {
    const profileKey = await importProfileKey(owner, secret);
    return { profileKey, wrapped: await wrapKey(owner, secret, { kind: "terminal", publicKey }, publicKey) };
  } finally {
    secret.fill(0);
  }
}

/** One that is wrapped for the place already. @throws SignetError as openKey */
export async function takeKey(owner: DocumentOwner, wrapped: Bytes, pair: DocumentKeyPair): Promise<HeldKey> {
  return withSecret(owner, { wrapped }, pair, async (secret) => ({
    profileKey: await importProfileKey(owner, secret),
    wrapped,
  }));
}

export async function withSecret<T>(
  owner: DocumentOwner,
  { wrapped }: Pick<HeldKey, "wrapped">,
  pair: DocumentKeyPair,
  use: (secret: Bytes) => Promise<T>,
): Promise<T> {
  const secret = await openKey(owner, wrapped, pair);
  try {
    return await use(secret);
  } finally {
    secret.fill(0);
  }
}
