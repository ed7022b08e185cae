/** What a guest opens: a name and the code that they were told; then the door, the call, and its end. */
import { guestCode, isGuestName, longestGuestName, SignetError } from "@signet/terminal";
import type { ErrorCode, GuestOf } from "@signet/terminal";
import { language, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { ConnectionBanner } from "../components/connection-banner.tsx";
import { HelpLink } from "../components/help-link.tsx";
import { Logo } from "../components/icons.tsx";
import { LanguageChoice } from "../components/language-choice.tsx";
import { LiveRegion } from "../components/live-region.tsx";
import { Notice } from "../components/notice.tsx";
import { TextField } from "../components/text-field.tsx";
import { Warnings } from "../components/warnings.tsx";
import { canCallHere } from "../lib/capabilities.ts";
import { guestFailure, guestHelp } from "../lib/guest-words.ts";
import { isUsedLink, noteUsedLink } from "../lib/used-link.ts";
import { useModel } from "../model.ts";
import { Call } from "./call.tsx";
import { Help } from "./help.tsx";

/** @param linked half of the code, of the address that was opened */
export function GuestPage({ linked }: { linked: string }) {
  const { state } = useModel();
  const { call } = state.value;
  const [by, setBy] = useState<GuestOf>();
  const [wasUsed] = useState(() => isUsedLink(linked));
  useEffect(() => {
    document.title = texts().guests.pageTitle;
  }, [language()]);
  const inCall = call !== undefined && call.phase !== "ended";
  return (
    <div class={inCall ? "page in-call" : "page"}>
      <header class="top">
        <Logo />
      </header>
      <main>
        <ConnectionBanner />
        <Warnings />
        {inCall && by !== undefined && (
          <p class="guest-notice">
            {texts().guests.youAre(by.displayName)} <HelpLink topic="guests" />
          </p>
        )}
        {inCall && <Call call={call} />}
        {call?.phase === "ended" && <Over isPutOut={call.end?.type === "removed"} />}
        {call === undefined && (wasUsed ? <Used /> : <AskToComeIn linked={linked} by={by} onBy={setBy} />)}
      </main>
      {!inCall && (
        <footer class="foot">
          <LanguageChoice />
        </footer>
      )}
      <Help />
      <LiveRegion />
    </div>
  );
}

function Over({ isPutOut }: { isPutOut: boolean }) {
  const text = texts().guests;
  return (
    <section class="card" role="status">
      <h1>{text.over}</h1>
      {isPutOut && <p>{text.putOut}</p>}
      <p>{text.overText}</p>
    </section>
  );
}

/** A page that was loaded anew has no key any more, and its link lets nobody in a second time. */
function Used() {
  const text = texts().guests;
  return (
    <section class="card guest-page">
      <h1>{text.usedTitle}</h1>
      <p>{text.usedText}</p>
      <p>{text.overText}</p>
      <HelpLink topic="guests" />
    </section>
  );
}

interface AskProps {
  linked: string;
  by: GuestOf | undefined;
  onBy: (by: GuestOf) => void;
}

/** UTF-16 units. More than a guest's name can have: what is too long is said, and nothing of it cut away unseen. */
const longestTyped = 3 * longestGuestName;

function AskToComeIn({ by, linked, onBy }: AskProps) {
  const { terminal, state } = useModel();
  const [name, setName] = useState("");
  const [typed, setTyped] = useState("");
  const [problems, setProblems] = useState<{ readonly name?: string; readonly code?: string }>({});
  const [step, setStep] = useState<"looking" | "offer" | "door">();
  const [failed, setFailed] = useState<ErrorCode>();
  const giveUp = useRef<AbortController>(undefined);
  const text = texts().guests;
  const isAsking = step === "offer" || step === "door";
  useEffect(() => {
    if (!isAsking) return undefined;
    // With this page goes what lets them in, as it does in the call.
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isAsking]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const code = guestCode(linked, typed);
    const called = name.trim();
    const wrong = {
      ...(isGuestName(called) ? {} : { name: sentenceFor("guest.badName") }),
      ...(code === undefined ? { code: text.badCode } : {}),
    };
    setProblems(wrong);
    setFailed(undefined);
    if (code === undefined || !isGuestName(called)) return;
    if (!canCallHere()) return setFailed("frames.unsupported");
    setStep("looking");
    const { signal } = (giveUp.current = new AbortController());
    terminal.guests
      .enter({
        code,
        name: called,
        signal,
        onStep: ({ by: whose, type }) => {
          noteUsedLink(linked);
          onBy(whose);
          setStep(type);
        },
      })
      .catch((error: unknown) => {
        setStep(undefined);
        setFailed(error instanceof SignetError ? error.code : "terminal.failed");
      });
  };
  if (guestCode(linked, "00000000") === undefined)
    return (
      <Notice tone="warning" title={text.pageTitle}>
        <p>{text.noLink}</p>
        <HelpLink topic="guests" />
      </Notice>
    );
  const isBusy = step !== undefined;
  return (
    <section class="card guest-page">
      <h1>{text.pageTitle}</h1>
      <p>{text.pageText}</p>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <TextField
          name="guest-name"
          label={text.name}
          hint={text.nameHint(longestGuestName)}
          value={name}
          onInput={setName}
          problem={problems.name}
          autocomplete="name"
          longest={longestTyped}
          disabled={isBusy}
        />
        <TextField
          name="guest-code"
          label={text.code}
          hint={text.codeHint}
          value={typed}
          onInput={setTyped}
          problem={problems.code}
          autocomplete="off"
          longest={20}
          disabled={isBusy}
        />
        {step === "looking" && <p role="status">{text.looking}</p>}
        {step === "offer" && by !== undefined && <p role="status">{text.asked(by.displayName)}</p>}
        {step === "door" && <p role="status">{text.atDoor}</p>}
        {failed !== undefined && (
          <Notice tone="warning" alert>
            <p>{guestFailure(failed, "guest")}</p>
            <HelpLink topic={guestHelp(failed)} />
          </Notice>
        )}
        <button
          type="submit"
          class="button primary"
          disabled={isBusy || state.value.connection.status !== "online"}
        >
          {text.enter}
        </button>
        {isBusy && (
          <button type="button" class="button quiet" onClick={() => giveUp.current?.abort()}>
            {text.giveUp}
          </button>
        )}
      </form>
    </section>
  );
}
