import type { CertificateSummary } from "@signet/device";
import type { TokenInfo, TokenKeyInfo } from "@signet/device/pkcs11";
import type { DeviceId, ErrorCode, SignetError } from "@signet/terminal";

import { clausesInOne, isoDay } from "@signet/words";
import { texts } from "@signet/words/command-line";
import { failureOf } from "../failure.ts";
import type { Failure } from "../failure.ts";
import { detailOf } from "../output/detail.ts";
import { wordsFor } from "../output/error-words.ts";
import type { Found, ServerAnswer } from "./found.ts";
import type { KeyFileFound } from "./key-files.ts";
import type { ModuleFound } from "./modules.ts";

/** Whom the server has a key for, as the end of its line. */
type Registered = (what: string, deviceId: DeviceId | undefined) => string;

/**
 * What was found, as a person reads it.
 * @param nowMs milliseconds since 1970, for what is not valid any more or not yet
 */
export function foundLines(found: Found, nowMs: number): readonly string[] {
  const { keyFiles, modules, server, sound } = found;
  const text = texts().found;
  const registered: Registered = (what, deviceId) => {
    if (server?.owners === undefined || deviceId === undefined) return what;
    const userId = server.owners.get(deviceId);
    return userId === undefined ? text.notRegistered(what) : text.registeredAs(what, userId);
  };
  const hasNothing =
    keyFiles.length === 0 && modules.every(({ tokens }) => tokens.every(({ blank }) => blank));
  return [
    texts().found.keyFiles,
    ...(keyFiles.length === 0
      ? [`  ${text.noKeyFiles}`]
      : keyFiles.map((file) => `  ${keyFileLine(file, registered)}`)),
    "",
    texts().found.cards,
    ...(modules.length === 0
      ? [`  ${text.noModule}`]
      : modules.flatMap((found) => moduleLines(found, registered, nowMs))),
    "",
    text.sound,
    `  ${text.recordsWith(sound.recorder ?? text.noProgram)}`,
    `  ${text.playsWith(sound.player ?? text.noProgram)}`,
    ...(server === undefined ? [] : ["", serverLine(server)]),
    ...(hasNothing ? ["", ...whatToDo()] : []),
  ];
}

const serverLine = ({ address, problem }: ServerAnswer): string =>
  problem === undefined ? texts().found.server(address) : texts().found.serverProblem(address, problem);

const whatToDo = (): readonly string[] => [
  texts().found.noKey,
  `  ${texts().found.withToken}`,
  `  ${texts().found.withNeither}`,
];

function keyFileLine({ key, path, userId }: KeyFileFound, registered: Registered): string {
  if (key === undefined) return texts().found.noKeyFile(path);
  return `${userId ?? "?"}  ${registered(texts().found.softwareKey(key.algorithm), key.deviceId)}  ${path}`;
}

function moduleLines(
  { path, problem, tokens }: ModuleFound,
  registered: Registered,
  nowMs: number,
): readonly string[] {
  return [
    `  ${path}`,
    ...(problem === undefined ? [] : problemLines(problem)),
    ...(tokens.length === 0 && problem === undefined ? [`    ${texts().found.noToken}`] : []),
    ...tokens.flatMap((token) => [
      ...(token.failure === undefined
        ? []
        : problemLines(
            token.failure,
            tokens.filter(({ blank }) => !blank).length > 1 ? nameOf(token) : undefined,
          )),
      ...tokenLines(token, registered, nowMs),
    ]),
  ];
}

function problemLines(error: Failure | SignetError, whose?: string): readonly string[] {
  const { hint, message } = failureOf(error) ?? { message: error.message, hint: undefined };
  const reason = detailOf(error);
  return [
    `    ${whose === undefined ? message : texts().found.about(whose, message)}`,
    ...(reason === undefined ? [] : [`    ${texts().found.reason(reason)}`]),
    ...(hint === undefined ? [] : [`    ${texts().found.hint(hint)}`]),
  ];
}

const nameOf = ({ label, slot }: TokenInfo): string =>
  label === "" ? texts().found.tokenInSlot(slot) : label;

