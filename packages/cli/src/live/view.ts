import type {
  CallId,
  ChangedKey,
  ErrorCode,
  NewAdministrator,
  ShownLog,
  ShownResolution,
  UserId,
} from "@signet/terminal";

/** What the screen shows beside the terminal's state. */
export interface View {
  /** Of the calls that ring, the one that the keys are for; the first when it is gone. */
  readonly selected?: CallId | undefined;
  /** What a key asked for and a second one has to confirm. */
  readonly confirm?: Confirmation | undefined;
  /** The question does not fit into the window: nobody says yes to what they do not see. */
  readonly isCut?: boolean | undefined;
  readonly asking?: Asking | undefined;
  readonly help: boolean;
  /** What matters now and stands in no state, newest last. */
  readonly notices: readonly string[];
  /** A line for each call that is over, oldest first. */
  readonly past: readonly string[];
  /** Root mean square of the microphone, 0 to 1. */
  readonly level: number;
  /** Alone in a call: when this terminal leaves it, ms since 1970. */
  readonly leavesAtMs?: number | undefined;
  /** Files that the call is written to. */
  readonly recording: readonly string[];
  /** Why nothing comes out of the loudspeaker. */
  readonly speaker?: ErrorCode | undefined;
  /** The microphone is held back while others are heard. */
  readonly isHalfDuplex?: boolean;
  /** Approving signs no document here, as was asked for. */
  readonly withoutCms?: boolean;
  /** Nothing is sent, as was asked for. */
  readonly silent: boolean;
  /** Which calls are answered without a key being pressed. */
  readonly answers?: string | undefined;
  /** What the terminal works on, for example an answer that is being signed. */
  readonly busy?: string | undefined;
}

/** What is being typed: user IDs and what for, what is proposed, or whose approval that takes. */
export type Asking =
  | { readonly what: "invite" | "remove" | "makeHost" | "propose"; readonly text: string }
  | { readonly what: "approvers"; readonly text: string; readonly proposal: string };

export type Confirmation =
  | { readonly type: "remove"; readonly userId: UserId }
  | { readonly type: "makeHost"; readonly userId: UserId }
  | { readonly type: "end" }
  /** What is shown, and so what is signed. */
  | { readonly type: "decide"; readonly resolution: ShownResolution }
  /** What is shown, and so what is trusted, whatever comes up meanwhile. */
  | { readonly type: "trust"; readonly changed: ChangedKey; readonly warningId?: number }
  | { readonly type: "trustAdministrator"; readonly administrator: NewAdministrator }
  | { readonly type: "trustLog"; readonly log: ShownLog };

export const emptyView: View = { help: false, notices: [], past: [], recording: [], silent: false, level: 0 };

/** What is asked about a call ends with it; whom to trust does not. */
export function withoutCallQuestion(view: View): View {
  const type = view.confirm?.type;
  const isOfCall = type === "remove" || type === "makeHost" || type === "end" || type === "decide";
  return { ...view, asking: undefined, confirm: isOfCall ? undefined : view.confirm };
}

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ScreenOptions extends ScreenSize {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly color: boolean;
  /** The window shows more than ASCII. */
  readonly unicode: boolean;
  /** IANA name, for the time of day; the system's unless a test says otherwise. */
  readonly timeZone?: string;
}
