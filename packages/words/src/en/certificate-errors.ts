/** Errors of certificates. */
import type { SomeErrors } from "../catalogue.ts";

export const certificateErrors = {
  "certificate.notAccepted": [
    "no certificates are accepted here: no trust anchors are set",
    "register without a certificate, or ask the person who runs the server",
  ],
  "certificate.malformed": [
    "the certificate, or one of those above it, is not encoded as the standard demands and was refused",
    "ask the authority for another one",
  ],
  "certificate.untrusted": [
    "the certificate does not lead to an authority that is trusted here",
    "use one that it issued, with the certificates in between",
  ],
  "certificate.expired": [
    "the certificate, or one of those above it, has expired",
    "its holder can register or sign in with a renewed one for the same key, which the authority issues",
  ],
  "certificate.notYetValid": [
    "the certificate, or one of those above it, is not valid yet",
    "check the clock, or wait for the day on which it begins",
  ],
  "certificate.revoked": [
    "the certificate, or one of those above it, was revoked by its authority",
    "ask the authority why; its holder can register or sign in with a new one for the same key",
  ],
  "certificate.revocationUnknown": [
    "the list of revoked certificates kept here is out of date or cannot be used, so that the certificate could not be checked",
    "ask the person who runs the server for a current list",
  ],
  "certificate.keyUsage": [
    "the certificate is not meant for signing",
    "use the one of your device that is for signatures or authentication",
  ],
  "certificate.otherKey": [
    "the certificate is for another key than the device's and was refused",
    "use the certificate of this device's key",
  ],
  "certificate.otherUser": ["the certificate names another user ID", "register with the one that it names"],
  "certificate.missing": [
    "this person was met with a certificate, and the server leaves it out now",
    "do not trust this server until it is explained",
  ],
  "certificate.tooManyRenewals": [
    "the certificate of this user ID was renewed as often as the server keeps",
    "ask the person who runs it",
  ],
  "certificate.noUserId": [
    "the certificate does not hold a user ID in the place where this server looks for it",
    "ask the person who runs the server",
  ],
} as const satisfies SomeErrors;
