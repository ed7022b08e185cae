import { SignetError } from "@signet/terminal";
import type { UserId } from "@signet/terminal";
import { soundCard } from "@signet/terminal/node";
import { texts } from "@signet/words/command-line";

import { act, bare } from "../options/option-spec.ts";
import { command } from "../command.ts";
import { foundJson } from "../devices/found-json.ts";
import { foundLines } from "../devices/found-lines.ts";
import type { Found, ServerAnswer } from "../devices/found.ts";
import { findKeyFiles } from "../devices/key-files.ts";
import { findModules } from "../devices/modules.ts";
import type { Login, NamedModule } from "../devices/modules.ts";
import { registeredKeys } from "../devices/registered-keys.ts";
import { Interrupted, exitCodes } from "../failure.ts";
import { pinQuestion } from "../keys/token-keys.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { clean } from "../output/clean.ts";
import { wordsFor } from "../output/error-words.ts";
import { jsonLine } from "../output/json-line.ts";
import { printLines } from "../output/window-lines.ts";
import { Profile, defaultProfileFolder } from "../profile.ts";
import type { Remembered } from "../profile.ts";
import { Interrupt } from "../run/interrupt.ts";
import { pinOf } from "../secrets/secret.ts";
import { summaries } from "../summaries.ts";

const { server, user, profile, module, slot, token, serial } = identityOptions;
const options = {
  server,
  user,
  profile,
  module,
  "module-parameters": identityOptions["module-parameters"],
  slot,
  token,
  serial,
  "pin-fd": identityOptions["pin-fd"],
  "with-pin": act(bare(texts().options.withPin)),
  json: outputOptions.json,
} as const;

export const devices = command({
  name: "devices",
  summary: summaries.devices,
  about: texts().about.devices,
  options,
  examples: ["signet devices", "signet devices --module /usr/lib/softhsm/libsofthsm2.so --with-pin"],
  run: async (values) => {
    const interrupt = new Interrupt();
    interrupt.listen();
    const folder = new Profile(values.profile ?? defaultProfileFolder(process.env));
    const remembered = folder.recall();
    const keyFiles = await findKeyFiles(folder.folder);
    const login = values["with-pin"] === "yes" ? loginOf(values, remembered) : undefined;
    const modules = await findModules(
      values.module === undefined ? undefined : moduleOf(values.module, values, remembered),
      remembered.module === undefined ? undefined : moduleOf(remembered.module, values, remembered),
      login,
    );
    const named = values.user ?? remembered.user;
    const people = new Set([
      ...(named === undefined ? [] : [named]),
      ...keyFiles.flatMap(({ userId }) => (userId === undefined ? [] : [userId])),
    ]);
    const address = values.server ?? remembered.server;
    const found: Found = {
      keyFiles,
      modules,
      sound: soundCard(),
      ...(address === undefined ? {} : { server: await askServer(address, [...people], interrupt.signal) }),
    };
    if (values.json === "yes") console.log(jsonLine(foundJson(found)));
    else for (const line of foundLines(found, Date.now())) say(clean(line));
    return exitCodes.ok;
  },
});

/** Broken lines go on a little further in. */
function say(text: string): void {
  printLines(text, text.length - text.trimStart().length + 4);
}

function moduleOf(path: string, values: TerminalOptions, remembered: Remembered): NamedModule {
  const last = path === remembered.module ? remembered["module-parameters"] : undefined;
  return { path, parameters: values["module-parameters"] ?? last };
}

function loginOf(values: TerminalOptions, remembered: Remembered): Login {
  const pin = pinOf(values);
  const { serial, slot, token } = values;
  // A PIN that nobody types is that of the token that was used last, unless another one is named.
  const isLast = !pin.isAsked && [serial, slot, token].every((said) => said === undefined);
  const isSameModule = values.module === undefined || values.module === remembered.module;
  return {
    pin: async (asked) => pin.ask(pinQuestion(pin, asked)),
    isAsked: pin.isAsked,
    slot,
    label: token,
    serial: serial ?? (isLast && isSameModule ? remembered["token-serial"] : undefined),
  };
}

/** What is on this machine is worth listing also when the server does not answer. */
async function askServer(
  address: string,
  people: readonly UserId[],
  signal: AbortSignal,
): Promise<ServerAnswer> {
  try {
    return { address, owners: await registeredKeys(address, people, signal) };
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if (!(error instanceof SignetError)) throw error;
    return { address, problem: wordsFor(error.code).message };
  }
}
