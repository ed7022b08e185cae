import type { CertificateSummary } from "@signet/device";
import type { TokenInfo, TokenKeyInfo } from "@signet/device/pkcs11";
import type { DeviceId } from "@signet/terminal";

import { wordsFor } from "../output/error-words.ts";
import type { Found, ServerAnswer } from "./found.ts";
import type { KeyFileFound } from "./key-files.ts";
import type { ModuleFound } from "./modules.ts";

/** Whom the server has a key for, as the end of its line. */
type Registered = (deviceId: DeviceId | undefined) => string;

/**
 * What was found, as a person reads it.
 * @param nowMs milliseconds since 1970, for what is not valid any more or not yet
 */
export function foundLines(found: Found, nowMs: number): readonly string[] {
  const { keyFiles, modules, server, sound } = found;
  const registered: Registered = (deviceId) => {
    if (server?.owners === undefined || deviceId === undefined) return "";
    const userId = server.owners.get(deviceId);
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
    ...(server === undefined ? [] : ["", serverLine(server)]),
    ...(hasNothing ? ["", ...whatToDo] : []),
  ];
}

const serverLine = ({ address, problem }: ServerAnswer): string =>
  problem === undefined ? `server ${address}` : `server ${address}: ${problem}`;

const whatToDo: readonly string[] = [
  "no key was found. What to do:",
  "  with a smart card or USB token   plug it in; install its PKCS#11 module (OpenSC for most), or name it with --module",
  "  with neither                     `signet register --user <id> --server <address>` makes a key in a file",
];

function keyFileLine({ key, path, userId }: KeyFileFound, registered: Registered): string {
  if (key === undefined) return `${path}  no key file, or not readable`;
  return `${userId ?? "?"}  software key, ${key.algorithm}${registered(key.deviceId)}  ${path}`;
}

function moduleLines(
  { path, problem, tokens }: ModuleFound,
  registered: Registered,
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

function tokenLines(token: TokenInfo, registered: Registered, nowMs: number): readonly string[] {
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
  { algorithms, certificate, certificateFault, deviceId, extractable, id, label, maySign }: TokenKeyInfo,
  registered: Registered,
  nowMs: number,
): readonly string[] {
  const kinds = algorithms.length === 0 ? "of a kind that signet does not use" : algorithms.join(" or ");
  const sign = maySign === false ? ", may not sign" : "";
  const copy = extractable === true ? ", can be copied off the token" : "";
  const line = `      key "${label === "" ? id : label}", ${kinds}${sign}${copy}${registered(deviceId)}`;
  if (certificateFault !== undefined)
    return [line, `        certificate: of no use, ${wordsFor(certificateFault).message}`];
  if (certificate === undefined) return [line];
  const { issuer, subject } = certificate;
  const name = subject === "" ? "without a name" : subject;
  return [line, `        certificate: ${name}, issued by ${issuer}, ${validity(certificate, nowMs)}`];
}

function validity({ validFromMs, validUntilMs }: CertificateSummary, nowMs: number): string {
  const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
  if (validUntilMs < nowMs) return `EXPIRED on ${day(validUntilMs)}`;
  return validFromMs > nowMs ? `not valid before ${day(validFromMs)}` : `valid until ${day(validUntilMs)}`;
}
