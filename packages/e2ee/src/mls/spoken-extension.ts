/**
 * A leaf that names this among its capabilities signs what it seals (`frames/spoken.ts`). For private use (RFC 9420 section 17.3); no extension of this type is ever
 * sent. It stands in the leaf, which its own key signs, so that no server can take it away, or say of somebody else that they cannot.
 */
export const spokenExtensionType = 0xf0a2;
