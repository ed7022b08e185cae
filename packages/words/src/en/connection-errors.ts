/** Errors about the connection to the server, the sign-in and the registration. */
import type { SomeErrors } from "../catalogue.ts";

export const connectionErrors = {
  "protocol.badJson": [
    "the message is not JSON of the expected form",
    "reload the page or update the terminal",
  ],
  "protocol.badMessage": ["the message does not fit its schema", "reload the page or update the terminal"],
  "protocol.unknownType": [
    "the server does not know this kind of message",
    "reload the page or update the terminal",
  ],
  "protocol.tooLarge": [
    "the message is larger than the server accepts",
    "reload the page or update the terminal",
  ],
  "protocol.tooFast": ["too many messages in a short time", "wait a moment and try again"],
  "protocol.askedTooMuch": [
    "you asked the server for more than anybody gets within a minute",
    "wait a minute and try again",
  ],
  "protocol.tooManyConnections": [
    "the server has as many connections as it accepts",
    "try again in a moment",
  ],
  "protocol.helloTimeout": ["the terminal did not introduce itself in time", "reload the page"],
  "protocol.signInTimeout": [
    "nobody signed in here for some minutes, so the server ended the connection",
    "it is opened again when it is needed",
  ],
  "protocol.helloRequired": ["the terminal must introduce itself first", "reload the page"],
  "protocol.helloRepeated": [
    "the terminal has introduced itself already",
    "reload the page or update the terminal",
  ],
  "protocol.version": [
    "terminal and server speak different versions",
    "update the terminal or reload the page",
  ],
  "auth.signInRequired": ["nobody is signed in on this terminal", "sign in with your signature device"],
  "auth.alreadySignedIn": ["this terminal is signed in already", "release it first"],
  "auth.terminalInUse": ["another connection uses this terminal ID", "reload the page"],
  "auth.terminalUnproven": [
    "the terminal has not proven that it holds its key",
    "reload the page or update the terminal",
  ],
  "auth.bindingGone": ["you are no longer signed in on this terminal", "touch your device to sign in again"],
  "registration.closed": ["this server does not take new user IDs", "ask the person who runs it"],
  "registration.inviteRequired": ["this server needs an invite code", "ask the person who runs it for one"],
  "registration.administratorInvite": [
    "this user ID is an administrator's and needs an invite code",
    "`signet invite` makes one, where the server runs",
  ],
  "registration.inviteInvalid": ["the invite code is not valid or was used before", "ask for a new one"],
  "registration.badUserId": [
    "a new user ID has 2 to 32 small letters, digits, dots, _ or -, and begins and ends with a letter or digit",
    "choose another one",
  ],
  "registration.badName": [
    "this display name cannot be taken: it is too long, or has something in it that cannot be seen",
    "choose another one",
  ],
  "registration.userTaken": ["this user ID is taken", "choose another one"],
  "registration.deviceTaken": [
    "this device is registered under another user ID",
    "sign in with that one, or use another device",
  ],
  "registration.attestation": [
    "the device's answer could not be verified",
    "try again, perhaps with another device",
  ],
  "user.unknown": ["nobody has this user ID here", "check the spelling"],
  "connection.lost": ["the connection to the server is lost", "Signet keeps trying"],
  "connection.badAddress": ["this is no address of a server", "it begins with http:// or https://"],
  "connection.certificateExpired": [
    "the server's certificate has expired",
    "the person who runs the server has to renew it; if it is new, check this machine's clock",
  ],
  "connection.certificateNotYetValid": [
    "the server's certificate is not valid yet",
    "check this machine's clock",
  ],
  "connection.certificateOtherName": [
    "the server's certificate is for another name than the one in its address",
    "use the address that it is for, or get one for this",
  ],
  "connection.certificateUntrusted": [
    "the server's certificate leads to no authority that this machine knows",
    "if it is the server's own, put it or its authority into a file and set NODE_EXTRA_CA_CERTS to that file",
  ],
  "connection.certificateRefused": [
    "the server's certificate was refused",
    "tell the person who runs the server",
  ],
  "connection.timeout": ["the server did not answer in time", "try again"],
  "terminal.failed": [
    "something in Signet itself failed on this side; the server knows nothing of it",
    "try again; if it happens again, reload the page and report what the console of the browser shows",
  ],
  "server.internal": ["the server made a mistake; it is in its log", "try again"],
  "server.stopping": ["the server is restarting", "Signet reconnects by itself"],
  "server.otherOrigin": [
    "the server calls itself by another address than the one that you opened, and was refused",
    "open the address that it should have",
  ],
  "server.storage": ["the server cannot write its data", "tell the person who runs it"],
  "server.badTerms": [
    "the server names limits, a time or an address of its own that nothing can work with, and was refused",
    "tell the person who runs it",
  ],
  "server.tooOld": [
    "the server is older than this terminal, and they do not understand each other",
    "ask the person who runs it to update it, or use the terminal that it brings",
  ],
} as const satisfies SomeErrors;
