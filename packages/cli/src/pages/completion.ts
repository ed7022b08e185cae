/** What completes the words of `signet` in a shell, from the same tables as the help: commands, options, and words and values where these are few or files. */
import { texts } from "@signet/words/command-line";

import type { CommandPage } from "../command.ts";
import type { OptionSpec } from "../options/option-spec.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

export const completionFor: Record<Shell, (pages: readonly CommandPage[]) => string> = { bash, zsh, fish };

const namesOf = (pages: readonly CommandPage[]): string => pages.map(({ name }) => name).join(" ");

const optionsOf = ({ options }: CommandPage): string =>
  ["--help", ...Object.keys(options).map((name) => `--${name}`)].join(" ");

const isFile = ({ placeholder }: OptionSpec): boolean => /file|folder/.test(placeholder);
const takesFiles = ({ operands }: CommandPage): boolean => operands?.includes("FILE") === true;

/** What the first word without dashes can be, where the usage line says so: `[list|name KEY NAME]` are `list` and `name`. */
const firstWords = ({ operands = "" }: CommandPage): readonly string[] =>
  Array.from(operands.matchAll(/(?<=^\[?|\|)[a-z]+/g), ([word]) => word);
const withWords = (pages: readonly CommandPage[]): readonly (readonly [CommandPage, readonly string[]])[] =>
  pages.flatMap((page) => (firstWords(page).length === 0 ? [] : [[page, firstWords(page)] as const]));

/** Each option with what may follow it. */
const valuesOf = (pages: readonly CommandPage[]): ReadonlyMap<string, OptionSpec> =>
  new Map(
    pages.flatMap(({ name, options }) =>
      Object.entries(options).map(([option, spec]) => [`${name} --${option}`, spec] as const),
    ),
  );

function bash(pages: readonly CommandPage[]): string {
  const values = [...valuesOf(pages)].flatMap(([where, { bare, parse, ...spec }]) => {
    if (bare === true) return [];
    const words = parse.choices === undefined ? "" : `-W "${parse.choices.join(" ")}" -- "$word"`;
    const found = words !== "" ? words : isFile({ parse, ...spec }) ? '-f -- "$word"' : "";
    return [`    "${where}") ${found === "" ? "" : `mapfile -t COMPREPLY < <(compgen ${found}); `}return ;;`];
  });
  const options = pages.map((page) => `    ${page.name}) words="${optionsOf(page)}" ;;`);
  const operands = [
    ...withWords(pages).map(
      ([{ name }, words]) =>
        `    ${name}) [[ $said =~ " "(${words.join("|")})" " ]] || mapfile -t COMPREPLY < <(compgen -W "${words.join(" ")}" -- "$word") ;;`,
    ),
    `    ${pages
      .filter(takesFiles)
      .map(({ name }) => name)
      .join("|")}) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;`,
  ];
  return `${[
    `# ${texts().manual.bash}`,
    "_signet() {",
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} words=""',
    "  COMPREPLY=()",
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    mapfile -t COMPREPLY < <(compgen -W "${namesOf(pages)} help --help --version" -- "$word")`,
    "    return",
    "  fi",
    '  case "$command $before" in',
    ...values,
    "  esac",
    '  case "$command" in',
    ...options,
    "  esac",
    "  if [[ $word == -* ]]; then",
    '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")',
    "    return",
    "  fi",
    '  local said=" ${COMP_WORDS[*]:2:COMP_CWORD-2} "',
    '  case "$command" in',
    ...operands,
    "  esac",
    "}",
    "complete -o filenames -F _signet signet",
  ].join("\n")}\n`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function zsh(pages: readonly CommandPage[]): string {
  const escape = (text: string): string => text.replaceAll(/[[\]:\\]/g, "\\$&");
  const described = pages.map(({ name, summary }) => `    ${quoted(`${name}:${escape(summary)}`)}`);
  const cases = pages.map((page) => {
    const options = Object.entries(page.options).map(([name, spec]) => {
      const { bare, help, parse, placeholder } = spec;
      const action =
        parse.choices !== undefined ? `(${parse.choices.join(" ")})` : isFile(spec) ? "_files" : "";
      return quoted(`--${name}[${escape(help)}]${bare === true ? "" : `:${escape(placeholder)}:${action}`}`);
    });
    const first = firstWords(page);
    const files = takesFiles(page) ? ["'*:file:_files'"] : [];
    const words = first.length === 0 ? files : [`'1:word:(${first.join(" ")})'`];
    const all = [quoted(`--help[${escape(texts().manual.helpOption)}]`), ...options, ...words];
    return `    ${page.name}) _arguments ${all.join(" ")} ;;`;
  });
  return `${[
    "#compdef signet",
    `# ${texts().manual.zsh}`,
    "_signet() {",
    "  local -a commands=(",
    ...described,
    "  )",
    "  if (( CURRENT == 2 )); then",
    "    _describe command commands",
    "    return",
    "  fi",
    "  local name=$words[2]",
    "  shift words; (( CURRENT-- ))",
    "  case $name in",
    ...cases,
    "  esac",
    "}",
    '[ "$funcstack[1]" = _signet ] && _signet "$@" || compdef _signet signet',
  ].join("\n")}\n`;
}

function fish(pages: readonly CommandPage[]): string {
  const text = (words: string): string => `'${words.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = pages.flatMap(({ name, options, summary }) => [
    `complete -c signet -n __fish_use_subcommand -f -a ${name} -d ${text(summary)}`,
    ...Object.entries(options).map(([option, spec]) => {
      const { bare, help, parse } = spec;
      const value =
        bare === true
          ? ""
          : parse.choices !== undefined
            ? ` -x -a ${text(parse.choices.join(" "))}`
            : isFile(spec)
              ? " -r -F"
              : " -x";
      return `complete -c signet -n ${text(`__fish_seen_subcommand_from ${name}`)} -l ${option}${value} -d ${text(help)}`;
    }),
  ]);
  const files = pages.filter(takesFiles).map(({ name }) => name);
  const operands = [
    `complete -c signet -n ${text(`not __fish_seen_subcommand_from ${files.join(" ")}`)} -f`,
    ...withWords(pages).map(([{ name }, words]) => {
      const isFirst = `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${words.join(" ")}`;
      return `complete -c signet -n ${text(isFirst)} -a ${text(words.join(" "))}`;
    }),
  ];
  const all = [...lines, ...operands].join("\n");
  return `# ${texts().manual.fish}\n${all}\n`;
}
