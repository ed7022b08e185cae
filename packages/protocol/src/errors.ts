import { error } from "./error-row.ts";
import type { ErrorInfo } from "./error-row.ts";
import { tokenErrors } from "./token-errors.ts";

export type { ErrorCategory } from "./error-row.ts";

/** Every error that a person or a peer can see. docs/errors.md is checked against this table. */
export const errorTable = {
  "protocol.badJson": error(
    "protocol",
    "The message is not JSON of the expected form. Reload the page or update the terminal.",
    4000,
  ),
  "protocol.badMessage": error(
    "protocol",
    "The message does not fit its schema. Reload the page or update the terminal.",
  ),
  "protocol.unknownType": error(
    "protocol",
    "The server does not know this kind of message. Reload the page or update the terminal.",
  ),
  "protocol.tooLarge": error("protocol", "The message is larger than the server accepts.", 4001),
  "protocol.tooFast": error(
    "protocol",
    "Too many messages in a short time. Wait a moment and try again.",
    4002,
  ),
  "protocol.tooManyConnections": error(
    "protocol",
    "The server has as many connections as it accepts. Try again in a moment.",
    4003,
  ),
  "protocol.helloTimeout": error(
    "protocol",
    "The terminal did not introduce itself in time. Reload the page.",
    4004,
  ),
  "protocol.helloRequired": error("protocol", "The terminal must introduce itself first. Reload the page."),
  "protocol.helloRepeated": error("protocol", "The terminal has introduced itself already."),
  "protocol.version": error(
    "protocol",
    "Terminal and server speak different versions. Update the terminal or reload the page.",
    4005,
  ),

  "auth.signInRequired": error("user", "Sign in with your signature device first."),
  "auth.alreadySignedIn": error("user", "This terminal is signed in already. Release it first."),
  "auth.terminalInUse": error("protocol", "Another connection uses this terminal ID. Reload the page."),
  "auth.bindingGone": error(
    "user",
    "You are no longer signed in on this terminal. Touch your device to sign in again.",
  ),

  "proof.malformed": error(
    "protocol",
    "The signature message cannot be read. Try again; if it happens again, reload the page.",
  ),
  "proof.purpose": error("protocol", "The signature was made for another purpose and was refused."),
  "proof.origin": error(
    "protocol",
    "The signature was made for another server address and was refused. Open the address that the server names.",
  ),
  "proof.user": error("protocol", "The signature names another user ID and was refused."),
  "proof.device": error(
    "user",
    "This signature device does not belong to this user ID. Use the device that you registered.",
  ),
  "proof.challenge": error(
    "protocol",
    "The signature answers no open challenge (perhaps it was used before). Try again.",
  ),
  "proof.challengeExpired": error("user", "The touch came too late. Try again."),
  "proof.terminal": error("protocol", "The signature was made for another terminal and was refused."),
  "proof.terminalKey": error("protocol", "The signature was made for another terminal key and was refused."),
  "proof.call": error("protocol", "The signature was made for another call and was refused."),
  "proof.beforeLeave": error(
    "protocol",
    "The signature was made before the person left the call and was refused.",
  ),
  "proof.leafKey": error(
    "protocol",
    "The signature names another group key than the one presented and was refused.",
  ),
  "proof.time": error(
    "user",
    "The clocks of the terminal and of the other side differ by more than two minutes. Set the clock and try again.",
  ),
  "proof.lifetime": error("protocol", "The sign-in would last longer than allowed and was refused."),
  "proof.expired": error(
    "user",
    "The sign-in behind this signature has ended. Sign in again with your device.",
  ),
  "proof.signature": error("protocol", "The signature is not valid. Try again with your device."),
  "proof.encoding": error(
    "protocol",
    "The signature is not encoded as the standard demands and was refused.",
  ),
  "proof.clientData": error(
    "protocol",
    "The browser's part of the signature is not in order and was refused.",
  ),
  "proof.rpId": error("protocol", "The signature device signed for another site and was refused."),
  "proof.userPresence": error("user", "The device signed without being touched. Touch it when it blinks."),
  "proof.userVerification": error(
    "user",
    "The device did not check PIN or fingerprint, as it did when it was registered. Try again and enter it.",
  ),
  "proof.signer": error("protocol", "This must be signed by another key and was refused."),
  "proof.algorithm": error("protocol", "The device uses a signature algorithm that Signet does not accept."),

  "registration.closed": error("user", "This server does not take new user IDs. Ask the person who runs it."),
  "registration.inviteRequired": error(
    "user",
    "This server needs an invite code. Ask the person who runs it for one.",
  ),
  "registration.inviteInvalid": error(
    "user",
    "The invite code is not valid or was used before. Ask for a new one.",
  ),
  "registration.userTaken": error("user", "This user ID is taken. Choose another one."),
  "registration.deviceTaken": error(
    "user",
    "This device is registered under another user ID. Sign in with that one, or use another device.",
  ),
  "registration.attestation": error(
    "protocol",
    "The device's answer could not be verified. Try again, perhaps with another device.",
  ),

  "user.unknown": error("user", "Nobody has this user ID here. Check the spelling."),

  "call.notFound": error("user", "This call is over."),
  "call.exists": error("protocol", "This call ID is in use. Start the call again."),
  "call.noMembers": error("user", "Enter at least one other user ID."),
  "call.tooManyMembers": error("user", "These are more people than a call on this server can have."),
  "call.duplicateMember": error("user", "A user ID is listed twice."),
  "call.self": error("user", "You cannot call yourself."),
  "call.inCall": error("user", "You are in a call already. Leave it first."),
  "call.tooManyRings": error(
    "user",
    "Too many calls are ringing for you at once. Wait until one is answered.",
  ),
  "call.notInvited": error("protocol", "This user ID is not invited to the call."),
  "call.notMember": error("protocol", "This terminal is not in the call."),
  "call.notRinging": error("user", "The call is not ringing any more."),
  "call.notInitiator": error("user", "Only the person who started the call can end it for all."),
  "call.noAnswer": error("user", "Nobody answered."),
  "call.notVerified": error("protocol", "The caller could not be verified, so the call did not ring."),
  "call.broughtBack": error(
    "protocol",
    "Somebody who had gone from the call was brought back without a new signature. Signet left the call to protect you.",
  ),
  "call.rejectedMember": error(
    "protocol",
    "Somebody entered the call without a valid signature. Signet left the call to protect you.",
  ),

  "delivery.staleEpoch": error("protocol", "The group has moved on since this change was made."),
  "delivery.epochTaken": error("protocol", "Another member changed the group first."),
  "delivery.futureEpoch": error(
    "protocol",
    "This change is for a state of the group that does not exist yet.",
  ),
  "delivery.notAdmitted": error("protocol", "A Welcome names somebody who is not waiting to join."),
  "delivery.notCommitter": error("protocol", "This terminal may not change the group."),
  "delivery.tooMuch": error(
    "protocol",
    "The group was changed too often, or the call holds as much as the server stores. Wait a minute, or start a new call.",
  ),

  "directory.keyChanged": error(
    "user",
    "This person's signature device is not the one you met before. Ask them in another way before you trust it.",
  ),
  "directory.badEntry": error(
    "protocol",
    "The server gave a directory entry that does not verify. Do not trust this server until it is explained.",
  ),
  "directory.badPins": error(
    "dependency",
    "What this terminal remembers of people's devices cannot be read. Nobody is recognised until it is restored, or cleared together with this site's data.",
  ),

  "device.unsupported": error(
    "user",
    "This browser cannot use security keys or passkeys here. Open the page over HTTPS or on localhost, in a current browser.",
  ),
  "device.cancelled": error(
    "user",
    "No touch was given, or the device is not the registered one. Try again.",
  ),
  "device.alreadyRegistered": error("user", "This device is registered here already. Sign in with it."),
  "device.notInBrowser": error(
    "user",
    "This user ID belongs to a smart card, a token or a key file, which a browser cannot use. Sign in with it on the command line: signet sign-in.",
  ),
  "device.failed": error(
    "dependency",
    "The signature device failed. Unplug it, plug it in again, and try again.",
  ),
  "device.badPassphrase": error("user", "The passphrase is wrong, or the key file was altered."),
  "device.badKeyFile": error("user", "This is not a key file that Signet can read."),
  ...tokenErrors,

  "certificate.notAccepted": error(
    "user",
    "No certificates are accepted here: no trust anchors are set. Register without a certificate, or ask the person who runs the server.",
  ),
  "certificate.malformed": error(
    "protocol",
    "The certificate, or one of those above it, is not encoded as the standard demands and was refused.",
  ),
  "certificate.untrusted": error(
    "user",
    "The certificate does not lead to an authority that is trusted here. Use one that it issued, with the certificates in between.",
  ),
  "certificate.expired": error(
    "user",
    "The certificate, or one of those above it, has expired. Its holder can register or sign in with a renewed one for the same key, which the authority issues.",
  ),
  "certificate.notYetValid": error(
    "user",
    "The certificate, or one of those above it, is not valid yet. Check the clock, or wait for the day on which it begins.",
  ),
  "certificate.revoked": error(
    "user",
    "The certificate, or one of those above it, was revoked by its authority. Ask the authority why; its holder can register or sign in with a new one for the same key.",
  ),
  "certificate.revocationUnknown": error(
    "user",
    "The list of revoked certificates kept here is out of date or cannot be used, so that the certificate could not be checked. Ask the person who runs the server for a current list.",
  ),
  "certificate.keyUsage": error(
    "user",
    "The certificate is not meant for signing. Use the one of your device that is for signatures or authentication.",
  ),
  "certificate.otherKey": error(
    "protocol",
    "The certificate is for another key than the device's and was refused.",
  ),
  "certificate.otherUser": error(
    "user",
    "The certificate names another user ID. Register with the one that it names.",
  ),
  "certificate.missing": error(
    "protocol",
    "This person was met with a certificate, and the server leaves it out now. Do not trust this server until it is explained.",
  ),
  "certificate.tooManyRenewals": error(
    "user",
    "The certificate of this user ID was renewed as often as the server keeps. Ask the person who runs it.",
  ),
  "certificate.noUserId": error(
    "user",
    "The certificate does not hold a user ID in the place where this server looks for it. Ask the person who runs the server.",
  ),

  "media.badOffer": error(
    "protocol",
    "The audio connection could not be set up. Reload the page or use another browser.",
  ),
  "media.tooManySlots": error("protocol", "The terminal asks for more audio slots than the server has."),
  "media.tooManyProbes": error(
    "user",
    "The audio connection was tested too often just now, or by too many people at once. Wait a minute and try again.",
  ),
  "media.unavailable": error(
    "dependency",
    "The server's audio part does not answer. It restarts by itself; wait a moment.",
  ),
  "media.noMicrophone": error("user", "No microphone was found. Plug one in, or listen only."),
  "media.microphoneDenied": error(
    "user",
    "The browser may not use the microphone. Allow it beside the address bar, then try again.",
  ),
  "media.noSpeaker": error(
    "user",
    "No loudspeaker was found. Install alsa-utils or sox and plug one in, or write to a file.",
  ),
  "media.noFile": error("user", "The audio file cannot be opened. Check its name and that you may read it."),
  "media.badFile": error(
    "user",
    "This is not audio that Signet can read. Use WAV or Ogg Opus, mono or stereo.",
  ),
  "media.badFileName": error(
    "user",
    "Signet writes audio as WAV or Ogg Opus. End the name in .wav, .opus or .ogg.",
  ),
  "media.cannotWrite": error(
    "user",
    "The audio file cannot be written. Check the folder and the space that is left.",
  ),
  "media.connectionFailed": error(
    "dependency",
    "The audio connection failed. Check that UDP to the server is allowed; Signet tries again by itself.",
  ),

  "frames.plaintextDetected": error(
    "bug",
    "Audio left this terminal unencrypted. Signet stopped sending. Use another browser.",
  ),
  "frames.unsupported": error(
    "user",
    "This browser cannot encrypt audio end to end. Use a current Chromium or Firefox.",
  ),
  "frames.workerFailed": error(
    "bug",
    "The encryption of the audio stopped, and with it the sending. Leave the call and join again.",
  ),

  "mls.badMessage": error("protocol", "A group message cannot be read and was refused."),
  "mls.credential": error(
    "protocol",
    "A member's key is not endorsed by that person's signature device and was refused.",
  ),
  "mls.failed": error("bug", "A change of the group could not be made. Leave the call and join again."),
  "mls.futureEpoch": error(
    "protocol",
    "A group change was made for a state that this terminal has not reached. It joins again by itself.",
  ),
  "mls.otherGroup": error("protocol", "A group message of another call was refused."),
  "mls.staleEpoch": error("protocol", "A group change was made for a state that has passed and was refused."),
  "mls.refused": error("protocol", "A group change breaks the rules and was refused."),
  "mls.lifetime": error("protocol", "A key of the group is outside its time and was refused."),
  "mls.spentKey": error(
    "protocol",
    "A key that was in the call before and went with its person came back; the change was refused.",
  ),
  "mls.duplicateUser": error("protocol", "A person would be in the group twice; the change was refused."),
  "mls.closed": error("bug", "The group is closed."),

  "connection.lost": error("dependency", "The connection to the server is lost. Signet keeps trying."),
  "connection.badAddress": error(
    "user",
    "This is no address of a server. It begins with http:// or https://.",
  ),
  "connection.timeout": error("dependency", "The server did not answer in time. Try again."),

  "server.internal": error("bug", "The server made a mistake; it is in its log. Try again."),
  "server.stopping": error("dependency", "The server is restarting. Signet reconnects by itself.", 4010),
  "server.otherOrigin": error(
    "protocol",
    "The server calls itself by another address than the one that you opened, and was refused. Open the address that it should have.",
  ),
  "server.badTerms": error(
    "protocol",
    "The server names limits, a time or an address of its own that nothing can work with, and was refused. Tell the person who runs it.",
  ),
  "server.storage": error("dependency", "The server cannot write its data. Tell the person who runs it."),
} as const satisfies Record<string, ErrorInfo>;

export type ErrorCode = keyof typeof errorTable;

/** The one exception of Signet; its message is the table's sentence, never a secret. */
export class SignetError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, cause?: unknown) {
    super(sentenceFor(code), cause === undefined ? undefined : { cause });
    this.name = "SignetError";
    this.code = code;
  }
}

export function sentenceFor(code: ErrorCode): string {
  return errorTable[code].sentence;
}

export function closeCodeFor(code: ErrorCode): number | undefined {
  const info: ErrorInfo = errorTable[code];
  return info.closeCode;
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

/** Whether it only says that the connection was in the way. */
export function isConnectionCode(code: ErrorCode): boolean {
  return code.startsWith("connection.");
}

/** The code of what was thrown; whatever is none of ours is a bug. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof SignetError ? error.code : "server.internal";
}
