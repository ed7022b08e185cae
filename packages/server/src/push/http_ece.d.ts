/** The part of `http_ece` that is used here; it brings no types. */
declare module "http_ece" {
  import type { ECDH } from "node:crypto";

  const ece: {
    /**
     * One message in `aes128gcm` (RFC 8188).
     * @param options `dh` and `authSecret` are the browser's (RFC 8291); `pad`: bytes of zeros after the message
     */
    encrypt(
      message: Buffer,
      options: {
        readonly version: "aes128gcm";
        readonly privateKey: ECDH;
        readonly dh: Buffer;
        readonly authSecret: Buffer;
        readonly salt: Buffer;
        readonly pad: number;
      },
    ): Buffer;
  };
  export default ece;
}
