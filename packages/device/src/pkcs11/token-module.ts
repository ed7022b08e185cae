/** One PKCS#11 module, called one call after another; runs in the module's process. */
import type { Bytes } from "@signet/protocol";

import { CKF, CKM, CKR, CKU, loggedInStates, mgf1Sha256, pssParameterType } from "./constants.ts";
import type { Cryptoki, Handle, Mechanism } from "./cryptoki.ts";
import { TokenFailure, failureOf, goneValues, reasonOf, returnValueOf } from "./failure.ts";
import { fixedText } from "./fixed-text.ts";
import { generationOf } from "./key-templates.ts";
import type {
  OddSlot,
  PinBytes,
  Requests,
  SignMechanism,
  Survey,
  TokenObjects,
  TokenSurvey,
} from "./messages.ts";
import { copyOf, readObjects } from "./token-objects.ts";

interface OpenSession {
  readonly handle: Handle;
  readonly slotId: Handle;
  readonly slot: number;
  readonly serial: string;
  loggedIn: boolean;
  /** Whether C_GetSessionInfo tells the truth of it: some modules name the same state all the time. */
  stateTells: boolean;
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

  survey(): Survey {
    const tokens: TokenSurvey[] = [];
    const oddSlots: OddSlot[] = [];
    for (const slotId of this.#cryptoki.C_GetSlotList(true)) {
      try {
        tokens.push(this.#surveyOf(slotId));
      } catch (error) {
        // A reader whose card is no token of this module, or was pulled just now.
        if (goneValues.has(returnValueOf(error) ?? -1)) continue;
        oddSlots.push({ slot: numberOf(slotId), reason: reasonOf(error) });
      }
    }
    return { tokens, oddSlots };
  }

  #surveyOf(slotId: Handle): TokenSurvey {
    const info = this.#cryptoki.C_GetTokenInfo(slotId);
    const odd: string[] = [];
    return {
      slot: numberOf(slotId),
      label: fixedText(info.label),
      serial: fixedText(info.serialNumber),
      manufacturer: fixedText(info.manufacturerID),
      model: fixedText(info.model),
      flags: info.flags,
      mechanisms: this.#mechanismsOf(slotId, odd),
      odd,
    };
  }

  #mechanismsOf(slotId: Handle, odd: string[]): Map<number, number> {
    const mechanisms = new Map<number, number>();
    let listed: readonly number[] = [];
    try {
      listed = this.#cryptoki.C_GetMechanismList(slotId);
    } catch (error) {
      if (goneValues.has(returnValueOf(error) ?? -1)) throw error;
      odd.push(`what it can do: ${reasonOf(error)}`);
    }
    for (const mechanism of listed) {
      if (!usedMechanisms.has(mechanism)) continue;
      try {
        mechanisms.set(mechanism, this.#cryptoki.C_GetMechanismInfo(slotId, mechanism).flags);
      } catch (error) {
        // Some modules name mechanisms of the reader's other cards.
        if (returnValueOf(error) !== CKR.mechanismInvalid)
          odd.push(`mechanism 0x${mechanism.toString(16)}: ${reasonOf(error)}`);
      }
    }
    return mechanisms;
  }

