/** One resolution: the whole of it, what came of it, and the buttons, which are there to be pressed when its end was seen. */
import type { CallView, ShownResolution } from "@signet/terminal";
import { resolutionRuleWords, resolutionStateWords, sentence } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { nameIn, sha256Of } from "../lib/resolutions.ts";
import { useModel } from "../model.ts";
import { WhatIsResolved, WhoDecided } from "./resolution-facts.tsx";

interface ResolutionCardProps {
  call: CallView;
  resolution: ShownResolution;
  isGuest: boolean;
}

export function ResolutionCard({ call, resolution, isGuest }: ResolutionCardProps) {
  const words = texts().resolutions;
  const nameOf = nameIn(call);
  const { number, proposer, rule, state } = resolution;
  const id = `resolution-${number}-${proposer}`;
  return (
    <article class="card resolution" aria-labelledby={id}>
      <h3 id={id}>{words.heading(number, nameOf(proposer))}</h3>
      <p class="resolution-state" data-state={state}>
        <strong>{sentence(resolutionStateWords(state))}</strong>{" "}
        <span class="hint">{sentence(resolutionRuleWords(rule, nameOf))}</span>
      </p>
      <Decide resolution={resolution} isGuest={isGuest} />
      <WhoDecided call={call} resolution={resolution} />
    </article>
  );
}

function Decide({ resolution, isGuest }: Omit<ResolutionCardProps, "call">) {
  const words = texts().resolutions;
  const model = useModel();
  const [isSeen, setSeen] = useState(false);
  const end = useRef<HTMLSpanElement>(null);
  const { id, mayDecide, mayWithdraw, number, state, subject, whole } = resolution;
  const isBusy = model.pending.value !== undefined;
  useEffect(() => {
    const mark = end.current;
    if (mark === null) return undefined;
    // Seen when it is on the screen: neither below the end of its box nor outside of the dialog.
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    observer.observe(mark);
    return () => observer.disconnect();
  }, [id]);
  return (
    <>
      {/* Scrolled with the keyboard, too. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div class="resolution-whole" tabIndex={0} role="region" aria-label={words.wholeText(number)}>
        <WhatIsResolved resolution={resolution} />
        <span ref={end} class="resolution-end" aria-hidden="true" />
      </div>
      {subject.type === "file" && <CompareFile sha256={subject.sha256} />}
      {mayDecide && !isGuest && (
        <>
          {!isSeen && <p class="hint">{words.readFirst}</p>}
          <div class="row">
            <button
              type="button"
              class="button primary small"
              disabled={!isSeen || isBusy}
              onClick={() => void model.decide(id, "approve", whole)}
            >
              {words.approve}
            </button>
            <button
              type="button"
              class="button danger-quiet small"
              disabled={!isSeen || isBusy}
              onClick={() => void model.decide(id, "reject", whole)}
            >
              {words.reject}
            </button>
          </div>
        </>
      )}
      {state === "open" &&
        !mayDecide &&
        !resolution.rule.userIds.some((userId) => userId === model.self.value) && (
          <p class="hint">{words.notAsked}</p>
        )}
      {mayWithdraw && (
        <div class="row">
          <button
            type="button"
            class="button quiet small"
            disabled={isBusy}
            onClick={() => void model.withdraw(id)}
          >
            {words.withdraw}
          </button>
        </div>
      )}
    </>
  );
}

/** Whoever has the file finds out here whether it is that one; nothing of it leaves the device. */
function CompareFile({ sha256 }: { sha256: Uint8Array }) {
  const words = texts().resolutions;
  const [isSame, setSame] = useState<boolean>();
  return (
    <>
      <label class="compare-file">
        {words.compareFile}
        <input
          type="file"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            setSame(undefined);
            if (file !== undefined)
              void sha256Of(file).then((own) => setSame(own.every((byte, i) => byte === sha256[i])));
          }}
        />
      </label>
      {isSame !== undefined && <p role="status">{isSame ? words.sameFile : words.otherFile}</p>}
    </>
  );
}
