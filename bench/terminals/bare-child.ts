/** One process's share of a group without server; see bare-work.ts. */
import type { Bytes } from "@signet/protocol";

import { BareShare, measureChecks } from "./bare-work.ts";

export type BareOrder =
  | { readonly type: "prepare"; readonly callId: string; readonly indices: readonly number[] }
  | { readonly type: "commit"; readonly add: readonly Bytes[]; readonly remove: readonly number[] }
  | { readonly type: "join"; readonly welcome: Bytes }
  | { readonly type: "process"; readonly commit: Bytes }
  | { readonly type: "checks"; readonly durationMs: number };

export type BareAnswer =
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "prepared"; readonly keyPackages: readonly Bytes[] }
  | { readonly type: "committed"; readonly commit: Bytes; readonly welcome?: Bytes }
  | { readonly type: "checked"; readonly perSecond: number };

let share = new BareShare("");

async function obey(order: BareOrder): Promise<BareAnswer> {
  switch (order.type) {
    case "prepare":
      share = new BareShare(order.callId);
      return { type: "prepared", keyPackages: await share.prepare(order.indices) };
    case "commit":
      return { type: "committed", ...(await share.commit(order.add, order.remove)) };
    case "join":
      await share.join(order.welcome);
      return { type: "done" };
    case "process":
      await share.process(order.commit);
      return { type: "done" };
    case "checks":
      return { type: "checked", perSecond: await measureChecks(order.durationMs) };
  }
}

process.on("message", (order: BareOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ type: "failed", reason: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
