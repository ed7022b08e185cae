/** Browsers that want to be woken when somebody calls whoever is signed in there. */
import { accept, refuse } from "../ws/answer.ts";
import { senderOf } from "./call.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const pushKey: Handler<"push.key", SignedInAsker> = ({ pushes }, _asker, _body, respond) => {
  const { publicKey } = pushes;
  respond(publicKey === undefined ? refuse("push.off") : accept({ key: publicKey }));
};

export const pushSubscribe: Handler<"push.subscribe", SignedInAsker> = async (
  { pushes, pushShares },
  asker,
  body,
  respond,
) => {
  const sender = senderOf(asker);
  if (!pushShares.take(sender.userId)) return respond(refuse("protocol.askedTooMuch"));
  const { deviceId } = asker.session.stored;
  const refusal = await pushes.subscribe({ ...sender, deviceId, ...body });
  respond(refusal === undefined ? accept({}) : refuse(refusal));
};

export const pushUnsubscribe: Handler<"push.unsubscribe", SignedInAsker> = async (
  { pushes },
  asker,
  { endpoint },
  respond,
) => {
  await pushes.unsubscribe(senderOf(asker).userId, endpoint);
  respond(accept({}));
};
