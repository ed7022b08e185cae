/**
 * What a return value of PKCS#11 means for a person. Runs in the process of the module, which loads nothing of ours but this
 * folder and so starts in a third of the time.
 */
import type { ErrorCode } from "@signet/protocol";

import { CKR } from "./constants.ts";

/** Becomes the SignetError of its code on the terminal's side. */
export class TokenFailure extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** The CKR_ number in an error of pkcs11js; undefined when it is another error. */
export function returnValueOf(error: unknown): number | undefined {
  const found = error instanceof Error ? /CKR_\w+:(\d+)/.exec(`${error.message}:${codeOf(error)}`) : null;
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

/**
 * What the module said, for who has to find out more: function, name and number, such as `C_Login: CKR_PIN_INCORRECT (0xa0)`.
 * Of other errors their message. Nothing that was handed to the module is in it.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const value = returnValueOf(error);
  if (value === undefined) return error.message.split("\n", 1)[0] ?? "";
  const place = "method" in error && typeof error.method === "string" ? error.method : "";
  const name = /CKR_\w+/.exec(error.message)?.[0] ?? "CKR";
  return `${place === "" ? "" : `${place}: `}${name} (0x${value.toString(16)})`;
}

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : "");

/** The token, or the session with it, is gone. */
export const goneValues: ReadonlySet<number> = new Set([
  CKR.slotIdInvalid,
  CKR.deviceRemoved,
  CKR.sessionClosed,
  CKR.sessionHandleInvalid,
  CKR.tokenNotPresent,
  CKR.tokenNotRecognized,
]);

const codes: ReadonlyMap<number, ErrorCode> = new Map([
  ...[...goneValues].map((value): [number, ErrorCode] => [value, "device.tokenRemoved"]),
  [CKR.deviceMemory, "device.tokenFull"],
  // At a reader with keys of its own.
  [CKR.functionCanceled, "device.cancelled"],
  // What a key was called is no name of it any more: private objects are found anew after each login (section 5.6).
  [CKR.keyHandleInvalid, "device.keyNotFound"],
  [CKR.objectHandleInvalid, "device.keyNotFound"],
  [CKR.keyTypeInconsistent, "device.keyUnusable"],
  [CKR.keyFunctionNotPermitted, "device.keyMayNotSign"],
  [CKR.mechanismInvalid, "device.mechanismMissing"],
  [CKR.mechanismParamInvalid, "device.mechanismMissing"],
  [CKR.pinIncorrect, "device.pinWrong"],
  [CKR.pinInvalid, "device.pinWrong"],
  [CKR.pinLenRange, "device.pinWrong"],
  [CKR.pinExpired, "device.pinMustChange"],
  [CKR.pinLocked, "device.pinLocked"],
  [CKR.userNotLoggedIn, "device.loginLapsed"],
  [CKR.userPinNotInitialized, "device.pinNotSet"],
  [CKR.sessionReadOnly, "device.tokenReadOnly"],
  [CKR.tokenWriteProtected, "device.tokenReadOnly"],
]);

/** Failures pass as they are; everything unknown is `device.tokenFailed`. */
export function failureOf(error: unknown): TokenFailure {
  if (error instanceof TokenFailure) return error;
  const value = returnValueOf(error);
  return new TokenFailure(
    (value === undefined ? undefined : codes.get(value)) ?? "device.tokenFailed",
    error,
  );
}
