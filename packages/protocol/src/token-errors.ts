import { error } from "./error-row.ts";
import type { ErrorInfo } from "./error-row.ts";

/** The part of the table of errors that is about smart cards and USB tokens (PKCS#11). */
export const tokenErrors = {
  "device.pkcs11Missing": error(
    "user",
    "Tokens cannot be used here: the optional package pkcs11js is not installed. Install a C++ compiler and Python, then run npm install again.",
  ),
  "device.moduleNotFound": error(
    "user",
    "There is no file at the path of the PKCS#11 module. Install the software of your token, or correct the path.",
  ),
  "device.moduleUnusable": error(
    "user",
    "The file is no PKCS#11 module that works on this machine. Give the path of the module that came with your token.",
  ),
  "device.noToken": error(
    "user",
    "No token is plugged in. Plug it in, or lay the card on the reader, and try again.",
  ),
  "device.severalTokens": error(
    "user",
    "Several tokens are plugged in. Choose one by its slot or its label.",
  ),
  "device.tokenNotFound": error(
    "user",
    "No token with this slot or label is plugged in. Plug it in, or choose another.",
  ),
  "device.tokenBlank": error("user", "The token is empty. Set it up with its own software first."),
  "device.noKey": error("user", "The token holds no private key. Make a key on it first."),
  "device.keyNotFound": error("user", "The token holds no key with this label or ID. Choose another."),
  "device.severalKeys": error("user", "The token holds several keys. Choose one by its label or its ID."),
  "device.keyExists": error(
    "user",
    "The token holds a key with this label or ID already. Use that one, or choose another label.",
  ),
  "device.keyMayNotSign": error("user", "This key is not allowed to sign. Choose another key of the token."),
  "device.keyUnusable": error(
    "user",
    "This key is of a kind that Signet does not use. Choose a P-256, Ed25519 or RSA key of 2048 bits or more.",
  ),
  "device.publicKeyMissing": error(
    "user",
    "The token holds neither the public key nor a certificate of this key. Write one of them to the token, or choose another key.",
  ),
  "device.publicKeyMismatch": error(
    "dependency",
    "The token's signature does not fit the public key that it shows. Write the right certificate to the token, or choose another key.",
  ),
  "device.mechanismMissing": error(
    "user",
    "The token cannot make signatures of this algorithm. Choose another key or algorithm.",
  ),
  "device.pinRequired": error(
    "user",
    "The token wants its PIN, and none was given. Give the PIN and try again.",
  ),
  "device.pinWrong": error(
    "user",
    "The PIN is wrong. Check it before you try again: the token locks after a few tries.",
  ),
  "device.pinWrongFew": error(
    "user",
    "The PIN is wrong, and few tries are left. Find the right PIN before you try again.",
  ),
  "device.pinWrongLast": error(
    "user",
    "The PIN is wrong, and one try is left. Another wrong PIN locks the token.",
  ),
  "device.pinLocked": error(
    "user",
    "The PIN is locked after too many wrong tries. Unlock the token with its own software and its PUK.",
  ),
  "device.pinNotSet": error("user", "The token has no PIN yet. Set one with the token's own software."),
  "device.pinMustChange": error(
    "user",
    "The PIN must be changed before the token can be used. Change it with the token's own software.",
  ),
  "device.tokenRemoved": error("user", "The token was removed. Plug it in again and sign in again."),
  "device.tokenFull": error(
    "user",
    "The token has no room for another key. Delete one that is no longer needed.",
  ),
  "device.tokenReadOnly": error("user", "Nothing can be written to this token. Use another one."),
  "device.tokenFailed": error(
    "dependency",
    "The token or its software failed. Unplug it, plug it in again, and try again.",
  ),
} as const satisfies Record<string, ErrorInfo>;
