import { SeveralKeys, generateTokenKey, openToken } from "@signet/device/pkcs11";
import type { PinPrompt, Pkcs11Device, TokenChoice } from "@signet/device/pkcs11";

import { SignetError } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { said } from "../options/said.ts";
import { Failure, exitCodes } from "../failure.ts";
import { clean } from "../output/clean.ts";
import { wordsFor } from "../output/error-words.ts";
import type { Secret } from "../secrets/secret.ts";
import type { KeyChoice } from "./key-choice.ts";

type TokenKeyChoice = Extract<KeyChoice, { readonly type: "token" }>;

/** @throws SignetError `device.*`, Interrupted */
export async function openTokenKey(choice: TokenKeyChoice, pin: Secret): Promise<Pkcs11Device> {
  try {
    return await openToken(tokenChoice(choice), pinPrompt(pin));
  } catch (error) {
    throw proposeKey(error);
  }
}

/** Which of several keys is meant is the person's to say; which one is likely meant, their certificates say. */
function proposeKey(error: unknown): unknown {
  if (!(error instanceof SignetError) || !(error.cause instanceof SeveralKeys)) return error;
  const { keys } = error.cause;
  const forAuthentication = keys.filter(({ use }) => use === "authentication");
  const [proposed] = forAuthentication;
  if (proposed === undefined || forAuthentication.length > 1) return error;
  const { message } = wordsFor(error.code);
  return new Failure(
    exitCodes.device,
    message,
    texts().trouble.forAuthentication(proposed.id),
    error.code,
    error,
  );
}

/** Makes a key pair on the token. @throws as {@link openTokenKey} */
export function createTokenKey(choice: TokenKeyChoice, label: string, pin: Secret): Promise<Pkcs11Device> {
  const { algorithm = "ES256" } = choice;
  const { keyLabel: _label, keyId: _id, ...token } = tokenChoice(choice);
  return generateTokenKey({ ...token, keyLabel: label }, pinPrompt(pin), { algorithm });
}

function tokenChoice(choice: TokenKeyChoice): TokenChoice {
  const { algorithm, key, keyId, known, module, moduleParameters, serial, slot, token } = choice;
  return {
    modulePath: module,
    ...said({
      moduleParameters,
      slot,
      tokenLabel: token,
      serial,
      keyLabel: key,
      keyId,
      algorithm,
      known,
    }),
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
    throw new Failure(exitCodes.device, texts().trouble.lastPin(clean(label)), texts().trouble.inWindow);
  const { pinFew, pinLast, pinOf } = texts().trouble;
  return (finalTry ? pinLast : countLow ? pinFew : pinOf)(clean(label));
}
