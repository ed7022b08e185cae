import { mostExceptions, SignetError } from "@signet/terminal";
import type { ErrorCode, Settings } from "@signet/terminal";
import { listOfNames, sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useId, useState } from "preact/hooks";

import { HelpLink } from "../../components/help-link.tsx";
import { Notice } from "../../components/notice.tsx";
import { TextField } from "../../components/text-field.tsx";
import { minuteOfTime, timeOfMinute } from "../../lib/quiet.ts";
import { parseUserIds, whyNoUserId } from "../../lib/user-ids.ts";
import { localFailure } from "../../model/actions.ts";
import { useModel } from "../../model.ts";

/** Before anything was chosen: a night. */
const firstHours = { isOn: false, fromMinute: 22 * 60, toMinute: 7 * 60 };
const nobody: Settings["exceptions"] = { favourites: false, userIds: [] };

/** When calls are only shown, and whose are heard all the same: the person's own choice, at all of their terminals. */
export function QuietChoices() {
  const model = useModel();
  const [problem, setProblem] = useState<ErrorCode>();
  const { personal } = model.state.value;
  if (personal === undefined) return null;
  const { doNotDisturb = false, exceptions = nobody, quietHours = firstHours } = personal.settings;
  const change = (next: Partial<Settings>): void => {
    setProblem(undefined);
    model.terminal.personal
      .changeSettings(next)
      .catch((error: unknown) =>
        setProblem((error instanceof SignetError ? error : localFailure(error)).code),
      );
  };
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={doNotDisturb}
          onChange={(event) => change({ doNotDisturb: event.currentTarget.checked })}
        />
        <span>{texts().settings.doNotDisturb}</span>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={quietHours.isOn}
          onChange={(event) => change({ quietHours: { ...quietHours, isOn: event.currentTarget.checked } })}
        />
        <span>{texts().settings.quietHours}</span>
      </label>
      {quietHours.isOn && (
        <div class="row">
          <TimeField
            label={texts().settings.from}
            minute={quietHours.fromMinute}
            onChange={(fromMinute) => change({ quietHours: { ...quietHours, fromMinute } })}
          />
          <TimeField
            label={texts().settings.until}
            minute={quietHours.toMinute}
            onChange={(toMinute) => change({ quietHours: { ...quietHours, toMinute } })}
          />
        </div>
      )}
      {quietHours.isOn && quietHours.fromMinute === quietHours.toMinute && (
        <p class="hint problem">{texts().settings.noHours}</p>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={exceptions.favourites}
          onChange={(event) =>
            change({ exceptions: { ...exceptions, favourites: event.currentTarget.checked } })
          }
        />
        <span>{texts().settings.favouritesRing}</span>
      </label>
      <Exceptions
        key={exceptions.userIds.join(" ")}
        exceptions={exceptions}
        onChange={(changed) => change({ exceptions: changed })}
      />
      {problem !== undefined && (
        <Notice tone="warning" alert>
          <p>{sentenceFor(problem)}</p>
          <HelpLink code={problem} />
        </Notice>
      )}
      <p class="hint">{texts().settings.quietHint}</p>
    </>
  );
}

interface TimeFieldProps {
  label: string;
  minute: number;
  onChange: (minute: number) => void;
}

function TimeField({ label, minute, onChange }: TimeFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="time"
        value={timeOfMinute(minute)}
        onChange={(event) => {
          const chosen = minuteOfTime(event.currentTarget.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      />
    </div>
  );
}

interface ExceptionsProps {
  exceptions: Settings["exceptions"];
  onChange: (exceptions: Settings["exceptions"]) => void;
}

/** Kept by a press, and not while it is typed: half a user ID is somebody else's. */
function Exceptions({ exceptions, onChange }: ExceptionsProps) {
  const { userIds } = exceptions;
  const [text, setText] = useState(userIds.join(" "));
  const [problem, setProblem] = useState<string>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { invalid, valid } = parseUserIds(text);
    const [odd] = invalid;
    if (odd !== undefined) return setProblem(whyNoUserId(odd));
    if (valid.length > mostExceptions) return setProblem(texts().settings.mostExceptions(mostExceptions));
    setProblem(undefined);
    return onChange({ ...exceptions, userIds: [...valid] });
  };
  return (
    <form class="dialog-form" onSubmit={submit} noValidate>
      <TextField
        name="exceptions"
        label={texts().settings.theseRing}
        hint={
          userIds.length === 0 ? texts().home.idsHint : texts().settings.ringAllTheSame(listOfNames(userIds))
        }
        value={text}
        onInput={setText}
        problem={problem}
        autocomplete="off"
        longest={2_000}
        disabled={false}
      />
      <div class="row">
        <button type="submit" class="button quiet small">
          {texts().settings.keepExceptions}
        </button>
      </div>
    </form>
  );
}
