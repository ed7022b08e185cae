import { SignetError, errorTable, nameFault } from "@signet/terminal";
import type { DeviceUse, OwnDevice } from "@signet/terminal";
import { isoTime } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { command } from "../command.ts";
import { exitCodes, wrongUse } from "../failure.ts";
import type { ExitCode } from "../failure.ts";
import { HeldDevice } from "../keys/held-device.ts";
import { isKeyNamed } from "../keys/key-choice.ts";
import { nameOf, newKeyIdentity } from "../keys/new-key.ts";
import { identityOptions, keysOptions, outputOptions } from "../options/terminal-options.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { runTerminal } from "../run/terminal-run.ts";
import type { TerminalRun } from "../run/terminal-run.ts";
import { addElsewhere, join, recover } from "./keys-elsewhere.ts";
import { summaries } from "../summaries.ts";

/** What is done with the own devices, signed in. */
type Act = (run: TerminalRun, values: TerminalOptions) => Promise<void>;

export const keys = command({
  name: "keys",
  summary: summaries.keys,
  about: texts().about.keys,
  operands: "[list|add|join|recover|name KEY NAME|revoke KEY]",
  options: { ...identityOptions, ...keysOptions, ...outputOptions },
  examples: [
    "signet keys",
    "signet keys add --new-key-file spare.key --name Spare",
    "signet keys add --new-module /usr/lib/softhsm/libsofthsm2.so --new-token desk --new-key signet",
    "signet keys add --elsewhere",
    "signet keys join --server https://calls.example.org --user anna --name Laptop",
    "signet keys name Spare 'At home'",
    "signet keys revoke Spare --why lost",
  ],
  run: async (values, operands) => {
    const act = actOf(values, operands);
    return runTerminal({ values }, async (run): Promise<ExitCode> => {
      if (act !== join && act !== recover) await run.signIn();
      await act(run, values);
      return exitCodes.ok;
    });
  },
});

/** @throws Failure for words that say nothing to be done: before anybody is asked for a passphrase */
function actOf(values: TerminalOptions, [verb = "list", ...words]: readonly string[]): Act {
  const [which, name] = words;
  const more = (count: number): boolean => words.length > count;
  for (const option of ["new-key-file", "new-module", "elsewhere"] as const)
    if (values[option] !== undefined && verb !== "add")
      throw wrongUse(texts().trouble.belongsToAdd(option), texts().trouble.leaveOutOrAdd);
  if (values.name !== undefined && verb !== "add" && verb !== "join" && verb !== "recover")
    throw wrongUse(texts().trouble.nameBelongs, texts().trouble.leaveOutOrAdd);
  if (values["code-fd"] !== undefined && verb !== "join")
    throw wrongUse(texts().trouble.codeFdBelongs, texts().trouble.leaveOut);
  if (values.why !== undefined && verb !== "revoke")
    throw wrongUse(texts().trouble.whyBelongs, texts().trouble.leaveOutOrRevoke);
  switch (verb) {
    case "list":
      if (!more(0)) return list;
      break;
    case "add":
      if (more(0)) break;
      if (values.elsewhere === "yes") {
        if (
          values.name !== undefined ||
          values["new-key-file"] !== undefined ||
          values["new-module"] !== undefined
        )
          throw wrongUse(texts().trouble.elsewhereNames, texts().trouble.leaveThoseOut);
        return addElsewhere;
      }
      if ((values["new-key-file"] === undefined) === (values["new-module"] === undefined))
        throw wrongUse(texts().trouble.addMakesOne, texts().trouble.fileOrModule);
      return add;
    case "join":
      if (!more(0)) return join;
      break;
    case "recover":
      if (!more(0)) return recover;
      break;
    case "name":
      if (which === undefined || name === undefined || more(2))
        throw wrongUse(texts().trouble.nameTakes, texts().trouble.nameExample);
      return (run) => rename(run, which, name);
    case "revoke": {
      const { why } = values;
      if (which === undefined || more(1))
        throw wrongUse(texts().trouble.revokeTakes, texts().trouble.keysLists);
      if (why === undefined) throw wrongUse(texts().trouble.revokeWhy, texts().trouble.giveWhy);
      return (run) => revoke(run, values, which, why);
    }
    default:
      break;
  }
  throw wrongUse(texts().trouble.keysWhat([verb, ...words].join(" ")), texts().trouble.keysVerbs);
}

