import { generateTokenKey, openToken } from "@signet/device/pkcs11";
import type { PinPrompt, Pkcs11Device, TokenChoice } from "@signet/device/pkcs11";

import { said } from "../options/said.ts";
import { Failure, exitCodes } from "../failure.ts";
import { clean } from "../output/clean.ts";
import type { Secret } from "../secrets/secret.ts";
import type { KeyChoice } from "./key-choice.ts";

type TokenKeyChoice = Extract<KeyChoice, { readonly type: "token" }>;

/** @throws SignetError `device.*`, Interrupted */
export function openTokenKey(choice: TokenKeyChoice, pin: Secret): Promise<Pkcs11Device> {
  return openToken(tokenChoice(choice), pinPrompt(pin));
}

/** Makes a key pair on the token. @throws as {@link openTokenKey} */
export function createTokenKey(choice: TokenKeyChoice, label: string, pin: Secret): Promise<Pkcs11Device> {
  const { algorithm = "ES256" } = choice;
  const { keyLabel: _other, ...token } = tokenChoice(choice);
  return generateTokenKey({ ...token, keyLabel: label }, pinPrompt(pin), { algorithm });
}

function tokenChoice({ module, slot, token, key, algorithm }: TokenKeyChoice): TokenChoice {
  return {
    modulePath: module,
    ...said({ slot, tokenLabel: token, keyLabel: key, algorithm }),
  };
}

/** A key may want the PIN for each signature: who was asked once is not asked again while the view has the window. */
export function pinPrompt(pin: Secret): PinPrompt {
  return async (token) => pin.askOnce(pinQuestion(pin, token));
}

/**
 * Where few tries are left a PIN that nobody types is not tried: a token that locks is lost.
 * @throws Failure when the next wrong PIN would be the last, and nobody would be asked for it
 */
export function pinQuestion(pin: Secret, { label, countLow, finalTry }: Parameters<PinPrompt>[0]): string {
  if (finalTry && !pin.isAsked)
    throw new Failure(
      exitCodes.device,
      `one more wrong PIN locks the token ${clean(label)}, so only a typed one is tried`,
      "run the command in a terminal window, without SIGNET_PIN and --pin-fd",
    );
  const left = finalTry
    ? " (last try before the token locks)"
    : countLow
      ? " (after a wrong PIN; the token says that few tries are left)"
      : "";
  return `PIN of the token ${clean(label)}${left}`;
}
