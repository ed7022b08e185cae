import type { CallView } from "@signet/terminal";
import { sentence, soundAdviceWords, soundFigureWords, soundRouteWords } from "@signet/words";
import { useEffect, useRef } from "preact/hooks";

import { VerificationFacts } from "../components/verified-badge.tsx";
import { countOf } from "../lib/words.ts";
import { useModel } from "../model.ts";

/** How the sound travels, and what could be better. */
function SoundDetails({ media }: { media: CallView["media"] }) {
  if (media.status !== "connected" || media.way === undefined) return null;
  const figures = soundFigureWords(media.way);
  const advice = soundAdviceWords(media.way);
  return (
    <>
      <h2>Your sound</h2>
      <p class="sound-way">
        It goes {soundRouteWords(media.way.by)}
        {figures !== "" && `: ${figures}`}.
      </p>
      {advice !== undefined && <p class="hint">{sentence(advice)}</p>}
    </>
  );
}

/** What one can check oneself: the code of the group, and each person's signature. */
export function CallDetails({ call }: { call: CallView }) {
  const { passedOver } = useModel().state.value;
  const panel = useRef<HTMLElement>(null);
  // On a narrow screen it opens below the people, out of sight.
  useEffect(() => {
    if (matchMedia("(max-width: 860px)").matches) panel.current?.scrollIntoView({ block: "start" });
  }, []);
  const verified = call.participants.filter((person) => person.state === "joined" && !person.isSelf);
  return (
    <aside ref={panel} class="card call-details" id="call-details" aria-label="Details">
      <h2>Safety code</h2>
      {call.safetyCode === undefined ? (
        <p class="muted">It is there as soon as somebody else is in the group.</p>
      ) : (
        <p class="safety-code">
          {call.safetyCode.split(" ").map((group, index) => (
            <span key={index}>{group} </span>
          ))}
        </p>
      )}
      <p class="hint">
        Read it aloud to each other: it must be the same for everybody. Whoever reads something else hears
        another group than you. It changes whenever somebody comes or goes.
      </p>
      <SoundDetails media={call.media} />
      <h2>Who was verified</h2>
      {verified.length === 0 && <p class="muted">Nobody else is here yet.</p>}
      {verified.map(({ userId, displayName, verification }) => (
        <details key={userId} class="detail-person" open={verified.length <= 2}>
          <summary>
            <b>{displayName}</b> <span class="user-id">{userId}</span>
          </summary>
          {verification === undefined ? (
            <p class="unverified">not verified yet</p>
          ) : (
            <VerificationFacts verification={verification} />
          )}
        </details>
      ))}
      <details class="technical">
        <summary>Technical</summary>
        <dl class="facts">
          <dt>Group key</dt>
          <dd>MLS (RFC 9420), X25519 and AES-128-GCM</dd>
          <dt>Sound</dt>
          <dd>SFrame (RFC 9605), AES-128-GCM, encrypted here before it is sent</dd>
          <dt>Epoch</dt>
          <dd>{call.epoch ?? "none yet"}</dd>
          <dt>The server</dt>
          <dd>
            sees who is in the call and how loud each one is; it cannot listen, and nobody enters without a
            signature that this browser checked
            {passedOver !== undefined &&
              `; it said ${countOf(passedOver, "thing", "things")} that this page, perhaps of another version, could not read`}
          </dd>
        </dl>
      </details>
    </aside>
  );
}
