/** What every command of `signet` is, and how its words are read. */

import { texts } from "@signet/words/command-line";

import {
  environmentWords,
  lineWidth,
  optionRows,
  parseCommandLine,
  readValues,
} from "./options/read-options.ts";
import { wrapWords } from "./output/columns.ts";
import type { OptionTable, ValuesOf } from "./options/read-options.ts";
import { exitCodes, wrongUse } from "./failure.ts";
import type { ExitCode } from "./failure.ts";

/** What there is to say of a command: for its help, the manual, and shells that complete its words. */
export interface CommandPage {
  readonly name: string;
  readonly summary: string;
  /** Below the summary: what is good to know. */
  readonly about?: string;
  /** Words without dashes, as the usage line shows them; without it there are none. `|` stands between choices, which shells complete. */
  readonly operands?: string;
  readonly options: OptionTable;
  readonly examples: readonly string[];
}

export type LoadPages = () => Promise<readonly CommandPage[]>;

export interface Command {
  readonly page: CommandPage;
  /**
   * @param pages of all commands
   * @throws Failure, SignetError, Interrupted
   */
  run(args: readonly string[], pages: LoadPages): Promise<ExitCode>;
}

export interface CommandSpec<T extends OptionTable> extends CommandPage {
  readonly options: T;
  readonly run: (values: ValuesOf<T>, operands: readonly string[], pages: LoadPages) => Promise<ExitCode>;
}

/** What never comes as an argument, since everybody on the machine can read those. */
const secretOptions: Readonly<Record<string, string>> = {
  pin: texts().help.pinSecret,
  passphrase: texts().help.passphraseSecret,
  password: texts().help.passphraseSecret,
};

export function command<const T extends OptionTable>(spec: CommandSpec<T>): Command {
  const { name, options } = spec;
  return {
    page: spec,
    run: async (args, pages) => {
      if (args.includes("--help") || args.includes("-h")) {
        process.stdout.write(helpOf(spec));
        return exitCodes.ok;
      }
      for (const arg of args) {
        const secret = /^--?([a-z]+)/.exec(arg)?.[1] ?? "";
        if (arg !== `--${secret}` && !arg.startsWith(`--${secret}=`)) continue;
        if (Object.hasOwn(secretOptions, secret))
          throw wrongUse(texts().help.secretArgument(secret), secretOptions[secret] ?? "");
      }
      const helpHint = texts().help.allOptions(name);
      const { flags, operands } = parseCommandLine(args, options, helpHint, true);
      if (spec.operands === undefined && operands[0] !== undefined)
        throw wrongUse(texts().help.takesNo(name, operands[0]), helpHint);
      return spec.run(readValues(options, flags, process.env), operands, pages);
    },
  };
}

function helpOf({ name, summary, about, operands, options, examples }: CommandPage): string {
  const environment = environmentWords(options);
  return [
    texts().help.usageOf(operands === undefined ? name : `${name} ${operands}`),
    "",
    summary,
    ...(about === undefined ? [] : ["", ...wrapWords(about, lineWidth)]),
    ...(Object.keys(options).length === 0 ? [] : ["", texts().help.options, ...optionRows(options)]),
    ...(environment === undefined ? [] : ["", ...wrapWords(environment, lineWidth)]),
    "",
    texts().help.examples,
    ...examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}
