/** Every option of the commands that are terminals, for their help and their checks. */
import { DeviceId, PersonId, fromBase64Url, nameFault } from "@signet/terminal";
import type { AskedRule, ChangedKey, NewAdministrator, UserId } from "@signet/terminal";
import { nameFaultWords } from "@signet/words";
import { texts } from "@signet/words/command-line";

import { readApprovalRule } from "../run/approval-rule.ts";
import type { ApprovalRule } from "../run/approval-rule.ts";
import { readAskedRule } from "../run/asked-rule.ts";
import { act, bad, bare, choice, domain, flag, integer, list, option, text } from "./option-spec.ts";
import type { Parsed } from "./option-spec.ts";
import { noteKeys } from "./note-keys.ts";
import type { ValuesOf } from "./read-options.ts";

/** As many as a server names. */
const mostWitnesses = 8;

const userIdRule = texts().options.userIdRule;

/** With the character, a whole one with its marks, that it cannot have. */
function noUserId(value: string): Parsed<never> {
  const letters = Array.from(new Intl.Segmenter().segment(value), ({ segment }) => segment);
  const odd = letters.find((letter) => !/^[a-z0-9._-]$/.test(letter));
  if (odd === undefined) return bad(texts().options.userIdLength(userIdRule, letters.length));
  return bad(texts().options.userIdOdd(userIdRule, odd));
}

export const userId = (value: string): Parsed<UserId> => {
  const parsed = PersonId.safeParse(value);
  return parsed.success ? { ok: true, value: parsed.data } : noUserId(value);
};

/** Of whom, and which key: the one that was shown, whatever the server shows by now. */
const changedKey = (value: string): Parsed<Pick<ChangedKey, "userId" | "deviceId">> => {
  const [id = "", key = ""] = value.split("=", 2);
  const [person, device] = [PersonId.safeParse(id), DeviceId.safeParse(key)];
  return person.success && device.success
    ? { ok: true, value: { userId: person.data, deviceId: device.data } }
    : bad(texts().options.changedKey);
};

/** Of whom, and which history: the one that was shown, with the keys that count in it. */
const administrator = (value: string): Parsed<Pick<NewAdministrator, "userId" | "head">> => {
  const [id = "", text = ""] = value.split("=", 2);
  const [person, head] = [PersonId.safeParse(id), fromBase64Url(text)];
  return person.success && head?.length === 32
    ? { ok: true, value: { userId: person.data, head } }
    : bad(texts().options.administratorHead);
};

/** Separated by commas. */
export const userIds = (value: string): Parsed<readonly UserId[]> => {
  const ids: UserId[] = [];
  for (const item of value.split(",")) {
    const parsed = userId(item.trim());
    if (!parsed.ok) return bad(texts().options.userIds(parsed.expected));
    ids.push(parsed.value);
  }
  return { ok: true, value: ids };
};

const callers = (value: string): Parsed<"anyone" | readonly UserId[]> =>
  value === "anyone" ? { ok: true, value } : userIds(value);

const displayName = (value: string): Parsed<string> => {
  const fault = nameFault(value);
  return fault === undefined
    ? { ok: true, value }
    : bad(texts().options.displayNameRule(nameFaultWords(fault)));
};

/** The address of a server, as an origin. */
const server = (value: string): Parsed<string> => {
  const expected = texts().options.serverRule;
  if (!URL.canParse(value)) return bad(expected);
  const { protocol, origin, username, pathname, search, hash } = new URL(value);
  const isPlain = username === "" && pathname === "/" && search === "" && hash === "";
  return isPlain && (protocol === "https:" || protocol === "http:")
    ? { ok: true, value: origin }
    : bad(expected);
};

/** CKA_ID, hexadecimal; also as other tools print it. */
const keyId = (value: string): Parsed<string> => {
  const digits = value.replace(/^0x/i, "").replaceAll(/[: ]/g, "").toLowerCase();
  return /^([0-9a-f]{2})+$/.test(digits) ? { ok: true, value: digits } : bad(texts().options.hexDigits);
};

const descriptor = integer(0, 1_023);
const file = text(texts().options.file);

/** Where a person, and what they sign with, comes from. */
export const identityOptions = {
  server: option("url", server, texts().options.server, texts().options.lastUsed),
  user: option("id", userId, texts().options.user, texts().options.lastUsed),
  profile: option(
    "folder",
    text(texts().options.folder),
    texts().options.profile,
    "$XDG_CONFIG_HOME/signet, ~/.config/signet",
  ),
  "key-file": option("file", file, texts().options.keyFile, texts().options.keyFileDefault),
  "passphrase-fd": option("number", descriptor, texts().options.passphraseFd),
  module: option("file", file, texts().options.module),
  "module-parameters": option("text", text(texts().options.text), texts().options.moduleParameters),
  slot: option("number", integer(0, Number.MAX_SAFE_INTEGER), texts().options.slot),
  token: option("label", text(texts().options.label), texts().options.token),
  serial: option("serial", text(texts().options.serialText), texts().options.serial),
  key: option("label", text(texts().options.label), texts().options.key),
  "key-id": option("hex", keyId, texts().options.keyId),
  "key-type": option(
    "type",
    choice("ES256", "EdDSA", "RS256", "PS256"),
    texts().options.keyType,
    "ES256, PS256",
  ),
  "pin-fd": option("number", descriptor, texts().options.pinFd),
  certificate: option("file", file, texts().options.certificate),
  "trust-anchors": option("file", file, texts().options.trustAnchors),
  crl: option("file", file, texts().options.crl),
  "user-id-from": option("part", choice("email", "upn", "cn", "serial"), texts().options.userIdFrom, "email"),
  "user-id-domain": option("domain", domain, texts().options.userIdDomain),
  // Not `witness`: that is an option of `signet serve`, with an address, and both would be read from one variable.
  "trust-witness": {
    ...option("key", noteKeys("cosignature"), texts().monitor.terminalWitness),
    repeats: true,
  },
  "require-witnesses": option("number", integer(1, mostWitnesses), texts().monitor.requireWitnesses),
  "trust-changed-key": option("id=key", changedKey, texts().options.trustChangedKey),
  "trust-administrator": option("id=head", administrator, texts().options.trustAdministrator),
  "trust-log": option("key", text(texts().options.logKey), texts().options.trustLog),
} as const;

