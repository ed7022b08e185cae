import { SignetError } from "@signet/terminal";
import type { ErrorCode, Settings } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { HelpLink, HowToLink } from "../../components/help-link.tsx";
import { Notice } from "../../components/notice.tsx";
import { localFailure } from "../../model/actions.ts";
import { useModel } from "../../model.ts";

const choices: readonly Settings["presenceFor"][] = ["everybody", "people", "nobody"];

/** Who may see whether the person is there: their own choice, at all of their terminals. */
export function PresenceChoices() {
  const model = useModel();
  const [problem, setProblem] = useState<ErrorCode>();
  const { personal } = model.state.value;
  if (personal === undefined) return null;
  const { presenceFor = "everybody" } = personal.settings;
  const text = texts().settings.presence;
  const choose = (chosen: Settings["presenceFor"]): void => {
    setProblem(undefined);
    model.terminal.personal
      .changeSettings({ presenceFor: chosen })
      .catch((caught: unknown) =>
        setProblem((caught instanceof SignetError ? caught : localFailure(caught)).code),
      );
  };
  const code = problem ?? personal.presenceUntold;
  return (
    <>
      <fieldset class="ticks presence-choices">
        <legend>{text.title}</legend>
        {choices.map((choice) => (
          <label key={choice} class="check">
            <input
              type="radio"
              name="presence-for"
              checked={choice === presenceFor}
              onChange={() => choose(choice)}
            />
            <span>{text.choices[choice]}</span>
          </label>
        ))}
        {code !== undefined && (
          <Notice tone="warning" alert>
            <p>{sentenceFor(code)}</p>
            <HelpLink code={code} />
          </Notice>
        )}
      </fieldset>
      <p class="hint">{text.what}</p>
      <p class="hint">{text.server}</p>
      <HowToLink topic="presence" />
    </>
  );
}
