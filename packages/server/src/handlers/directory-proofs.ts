import { accept } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const directoryProofs: Handler<"directory.prove", SignedInAsker> = async (
  { directoryLog },
  _from,
  { from, userIds },
  respond,
) => {
  respond(accept(await directoryLog.prove(userIds, from)));
};
