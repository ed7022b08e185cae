/** What the bench tells a load process, and what it answers: each request gets one answer with the same number. */
export type LoadRequest =
  /** A terminal with one sending part and `slots` receiving ones; answers its offer. */
  | { readonly type: "offer"; readonly peer: string; readonly slots: number }
  | { readonly type: "accept"; readonly peer: string; readonly answerSdp: string }
  /** A subscriber that answers an offer (Janus). */
  | { readonly type: "answer"; readonly peer: string; readonly offerSdp: string }
  | { readonly type: "connected"; readonly peer: string }
  /** Lets these peers send, 50 packets a second each; `talker` is written into the packets. */
  | { readonly type: "talk"; readonly peers: readonly { readonly peer: string; readonly talker: number }[] }
  | { readonly type: "begin" }
  | { readonly type: "end" }
  | { readonly type: "clear" };

export interface LoadReport {
  readonly received: number;
  readonly lost: number;
  /** Packets by delay from sender to receiver; one entry per {@link delayStepMs}, the last takes all that is longer. */
  readonly delays: readonly number[];
}

export type LoadAnswer = {
  readonly request: number;
  readonly sdp?: string;
  readonly report?: LoadReport;
  readonly error?: string;
};

export const delayStepMs = 0.02;
export const delaySteps = 5000;
