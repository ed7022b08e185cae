import type { MicrophoneState } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";

import { Notice } from "../components/notice.tsx";
import {
  preferredMicrophone,
  preferredMicrophoneName,
  storePreferredMicrophone,
} from "../lib/microphones.ts";
import { useModel } from "../model.ts";

/** That the others hear nothing, or by another microphone than the chosen one; and the ways out. */
export function MicrophoneNotice({ microphone }: { microphone: MicrophoneState }) {
  const model = useModel();
  const open = (deviceId: string | undefined): void =>
    void model.terminal.setMicrophone(deviceId).catch(() => {});
  const retry = (
    <button type="button" class="button quiet small" onClick={() => open(preferredMicrophone())}>
      {texts().common.tryAgain}
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
      {texts().call.useDefault}
    </button>
  );
  if (microphone.status === "starting") return null;
  if (microphone.status === "unavailable")
    return (
      <Notice tone="warning" alert title={texts().call.unheard}>
        <p>{sentenceFor(microphone.code)}</p>
        <div class="row">
          {retry}
          {preferredMicrophone() !== undefined && useDefault}
        </div>
      </Notice>
    );
  if (microphone.silent === true)
    return (
      <Notice tone="warning" alert title={texts().call.unheard}>
        <p>{texts().call.silent}</p>
        <div class="row">{retry}</div>
      </Notice>
    );
  if (microphone.instead === undefined) return null;
  return (
    <Notice tone="info" alert title={texts().call.otherMicrophone}>
      <p>{texts().call.trouble[microphone.instead](preferredMicrophoneName())}</p>
      <div class="row">
        {retry}
        {useDefault}
      </div>
    </Notice>
  );
}
