import { qrLines } from "./qr-lines.ts";

/** Where somebody looks, and the window can draw it. */
export function showQr(url: string): void {
  const { stderr } = process;
  if (!stderr.isTTY) return;
  const lines = qrLines(url);
  const columns = lines.length * 2;
  if (columns <= (stderr.columns ?? 0)) stderr.write(`${lines.join("\n")}\n`);
}
