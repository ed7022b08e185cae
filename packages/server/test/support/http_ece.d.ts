/** The part of `http_ece` that tests read with; it brings no types. */
declare module "http_ece" {
  import type { ECDH } from "node:crypto";

  const ece: {
    /** @param options of RFC 8291: the browser's key and its secret */
    decrypt(
      body: Buffer,
      options: { readonly version: "aes128gcm"; readonly privateKey: ECDH; readonly authSecret: Buffer },
    ): Buffer;
  };
  export default ece;
}
