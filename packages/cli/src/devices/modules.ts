import { existsSync } from "node:fs";

import { listTokens, usualModulePaths } from "@signet/device/pkcs11";
import type { PinPrompt, TokenInfo, TokenName } from "@signet/device/pkcs11";
import { texts } from "@signet/words/command-line";

import { failureOf, wrongUse } from "../failure.ts";
import type { Failure } from "../failure.ts";

export interface ModuleFound {
  readonly path: string;
  readonly tokens: readonly TokenInfo[];
  /** Why its tokens, or the keys on them, could not be listed. */
  readonly problem?: Failure;
}

/** How to log in to see private keys. */
export interface Login {
  readonly pin: PinPrompt;
  /** Whether a person is asked: then each token is told its own PIN. */
  readonly isAsked: boolean;
  readonly slot?: number | undefined;
  readonly label?: string | undefined;
  /** Without it the one that was used last, for a PIN that nobody types. */
  readonly serial?: string | undefined;
}

/** A module that was used before, or is named. */
export interface NamedModule {
  readonly path: string;
  readonly parameters?: string | undefined;
}

/**
 * The modules that are installed in the usual places and what they see; only `named` where one is named.
 * @param remembered one that was used before, wherever it is
 * @param login without it only what a token shows to everybody is seen
 * @throws Failure where one PIN would be tried on several tokens
 */
export async function findModules(
  named: NamedModule | undefined,
  remembered: NamedModule | undefined,
  login: Login | undefined,
): Promise<readonly ModuleFound[]> {
  const usual = usualModulePaths
    .filter((path) => existsSync(path) && path !== remembered?.path)
    .map((path): NamedModule => ({ path }));
  const known = remembered === undefined ? usual : [remembered, ...usual];
  const modules = named === undefined ? known : [named];
  const wanted = ({ slot, label, serial }: TokenName): boolean =>
    (login?.slot === undefined || login.slot === slot) &&
    (login?.label === undefined || login.label === label) &&
    (login?.serial === undefined || login.serial === serial);
  if (login?.isAsked === false) await requireOne(modules, wanted);
  const found: ModuleFound[] = [];
  // One after the other: a person is asked for one PIN at a time.
  for (const module of modules) found.push(await look(module, login?.pin, wanted));
  return found;
}

/** A PIN is for one token; on each other it would be one wrong try of the few. */
async function requireOne(
  modules: readonly NamedModule[],
  wanted: (token: TokenName) => boolean,
): Promise<void> {
  const all: TokenInfo[] = [];
  for (const { parameters, path } of modules)
    all.push(...(await listTokens(path, undefined, undefined, parameters).catch(() => [])));
  const count = all.filter((token) => token.loginRequired && !token.blank && wanted(token)).length;
  if (count > 1) throw wrongUse(texts().found.onePin(count), texts().found.chooseToken);
}

async function look(
  { parameters, path }: NamedModule,
  pin: PinPrompt | undefined,
  wanted: (token: TokenName) => boolean,
): Promise<ModuleFound> {
  try {
    return { path, tokens: inOrder(await listTokens(path, pin, wanted, parameters)) };
  } catch (error) {
    const problem = failureOf(error);
    if (problem === undefined) throw error;
    // Its PIN may not be tried: the tokens are there all the same.
    const tokens =
      pin === undefined
        ? []
        : inOrder(await listTokens(path, undefined, undefined, parameters).catch(() => []));
    return { path, tokens, problem };
  }
}

/** Modules name keys in any order, and another one each time. */
const inOrder = (tokens: readonly TokenInfo[]): readonly TokenInfo[] =>
  tokens.map((token) => ({
    ...token,
    keys: token.keys.toSorted(
      (one, other) => one.label.localeCompare(other.label, "en") || (one.id < other.id ? -1 : 1),
    ),
  }));
