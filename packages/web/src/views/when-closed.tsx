import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";

import { HelpLink } from "../components/help-link.tsx";
import { useModel } from "../model.ts";
import type { WakingState } from "../model/waking.ts";

/** Whether this browser rings when the page is closed: as a fact of this terminal. */
export function WhenClosed() {
  const state = useModel().waking.state.value;
  return (
    <>
      <dt>{texts().home.whenClosed}</dt>
      <dd>
        <span role="status">{wordsOf(state)}</span>{" "}
        {state.status === "failed" && <HelpLink code={state.code} />}
        {(state.status === "denied" || state.status === "unsupported") && <HelpLink topic="notifications" />}
      </dd>
    </>
  );
}

/** The way to the other choice, where there is one. */
export function ChangeWhenClosed() {
  const { waking } = useModel();
  const { status } = waking.state.value;
  if (status === "unsupported" || status === "denied") return null;
  const isOn = status === "on";
  return (
    <button
      type="button"
      class="button quiet wide"
      disabled={status === "changing"}
      onClick={() => void (isOn ? waking.turnOff() : waking.turnOn())}
    >
      {isOn ? texts().home.ringOnlyOpen : texts().home.ringWhenClosed}
    </button>
  );
}

function wordsOf(state: WakingState): string {
  const { wakes, wakesChanging, wakesDenied, wakesNot, wakesUnsupported } = texts().home;
  switch (state.status) {
    case "on":
      return wakes;
    case "off":
      return wakesNot;
    case "changing":
      return wakesChanging;
    case "denied":
      return wakesDenied;
    case "unsupported":
      return wakesUnsupported;
    case "failed":
      return sentenceFor(state.code);
  }
}
