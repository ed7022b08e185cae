import { resolve } from "node:path";

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
      readonly slot?: number;
      readonly token?: string;
      readonly key?: string;
      readonly algorithm?: DeviceAlgorithm;
    };

const tokenOnly = ["slot", "token", "key", "new-key"] as const;

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
  const isTokenNamed = values.module !== undefined || tokenOnly.some((name) => values[name] !== undefined);
  if (values["key-file"] !== undefined) {
    if (isTokenNamed)
      throw wrongUse("--key-file and a token exclude each other", "give either --key-file or --module");
    return { type: "file", path: resolve(values["key-file"]) };
  }
  if (isTokenNamed && module === undefined)
    throw wrongUse(
      `--${tokenOnly.find((name) => values[name] !== undefined)} needs a PKCS#11 module`,
      "give it with --module; `signet devices` lists those that are installed",
    );
  const isRememberedUser = remembered.user === undefined || remembered.user === user;
  if (module !== undefined && (isTokenNamed || isRememberedUser)) {
    const isSame = module === remembered.module && isRememberedUser;
    const token = values.token ?? (isSame ? remembered.token : undefined);
    const key = values["new-key"] ?? values.key ?? (isSame ? remembered.key : undefined);
    const algorithm = values["key-type"] ?? (isSame ? remembered["key-type"] : undefined);
    return {
      type: "token",
      module,
      ...said({ slot, token, key, algorithm }),
    };
  }
  const path = isRememberedUser ? remembered["key-file"] : undefined;
  return { type: "file", path: path ?? profile.keyFile(user) };
}
