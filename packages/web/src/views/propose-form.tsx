/** Puts a text, or a file that stays here, to those in the call. */
import { longestResolutionText } from "@signet/terminal";
import type { AskedRule, CallView, ResolutionSubject, UserId } from "@signet/terminal";
import { calledName } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { mostHashedBytes, sha256Of } from "../lib/resolutions.ts";
import { useModel } from "../model.ts";

type Whose = AskedRule["type"];

export function ProposeForm({ call }: { call: CallView }) {
  const words = texts().resolutions;
  const model = useModel();
  const here = call.participants.filter(({ guest, state }) => state === "joined" && guest === undefined);
  const [isFile, setFile] = useState(false);
  const [text, setText] = useState("");
  const [file, setChosen] = useState<ResolutionSubject>();
  const [isTooLarge, setTooLarge] = useState(false);
  const [whose, setWhose] = useState<Whose>("all");
  const [needed, setNeeded] = useState(2);
  const [named, setNamed] = useState<ReadonlySet<UserId>>(new Set());
  const length = Array.from(text).length;
  const subject: ResolutionSubject | undefined = isFile ? file : { type: "text", text };
  const isWhole = isFile ? file !== undefined : text.trim() !== "" && length <= longestResolutionText;
  const isAsked =
    whose === "named" ? named.size > 0 : whose === "all" || (needed >= 1 && needed <= here.length);
  const rule: AskedRule =
    whose === "named"
      ? { type: "named", userIds: [...named] }
      : whose === "some"
        ? { type: "some", needed }
        : { type: "all" };
  const choose = async (chosen: File | undefined): Promise<void> => {
    setChosen(undefined);
    setTooLarge(chosen !== undefined && chosen.size > mostHashedBytes);
    if (chosen === undefined || chosen.size > mostHashedBytes) return;
    const sha256 = await sha256Of(chosen);
    setChosen({ type: "file", name: chosen.name, sha256, sizeBytes: chosen.size });
  };
  const propose = async (): Promise<void> => {
    if (subject === undefined) return;
    if (await model.propose(subject, rule)) setText("");
  };
  return (
    <form
      class="propose"
      aria-labelledby="propose-title"
      onSubmit={(event) => {
        event.preventDefault();
        void propose();
      }}
    >
      <h3 id="propose-title">{words.proposeTitle}</h3>
      <div class="row">
        <button type="button" class="chip" aria-pressed={!isFile} onClick={() => setFile(false)}>
          {words.kindText}
        </button>
        <button type="button" class="chip" aria-pressed={isFile} onClick={() => setFile(true)}>
          {words.kindFile}
        </button>
      </div>
      {isFile ? (
        <div class="field">
          <label htmlFor="propose-file">{words.chooseFile}</label>
          <input
            id="propose-file"
            type="file"
            aria-describedby="propose-file-note"
            onChange={({ currentTarget }) => void choose(currentTarget.files?.[0])}
          />
          <p id="propose-file-note" class="hint">
            {isTooLarge ? words.fileTooLarge : words.fileStays}
          </p>
        </div>
      ) : (
        <div class="field">
          <label htmlFor="propose-text">{words.text}</label>
          <textarea
            id="propose-text"
            rows={4}
            value={text}
            aria-invalid={length > longestResolutionText}
            aria-describedby="propose-text-note"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          <p id="propose-text-note" class="hint">
            {words.characters(length, longestResolutionText)}
          </p>
        </div>
      )}
      <fieldset>
        <legend>{words.whose}</legend>
        <Choice value="all" whose={whose} onWhose={setWhose} label={words.all(here.length)} />
        <Choice value="some" whose={whose} onWhose={setWhose} label={words.some} />
        {whose === "some" && (
          <label class="propose-needed">
            {words.howMany}
            <input
              type="number"
              min={1}
              max={here.length}
              value={needed}
              onInput={({ currentTarget }) => setNeeded(currentTarget.valueAsNumber)}
            />
          </label>
        )}
        <Choice value="named" whose={whose} onWhose={setWhose} label={words.named} />
        {whose === "named" &&
          here.map((person) => (
            <label key={person.userId} class="propose-named">
              <input
                type="checkbox"
                checked={named.has(person.userId)}
                onChange={({ currentTarget: { checked } }) => {
                  const others = [...named].filter((userId) => userId !== person.userId);
                  setNamed(new Set(checked ? [...others, person.userId] : others));
                }}
              />
              <bdi>{calledName(person)}</bdi>
            </label>
          ))}
      </fieldset>
      <button
        type="submit"
        class="button primary wide"
        disabled={!isWhole || !isAsked || call.phase !== "active" || model.pending.value !== undefined}
      >
        {words.propose}
      </button>
    </form>
  );
}

interface ChoiceProps {
  value: Whose;
  whose: Whose;
  label: string;
  onWhose: (whose: Whose) => void;
}

const Choice = ({ value, whose, label, onWhose }: ChoiceProps) => (
  <label class="propose-whose">
    <input type="radio" name="whose" checked={whose === value} onChange={() => onWhose(value)} />
    {label}
  </label>
);
