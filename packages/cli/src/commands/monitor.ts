import {
  formatEvidence,
  formatVerifierKey,
  mostEvidenceCharacters,
  parseVerifierKey,
  planConsistency,
  proofOf,
  verifyConsistency,
} from "@signet/directory";
import type { AskedCheckpoint, VerifierKey } from "@signet/directory";
import { isoTime } from "@signet/words";
import { texts } from "@signet/words/command-line";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { command } from "../command.ts";
import { Failure, Interrupted, exitCodes, wrongUse } from "../failure.ts";
import type { ExitCode } from "../failure.ts";
import { Finding } from "../monitor/finding.ts";
import { LogClient, Unreached } from "../monitor/log-client.ts";
import { Monitor } from "../monitor/monitor.ts";
import { MonitorState } from "../monitor/state.ts";
import { MonitorTeller } from "../monitor/teller.ts";
import { makeWitnessKey, readWitnessKey } from "../monitor/witness-key.ts";
import { serveWitness } from "../monitor/witness-server.ts";
import { Witness } from "../monitor/witness.ts";
import { monitorOptions, serverAddress } from "../options/monitor-options.ts";
import type { MonitorOptions } from "../options/monitor-options.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import { Profile, defaultProfileFolder } from "../profile.ts";
import { Interrupt } from "../run/interrupt.ts";
import { summaries } from "../summaries.ts";

/** Between two rounds (s). */
const usualEveryS = 60;

const options = { ...monitorOptions, profile: identityOptions.profile, json: outputOptions.json } as const;

export const monitor = command({
  name: "monitor",
  summary: summaries.monitor,
  about: texts().monitor.about,
  operands: "URL",
  options,
  examples: [
    "signet monitor https://calls.example.org --watch anna,ben",
    "signet monitor https://calls.example.org --once --json",
    "signet monitor --make-witness-key witness.key witness.example.org/w1",
    "signet monitor https://calls.example.org --witness-key witness.key --listen 127.0.0.1:8090",
  ],
  run: async (values, operands) => {
    const made = values["make-witness-key"];
    if (made !== undefined) return makeKey(made, operands);
    const interrupt = new Interrupt();
    interrupt.listen();
    try {
      return await watch(values, operands, interrupt.signal);
    } catch (error) {
      if (interrupt.signal.aborted) throw new Interrupted();
      throw error;
    }
  },
});

function makeKey(path: string, [name, ...more]: readonly string[]): ExitCode {
  if (name === undefined || more.length > 0)
    throw wrongUse(texts().monitor.nameWitness, texts().monitor.nameExample);
  try {
    console.log(makeWitnessKey(resolve(path), name));
  } catch (cause) {
    if (cause instanceof RangeError)
      throw wrongUse(texts().monitor.badName(name), texts().monitor.nameExample);
    throw wrongUse(texts().monitor.keyNotMade(path), texts().monitor.newFile, cause);
  }
  return exitCodes.ok;
}

async function watch(
  values: MonitorOptions,
  operands: readonly string[],
  signal: AbortSignal,
): Promise<ExitCode> {
  const profile = new Profile(values.profile ?? defaultProfileFolder(process.env));
  const server = serverOf(operands, profile);
  const teller = new MonitorTeller(values.json === "yes", new Set(values.watch ?? []));
  const stateFile = resolve(values.state ?? join(profile.folder, `log-${fileName(server)}.db`));
  const state = openState(stateFile);
  const client = new LogClient(server, signal);
  let witnessing: Server | undefined;
  let witness: Witness | undefined;
  const alarm = new AbortController();
  try {
    const key = await keyOf(values, server, { client, state, teller, signal });
    const administrators = values.administrators && new Set<string>(values.administrators);
    const monitor = new Monitor({ server, key, client, state, administrators, listener: teller });
    const path = values["witness-key"];
    if (path !== undefined) {
      witness = openWitness(path, [key, ...(values["witness-log"] ?? [])], (asked) =>
        isChecked(asked, monitor, state, { key, onFinding: (finding) => alarm.abort(finding) }),
      );
      witnessing = await listen(witness, values, teller);
    }
    return await follow(monitor, values, { ended: AbortSignal.any([signal, alarm.signal]), teller });
  } catch (error) {
    // Who asks the witness may have come upon it first.
    const finding: unknown = alarm.signal.aborted ? alarm.signal.reason : error;
    if (!(finding instanceof Finding)) throw error;
    const path = keepEvidence(finding, stateFile, server, state.log?.verifierKey ?? "");
    teller.finding(finding, path);
    const { hint, message } = teller.wordsOf(finding);
    throw new Failure(exitCodes.dishonest, message, texts().monitor.evidenceHint(hint, path));
  } finally {
    witnessing?.closeAllConnections();
    witnessing?.close();
    witness?.close();
    state.close();
  }
}

function serverOf([word, ...more]: readonly string[], profile: Profile): string {
  if (more.length > 0) throw wrongUse(texts().monitor.oneServer, texts().monitor.serverExample);
  if (word === undefined) {
    const { server } = profile.recall();
    if (server !== undefined) return server;
    throw wrongUse(texts().monitor.oneServer, texts().monitor.serverExample);
  }
  const parsed = serverAddress(word);
  if (parsed.ok) return parsed.value;
  throw wrongUse(texts().help.isValue("URL", word), texts().help.expected(parsed.expected));
}

function fileName(server: string): string {
  const { host, protocol } = new URL(server);
  return `${protocol.slice(0, -1)}-${host.replaceAll(":", "-")}`;
}

