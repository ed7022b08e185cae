/** Errors of signature devices: security keys, key files, cards and tokens. */
import type { SomeErrors } from "../catalogue.ts";

export const deviceErrors = {
  "device.unsupported": [
    "this browser cannot use security keys or passkeys here",
    "open the page over HTTPS or on localhost, in a current browser",
  ],
  "device.cancelled": ["no touch was given, or the device is not the registered one", "try again"],
  "device.alreadyRegistered": ["this device is registered here already", "sign in with it"],
  "device.notInBrowser": [
    "this user ID belongs to a smart card, a token or a key file, which a browser cannot use",
    "sign in with it on the command line: signet sign-in",
  ],
  "device.counterBack": [
    "your device signed, and its counter is not higher than at the time before: there may be a copy of it",
    "if you did not restore it from a backup, revoke it and use another one",
  ],
  "device.failed": ["the signature device failed", "unplug it, plug it in again, and try again"],
  "device.badAnswer": [
    "what answered in place of a signature device gave no key or signature that can be used",
    "if a password manager asked you, let the browser or a security key answer instead",
  ],
  "device.noAnswer": [
    "the browser, or a password manager in it, did not answer for more than a minute",
    "try again; if nothing asks for a touch then, reload the page, or switch the password manager off for it",
  ],
  "device.badPassphrase": [
    "the passphrase is wrong, or the key file was altered",
    "try again, or use a backup of the file",
  ],
  "device.badKeyFile": [
    "this is not a key file that Signet can read",
    "use the file that Signet made, or a backup of it; if a newer version made it, update this one",
  ],
  "device.pkcs11Missing": [
    "tokens cannot be used here: the optional package pkcs11js is not installed",
    "install a C++ compiler and Python, then run npm install again",
  ],
  "device.moduleNotFound": [
    "there is no file at the path of the PKCS#11 module",
    "install the software of your token, or correct the path",
  ],
  "device.moduleNoFile": [
    "the path of the PKCS#11 module leads to a folder, a pipe or a device, and not to a file",
    "give the path of the module that came with your token",
  ],
  "device.moduleUnusable": [
    "the file cannot be loaded as a PKCS#11 module on this machine",
    "give the path of the module that came with your token; it has to be for this kind of processor, and what it needs installed",
  ],
  "device.moduleNotStarted": [
    "the PKCS#11 module does not start",
    "see that the service and the settings that it needs are there, such as pcscd for smart cards",
  ],
  "device.moduleDied": [
    "the PKCS#11 module crashed",
    "try again; if it crashes again, install another version of the software of your token",
  ],
  "device.noToken": ["no token is plugged in", "plug it in, or lay the card on the reader, and try again"],
  "device.severalTokens": [
    "several tokens are plugged in",
    "choose one by its serial, its label or its slot",
  ],
  "device.tokenNotFound": [
    "no token with this slot, label or serial is plugged in",
    "plug it in, or choose another",
  ],
  "device.otherToken": [
    "this is not the token that was used last, so it was not logged in to",
    "plug in the one that was used last, or choose this one by its serial",
  ],
  "device.tokenBlank": ["the token is empty", "set it up with its own software first"],
  "device.noKey": ["the token holds no private key", "make a key on it first"],
  "device.keyNotFound": ["the token holds no key with this label or ID", "choose another"],
  "device.otherKey": [
    "the key that was used last is not on the token",
    "choose another one by its label or its ID",
  ],
  "device.severalKeys": ["the token holds several keys", "choose one by its label or its ID"],
  "device.keyExists": [
    "the token holds a key with this label or ID already",
    "use that one, or choose another label",
  ],
  "device.keyMayNotSign": ["this key is not allowed to sign", "choose another key of the token"],
  "device.keyUnusable": [
    "this key is of a kind that Signet does not use",
    "choose a P-256, Ed25519 or RSA key: RSA from 2048 bits, with an exponent from 65537",
  ],
  "device.publicKeyMissing": [
    "the token holds neither the public key nor a certificate of this key",
    "write one of them to the token, or choose another key",
  ],
  "device.publicKeyMismatch": [
    "the token's signature does not fit the public key that it shows",
    "write the right certificate to the token, or choose another key",
  ],
  "device.signatureMalformed": [
    "the token or its software made a signature in a wrong form, so it was not used",
    "update the software of your token, or use another token",
  ],
  "device.mechanismMissing": [
    "the token cannot make signatures of this algorithm",
    "choose another key or algorithm",
  ],
  "device.pinRequired": ["the token wants its PIN, and none was given", "give the PIN and try again"],
  "device.pinWrong": ["the PIN is wrong", "check it before you try again: the token locks after a few tries"],
  "device.pinWrongFew": [
    "the PIN is wrong, and few tries are left",
    "find the right PIN before you try again",
  ],
  "device.pinWrongLast": ["the PIN is wrong, and one try is left", "another wrong PIN locks the token"],
  "device.pinLocked": [
    "the PIN is locked after too many wrong tries",
    "unlock the token with its own software and its PUK",
  ],
  "device.pinNotSet": ["the token has no PIN yet", "set one with the token's own software"],
  "device.pinMustChange": [
    "the PIN must be changed before the token can be used",
    "change it with the token's own software",
  ],
  "device.loginLapsed": [
    "the token says that nobody is logged in, also right after its PIN was given",
    "unplug it, plug it in again, and try again",
  ],
  "device.tokenRemoved": ["the token was removed", "plug it in again and sign in again"],
  "device.tokenFull": ["the token has no room for another key", "delete one that is no longer needed"],
  "device.tokenReadOnly": ["nothing can be written to this token", "use another one"],
  "device.tokenFailed": ["the token or its software failed", "unplug it, plug it in again, and try again"],
} as const satisfies SomeErrors;
