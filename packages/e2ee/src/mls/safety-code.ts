import { concatBytes, utf8 } from "@signet/protocol";

const groups = 6;
const bytesPerGroup = 5;

/**
 * Thirty decimal digits in groups of five: SHA-256 over the label and the epoch authenticator (RFC 9420 section 8.7), six
 * times five bytes of it as a big-endian number modulo 100,000. About 99 bits; the same for all members of an epoch, and
 * another one after each Commit.
 */
export async function safetyCode(epochAuthenticator: Uint8Array): Promise<string> {
  const input = concatBytes(utf8("signet/safety-code/v1"), epochAuthenticator);
  const digest = new DataView(await crypto.subtle.digest("SHA-256", input));
  const parts: string[] = [];
  for (let i = 0; i < groups; i++) {
    const at = i * bytesPerGroup;
    const value = digest.getUint8(at) * 2 ** 32 + digest.getUint32(at + 1);
    parts.push(String(value % 100_000).padStart(5, "0"));
  }
  return parts.join(" ");
}
