/**
 * A guest is invited: a link and a code, each of which goes another way; then the device here vouches for them. It stands in the call, as what
 * goes on there: nobody has to close it to mute themselves or to leave.
 */
import { isGuestId } from "@signet/terminal";
import type { CallView, ErrorCode } from "@signet/terminal";
import { afterOneAnother, calledName, spokenDuration } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { HelpLink } from "../components/help-link.tsx";
import { GuestLooksLike } from "../components/looks-like.tsx";
import { TouchPrompt } from "../components/touch-prompt.tsx";
import { guestFailure, guestHelp } from "../lib/guest-words.ts";
import { useNow } from "../lib/hooks.ts";
import type { GuestLink } from "../model/guest-link.ts";
import { useModel } from "../model.ts";

const guestLinkTitle = "guest-link-title";

/** Before the device vouched: afterwards the guest is turned away at the door. What is asked and the touch have a way out of their own. */
const withdrawable: ReadonlySet<GuestLink["type"]> = new Set([
  "opening",
  "code",
  "entered",
  "named",
  "coming",
]);

export function OpenGuestLink({ call }: { call: CallView }) {
  const model = useModel();
  const heading = useRef<HTMLHeadingElement>(null);
  const link = model.guestLink.value;
  const asked = model.guestLinkAsked.value;
  useEffect(() => {
    if (asked > 0) heading.current?.focus();
  }, [asked]);
  const isAsked = link?.type === "asked";
  useEffect(() => {
    // Where the page scrolls, below the details of the call.
    if (isAsked) heading.current?.scrollIntoView({ block: "nearest" });
  }, [isAsked]);
  if (link === undefined || call.participants.some(({ isSelf, userId }) => isSelf && isGuestId(userId)))
    return null;
  const text = texts().guests;
  return (
    <section class="guest-link" data-step={link.type} aria-labelledby={guestLinkTitle}>
      <h2 id={guestLinkTitle} ref={heading} tabIndex={-1}>
        {isAsked ? text.askTitle(calledName({ guest: { name: link.name } })) : text.linkTitle}
      </h2>
      <Now call={call} link={link} />
      {link.type === "failed" && (
        <div class="row">
          <button type="button" class="button quiet small" onClick={model.withdrawGuestLink}>
            {texts().common.close}
          </button>
          <button type="button" class="button primary small" onClick={model.openGuestLink}>
            {text.another}
          </button>
        </div>
      )}
      {withdrawable.has(link.type) && (
        <div class="row">
          <button
            type="button"
            class="button danger-quiet small"
            aria-describedby="guest-link-withdraw"
            onClick={model.withdrawGuestLink}
          >
            {text.withdraw}
          </button>
          <small id="guest-link-withdraw" class="muted">
            {text.withdrawText}
          </small>
        </div>
      )}
    </section>
  );
}

function Now({ call, link }: { link: GuestLink; call: CallView }) {
  const isHost = call.mayRemove === true;
  const model = useModel();
  const text = texts().guests;
  switch (link.type) {
    case "opening":
      return <p role="status">{text.making}</p>;
    case "code":
      return <LinkAndCode {...link} />;
    case "entered":
      return <p role="status">{text.entered}</p>;
    case "named":
    case "coming":
    case "vouched":
      return <p role="status">{isHost ? text.comingIn : text.coming}</p>;
    case "touch":
      return (
        <TouchPrompt title={texts().common.touch} text={text.touch} onCancel={model.withdrawGuestLink} />
      );
    case "failed":
      return <Failed code={link.code} />;
    case "asked":
      return (
        <>
          {/* It comes unasked, and takes the focus from nobody. */}
          <p role="alert">
            <span class="hidden-text">{text.askTitle(calledName({ guest: { name: link.name } }))} </span>
            {isHost ? text.askHost : text.askText}
          </p>
          <GuestLooksLike call={call} name={link.name} />
          <div class="row">
            <button type="button" class="button quiet small" onClick={() => link.answer(false)}>
              {text.doNot}
            </button>
            <button type="button" class="button primary small" onClick={() => link.answer(true)}>
              {isHost ? text.vouchAndLetIn : text.vouch}
            </button>
          </div>
        </>
      );
  }
}

function Failed({ code }: { code: ErrorCode }) {
  return (
    <>
      <p role="alert">{guestFailure(code, "inviter")}</p>
      <HelpLink topic={guestHelp(code)} />
    </>
  );
}

function LinkAndCode({ code, expiresAtMs, url }: Extract<GuestLink, { readonly type: "code" }>) {
  const text = texts().guests;
  const nowMs = useNow(1_000);
  const address = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState<"copied" | "byHand">();
  const copy = (): void => {
    // Not every browser lets a page do that.
    const copying = Promise.resolve().then(() => navigator.clipboard.writeText(url));
    copying.then(
      () => setCopied("copied"),
      () => {
        setCopied("byHand");
        address.current?.select();
      },
    );
  };
  return (
    <>
      <p>{afterOneAnother(text.nobodyYet, text.counts(spokenDuration(Math.max(0, expiresAtMs - nowMs))))}</p>
      <details open>
        <summary>{text.linkAndCode}</summary>
        <div class="guest-link-parts field">
          <label for="guest-link-url">{text.sendLink}</label>
          <div class="guest-link-url">
            <textarea
              id="guest-link-url"
              rows={1}
              ref={address}
              readOnly
              value={url}
              onFocus={({ currentTarget }) => currentTarget.select()}
            />
            <button type="button" class="button quiet small" onClick={copy}>
              {text.copy}
            </button>
          </div>
          <p role="status" class="hint">
            {copied === undefined ? "" : copied === "copied" ? text.copied : text.copyByHand}
          </p>
          <p>{text.tellCode}</p>
          <p class="pairing-code">
            <code>{code}</code>
          </p>
        </div>
      </details>
    </>
  );
}
