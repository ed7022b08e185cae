/** Which token and which key are meant. Never a guess: where two fit, the person chooses. */
import { SignetError, equalBytes } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { parseCertificates } from "./certificates.ts";
import type { CertificateUse } from "./certificate-use.ts";
import { CKF } from "./constants.ts";
import type { KeyCandidate } from "./key-candidates.ts";
import { algorithmsOf, kindOf, publicKeyOf } from "./key-kinds.ts";
import type { KeyKind } from "./key-kinds.ts";
import type { ModuleChoice, Survey, TokenObjects, TokenSurvey } from "./messages.ts";

/** The token and the key that were used before. */
export interface KnownKey {
  readonly serial: string;
  /** Tells two of one serial apart; of one alone the label may have been changed. */
  readonly label?: string;
  /** Absent where another key of the token is meant. */
  readonly key?: {
    /** CKA_ID, hexadecimal */
    readonly id: string;
    /** SubjectPublicKeyInfo, DER */
    readonly publicKey: Bytes;
  };
}

/** Which token and which key of it; what is absent is found out where only one fits. */
export interface TokenChoice extends ModuleChoice {
  /** CK_SLOT_ID */
  readonly slot?: number;
  readonly tokenLabel?: string;
  readonly serial?: string;
  readonly keyLabel?: string;
  /** CKA_ID, hexadecimal */
  readonly keyId?: string;
  /** For an RSA key `RS256` or `PS256`; without it `PS256` where the token can. */
  readonly algorithm?: DeviceAlgorithm;
  /** Another token than this one is not logged in to, and no other key of it signs. */
  readonly known?: KnownKey;
}

/** @throws SignetError `device.noToken`, `severalTokens`, `tokenNotFound`, `tokenBlank`, `otherToken` */
export function chooseToken({ tokens, oddSlots }: Survey, choice: TokenChoice): TokenSurvey {
  const { known, serial, slot, tokenLabel } = choice;
  const odd = oddSlots.map((one) => `slot ${one.slot}: ${one.reason}`).join("; ");
  const cause = odd === "" ? undefined : new Error(odd);
  if (tokens.length === 0) throw new SignetError(odd === "" ? "device.noToken" : "device.tokenFailed", cause);
  const named = tokens.filter(
    (token) =>
      (slot === undefined || token.slot === slot) &&
      (tokenLabel === undefined || token.label === tokenLabel) &&
      (serial === undefined || token.serial === serial),
  );
  if (named.length === 0) throw new SignetError("device.tokenNotFound", cause);
  const ready = named.filter((token) => !isBlank(token));
  if (ready.length === 0) throw new SignetError("device.tokenBlank", cause);
  const sameSerial = known === undefined ? ready : ready.filter((token) => token.serial === known.serial);
  const sameLabel = sameSerial.filter((token) => token.label === known?.label);
  const [only, ...others] = sameSerial.length > 1 && sameLabel.length > 0 ? sameLabel : sameSerial;
  if (only === undefined) throw otherToken(ready, known?.serial ?? "");
  if (others.length > 0) throw new SignetError("device.severalTokens");
  return only;
}

const otherToken = (found: readonly TokenSurvey[], serial: string): SignetError =>
  new SignetError(
    "device.otherToken",
    new Error(
      `serial ${serial} was used last, and ${found.map((one) => `serial ${one.serial}`).join(", ")} is there`,
    ),
  );

/** Without keys and PIN; a token that has a PIN was set up, whatever its other flag says. */
export const isBlank = ({ flags }: TokenSurvey): boolean =>
  (flags & (CKF.tokenInitialized | CKF.tokenUserPinInitialized)) === 0;

/**
 * Before anybody logs in: not every serial is one of its own. A token that shows public keys, and not the one that was used
 * last, is another one, or has another key by now.
 * @param shown what it shows without login
 * @throws SignetError `device.otherToken`
 */
