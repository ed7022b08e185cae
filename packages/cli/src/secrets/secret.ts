/** Where a passphrase or PIN comes from: a descriptor, the environment, or the person. Never an argument. */
import { texts } from "@signet/words/command-line";
import { readSync } from "node:fs";

import { wrongUse } from "../failure.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { takenSecret } from "./environment.ts";
import type { SecretVariable } from "./environment.ts";
import { promptSecret } from "./prompt.ts";

const longestBytes = 4_096;

interface SecretSource {
  readonly variable?: SecretVariable;
  /** Such as `--pin-fd`. */
  readonly flag: string;
  readonly descriptor: number | undefined;
}

/** A source that may be asked several times: what does not come from a person is the same each time. */
export class Secret {
  readonly #source: SecretSource;
  readonly #known: string | undefined;
  #kept: string | undefined;

  constructor(source: SecretSource) {
    this.#source = source;
    const { descriptor, variable } = source;
    if (descriptor !== undefined) this.#known = readLine(source);
    else this.#known = variable === undefined ? undefined : takenSecret(variable);
  }

  /** Of another token than the one that signs: what the environment says is not meant for it. @throws as {@link passphraseOf} */
  static ofNewToken(values: TerminalOptions): Secret {
    return new Secret({ flag: "--new-pin-fd", descriptor: values["new-pin-fd"] });
  }

  /** Of a key file that is made beside the one that signs. @throws as {@link passphraseOf} */
  static ofNewFile(values: TerminalOptions): Secret {
    return new Secret({ flag: "--new-passphrase-fd", descriptor: values["new-passphrase-fd"] });
  }

  /** Whether a person has to be asked: then a wrong one may be mended by asking again. */
  get isAsked(): boolean {
    return this.#known === undefined;
  }

  /** The answer is kept until the process ends. @throws as {@link ask} */
  async askOnce(question: string): Promise<string> {
    this.#kept ??= await this.ask(question);
    return this.#kept;
  }

  /** @throws Interrupted, Failure where nobody can be asked */
  async ask(question: string): Promise<string> {
    if (this.#known !== undefined) return this.#known;
    const { variable, flag } = this.#source;
    const { nameDescriptor, setVariable } = texts().trouble;
    return promptSecret(
      question,
      variable === undefined ? nameDescriptor(flag) : setVariable(variable, flag),
    );
  }
}

/** @throws Failure for a descriptor that cannot be read */
export const passphraseOf = (values: TerminalOptions): Secret =>
  new Secret({
    variable: "SIGNET_PASSPHRASE",
    flag: "--passphrase-fd",
    descriptor: values["passphrase-fd"],
  });

/** @throws as {@link passphraseOf} */
export const pinOf = (values: TerminalOptions): Secret =>
  new Secret({ variable: "SIGNET_PIN", flag: "--pin-fd", descriptor: values["pin-fd"] });

/** The first line, byte by byte: what follows belongs to somebody else. */
function readLine({ descriptor = 0, flag }: SecretSource): string {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  try {
    while (bytes.length < longestBytes && readSync(descriptor, one) === 1 && one[0] !== 0x0a)
      bytes.push(one[0] ?? 0);
  } catch (cause) {
    throw wrongUse(
      texts().trouble.descriptorUnreadable(descriptor),
      texts().trouble.openDescriptor(flag),
      cause,
    );
  }
  return new TextDecoder().decode(Uint8Array.from(bytes)).replace(/\r$/, "");
}
