import { resolve } from "node:path";

import type { KnownKey } from "@signet/device/pkcs11";
import { texts } from "@signet/words/command-line";

import { said } from "../options/said.ts";
import { wrongUse } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import type { Profile, Remembered } from "../profile.ts";

type DeviceAlgorithm = NonNullable<TerminalOptions["key-type"]>;

/** Which key signs. */
export type KeyChoice =
  | { readonly type: "file"; readonly path: string }
  | {
      readonly type: "token";
      readonly module: string;
      readonly moduleParameters?: string;
      readonly slot?: number;
      readonly token?: string;
      readonly serial?: string;
      readonly key?: string;
      /** CKA_ID, hexadecimal */
      readonly keyId?: string;
      readonly algorithm?: DeviceAlgorithm;
      /** The token and key that were used last, and that have to be these again. */
      readonly known?: KnownKey;
    };

const tokenOnly = ["module-parameters", "slot", "token", "serial", "key", "key-id", "new-key"] as const;

const isTokenNamed = (values: TerminalOptions): boolean =>
  values.module !== undefined || tokenOnly.some((name) => values[name] !== undefined);

/** Whether the command says which key signs, so that nothing that is remembered chooses. */
export const isKeyNamed = (values: TerminalOptions): boolean =>
  values["key-file"] !== undefined || isTokenNamed(values);

/**
 * What was said before what is remembered: who names a key file does not want the remembered token, and the other way round.
 * @throws Failure for a choice that contradicts itself
 */
export function chooseKey(
  values: TerminalOptions,
  remembered: Remembered,
  profile: Profile,
  user: string,
): KeyChoice {
  const { module = remembered.module, slot } = values;
  const isToken = isTokenNamed(values);
  if (values["key-file"] !== undefined) {
    if (isToken) throw wrongUse(texts().trouble.fileAndToken, texts().trouble.fileOrToken);
    return { type: "file", path: resolve(values["key-file"]) };
  }
  if (isToken && module === undefined)
    throw wrongUse(
      texts().trouble.needsModule(tokenOnly.find((name) => values[name] !== undefined) ?? ""),
      texts().trouble.giveModule,
    );
  const isRememberedUser = remembered.user === undefined || remembered.user === user;
  if (module !== undefined && (isToken || isRememberedUser)) {
    const isSame = module === remembered.module && isRememberedUser;
    const { serial } = values;
    const last = isSame ? remembered : {};
    const known = serial === undefined ? knownKey(values, last) : undefined;
    const moduleParameters = values["module-parameters"] ?? last["module-parameters"];
    const algorithm = values["key-type"] ?? last["key-type"];
    // What is known tells token and key for certain; labels can be changed.
    const token = values.token ?? (known === undefined && serial === undefined ? last.token : undefined);
    const isKeySaid = (values["new-key"] ?? values.key ?? values["key-id"]) !== undefined;
    const lastKey = isKeySaid || known?.key !== undefined ? {} : last;
    const key = values["new-key"] ?? values.key ?? lastKey.key;
    const keyId = values["key-id"] ?? (serial === undefined ? lastKey["key-id"] : undefined);
    return {
      type: "token",
      module,
      ...said({ moduleParameters, slot, token, serial, key, keyId, algorithm, known }),
    };
  }
  const path = isRememberedUser ? remembered["key-file"] : undefined;
  return { type: "file", path: path ?? profile.keyFile(user) };
}

/**
 * Who names slot or label anew means a place; only a serial names another token. Who names another key means another key of
 * that token.
 */
function knownKey(values: TerminalOptions, last: Remembered): KnownKey | undefined {
  const { "token-serial": serial, "key-id": id = "", "public-key": publicKey } = last;
  if (serial === undefined) return undefined;
  const isSameKey =
    values["new-key"] === undefined &&
    (values.key === undefined || values.key === last.key) &&
    (values["key-id"] === undefined || values["key-id"] === last["key-id"]);
  const token = { serial, ...said({ label: last.token }) };
  if (!isSameKey || publicKey === undefined) return token;
  return { ...token, key: { id, publicKey: Uint8Array.from(Buffer.from(publicKey, "base64url")) } };
}
