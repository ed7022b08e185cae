/** The way of somebody new to a first call, in steps that are done by pressing and seen to be done; put away, and back from the help. */
import { texts } from "@signet/words/page";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { CheckIcon } from "../components/icons.tsx";
import { firstSteps } from "../lib/first-steps.ts";
import type { FirstStep } from "../lib/first-steps.ts";
import { rich } from "../lib/rich.ts";
import { useModel } from "../model.ts";
import type { Model } from "../model.ts";
import { AddPerson } from "./add-person.tsx";

interface Content {
  readonly words: ComponentChildren;
  readonly act?: () => void;
}

/** An echo that nobody runs is not promised. */
function callStep({ call, echo }: Model): Content {
  const text = texts().firstSteps;
  if (echo.value === undefined) return { words: text.noEcho };
  const { isRunning, userId } = echo.value;
  const id = <b class="user-id">{userId}</b>;
  return isRunning === false
    ? { words: rich(text.echoAway, id) }
    : { words: rich(text.echo, id), act: () => void call([userId]) };
}

export function FirstSteps() {
  const model = useModel();
  const isShown = model.firstStepsShown.value;
  const self = model.self.value;
  useEffect(() => {
    if (isShown) model.beginFirstSteps();
  }, [model, isShown, self]);
  const [isAdding, setAdding] = useState(false);
  if (!isShown) return null;
  const done = model.firstStepsDone.value;
  const next = firstSteps.find((step) => !done.has(step));
  const text = texts().firstSteps;
  const isBusy = model.pending.value !== undefined || model.state.value.connection.status !== "online";
  const contents: Readonly<Record<FirstStep, Content>> = {
    signIn: { words: rich(text.signIn, <b class="user-id">{self}</b>) },
    sound: { words: text.sound, act: () => model.goTo({ view: "settings", section: "sound" }) },
    // Done, it asks for nothing, whoever gives back what one says.
    call: done.has("call") ? { words: text.hadCall } : callStep(model),
    person: { words: text.person, act: () => setAdding(true) },
  };
  return (
    <section class="card tinted first-steps" aria-labelledby="first-steps-title">
      <div class="card-head">
        <h2 id="first-steps-title">{text.title}</h2>
        <button type="button" class="button quiet small" onClick={model.putFirstStepsAway}>
          {next === undefined ? texts().common.close : text.putAway}
        </button>
      </div>
      <ol>
        {firstSteps.map((step) => (
          <li
            key={step}
            class={done.has(step) ? "done" : undefined}
            aria-current={step === next ? "step" : undefined}
          >
            <span class="step-mark" aria-hidden="true">
              {done.has(step) ? <CheckIcon /> : firstSteps.indexOf(step) + 1}
            </span>
            <span class="step-words">
              {done.has(step) && <span class="hidden-text">{text.done} </span>}
              {contents[step].words}
            </span>
            {!done.has(step) && contents[step].act !== undefined && (
              <button
                type="button"
                class={step === next ? "button primary small" : "button quiet small"}
                disabled={step === "call" && isBusy}
                onClick={contents[step].act}
              >
                {text.acts[step as "sound" | "call" | "person"]}
              </button>
            )}
          </li>
        ))}
      </ol>
      <p class="hint" role="status">
        {next === undefined ? text.allDone : text.comesBack}
      </p>
      {isAdding && <AddPerson onClose={() => setAdding(false)} />}
    </section>
  );
}
