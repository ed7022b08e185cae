/** Codes with which people register: a server keeps their hashes alone. */
import { utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

/** Without 0, 1, i, l, o and u: a code is read out or typed from paper. */
const alphabet = "23456789abcdefghjkmnpqrstvwxyz";
const groups = 4;
const groupLength = 5;

/** What the SHA-256 that is kept is of: however the code was written. */
export const inviteCodeText = (code: string): Bytes =>
  utf8(`signet/invite/v1 ${code.toLowerCase().replaceAll(/[^a-z0-9]/g, "")}`);

/** A one-time code of 98 random bits, as `k7d2m-x9q4r-...`. @param randomBytes secret ones, so many at a time */
export function makeInviteCode(randomBytes: (lengthBytes: number) => Uint8Array): string {
  // A remainder would come up more often than others.
  const fair = 256 - (256 % alphabet.length);
  let letters = "";
  while (letters.length < groups * groupLength)
    for (const byte of randomBytes(groups * groupLength))
      if (byte < fair && letters.length < groups * groupLength)
        letters += alphabet.charAt(byte % alphabet.length);
  return Array.from({ length: groups }, (_, i) => letters.slice(i * groupLength, (i + 1) * groupLength)).join(
    "-",
  );
}
