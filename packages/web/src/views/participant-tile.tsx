import { isGone } from "@signet/terminal";
import type { Participant } from "@signet/terminal";

import { Avatar } from "../components/avatar.tsx";
import { MutedIcon } from "../components/icons.tsx";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { clockTime } from "../lib/duration.ts";
import { stateWords } from "../lib/words.ts";

/** One invited person, with the state in words, and what was verified. */
export function ParticipantTile({ person, muted }: { person: Participant; muted: boolean }) {
  const { userId, displayName, state, isSelf, isInitiator, speaking, verification, stateSigned } = person;
  const mood = isGone(state) ? "gone" : state;
  return (
    <li class={`participant ${mood}`} data-speaking={speaking} data-state={state}>
      <span class="avatar-frame">
        <Avatar userId={userId} name={displayName} />
      </span>
      <div class="participant-text">
        <p class="participant-name">
          <b>{displayName}</b>
          {isSelf && <span class="tag">you</span>}
          {isInitiator && <span class="tag">started it</span>}
          {muted && (
            <span class="tag muted-tag">
              <MutedIcon />
              muted
            </span>
          )}
        </p>
        <p class="user-id">{userId}</p>
        <p class="state">
          <span>{stateWords(person)}</span>
          {state === "joined" && person.leaving !== true && (
            <span class="since">
              , joined{verification === undefined ? "" : ` ${clockTime(verification.signedAtMs)}`}
            </span>
          )}
          {(state === "declined" || state === "left") && stateSigned && (
            <span class="since"> (signed by {isSelf ? "you" : "them"})</span>
          )}
        </p>
        {verification !== undefined && <VerifiedBadge verification={verification} name={displayName} />}
        {verification === undefined && state === "joined" && !isSelf && (
          <p class="unverified">not verified yet</p>
        )}
      </div>
      <span class="voice" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
    </li>
  );
}