/** Where the command itself is signed in, `signedIn` says. */
function usedOf(use: DeviceUse | undefined) {
  if (use === undefined) return {};
  const { lastUsedAtMs, signedIn } = use;
  const lastUsedAt = isoTime(lastUsedAtMs);
  if (signedIn === undefined || signedIn.isHere) return { lastUsedAt };
  const { isConnected, sinceMs, untilMs } = signedIn;
  return {
    lastUsedAt,
    elsewhere: { since: isoTime(sinceMs), until: isoTime(untilMs), connected: isConnected },
  };
}

const list: Act = async (run) => {
  const uses = new Map((await run.terminal.deviceUses()).map((use) => [use.deviceId, use]));
  for (const device of ownDevices(run)) {
    const { addedAtMs, addedBy, deviceId, isThisOne, kind, name, revoked } = device;
    run.output.event({
      event: "key",
      userId: run.identity.user,
      deviceId,
      ...(name === "" ? {} : { name }),
      device: kind,
      addedAt: isoTime(addedAtMs),
      ...(addedBy === undefined ? {} : { addedBy }),
      signedIn: isThisOne,
      ...usedOf(uses.get(deviceId)),
      ...(revoked === undefined
        ? {}
        : { revoked: { at: isoTime(revoked.atMs), why: revoked.why, by: revoked.by } }),
    });
  }
};

async function add(run: TerminalRun, values: TerminalOptions): Promise<void> {
  const { held, identity, interrupted, output, terminal } = run;
  const added = new HeldDevice();
  const made = newKeyIdentity(values, identity);
  try {
    await added.openOrCreate(made, values);
    const { device } = added;
    const name = values.name ?? nameOf(made.key, added.token);
    if (nameFault(name) !== undefined) throw wrongUse(texts().trouble.newKeyNoName, texts().trouble.giveName);
    held.adds(added);
    const deviceId = await terminal.addDevice({ name, signal: interrupted });
    const { key } = made;
    output.event({
      event: "keyAdded",
      deviceId,
      name,
      device: device.kind,
      ...(key.type === "file" ? { keyFile: key.path } : {}),
    });
  } catch (error) {
    // Unless the server may have taken it after all.
    const isUnsure = error instanceof SignetError && errorTable[error.code].category === "dependency";
    if (!isUnsure) added.discardMade();
    throw error;
  } finally {
    added.close();
  }
}

async function rename(run: TerminalRun, which: string, name: string): Promise<void> {
  const { deviceId } = deviceOf(run, which);
  await run.terminal.nameDevice(deviceId, name, run.interrupted);
  run.output.event({ event: "keyNamed", deviceId, name });
}

/** @throws Failure for the key that signs, where the profile alone chose it and another one could sign */
async function revoke(
  run: TerminalRun,
  values: TerminalOptions,
  which: string,
  why: NonNullable<TerminalOptions["why"]>,
): Promise<void> {
  const { deviceId, isThisOne, name } = deviceOf(run, which);
  const hasOthers = ownDevices(run).some((one) => one.revoked === undefined && one.deviceId !== deviceId);
  if (isThisOne && hasOthers && !isKeyNamed(values))
    throw wrongUse(texts().trouble.signsHere(which), texts().trouble.otherSigns);
  const revoking = run.terminal.revokeDevice(deviceId, why, run.interrupted);
  const told = { event: "keyRevoked", deviceId, ...(name === "" ? {} : { name }), why } as const;
  // Where it signed, this terminal is signed out by that.
  await run.output.first(revoking.then(() => told));
}

function ownDevices({ terminal }: TerminalRun): readonly OwnDevice[] {
  const { session } = terminal.state;
  if (session.status !== "signedIn") throw new SignetError("auth.signInRequired");
  return session.devices;
}

/** By its ID, or by a name that only one has which counts. @throws Failure */
function deviceOf(run: TerminalRun, which: string): OwnDevice {
  const devices = ownDevices(run);
  const byId = devices.find(({ deviceId }) => deviceId === which);
  if (byId !== undefined) return byId;
  const named = devices.filter(({ name, revoked }) => name === which && revoked === undefined);
  const [found, other] = named;
  if (found === undefined) throw wrongUse(texts().trouble.noneCalled(which), texts().trouble.keysListsThem);
  if (other !== undefined) throw wrongUse(texts().trouble.severalCalled(which), texts().trouble.nameById);
  return found;
}
