/** What a step of a call does outside of it. */
import { encodeMessage, loggable } from "@signet/protocol";
import type { CallReply, CallServerEffect, EndReason, UserId } from "@signet/protocol";
import type { MediaEngine } from "@signet/media";
import type { Logger } from "pino";

import type { ServerMetrics } from "../metrics.ts";
import type { Sessions } from "../registry/sessions.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { Answer } from "../ws/answer.ts";
import { tellWhereabouts } from "./elsewhere.ts";
import type { RunningCall } from "./running-calls.ts";

interface Shell {
  readonly sessions: Sessions;
  readonly media: MediaEngine;
  readonly metrics: ServerMetrics;
  /** Asks terminals of a person to come that are not there. */
  readonly wake: (userId: UserId, callerId: UserId, untilMs: number) => void;
  readonly log: Logger;
}

/** @param respond gets the answer to the request that the step was made for */
export function performEffect(
  call: RunningCall,
  effect: CallServerEffect,
  { log, media, metrics, sessions, wake }: Shell,
  respond?: (answer: Answer<CallReply>) => void,
): void {
  switch (effect.type) {
    case "send": {
      // Encoded once: a call of 100 rings with 100 kB for each of them.
      const text = encodeMessage(effect.event);
      // Without connection it is lost: `connected` and `call.sync` make up for it.
      for (const terminalId of effect.to) sessions.endpointAt(terminalId)?.sendText(text);
      return undefined;
    }
    case "reply":
      return respond?.(accept(effect.body));
    case "refuse":
      return respond?.(refuse(effect.code));
    case "mediaLeave":
      return media.leave(call.callId, effect.terminalId, effect.successor);
    case "whereabouts":
      return tellWhereabouts(call.state, effect.userId, sessions);
    case "wake":
      return wake(effect.userId, effect.callerId, effect.untilMs);
    case "ended":
      media.endCall(call.callId);
      tellInvited(call, effect.reason, sessions);
      metrics.callsEnded.inc({ reason: effect.reason });
      log.info({ call: loggable(call.callId), reason: effect.reason }, "call ended");
      return undefined;
    case "wakeAt":
      return undefined;
  }
}

/** Who could have joined the call that went on, or moved it, must not be offered it any longer. */
function tellInvited({ callId, state }: RunningCall, reason: EndReason, sessions: Sessions): void {
  for (const { userId, state: member, terminalId, hidden } of state.members.values()) {
    if (hidden === true) continue;
    const isIn = member === "joined" || member === "joining";
    for (const { endpoint, stored } of sessions.of(userId))
      if (!isIn || stored.terminalId !== terminalId)
        endpoint?.send({ type: "call.ended", body: { callId, reason } });
  }
}
