import { CertificateUserIdDomain } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

/** A value, or what is wrong with the text. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly expected: string };

/** One option: by flag `--name`, and where it is no act also by environment `SIGNET_NAME` or `"name"` in the config file. */
export interface OptionSpec<T = unknown> {
  /** Stands for the value in the help. */
  readonly placeholder: string;
  readonly help: string;
  /** As the help prints it; without one the option is off or follows from others. */
  readonly fallback?: string;
  /** Said by its name alone, which means "yes". */
  readonly bare?: boolean;
  /** Said in the command that does it alone: by environment or file it would be done again by every run that nobody asked for it. */
  readonly isAct?: boolean;
  /** May be given more than once: the same as once with all values, separated by commas. */
  readonly repeats?: boolean;
  readonly parse: ((text: string) => Parsed<T>) & {
    /** All that fit, where these are few. */
    readonly choices?: readonly string[];
  };
}

export const option = <T>(
  placeholder: string,
  parse: (value: string) => Parsed<T>,
  help: string,
  fallback?: string,
): OptionSpec<T> => ({ placeholder, parse, help, ...(fallback === undefined ? {} : { fallback }) });

/** An option that is said by its name alone. */
export const bare = (help: string): OptionSpec<"yes" | "no"> => ({
  placeholder: "",
  bare: true,
  parse: flag,
  help,
});

/** Of an option that deletes, replaces, or spends something. */
export const act = <T>(spec: OptionSpec<T>): OptionSpec<T> => ({ ...spec, isAct: true });

export const ok = <T>(value: T): Parsed<T> => ({ ok: true, value });
/** @param expected what would have fitted, as the error says it */
export const bad = (expected: string): Parsed<never> => ({ ok: false, expected });

export const text =
  (expected: string) =>
  (value: string): Parsed<string> =>
    value === "" ? bad(expected) : ok(value);

export const integer =
  (least: number, most: number) =>
  (value: string): Parsed<number> => {
    const number = Number(value);
    const isIn = /^\d+$/.test(value) && number >= least && number <= most;
    return isIn ? ok(number) : bad(texts().help.wholeNumber(least, most));
  };

export const choice = <T extends string>(...names: readonly T[]) =>
  Object.assign(
    (value: string): Parsed<T> => {
      const found = names.find((name) => name === value);
      return found === undefined ? bad(texts().help.oneOf(names.join(", "))) : ok(found);
    },
    { choices: names },
  );

export const flag = choice("yes", "no");

export const list = (value: string): Parsed<readonly string[]> =>
  ok(
    value
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  );

export const domain = (value: string): Parsed<string> =>
  CertificateUserIdDomain.safeParse(value).success ? ok(value) : bad(texts().help.domain);

/** Scheme, host and perhaps port, as a browser writes it in the `Origin` header. */
export const webOrigin = (value: string): Parsed<string> => {
  const expected = texts().help.address;
  if (!URL.canParse(value)) return bad(expected);
  const { hostname, origin, protocol } = new URL(value);
  const isPlain = origin === value || `${origin}/` === value;
  if (!isPlain || (protocol !== "https:" && protocol !== "http:")) return bad(expected);
  // Browsers allow WebAuthn and microphones nowhere else.
  if (protocol === "http:" && hostname !== "localhost") return bad(texts().help.httpsOrLocal);
  if (/^[\d.]+$|^\[/.test(hostname)) return bad(texts().help.hostName);
  return ok(origin);
};
