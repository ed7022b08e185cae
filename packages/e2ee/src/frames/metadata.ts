import { utf8 } from "@signet/protocol";

/**
 * Authenticated with every audio frame (RFC 9605 section 4.4.3, "metadata"), never sent: keeps a sealed frame from being
 * taken for one of another medium or another use of the group's key. RTP header fields are no candidates, since the SFU
 * rewrites SSRC, sequence number and timestamp; call, epoch and sender are in the key already.
 */
export const audioMetadata = utf8("signet/audio/v1");

/** The same of the one frame by which a terminal says how far it counted: it can never be taken for sound, nor sound for it. */
export const endMetadata = utf8("signet/audio-end/v1");
