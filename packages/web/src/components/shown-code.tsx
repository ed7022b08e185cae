import { spokenDuration } from "@signet/words";
import { texts } from "@signet/words/page";

import { useNow } from "../lib/hooks.ts";
import { QrCode } from "./qr-code.tsx";

interface ShownCodeProps {
  code: string;
  /** What the picture leads to. */
  url: string;
  label: string;
  expiresAtMs: number;
}

/** A code that is carried to another machine, by eye or by camera. */
export function ShownCode({ code, expiresAtMs, label, url }: ShownCodeProps) {
  const nowMs = useNow(1_000);
  return (
    <>
      <QrCode text={url} label={label} />
      <p class="pairing-code">
        <code>{code}</code>
      </p>
      <p class="hint">{texts().devices.codeCounts(spokenDuration(expiresAtMs - nowMs))}</p>
    </>
  );
}
