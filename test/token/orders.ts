/** Orders for the usual keys; a test may change any attribute. */
import type { Order, Template } from "./provision.ts";

export interface KeyWish {
  readonly label: string;
  /** CKA_ID, hexadecimal; without it the label's bytes */
  readonly id?: string;
  readonly kind: "p256" | "p384" | "ed25519" | "rsa2048" | "rsa1024";
  /** CKA_ numbers; wins over what a key has by itself */
  readonly privateTemplate?: Template;
  readonly publicTemplate?: Template;
}

const kinds: Record<KeyWish["kind"], { mechanism: number; template: Template }> = {
  p256: { mechanism: 0x1040, template: { 0x180: { hex: "06082a8648ce3d030107" } } },
  p384: { mechanism: 0x1040, template: { 0x180: { hex: "06052b81040022" } } },
  ed25519: { mechanism: 0x1055, template: { 0x180: { hex: "06032b6570" } } },
  rsa2048: { mechanism: 0, template: { 0x121: 2048, 0x122: { hex: "010001" } } },
  rsa1024: { mechanism: 0, template: { 0x121: 1024, 0x122: { hex: "010001" } } },
};

/** A key pair: on the token, sensitive, for signing. */
export function keyOrder({ label, id, kind, privateTemplate, publicTemplate }: KeyWish): Order {
  const { mechanism, template } = kinds[kind];
  const both: Template = { 0x1: true, 0x3: label, 0x102: { hex: id ?? Buffer.from(label).toString("hex") } };
  return {
    make: "keyPair",
    mechanism,
    publicTemplate: { ...both, 0x10a: true, ...template, ...publicTemplate },
    privateTemplate: {
      ...both,
      0x2: true,
      0x103: true,
      0x162: false,
      0x108: true,
      ...privateTemplate,
    },
  };
}

/** @param id CKA_ID, hexadecimal; empty for certificates of issuers */
export function certificateOrder(der: Uint8Array, id: string): Order {
  // CKO_CERTIFICATE, CKC_X_509; the subject is asked for, and read by nobody here.
  return {
    make: "object",
    template: {
      0x0: 1,
      0x1: true,
      0x2: false,
      0x80: 0,
      0x101: { hex: "3000" },
      0x102: { hex: id },
      0x11: { hex: Buffer.from(der).toString("hex") },
    },
  };
}
