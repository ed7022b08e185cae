import { calledName, listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";

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
  const names = [...(from.userId === self ? [] : [from]), ...present].map(calledName);
  const { elsewhereBefore, elsewhereWith, nobodyElse, withPeople } = texts().home;
  return (
    <section class="card joinable" aria-label={texts().home.elsewhere}>
      <h2>{device === undefined ? elsewhereBefore : elsewhereWith(deviceName(device))}</h2>
      <div class="who">
        <Avatar userId={from.userId} name={from.displayName} />
        <p>{names.length === 0 ? nobodyElse : withPeople(listOfNames(names))}</p>
        <button type="button" class="button primary" onClick={() => void model.moveHere()}>
          {texts().home.moveHere}
        </button>
      </div>
      {model.pending.value?.type === "moveHere" && (
        <TouchDialog title={texts().common.touch} text={texts().home.touchMove} onCancel={model.cancel} />
      )}
    </section>
  );
}
