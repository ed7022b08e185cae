/** A small certification authority, for tests of servers and terminals. Validation itself is tested in packages/device. */
import "reflect-metadata";

import type { SignatureDevice } from "@signet/device";
import type { Bytes } from "@signet/protocol";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  cryptoProvider,
} from "@peculiar/x509";

cryptoProvider.set(crypto);

const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 86_400_000;

let serials = 0x1000;

export interface Issued {
  /** DER. */
  readonly certificate: Bytes;
  readonly serial: string;
}

export class Authority {
  readonly name: string;
  readonly certificate: Bytes;
  readonly #keys: CryptoKeyPair;

  private constructor(name: string, certificate: Bytes, keys: CryptoKeyPair) {
    this.name = name;
    this.certificate = certificate;
    this.#keys = keys;
  }

  /** @param name common name */
  static async create(
    name = "Republic Root",
    dates: { readonly notAfterMs?: number } = {},
    cA = true,
  ): Promise<Authority> {
    const keys = await crypto.subtle.generateKey(ecdsa, false, ["sign", "verify"]);
    const made = await X509CertificateGenerator.createSelfSigned({
      serialNumber: nextSerial(),
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - 400 * dayMs),
      notAfter: new Date(dates.notAfterMs ?? Date.now() + 400 * dayMs),
      signingAlgorithm: ecdsa,
      keys,
      extensions: [
        new BasicConstraintsExtension(cA, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(name, new Uint8Array(made.rawData), keys);
  }

  /** Certifies the device's key for `<name>@example.org`, common name `name` unless there is another. */
  async issue(
    device: SignatureDevice,
    name: string,
    options: {
      readonly notBeforeMs?: number;
      readonly notAfterMs?: number;
      readonly commonName?: string;
      /** For signatures that bind by law, as identity cards have one beside the one for authentication. */
      readonly forSigning?: boolean;
    } = {},
  ): Promise<Issued> {
    const algorithm = device.algorithm === "EdDSA" ? { name: "Ed25519" } : ecdsa;
    const holder = await crypto.subtle.importKey("spki", device.publicKey, algorithm, true, ["verify"]);
    const serial = nextSerial();
    const made = await X509CertificateGenerator.create({
      serialNumber: serial,
      subject: `CN=${options.commonName ?? name}`,
      issuer: `CN=${this.name}`,
      notBefore: new Date(options.notBeforeMs ?? Date.now() - dayMs),
      notAfter: new Date(options.notAfterMs ?? Date.now() + 30 * dayMs),
      signingAlgorithm: ecdsa,
      publicKey: holder,
      signingKey: this.#keys.privateKey,
      extensions: [
        new KeyUsagesExtension(
          options.forSigning === true ? KeyUsageFlags.nonRepudiation : KeyUsageFlags.digitalSignature,
          true,
        ),
        new SubjectAlternativeNameExtension([{ type: "email", value: `${name}@example.org` }]),
      ],
    });
    return { certificate: new Uint8Array(made.rawData), serial };
  }

  /** DER of a revocation list that is valid for a day. */
  async revoke(...serials: readonly string[]): Promise<Bytes> {
    const crl = await X509CrlGenerator.create({
      issuer: `CN=${this.name}`,
      thisUpdate: new Date(Date.now() - dayMs),
      nextUpdate: new Date(Date.now() + dayMs),
      entries: serials.map((serialNumber) => ({
        serialNumber,
        revocationDate: new Date(Date.now() - dayMs),
      })),
      signingAlgorithm: ecdsa,
      signingKey: this.#keys.privateKey,
    });
    return new Uint8Array(crl.rawData);
  }

  get pem(): string {
    return pemOf("CERTIFICATE", this.certificate);
  }
}

export function pemOf(label: string, der: Bytes): string {
  const lines = Buffer.from(der).toString("base64").replaceAll(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

const nextSerial = (): string => (serials += 1).toString(16);
