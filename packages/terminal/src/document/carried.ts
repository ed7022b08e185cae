import { SignetError } from "@signet/protocol";

import type { OpenDocument } from "./open-document.ts";
import type { Carrying } from "./personal-state.ts";

/** Waits until the server has it. @throws SignetError why it does not */
export const requireCarried = async (document: Pick<OpenDocument, "synced">): Promise<void> =>
  requireCarriedNow(await document.synced());

export function requireCarriedNow(carrying: Carrying): void {
  if (carrying.status === "keptHere") throw new SignetError(carrying.code);
  if (carrying.status === "pending") throw new SignetError("connection.lost");
}