  open(slot: number, write: boolean): { session: number; loggedIn: boolean } {
    const slotId = this.#cryptoki.C_GetSlotList(true).find((handle) => numberOf(handle) === slot);
    if (slotId === undefined) throw new TokenFailure("device.tokenRemoved");
    const { serialNumber } = this.#cryptoki.C_GetTokenInfo(slotId);
    const flags = CKF.sessionSerial | (write ? CKF.sessionReadWrite : 0);
    const handle = this.#cryptoki.C_OpenSession(slotId, flags);
    const loggedIn = this.#isKnownLoggedIn(handle);
    this.#lastSession += 1;
    const opened = {
      handle,
      slotId,
      slot,
      serial: serialNumber,
      loggedIn,
      stateTells: loggedIn,
      failedPolls: 0,
    };
    this.#sessions.set(this.#lastSession, opened);
    return { session: this.#lastSession, loggedIn };
  }

  /** @throws TokenFailure `device.tokenRemoved` rather than give the PIN to another token in the slot */
  logIn({ session, pin, anew = false }: Requests["logIn"]["ask"]): void {
    const opened = this.#session(session);
    try {
      if (this.#cryptoki.C_GetTokenInfo(opened.slotId).serialNumber !== opened.serial)
        throw new TokenFailure("device.tokenRemoved");
      if (anew) this.#logOut(opened);
      this.#logInAs(CKU.user, opened, pin);
    } catch (error) {
      // Login is the token's, not the session's: another device of this process may have done it meanwhile.
      if (returnValueOf(error) !== CKR.userAlreadyLoggedIn) throw error;
    } finally {
      pin.fill(0);
    }
    for (const other of this.#sessions.values()) {
      if (other.slot !== opened.slot) continue;
      other.loggedIn = true;
      other.stateTells = this.#isKnownLoggedIn(other.handle);
    }
  }

  #logOut({ handle }: OpenSession): void {
    try {
      this.#cryptoki.C_Logout(handle);
    } catch {
      // Nobody is logged in, which is what was wanted; or the login that follows says what is wrong.
    }
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
    }
  }

  /** How few tries are left, where the token says so. */
  #wrongPin({ slotId }: OpenSession, cause: unknown): TokenFailure {
    const flags = this.#flagsOf(slotId);
    if ((flags & CKF.tokenUserPinLocked) !== 0) return new TokenFailure("device.pinLocked", cause);
    if ((flags & CKF.tokenUserPinFinalTry) !== 0) return new TokenFailure("device.pinWrongLast", cause);
    if ((flags & CKF.tokenUserPinCountLow) !== 0) return new TokenFailure("device.pinWrongFew", cause);
    return new TokenFailure("device.pinWrong", cause);
  }

  /** None where the module does not say. */
  #flagsOf(slotId: Handle): number {
    try {
      return this.#cryptoki.C_GetTokenInfo(slotId).flags;
    } catch {
      return 0;
    }
  }

  objects({ session, onlyPublic = false }: Requests["objects"]["ask"]): TokenObjects {
    const opened = this.#session(session);
    return readObjects(this.#cryptoki, opened.handle, onlyPublic, (error) => {
      if (goneValues.has(returnValueOf(error) ?? -1) && this.#poll(opened) === "gone") throw error;
    });
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
      const failure = failureOf(error);
      if (failure.code !== "device.tokenFailed") throw failure;
      const found = this.#poll(opened);
      if (found === "lapsed") throw new TokenFailure("device.loginLapsed", error);
      if (found !== "there") throw new TokenFailure("device.tokenRemoved", error);
      throw failure;
    } finally {
      ask.pin?.fill(0);
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

  /**
   * Whether the token of a session is gone (pulled, swapped, or pulled and put back so that the session died), or there without a
   * login. A lapse is said once; the next login begins it anew.
   */
  presenceOf(session: number): "there" | "gone" | "lapsed" {
    const opened = this.#sessions.get(session);
    if (opened === undefined) return "gone";
    const found = this.#poll(opened);
    opened.failedPolls = found === "unclear" ? opened.failedPolls + 1 : 0;
    if (found === "lapsed") opened.loggedIn = false;
    if (found === "unclear") return opened.failedPolls > failedPollsAllowed ? "gone" : "there";
    return found;
  }

  #poll(opened: OpenSession): "there" | "gone" | "lapsed" | "unclear" {
    try {
      if (!this.#cryptoki.C_GetSlotList(true).some((handle) => handle.equals(opened.slotId))) return "gone";
      if (this.#cryptoki.C_GetTokenInfo(opened.slotId).serialNumber !== opened.serial) return "gone";
      const saysLoggedIn = this.#saysLoggedIn(opened.handle);
      return opened.loggedIn && opened.stateTells && !saysLoggedIn ? "lapsed" : "there";
    } catch (error) {
      return goneValues.has(returnValueOf(error) ?? -1) ? "gone" : "unclear";
    }
  }

  #saysLoggedIn(session: Handle): boolean {
    return loggedInStates.includes(this.#cryptoki.C_GetSessionInfo(session).state);
  }

  #isKnownLoggedIn(session: Handle): boolean {
    try {
      return this.#saysLoggedIn(session);
    } catch {
      return false;
    }
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
