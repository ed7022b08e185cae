import { useState } from "preact/hooks";

import { KeyIcon } from "../components/icons.tsx";
import { declineSecondDevice, isSecondDeviceDeclined } from "../lib/devices.ts";
import { useModel } from "../model.ts";

/** Proposed once there is something to lose: after the first call that somebody else was in. */
export function SecondDeviceCard({ onAdd }: { onAdd: () => void }) {
  const model = useModel();
  const [, setDismissed] = useState(false);
  const session = model.session.value;
  if (session.status !== "signedIn") return null;
  const { devices, userId } = session;
  const hasOne = devices.filter(({ revoked }) => revoked === undefined).length === 1;
  const hasCalled = model.recents.value.some(({ durationMs }) => durationMs > 0);
  if (!hasOne || !hasCalled || isSecondDeviceDeclined(userId)) return null;
  return (
    <section class="card tinted" aria-labelledby="second-device-title">
      <h2 id="second-device-title" class="with-icon">
        <KeyIcon />
        Have a second device
      </h2>
      <p>
        You have one signature device. Should it get lost, you could not be reached as <b>{userId}</b> any
        more, unless this server has an administrator, and they give it back to you. Add a second one while
        you have the first.
      </p>
      <div class="row">
        <button type="button" class="button primary small" onClick={onAdd}>
          Add a second device
        </button>
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            declineSecondDevice(userId);
            setDismissed(true);
          }}
        >
          Not now
        </button>
      </div>
    </section>
  );
}
