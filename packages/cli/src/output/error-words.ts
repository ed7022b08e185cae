/**
 * The table's sentences are written for every terminal, most of which are pages. Here each becomes the two lines of the command
 * line: what happened, and what to do next.
 */
import { sentenceFor } from "@signet/terminal";
import type { ErrorCode } from "@signet/terminal";

export interface ErrorWords {
  readonly message: string;
  readonly hint: string;
}

const update = "run the same version of signet here and on the server";
const again = "try again; if it happens again, `signet doctor` may tell why";
const tell = "try again; if it happens again, tell the person who runs the server";
const unsafe = "do not go on before it is explained: ask the others in another way";

/** Where the sentence speaks of pages, or says nothing about what to do. */
const own: Partial<Record<ErrorCode, Partial<ErrorWords>>> = {
  "protocol.badJson": { hint: update },
  "protocol.badMessage": { hint: update },
  "protocol.unknownType": { hint: update },
  "protocol.helloTimeout": { hint: again },
  "protocol.helloRequired": { hint: update },
  "protocol.version": { hint: update },
  "auth.terminalInUse": { hint: again },
  "auth.bindingGone": { hint: "run the command again to sign in again" },
  "auth.signInRequired": { hint: "run the command again to sign in again" },
  "proof.malformed": { hint: again },
  "proof.device": {
    message: "this key does not belong to this user ID",
    hint: "name the key that you registered with --key-file, or with --token and --key",
  },
  "proof.origin": { hint: "give the address that the server calls itself with --server" },
  "proof.challengeExpired": { message: "the signature came too late", hint: "try again" },
  "proof.clientData": {
    message: "a signature made by another terminal is not in order and was refused",
    hint: unsafe,
  },
  "registration.inviteRequired": { hint: "ask the person who runs it for one, and give it with --invite" },
  "registration.userTaken": {
    hint: "choose another one with --user; yours already? then use `signet sign-in`",
  },
  "registration.deviceTaken": {
    message: "this key is registered under another user ID",
    hint: "use that one, or another key with --key-file or --new-key",
  },
  "user.unknown": { hint: "check the spelling; a new one is made by `signet register`" },
  "call.notRinging": { hint: "call back with `signet call`" },
  "directory.keyChanged": {
    message: "this person's key is not the one that this terminal met before",
    hint: "ask them in another way; only if they did change it, run again with --trust-changed-key <their id>",
  },
  "directory.badPins": {
    message: "what this profile remembers of people's keys cannot be read, so nobody is recognised",
    hint: "restore the pins file in the profile folder; take it away only if you mean to meet everybody anew",
  },
  "device.unsupported": {
    message: "this device cannot be used here",
    hint: "`signet devices` lists what can",
  },
  "device.noKey": { hint: "make one with `signet register --new-key <label>`" },
  "device.severalTokens": { hint: "choose one with --slot or --token; `signet devices` lists them" },
  "device.tokenNotFound": { hint: "plug it in, or choose another one that `signet devices` lists" },
  "device.severalKeys": { hint: "choose one with --key; `signet devices` lists them" },
  "device.keyNotFound": { hint: "choose another one with --key; `signet devices` lists them" },
  "device.keyExists": { hint: "use it with --key, or choose another label with --new-key" },
  "device.notInBrowser": {
    message: "this user ID belongs to a smart card, a token or a key file",
    hint: "name the key that you registered with --key-file, or with --token and --key",
  },
  "device.pinWrongFew": {
    message: "the PIN is wrong",
    hint: "the token says that few tries are left; some say so after the first wrong PIN. Then it locks: type it with care",
  },
  "device.cancelled": { message: "the key was not used", hint: "try again" },
  "device.alreadyRegistered": { hint: "use `signet sign-in`" },
  "device.badPassphrase": {
    message: "the passphrase is wrong, or the key file was altered",
    hint: "try again",
  },
  "device.badKeyFile": {
    hint: "name the file that `signet register` made with --key-file, or a backup of it",
  },
  "media.badOffer": { hint: again },
  "media.noMicrophone": { hint: "plug one in, give a file with --in, or listen only with --in none" },
  "media.noSpeaker": { hint: "plug one in, install alsa-utils or sox, or write to a file with --out" },
  "media.microphoneDenied": { message: "the microphone may not be used", hint: "give a file with --in" },
  "frames.plaintextDetected": { hint: "leave the call, and report this as a mistake in signet" },
  "frames.unsupported": {
    message: "this version of Node.js cannot encrypt audio end to end",
    hint: "use the one that `npm ci` installs",
  },
  "server.internal": { hint: tell },
  "server.otherOrigin": {
    message: "the server calls itself by another address than the one given, and was refused",
    hint: "give the address that it should have with --server",
  },
  "connection.lost": { hint: "check the address and that the server runs; `signet doctor` looks closer" },
};

/** What to do where neither the sentence nor the table above says it. */
const byGroup: Readonly<Record<string, string>> = {
  protocol: update,
  auth: again,
  proof: unsafe,
  call: "look at who is called, and call again",
  delivery: "leave the call and join again",
  directory: unsafe,
  device: "`signet devices` lists what can be used",
  mls: "leave the call and call again",
};

export function wordsFor(code: ErrorCode): ErrorWords {
  const [first = "", ...rest] = sentenceFor(code)
    .split(/(?<=\.)\s+/)
    .map(asClause);
  const [group = ""] = code.split(".");
  const hint = rest.length === 0 ? (byGroup[group] ?? again) : rest.join("; ");
  return { message: first, hint, ...own[code] };
}

/** Lower case, no full stop. Abbreviations keep their capitals. */
function asClause(sentence: string): string {
  const bare = sentence.replace(/\.$/, "");
  return /^\p{Lu}{2}/u.test(bare) ? bare : bare.charAt(0).toLowerCase() + bare.slice(1);
}
