/** One's own groups, brought into the call that goes on with one press: those of them who are not there yet. */
import type { UserId } from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";

import { AddPeopleIcon } from "../components/icons.tsx";
import { useModel } from "../model.ts";

interface AddGroupsProps {
  /** Who is in the call, or is called. */
  there: ReadonlySet<string>;
  /** @returns why these cannot be added, as a sentence */
  check: (userIds: readonly UserId[]) => string | undefined;
  /** The touch is waited for. */
  isBusy: boolean;
  onAdd: (userIds: readonly UserId[]) => void;
}

export function AddGroups({ check, isBusy, onAdd, there }: AddGroupsProps) {
  const model = useModel();
  const isOffline = model.state.value.connection.status !== "online";
  const groups = model.groups.value.flatMap(({ groupId, name }) => {
    const members = model.people.value.filter(({ groupIds }) => groupIds.includes(groupId));
    return members.length === 0 ? [] : [{ groupId, name, members }];
  });
  if (groups.length === 0) return null;
  return (
    <>
      <h3>{texts().people.groups}</h3>
      <ul class="people groups" aria-label={texts().people.groups}>
        {groups.map(({ groupId, members, name }) => {
          const missing = members.filter(({ userId }) => !there.has(userId));
          const already = members.filter(({ userId }) => there.has(userId));
          const userIds = missing.map(({ userId }) => userId);
          const refusal = check(userIds);
          return (
            <li key={groupId}>
              <span class="person-facts">
                <b>
                  <bdi>{name}</bdi>
                </b>
                {missing.length > 0 && (
                  <small class="muted">{listOfNames(missing.map(({ displayName }) => displayName))}</small>
                )}
                {already.length > 0 && (
                  <small class="muted">
                    {texts().call.already(listOfNames(already.map(({ displayName }) => displayName)))}
                  </small>
                )}
                {refusal !== undefined && <small class="muted">{refusal}</small>}
              </span>
              {missing.length > 0 && refusal === undefined && (
                <button
                  type="button"
                  class="icon-button call-one"
                  aria-label={texts().call.addGroup(name)}
                  title={texts().call.addGroup(name)}
                  disabled={isOffline || isBusy}
                  onClick={() => onAdd(userIds)}
                >
                  <AddPeopleIcon />
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
