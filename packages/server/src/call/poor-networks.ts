import type { MediaEvent } from "@signet/media";
import { encodeMessage, presentTerminals } from "@signet/protocol";
import type { CallId } from "@signet/protocol";

import type { Sessions } from "../registry/sessions.ts";
import type { CallsToAsk } from "./running-calls.ts";

/** All in a call are told whose network is poor, by what the media process counts. */
export function tellPoorNetworks(
  running: Pick<CallsToAsk, "stateOf">,
  sessions: Pick<Sessions, "endpointAt">,
  { callId, poor }: MediaEvent & { readonly type: "networks" },
): void {
  const state = running.stateOf(callId as CallId);
  if (state === undefined) return;
  const people = [...state.members].flatMap(([userId, { terminalId }]) =>
    terminalId !== undefined && poor.includes(terminalId) ? [userId] : [],
  );
  const text = encodeMessage({ type: "call.networks", body: { callId: callId as CallId, poor: people } });
  for (const terminalId of presentTerminals(state)) {
    const endpoint = sessions.endpointAt(terminalId);
    if (endpoint?.hasFeature("networks") === true) endpoint.sendText(text);
  }
}