function openState(path: string): MonitorState {
  try {
    return new MonitorState(path);
  } catch (cause) {
    throw wrongUse(texts().trouble.unwritable(path), texts().monitor.otherState, cause);
  }
}

interface Surroundings {
  readonly client: LogClient;
  readonly state: MonitorState;
  readonly teller: MonitorTeller;
  readonly signal: AbortSignal;
}

/** As it was given, else as it was remembered, else the first one that the server names. */
async function keyOf(
  values: MonitorOptions,
  server: string,
  { client, signal, state, teller }: Surroundings,
): Promise<VerifierKey> {
  const given = values["log-key"];
  const { log } = state;
  if (log !== undefined && log.server !== server)
    throw wrongUse(texts().monitor.stateOfOther(log.server), texts().monitor.otherState);
  if (log !== undefined && given !== undefined && formatVerifierKey(given) !== log.verifierKey)
    throw wrongUse(texts().monitor.keyOfOther(log.verifierKey), texts().monitor.otherState);
  const remembered = given ?? (log && parseVerifierKey(log.verifierKey));
  if (remembered !== undefined) {
    const verifierKey = formatVerifierKey(remembered);
    if (log === undefined) state.begin(server, verifierKey);
    teller.monitoring(server, verifierKey, given === undefined ? "known" : "given");
    return remembered;
  }
  const named = await patiently(() => client.named(), values, teller, signal);
  if (named === undefined)
    throw new Failure(exitCodes.unreachable, texts().monitor.noLog(server), texts().monitor.noLogHint);
  const verifierKey = formatVerifierKey(named.key);
  state.begin(server, verifierKey);
  teller.monitoring(server, verifierKey, "first");
  return named.key;
}

/** What does not come is waited for; with `--once` it ends the command. */
async function patiently<T>(
  ask: () => Promise<T>,
  values: MonitorOptions,
  teller: MonitorTeller,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      const answer = await ask();
      teller.reached();
      return answer;
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
      if (values.once === "yes")
        throw new Failure(
          exitCodes.unreachable,
          texts().monitor.unreached,
          texts().monitor.unreachedHint,
          undefined,
          error,
        );
      teller.unreached(error.message);
      await delay(everyMs(values), undefined, { signal });
    }
  }
}

const everyMs = ({ every }: MonitorOptions): number => (every ?? usualEveryS) * 1_000;

async function follow(
  monitor: Monitor,
  values: MonitorOptions,
  { ended, teller }: { readonly ended: AbortSignal; readonly teller: MonitorTeller },
): Promise<ExitCode> {
  for (;;) {
    teller.checked(await patiently(() => monitor.round(), values, teller, ended));
    if (values.once === "yes") return exitCodes.ok;
    await delay(everyMs(values), undefined, { signal: ended });
  }
}

function openWitness(
  path: string,
  logs: readonly VerifierKey[],
  isGood: (asked: AskedCheckpoint) => Promise<boolean>,
): Witness {
  let signer;
  try {
    signer = readWitnessKey(path);
  } catch (cause) {
    throw wrongUse(texts().trouble.unreadable(path), texts().monitor.makeOne, cause);
  }
  if (signer === undefined) throw wrongUse(texts().monitor.noWitnessKey(path), texts().monitor.makeOne);
  try {
    const nowS = (): number => Math.floor(Date.now() / 1_000);
    return new Witness({ signer, path: `${path}.db`, logs, nowS, isGood });
  } catch (cause) {
    throw wrongUse(texts().trouble.unwritable(`${path}.db`), texts().trouble.mendPermissions, cause);
  }
}

/**
 * Of the log that is watched more than that it goes on: every entry up to there was read and found good. Of others that has to do.
 */
async function isChecked(
  { checkpoint, key: by }: AskedCheckpoint,
  monitor: Monitor,
  state: MonitorState,
  { key, onFinding }: { readonly key: VerifierKey; readonly onFinding: (finding: Finding) => void },
): Promise<boolean> {
  if (by !== key) return true;
  try {
    const { believed } = await monitor.round();
    const { size } = checkpoint;
    if (size === 0) return true;
    if (size > believed.checkpoint.size) return false;
    const proof = proofOf(planConsistency(size, believed.checkpoint.size), state.hashAt);
    return verifyConsistency(checkpoint, believed.checkpoint, proof);
  } catch (error) {
    if (error instanceof Finding) onFinding(error);
    return false;
  }
}

async function listen(
  witness: Witness,
  values: MonitorOptions,
  teller: MonitorTeller,
): Promise<Server | undefined> {
  const place = values.listen;
  if (place === undefined) return undefined;
  try {
    const server = await serveWitness(witness, place, (answer) => teller.cosigned(answer));
    teller.listening(place.host, (server.address() as AddressInfo).port);
    return server;
  } catch (cause) {
    throw wrongUse(
      texts().monitor.cannotListen(`${place.host}:${place.port}`),
      texts().monitor.otherPort,
      cause,
    );
  }
}

/** @returns where it is */
function keepEvidence(finding: Finding, stateFile: string, serverOrigin: string, logKey: string): string {
  const foundAtMs = Date.now();
  const stamp = isoTime(foundAtMs).replaceAll(/[:.]/g, "-");
  const path = `${stateFile.replace(/\.db$/, "")}-evidence-${stamp}.json`;
  const { facts, kind } = finding;
  const by = { finding: kind, serverOrigin, logKey, foundAtMs };
  const whole = formatEvidence({ ...by, ...facts });
  const { entries: _entries, heads: _heads, ...word } = facts;
  const text = whole.length < mostEvidenceCharacters ? whole : formatEvidence({ ...by, ...word });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${text}\n`, { mode: 0o600, flag: "wx" });
  return path;
}
