/** Options of `signet monitor`. */
import { texts } from "@signet/words/command-line";

import { act, bad, bare, integer, ok, option, text } from "./option-spec.ts";
import type { Parsed } from "./option-spec.ts";
import { noteKey, noteKeys } from "./note-keys.ts";
import type { ValuesOf } from "./read-options.ts";
import { identityOptions, userIds } from "./terminal-options.ts";
import type { outputOptions } from "./terminal-options.ts";

export const serverAddress = identityOptions.server.parse;

/** `127.0.0.1:8090`, `[::1]:8090` */
const listenPlace = (value: string): Parsed<{ readonly host: string; readonly port: number }> => {
  const [, v6, name, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value) ?? [];
  const [host, port] = [v6 ?? name, Number(digits)];
  return host === undefined || port > 65_535 ? bad(texts().monitor.listenRule) : ok({ host, port });
};

export const monitorOptions = {
  "log-key": option("key", noteKey("log"), texts().monitor.logKey, texts().monitor.logKeyDefault),
  state: option("file", text(texts().options.file), texts().monitor.state, texts().monitor.stateDefault),
  every: option("seconds", integer(1, 86_400), texts().monitor.every, "60"),
  // How often a command does what it does is said to that command: others count in other ways.
  once: act(bare(texts().monitor.once)),
  watch: option("ids", userIds, texts().monitor.watch),
  administrators: option("ids", userIds, texts().monitor.administrators, texts().monitor.anyAdministrator),
  "witness-key": option("file", text(texts().options.file), texts().monitor.witnessKey),
  "witness-log": { ...option("key", noteKeys("log"), texts().monitor.witnessLog), repeats: true },
  listen: option("host:port", listenPlace, texts().monitor.listen),
  "make-witness-key": option("file", text(texts().options.file), texts().monitor.makeWitnessKey),
} as const;

export type MonitorOptions = ValuesOf<
  typeof monitorOptions & {
    readonly profile: typeof identityOptions.profile;
    readonly json: typeof outputOptions.json;
  }
>;
