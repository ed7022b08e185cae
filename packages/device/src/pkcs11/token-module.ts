/** One PKCS#11 module, called one call after another; runs in the worker. */
import type { Bytes } from "@signet/protocol";

import { CKF, CKM, CKR, CKU, loggedInStates, mgf1Sha256, pssParameterType } from "./constants.ts";
import type { Cryptoki, Handle, Mechanism } from "./cryptoki.ts";
import { TokenFailure, failureOf, goneValues, returnValueOf } from "./failure.ts";
import { generationOf } from "./key-templates.ts";
import type { PinBytes, Requests, SignMechanism, TokenObjects, TokenSurvey } from "./messages.ts";
import { copyOf, readObjects } from "./token-objects.ts";

interface OpenSession {
  readonly handle: Handle;
  readonly slotId: Handle;
  readonly slot: number;
  readonly serial: string;
  loggedIn: boolean;
  /** Polls in a row that failed without saying that the token is gone. */
  failedPolls: number;
}

/** One odd answer is a busy card; the second one, 300 ms later, is taken for a removal. */
const failedPollsAllowed = 1;
/** An RSA key of 8192 bits. */
const longestSignatureBytes = 1024;

export class TokenModule {
  readonly #cryptoki: Cryptoki;
  readonly #sessions = new Map<number, OpenSession>();
  #lastSession = 0;

  constructor(cryptoki: Cryptoki) {
    this.#cryptoki = cryptoki;
  }

