import { existsSync } from "node:fs";

import { listTokens, usualModulePaths } from "@signet/device/pkcs11";
import type { PinPrompt, TokenInfo } from "@signet/device/pkcs11";

import { failureOf } from "../failure.ts";

export interface ModuleFound {
  readonly path: string;
  readonly tokens: readonly TokenInfo[];
  /** Why its tokens, or the keys on them, could not be listed. */
  readonly problem?: { readonly message: string; readonly hint: string };
}

/**
 * The modules that are installed in the usual places and what they see; only `named` where one is named.
 * @param remembered one that was used before, wherever it is
 * @param pin asked once for each token that wants one; without it only what a token shows to everybody is seen
 */
export async function findModules(
  named: string | undefined,
  remembered: string | undefined,
  pin: PinPrompt | undefined,
): Promise<readonly ModuleFound[]> {
  const usual = usualModulePaths.filter((path) => existsSync(path));
  const known = remembered === undefined ? usual : [remembered, ...usual];
  const paths = named === undefined ? [...new Set(known)] : [named];
  const found: ModuleFound[] = [];
  // One after the other: a person is asked for one PIN at a time.
  for (const path of paths) found.push(await look(path, pin));
  return found;
}

async function look(path: string, pin: PinPrompt | undefined): Promise<ModuleFound> {
  try {
    return { path, tokens: inOrder(await listTokens(path, pin)) };
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
