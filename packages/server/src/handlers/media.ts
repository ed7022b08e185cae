import type { CallId, ErrorCode, TerminalId } from "@signet/protocol";

import type { Services } from "../services.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

/** Media is for those who take part, and only while they do. */
export const offer: Handler<"media.offer", SignedInAsker> = async (
  services,
  asker,
  { callId, sdp },
  respond,
) => {
  const { calls, media, offers } = services;
  const { session, terminalId } = asker;
  const refusal = outsiderRefusal(services, callId, terminalId);
  if (refusal !== undefined) return respond(refuse(refusal));
  if (!offers.take(session.stored.userId)) return respond(refuse("media.tooManyOffers"));
  const { answerSdp } = await media.join({ callId, terminalId, offerSdp: sdp });
  // It may have left, or the call may have ended, while the connection was made.
  if (!calls.running.takesPart(callId, terminalId)) {
    media.leave(callId, terminalId);
    return respond(refuse("call.notMember"));
  }
  respond(accept({ sdp: answerSdp }));
};

/** Why there is no media for this terminal in a call; undefined where it takes part. */
function outsiderRefusal({ calls }: Services, callId: CallId, terminalId: TerminalId): ErrorCode | undefined {
  if (calls.running.stateOf(callId) === undefined) return "call.notFound";
  return calls.running.takesPart(callId, terminalId) ? undefined : "call.notMember";
}

/** For whoever may make the connection that they are for. */
export const relays: Handler<"media.relays", SignedInAsker> = (
  services,
  { session, terminalId },
  { callId },
  respond,
) => {
  const isEngaged = services.calls.running.isEngaged(session.stored.userId);
  const probing = isEngaged ? "call.inCall" : undefined;
  const refusal = callId === undefined ? probing : outsiderRefusal(services, callId, terminalId);
  if (refusal !== undefined) return respond(refuse(refusal));
  respond(accept({ relays: services.relays.offer(terminalId, callId) }));
};

/** A media process that does not say is no reason to wait: whoever asks hears at least that this server is there. */
export const flow: Handler<"media.flow", SignedInAsker> = async (
  services,
  { terminalId },
  { callId },
  respond,
) => {
  const refusal = outsiderRefusal(services, callId, terminalId);
  if (refusal !== undefined) return respond(refuse(refusal));
  respond(accept(await services.media.flow(callId, terminalId)));
};

/** Not during a call: there the media connection itself tells, and may be in the way of what it would be compared with. */
export const probe: Handler<"media.probe", SignedInAsker> = async (
  { calls, probes },
  { connection, session },
  { sdp },
  respond,
) => {
  if (calls.running.isEngaged(session.stored.userId)) return respond(refuse("call.inCall"));
  respond(await probes.begin(session, connection, sdp));
};

export const probeEnd: Handler<"media.probeEnd", SignedInAsker> = (
  { probes },
  { connection },
  _body,
  respond,
) => {
  probes.end(connection);
  respond(accept({}));
};
