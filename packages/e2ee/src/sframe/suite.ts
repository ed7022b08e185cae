/** Constants of one SFrame cipher suite (RFC 9605 section 4.5). Lengths in bytes; every nonce is 12 bytes. */
export interface SFrameSuite {
  readonly id: number;
  readonly name: string;
  readonly mode: "gcm" | "ctr-hmac";
  readonly hash: "SHA-256" | "SHA-512";
  /** `AEAD.Nk`; for `ctr-hmac` the encryption key and the MAC key together. */
  readonly keyBytes: number;
  /** `AEAD.Nt` */
  readonly tagBytes: number;
}

export const nonceBytes = 12;

/** The suite that Signet's frames use: a full 128-bit tag costs 200 B/s per voice and AES-GCM is one WebCrypto call. */
export const aes128Gcm: SFrameSuite = {
  id: 4,
  name: "AES_128_GCM_SHA256_128",
  mode: "gcm",
  hash: "SHA-256",
  keyBytes: 16,
  tagBytes: 16,
};

/** All suites registered by RFC 9605, by id. Only {@link aes128Gcm} is spoken; the others keep the code true to the vectors. */
export const sframeSuites: ReadonlyMap<number, SFrameSuite> = new Map(
  [
    {
      id: 1,
      name: "AES_128_CTR_HMAC_SHA256_80",
      mode: "ctr-hmac",
      hash: "SHA-256",
      keyBytes: 48,
      tagBytes: 10,
    } as const,
    {
      id: 2,
      name: "AES_128_CTR_HMAC_SHA256_64",
      mode: "ctr-hmac",
      hash: "SHA-256",
      keyBytes: 48,
      tagBytes: 8,
    } as const,
    {
      id: 3,
      name: "AES_128_CTR_HMAC_SHA256_32",
      mode: "ctr-hmac",
      hash: "SHA-256",
      keyBytes: 48,
      tagBytes: 4,
    } as const,
    aes128Gcm,
    {
      id: 5,
      name: "AES_256_GCM_SHA512_128",
      mode: "gcm",
      hash: "SHA-512",
      keyBytes: 32,
      tagBytes: 16,
    } as const,
  ].map((suite) => [suite.id, suite]),
);
