import type { TokenInfo, TokenKeyInfo } from "@signet/device/pkcs11";
import { bare } from "@signet/server/options";
import { SignetError } from "@signet/terminal";
import type { DeviceId, UserId } from "@signet/terminal";
import { soundCard } from "@signet/terminal/node";

import { findKeyFiles } from "../checks/key-files.ts";
import type { KeyFileFound } from "../checks/key-files.ts";
import { findModules } from "../checks/modules.ts";
import type { Login, ModuleFound } from "../checks/modules.ts";
import { registeredKeys } from "../checks/registered-keys.ts";
import { command } from "../command.ts";
import { Interrupted, exitCodes } from "../failure.ts";
import { identityOptions, outputOptions } from "../options/terminal-options.ts";
import type { TerminalOptions } from "../options/terminal-options.ts";
import { pinQuestion } from "../keys/token-keys.ts";
import { clean } from "../output/clean.ts";
import { wordsFor } from "../output/error-words.ts";
import { jsonLine } from "../output/json-line.ts";
import { windowLines } from "../output/window-lines.ts";
import { Profile, defaultProfileFolder } from "../profile.ts";
import { Interrupt } from "../run/interrupt.ts";
import { pinOf } from "../secrets/secret.ts";
import { summaries } from "../summaries.ts";

const { server, user, profile, module, slot, token } = identityOptions;
const options = {
  server,
  user,
  profile,
  module,
  slot,
  token,
  "pin-fd": identityOptions["pin-fd"],
  "with-pin": bare("asks for the PIN of each token, and lists its private keys too"),
  json: outputOptions.json,
} as const;

/** Everything that was found, as `--json` prints it. */
interface Found {
  readonly keyFiles: readonly KeyFileFound[];
  readonly modules: readonly ModuleFound[];
  readonly sound: ReturnType<typeof soundCard>;
  readonly server?: {
    readonly address: string;
    readonly owners?: ReadonlyMap<DeviceId, UserId>;
    readonly problem?: string;
  };
}

export const devices = command({
  name: "devices",
  summary: summaries.devices,
  about: ["never asks for a PIN unless --with-pin is given."],
  options,
  examples: ["signet devices", "signet devices --module /usr/lib/softhsm/libsofthsm2.so --with-pin"],
  run: async (values) => {
    const interrupt = new Interrupt();
    interrupt.listen();
    const folder = new Profile(values.profile ?? defaultProfileFolder(process.env));
    const remembered = folder.recall();
    const keyFiles = await findKeyFiles(folder.folder);
    const login = values["with-pin"] === "yes" ? loginOf(values) : undefined;
    const modules = await findModules(values.module, remembered.module, login);
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
      ...(address === undefined
        ? {}
        : { server: { address, ...(await ask(address, [...people], interrupt.signal)) } }),
    };
    if (values.json === "yes") console.log(jsonLine(asJson(found)));
    else for (const line of asLines(found, Date.now())) say(clean(line));
    return exitCodes.ok;
  },
});

/** Broken lines go on a little further in. */
function say(text: string): void {
  const indent = text.length - text.trimStart().length + 4;
  for (const line of windowLines(text, indent, process.stdout.columns)) console.log(line);
}

function loginOf(values: TerminalOptions): Login {
  const pin = pinOf(values);
  return {
    pin: async (token) => pin.ask(pinQuestion(pin, token)),
    isAsked: pin.isAsked,
    slot: values.slot,
    label: values.token,
  };
}

/** What is on this machine is worth listing also when the server does not answer. */
async function ask(
  address: string,
  people: readonly UserId[],
  signal: AbortSignal,
): Promise<Omit<NonNullable<Found["server"]>, "address">> {
  try {
    return { owners: await registeredKeys(address, people, signal) };
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if (!(error instanceof SignetError)) throw error;
    return { problem: wordsFor(error.code).message };
  }
}

function asJson({ keyFiles, modules, server: asked, sound }: Found): object {
  const owner = (deviceId: DeviceId | undefined): object => {
    const userId = deviceId === undefined ? undefined : asked?.owners?.get(deviceId);
    return userId === undefined ? {} : { registeredAs: userId };
  };
  return {
    event: "devices",
    keyFiles: keyFiles.map(({ key, path, userId }) => ({
      path,
      ...(userId === undefined ? {} : { userId }),
      ...key,
      ...owner(key?.deviceId),
    })),
    modules: modules.map(({ path, problem, tokens }) => ({
      path,
      ...(problem === undefined ? {} : { problem }),
      tokens: tokens.map((token) => ({
        ...token,
        keys: token.keys.map(({ certificate, ...key }) => ({
          ...key,
          ...(certificate === undefined
            ? {}
            : {
                certificate: {
                  subject: certificate.subject,
                  issuer: certificate.issuer,
                  validFrom: new Date(certificate.validFromMs).toISOString(),
                  validUntil: new Date(certificate.validUntilMs).toISOString(),
                },
              }),
          ...owner(key.deviceId),
        })),
      })),
    })),
    sound,
    ...(asked === undefined
      ? {}
      : {
          server: asked.address,
          ...(asked.problem === undefined ? {} : { serverProblem: asked.problem }),
        }),
  };
}

