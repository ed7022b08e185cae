import type { DeviceId, DeviceUse, OwnDevice } from "@signet/terminal";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { DeviceFacts } from "../components/device-facts.tsx";
import { FailureNotice } from "../components/failure-notice.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { deviceName } from "../lib/devices.ts";
import { useNow } from "../lib/hooks.ts";
import { useModel } from "../model.ts";
import { NameDevice, RevokeDevice } from "./change-device.tsx";

/** What the person signs with, as their own devices signed it; and what they can do about it. */
export function YourDevices({ onAdd, onAddElsewhere }: { onAdd: () => void; onAddElsewhere: () => void }) {
  const model = useModel();
  const [asked, setAsked] = useState<{ readonly what: "name" | "revoke"; readonly device: OwnDevice }>();
  const uses = useDeviceUses();
  const session = model.session.value;
  if (session.status !== "signedIn") return null;
  const { devices } = session;
  const counting = devices.filter(({ revoked }) => revoked === undefined);
  const gone = devices.filter(({ revoked }) => revoked !== undefined);
  const pending = model.pending.value;
  const close = (): void => setAsked(undefined);
  return (
    <section class="card" aria-labelledby="devices-title">
      <h2 id="devices-title">{texts().devices.title}</h2>
      <ul class="devices" aria-label={texts().devices.counting}>
        {counting.map((device) => (
          <li key={device.deviceId}>
            <DeviceFacts
              device={device}
              devices={devices}
              isThisOne={device.isThisOne}
              use={uses.get(device.deviceId)}
            />
            <div class="row">
              <button
                type="button"
                class="button quiet small"
                aria-label={(device.name === "" ? texts().devices.nameOne : texts().devices.renameOne)(
                  deviceName(device),
                )}
                onClick={() => setAsked({ what: "name", device })}
              >
                {device.name === "" ? texts().devices.name : texts().devices.rename}
              </button>
              {counting.length > 1 && (
                <button
                  type="button"
                  class="button danger-quiet small"
                  aria-label={texts().devices.revokeOne(deviceName(device))}
                  onClick={() => setAsked({ what: "revoke", device })}
                >
                  {texts().devices.revoke}
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {gone.length > 0 && (
        <details class="revoked-devices">
          <summary>{texts().devices.revokedCount(gone.length)}</summary>
          <ul class="devices">
            {gone.map((device) => (
              <li key={device.deviceId}>
                <DeviceFacts device={device} devices={devices} isThisOne={device.isThisOne} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <FailureNotice actions={["addDevice", "addElsewhere", "nameDevice", "revokeDevice"]} />
      {counting.length === 1 && <p class="hint">{texts().devices.onlyOne}</p>}
      <button type="button" class="button quiet wide" onClick={onAdd}>
        {texts().devices.add}
      </button>
      <button type="button" class="button quiet wide" onClick={onAddElsewhere}>
        {texts().devices.addElsewhere}
      </button>
      {asked?.what === "name" && <NameDevice device={asked.device} onClose={close} />}
      {asked?.what === "revoke" && <RevokeDevice device={asked.device} onClose={close} />}
      {(pending?.type === "nameDevice" || pending?.type === "revokeDevice") && (
        <TouchDialog
          title={texts().common.touchSignedIn}
          text={pending.type === "nameDevice" ? texts().devices.signsName : texts().devices.signsRevocation}
          onCancel={model.cancel}
        />
      )}
    </section>
  );
}

/** Asked anew now and then, and where a device came or went. Where nobody answers, nothing is said of it. */
function useDeviceUses(): ReadonlyMap<DeviceId, DeviceUse> {
  const model = useModel();
  const [uses, setUses] = useState<ReadonlyMap<DeviceId, DeviceUse>>(new Map());
  const nowMs = useNow(60_000);
  const { connection, session } = model.state.value;
  const isOnline = connection.status === "online";
  const devices = session.status === "signedIn" ? session.devices.map(({ deviceId }) => deviceId).join() : "";
  useEffect(() => {
    if (!isOnline || devices === "") return;
    void model.terminal.deviceUses().then(
      (found) => setUses(new Map(found.map((use) => [use.deviceId, use]))),
      () => setUses(new Map()),
    );
  }, [model, isOnline, devices, nowMs]);
  return uses;
}
