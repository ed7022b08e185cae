import { isGone } from "@signet/terminal";
import type { Participant } from "@signet/terminal";
import { calledName, clockTime, poorNetworkLabel, voiceLabel } from "@signet/words";
import { texts } from "@signet/words/page";

import { GuestMarkLine } from "../components/guest-mark.tsx";
import { MutedIcon } from "../components/icons.tsx";
import { LooksLike } from "../components/looks-like.tsx";
import { PersonAvatar } from "../components/person-avatar.tsx";
import { isKnown } from "../lib/known.ts";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { broughtInWords } from "../lib/brought-in.ts";
import { volumeOf } from "../lib/sound-wishes.ts";
import { stateWords } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { HostActions } from "./host-actions.tsx";

interface ParticipantTileProps {
  person: Participant;
  /** Large: those who are there. Small: oneself, and those who are not there. */
  size: "large" | "small";
}

/** One invited person, with the state in words, and what was verified. */
export function ParticipantTile({ person, size }: ParticipantTileProps) {
  const model = useModel();
  const { call } = model.state.value;
  const {
    guest,
    userId,
    state,
    isHost,
    isSelf,
    isInitiator,
    poorNetwork,
    reconnecting,
    speaking,
    unheard,
    verification,
    voice,
  } = person;
  const name = calledName(person);
  const mood = reconnecting === true ? "joining" : isGone(state) ? "gone" : state;
  const broughtIn = call === undefined ? undefined : broughtInWords(call, person);
  return (
    <li
      class={`participant ${size} ${mood} ${isSelf ? "self" : ""} ${guest === undefined ? "" : "guest"}`}
      data-speaking={speaking}
      data-state={state}
    >
      <span class="avatar-frame">
        <PersonAvatar userId={userId} name={guest?.name ?? name} isKnown={isSelf || isKnown(verification)} />
      </span>
      <div class="participant-text">
        <p class="participant-name">
          <b>
            <bdi>{name}</bdi>
          </b>
          {isSelf && <span class="tag">{texts().call.you}</span>}
          {isInitiator && <span class="tag started-tag">{texts().call.startedIt}</span>}
          {/* Whoever started it is, where nobody else is. */}
          {isHost === true && !isInitiator && <span class="tag host-tag">{texts().call.host}</span>}
          {unheard !== undefined && (
            <span class="tag muted-tag">
              <MutedIcon />
              {unheard === texts().call.muted ? texts().call.muted : texts().call.noMicrophone}
            </span>
          )}
          {!isSelf && state === "joined" && <VolumeTag userId={userId} />}
          {voice !== undefined && (
            <span class={voice === "unprovable" ? "tag" : "tag network-tag"}>{voiceLabel(voice)}</span>
          )}
          {poorNetwork === true && <span class="tag network-tag">{poorNetworkLabel()}</span>}
        </p>
        <p class="participant-facts">
          {guest === undefined && <span class="user-id">{userId}</span>}
          <StateLine person={person} />
        </p>
        <GuestMarkLine call={call} person={person} />
        {broughtIn !== undefined && guest === undefined && <p class="brought-in">{broughtIn}</p>}
        {!isSelf && <LooksLike person={person} />}
        {verification !== undefined && !isSelf && (
          <VerifiedBadge userId={userId} verification={verification} name={name} />
        )}
        {verification === undefined && guest === undefined && state === "joined" && !isSelf && (
          <p class="unverified">{texts().call.notVerified}</p>
        )}
      </div>
      <span class="voice" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {call?.mayRemove === true && !isSelf && state !== "removed" && <HostActions person={person} />}
    </li>
  );
}

/** Why somebody is hardly heard, who is heard by everybody else. */
function VolumeTag({ userId }: Pick<Participant, "userId">) {
  const volume = volumeOf(userId);
  if (volume === 1) return null;
  const { quieter, silenced } = texts().sound;
  return <span class="tag muted-tag">{volume === 0 ? silenced : quieter(Math.round(volume * 100))}</span>;
}

function StateLine({ person }: { person: Participant }) {
  const { state, isSelf, verification, joinedAtMs = verification?.signedAtMs, stateSigned } = person;
  const { joinedAt, joinedSince, movedSince, signedByThem, signedByYou } = texts().call;
  const isToldOf = person.leaving === true || person.revoked === true;
  return (
    <span class={isToldOf ? "state told" : "state"}>
      <span>{stateWords(person)}</span>
      {state === "joined" && !isToldOf && (
        <span class="since">
          {person.moved === undefined
            ? joinedAtMs === undefined
              ? joinedSince
              : joinedAt(clockTime(joinedAtMs))
            : movedSince(clockTime(person.moved.atMs))}
        </span>
      )}
      {(state === "declined" || state === "left") && stateSigned && (
        <span class="since"> {isSelf ? signedByYou : signedByThem}</span>
      )}
    </span>
  );
}
