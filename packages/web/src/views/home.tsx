import { useEffect, useRef, useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { AddElsewhere } from "./add-elsewhere.tsx";
import { AddDevice } from "./add-device.tsx";
import { Composer } from "./composer.tsx";
import { CallElsewhere } from "./elsewhere.tsx";
import { JoinableCalls } from "./joinable.tsx";
import { MicrophoneCard } from "./microphone-card.tsx";
import { NotificationCard } from "./notification-card.tsx";
import { Recents } from "./recents.tsx";
import { SecondDeviceCard } from "./second-device-card.tsx";
import { Summary } from "./summary.tsx";
import { ThisTerminal } from "./this-terminal.tsx";
import { YourDevices } from "./your-devices.tsx";
import { useModel } from "../model.ts";

/** Signed in, and not in a call. */
export function Home() {
  const model = useModel();
  const ended = model.state.value.call?.phase === "ended";
  const [adding, setAdding] = useState<"here" | "elsewhere">();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The view that had the focus is gone; a summary takes it itself.
    if (model.state.peek().call === undefined) heading.current?.focus();
  }, [model]);
  return (
    <div class="home">
      <h1 class="hidden-text" ref={heading} tabIndex={-1}>
        Home
      </h1>
      <div class="column">
        {ended && <Summary />}
        <FailureNotice actions={["answer", "moveHere", "decline", "leave", "end"]} />
        <CallElsewhere />
        <JoinableCalls />
        <Composer />
        <Recents />
      </div>
      <div class="column side">
        <SecondDeviceCard onAdd={() => setAdding("here")} />
        <NotificationCard />
        <ThisTerminal />
        <YourDevices onAdd={() => setAdding("here")} onAddElsewhere={() => setAdding("elsewhere")} />
        <MicrophoneCard />
      </div>
      {adding === "here" && <AddDevice onClose={() => setAdding(undefined)} />}
      {adding === "elsewhere" && <AddElsewhere onClose={() => setAdding(undefined)} />}
    </div>
  );
}
