import type { CallView } from "@signet/terminal";
import { calledName, sentence, soundAdviceWords, soundFigureWords, soundRouteWords } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef } from "preact/hooks";

import { LanguageChoice } from "../components/language-choice.tsx";
import { VerificationFacts } from "../components/verified-badge.tsx";
import { GuestMarkLine } from "../components/guest-mark.tsx";
import { useModel } from "../model.ts";
import { KeepRecord } from "./call-record.tsx";

/** How the sound travels, and what could be better. */
function SoundDetails({ media }: { media: CallView["media"] }) {
  if (media.status !== "connected" || media.way === undefined) return null;
  const route = soundRouteWords(media.way.by);
  const figures = soundFigureWords(media.way);
  const advice = soundAdviceWords(media.way);
  return (
    <>
      <h2>{texts().call.yourSound}</h2>
      <p class="sound-way">
        {figures === "" ? texts().call.soundGoes(route) : texts().call.soundGoesWith(route, figures)}
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
    <aside ref={panel} class="card call-details" id="call-details" aria-label={texts().call.detailsLabel}>
      <h2>{texts().call.safetyCode}</h2>
      {call.safetyCode === undefined ? (
        <p class="muted">{texts().call.noSafetyCode}</p>
      ) : (
        <p class="safety-code">
          {call.safetyCode.split(" ").map((group, index) => (
            <span key={index}>{group} </span>
          ))}
        </p>
      )}
      <p class="hint">{texts().call.safetyCodeHint}</p>
      <SoundDetails media={call.media} />
      <KeepRecord call={call} />
      <h2>{texts().call.whoVerified}</h2>
      {verified.length === 0 && <p class="muted">{texts().call.nobodyElse}</p>}
      {verified.map((person) => (
        <details key={person.userId} class="detail-person" open={verified.length <= 2}>
          <summary>
            <b>
              <bdi>{calledName(person)}</bdi>
            </b>{" "}
            {person.guest === undefined && <span class="user-id">{person.userId}</span>}
          </summary>
          <GuestMarkLine call={call} person={person} />
          {person.verification !== undefined && <VerificationFacts verification={person.verification} />}
          {person.verification === undefined && person.guest === undefined && (
            <p class="unverified">{texts().call.notVerified}</p>
          )}
        </details>
      ))}
      <details class="technical">
        <summary>{texts().call.technical}</summary>
        <dl class="facts">
          <dt>{texts().call.groupKey}</dt>
          <dd>{texts().call.groupKeyFacts}</dd>
          {call.sameDirectory !== undefined && call.sameDirectory > 0 && (
            <>
              <dt>{texts().call.directory}</dt>
              <dd>{texts().call.sameDirectory(call.sameDirectory)}</dd>
            </>
          )}
          <dt>{texts().call.sound}</dt>
          <dd>{texts().call.soundFacts}</dd>
          <dt>{texts().call.epoch}</dt>
          <dd>{call.epoch ?? texts().call.noEpoch}</dd>
          <dt>{texts().call.theServer}</dt>
          <dd>
            {passedOver === undefined ? texts().call.serverSees : texts().call.serverSeesAndSaid(passedOver)}
          </dd>
        </dl>
      </details>
      <LanguageChoice />
    </aside>
  );
}
