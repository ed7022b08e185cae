/** Asking for the PIN, once: cards lock after a few wrong ones, so nothing here tries a second time. */
import { SignetError } from "@signet/protocol";

import { CKF } from "./constants.ts";
import type { PinBytes, TokenObjects, TokenSurvey } from "./messages.ts";
import type { ModuleClient } from "./module-client.ts";

/**
 * Asked once per login, and for a key that wants it once per signature. Throwing gives up.
 * `countLow`: a wrong PIN was given before and few tries are left; `finalTry`: one.
 */
export type PinPrompt = (token: {
  readonly label: string;
  readonly serial: string;
  readonly finalTry: boolean;
  readonly countLow: boolean;
}) => Promise<string>;

/**
 * Logs in where the token says that it wants it, and nobody of this process has yet.
 * @returns whether the PIN was asked for
 * @throws SignetError `device.pinRequired`, `pinWrong`, `pinWrongFew`, `pinWrongLast`, `pinLocked`, `pinNotSet`, `pinMustChange`
 */
export async function logIn(
  client: ModuleClient,
  opened: { readonly session: number; readonly loggedIn: boolean },
  token: TokenSurvey,
  prompt: PinPrompt | undefined,
): Promise<boolean> {
  if (opened.loggedIn || (token.flags & CKF.tokenLoginRequired) === 0) return false;
  const pin = await askPin(token, prompt);
  await client.request("logIn", { session: opened.session, pin }).finally(() => pin.fill(0));
  return true;
}

/**
 * Reads the objects, and believes what the token does rather than what its flags say: where it shows no key, or says that nobody is
 * logged in, it is logged in to and looked at again.
 * @param askedAlready the login was made just now, so another one changes nothing
 * @throws SignetError as {@link logIn}
 */
export async function visibleObjects(
  client: ModuleClient,
  session: number,
  token: TokenSurvey,
  prompt: PinPrompt | undefined,
  askedAlready: boolean,
): Promise<TokenObjects> {
  const objects = await client.request("objects", { session });
  const isEnough = objects.privateKeys.length > 0 && !objects.wantsLogin;
  if (isEnough || askedAlready || prompt === undefined) return objects;
  // A token without a PIN shows all that it has.
  if (!objects.wantsLogin && (token.flags & CKF.tokenUserPinInitialized) === 0) return objects;
  const pin = await askPin(token, prompt);
  await client.request("logIn", { session, pin, anew: true }).finally(() => pin.fill(0));
  return client.request("objects", { session });
}

/** @returns UTF-8 in memory of its own; empty where the person enters it at the reader */
export async function askPin(token: TokenSurvey, prompt: PinPrompt | undefined): Promise<PinBytes> {
  const has = (flag: number): boolean => (token.flags & flag) !== 0;
  if (has(CKF.tokenUserPinLocked)) throw new SignetError("device.pinLocked");
  if (!has(CKF.tokenUserPinInitialized)) throw new SignetError("device.pinNotSet");
  if (has(CKF.tokenUserPinToBeChanged)) throw new SignetError("device.pinMustChange");
  if (has(CKF.tokenProtectedAuthenticationPath)) return new Uint8Array();
  const { label, serial } = token;
  const text = await prompt?.({
    label,
    serial,
    finalTry: has(CKF.tokenUserPinFinalTry),
    countLow: has(CKF.tokenUserPinCountLow),
  });
  // An empty PIN is never right, and could cost a try.
  if (text === undefined || text === "") throw new SignetError("device.pinRequired");
  const pin = new Uint8Array(Buffer.byteLength(text));
  new TextEncoder().encodeInto(text, pin);
  return pin;
}
