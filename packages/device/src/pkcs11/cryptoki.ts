/** The part of `pkcs11js` that Signet calls, and loading it. Its own types are absent where it is not installed. */
import { createRequire } from "node:module";
import { statSync } from "node:fs";
import type { Stats } from "node:fs";

import { CKF, CKR } from "./constants.ts";
import { TokenFailure, returnValueOf } from "./failure.ts";
import type { ModuleChoice } from "./messages.ts";

/** CK_ULONG as the bytes of this machine: slots, sessions, objects. */
export type Handle = Buffer;

export interface Attribute {
  readonly type: number;
  readonly value?: number | boolean | string | Buffer;
}

export interface PssParameters {
  readonly type: number;
  readonly hashAlg: number;
  readonly mgf: number;
  readonly saltLen: number;
}

export interface Mechanism {
  readonly mechanism: number;
  readonly parameter?: PssParameters;
}

export interface NativeTokenInfo {
  readonly label: string;
  readonly manufacturerID: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly flags: number;
}

/** Every method throws an Error with a message `CKR_NAME:number` when the module answers with one. */
export interface Cryptoki {
  load(path: string): void;
  C_Initialize(options: { flags: number; libraryParameters?: string }): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): NativeTokenInfo;
  C_GetMechanismList(slot: Handle): number[];
  C_GetMechanismInfo(slot: Handle, mechanism: number): { readonly flags: number };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_GetSessionInfo(session: Handle): { readonly state: number };
  C_Login(session: Handle, userType: number, pin: string): void;
  C_Logout(session: Handle): void;
  C_FindObjectsInit(session: Handle, template: Attribute[]): void;
  C_FindObjects(session: Handle, most: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: Attribute[]): { readonly value?: Buffer }[];
  C_GenerateKeyPair(
    session: Handle,
    mechanism: Mechanism,
    publicTemplate: Attribute[],
    privateTemplate: Attribute[],
  ): { readonly publicKey: Handle; readonly privateKey: Handle };
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Sign(session: Handle, message: Buffer, signature: Buffer): Buffer;
}

/**
 * Loads and initialises a module.
 * @throws TokenFailure `device.pkcs11Missing`, `moduleNotFound`, `moduleNoFile`, `moduleUnusable`, `moduleNotStarted`
 */
export function loadCryptoki({ modulePath, moduleParameters }: ModuleChoice): {
  cryptoki: Cryptoki;
  finalize: () => void;
} {
  const { PKCS11 } = requirePkcs11js();
  mustBeFile(modulePath);
  const cryptoki = new PKCS11();
  try {
    cryptoki.load(modulePath);
  } catch (cause) {
    throw new TokenFailure("device.moduleUnusable", cause);
  }
  try {
    cryptoki.C_Initialize({
      flags: CKF.initializeOsLocking,
      // pkcs11js 2.1.7 overwrites the last character by the zero that ends the text.
      ...(moduleParameters === undefined ? {} : { libraryParameters: `${moduleParameters} ` }),
    });
  } catch (cause) {
    // Somebody else in this process uses the module, and ends it too.
    if (returnValueOf(cause) === CKR.cryptokiAlreadyInitialized) return { cryptoki, finalize: () => {} };
    throw new TokenFailure("device.moduleNotStarted", cause);
  }
  return { cryptoki, finalize: () => cryptoki.C_Finalize() };
}

/**
 * The dynamic loader would search its own places for a bare name, and wait at a pipe; what is not there, and what is there and no
 * file, have their own sentences.
 */
function mustBeFile(path: string): void {
  let stat: Stats;
  try {
    stat = statSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    throw new TokenFailure(isMissing ? "device.moduleNotFound" : "device.moduleUnusable", cause);
  }
  if (!stat.isFile()) throw new TokenFailure("device.moduleNoFile", new Error(`it is ${kindOfPath(stat)}`));
}

function kindOfPath(stat: Stats): string {
  if (stat.isDirectory()) return "a folder";
  if (stat.isFIFO()) return "a pipe";
  return stat.isSocket() ? "a socket" : "a device";
}

function requirePkcs11js(): { PKCS11: new () => Cryptoki } {
  const require = createRequire(import.meta.url);
  try {
    return require("pkcs11js") as { PKCS11: new () => Cryptoki };
  } catch (cause) {
    throw new TokenFailure("device.pkcs11Missing", cause);
  }
}
