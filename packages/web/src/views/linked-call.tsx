/** Somebody whom a link leads to, ready to be called: by a press, never by the link. */
import type { UserId } from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { ComparedWord } from "../components/compared-word.tsx";
import { AddPeopleIcon, CallIcon } from "../components/icons.tsx";
import { LooksLike } from "../components/looks-like.tsx";
import { PersonName } from "../components/name.tsx";
import { PersonAvatar } from "../components/person-avatar.tsx";
import { HelpLink } from "../components/help-link.tsx";
import { Notice } from "../components/notice.tsx";
import { useModel } from "../model.ts";

/** Signed in, and not in a call. */
export function LinkedCall() {
  const linked = useModel().linkedCall.value;
  if (linked === undefined) return null;
  return linked.length === 0 ? <OddLink /> : <ReadyPeople key={linked.join()} userIds={linked} />;
}

function OddLink() {
  const model = useModel();
  return (
    <Notice tone="warning">
      <p>{texts().links.odd}</p>
      <HelpLink topic="calls" />
      <button type="button" class="button quiet small" onClick={model.leaveLink}>
        {texts().common.close}
      </button>
    </Notice>
  );
}

function ReadyPeople({ userIds }: { userIds: readonly UserId[] }) {
  const model = useModel();
  const text = texts().links;
  const isOnline = model.state.value.connection.status === "online";
  const unknown = useUnknown(userIds, isOnline);
  const self = model.self.value;
  const callable = userIds.filter((userId) => userId !== self);
  const most = model.state.value.server?.limits.callMembers ?? Infinity;
  const strangers = model.strangersAmong(callable);
  const isKnown = unknown !== undefined && unknown.length === 0;
  const problem = problemOf({ noOneHas: model.noOneHas, isOnline, unknown, most, count: callable.length });
  const name = listOfNames(callable.map(model.nameOf));
  return (
    <section class="card linked-call" aria-labelledby="linked-title">
      <h2 id="linked-title">{text.title}</h2>
      {callable.length > 0 && <p class="muted">{text.pressFirst}</p>}
      <ul class="people">
        {userIds.map((userId) => (
          <LinkedPerson key={userId} userId={userId} isAsked={unknown !== undefined} />
        ))}
      </ul>
      {callable.length > 0 && problem !== undefined && (
        <p class="hint problem" role="status">
          {problem}
        </p>
      )}
      <div class="row">
        {callable.length > 0 && (
          <button
            type="button"
            class="button primary"
            disabled={problem !== undefined || model.pending.value !== undefined}
            onClick={() =>
              void model.call(callable).then((isCalled) => {
                if (isCalled) model.leaveLink();
              })
            }
          >
            <CallIcon />
            {texts().people.callOne(name)}
          </button>
        )}
        {isKnown && strangers.length > 0 && (
          <button type="button" class="button quiet" onClick={() => void model.addPeople(strangers)}>
            <AddPeopleIcon />
            {texts().people.addTitle}
          </button>
        )}
        <button type="button" class="button quiet" onClick={model.leaveLink}>
          {texts().common.notNow}
        </button>
      </div>
    </section>
  );
}

function LinkedPerson({ isAsked, userId }: { userId: UserId; isAsked: boolean }) {
  const model = useModel();
  const name = model.nameOf(userId);
  const isListed = model.people.value.some((person) => person.userId === userId);
  const { fromDevice, isYou, listed } = texts().links;
  const from =
    userId === model.self.value
      ? isYou
      : isListed
        ? listed
        : isAsked && name !== userId
          ? fromDevice
          : undefined;
  return (
    <li>
      <PersonAvatar userId={userId} name={name} />
      <span class="person-facts">
        <PersonName userId={userId} name={name} />
        {!isListed && <LooksLike person={{ userId, displayName: name }} />}
        {from !== undefined && <small class="muted">{from}</small>}
        <ComparedWord userId={userId} />
      </span>
    </li>
  );
}

/** @returns those whom nobody is; undefined until that is known */
function useUnknown(userIds: readonly UserId[], isOnline: boolean): readonly UserId[] | undefined {
  const model = useModel();
  const [unknown, setUnknown] = useState<readonly UserId[]>();
  useEffect(() => {
    let isOver = false;
    if (isOnline) void model.unknownAmong(userIds).then((found) => !isOver && setUnknown(found));
    return () => {
      isOver = true;
    };
  }, [model, userIds, isOnline]);
  return unknown;
}

interface Found {
  readonly noOneHas: (userIds: readonly UserId[]) => string;
  readonly isOnline: boolean;
  readonly unknown: readonly UserId[] | undefined;
  readonly count: number;
  readonly most: number;
}

/** Why nobody can be called now. */
function problemOf({ count, isOnline, most, noOneHas, unknown = [] }: Found): string | undefined {
  if (unknown.length > 0) return noOneHas(unknown);
  if (count > most) return texts().home.mostPeople(most);
  return isOnline ? undefined : texts().links.offline;
}

/** Who follows a link may have a user ID here, or be at this server for the first time. */
function BeforeSignIn({ names }: { names: string }) {
  const { haveId, newHere, signInFirst } = texts().links;
  const registration = useModel().state.value.server?.registration ?? "open";
  return (
    <>
      <p>{signInFirst(names)}</p>
      <ul>
        <li>{haveId}</li>
        <li>{newHere[registration]}</li>
      </ul>
    </>
  );
}

/** Where it has to wait: nobody is signed in, or a call goes on. */
export function LinkWaits({ isInCall }: { isInCall: boolean }) {
  const model = useModel();
  const linked = model.linkedCall.value;
  if (linked === undefined) return null;
  if (linked.length === 0) return <OddLink />;
  const names = listOfNames(linked.map(model.nameOf));
  return (
    <Notice tone="info">
      {isInCall ? <p>{texts().links.afterCall(names)}</p> : <BeforeSignIn names={names} />}
      <button type="button" class="button quiet small" onClick={model.leaveLink}>
        {texts().common.notNow}
      </button>
    </Notice>
  );
}
