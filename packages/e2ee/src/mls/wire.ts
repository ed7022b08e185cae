import { type Bytes, equalBytes } from "@signet/protocol";
import {
  decodeMlsMessage,
  encodeMlsMessage,
  type GroupInfo,
  type KeyPackage,
  type MLSMessage,
  type MlsMessageContent,
  type PublicMessage,
  type Welcome,
} from "ts-mls";

/** Longest accepted MLS message. A GroupInfo or Welcome of 1,000 members with 1 kB credentials is about half of it. */
export const maxMessageBytes = 2 * 1024 * 1024;

/**
 * Decodes a whole MLSMessage (RFC 9420 section 6) that is encoded canonically: what is signed is the re-encoded content,
 * so two encodings of one content would be the same message under two names.
 * @returns undefined for anything else; never throws
 */
function decode(message: Uint8Array): MLSMessage | undefined {
  if (message.length > maxMessageBytes) return undefined;
  try {
    // A copy, because the decoded structure points into it for as long as the group lives.
    const bytes = new Uint8Array(message);
    const decoded = decodeMlsMessage(bytes, 0);
    if (decoded === undefined || decoded[1] !== bytes.length) return undefined;
    return equalBytes(encodeMlsMessage(decoded[0]), bytes) ? decoded[0] : undefined;
  } catch {
    return undefined;
  }
}

function encode(content: MlsMessageContent): Bytes {
  return new Uint8Array(encodeMlsMessage({ version: "mls10", ...content }));
}

export function decodeKeyPackage(message: Uint8Array): KeyPackage | undefined {
  const decoded = decode(message);
  return decoded?.wireformat === "mls_key_package" ? decoded.keyPackage : undefined;
}

export function decodePublicMessage(message: Uint8Array): PublicMessage | undefined {
  const decoded = decode(message);
  return decoded?.wireformat === "mls_public_message" ? decoded.publicMessage : undefined;
}

export function decodeWelcome(message: Uint8Array): Welcome | undefined {
  const decoded = decode(message);
  return decoded?.wireformat === "mls_welcome" ? decoded.welcome : undefined;
}

export function decodeGroupInfo(message: Uint8Array): GroupInfo | undefined {
  const decoded = decode(message);
  return decoded?.wireformat === "mls_group_info" ? decoded.groupInfo : undefined;
}

export const encodeKeyPackage = (keyPackage: KeyPackage): Bytes =>
  encode({ wireformat: "mls_key_package", keyPackage });
export const encodePublicMessage = (publicMessage: PublicMessage): Bytes =>
  encode({ wireformat: "mls_public_message", publicMessage });
export const encodeWelcome = (welcome: Welcome): Bytes => encode({ wireformat: "mls_welcome", welcome });
export const encodeGroupInfo = (groupInfo: GroupInfo): Bytes =>
  encode({ wireformat: "mls_group_info", groupInfo });
