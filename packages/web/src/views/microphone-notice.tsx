import type { MicrophoneState, MicrophoneTrouble } from "@signet/terminal";
import { sentenceFor } from "@signet/words";

import { Notice } from "../components/notice.tsx";
import {
  preferredMicrophone,
  preferredMicrophoneName,
  storePreferredMicrophone,
} from "../lib/microphones.ts";
import { useModel } from "../model.ts";

const troubleWords: Record<MicrophoneTrouble, string> = {
  gone: "is not connected",
  busy: "cannot be opened, perhaps since another program uses it",
  silent: "gives no sound: the system or a switch on it mutes it",
};

/** That the others hear nothing, or by another microphone than the chosen one; and the ways out. */
export function MicrophoneNotice({ microphone }: { microphone: MicrophoneState }) {
  const model = useModel();
  const open = (deviceId: string | undefined): void =>
    void model.terminal.setMicrophone(deviceId).catch(() => {});
  const retry = (
    <button type="button" class="button quiet small" onClick={() => open(preferredMicrophone())}>
      Try again
    </button>
  );
  const useDefault = (
    <button
      type="button"
      class="button quiet small"
      onClick={() => {
        storePreferredMicrophone(undefined);
        open(undefined);
      }}
    >
      Use the default one
    </button>
  );
  if (microphone.status === "starting") return null;
  if (microphone.status === "unavailable")
    return (
      <Notice tone="warning" alert title="The others cannot hear you">
        <p>{sentenceFor(microphone.code)}</p>
        <div class="row">
          {retry}
          {preferredMicrophone() !== undefined && useDefault}
        </div>
      </Notice>
    );
  if (microphone.silent === true)
    return (
      <Notice tone="warning" alert title="The others cannot hear you">
        <p>Your microphone gives no sound: the system or a switch on it mutes it.</p>
        <div class="row">{retry}</div>
      </Notice>
    );
  if (microphone.instead === undefined) return null;
  return (
    <Notice tone="info" alert title="Another microphone is in use">
      <p>
        {preferredMicrophoneName()} {troubleWords[microphone.instead]}. The others hear you by another one
        meanwhile.
      </p>
      <div class="row">
        {retry}
        {useDefault}
      </div>
    </Notice>
  );
}
