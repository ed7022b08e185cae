import type { Bytes } from "@signet/protocol";

/** What is used of `node:crypto`, which is not part of the platform that this package is written for. */
export interface NodeCrypto {
  hash(algorithm: "sha256", data: Bytes, encoding: "buffer"): Uint8Array;
  scrypt(
    password: Bytes,
    salt: Bytes,
    length: number,
    options: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number },
    done: (error: Error | null, derived: Bytes) => void,
  ): void;
}

const platform = globalThis as {
  readonly process?: { getBuiltinModule?(id: "node:crypto"): NodeCrypto | undefined };
};

/** undefined in a browser. */
export const nodeCrypto: NodeCrypto | undefined = platform.process?.getBuiltinModule?.("node:crypto");
