/** What administrators see and do: everybody's devices, who asks to be recovered, and codes for new people. */
import { SignetError } from "@signet/terminal";
import type { AdministeredPerson, ErrorCode, OpenRecovery } from "@signet/terminal";
import { clockTime } from "@signet/words";
import { texts } from "@signet/words/page";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { Explanation } from "../components/explanation.tsx";
import { FailureNotice } from "../components/failure-notice.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { rich } from "../lib/rich.ts";
import { localFailure } from "../model/actions.ts";
import type { Pending } from "../model/actions.ts";
import { useModel } from "../model.ts";
import { AdministeredPeople } from "./administered-people.tsx";
import { RecoverPerson } from "./recover-person.tsx";
import type { RecoveryStart } from "./recover-person.tsx";

function signedFor(action: Pending["type"] | undefined): string | undefined {
  const { signs } = texts().administration;
  return Object.entries(signs).find(([name]) => name === action)?.[1];
}

export function Administration({ onClose }: { onClose: () => void }) {
  const model = useModel();
  const { look, problem, seen } = useAdministered();
  const [start, setStart] = useState<RecoveryStart | undefined>(() => model.linkedRecovery.peek());
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const pending = model.pending.value;
  const touch = signedFor(pending?.type);
  const closeRecovery = (): void => {
    model.linkedRecovery.value = undefined;
    setStart(undefined);
  };
  return (
    <div class="home administration">
      <div class="administration-head">
        <h1 ref={heading} tabIndex={-1}>
          {texts().administration.title}
        </h1>
        <button type="button" class="button quiet" onClick={onClose}>
          {texts().administration.back}
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
              {texts().administration.lookAgain}
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
        <TouchDialog title={texts().common.touchSignedIn} text={touch} onCancel={model.cancel} />
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
        <h2 id="recoveries-title">{texts().administration.whoAsks}</h2>
        <button type="button" class="button quiet small" onClick={onLook}>
          {texts().administration.lookAgain}
        </button>
      </div>
      {recoveries?.length === 0 && <p class="muted">{texts().administration.nobodyAsks}</p>}
      {recoveries !== undefined && recoveries.length > 0 && (
        <ul class="devices">
          {recoveries.map(({ askedAtMs, code, expiresAtMs, kind, name, userId }) => (
            <li key={code}>
              <p>
                {rich(
                  texts().administration.askedWith,
                  <b>{userId}</b>,
                  clockTime(askedAtMs),
                  clockTime(expiresAtMs),
                  name,
                  texts().devices.kindsInSentence[kind],
                )}
              </p>
              <div class="row">
                <button
                  type="button"
                  class="button quiet small"
                  aria-label={texts().administration.enterCodeOf(userId)}
                  onClick={() => onRecover({ userId })}
                >
                  {texts().administration.enterCode}
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="button quiet wide" onClick={() => onRecover({})}>
        {texts().administration.recoverSomebody}
      </button>
    </section>
  );
}

function InviteCode() {
  const model = useModel();
  const [code, setCode] = useState<string>();
  return (
    <section class="card" aria-labelledby="invite-code-title">
      <h2 id="invite-code-title">{texts().administration.somebodyNew}</h2>
      <p class="muted">{texts().administration.inviteText}</p>
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
        {code === undefined ? texts().administration.makeInvite : texts().administration.makeAnother}
      </button>
    </section>
  );
}
