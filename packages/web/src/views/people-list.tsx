/** People of one's list, to be ticked, and found by what one types. */
import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

import { FavouriteIcon } from "../components/icons.tsx";
import { ComparedWord } from "../components/compared-word.tsx";
import { PersonName } from "../components/name.tsx";
import { PersonAvatar } from "../components/person-avatar.tsx";
import { PresenceWord } from "../components/presence-word.tsx";
import { peopleFound } from "../lib/people.ts";
import type { ShownPerson } from "../lib/people.ts";

/** Who is ticked. */
export interface Picked {
  readonly userIds: readonly UserId[];
  readonly pick: (userId: UserId, isWanted: boolean) => void;
}

/** Fewer are found by eye. */
const fewPeople = 6;
/** Of a note, in characters: the whole of it stands in the card of the person. */
const noteShown = 60;

interface PeopleListProps {
  people: readonly ShownPerson[];
  picked: Picked;
  /** What else can be done with somebody, at the end of their row. */
  acts?: (person: ShownPerson) => ComponentChildren;
}

export function PeopleList({ acts, people, picked }: PeopleListProps) {
  const [typed, setTyped] = useState("");
  const id = useId();
  const isLong = people.length > fewPeople;
  const found = isLong ? peopleFound(people, typed) : people;
  if (people.length === 0) return null;
  return (
    <>
      {isLong && (
        <div class="field">
          <label htmlFor={id}>{texts().people.search}</label>
          <input
            id={id}
            type="search"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            // Who looks for somebody sends nothing off.
            onKeyDown={(event) => {
              if (event.key === "Enter") event.preventDefault();
            }}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
        </div>
      )}
      {found.length === 0 && (
        <p class="muted" role="status">
          {texts().people.nobodyFound}
        </p>
      )}
      {found.length > 0 && (
        <ul class="people" aria-label={texts().people.title}>
          {found.map((person) => (
            <li key={person.userId}>
              <PersonTick person={person} picked={picked} />
              {acts?.(person)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function PersonTick({ person, picked }: { person: ShownPerson; picked: Picked }) {
  const { displayName, favourite, note = "", userId } = person;
  return (
    <label class="person">
      <input
        type="checkbox"
        checked={picked.userIds.includes(userId)}
        onChange={(event) => picked.pick(userId, event.currentTarget.checked)}
      />
      <PersonAvatar userId={userId} name={displayName} />
      <span class="person-facts">
        <span class="person-line">
          <PersonName userId={userId} name={displayName} />
          {favourite === true && (
            <span class="favourite">
              <FavouriteIcon />
              <span class="hidden-text">{texts().people.favourite}</span>
            </span>
          )}
        </span>
        <span class="person-line">
          <PresenceWord userId={userId} />
          <ComparedWord userId={userId} />
          {note !== "" && (
            <small class="muted">
              <bdi>{shortNote(note)}</bdi>
            </small>
          )}
        </span>
      </span>
    </label>
  );
}

function shortNote(note: string): string {
  const letters = Array.from(note.replaceAll(/\s+/g, " ").trim());
  return letters.length > noteShown ? `${letters.slice(0, noteShown).join("").trimEnd()}…` : letters.join("");
}
