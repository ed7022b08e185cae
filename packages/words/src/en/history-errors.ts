/** Errors of key histories: a statement about somebody's devices that does not hold, or may not be made. */
import type { SomeErrors } from "../catalogue.ts";

const doNotTrust = "do not trust this server until it is explained";

export const historyErrors = {
  "history.administrator": [
    "a change of somebody's devices is by nobody whom this terminal knows as an administrator, and was refused",
    "where you are asked about an administrator who is new here, decide that first; else do not trust this server until it is explained",
  ],
  "history.appointed": ["this person was appointed as an administrator already", "nothing more is needed"],
  "history.certificates": [
    "the certificates are not those that the device signed for, and were refused",
    "sign in again with the card or token",
  ],
  "history.deviceRevoked": [
    "this signature device was revoked, and counts no more",
    "use another one of your devices, or ask an administrator",
  ],
  "history.deviceTaken": [
    "this signature device is, or was, one of this person's already",
    "take another device; one that was revoked does not come back",
  ],
  "history.deviceUnknown": [
    "what was signed is by a device that is not this person's, and was refused",
    "sign with a device of this user ID; where you signed nothing, do not trust this server until it is explained",
  ],
  "history.dismissed": ["this person was dismissed as an administrator already", "nothing more is needed"],
  "history.full": [
    "this person's devices were changed as often as there is room for",
    "what is left is for revoking a device, and for an administrator",
  ],
  "history.head": [
    "the server shows another history of somebody's devices than the one that they signed with",
    doNotTrust,
  ],
  "history.lastDevice": [
    "this is the last of your devices, and without one nobody could reach you any more",
    "add another device first, or ask an administrator to revoke this one",
  ],
  "history.name": ["this name cannot be given", "choose one of 1 to 64 visible characters"],
  "history.newDevice": [
    "the new device is not the one that was signed for, and was refused",
    "begin again with both devices at hand",
  ],
  "history.previous": [
    "a change of somebody's devices does not follow the one before it, and was refused",
    "load the list of devices again; if it happens again, do not trust this server until it is explained",
  ],
  "history.proofs": [
    "a change of somebody's devices lacks a signature, or carries what does not belong to it, and was refused",
    doNotTrust,
  ],
  "history.revokedDevice": [
    "there is no such device to be revoked, or it was revoked before",
    "load the list of devices again",
  ],
  "history.sequence": [
    "a change of somebody's devices is not the next one, and was refused",
    "load the list of devices again; if it happens again, do not trust this server until it is explained",
  ],
  "history.shortened": [
    "the server hides what it showed of somebody's devices before: one may have been revoked, or added",
    "do not call or answer this person here until whoever runs the server explains it",
  ],
  "history.tooManyDevices": ["this person has as many devices as there can be", "revoke one first"],
} as const satisfies SomeErrors;
