/** Reading of options that are described by a table, for every command of `signet`. */
import { texts } from "@signet/words/command-line";

import { wrongUse } from "../failure.ts";
import { rowsOf } from "../output/columns.ts";
import { nearest } from "./nearest.ts";
import type { OptionSpec } from "./option-spec.ts";

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** What was said, by whichever of the ways there are. */
export type ValuesOf<T extends OptionTable> = {
  readonly [N in keyof T]?: T[N] extends OptionSpec<infer V> ? V : never;
};

export interface CommandLine {
  /** By name, without the dashes. */
  readonly flags: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

export const environmentName = (name: string): string => `SIGNET_${name.replaceAll("-", "_").toUpperCase()}`;

/**
 * `--name value`, `--name=value`, or `--name` alone where the table says so; `--` ends the options.
 * @param helpHint what to do about an option that does not exist
 * @param operands whether words without dashes belong to the command
 * @throws Failure
 */
export function parseCommandLine(
  args: readonly string[],
  table: OptionTable,
  helpHint: string,
  operands = false,
): CommandLine {
  const flags = new Map<string, string>();
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (operands && arg === "--") {
      words.push(...args.slice(i + 1));
      break;
    }
    if (operands && (!arg.startsWith("-") || isDevice(arg))) {
      words.push(arg);
      continue;
    }
    const [, name = "", inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const spec = Object.hasOwn(table, name) ? table[name] : undefined;
    if (spec === undefined) {
      const meant = name === "" ? undefined : nearest(name, Object.keys(table));
      throw wrongUse(
        texts().help.unknownOption(arg.split("=", 1)[0] ?? ""),
        meant === undefined ? helpHint : texts().help.didYouMeanOption(meant, helpHint),
      );
    }
    const value = inline ?? (spec.bare === true ? "yes" : args[++i]);
    if (value === undefined) throw wrongUse(texts().help.needsValue(name), helpHint);
    const former = flags.get(name);
    if (former !== undefined && spec.repeats !== true)
      throw wrongUse(texts().help.givenTwice(name), texts().help.giveOnce);
    const next = args[i + 1];
    if (spec.bare === true && inline === undefined && !operands && isWord(next))
      throw wrongUse(texts().help.takesNoWord(name, next), helpHint);
    flags.set(name, former === undefined ? value : `${former},${value}`);
  }
  return { flags, operands: words };
}

const isWord = (arg: string | undefined): arg is string => arg !== undefined && !arg.startsWith("-");

/** IDs of devices are digests, 22 characters of base64url: one of 64 begins with a dash. What could be an option that is written wrongly is none. */
const isDevice = (arg: string): boolean => /^[\w-]{22}$/.test(arg) && !/^--[a-z-]+$/.test(arg);

/**
 * Flags before environment before `file`; acts by flags alone.
 * @throws Failure for a value that does not fit, naming where it came from
 */
export function readValues<T extends OptionTable>(
  table: T,
  flags: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
  file: { readonly path: string; readonly values: ReadonlyMap<string, string> } = noFile,
): ValuesOf<T> {
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(table)) {
    const variable = environmentName(name);
    const [value, source] =
      flags.get(name) !== undefined || spec.isAct === true
        ? [flags.get(name), `--${name}`]
        : env[variable] !== undefined
          ? [env[variable], variable]
          : [file.values.get(name), texts().help.inFile(name, file.path)];
    if (value === undefined) continue;
    const parsed = spec.parse(value);
    if (!parsed.ok)
      throw wrongUse(texts().help.isValue(source, value), texts().help.expected(parsed.expected));
    values[name] = parsed.value;
  }
  return values as ValuesOf<T>;
}

const noFile = { path: "", values: new Map<string, string>() };

/** What the help says of the environment; undefined where nothing comes by it. */
export function environmentWords(table: OptionTable): string | undefined {
  const [settings, acts] = [false, true].map((isAct) =>
    Object.keys(table).filter((name) => (table[name]?.isAct ?? false) === isAct),
  );
  const [first] = settings ?? [];
  if (first === undefined) return undefined;
  const flags = acts?.map((name) => `--${name}`) ?? [];
  return flags.length === 0
    ? texts().help.environment(environmentName(first))
    : texts().help.environmentBut(flags.join(", "), environmentName(first));
}

/** The lines of a help text, each with what the option does at the same column. */
export const optionRows = (
  table: OptionTable,
  more: readonly (readonly [left: string, right: string])[] = [],
): readonly string[] =>
  rowsOf(
    [
      ...Object.entries(table).map(
        ([name, { bare, placeholder, help, fallback }]) =>
          [
            bare === true ? `  --${name}` : `  --${name} <${placeholder}>`,
            fallback === undefined ? help : texts().help.withDefault(help, fallback),
          ] as const,
      ),
      ...more,
    ],
    lineWidth,
  );

/** Columns of a small terminal window. */
export const lineWidth = 80;
