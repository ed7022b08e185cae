/** Whom to call: typed, or ticked among the people one knows. */
import { listOfNames, sentenceFor } from "@signet/words";
import { useId, useState } from "preact/hooks";

import { Avatar } from "../components/avatar.tsx";
import { FailureNotice } from "../components/failure-notice.tsx";
import { CallIcon, CloseIcon, PeopleIcon } from "../components/icons.tsx";
import { PersonName } from "../components/name.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { UndoNote } from "../components/undo.tsx";
import { parseUserIds, whyNoUserId, withUserId } from "../lib/user-ids.ts";
import { countOf } from "../lib/words.ts";
import { useModel } from "../model.ts";

export function Composer() {
  const model = useModel();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const [looking, setLooking] = useState(false);
  const id = useId();
  const { valid, invalid } = parseUserIds(text);
  const self = model.self.value;
  const limit = model.state.value.server?.limits.callMembers;
  const calling = model.pending.value?.type === "call";
  const offline = model.state.value.connection.status !== "online";
  const people = model.people.value;
  const nameOf = (userId: string): string =>
    people.find((person) => person.userId === userId)?.displayName ?? userId;

  const check = (): string | undefined => {
    const [wrong] = invalid;
    if (wrong !== undefined) return whyNoUserId(wrong);
    if (valid.some((userId) => userId === self)) return sentenceFor("call.self");
    if (limit !== undefined && valid.length > limit)
      return `A call here can have ${limit} people besides you.`;
    return undefined;
  };
  // A word that is still being typed is not blamed.
  const atRest = text === "" || /[\s,;]$/.test(text);
  const shownProblem = problem ?? (atRest || valid.length + invalid.length > 1 ? check() : undefined);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const found = check() ?? (valid.length === 0 ? sentenceFor("call.noMembers") : undefined);
    setProblem(found);
    if (found !== undefined) {
      document.getElementById(id)?.focus();
      return;
    }
    void start();
  };
  const start = async (): Promise<void> => {
    if (looking) return;
    setLooking(true);
    const unknown = await model.unknownAmong(valid);
    setLooking(false);
    if (unknown.length > 0) {
      setProblem(`Nobody has the user ID ${listOfNames(unknown)} here. Check the spelling.`);
      document.getElementById(id)?.focus();
    } else if (await model.call(valid)) setText("");
  };

  let note = "User IDs, with spaces or commas between them.";
  if (valid.length > 0) note = `Will ring ${listOfNames(valid.map(nameOf))}.`;

  return (
    <section class="card composer" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Reach people</h2>
      <form onSubmit={submit} noValidate>
        <div class="field">
          <label htmlFor={id}>Call user IDs</label>
          <div class="composer-row">
            <input
              id={id}
              type="text"
              value={text}
              onInput={(event) => {
                setText(event.currentTarget.value);
                setProblem(undefined);
              }}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              placeholder="ann bob"
              readOnly={calling}
              aria-invalid={shownProblem !== undefined}
              aria-describedby={`${id}-note`}
            />
            <button type="submit" class="button primary" disabled={offline}>
              <CallIcon />
              Call
            </button>
          </div>
          <p
            id={`${id}-note`}
            class={shownProblem === undefined ? "hint" : "hint problem"}
            aria-live="polite"
          >
            {shownProblem ?? note}
          </p>
        </div>
      </form>
      {calling && (
        <TouchDialog
          title="Touch your device"
          text={`Its signature tells ${countOf(valid.length, "person", "people")} that it is you.`}
          onCancel={model.cancel}
        />
      )}
      <FailureNotice actions={["call"]} />
      <UndoNote list="people" />
      <People text={text} onText={setText} />
    </section>
  );
}

function People({ text, onText }: { text: string; onText: (text: string) => void }) {
  const model = useModel();
  const people = model.people.value;
  const reachable = model.reachable.value;
  const chosen = parseUserIds(text).valid;
  if (people.length === 0) {
    return (
      <div class="empty">
        <PeopleIcon />
        <p>
          <b>Nobody here yet.</b> People appear once you ring them or they ring you. Ask them for their user
          ID and type it above.
        </p>
      </div>
    );
  }
  return (
    <ul class="people" aria-label="People">
      {people.map(({ userId, displayName }) => {
        const here = reachable.get(userId);
        return (
          <li key={userId}>
            <label class="person">
              <input
                type="checkbox"
                checked={chosen.includes(userId)}
                onChange={(event) => onText(withUserId(text, userId, event.currentTarget.checked))}
              />
              <Avatar userId={userId} name={displayName} />
              <PersonName userId={userId} name={displayName} />
              <span class={`reach ${here === true ? "here" : ""}`}>
                {here === undefined ? "" : here ? "reachable" : "not reachable"}
              </span>
            </label>
            <button
              type="button"
              class="icon-button"
              aria-label={`Forget ${userId}`}
              title={`Forget ${userId}`}
              onClick={() => model.forgetPerson(userId)}
            >
              <CloseIcon />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
