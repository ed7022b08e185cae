import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { NotInThisBrowser } from "../components/not-in-this-browser.tsx";
import { Administration } from "./administration.tsx";
import { AddDevice } from "./add-device.tsx";
import { Composer } from "./composer.tsx";
import { CallElsewhere } from "./elsewhere.tsx";
import { History } from "./history.tsx";
import { JoinOffered } from "./join-offer.tsx";
import { JoinableCalls } from "./joinable.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { LinkedCall } from "./linked-call.tsx";
import { MissedCalls } from "./missed-calls.tsx";
import { NotificationCard } from "./notification-card.tsx";
import { OnlyHere } from "./only-here.tsx";
import { QuietNote } from "./quiet-note.tsx";
import { SecondDeviceCard } from "./second-device-card.tsx";
import { Summary } from "./summary.tsx";
import { ThisTerminal } from "./this-terminal.tsx";
import { NewMessages, OtherMessages } from "./voice-messages.tsx";
import { useShortcut } from "../lib/shortcuts.ts";
import { useModel } from "../model.ts";

/** Signed in, and not in a call. */
export function Home() {
  const model = useModel();
  const ended = model.state.value.call?.phase === "ended";
  const [adding, setAdding] = useState(false);
  const administers = model.session.value.status === "signedIn" && model.session.value.administers === true;
  const [administering, setAdministering] = useState(() => model.linkedRecovery.peek() !== undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The view that had the focus is gone; a summary takes it itself.
    if (model.state.peek().call === undefined) heading.current?.focus();
  }, [model, administering]);
  useShortcut("settings", () => model.goTo({ view: "settings" }));
  useEffect(() => {
    if (model.linkedLettingIn.peek() !== "") model.goTo({ view: "settings", section: "everywhere" });
  }, [model]);
  if (administers && administering) return <Administration onClose={() => setAdministering(false)} />;
  return (
    <div class="home">
      <h1 class="hidden-text" ref={heading} tabIndex={-1}>
        {texts().home.title}
      </h1>
      <div class="column">
        <NotInThisBrowser />
        {ended && <Summary />}
        <FailureNotice actions={["answer", "moveHere", "decline", "leave", "end"]} />
        {/* What goes on now, then what happened, then what may be done some time. */}
        <CallElsewhere />
        <JoinableCalls />
        <LinkedCall />
        <MissedCalls />
        <NewMessages />
        <OtherMessages />
        <FirstSteps />
        <OnlyHere />
        <QuietNote />
        <Composer />
        <History />
      </div>
      <div class="column side">
        <SecondDeviceCard onAdd={() => setAdding(true)} />
        <NotificationCard />
        <ThisTerminal />
        {administers && <AdministrationCard onOpen={() => setAdministering(true)} />}
      </div>
      <JoinOffered />
      {adding && <AddDevice onClose={() => setAdding(false)} />}
    </div>
  );
}

function AdministrationCard({ onOpen }: { onOpen: () => void }) {
  return (
    <section class="card" aria-labelledby="administer-title">
      <h2 id="administer-title">{texts().home.administerTitle}</h2>
      <p class="muted">{texts().home.administerText}</p>
      <button type="button" class="button quiet wide" onClick={onOpen}>
        {texts().home.administration}
      </button>
    </section>
  );
}
