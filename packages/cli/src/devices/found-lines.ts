import type { CertificateSummary } from "@signet/device";
import type { TokenInfo, TokenKeyInfo } from "@signet/device/pkcs11";
import type { DeviceId, ErrorCode, SignetError } from "@signet/terminal";

import { failureOf } from "../failure.ts";
import type { Failure } from "../failure.ts";
import { detailOf } from "../output/detail.ts";
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
    ...(problem === undefined ? [] : problemLines(problem)),
    ...(tokens.length === 0 && problem === undefined ? ["    no token is plugged in"] : []),
    ...tokens.flatMap((token) => [
      ...(token.failure === undefined
        ? []
        : problemLines(
            token.failure,
            tokens.filter(({ blank }) => !blank).length > 1 ? `${nameOf(token)}: ` : "",
          )),
      ...tokenLines(token, registered, nowMs),
    ]),
  ];
}

function problemLines(error: Failure | SignetError, whose = ""): readonly string[] {
  const { hint, message } = failureOf(error) ?? { message: error.message, hint: undefined };
  const reason = detailOf(error);
  return [
    `    ${whose}${message}`,
    ...(reason === undefined ? [] : [`    reason: ${reason}`]),
    ...(hint === undefined ? [] : [`    hint: ${hint}`]),
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

const nameOf = ({ label, slot }: TokenInfo): string => (label === "" ? `the token in slot ${slot}` : label);

function tokenLines(token: TokenInfo, registered: Registered, nowMs: number): readonly string[] {
  const { blank, failure, keys, label, loggedIn, loginRequired, odd = [], pin, pinPad, serial, slot } = token;
  if (blank) return [`    a blank token in slot ${slot}: set it up with its own tool first`];
  // Of one that is not even described nothing else is known.
  if (failure !== undefined && serial === "" && label === "") return [];
  const name = label === "" ? "without a label" : label;
  const title = `    ${name}, ${serial === "" ? "without a serial" : `serial ${serial}`}, slot ${slot}`;
  const pinText = loginRequired ? pinWords[pin] : "needs no PIN";
  const pad = pinPad ? ", entered at the reader" : "";
  const hides = loggedIn !== true && (loginRequired || pin !== "notSet");
  const none = hides ? "      no key is shown without the PIN: try --with-pin" : "      no keys";
  return [
    `${title}, ${pinText}${pad}`,
    // Where it could not be looked at, nobody knows whether there are any.
    ...(keys.length === 0 && failure === undefined ? [none] : []),
    ...keys.flatMap((key) => keyLines(key, keys, registered, nowMs)),
    ...odd.map((what) => `      could not be read: ${what}`),
  ];
}

/** What stands in the way of a key, as the end of its line; a kind that is not used is said in place of the algorithms. */
const unusableWords: Readonly<Partial<Record<ErrorCode, string>>> = {
  "device.keyMayNotSign": ", may not sign",
  "device.mechanismMissing": ", for which the token has no way to sign",
  "device.publicKeyMissing": ", without its public key",
};

/** @param all keys of the token: what tells one from another is shown where it takes it */
function keyLines(
  key: TokenKeyInfo,
  all: readonly TokenKeyInfo[],
  registered: Registered,
  nowMs: number,
): readonly string[] {
  const { algorithms, deviceId, extractable, id, label, unusable } = key;
  const kinds =
    unusable === "device.keyUnusable" ? "of a kind that signet does not use" : algorithms.join(" or ");
  const problem = (unusable === undefined ? undefined : unusableWords[unusable]) ?? "";
  const copy = extractable === true ? ", can be copied off the token" : "";
  const isOnlyOne = label !== "" && all.filter((other) => other.label === label).length === 1;
  const idText = id === "" || isOnlyOne ? [] : [`ID ${id}`];
  const named = [label === "" ? "without a label" : `"${label}"`, ...idText];
  const line = `      key ${[...named, ...(kinds === "" ? [] : [kinds])].join(", ")}${problem}${copy}${registered(deviceId)}`;
  return [line, ...certificateLines(key, all, nowMs)];
}

function certificateLines(
  { certificate, certificateFault, certificateUse }: TokenKeyInfo,
  all: readonly TokenKeyInfo[],
  nowMs: number,
): readonly string[] {
  if (certificateFault !== undefined)
    return [`        certificate: of no use, ${wordsFor(certificateFault).message}`];
  if (certificate === undefined) return [];
  const { issuer, subject } = certificate;
  const hasOtherUse = all.some(
    (other) => other.certificate !== undefined && other.certificateUse !== certificateUse,
  );
  const use = certificateUse === undefined || !hasOtherUse ? "" : `, for ${certificateUse}`;
  const name = subject === "" ? "without a name" : subject;
  return [`        certificate: ${name}, issued by ${issuer}${use}, ${validity(certificate, nowMs)}`];
}

function validity({ validFromMs, validUntilMs }: CertificateSummary, nowMs: number): string {
  const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
  if (validUntilMs < nowMs) return `EXPIRED on ${day(validUntilMs)}`;
  return validFromMs > nowMs ? `not valid before ${day(validFromMs)}` : `valid until ${day(validUntilMs)}`;
}
