/**
 * What two terminals of one person say to each other when a device is added from one to the other, by a code that the person carries
 * (docs/protocol.md, "Adding a device elsewhere"). The server passes it on sealed.
 */
import { z } from "zod";

import { fromUtf8, utf8 } from "./bytes.ts";
import { EndorsedKey } from "./document/key-holders.ts";
import type { Bytes } from "./bytes.ts";
import { groupedCode, readGroupedCode } from "./grouped-code.ts";
import { longestGuestName } from "./guests.ts";
import { CallId, DeviceId, DisplayName, UserId } from "./ids.ts";
import { encodeMessage } from "./messages/codec.ts";
import { WebAuthnCreationIn } from "./messages/parts.ts";
import { ProofIn, wireBytes } from "./proof.ts";

/** How long a code waits to be entered, and how long what follows may take. Long enough to walk to another desk. */
export const pairingMs = 4 * 60_000;

/** 5 bits each, 100 bits in all: nobody who has what was derived of it finds it by trying. */
const codeCharacters = 20;

/** @param random as many bytes as the code has characters; @returns for example `7K3M-...`, as a person reads it */
export function pairingCode(random: Bytes): string {
  if (random.length !== codeCharacters) throw new RangeError("a code of other length");
  return groupedCode(random);
}

export const pairingCodeBytes = codeCharacters;

/** As somebody types it. @returns undefined for what is none */
export const readPairingCode = (typed: string): string | undefined => readGroupedCode(typed, codeCharacters);

const fragment = "#add=";

/** What the other machine's browser opens. The part behind # stays in that browser. */
export const pairingUrl = (serverOrigin: string, code: string): string =>
  `${serverOrigin}/${fragment}${code}`;

/** @param hash of a page's address; @returns undefined where it is no code */
export const codeOfFragment = (hash: string): string | undefined =>
  hash.startsWith(fragment) ? readPairingCode(hash.slice(fragment.length)) : undefined;

const lettingInFragment = "#let-in=";

/** What a terminal that asks for the key of the personal document opens: where its person is signed in, the code stands there already. */
export const lettingInUrl = (serverOrigin: string, code: string): string =>
  `${serverOrigin}/${lettingInFragment}${code}`;

/** @param hash of a page's address; @returns undefined where it is no such code */
export const lettingInCodeOfFragment = (hash: string): string | undefined =>
  hash.startsWith(lettingInFragment) ? readPairingCode(hash.slice(lettingInFragment.length)) : undefined;

/** Of a guest's code: so much stands in the link, which may be read on its way, and the rest is spoken. */
const linkedCharacters = 12;
const guestPath = "/guest";

/** Of one code, both halves of which a guest needs: nobody finds the spoken one by trying in the time that it has, and the server has neither. */
export function guestLink(
  serverOrigin: string,
  code: string,
): { readonly url: string; readonly spoken: string } {
  const plain = code.replaceAll("-", "");
  const spoken = plain.slice(linkedCharacters).replaceAll(/.{4}(?=.)/g, "$&-");
  return { url: `${serverOrigin}${guestPath}#${plain.slice(0, linkedCharacters)}`, spoken };
}

/** @param hash of the page's address; @param typed as it was heard. @returns the whole code; undefined where the two make none */
export const guestCode = (hash: string, typed: string): string | undefined =>
  readPairingCode(`${hash.replace(/^#/, "")}${typed}`);

/** Whether an address is the page of a guest. */
export const isGuestPath = (pathname: string): boolean => pathname === guestPath;

/** Keys that a new one must not be made beside: those of one person that count. */
const mostCredentials = 16;

/**
 * In this order, from either side in turn: `offer`, `ready`, `begin`, `signed`, `added`; or `documentOffer`, `documentKey`, `documentGiven`; or
 * `guestOffer`, `guestAsks`, `guestVouched`, `guestThere`.
 * `ended` in the place of any.
 */
export const PairingMessage = z.discriminatedUnion("type", [
  /** By the terminal that is signed in: whose device it would be. */
  z.strictObject({
    type: z.literal("offer"),
    userId: UserId,
    displayName: DisplayName,
    credentialIds: z.array(wireBytes(1023, 1)).max(mostCredentials),
  }),
  /** By the new one: the person there wants that, and names the device. */
  z.strictObject({ type: z.literal("ready"), name: DisplayName }),
  /** By the old one: what is to be signed, beside what the new one knows itself. */
  z.strictObject({
    type: z.literal("begin"),
    deviceId: DeviceId,
    sequence: z.number().int().positive(),
    previous: wireBytes(32, 32),
    serverChallenge: wireBytes(32, 32),
  }),
  /** By the new one: `add-device`, signed by the new device. */
  z.strictObject({ type: z.literal("signed"), proof: ProofIn, webauthn: WebAuthnCreationIn.optional() }),
  /** By the old one: the server keeps the statement. */
  z.strictObject({ type: z.literal("added") }),
  /** To give the key of the personal document: by the terminal that has it. */
  z.strictObject({ type: z.literal("documentOffer"), userId: UserId }),
  /** By the one that asks for it: its public key, and who vouches for it. */
  z.strictObject({ type: z.literal("documentKey"), publicKey: wireBytes(32, 32), endorsed: EndorsedKey }),
  /** By the one that has it: the server keeps it, wrapped for that key. */
  z.strictObject({ type: z.literal("documentGiven") }),
  /** To a guest: into which call, and by whose word. */
  z.strictObject({
    type: z.literal("guestOffer"),
    callId: CallId,
    userId: UserId,
    displayName: DisplayName,
    deviceId: DeviceId,
  }),
  /** By the guest: the key that was made for this call, and what they call themselves. */
  z.strictObject({
    type: z.literal("guestAsks"),
    guestKey: wireBytes(256, 32),
    guestName: z.string().max(longestGuestName),
  }),
  /** By whoever invites: their device vouched, and the server has it. */
  z.strictObject({ type: z.literal("guestVouched"), vouch: wireBytes(32, 32) }),
  /** By the guest: the server knows that they are here, so that they can be let in. */
  z.strictObject({ type: z.literal("guestThere") }),
  /** By either: it comes to nothing. `refused`: the person at the old terminal did not want the device. */
  z.strictObject({ type: z.literal("ended"), why: z.enum(["refused", "failed"]) }),
]);
export type PairingMessage = z.infer<typeof PairingMessage>;

export const encodePairingMessage = (message: PairingMessage): Bytes => utf8(encodeMessage(message));

/** @returns undefined for what is none */
export function decodePairingMessage(bytes: Bytes): PairingMessage | undefined {
  try {
    return PairingMessage.parse(JSON.parse(fromUtf8(bytes) ?? ""));
  } catch {
    return undefined;
  }
}
