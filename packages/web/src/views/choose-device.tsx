import { Modal } from "../components/modal.tsx";
import { fullDay } from "../lib/duration.ts";
import { deviceName } from "../lib/devices.ts";
import type { DeviceChoice } from "../model/actions.ts";

/** A signature names the device that makes it, so which one is at hand has to be said before it is touched. */
export function ChooseDevice({ choice, onCancel }: { choice: DeviceChoice; onCancel: () => void }) {
  return (
    <Modal labelledBy="choose-title" class="question" onEscape={onCancel}>
      <h2 id="choose-title" tabIndex={-1} autofocus>
        Which of your devices is here?
      </h2>
      <ul class="device-choice" aria-label="Your devices">
        {choice.devices.map((device) => (
          <li key={device.deviceId}>
            <button type="button" class="button quiet wide" onClick={() => choice.choose(device.deviceId)}>
              {deviceName(device)} <small>since {fullDay(device.addedAtMs)}</small>
            </button>
          </li>
        ))}
      </ul>
      <div class="row">
        <button type="button" class="button quiet" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </Modal>
  );
}
