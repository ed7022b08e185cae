/** What the command line says otherwise than a page: there is none, and commands and options are named. */
import type { Catalogue } from "../catalogue.ts";

const update = "run the same version of signet here and on the server";
const again = "try again; if it happens again, `signet doctor` may tell why";
const tell = "try again; if it happens again, tell the person who runs the server";

/** Where the words for everybody speak of pages, or where the command line has a more certain way. */
export const commandLineErrors = {
  "protocol.badJson": { next: update },
  "protocol.badMessage": { next: update },
  "protocol.unknownType": { next: update },
  "protocol.tooLarge": { next: update },
  "protocol.helloRepeated": { next: update },
  "protocol.helloTimeout": { next: again },
  "protocol.helloRequired": { next: update },
  "protocol.version": { next: update },
  "auth.terminalInUse": { next: again },
  "auth.terminalUnproven": { next: update },
  "auth.bindingGone": { next: "run the command again to sign in again" },
  "auth.signInRequired": { next: "run the command again to sign in again" },
  "proof.malformed": { next: again },
  "proof.device": {
    happened: "this key does not belong to this user ID",
    next: "name the key that you registered with --key-file, or with --token and --key",
  },
  "proof.origin": { next: "give the address that the server calls itself with --server" },
  "proof.challengeExpired": { happened: "the signature came too late" },
  "proof.clientData": {
    happened: "a signature made by another terminal is not in order and was refused",
  },
  "registration.inviteRequired": { next: "ask the person who runs it for one, and give it with --invite" },
  "registration.administratorInvite": {
    next: "`signet invite` makes one, where the server runs; give it with --invite",
  },
  "registration.userTaken": {
    next: "choose another one with --user; yours already? then use `signet sign-in`",
  },
  "registration.deviceTaken": {
    happened: "this key is registered under another user ID",
    next: "use that one, or another key with --key-file or --new-key",
  },
  "user.unknown": { next: "check the spelling; a new one is made by `signet register`" },
  "call.notRinging": { next: "call back with `signet call`" },
  "history.deviceRevoked": {
    next: "sign in with another one of your keys: name it with --key-file or --token; else ask an administrator",
  },
  "directory.keyChanged": {
    happened: "this person's key is not the one that this terminal met before",
    next: "ask them in another way; only if they did change it, run again with --trust-changed-key <their id>=<their key>",
  },
  "directory.badPins": {
    happened: "what this profile remembers of people's keys cannot be read, so nobody is recognised",
    next: "restore the pins file in the profile folder; take it away only if you mean to meet everybody anew",
  },
  "directory.newerPins": {
    happened: "what this profile remembers of people's keys was written by a newer version of signet",
    next: "update signet, or give another profile with --profile; nothing was changed",
  },
  "log.missing": {
    next: "ask whoever runs it, in another way, what happened; only where they keep no log any more, run again with --trust-log none",
  },
  "log.otherKey": {
    next: "ask whoever runs it, in another way; only where they began anew, run again with --trust-log and the key that is named",
  },
  "log.rolledBack": {
    next: "ask whoever runs it, in another way; only where an old backup took its place, run again with --trust-log and the key that is named",
  },
  "log.inconsistent": {
    next: "show its administrator what was kept; only where an old backup took its place, run again with --trust-log and the key that is named",
  },
  "certificate.crlExpired": {
    next: "give a current one with --crl where it is your own; else ask the person who runs the server",
  },
  "certificate.revocationUnknown": {
    next: "give a complete one by the authority itself with --crl where it is your own; else ask the person who runs the server",
  },
  "device.unsupported": {
    happened: "this device cannot be used here",
    next: "`signet devices` lists what can",
  },
  "device.badAnswer": { next: "try again, or use another device" },
  "device.noAnswer": {
    happened: "the signature device did not answer for more than a minute",
    next: "try again, or use another device",
  },
  "device.noKey": { next: "make one with `signet register --new-key <label>`" },
  "device.severalTokens": {
    next: "choose one with --serial, --token or --slot; `signet devices` lists them",
  },
  "device.tokenNotFound": { next: "plug it in, or choose another one that `signet devices` lists" },
  "device.otherToken": {
    next: "plug in the one that was used last; if you mean this one, give its --serial, which `signet devices` lists",
  },
  "device.severalKeys": { next: "choose one with --key or --key-id; `signet devices` lists them" },
  "device.keyNotFound": { next: "choose another one with --key or --key-id; `signet devices` lists them" },
  "device.otherKey": {
    next: "if you mean another one, choose it with --key or --key-id; `signet devices` lists them",
  },
  "device.moduleNotStarted": {
    next: "see that the service and the settings that it needs are there: pcscd for smart cards, --module-parameters for NSS",
  },
  "device.keyExists": { next: "use it with --key, or choose another label with --new-key" },
  "device.notInBrowser": {
    happened: "this user ID belongs to a smart card, a token or a key file",
    next: "name the key that you registered with --key-file, or with --token and --key",
  },
  "device.pinWrongFew": {
    happened: "the PIN is wrong",
    next: "the token says that few tries are left; some say so after the first wrong PIN, and then it locks: type it with care",
  },
  "device.cancelled": { happened: "the key was not used" },
  "device.alreadyRegistered": { next: "use `signet sign-in`" },
  "device.badPassphrase": { next: "try again" },
  "device.badKeyFile": {
    next: "name the file that `signet register` made with --key-file, or a backup of it",
  },
  "media.badOffer": { next: again },
  "media.tooManySlots": { next: update },
  "media.noMicrophone": {
    next: "plug one in, and it is taken as soon as it is there; or give a file with --in, or listen only with --in none",
  },
  "media.microphoneBusy": {
    happened: "the microphone cannot be opened, since another program uses it",
    next: "close that program: signet tries again by itself",
  },
  "media.noSpeaker": {
    next: "plug one in, and it is taken as soon as it is there; install alsa-utils or sox, or write to a file with --out",
  },
  "media.speakerBusy": { next: "close that program: signet tries again by itself" },
  "media.microphoneDenied": { happened: "the microphone may not be used", next: "give a file with --in" },
  "frames.plaintextDetected": { next: "leave the call, and report this as a mistake in signet" },
  "frames.unsupported": {
    happened: "this version of Node.js cannot encrypt sound end to end",
    next: "use the one that `npm ci` installs",
  },
  "terminal.failed": { next: "try again; if it happens again, report it with the command that you gave" },
  "server.internal": { next: tell },
  "server.otherOrigin": {
    happened: "the server calls itself by another address than the one given, and was refused",
    next: "give the address that it should have with --server",
  },
  "push.off": {
    happened: "this server wakes nobody who is away",
    next: "stay signed in to be reached: `signet listen`, or ask whoever runs the server for it",
  },
  "push.badEndpoint": {
    happened: "the address for notifications is none that a server may call",
    next: "stay signed in to be reached: `signet listen`",
  },
  "push.noService": {
    happened: "the service that notifications come from was not reached, or is switched off",
    next: "try again later; until then stay signed in to be reached: `signet listen`",
  },
  "push.unknownService": {
    happened: "the notifications come from a service that the server does not call",
    next: "ask whoever runs the server to name it with --push-services",
  },
  "connection.lost": { next: "check the address and that the server runs; `signet doctor` looks closer" },
} as const satisfies Catalogue["commandLineErrors"];
