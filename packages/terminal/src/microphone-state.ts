import type { ErrorCode } from "@signet/protocol";

import type { VoiceProcess } from "./sound-choices.ts";

/** Why the chosen microphone is not the one in use. `silent`: the system, or a switch on it, keeps it from giving sound. */
export type MicrophoneTrouble = "gone" | "busy" | "silent";

export type MicrophoneState =
  | {
      readonly status: "on" | "muted";
      /** Another one is in use instead of the one that was chosen, which is taken again as soon as it is back. */
      readonly instead?: MicrophoneTrouble;
      /** The one in use gives no sound, whether it is muted here or not. */
      readonly silent?: true;
      /** What the browser does otherwise than the person chose, by its own word. */
      readonly unmet?: readonly VoiceProcess[];
    }
  | { readonly status: "starting" }
  /** `media.noMicrophone`, `media.microphoneBusy` or `media.microphoneDenied`: one listens only. */
  | { readonly status: "unavailable"; readonly code: ErrorCode };
