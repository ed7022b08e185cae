/** A member's call, stepped by hand. */
import { startInitiator, startMember, stepCallMember } from "@signet/protocol";
import type {
  CallEvent,
  CallMemberEffect,
  CallMemberInput,
  CallMemberState,
  CommittedIn,
  ErrorCode,
  EventBody,
  MadeCommit,
  MemberIn,
} from "@signet/protocol";

import { bytes, callId, entry, from, proof, userId } from "../fixtures.ts";

export const call = callId();
export const member = (name: string, state: MemberIn["state"]): MemberIn => ({ userId: userId(name), state });
export const people = [member("ada", "joined"), member("bob", "ringing"), member("cyd", "ringing")];

/** cyd's Commit for this epoch, the first one unless others were voided. */
export const commitOf = (epoch: number, text = `commit ${epoch}`, number = epoch + 1): CommittedIn => ({
  epoch,
  number,
  by: userId("cyd"),
  commit: bytes(text),
  admitted: [],
  removed: [],
});
export const committed = (epoch: number, text?: string, number?: number): CallMemberInput =>
  event("call.committed", { callId: call, ...commitOf(epoch, text, number) });
export const needed = (epoch: number, task: number): CallMemberInput =>
  event("call.commitNeeded", {
    callId: call,
    task,
    epoch,
    admit: [{ ...from("bob"), entry: entry("bob"), proof: proof("join"), keyPackage: bytes("kp") }],
    remove: [],
  });
export const welcome = (epoch: number): CallMemberInput =>
  event("call.welcome", {
    callId: call,
    epoch,
    number: epoch,
    by: userId("ada"),
    welcome: bytes("welcome"),
  });
export const advanced = (epoch: number): CallMemberInput => ({ type: "advanced", epoch });
export const made = (epoch: number, text = "own"): MadeCommit => ({
  epoch,
  commit: bytes(text),
  admitted: [],
  removed: [],
});
/** What the server said of that Commit. */
export const accepted = (number: number, text = "own"): CallMemberInput => ({
  type: "commitAccepted",
  commit: bytes(text),
  number,
});
export const refused = (code: ErrorCode, text = "own"): CallMemberInput => ({
  type: "commitRefused",
  commit: bytes(text),
  code,
});
export const synced = (epoch: number, commits: readonly number[], text?: string): CallMemberInput => ({
  type: "synced",
  reply: {
    epoch,
    commits: commits.map((at) => commitOf(at, text)),
    members: people,
    strayed: false,
  },
});

export function event<T extends CallEvent["type"]>(type: T, body: EventBody<T>): CallMemberInput {
  return { type: "event", event: { type, body } as CallEvent };
}

export interface Run {
  readonly state: CallMemberState;
  /** Of the last input. */
  readonly effects: readonly CallMemberEffect[];
}

export function run(
  { state }: { readonly state: CallMemberState },
  ...inputs: readonly CallMemberInput[]
): Run {
  let last: Run = { state, effects: [] };
  for (const input of inputs) last = stepCallMember(last.state, input);
  return last;
}

export const types = ({ effects }: Run): string[] => effects.map(({ type }) => type);

export const initiator = run(startInitiator(call, from("ada")), { type: "requested", members: people });
export const joining = run(startMember(call, from("bob"), people), { type: "joinAccepted", members: people });
/** In the group since epoch 1. */
export const active = run(joining, welcome(1), advanced(1));

export const failed: CallMemberInput = { type: "operationFailed", code: "mls.badMessage" };
export const judged = (number: number, holds: boolean, through = number): CallMemberInput =>
  event("call.commitJudged", { callId: call, epoch: number - 1, number, through, by: userId("cyd"), holds });
