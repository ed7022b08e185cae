/** What every command of `signet` is, and how its words are read. */

import {
  environmentName,
  optionRows,
  parseCommandLine,
  readValues,
  wrapWords,
} from "./options/read-options.ts";
import type { OptionTable, ValuesOf } from "./options/read-options.ts";
import { exitCodes, wrongUse } from "./failure.ts";
import type { ExitCode } from "./failure.ts";

/** What there is to say of a command: for its help, the manual, and shells that complete its words. */
export interface CommandPage {
  readonly name: string;
  readonly summary: string;
  /** Below the summary: what is good to know. */
  readonly about?: readonly string[];
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
  pin: "let it be asked for, or use SIGNET_PIN or --pin-fd",
  passphrase: "let it be asked for, or use SIGNET_PASSPHRASE or --passphrase-fd",
  password: "let it be asked for, or use SIGNET_PASSPHRASE or --passphrase-fd",
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
          throw wrongUse(
            `--${secret} is not an option: others on this machine can read arguments`,
            secretOptions[secret] ?? "",
          );
      }
      const helpHint = `run \`signet ${name} --help\` for all options`;
      const { flags, operands } = parseCommandLine(args, options, helpHint, true);
      if (spec.operands === undefined && operands[0] !== undefined)
        throw wrongUse(`signet ${name} takes no "${operands[0]}"`, helpHint);
      return spec.run(readValues(options, flags, process.env), operands, pages);
    },
  };
}

function helpOf({ name, summary, about, operands, options, examples }: CommandPage): string {
  const [first] = Object.keys(options);
  return [
    `usage: signet ${name}${operands === undefined ? "" : ` ${operands}`} [option...]`,
    "",
    summary,
    ...(about === undefined ? [] : ["", ...wrapWords(about.join(" "))]),
    ...(first === undefined
      ? []
      : [
          "",
          "options:",
          ...optionRows(options),
          "",
          `each option can be given in the environment as well, for example ${environmentName(first)}`,
        ]),
    "",
    "examples:",
    ...examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}
