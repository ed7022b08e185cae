import { fullDay } from "@signet/words";
import { texts } from "@signet/words/page";

import { Modal } from "../components/modal.tsx";
import { deviceName } from "../lib/devices.ts";
import type { DeviceChoice } from "../model/actions.ts";

/** A signature names the device that makes it, so which one is at hand has to be said before it is touched. */
export function ChooseDevice({ choice, onCancel }: { choice: DeviceChoice; onCancel: () => void }) {
  return (
    <Modal labelledBy="choose-title" class="question" onEscape={onCancel}>
      <h2 id="choose-title" tabIndex={-1} autofocus>
        {texts().signIn.whichDevice}
      </h2>
      <ul class="device-choice" aria-label={texts().signIn.yourDevices}>
        {choice.devices.map((device) => (
          <li key={device.deviceId}>
            <button type="button" class="button quiet wide" onClick={() => choice.choose(device.deviceId)}>
              {deviceName(device)} <small>{texts().signIn.since(fullDay(device.addedAtMs))}</small>
            </button>
          </li>
        ))}
      </ul>
      <div class="row">
        <button type="button" class="button quiet" onClick={onCancel}>
          {texts().common.cancel}
        </button>
      </div>
    </Modal>
  );
}
