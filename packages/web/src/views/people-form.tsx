/** Whom to call, or to bring into a call: typed, or ticked among the people one knows. */
import { listOfNames, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import type { UserId } from "@signet/terminal";
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

import { parseUserIds, whyNoUserId, withUserId } from "../lib/user-ids.ts";
import { useModel } from "../model.ts";
import { OwnPeople } from "./own-people.tsx";
import { PeopleList } from "./people-list.tsx";
import type { Picked } from "./people-list.tsx";

interface PeopleFormProps {
  label: string;
  /** What the button says, and does. */
  button: ComponentChildren;
  /** The touch is waited for. */
  isBusy: boolean;
  /** @returns why these cannot be reached, as a sentence */
  check: (userIds: readonly UserId[]) => string | undefined;
  /** @returns whether it came to that; then the field is empty again */
  onSubmit: (userIds: readonly UserId[]) => Promise<boolean>;
  /** One's own, with all that can be done with them; or all but these, to be ticked alone. */
  people: "own" | { readonly without: ReadonlySet<string> };
  /** Between the field and the people. */
  children?: ComponentChildren;
}

export function PeopleForm(props: PeopleFormProps) {
  const { button, children, isBusy, label, onSubmit } = props;
  const model = useModel();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const [looking, setLooking] = useState(false);
  const id = useId();
  const { valid, invalid } = parseUserIds(text);
  const self = model.self.value;
  const offline = model.state.value.connection.status !== "online";

  const check = (): string | undefined => {
    const [wrong] = invalid;
    if (wrong !== undefined) return whyNoUserId(wrong);
    if (valid.some((userId) => userId === self)) return sentenceFor("call.self");
    return props.check(valid);
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
      setProblem(model.noOneHas(unknown));
      document.getElementById(id)?.focus();
    } else if (await onSubmit(valid)) setText("");
  };

  const picked: Picked = {
    userIds: valid,
    pick: (userId, isWanted) => setText(withUserId(text, userId, isWanted)),
  };
  const { people } = props;
  const offered =
    people === "own" ? [] : model.people.value.filter(({ userId }) => !people.without.has(userId));

  let note = texts().home.idsHint;
  if (valid.length > 0) note = texts().home.willRing(listOfNames(valid.map(model.nameOf)));

  return (
    <>
      <form onSubmit={submit} noValidate>
        <div class="field">
          <label htmlFor={id}>{label}</label>
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
              placeholder={texts().home.placeholder}
              readOnly={isBusy}
              aria-invalid={shownProblem !== undefined}
              aria-describedby={`${id}-note`}
            />
            <button type="submit" class="button primary" disabled={offline}>
              {button}
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
      {children}
      {props.people === "own" ? (
        <OwnPeople picked={picked} />
      ) : (
        <PeopleList people={offered} picked={picked} />
      )}
    </>
  );
}
