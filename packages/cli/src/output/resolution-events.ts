import { isDeepStrictEqual } from "node:util";

import type { CallView, ShownResolution } from "@signet/terminal";

import type { CommandEvent } from "./events.ts";

/** What was put to those in the call, what came of it, and who keeps a record of it, since then. */
export function* resolutionEvents(call: CallView, former: CallView | undefined): Generator<CommandEvent> {
  const { callId } = call;
  for (const resolution of call.resolutions?.shown ?? []) {
    const before = former?.resolutions?.shown.find(({ id }) => id === resolution.id);
    const event = eventOf(call, resolution);
    if (before === undefined) yield { ...event, isNew: true };
    else if (!isDeepStrictEqual(eventOf(call, before), event)) yield event;
  }
  const by = call.record?.keepers ?? [];
  if (by.length > (former?.record?.keepers.length ?? 0)) yield { event: "recordKept", callId, by };
  for (const trouble of troublesOf(call)) {
    const isTold = troublesOf(former).some(
      ({ code, userId }) => code === trouble.code && userId === trouble.userId,
    );
    if (!isTold) yield { event: "wordTrouble", callId, ...trouble };
  }
}

const troublesOf = (call: CallView | undefined) => [
  ...(call?.resolutions?.troubles ?? []),
  ...(call?.record?.troubles ?? []),
];

function eventOf(
  { callId }: CallView,
  resolution: ShownResolution,
): Extract<CommandEvent, { readonly event: "resolution" }> {
  const { approvalSigns, approvedBy, cms, id, missing, number } = resolution;
  const { proposer, rejectedBy, rule, state, subject, whole } = resolution;
  const file =
    subject.type === "file"
      ? {
          name: subject.name,
          sizeBytes: subject.sizeBytes,
          sha256: Buffer.from(subject.sha256).toString("hex"),
        }
      : undefined;
  return {
    event: "resolution",
    callId,
    number,
    id,
    by: proposer,
    whole,
    ...(file === undefined ? {} : { file }),
    rule,
    state,
    approvedBy,
    rejectedBy,
    missing,
    cms,
    ...(approvalSigns === undefined ? {} : { approvalSigns }),
  };
}
