import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const directoryProofs: Handler<"directory.prove", SignedInAsker> = async (
  { directoryLog },
  _from,
  { from, userIds },
  respond,
) => {
  respond(accept(await directoryLog.prove(userIds, from)));
};

export const directoryConsistency: Handler<"directory.consistency", SignedInAsker> = async (
  { directoryLog },
  _from,
  { from, to },
  respond,
) => {
  const proof = await directoryLog.consistency(from, to);
  respond(proof === undefined ? refuse("log.noSuchSize") : accept({ proof: [...proof] }));
};