export const registerOptions = {
  "display-name": option(
    "name",
    displayName,
    texts().options.displayName,
    texts().options.displayNameDefault,
  ),
  invite: option("code", text(texts().options.codeText), texts().options.invite),
  "new-key": option("label", text(texts().options.label), texts().options.newKey),
} as const;

/** Of the person's devices, in `signet keys`. */
export const keysOptions = {
  "new-key-file": option("file", file, texts().options.newKeyFile),
  "new-passphrase-fd": option(
    "number",
    descriptor,
    texts().options.newPassphraseFd,
    texts().options.asSigningKey,
  ),
  "new-module": option("file", file, texts().options.newModule),
  "new-token": option("label", text(texts().options.label), texts().options.newToken),
  "new-serial": option("serial", text(texts().options.serialText), texts().options.newSerial),
  "new-key-id": option("hex", keyId, texts().options.newKeyId),
  "new-key": option("label", text(texts().options.label), texts().options.newKeyThere),
  "new-pin-fd": option("number", descriptor, texts().options.newPinFd),
  name: option("name", displayName, texts().options.name, texts().options.nameDefault),
  elsewhere: act(bare(texts().options.elsewhere)),
  "code-fd": option("number", descriptor, texts().options.joinCodeFd, texts().options.asks),
  why: option("reason", choice("lost", "stolen", "replaced", "ended"), texts().options.why),
} as const;

/** Of administrators, in `signet admin`. */
export const adminOptions = {
  "code-fd": option("number", descriptor, texts().options.recoverCodeFd, texts().options.asks),
  why: keysOptions.why,
} as const;

export const mediaOptions = {
  in: option(
    "file|microphone|none|-",
    text(texts().options.inText),
    texts().options.in,
    texts().options.inDefault,
  ),
  out: option(
    "file|speaker|none",
    text(texts().options.outText),
    texts().options.out,
    texts().options.outDefault,
  ),
  echo: option(
    "half-duplex|off",
    choice("half-duplex", "off"),
    texts().options.echo,
    texts().options.echoDefault,
  ),
  record: option("file", file, texts().options.record),
  loop: bare(texts().options.loop),
  "leave-when-played": option("yes|no", flag, texts().options.leaveWhenPlayed, texts().options.leaveDefault),
  "voice-padding": bare(texts().options.voicePadding),
  "hang-up-after": option("seconds", integer(1, 86_400), texts().options.hangUpAfter),
} as const;

const approval = (value: string): Parsed<ApprovalRule> => {
  const rule = readApprovalRule(value);
  return rule === undefined ? bad(texts().options.approvalRule) : { ok: true, value: rule };
};

const asked = (value: string): Parsed<AskedRule> => {
  const rule = readAskedRule(value);
  return rule === undefined ? bad(texts().options.askedRule) : { ok: true, value: rule };
};

/** Of whatever takes part in calls. */
export const resolutionOptions = {
  propose: option("text", text(texts().options.text), texts().options.propose),
  "propose-file": option("file", file, texts().options.proposeFile),
  "approval-of": option("whom", asked, texts().options.approvalOf, "all"),
  "approve-resolutions": option("rule", approval, texts().options.approveResolutions),
  document: { ...option("file", list, texts().options.document), repeats: true },
  "without-cms": bare(texts().options.withoutCms),
  "save-resolutions": option("folder", text(texts().options.folder), texts().options.saveResolutions),
  "keep-record": option("folder", text(texts().options.folder), texts().options.keepRecord),
} as const;

/** Of `signet call`. */
export const leavingOptions = { message: option("file", file, texts().options.message) } as const;

/** Of `signet call`. */
export const groupOptions = {
  group: option("name", text(texts().options.groupText), texts().options.group),
} as const;

/** Of `signet messages`. */
export const messagesOptions = {
  save: act(option("file", file, texts().options.saveMessage)),
  delete: act(bare(texts().options.deleteMessage)),
} as const;

export const outputOptions = {
  json: bare(texts().options.json),
  plain: bare(texts().options.plain),
} as const;

export const answerOptions = {
  timeout: option("seconds", integer(1, 86_400), texts().options.timeout, texts().options.waits),
  join: bare(texts().options.join),
} as const;

export const listenOptions = {
  "auto-answer-from": option("ids|anyone", callers, texts().options.autoAnswer),
  others: option("ring|decline", choice("ring", "decline"), texts().options.others, "ring"),
  // How often a command does what it does is said to that command: others count in other ways.
  once: act(bare(texts().options.once)),
} as const;

/** Nobody keeps the next one who wants to hear themselves waiting for longer. */
export const usualEchoSeconds = 60;

/** Of `signet echo`. */
export const echoOptions = {
  "hang-up-after": option("seconds", integer(5, 600), texts().echo.hangUpAfter, String(usualEchoSeconds)),
} as const;

const all = {
  ...identityOptions,
  ...registerOptions,
  ...mediaOptions,
  ...resolutionOptions,
  ...outputOptions,
  ...answerOptions,
  ...listenOptions,
  ...keysOptions,
};
export type TerminalOptions = ValuesOf<typeof all>;
