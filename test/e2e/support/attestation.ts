/** Certificates of attestations as makers of authenticators and as attackers issue them: full of addresses to be fetched. */
import "reflect-metadata";

import type { Bytes } from "@signet/protocol";
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  Extension,
  IssuerAlternativeNameExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  cryptoProvider,
} from "@peculiar/x509";

cryptoProvider.set(crypto);

const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 86_400_000;

export interface AttestationWish {
  /** What stands in every certificate, as places of revocation lists, of the issuer, of OCSP, and as names. */
  readonly urls: readonly string[];
  /** The credential's own key instead of a new one, as `android-key` wants. */
  readonly holder?: CryptoKey;
  readonly leaf?: CertificateWish;
  readonly issuer?: CertificateWish;
  readonly root?: CertificateWish;
  readonly extensions?: readonly { readonly oid: string; readonly value: Bytes }[];
}

export interface CertificateWish {
  readonly cA?: boolean | undefined;
  readonly pathLength?: number;
  readonly notAfterMs?: number;
  readonly subject?: string;
}

export interface AttestationCertificates {
  /** The attestation's own, an authority that issued it, and the root that issued that. */
  readonly chain: readonly [Bytes, Bytes, Bytes];
  /** Of the attestation's own certificate; absent where it is the credential's. */
  readonly privateKey: CryptoKey | undefined;
}

/** As WebAuthn level 3, section 8.2.1 wants the subject. */
const leafSubject = "C=SE, O=Maker, OU=Authenticator Attestation, CN=Security Key";

export async function attestationCertificates(wish: AttestationWish): Promise<AttestationCertificates> {
  const [rootKeys, issuerKeys, leafKeys] = await Promise.all([newKeys(), newKeys(), newKeys()]);
  const make = async (
    subject: string,
    issuer: string,
    publicKey: CryptoKey,
    signingKey: CryptoKey,
    { cA, notAfterMs, pathLength }: CertificateWish,
    more: readonly Extension[],
  ): Promise<Bytes> => {
    const made = await X509CertificateGenerator.create({
      serialNumber: "1234",
      subject,
      issuer,
      notBefore: new Date(Date.now() - 400 * dayMs),
      notAfter: new Date(notAfterMs ?? Date.now() + 400 * dayMs),
      signingAlgorithm: ecdsa,
      publicKey,
      signingKey,
      extensions: [
        ...(cA === undefined ? [] : [new BasicConstraintsExtension(cA, pathLength, true)]),
        ...(cA === true ? [new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)] : []),
        ...addresses(wish.urls),
        ...more,
      ],
    });
    return new Uint8Array(made.rawData);
  };
  const own = (wish.extensions ?? []).map(({ oid, value }) => new Extension(oid, false, value));
  const leaf = { cA: false, ...wish.leaf };
  const subject = leaf.subject ?? leafSubject;
  return {
    chain: [
      await make(subject, "CN=Issuer", wish.holder ?? leafKeys.publicKey, issuerKeys.privateKey, leaf, own),
      await make(
        "CN=Issuer",
        "CN=Root",
        issuerKeys.publicKey,
        rootKeys.privateKey,
        { cA: true, ...wish.issuer },
        [],
      ),
      await make(
        "CN=Root",
        "CN=Root",
        rootKeys.publicKey,
        rootKeys.privateKey,
        { cA: true, ...wish.root },
        [],
      ),
    ],
    privateKey: wish.holder === undefined ? leafKeys.privateKey : undefined,
  };
}

const newKeys = async (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);

function addresses(urls: readonly string[]): Extension[] {
  if (urls.length === 0) return [];
  const names = urls.map((value) => ({ type: "url", value }) as const);
  return [
    new CRLDistributionPointsExtension([...urls]),
    new AuthorityInfoAccessExtension({ ocsp: [...urls], caIssuers: [...urls] }),
    new SubjectAlternativeNameExtension([...names]),
    new IssuerAlternativeNameExtension([...names]),
  ];
}
