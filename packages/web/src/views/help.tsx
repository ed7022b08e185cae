/** What each warning means, in plain words, and what to do: also without a connection, and in a call. */
import { verifyPath } from "@signet/terminal";
import { texts } from "@signet/words/page";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { helpGroups } from "../lib/help.ts";
import type { HelpTopic } from "../lib/help.ts";
import { useModel } from "../model.ts";

export function Help() {
  const model = useModel();
  const { help } = model.place.value;
  return help === undefined ? null : <HelpPage topic={help} onClose={model.closeHelp} />;
}

function HelpPage({ onClose, topic }: { topic: HelpTopic; onClose: () => void }) {
  return (
    <Modal labelledBy="help-title" class="help" onEscape={onClose}>
      <div class="help-head">
        <h2 id="help-title">{texts().help.title}</h2>
        <button type="button" class="button quiet" onClick={onClose}>
          {texts().common.close}
        </button>
      </div>
      {(["howTo", "trouble"] as const).map((group) => (
        <section key={group} aria-labelledby={`help-${group}`}>
          <h3 id={`help-${group}`}>{texts().help.headings[group]}</h3>
          {helpGroups[group].map((one) => (
            <HelpEntry key={one} topic={one} isAsked={one === topic}>
              {one === "firstSteps" && <FirstStepsAgain onClose={onClose} />}
              {one === "resolutions" && <VerifyLink />}
            </HelpEntry>
          ))}
        </section>
      ))}
    </Modal>
  );
}

/** A page of its own: a call goes on meanwhile. */
const VerifyLink = () => (
  <a class="help-link" href={verifyPath} target="_blank" rel="noopener">
    {texts().verifying.link}
  </a>
);

/** They stand at home, where one is not now, or not for long. */
function FirstStepsAgain({ onClose }: { onClose: () => void }) {
  const model = useModel();
  const { call } = model.state.value;
  const isInCall = call !== undefined && call.phase !== "ended";
  if (model.self.value === undefined || isInCall) return null;
  return (
    <button
      type="button"
      class="button quiet small"
      onClick={() => {
        model.wantFirstSteps();
        onClose();
        model.goHome();
      }}
    >
      {texts().firstSteps.showAgain}
    </button>
  );
}

interface HelpEntryProps {
  topic: HelpTopic;
  isAsked: boolean;
  children?: ComponentChildren;
}

/** What is asked for is open, and has the focus. */
export function HelpEntry({ children, isAsked, topic }: HelpEntryProps) {
  const { happened, steps, title } = texts().help.topics[topic];
  const summary = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isAsked) return;
    summary.current?.focus({ preventScroll: true });
    summary.current?.scrollIntoView();
  }, [isAsked]);
  return (
    <details class="help-entry" open={isAsked}>
      <summary ref={summary}>{title}</summary>
      <p>{happened}</p>
      <ol>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {children}
    </details>
  );
}
