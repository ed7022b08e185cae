/** Every option of the commands that are terminals, for their help and their checks. */
import { DeviceId, UserId, fromBase64Url, nameFault } from "@signet/terminal";
import type { ChangedKey, NewAdministrator } from "@signet/terminal";
import { nameFaultWords } from "@signet/words";

import { bad, bare, choice, domain, flag, integer, option, text } from "./option-spec.ts";
import type { Parsed } from "./option-spec.ts";
import type { ValuesOf } from "./read-options.ts";

const userIdRule = "a user ID: 2 to 32 of the characters a-z 0-9 . _ -";

/** With the character, a whole one with its marks, that it cannot have. */
function noUserId(value: string): Parsed<never> {
  const letters = Array.from(new Intl.Segmenter().segment(value), ({ segment }) => segment);
  const odd = letters.find((letter) => !/^[a-z0-9._-]$/.test(letter));
  if (odd === undefined) return bad(`${userIdRule}; this has ${letters.length}`);
  return bad(`${userIdRule}; "${odd}" is none of them`);
}

export const userId = (value: string): Parsed<UserId> => {
  const parsed = UserId.safeParse(value);
  return parsed.success ? { ok: true, value: parsed.data } : noUserId(value);
};

/** Of whom, and which key: the one that was shown, whatever the server shows by now. */
const changedKey = (value: string): Parsed<Pick<ChangedKey, "userId" | "deviceId">> => {
  const [id = "", key = ""] = value.split("=", 2);
  const [person, device] = [UserId.safeParse(id), DeviceId.safeParse(key)];
  return person.success && device.success
    ? { ok: true, value: { userId: person.data, deviceId: device.data } }
    : bad("give the user ID and the key as the warning names it, for example ben=QEFCQ0RFRkdISUpLTE1OTw");
};

/** Of whom, and which history: the one that was shown, with the keys that count in it. */
const administrator = (value: string): Parsed<Pick<NewAdministrator, "userId" | "head">> => {
  const [id = "", text = ""] = value.split("=", 2);
  const [person, head] = [UserId.safeParse(id), fromBase64Url(text)];
  return person.success && head?.length === 32
    ? { ok: true, value: { userId: person.data, head } }
    : bad(
        "give the user ID and the head as the warning names it, for example ben=2MqZmQfyHk7iGWYYmZ4n8hhHLvDyMC1xUmc8Cdnhn7w",
      );
};

