/** One's own link: what one gives to others, so that they need not type. */
import { callUrl } from "@signet/terminal";
import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { QrCode } from "../../components/qr-code.tsx";

export function OwnLink({ userId }: { userId: UserId }) {
  const [isShown, setShown] = useState(false);
  const [said, setSaid] = useState("");
  const text = texts().links;
  // Where this page is: by that name the people who open it reach this server.
  const url = callUrl(location.origin, userId);
  const share =
    "share" in navigator ? (): void => void navigator.share({ url }).catch(() => undefined) : undefined;
  const copy = (): void =>
    void copied(url).then((isCopied) => setSaid(isCopied ? texts().links.isCopied : texts().links.notCopied));
  return (
    <>
      <h3>{text.own}</h3>
      <p>{text.ownHint}</p>
      <p class="own-link">
        <code>{url}</code>
      </p>
      <div class="row">
        <button type="button" class="button quiet small" onClick={copy}>
          {text.copy}
        </button>
        {share !== undefined && (
          <button type="button" class="button quiet small" onClick={share}>
            {text.share}
          </button>
        )}
        <button
          type="button"
          class="button quiet small"
          aria-expanded={isShown}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? text.hideCode : text.showCode}
        </button>
      </div>
      <p role="status" class={said === "" ? "hidden-text" : "hint"}>
        {said}
      </p>
      {isShown && <QrCode text={url} label={text.code} />}
    </>
  );
}

/** A browser may have no clipboard for pages, or refuse it. */
const copied = (text: string): Promise<boolean> =>
  Promise.resolve(
    (navigator as { readonly clipboard?: Clipboard }).clipboard?.writeText(text) ??
      Promise.reject(new Error("none")),
  ).then(
    () => true,
    () => false,
  );
