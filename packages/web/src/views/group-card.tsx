import { nameFault } from "@signet/terminal";
import type { ListedGroup, UserId } from "@signet/terminal";
import { nameFaultWords, sentence } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { Modal } from "../components/modal.tsx";
import { TextField } from "../components/text-field.tsx";
import { useModel } from "../model.ts";
import { PeopleList } from "./people-list.tsx";

/** A group's name, and who is in it. @param group undefined for a new one */
export function GroupCard({ group, onClose }: { group: ListedGroup | undefined; onClose: () => void }) {
  const model = useModel();
  const people = model.people.value;
  const [name, setName] = useState(group?.name ?? "");
  const [problem, setProblem] = useState<string>();
  const [former] = useState<ReadonlySet<UserId>>(
    () =>
      new Set(
        people.flatMap(({ groupIds, userId }) =>
          group !== undefined && groupIds.includes(group.groupId) ? [userId] : [],
        ),
      ),
  );
  const [members, setMembers] = useState(former);
  const text = texts().people;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const trimmed = name.trim();
    const fault = nameFault(trimmed);
    if (fault !== undefined)
      return setProblem(
        fault === "empty" ? text.groupNeedsName : sentence(texts().common.nameRefused(nameFaultWords(fault))),
      );
    onClose();
    void model.writeGroup(group?.groupId, trimmed, { from: former, to: members });
  };
  const pick = (userId: UserId, isWanted: boolean): void => {
    const next = new Set(members);
    if (isWanted) next.add(userId);
    else next.delete(userId);
    setMembers(next);
  };
  return (
    <Modal labelledBy="group-title" class="question add-people" onEscape={onClose}>
      <h2 id="group-title">{group === undefined ? text.newGroup : text.changeGroup(group.name)}</h2>
      <form class="dialog-form" onSubmit={submit} noValidate>
        <TextField
          name="group"
          label={text.groupName}
          hint={undefined}
          value={name}
          onInput={(value) => {
            setName(value);
            setProblem(undefined);
          }}
          problem={problem}
          autocomplete="off"
          disabled={false}
        />
        <h3>{text.whoIsIn}</h3>
        <PeopleList people={people} picked={{ userIds: [...members], pick }} />
        <div class="row">
          {group !== undefined && (
            <button
              type="button"
              class="button danger-quiet"
              onClick={() => {
                onClose();
                void model.removeGroup(group);
              }}
            >
              {text.removeGroup}
            </button>
          )}
          <button type="button" class="button quiet" onClick={onClose}>
            {texts().common.cancel}
          </button>
          <button type="submit" class="button primary">
            {text.save}
          </button>
        </div>
      </form>
    </Modal>
  );
}
