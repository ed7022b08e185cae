/**
 * One call, as the server processes it: who is invited, who rings, who waits for admission, who is in the group, who has to
 * commit. Every proof in an input was verified by the shell before.
 *
 *   call:     start -> open -- nobody joined and nobody rings ----> ended (noAnswer)
 *                       |----- initiator leaves before that ------> ended (cancelled)
 *                       |----- the last one leaves ---------------> ended (lastLeft)
 *                       +----- initiator ends it ------------------> ended (ended)
 *
 *   member:   ringing -- join --> joining -- Commit admits --> joined -- leave, 60 s lost, binding over --> left
 *                |                   +-- two refuse -------> refused
 *                +--> declined | noAnswer | failed | offline        (from each of these, and from left, join is possible)
 *                from anywhere -- the host puts them out --> removed -- invited again --> ringing
 *
 * The committer is the connected member with the lowest leaf: the initiator while it is there. It is told what is to be
 * done (`call.commitNeeded`, numbered) whenever that changes; when it does not do it within `commitMs`, or loses its connection, the
 * next one is asked, and stays so when it comes back. A Commit names the number that it does: who joined or left after that is not meant by it.
 *
 * The server cannot read a Commit. When members refuse it, their word decides (call-disputes.ts).
 */
import { CallDraft } from "./call-draft.ts";
import { onJudge } from "./call-disputes.ts";
import { onCommit, onRefuseJoiner } from "./call-group.ts";
import { onDeviceEnded, onMove, onMoveEnd } from "./call-move.ts";
import {
  onConnected,
  onDecline,
  onDisconnected,
  onEnd,
  onEngaged,
  onJoin,
  onLeave,
  onRingRefused,
  onTick,
  onUnbound,
} from "./call-people.ts";
import { onLetIn, onVouch } from "./call-server-guests.ts";
import { onInvite, onRemove } from "./call-server-list.ts";
import { onOfferGroupInfo, onRefuseGiver, onRejoin } from "./call-rejoins.ts";
import type {
  CallServerEffect,
  CallServerInput,
  CallServerState,
  CallServerStep,
} from "./call-server-state.ts";

/** @returns the very same state when the input changes nothing; what changes it has to be logged */
export function stepCall(state: CallServerState, input: CallServerInput, nowMs: number): CallServerStep {
  if (state.ended !== undefined) return { state, effects: afterEnd(input) };
  const draft = new CallDraft(state, nowMs);
  handle(draft, input);
  return draft.finish();
}

/** Whoever wants out of it is out. */
function afterEnd({ type }: CallServerInput): readonly CallServerEffect[] {
  if (type === "leave" || type === "end" || type === "decline" || type === "moveEnd")
    return [{ type: "reply", body: {} }];
  const isRequest = !["connected", "disconnected", "unbound", "deviceEnded", "engaged", "tick"].includes(
    type,
  );
  return isRequest ? [{ type: "refuse", code: "call.notFound" }] : [];
}

function handle(draft: CallDraft, input: CallServerInput): void {
  switch (input.type) {
    case "join":
      return onJoin(draft, input);
    case "move":
      return onMove(draft, input);
    case "moveEnd":
      return onMoveEnd(draft, input);
    case "decline":
      return onDecline(draft, input);
    case "leave":
      return onLeave(draft, input);
    case "end":
      return onEnd(draft, input);
    case "invite":
      return onInvite(draft, input);
    case "vouch":
      return onVouch(draft, input);
    case "letIn":
      return onLetIn(draft, input);
    case "remove":
    case "host":
      return onRemove(draft, input);
    case "ringRefused":
      return onRingRefused(draft, input);
    case "commit":
      return onCommit(draft, input);
    case "refuse":
      return onRefuseJoiner(draft, input);
    case "rejoin":
      return onRejoin(draft, input);
    case "judge":
      return onJudge(draft, input);
    case "offerGroupInfo":
      return onOfferGroupInfo(draft, input);
    case "refuseGiver":
      return onRefuseGiver(draft, input);
    case "connected":
      return onConnected(draft, input);
    case "disconnected":
      return onDisconnected(draft, input);
    case "unbound":
      return onUnbound(draft, input);
    case "deviceEnded":
      return onDeviceEnded(draft, input);
    case "engaged":
      return onEngaged(draft, input);
    case "tick":
      return onTick(draft);
  }
}