function asLines(found: Found, nowMs: number): readonly string[] {
  const { keyFiles, modules, server: asked, sound } = found;
  const registered = (deviceId: DeviceId | undefined): string => {
    if (asked?.owners === undefined || deviceId === undefined) return "";
    const userId = asked.owners.get(deviceId);
    return userId === undefined ? ", not registered" : `, registered as ${userId}`;
  };
  const hasNothing =
    keyFiles.length === 0 && modules.every(({ tokens }) => tokens.every(({ blank }) => blank));
  return [
    "key files",
    ...(keyFiles.length === 0 ? ["  none"] : keyFiles.map((file) => `  ${keyFileLine(file, registered)}`)),
    "",
    "smart cards and tokens",
    ...(modules.length === 0
      ? ["  no PKCS#11 module in the usual places"]
      : modules.flatMap((found) => moduleLines(found, registered, nowMs))),
    "",
    "sound",
    `  records with  ${sound.recorder ?? "nothing: install alsa-utils or sox"}`,
    `  plays with    ${sound.player ?? "nothing: install alsa-utils or sox"}`,
    ...(asked === undefined
      ? []
      : [
          "",
          asked.problem === undefined
            ? `server ${asked.address}`
            : `server ${asked.address}: ${asked.problem}`,
        ]),
    ...(hasNothing ? ["", ...whatToDo] : []),
  ];
}

const whatToDo: readonly string[] = [
  "no key was found. What to do:",
  "  with a smart card or USB token   plug it in; install its PKCS#11 module (OpenSC for most), or name it with --module",
  "  with neither                     `signet register --user <id> --server <address>` makes a key in a file",
];

function keyFileLine(
  { key, path, userId }: KeyFileFound,
  registered: (id: DeviceId | undefined) => string,
): string {
  if (key === undefined) return `${path}  no key file, or not readable`;
  return `${userId ?? "?"}  software key, ${key.algorithm}${registered(key.deviceId)}  ${path}`;
}

function moduleLines(
  { path, problem, tokens }: ModuleFound,
  registered: (id: DeviceId | undefined) => string,
  nowMs: number,
): readonly string[] {
  return [
    `  ${path}`,
    ...(problem === undefined ? [] : [`    ${problem.message}`, `    hint: ${problem.hint}`]),
    ...(tokens.length === 0 && problem === undefined ? ["    no token is plugged in"] : []),
    ...tokens.flatMap((token) => tokenLines(token, registered, nowMs)),
  ];
}

const pinWords: Record<TokenInfo["pin"], string> = {
  ready: "needs a PIN",
  countLow: "needs a PIN, which was entered wrong lately: few tries are left",
  finalTry: "needs a PIN, and ONE try is left before it locks",
  locked: "the PIN is locked",
  mustChange: "the PIN must be changed first, with the token's own tool",
  notSet: "no PIN is set yet",
};

function tokenLines(
  token: TokenInfo,
  registered: (id: DeviceId | undefined) => string,
  nowMs: number,
): readonly string[] {
  const { blank, keys, label, loginRequired, pin, pinPad, serial, slot } = token;
  if (blank) return [`    a blank token in slot ${slot}: set it up with its own tool first`];
  const title = `    ${label === "" ? "without a label" : label}, serial ${serial.trim()}, slot ${slot}`;
  const pinText = loginRequired ? pinWords[pin] : "needs no PIN";
  const pad = pinPad ? ", entered at the reader" : "";
  return [
    `${title}, ${pinText}${pad}`,
    ...(keys.length === 0
      ? [loginRequired ? "      no key is shown without the PIN: try --with-pin" : "      no keys"]
      : keys.flatMap((key) => keyLines(key, registered, nowMs))),
  ];
}

function keyLines(
  { algorithms, certificate, deviceId, extractable, id, label, maySign }: TokenKeyInfo,
  registered: (id: DeviceId | undefined) => string,
  nowMs: number,
): readonly string[] {
  const kinds = algorithms.length === 0 ? "of a kind that signet does not use" : algorithms.join(" or ");
  const sign = maySign === false ? ", may not sign" : "";
  const copy = extractable === true ? ", can be copied off the token" : "";
  const line = `      key "${label === "" ? id : label}", ${kinds}${sign}${copy}${registered(deviceId)}`;
  if (certificate === undefined) return [line];
  const { issuer, subject, validFromMs, validUntilMs } = certificate;
  const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
  const validity =
    validUntilMs < nowMs
      ? `EXPIRED on ${day(validUntilMs)}`
      : validFromMs > nowMs
        ? `not valid before ${day(validFromMs)}`
        : `valid until ${day(validUntilMs)}`;
  return [line, `        certificate: ${subject}, issued by ${issuer}, ${validity}`];
}
