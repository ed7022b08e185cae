/** What people say of a call's list, by who they are in it: most of it may be said, some may not. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import fc from "fast-check";
import { encodeTranscript, guestIdOf, guestsOf, invitationsOf, toBase64Url } from "@signet/protocol";
import type {
  CallQuestion,
  CallServerInput,
  CallServerState,
  DeviceId,
  ListPurpose,
  SaidOf,
  TerminalId,
  Transcript,
  UserId,
} from "@signet/protocol";

import { bytes, callDigest, callId, entry, proof, reachable, terminalId, userId } from "../fixtures.ts";
import { startMs } from "./call-server-world.ts";

export type Input = CallServerInput | CallQuestion;

/** Somebody in the call by their place in it, at one of two terminals; or a stranger. */
export type Somebody = (state: CallServerState) => {
  readonly userId: UserId;
  readonly terminalId: TerminalId;
};

/** Inputs that need the state are made from it: most fit it, some do not. */
export type MakeInput = (state: CallServerState) => Input;

export interface Weighted {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<MakeInput>;
}

/** What somebody says of the list. Of another time it is another statement. */
export function saying<P extends ListPurpose>(
  purpose: P,
  by: string,
  atMs: number,
  own: Pick<Transcript<P>, Exclude<keyof Transcript<P>, "purpose" | keyof ReturnType<typeof saidOf>>>,
): SaidOf<P> {
  const transcript = { purpose, ...saidOf(by, atMs), ...own } as unknown as Transcript<P>;
  const encoded = encodeTranscript(transcript as unknown as Transcript);
  const digest = new Uint8Array(createHash("sha256").update(encoded).digest());
  return { transcript, digest, raw: { ...proof("statement"), transcript: encoded } };
}
const saidOf = (by: string, atMs: number) => ({
  serverOrigin: "https://signet.example",
  userId: by,
  deviceId: entry(by).deviceId,
  issuedAtMs: startMs + atMs,
  callId: callId(),
  callProofDigest: callDigest,
});
/** Whoever is host by the group and the list, where they are. */
function hostIn(state: CallServerState): ReturnType<Somebody> {
  const inGroup = [...state.members.values()].filter((member) => member.leaf !== undefined);
  const host = inGroup.find((member) => member.userId === state.list.namedHost) ?? inGroup[0];
  return { userId: host?.userId ?? userId("ada"), terminalId: host?.terminalId ?? terminalId("ada-1") };
}

export const sender: fc.Arbitrary<Somebody> = fc
  .record({
    place: fc.nat(),
    n: fc.constantFrom(1, 1, 1, 2),
    isStranger: fc.nat(9).map((dice) => dice === 0),
  })
  .map(({ place, n, isStranger }) => ({ members }) => {
    const name = isStranger ? "eve" : [...members.keys()][place % members.size]!;
    return { userId: userId(name), terminalId: terminalId(`${name}-${n}`) };
  });

/** Ever the same guest of this number. */
export const guestOf = (n: number): UserId => guestIdOf(toBase64Url(new Uint8Array(16).fill(n)) as DeviceId);

export const vouching = (by: string, n: number, own: Partial<Transcript<"vouch">> = {}): SaidOf<"vouch"> =>
  saying("vouch", by, n, {
    head: bytes("h"),
    guestId: guestOf(n),
    guestKey: bytes(`key ${n}`),
    guestName: `Guest ${n}`,
    ...own,
  });

export const listInputs: {
  readonly [T in "invite" | "remove" | "host" | "list" | "vouch" | "letIn"]: Weighted;
} = {
  vouch: {
    weight: 2,
    arbitrary: fc.tuple(sender, fc.nat(3)).map(([somebody, n]): MakeInput => (state) => {
      const from = somebody(state);
      return { type: "vouch", ...from, statement: vouching(from.userId, n) };
    }),
  },
  letIn: {
    weight: 2,
    arbitrary: fc
      .tuple(fc.boolean(), sender, fc.nat(3), fc.boolean())
      .map(([byHost, somebody, place, isHere]): MakeInput => (state) => {
        const from = byHost ? hostIn(state) : somebody(state);
        const listed = guestsOf(state.said)[place];
        const own = { vouch: listed?.vouch ?? bytes("none") };
        const statement = { ...saying("let-in", from.userId, 0, own), binding: proof("b") };
        const guest = listed === undefined || !isHere ? undefined : reachable(listed.guestId);
        return { type: "letIn", ...from, statement, guest };
      }),
  },
  invite: {
    weight: 3,
    arbitrary: fc
      .tuple(sender, fc.subarray(["bob", "cyd", "dan", "eve", "fay"], { minLength: 1 }), fc.nat(9))
      .map(([somebody, named, atMs]): MakeInput => (state) => {
        const from = somebody(state);
        const statement = saying("invite", from.userId, atMs, { head: bytes("h"), userIds: named });
        return { type: "invite", ...from, statement, people: named.map((name) => reachable(name)) };
      }),
  },
  remove: {
    weight: 3,
    arbitrary: fc
      .tuple(fc.boolean(), sender, sender, fc.nat(3))
      .map(([byHost, somebody, whom, atMs]): MakeInput => (state) => {
        const from = byHost ? hostIn(state) : somebody(state);
        const { userId: removed } = whom(state);
        const voided = invitationsOf(state.said, removed);
        const statement = saying("remove", from.userId, atMs, { userIds: [removed], voided });
        return { type: "remove", ...from, statement: { ...statement, binding: proof("b") } };
      }),
  },
  host: {
    weight: 1,
    arbitrary: fc
      .tuple(fc.boolean(), sender, sender, fc.nat(3))
      .map(([byHost, somebody, next, atMs]): MakeInput => (state) => {
        const from = byHost ? hostIn(state) : somebody(state);
        const own = { previousHost: state.list.lastHost, nextHost: next(state).userId };
        const statement = saying("host", from.userId, atMs, own);
        return { type: "host", ...from, statement: { ...statement, binding: proof("b") } };
      }),
  },
  list: {
    weight: 1,
    arbitrary: fc.tuple(sender, fc.nat(5)).map(([somebody, epoch]): MakeInput => (state) => ({
      type: "list",
      ...somebody(state),
      epoch,
    })),
  },
};

/** The list is what the Commits brought and what waits for one; nobody is in the call by what does not hold. */
export function checkList({ delivery, ended, list, members, pending, said }: CallServerState): void {
  const digests = (statements: readonly { readonly digest: Uint8Array }[]) =>
    statements.map(({ digest }) => toBase64Url(new Uint8Array(digest))).toSorted();
  const brought = delivery.commits.flatMap(({ statements = [] }) => statements);
  assert.deepEqual(digests(list.statements), digests(brought));
  const waiting = pending.map(({ statement }) => statement);
  assert.deepEqual(digests(said.statements), digests([...brought, ...waiting]));
  const named = new Set(said.invitations.flatMap(({ userIds }) => userIds));
  for (const { userId: id, state } of members.values()) {
    const isInOrRung = state === "joined" || state === "joining" || state === "ringing";
    // What was refused by who commits, or voided, and cannot be said any more, rang before.
    if (isInOrRung && ended === undefined && state !== "ringing" && named.has(id))
      assert.ok(said.people.includes(id), `${id} is ${state}`);
  }
}
