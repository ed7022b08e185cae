import type { OwnDevice } from "@signet/terminal";
import { useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { deviceName, revokedWords, signerName } from "../lib/devices.ts";
import { fullDay } from "../lib/duration.ts";
import { deviceKindWords } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { NameDevice, RevokeDevice } from "./change-device.tsx";

const touchTexts = {
  nameDevice: "It signs the new name.",
  revokeDevice: "It signs that the other one counts no more.",
} as const;

/** What the person signs with, as their own devices signed it; and what they can do about it. */
export function YourDevices({ onAdd, onAddElsewhere }: { onAdd: () => void; onAddElsewhere: () => void }) {
  const model = useModel();
  const [asked, setAsked] = useState<{ readonly what: "name" | "revoke"; readonly device: OwnDevice }>();
  const session = model.session.value;
  if (session.status !== "signedIn") return null;
  const { devices } = session;
  const counting = devices.filter(({ revoked }) => revoked === undefined);
  const gone = devices.filter(({ revoked }) => revoked !== undefined);
  const pending = model.pending.value;
  const close = (): void => setAsked(undefined);
  return (
    <section class="card" aria-labelledby="devices-title">
      <h2 id="devices-title">Your devices</h2>
      <ul class="devices" aria-label="Devices that count">
        {counting.map((device) => (
          <li key={device.deviceId}>
            <DeviceFacts device={device} devices={devices} />
            <div class="row">
              <button
                type="button"
                class="button quiet small"
                aria-label={`${device.name === "" ? "Name" : "Rename"} ${deviceName(device)}`}
                onClick={() => setAsked({ what: "name", device })}
              >
                {device.name === "" ? "Name" : "Rename"}
              </button>
              {counting.length > 1 && (
                <button
                  type="button"
                  class="button danger-quiet small"
                  aria-label={`Revoke ${deviceName(device)}`}
                  onClick={() => setAsked({ what: "revoke", device })}
                >
                  Revoke
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {gone.length > 0 && (
        <details class="revoked-devices">
          <summary>{gone.length === 1 ? "1 revoked device" : `${gone.length} revoked devices`}</summary>
          <ul class="devices">
            {gone.map((device) => (
              <li key={device.deviceId}>
                <DeviceFacts device={device} devices={devices} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <FailureNotice actions={["addDevice", "addElsewhere", "nameDevice", "revokeDevice"]} />
      {counting.length === 1 && (
        <p class="hint">The only device that counts cannot be revoked: add another one first.</p>
      )}
      <button type="button" class="button quiet wide" onClick={onAdd}>
        Add a device
      </button>
      <button type="button" class="button quiet wide" onClick={onAddElsewhere}>
        Add a device at another machine
      </button>
      {asked?.what === "name" && <NameDevice device={asked.device} onClose={close} />}
      {asked?.what === "revoke" && <RevokeDevice device={asked.device} onClose={close} />}
      {(pending?.type === "nameDevice" || pending?.type === "revokeDevice") && (
        <TouchDialog
          title="Touch the device that you signed in with"
          text={touchTexts[pending.type]}
          onCancel={model.cancel}
        />
      )}
    </section>
  );
}

function DeviceFacts({ device, devices }: { device: OwnDevice; devices: readonly OwnDevice[] }) {
  const { addedAtMs, addedBy, deviceId, isThisOne, kind, name, revoked } = device;
  const since = `${addedBy === undefined ? "registered" : "added"} on ${fullDay(addedAtMs)}`;
  const by = addedBy === undefined ? "" : ` by ${signerName(addedBy, devices)}`;
  return (
    <div class="device-facts">
      <p>
        <b>{name === "" ? deviceKindWords[kind] : name}</b>
        {isThisOne && revoked === undefined && <span class="this-one">this one</span>}
      </p>
      <p class="hint">
        {name === "" ? "" : `${deviceKindWords[kind]} `}
        <code>{deviceId.slice(0, 8)}</code>, {since}
        {by}
        {revoked !== undefined &&
          `; revoked on ${fullDay(revoked.atMs)} by ${signerName(revoked.by, devices)}: ${revokedWords[revoked.why]}`}
      </p>
    </div>
  );
}