  survey(): TokenSurvey[] {
    return this.#cryptoki.C_GetSlotList(true).flatMap((slotId) => {
      try {
        return [this.#surveyOf(slotId)];
      } catch (error) {
        // A reader whose card is no token of this module, or was pulled just now.
        if (goneValues.has(returnValueOf(error) ?? -1)) return [];
        throw error;
      }
    });
  }

  #surveyOf(slotId: Handle): TokenSurvey {
    const info = this.#cryptoki.C_GetTokenInfo(slotId);
    const mechanisms = new Map<number, number>();
    for (const mechanism of this.#cryptoki.C_GetMechanismList(slotId)) {
      if (!usedMechanisms.has(mechanism)) continue;
      try {
        mechanisms.set(mechanism, this.#cryptoki.C_GetMechanismInfo(slotId, mechanism).flags);
      } catch (error) {
        // Some modules name mechanisms of the reader's other cards.
        if (returnValueOf(error) !== CKR.mechanismInvalid) throw error;
      }
    }
    return {
      slot: numberOf(slotId),
      label: info.label.trim(),
      serial: info.serialNumber.trim(),
      manufacturer: info.manufacturerID.trim(),
      model: info.model.trim(),
      flags: info.flags,
      mechanisms,
    };
  }

  open(slot: number, write: boolean): { session: number; loggedIn: boolean } {
    const slotId = this.#cryptoki.C_GetSlotList(true).find((handle) => numberOf(handle) === slot);
    if (slotId === undefined) throw new TokenFailure("device.tokenRemoved");
    const { serialNumber } = this.#cryptoki.C_GetTokenInfo(slotId);
    const flags = CKF.sessionSerial | (write ? CKF.sessionReadWrite : 0);
    const handle = this.#cryptoki.C_OpenSession(slotId, flags);
    const loggedIn = this.#isLoggedIn(handle);
    this.#lastSession += 1;
    const opened = { handle, slotId, slot, serial: serialNumber, loggedIn, failedPolls: 0 };
    this.#sessions.set(this.#lastSession, opened);
    return { session: this.#lastSession, loggedIn };
  }

  logIn(session: number, pin: PinBytes): void {
    const opened = this.#session(session);
    try {
      this.#logInAs(CKU.user, opened, pin);
    } catch (error) {
      // Login is the token's, not the session's: another device of this process may have done it meanwhile.
      if (returnValueOf(error) !== CKR.userAlreadyLoggedIn) throw error;
    }
    for (const other of this.#sessions.values()) if (other.slot === opened.slot) other.loggedIn = true;
  }

  /** pkcs11js takes a PIN as a string only, which cannot be overwritten; it lives as long as this call. */
  #logInAs(userType: number, opened: OpenSession, pin: PinBytes): void {
    try {
      this.#cryptoki.C_Login(
        opened.handle,
        userType,
        Buffer.from(pin.buffer, pin.byteOffset, pin.length).toString("utf8"),
      );
    } catch (error) {
      throw returnValueOf(error) === CKR.pinIncorrect ? this.#wrongPin(opened, error) : error;
    } finally {
      pin.fill(0);
    }
  }

  /** How few tries are left, where the token says so. */
  #wrongPin({ slotId }: OpenSession, cause: unknown): TokenFailure {
    const { flags } = this.#cryptoki.C_GetTokenInfo(slotId);
    if ((flags & CKF.tokenUserPinLocked) !== 0) return new TokenFailure("device.pinLocked", cause);
    if ((flags & CKF.tokenUserPinFinalTry) !== 0) return new TokenFailure("device.pinWrongLast", cause);
    if ((flags & CKF.tokenUserPinCountLow) !== 0) return new TokenFailure("device.pinWrongFew", cause);
    return new TokenFailure("device.pinWrong", cause);
  }

  objects(session: number): TokenObjects {
    return readObjects(this.#cryptoki, this.#session(session).handle);
  }

  generate({ session, algorithm, label, id }: Requests["generate"]["ask"]): void {
    const { mechanism, publicTemplate, privateTemplate } = generationOf(algorithm, label, id);
    const { handle } = this.#session(session);
    this.#cryptoki.C_GenerateKeyPair(handle, { mechanism }, publicTemplate, privateTemplate);
  }

  /** @throws TokenFailure `device.tokenRemoved` also when the module says something else of a token that is gone */
  sign(ask: Requests["sign"]["ask"]): Bytes {
    const opened = this.#session(ask.session);
    try {
      return this.#sign(opened, ask);
    } catch (error) {
      ask.pin?.fill(0);
      const failure = failureOf(error);
      if (failure.code === "device.tokenFailed" && this.#poll(opened) !== "there")
        throw new TokenFailure("device.tokenRemoved", error);
      throw failure;
    }
  }

  #sign(opened: OpenSession, { key, mechanism, message, pin }: Requests["sign"]["ask"]): Bytes {
    this.#cryptoki.C_SignInit(opened.handle, nativeMechanism(mechanism), Buffer.from(key));
    // PKCS#11 section 5.6: between C_SignInit and C_Sign.
    const finish = (): Buffer =>
      this.#cryptoki.C_Sign(opened.handle, Buffer.from(message), Buffer.alloc(longestSignatureBytes));
    try {
      if (pin !== undefined) this.#logInAs(CKU.contextSpecific, opened, pin);
    } catch (error) {
      // Only C_Sign ends what C_SignInit began; left open, it would be in the way of every later signature.
      try {
        finish();
      } catch {
        // As it must: nobody is logged in for it.
      }
      throw error;
    }
    return copyOf(finish());
  }

  /** Whether the token of a session is gone: pulled, swapped, or pulled and put back so that the session died. */
  isGone(session: number): boolean {
    const opened = this.#sessions.get(session);
    if (opened === undefined) return true;
    const found = this.#poll(opened);
    opened.failedPolls = found === "unclear" ? opened.failedPolls + 1 : 0;
    return found === "gone" || opened.failedPolls > failedPollsAllowed;
  }

  #poll(opened: OpenSession): "there" | "gone" | "unclear" {
    try {
      if (!this.#cryptoki.C_GetSlotList(true).some((handle) => handle.equals(opened.slotId))) return "gone";
      if (this.#cryptoki.C_GetTokenInfo(opened.slotId).serialNumber !== opened.serial) return "gone";
      return opened.loggedIn && !this.#isLoggedIn(opened.handle) ? "gone" : "there";
    } catch (error) {
      return goneValues.has(returnValueOf(error) ?? -1) ? "gone" : "unclear";
    }
  }

  #isLoggedIn(session: Handle): boolean {
    return loggedInStates.includes(this.#cryptoki.C_GetSessionInfo(session).state);
  }

  /** Logs out with the last session of a token. Of a token that is gone nothing is left to close. */
  close(session: number): void {
    const opened = this.#sessions.get(session);
    if (opened === undefined) return;
    this.#sessions.delete(session);
    const isLast = [...this.#sessions.values()].every(({ slot }) => slot !== opened.slot);
    try {
      if (isLast && opened.loggedIn) this.#cryptoki.C_Logout(opened.handle);
    } catch {
      // Gone, or logged out by another part of this process.
    }
    try {
      this.#cryptoki.C_CloseSession(opened.handle);
    } catch {
      // Gone with its token.
    }
  }

  #session(session: number): OpenSession {
    const opened = this.#sessions.get(session);
    if (opened === undefined) throw new TokenFailure("device.tokenRemoved");
    return opened;
  }
}

const usedMechanisms: ReadonlySet<number> = new Set(Object.values(CKM));

function nativeMechanism({ mechanism, pss }: SignMechanism): Mechanism {
  if (!pss) return { mechanism };
  return {
    mechanism,
    parameter: { type: pssParameterType, hashAlg: CKM.sha256, mgf: mgf1Sha256, saltLen: 32 },
  };
}

/** CK_SLOT_ID as a number; those of SoftHSM take 31 bits. */
const numberOf = (handle: Handle): number => handle.reduceRight((sum, byte) => sum * 256 + byte, 0);
