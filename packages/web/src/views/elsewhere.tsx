import { listOfNames } from "@signet/words";

import { Avatar } from "../components/avatar.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { deviceName } from "../lib/devices.ts";
import { useModel } from "../model.ts";

/** The call that the person is in at another terminal of theirs: it goes on there until it is moved here. */
export function CallElsewhere() {
  const model = useModel();
  const { elsewhere, session } = model.state.value;
  const self = model.self.value;
  if (elsewhere === undefined || session.status !== "signedIn") return null;
  const { from, others, device } = elsewhere;
  const present = others.filter(({ state }) => state === "joined");
  const names = [...(from.userId === self ? [] : [from]), ...present].map((person) => person.displayName);
  const where =
    device === undefined
      ? "at the terminal where your device was before"
      : `at another terminal, with ${deviceName(device)}`;
  return (
    <section class="card joinable" aria-label="Your call at another terminal">
      <h2>You are in a call {where}</h2>
      <div class="who">
        <Avatar userId={from.userId} name={from.displayName} />
        <p>
          {names.length === 0 ? "Nobody else is in it so far." : `With ${listOfNames(names)}.`} It goes on
          there until you are connected here.
        </p>
        <button type="button" class="button primary" onClick={() => void model.moveHere()}>
          Move it here
        </button>
      </div>
      {model.pending.value?.type === "moveHere" && (
        <TouchDialog
          title="Touch your device"
          text="Its signature moves the call here."
          onCancel={model.cancel}
        />
      )}
    </section>
  );
}
