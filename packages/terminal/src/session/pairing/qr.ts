import { encodeQR } from "qr";

/** A text as a QR code (ISO/IEC 18004), for an interface to draw: rows of modules, true for dark ones, with the light border of four around it. */
export const qrModules = (text: string): readonly (readonly boolean[])[] =>
  encodeQR(text, "raw", { ecc: "medium", border: 4 });
