/** Which token and which key are meant. Never a guess: where two fit, the person chooses. */
import { SignetError } from "@signet/protocol";
import type { DeviceAlgorithm } from "@signet/protocol";

import { CKF } from "./constants.ts";
import { algorithmsOf, kindOf } from "./key-kinds.ts";
import type { KeyKind } from "./key-kinds.ts";
import type { TokenObject, TokenObjects, TokenSurvey } from "./messages.ts";

/** Which token and which key of it; what is absent is found out where only one fits. */
export interface TokenChoice {
  readonly modulePath: string;
  /** CK_SLOT_ID */
  readonly slot?: number;
  readonly tokenLabel?: string;
  readonly keyLabel?: string;
  /** CKA_ID, hexadecimal */
  readonly keyId?: string;
  /** For an RSA key `RS256` or `PS256`; without it `PS256` where the token can. */
  readonly algorithm?: DeviceAlgorithm;
}

/** @throws SignetError `device.noToken`, `severalTokens`, `tokenNotFound`, `tokenBlank` */
export function chooseToken(tokens: readonly TokenSurvey[], { slot, tokenLabel }: TokenChoice): TokenSurvey {
  if (tokens.length === 0) throw new SignetError("device.noToken");
  const named = tokens.filter(
    (token) =>
      (slot === undefined || token.slot === slot) && (tokenLabel === undefined || token.label === tokenLabel),
  );
  if (named.length === 0) throw new SignetError("device.tokenNotFound");
  const [only, ...others] = named.filter((token) => !isBlank(token));
  if (only === undefined) throw new SignetError("device.tokenBlank");
  if (others.length > 0) throw new SignetError("device.severalTokens");
  return only;
}

export const isBlank = ({ flags }: TokenSurvey): boolean => (flags & CKF.tokenInitialized) === 0;

export interface ChosenKey {
  /** The private key, with what its public key object adds. */
  readonly key: TokenObject;
  readonly kind: KeyKind;
}

/** @throws SignetError `device.noKey`, `keyNotFound`, `keyUnusable`, `keyMayNotSign`, `severalKeys` */
export function chooseKey(objects: TokenObjects, choice: TokenChoice): ChosenKey {
  const { keyLabel, keyId, algorithm } = choice;
  if (objects.privateKeys.length === 0) throw new SignetError("device.noKey");
  const named = objects.privateKeys.filter(
    ({ label, id }) =>
      (keyLabel === undefined || label === keyLabel) && (keyId === undefined || id === keyId.toLowerCase()),
  );
  if (named.length === 0) throw new SignetError("device.keyNotFound");
  const fitting = named.flatMap((privateKey): ChosenKey[] => {
    const key = withPublicPart(privateKey, objects);
    const kind = kindOf(key);
    if (kind === undefined) return [];
    return algorithm === undefined || algorithmsOf[kind].includes(algorithm) ? [{ key, kind }] : [];
  });
  if (fitting.length === 0) throw new SignetError("device.keyUnusable");
  const [only, ...others] = fitting.filter(({ key }) => key.maySign !== false);
  if (only === undefined) throw new SignetError("device.keyMayNotSign");
  if (others.length > 0) throw new SignetError("device.severalKeys");
  return only;
}

/** What is public of a key often stands in its public key object only: same CKA_ID; where there is none, same label. */
export function withPublicPart(privateKey: TokenObject, { publicKeys }: TokenObjects): TokenObject {
  const { id, label, keyType } = privateKey;
  const publicKey = publicKeys.find(
    (one) => one.keyType === keyType && (id === "" ? one.label === label : one.id === id),
  );
  return { ...publicKey, ...privateKey };
}
