/** Attestations of every format, as an authenticator would make them, with certificates that are full of addresses. */
import type { Bytes } from "@signet/protocol";
import { concatBytes } from "@signet/protocol";
import { attestationCertificates } from "@signet/e2e/support/attestation.ts";
import type { AttestationWish } from "@signet/e2e/support/attestation.ts";

import { ecdsaDer } from "./authenticator.ts";
import type { Attested, NewCredential } from "./authenticator.ts";

type Wish = Omit<AttestationWish, "holder" | "extensions"> & {
  readonly send?: (chain: readonly Bytes[]) => Bytes[];
  readonly signature?: (der: Bytes) => Bytes;
};

const es256 = -7;
const entire = (chain: readonly Bytes[]): Bytes[] => [...chain];

/** Signed by the key of a certificate; by default with all three certificates. */
export const packed =
  ({ send = entire, signature = (der) => der, ...wish }: Wish) =>
  async ({ authData, clientDataHash, sign }: NewCredential): Promise<Attested> => {
    const { chain, privateKey } = await attestationCertificates(wish);
    const message = concatBytes(authData, clientDataHash);
    const sig = signature(
      privateKey === undefined ? await sign(message) : await ecdsaDer(privateKey, message),
    );
    return [
      "packed",
      new Map<string, Cbor>([
        ["alg", es256],
        ["sig", sig],
        ["x5c", send(chain)],
      ]),
    ];
  };

type Cbor = Attested[1];

/** Signed by the credential's own key. */
export const packedSelf = async ({ authData, clientDataHash, sign }: NewCredential): Promise<Attested> => {
  const sig = await sign(concatBytes(authData, clientDataHash));
  return [
    "packed",
    new Map<string, Cbor>([
      ["alg", es256],
      ["sig", sig],
    ]),
  ];
};

/** FIDO U2F (WebAuthn level 3, section 8.6): an AAGUID of zeros goes with it. */
export const fidoU2f =
  (wish: Wish) =>
  async ({ clientDataHash, credentialId, point, rpIdHash }: NewCredential): Promise<Attested> => {
    const { chain, privateKey } = await attestationCertificates(wish);
    if (privateKey === undefined) throw new Error("a key of its own signs");
    const message = concatBytes(Uint8Array.of(0), rpIdHash, clientDataHash, credentialId, point);
    const sig = await ecdsaDer(privateKey, message);
    return [
      "fido-u2f",
      new Map<string, Cbor>([
        ["sig", sig],
        ["x5c", [chain[0]]],
      ]),
    ];
  };

/** Android's keystore (section 8.4): the certificate is the credential's, and names the challenge. */
export const androidKey =
  (wish: Wish) =>
  async ({ authData, clientDataHash, publicKey, sign }: NewCredential): Promise<Attested> => {
    const description = { oid: "1.3.6.1.4.1.11129.2.1.17", value: keyDescription(clientDataHash) };
    const { chain } = await attestationCertificates({
      ...wish,
      holder: publicKey,
      extensions: [description],
    });
    const sig = await sign(concatBytes(authData, clientDataHash));
    return [
      "android-key",
      new Map<string, Cbor>([
        ["alg", es256],
        ["sig", sig],
        ["x5c", [...chain]],
      ]),
    ];
  };

/** Apple's (section 8.8): the certificate is the credential's, and names the nonce. */
export const apple =
  (wish: Wish) =>
  async ({ authData, clientDataHash, publicKey }: NewCredential): Promise<Attested> => {
    const message = concatBytes(authData, clientDataHash);
    const nonce = new Uint8Array(await crypto.subtle.digest("SHA-256", message));
    const value = concatBytes(Uint8Array.of(0x30, 0x24, 0xa1, 0x22, 0x04, 0x20), nonce);
    const extensions = [{ oid: "1.2.840.113635.100.8.2", value }];
    const { chain } = await attestationCertificates({ ...wish, holder: publicKey, extensions });
    return ["apple", new Map<string, Cbor>([["x5c", [...chain]]])];
  };

/** Of any other format: certificates are in it, whatever it may be. */
export const other =
  (format: Attested[0], wish: Wish) =>
  async ({ authData, clientDataHash, sign }: NewCredential): Promise<Attested> => {
    const { chain } = await attestationCertificates(wish);
    const sig = await sign(concatBytes(authData, clientDataHash));
    const statement = new Map<string, Cbor>([
      ["ver", "2.0"],
      ["alg", es256],
      ["sig", sig],
      ["x5c", [...chain]],
      ["response", sig],
    ]);
    return [format, statement];
  };

/** KeyDescription of Android's keystore: versions, security levels, challenge, unique ID, and two empty lists. */
function keyDescription(challenge: Bytes): Bytes {
  const levels = [0x02, 0x01, 0x03, 0x0a, 0x01, 0x01, 0x02, 0x01, 0x03, 0x0a, 0x01, 0x01];
  const contents = concatBytes(
    Uint8Array.of(...levels, 0x04, challenge.length),
    challenge,
    Uint8Array.of(0x04, 0x00, 0x30, 0x00, 0x30, 0x00),
  );
  return concatBytes(Uint8Array.of(0x30, contents.length), contents);
}
