/** One's own people and groups: called with one press, looked at, added, and removed with a way back. */
import type { ListedGroup, UserId } from "@signet/terminal";
import { listOfNames, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { CallButton } from "../components/call-button.tsx";
import { AddPeopleIcon, MoreIcon, PeopleIcon } from "../components/icons.tsx";
import { HelpLink, HowToLink } from "../components/help-link.tsx";
import { Notice } from "../components/notice.tsx";
import { UndoNote } from "../components/undo.tsx";
import { rich } from "../lib/rich.ts";
import { useModel } from "../model.ts";
import { AddPerson } from "./add-person.tsx";
import { GroupCard } from "./group-card.tsx";
import { PeopleList } from "./people-list.tsx";
import type { Picked } from "./people-list.tsx";
import { PersonCard } from "./person-card.tsx";

type Opened =
  | { readonly what: "add" }
  | { readonly what: "person"; readonly userId: UserId }
  | { readonly what: "group"; readonly group: ListedGroup | undefined };

export function OwnPeople({ picked }: { picked: Picked }) {
  const model = useModel();
  const [opened, setOpened] = useState<Opened>();
  const people = model.people.value;
  const close = (): void => setOpened(undefined);
  const person = opened?.what === "person" && people.find(({ userId }) => userId === opened.userId);
  return (
    <>
      <div class="card-head part-head">
        <h3>{texts().people.title}</h3>
        <button type="button" class="button quiet small" onClick={() => setOpened({ what: "add" })}>
          <AddPeopleIcon />
          {texts().people.add}
        </button>
      </div>
      <UndoNote list="people" />
      <Refused />
      {people.length === 0 ? (
        <div class="empty">
          <PeopleIcon />
          <p>{rich(texts().people.nobodyYetText, <b>{texts().people.nobodyYet}</b>)}</p>
        </div>
      ) : (
        <PeopleList
          people={people}
          picked={picked}
          acts={({ displayName, userId }) => (
            <>
              <CallButton
                label={texts().people.callOne(displayName)}
                onPress={() => void model.call([userId])}
              />
              <button
                type="button"
                class="icon-button"
                aria-label={texts().people.more(displayName)}
                title={texts().people.more(displayName)}
                onClick={() => setOpened({ what: "person", userId })}
              >
                <MoreIcon />
              </button>
            </>
          )}
        />
      )}
      {people.length > 0 && <Groups onOpen={(group) => setOpened({ what: "group", group })} />}
      <WhereKept />
      <HowToLink topic="people" />
      {opened?.what === "add" && <AddPerson onClose={close} />}
      {person !== undefined && person !== false && <PersonCard person={person} onClose={close} />}
      {opened?.what === "group" && <GroupCard group={opened.group} onClose={close} />}
    </>
  );
}

function Groups({ onOpen }: { onOpen: (group: ListedGroup | undefined) => void }) {
  const model = useModel();
  const people = model.people.value;
  const most = model.state.value.server?.limits.callMembers ?? Infinity;
  const text = texts().people;
  return (
    <>
      <div class="card-head part-head">
        <h3>{text.groups}</h3>
        <button type="button" class="button quiet small" onClick={() => onOpen(undefined)}>
          {text.newGroup}
        </button>
      </div>
      <UndoNote list="groups" />
      {model.groups.value.length > 0 && (
        <ul class="people groups" aria-label={text.groups}>
          {model.groups.value.map((group) => {
            const { groupId, name } = group;
            const members = people.filter(({ groupIds }) => groupIds.includes(groupId));
            return (
              <li key={groupId}>
                <span class="person-facts">
                  <b>
                    <bdi>{name}</bdi>
                  </b>
                  <small class="muted">
                    {members.length === 0
                      ? text.nobodyInGroup
                      : listOfNames(members.map(({ displayName }) => displayName))}
                  </small>
                  {members.length > most && <small class="muted">{texts().home.mostPeople(most)}</small>}
                </span>
                {members.length > 0 && members.length <= most && (
                  <CallButton
                    label={text.callGroup(name)}
                    onPress={() => void model.call(members.map(({ userId }) => userId))}
                  />
                )}
                <button
                  type="button"
                  class="icon-button"
                  aria-label={text.changeGroup(name)}
                  title={text.changeGroup(name)}
                  onClick={() => onOpen(group)}
                >
                  <MoreIcon />
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

/** Why the last change was not made. */
function Refused() {
  const code = useModel().refused.value;
  return code === undefined ? null : (
    <Notice tone="warning" alert>
      <p>{sentenceFor(code)}</p>
      <HelpLink code={code} />
    </Notice>
  );
}

/** Where it is not the same at all terminals, that is said. */
function WhereKept() {
  const { personal } = useModel().state.value;
  if (personal === undefined) return null;
  const { carrying, isInMemory } = personal;
  if (isInMemory === true && carrying.status !== "carried")
    return <p class="hint">{texts().people.inMemory}</p>;
  return carrying.status === "keptHere" ? (
    <p class="hint">{texts().people.keptHere(sentenceFor(carrying.code))}</p>
  ) : null;
}