function tokenLines(token: TokenInfo, registered: Registered, nowMs: number): readonly string[] {
  const { blank, failure, keys, label, loggedIn, loginRequired, odd = [], pin, pinPad, serial, slot } = token;
  if (blank) return [`    ${texts().found.blankToken(slot)}`];
  // Of one that is not even described nothing else is known.
  if (failure !== undefined && serial === "" && label === "") return [];
  const text = texts().found;
  const facts = [
    label === "" ? text.withoutLabel : label,
    serial === "" ? text.withoutSerial : text.serial(serial),
    text.slot(slot),
    loginRequired ? text.pin[pin] : text.noPin,
    ...(pinPad ? [text.atReader] : []),
  ];
  const hides = loggedIn !== true && (loginRequired || pin !== "notSet");
  const none = `      ${hides ? text.keysHidden : text.noKeys}`;
  return [
    `    ${clausesInOne(...facts)}`,
    // Where it could not be looked at, nobody knows whether there are any.
    ...(keys.length === 0 && failure === undefined ? [none] : []),
    ...keys.flatMap((key) => keyLines(key, keys, registered, nowMs)),
    ...odd.map((what) => `      ${text.couldNotRead(what)}`),
  ];
}

/** What stands in the way of a key, as the end of its line; a kind that is not used is said in place of the algorithms. */
const unusableWords = (code: ErrorCode | undefined): readonly string[] => {
  const { mayNotSign, noMechanism, noPublicKey } = texts().found;
  if (code === "device.keyMayNotSign") return [mayNotSign];
  if (code === "device.mechanismMissing") return [noMechanism];
  return code === "device.publicKeyMissing" ? [noPublicKey] : [];
};

/** @param all keys of the token: what tells one from another is shown where it takes it */
function keyLines(
  key: TokenKeyInfo,
  all: readonly TokenKeyInfo[],
  registered: Registered,
  nowMs: number,
): readonly string[] {
  const { algorithms, deviceId, extractable, id, label, unusable } = key;
  const text = texts().found;
  const kinds =
    unusable === "device.keyUnusable"
      ? text.keyKindUnused
      : algorithms.reduce((some, one) => (some === "" ? one : text.algorithms(some, one)), "");
  const isOnlyOne = label !== "" && all.filter((other) => other.label === label).length === 1;
  const facts = [
    label === "" ? text.withoutLabel : text.quoted(label),
    ...(id === "" || isOnlyOne ? [] : [text.idOf(id)]),
    ...(kinds === "" ? [] : [kinds]),
    ...unusableWords(unusable),
    ...(extractable === true ? [text.canBeCopied] : []),
  ];
  const line = `      ${registered(text.key(clausesInOne(...facts)), deviceId)}`;
  return [line, ...certificateLines(key, all, nowMs)];
}

function certificateLines(
  { certificate, certificateFault, certificateUse }: TokenKeyInfo,
  all: readonly TokenKeyInfo[],
  nowMs: number,
): readonly string[] {
  if (certificateFault !== undefined)
    return [`        ${texts().found.certificateUseless(wordsFor(certificateFault).message)}`];
  if (certificate === undefined) return [];
  const { issuer, subject } = certificate;
  const hasOtherUse = all.some(
    (other) => other.certificate !== undefined && other.certificateUse !== certificateUse,
  );
  const facts = [
    subject === "" ? texts().found.withoutName : subject,
    texts().found.issuedBy(issuer),
    ...(certificateUse === undefined || !hasOtherUse ? [] : [texts().found.forUse[certificateUse]]),
    validity(certificate, nowMs),
  ];
  return [`        ${texts().found.certificate(clausesInOne(...facts))}`];
}

function validity({ validFromMs, validUntilMs }: CertificateSummary, nowMs: number): string {
  if (validUntilMs < nowMs) return texts().found.expiredOn(isoDay(validUntilMs));
  return validFromMs > nowMs
    ? texts().found.notBefore(isoDay(validFromMs))
    : texts().found.validUntil(isoDay(validUntilMs));
}
