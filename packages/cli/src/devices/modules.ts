import { existsSync } from "node:fs";

import { listTokens, usualModulePaths } from "@signet/device/pkcs11";
import type { PinPrompt, TokenInfo } from "@signet/device/pkcs11";

import { failureOf, wrongUse } from "../failure.ts";

export interface ModuleFound {
  readonly path: string;
  readonly tokens: readonly TokenInfo[];
  /** Why its tokens, or the keys on them, could not be listed. */
  readonly problem?: { readonly message: string; readonly hint: string };
}

/** How to log in to see private keys. */
export interface Login {
  readonly pin: PinPrompt;
  /** Whether a person is asked: then each token is told its own PIN. */
  readonly isAsked: boolean;
  readonly slot?: number | undefined;
  readonly label?: string | undefined;
}

/**
 * The modules that are installed in the usual places and what they see; only `named` where one is named.
 * @param remembered one that was used before, wherever it is
 * @param login without it only what a token shows to everybody is seen
 * @throws Failure where one PIN would be tried on several tokens
 */
export async function findModules(
  named: string | undefined,
  remembered: string | undefined,
  login: Login | undefined,
): Promise<readonly ModuleFound[]> {
  const usual = usualModulePaths.filter((path) => existsSync(path));
  const known = remembered === undefined ? usual : [remembered, ...usual];
  const paths = named === undefined ? [...new Set(known)] : [named];
  const wanted = ({ slot, label }: { readonly slot: number; readonly label: string }): boolean =>
    (login?.slot === undefined || login.slot === slot) &&
    (login?.label === undefined || login.label === label);
  if (login?.isAsked === false) await requireOne(paths, wanted);
  const found: ModuleFound[] = [];
  // One after the other: a person is asked for one PIN at a time.
  for (const path of paths) found.push(await look(path, login?.pin, wanted));
  return found;
}

/** A PIN is for one token; on each other it would be one wrong try of the few. */
async function requireOne(
  paths: readonly string[],
  wanted: NonNullable<Parameters<typeof listTokens>[2]>,
): Promise<void> {
  const all: TokenInfo[] = [];
  for (const path of paths) all.push(...(await listTokens(path).catch(() => [])));
  const count = all.filter((token) => token.loginRequired && !token.blank && wanted(token)).length;
  if (count > 1)
    throw wrongUse(
      `the PIN is for one token, and ${count} want one`,
      "choose the token with --slot or --token, or let each PIN be asked for in a terminal window",
    );
}

async function look(
  path: string,
  pin: PinPrompt | undefined,
  wanted: Parameters<typeof listTokens>[2],
): Promise<ModuleFound> {
  try {
    return { path, tokens: inOrder(await listTokens(path, pin, wanted)) };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    const { message, hint } = failure;
    const problem = { message, hint };
    // Wrong PIN, or none that may be tried: the tokens are there all the same.
    const tokens = pin === undefined ? [] : inOrder(await listTokens(path).catch(() => []));
    return { path, tokens, problem };
  }
}

/** Modules name keys in any order, and another one each time. */
const inOrder = (tokens: readonly TokenInfo[]): readonly TokenInfo[] =>
  tokens.map((token) => ({
    ...token,
    keys: token.keys.toSorted((one, other) => one.label.localeCompare(other.label, "en")),
  }));
