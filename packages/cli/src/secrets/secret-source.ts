/** Where a passphrase or PIN comes from: a descriptor, the environment, or the person. Never an argument. */
import { readSync } from "node:fs";

import { wrongUse } from "../failure.ts";
import { promptSecret } from "./prompt.ts";

const longestBytes = 4_096;

export interface SecretSource {
  /** `SIGNET_PIN` or `SIGNET_PASSPHRASE` */
  readonly variable: string;
  /** `--pin-fd` or `--passphrase-fd` */
  readonly flag: string;
  readonly descriptor: number | undefined;
}

/** A source that may be asked several times: what does not come from a person is the same each time. */
export class Secret {
  readonly #source: SecretSource;
  #known: string | undefined;
  #kept: string | undefined;

  constructor(source: SecretSource) {
    this.#source = source;
    const { variable, descriptor } = source;
    const inEnvironment = process.env[variable];
    // Programs that are started from here (a player, a recorder) have no need of it.
    delete process.env[variable];
    if (descriptor !== undefined) this.#known = readLine(source);
    else if (inEnvironment !== undefined) this.#known = inEnvironment;
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
    return promptSecret(question, `set ${variable}, or name an open descriptor with ${flag}`);
  }
}

/** The first line, byte by byte: what follows belongs to somebody else. */
function readLine({ descriptor = 0, flag }: SecretSource): string {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  try {
    while (bytes.length < longestBytes && readSync(descriptor, one) === 1 && one[0] !== 0x0a)
      bytes.push(one[0] ?? 0);
  } catch (cause) {
    throw wrongUse(
      `descriptor ${descriptor} cannot be read`,
      `open it for the command, for example ${flag} 3 3<file`,
      cause,
    );
  }
  return new TextDecoder().decode(Uint8Array.from(bytes)).replace(/\r$/, "");
}
