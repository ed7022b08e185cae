/** What administrators see and do: everybody's devices, who asks to be recovered, and codes for new people. */
import { SignetError } from "@signet/terminal";
import type { AdministeredPerson, ErrorCode, OpenRecovery } from "@signet/terminal";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { Explanation } from "../components/explanation.tsx";
import { FailureNotice } from "../components/failure-notice.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { clockTime } from "../lib/duration.ts";
import { deviceKindWords } from "../lib/words.ts";
import { localFailure } from "../model/actions.ts";
import { useModel } from "../model.ts";
import { AdministeredPeople } from "./administered-people.tsx";
import { RecoverPerson } from "./recover-person.tsx";
import type { RecoveryStart } from "./recover-person.tsx";

const touchTexts: Partial<Record<string, string>> = {
  recoverPerson: "It signs that the new device is theirs.",
  revokeDevice: "It signs that the other one counts no more.",
  appoint: "It signs that they administer.",
  dismiss: "It signs that they administer no more.",
  inviteCode: "It signs for the code.",
};

export function Administration({ onClose }: { onClose: () => void }) {
  const model = useModel();
  const { look, problem, seen } = useAdministered();
  const [start, setStart] = useState<RecoveryStart | undefined>(() => model.linkedRecovery.peek());
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const pending = model.pending.value;
  const touch = pending === undefined ? undefined : touchTexts[pending.type];
  const closeRecovery = (): void => {
    model.linkedRecovery.value = undefined;
    setStart(undefined);
  };
  return (
    <div class="home administration">
      <div class="administration-head">
        <h1 ref={heading} tabIndex={-1}>
          Administration
        </h1>
        <button type="button" class="button quiet" onClick={onClose}>
          Back to calls
        </button>
      </div>
      <div class="column side">
        <Recoveries recoveries={seen?.recoveries} onLook={() => void look()} onRecover={setStart} />
        <InviteCode />
      </div>
      <div class="column">
        <FailureNotice actions={["recoverPerson", "revokeDevice", "appoint", "dismiss", "inviteCode"]} />
        {problem !== undefined && (
          <Explanation code={problem} userIds={[]}>
            <button type="button" class="button quiet small" onClick={() => void look()}>
              Look again
            </button>
          </Explanation>
        )}
        <AdministeredPeople
          people={seen?.people}
          onRecover={(userId) => setStart({ userId })}
          onChange={() => void look()}
        />
      </div>
      {start !== undefined && pending === undefined && (
        <RecoverPerson start={start} onClose={closeRecovery} onDone={() => void look()} />
      )}
      {touch !== undefined && (
        <TouchDialog title="Touch the device that you signed in with" text={touch} onCancel={model.cancel} />
      )}
    </div>
  );
}

interface Administered {
  readonly people: readonly AdministeredPerson[];
  readonly recoveries: readonly OpenRecovery[];
}

/** As it was when it was looked at last. */
function useAdministered() {
  const { administration } = useModel().terminal;
  const [seen, setSeen] = useState<Administered>();
  const [problem, setProblem] = useState<ErrorCode>();
  const look = useCallback(async (): Promise<void> => {
    try {
      const [people, recoveries] = await Promise.all([administration.people(), administration.recoveries()]);
      setSeen({ people, recoveries });
      setProblem(undefined);
    } catch (error) {
      setProblem((error instanceof SignetError ? error : localFailure(error)).code);
    }
  }, [administration]);
  useEffect(() => void look(), [look]);
  return { seen, problem, look };
}

interface RecoveriesProps {
  recoveries: readonly OpenRecovery[] | undefined;
  onLook: () => void;
  onRecover: (start: RecoveryStart) => void;
}

/** Without their codes: whoever signs has to hear one. */
function Recoveries({ onLook, onRecover, recoveries }: RecoveriesProps) {
  return (
    <section class="card" aria-labelledby="recoveries-title">
      <div class="card-head">
        <h2 id="recoveries-title">Who asks to be recovered</h2>
        <button type="button" class="button quiet small" onClick={onLook}>
          Look again
        </button>
      </div>
      {recoveries?.length === 0 && (
        <p class="muted">
          Nobody just now. Who lost all devices chooses “Ask an administrator” where one signs in, and reads
          you a code.
        </p>
      )}
      {recoveries !== undefined && recoveries.length > 0 && (
        <ul class="devices">
          {recoveries.map(({ askedAtMs, code, expiresAtMs, kind, name, userId }) => (
            <li key={code}>
              <p>
                <b>{userId}</b> since {clockTime(askedAtMs)}, until {clockTime(expiresAtMs)}, with “{name}”:{" "}
                {deviceKindWords[kind].toLowerCase()}
              </p>
              <div class="row">
                <button
                  type="button"
                  class="button quiet small"
                  aria-label={`Enter the code of ${userId}`}
                  onClick={() => onRecover({ userId })}
                >
                  Enter the code
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="button quiet wide" onClick={() => onRecover({})}>
        Recover somebody
      </button>
    </section>
  );
}

function InviteCode() {
  const model = useModel();
  const [code, setCode] = useState<string>();
  return (
    <section class="card" aria-labelledby="invite-code-title">
      <h2 id="invite-code-title">Somebody new</h2>
      <p class="muted">An invite code registers one person, once. This server cannot show it again.</p>
      <div role="status">
        {code !== undefined && (
          <p class="pairing-code">
            <code>{code}</code>
          </p>
        )}
      </div>
      <button
        type="button"
        class="button quiet wide"
        onClick={() => {
          setCode(undefined);
          void model.makeInvite(setCode);
        }}
      >
        {code === undefined ? "Make an invite code" : "Make another one"}
      </button>
    </section>
  );
}
