import { encodeMessage } from "@signet/protocol";
import type { EventBody, ServerEvent } from "@signet/protocol";

/**
 * Encodes the events of one step. Many of them say the same to different terminals: a call of 100 rings with 100 kB each,
 * and encoding that once instead of 100 times is what makes it ring at once.
 */
export class EventEncoder {
  #last: { readonly event: ServerEvent; readonly text: string } | undefined;

  encode(event: ServerEvent): string {
    if (this.#last !== undefined && saysTheSame(this.#last.event, event)) return this.#last.text;
    const text = encodeMessage(event);
    this.#last = { event, text };
    return text;
  }
}

function saysTheSame(a: ServerEvent, b: ServerEvent): boolean {
  if (a.body === b.body && a.type === b.type) return true;
  return a.type === "call.ring" && b.type === "call.ring" && isSameRing(a.body, b.body);
}

type Ring = EventBody<"call.ring">;

/** Entries and proofs are compared as objects: within one step nobody copies them. */
function isSameRing(a: Ring, b: Ring): boolean {
  return (
    a.callId === b.callId &&
    a.expiresAtMs === b.expiresAtMs &&
    a.initiator === b.initiator &&
    a.proof === b.proof &&
    a.binding === b.binding &&
    a.members.length === b.members.length &&
    a.members.every((member, i) => isSameMember(member, b.members[i]))
  );
}

function isSameMember(a: Ring["members"][number], b: Ring["members"][number] | undefined): boolean {
  return (
    a.userId === b?.userId && a.state === b.state && a.terminalId === b.terminalId && a.entry === b.entry
  );
}
