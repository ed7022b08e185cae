/** Two terminals that a code brings together, to add a device from one to the other, or to give the key of the personal document. What they say is sealed. */
import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const pairingOpen: Handler<"pairing.open", SignedInAsker> = (
  { clock, pairingShares, pairings },
  { connection, session },
  { pairingId },
  respond,
) => {
  if (!pairingShares.take(session.stored.userId)) return respond(refuse("protocol.askedTooMuch"));
  const opened = pairings.open(pairingId, connection, clock());
  respond(opened.ok ? accept({ expiresAtMs: opened.expiresAtMs }) : opened);
};

export const pairingEnter: Handler<"pairing.enter"> = (
  { clock, pairings, wrongCodes },
  { connection },
  { pairingId },
  respond,
) => {
  const address = connection.addressName();
  // Before it is looked up: who tries many codes gets no answer, right or wrong.
  if (!wrongCodes.hasAny(address)) return respond(refuse("protocol.askedTooMuch"));
  const entered = pairings.enter(pairingId, connection, clock());
  if (entered.ok) return respond(accept({ expiresAtMs: entered.expiresAtMs }));
  wrongCodes.take(address);
  respond(entered);
};

export const pairingSend: Handler<"pairing.send"> = (
  { clock, pairings },
  { connection },
  { pairingId, sealed },
  respond,
) => {
  const other = pairings.otherThan(pairingId, connection, clock());
  if (other === undefined) return respond(refuse("pairing.ended"));
  other.send({ type: "pairing.message", body: { pairingId, sealed } });
  respond(accept({}));
};

export const pairingClose: Handler<"pairing.close"> = (
  { pairings },
  { connection },
  { pairingId },
  respond,
) => {
  pairings.leave(connection, pairingId);
  respond(accept({}));
};
