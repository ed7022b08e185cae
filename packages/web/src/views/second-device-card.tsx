import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { KeyIcon } from "../components/icons.tsx";
import { declineSecondDevice, isSecondDeviceDeclined } from "../lib/devices.ts";
import { rich } from "../lib/rich.ts";
import { useModel } from "../model.ts";

/** Proposed once there is something to lose: after the first call that somebody else was in. */
export function SecondDeviceCard({ onAdd }: { onAdd: () => void }) {
  const model = useModel();
  const [, setDismissed] = useState(false);
  const session = model.session.value;
  if (session.status !== "signedIn") return null;
  const { devices, userId } = session;
  const hasOne = devices.filter(({ revoked }) => revoked === undefined).length === 1;
  const hasCalled = model.history.value.some(({ outcome }) => outcome === "talked");
  if (!hasOne || !hasCalled || isSecondDeviceDeclined(userId)) return null;
  return (
    <section class="card tinted" aria-labelledby="second-device-title">
      <h2 id="second-device-title" class="with-icon">
        <KeyIcon />
        {texts().devices.second}
      </h2>
      <p>{rich(texts().devices.secondText, <b>{userId}</b>)}</p>
      <div class="row">
        <button type="button" class="button primary small" onClick={onAdd}>
          {texts().devices.addSecond}
        </button>
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            declineSecondDevice(userId);
            setDismissed(true);
          }}
        >
          {texts().common.notNow}
        </button>
      </div>
    </section>
  );
}