/** Separated by commas. */
export const userIds = (value: string): Parsed<readonly UserId[]> => {
  const ids: UserId[] = [];
  for (const item of value.split(",")) {
    const parsed = userId(item.trim());
    if (!parsed.ok) return bad(`user IDs, separated by commas; each is ${parsed.expected}`);
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
    : bad(`a name that can be read, of 1 to 64 characters: of this one, ${nameFaultWords(fault)}`);
};

/** The address of a server, as an origin. */
const server = (value: string): Parsed<string> => {
  const expected = "an address such as https://calls.example.org, without a path";
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
  return /^([0-9a-f]{2})+$/.test(digits)
    ? { ok: true, value: digits }
    : bad("pairs of hexadecimal digits, as `signet devices` lists them");
};

const descriptor = integer(0, 1_023);
const file = text("a file");

/** Where a person, and what they sign with, comes from. */
export const identityOptions = {
  server: option("url", server, "address of the server", "the one used last"),
  user: option("id", userId, "your user ID", "the one used last"),
  profile: option(
    "folder",
    text("a folder"),
    "keys, known people and what was used last",
    "$XDG_CONFIG_HOME/signet, ~/.config/signet",
  ),
  "key-file": option("file", file, "software key, encrypted", "<user>.key in the profile"),
  "passphrase-fd": option("number", descriptor, "reads the passphrase of the key file from this descriptor"),
  module: option("file", file, "PKCS#11 module of a smart card or token"),
  "module-parameters": option(
    "text",
    text("a text"),
    "what the PKCS#11 module is initialised with, where it wants that, as NSS does",
  ),
  slot: option("number", integer(0, Number.MAX_SAFE_INTEGER), "slot of the token, where there are several"),
  token: option("label", text("a label"), "label of the token, where there are several"),
  serial: option(
    "serial",
    text("a serial"),
    "serial of the token; also chooses another one than was used last",
  ),
  key: option("label", text("a label"), "label of the key on the token, where there are several"),
  "key-id": option("hex", keyId, "ID of the key on the token, where it has no label or one of several"),
  "key-type": option(
    "type",
    choice("ES256", "EdDSA", "RS256", "PS256"),
    "of a key that is made, or which of its algorithms an RSA key uses: ES256, EdDSA, RS256, PS256",
    "ES256, PS256",
  ),
  "pin-fd": option("number", descriptor, "reads the PIN of the token from this descriptor"),
  certificate: option("file", file, "X.509 certificate of the key with those above it, PEM or DER"),
  "trust-anchors": option(
    "file",
    file,
    "certificates of authorities, PEM or DER: what others' certificates must lead to",
  ),
  crl: option("file", file, "certificate revocation lists, PEM or DER"),
  "user-id-from": option(
    "part",
    choice("email", "upn", "cn", "serial"),
    "where certificates hold the user ID, with --trust-anchors",
    "email",
  ),
  "user-id-domain": option(
    "domain",
    domain,
    "with --user-id-from email or upn: only addresses in this domain give a user ID",
  ),
  "trust-changed-key": option(
    "id=key",
    changedKey,
    "accepts this new key of this person, as the warning names it, once you asked them in another way",
  ),
  "trust-administrator": option(
    "id=head",
    administrator,
    "accepts this administrator, by the keys that the warning names, once you asked who runs the server",
  ),
} as const;

export const registerOptions = {
  "display-name": option("name", displayName, "the name that others see", "the user ID"),
  invite: option("code", text("a code"), "invite code, where the server wants one"),
  "new-key": option("label", text("a label"), "makes a key pair with this label on the token"),
} as const;

/** Of the person's devices, in `signet keys`. */
export const keysOptions = {
  "new-key-file": option("file", file, "adds a software key: makes this encrypted file, unless it is there"),
  "new-passphrase-fd": option(
    "number",
    descriptor,
    "reads the passphrase of --new-key-file from this descriptor",
    "as that of the key that signs",
  ),
  "new-module": option("file", file, "adds a key on a smart card or token, by its PKCS#11 module"),
  "new-token": option("label", text("a label"), "label of that token, where there are several"),
  "new-serial": option("serial", text("a serial"), "serial of that token"),
  "new-key-id": option("hex", keyId, "ID of the key on that token, where there are several"),
  "new-key": option("label", text("a label"), "makes a key pair with this label on that token"),
  "new-pin-fd": option("number", descriptor, "reads the PIN of that token from this descriptor"),
  name: option("name", displayName, "what the added key is called in the list", "its file or token"),
  elsewhere: bare("adds a key at another machine: shows a code, for `signet keys join` there or a page"),
  "code-fd": option(
    "number",
    descriptor,
    "reads the code of `signet keys join` from this descriptor",
    "asks",
  ),
  why: option(
    "reason",
    choice("lost", "stolen", "replaced", "ended"),
    "why a key is revoked: lost, stolen, replaced or ended",
  ),
} as const;

/** Of administrators, in `signet admin`. */
export const adminOptions = {
  "code-fd": option(
    "number",
    descriptor,
    "reads the code of `signet admin recover` from this descriptor",
    "asks",
  ),
  why: keysOptions.why,
} as const;

export const mediaOptions = {
  in: option(
    "file|microphone|none|-",
    text("a WAV or Ogg Opus file, microphone, none, or - for standard input"),
    "what the others hear",
    "microphone where there is a sound card",
  ),
  out: option(
    "file|speaker|none",
    text("a file, speaker or none"),
    "where the others are heard",
    "speaker where there is a sound card",
  ),
  echo: option(
    "half-duplex|off",
    choice("half-duplex", "off"),
    "half-duplex holds the microphone back while others are heard from the loudspeaker, unless you are louder than their echo; off with headphones",
    "half-duplex with microphone and speaker",
  ),
  record: option("file", file, "keeps your own decrypted mix of a call: the others and yourself"),
  loop: bare("plays the file of --in again and again"),
  "leave-when-played": option(
    "yes|no",
    flag,
    "leaves when the file of --in was played",
    "yes, unless --loop",
  ),
  "voice-padding": bare("gives all packets of your voice one size, so that sizes say nothing of it"),
  "hang-up-after": option("seconds", integer(1, 86_400), "leaves so long after somebody else joined"),
} as const;

export const outputOptions = {
  json: bare("one JSON object in a line for each event"),
  plain: bare("plain lines instead of the live view"),
} as const;

export const answerOptions = {
  timeout: option("seconds", integer(1, 86_400), "gives up when nothing rang within this time", "waits"),
  join: bare("joins a call that goes on without you, where nothing rings"),
} as const;

export const listenOptions = {
  "auto-answer-from": option(
    "ids|anyone",
    callers,
    "who is answered: user IDs, separated by commas, or anyone",
  ),
  others: option("ring|decline", choice("ring", "decline"), "what happens to calls of others", "ring"),
  once: bare("ends after the first call that was answered"),
} as const;

const all = {
  ...identityOptions,
  ...registerOptions,
  ...mediaOptions,
  ...outputOptions,
  ...answerOptions,
  ...listenOptions,
  ...keysOptions,
};
export type TerminalOptions = ValuesOf<typeof all>;
