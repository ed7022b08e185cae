/** Errors of proofs: what was signed, and does not hold. */
import type { SomeErrors } from "../catalogue.ts";

export const proofErrors = {
  "proof.malformed": [
    "the signature message cannot be read",
    "try again; if it happens again, reload the page",
  ],
  "proof.purpose": [
    "the signature was made for another purpose and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.origin": [
    "the signature was made for another server address and was refused",
    "open the address that the server names",
  ],
  "proof.user": [
    "the signature names another user ID and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.device": [
    "this signature device does not belong to this user ID",
    "use the device that you registered",
  ],
  "proof.challenge": ["the signature answers no open challenge (perhaps it was used before)", "try again"],
  "proof.challengeExpired": ["the touch came too late", "try again"],
  "proof.terminal": [
    "the signature was made for another terminal and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.terminalKey": [
    "the signature was made for another terminal key and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.call": [
    "the signature was made for another call and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.beforeLeave": [
    "the signature was made before the person left the call, or by a clock that was set back since, and was refused",
    "check the clock of that terminal; where it is right, do not go on before it is explained: ask the others in another way",
  ],
  "proof.beforeStay": [
    "the answer here was signed before the one with which the person is in the call, or by a clock that is behind, so it does not take its place",
    "check the clocks of both terminals, then move the call again",
  ],
  "proof.leafKey": [
    "the signature names another group key than the one presented and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.time": [
    "the clocks of the terminal and of the other side differ by more than two minutes",
    "set the clock and try again",
  ],
  "proof.lifetime": [
    "the sign-in would last longer than allowed and was refused",
    "set the clock and sign in again",
  ],
  "proof.expired": ["the sign-in behind this signature has ended", "sign in again with your device"],
  "proof.signature": ["the signature is not valid", "try again with your device"],
  "proof.encoding": [
    "the signature is not encoded as the standard demands and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.clientData": [
    "the browser's part of the signature is not in order and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.rpId": [
    "the signature device signed for another site and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.userPresence": ["the device signed without being touched", "touch it when it blinks"],
  "proof.userVerification": [
    "the device did not check PIN or fingerprint, as it did when it was registered",
    "try again and enter it",
  ],
  "proof.signer": [
    "this must be signed by another key and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "proof.algorithm": [
    "the device uses a signature algorithm that Signet does not accept",
    "use another device",
  ],
} as const satisfies SomeErrors;