export function mustShowKnown(shown: TokenObjects, { key, serial }: KnownKey): void {
  if (key === undefined) return;
  const publicKeys = shown.publicKeys.flatMap((one) => {
    const kind = kindOf(one);
    const publicKey = kind === undefined ? undefined : publicKeyOf(kind, one);
    return publicKey === undefined ? [] : [{ id: one.id, publicKey }];
  });
  const certificates = parseCertificates(shown.certificates);
  if ([...publicKeys, ...certificates].some((one) => equalBytes(one.publicKey, key.publicKey))) return;
  // Certificates of authorities lie there as well, so of those only one of the key's own ID is in the way.
  const isInPlace = certificates.some(({ id }) => id !== "" && id === key.id);
  if (publicKeys.length === 0 && !isInPlace) return;
  throw new SignetError(
    "device.otherToken",
    new Error(`its serial is ${serial === "" ? "empty, too" : serial}, and it shows other keys`),
  );
}

/** A key of the token, for who has to choose one. */
export interface KeyName {
  readonly label: string;
  /** CKA_ID, hexadecimal */
  readonly id: string;
  /** What its certificate says that it is for. */
  readonly use: CertificateUse | undefined;
}

/** The cause of a `device.severalKeys`: those that fit. */
export class SeveralKeys extends Error {
  readonly keys: readonly KeyName[];

  constructor(keys: readonly KeyName[]) {
    super(
      keys
        .map(({ id, label, use }) => `"${label}" with the ID ${id}${use === undefined ? "" : ` for ${use}`}`)
        .join(", "),
    );
    this.keys = keys;
  }
}

/**
 * @param candidates of the private keys
 * @throws SignetError `device.noKey`, `keyNotFound`, `keyUnusable`, `keyMayNotSign`, `mechanismMissing`, `severalKeys`, `otherKey`
 */
export function chooseKey(
  candidates: readonly KeyCandidate[],
  choice: TokenChoice,
): KeyCandidate & { readonly kind: KeyKind } {
  const { algorithm, keyId, keyLabel, known } = choice;
  if (candidates.length === 0) throw new SignetError("device.noKey");
  const named = candidates.filter(
    ({ key: { id, label } }) =>
      (keyLabel === undefined || label === keyLabel) && (keyId === undefined || id === keyId.toLowerCase()),
  );
  if (named.length === 0) throw new SignetError("device.keyNotFound");
  const meant = known?.key === undefined ? named : knownAmong(named, known.key);
  const ofKind = meant.flatMap((one) => {
    const { kind } = one;
    const fits = kind !== undefined && (algorithm === undefined || algorithmsOf[kind].includes(algorithm));
    return fits && one.unusable !== "device.keyUnusable" ? [{ ...one, kind }] : [];
  });
  if (ofKind.length === 0) throw new SignetError("device.keyUnusable");
  const fitting = ofKind.filter(({ unusable }) => unusable !== "device.keyMayNotSign");
  if (fitting.length === 0) throw new SignetError("device.keyMayNotSign");
  const [only, ...others] = fitting.filter(
    ({ algorithms, unusable }) =>
      unusable !== "device.mechanismMissing" && (algorithm === undefined || algorithms.includes(algorithm)),
  );
  if (only === undefined) throw new SignetError("device.mechanismMissing");
  if (others.length === 0) return only;
  throw new SignetError(
    "device.severalKeys",
    new SeveralKeys(
      [only, ...others].map(({ certificate, key: { id, label } }) => ({ id, label, use: certificate?.use })),
    ),
  );
}

/** By the public key; where the token does not show it, by the ID. @throws SignetError `device.otherKey` */
function knownAmong(
  candidates: readonly KeyCandidate[],
  { id, publicKey }: NonNullable<KnownKey["key"]>,
): readonly KeyCandidate[] {
  const same = candidates.filter(
    (one) => one.publicKey !== undefined && equalBytes(one.publicKey, publicKey),
  );
  const hidden = candidates.filter((one) => one.publicKey === undefined && one.key.id === id);
  const found = same.length > 0 ? same : hidden;
  if (found.length === 0) throw new SignetError("device.otherKey");
  return found;
}
