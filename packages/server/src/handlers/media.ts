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
  if (calls.running.stateOf(callId) === undefined) return respond(refuse("call.notFound"));
  if (!calls.running.takesPart(callId, terminalId)) return respond(refuse("call.notMember"));
  if (!offers.take(session.stored.userId)) return respond(refuse("media.tooManyOffers"));
  const { answerSdp } = await media.join({ callId, terminalId, offerSdp: sdp });
  // It may have left, or the call may have ended, while the connection was made.
  if (!calls.running.takesPart(callId, terminalId)) {
    media.leave(callId, terminalId);
    return respond(refuse("call.notMember"));
  }
  respond(accept({ sdp: answerSdp }));
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
