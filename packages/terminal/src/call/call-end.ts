import { isUndecided } from "@signet/protocol";
import type { CallMemberState, ErrorCode } from "@signet/protocol";

import type { CallContext } from "./call-entry.ts";
import type { CallFacts } from "./call-view.ts";
import type { CallEnd, Verification } from "../state.ts";

/**
 * How the call ended, as a person is told.
 * @param suspect whose proof failed last, and how
 * @param own what was verified last of a leaf of one's own person
 */
export function explainEnd(
  end: NonNullable<CallMemberState["end"]>,
  suspect: CallFacts["suspect"],
  own?: Verification,
): CallEnd {
  if (end.type === "ended") return end;
  if (end.type === "moved") {
    const { deviceId, kind } = own ?? {};
    return deviceId === undefined || kind === undefined
      ? { type: "moved" }
      : { type: "moved", to: { deviceId, kind } };
  }
  if (end.type === "left")
    return end.reason === undefined ? { type: "left" } : { type: "unbound", reason: end.reason };
  if (end.type === "removed") return { type: "removed", ...(end.by === undefined ? {} : { userId: end.by }) };
  const { type, code: ownCode, by, alsoBy } = end;
  if (suspect === undefined || suspect.code !== ownCode || !isLeafRefusal(ownCode))
    return {
      type,
      code: ownCode,
      ...(by === undefined ? {} : { userId: by }),
      ...(alsoBy === undefined ? {} : { alsoUserId: alsoBy }),
    };
  // The person needs to know whose signature it was, and where it helps what kind of trouble.
  const isTelling =
    isUndecided(end.code) || end.code === "call.broughtBack" || end.code.startsWith("certificate.");
  const code = isTelling ? end.code : "call.rejectedMember";
  return { type: "failed", code, userId: suspect.userId };
}

/** Whoever was away too long was out of it when their connection went, however late they learn it. */
export function overAtMs(
  end: NonNullable<CallMemberState["end"]>,
  { startedAtMs, togetherSinceMs }: Pick<CallFacts, "startedAtMs" | "togetherSinceMs">,
  { environment, session }: Pick<CallContext, "environment" | "session">,
): number {
  const wasAway = end.type === "failed" && end.code === "call.away";
  const lostAtMs = wasAway ? session.link.lostAtMs : undefined;
  return lostAtMs === undefined ? environment.nowMs() : Math.max(lostAtMs, togetherSinceMs ?? startedAtMs);
}

function isLeafRefusal(code: ErrorCode): boolean {
  return (
    code.startsWith("proof.") ||
    code.startsWith("directory.") ||
    code.startsWith("certificate.") ||
    code.startsWith("history.") ||
    code.startsWith("log.") ||
    code === "call.notInvited" ||
    code === "callList.removed" ||
    code === "call.broughtBack" ||
    code === "mls.credential"
  );
}
