/** Whatever can come to a call at the server: each input and each question, some of which fit its state. */
import fc from "fast-check";
import type { CallQuestion } from "@signet/protocol";

import { bytes, callId, entry, leaf, proof, userId } from "../fixtures.ts";
import { listInputs, sender } from "./call-list-inputs.ts";
import type { Input, MakeInput, Somebody, Weighted } from "./call-list-inputs.ts";
import { joinInput } from "./call-server-world.ts";

/** What is no request has no answer. */
export const unanswered: ReadonlySet<Input["type"]> = new Set([
  "connected",
  "disconnected",
  "unbound",
  "deviceEnded",
  "engaged",
  "tick",
]);
export const isQuestion = (input: Input): input is CallQuestion =>
  input.type === "sync" || input.type === "groupInfo" || input.type === "list";
const bound = { proof: proof("p"), binding: proof("b") };

/** Of whoever is signed in somewhere: here it does not matter whose it is. */
const device = entry("ada").deviceId;

const epochOffset = fc.constantFrom(0, 0, 0, 0, -1, 1);

const commitInput = fc
  .record({
    from: sender,
    epochOffset,
    taskOffset: fc.constantFrom(0, 0, 0, 1),
    byAsked: fc.boolean(),
    all: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ from, epochOffset: offset, taskOffset, byAsked, all, seed }): MakeInput => (state) => {
    const asked = byAsked ? state.members.get(state.committing?.userId ?? userId("ada")) : undefined;
    const by =
      asked?.terminalId === undefined ? from(state) : { userId: asked.userId, terminalId: asked.terminalId };
    const waiting = [...state.members.values()].filter(
      (member) => member.state === "joining" && member.joiner !== undefined,
    );
    const admitted = (all ? waiting : waiting.slice(1)).map((member, i) => ({
      userId: member.userId,
      leaf: leaf((seed + i) % 60_000),
    }));
    const epoch = Math.max(0, state.delivery.epoch + offset);
    const commit = bytes(`commit ${epoch} ${seed}`);
    const body = {
      callId: callId(),
      task: Math.max(0, state.tasks - taskOffset),
      epoch,
      commit,
      admitted,
      removed: all ? [...new Set(state.removals.map((removal) => removal.userId))] : [],
      ...(all && state.pending.length > 0
        ? { statements: state.pending.map(({ statement }) => statement.digest) }
        : {}),
      ...(admitted.length === 0 ? {} : { welcome: bytes("welcome") }),
    };
    return { type: "commit", ...by, body };
  });

const rejoinInput = fc
  .record({
    from: sender,
    epochOffset,
    seed: fc.nat(60_000),
    giver: fc.option(sender),
    isGiver: fc.boolean(),
  })
  .map(({ from, epochOffset: offset, seed, giver, isGiver }): MakeInput => (state) => {
    const given = isGiver ? state.delivery.groupInfos?.at(seed % 3)?.by : giver?.(state).userId;
    return {
      type: "rejoin",
      ...from(state),
      body: {
        callId: callId(),
        epoch: Math.max(0, state.delivery.epoch + offset),
        proof: state.members.get(from(state).userId)?.move?.proof ?? proof("join"),
        commit: bytes(`external ${seed}`),
        leaf: { userId: from(state).userId, leaf: leaf(seed) },
        ...(given === undefined ? {} : { giver: given }),
      },
    };
  });

const digest = fc.constantFrom("one", "another").map(bytes);

const by = (make: (from: ReturnType<Somebody>) => Input): fc.Arbitrary<MakeInput> =>
  sender.map((somebody) => (state) => make(somebody(state)));

/** Each input and each question that there is. */
const inputs: { readonly [T in Input["type"]]: Weighted } = {
  join: {
    weight: 6,
    arbitrary: fc.tuple(sender, fc.nat(20_000)).map(([somebody, seed]): MakeInput => (state) => {
      const from = somebody(state);
      return {
        ...joinInput(from.userId),
        ...from,
        keyPackage: bytes(`of ${from.terminalId}`),
        // Most are new ones, some were used before.
        leafKey: bytes(`leaf key ${seed % 500}`),
      };
    }),
  },
  move: {
    weight: 6,
    arbitrary: fc.tuple(sender, fc.nat(20_000)).map(([somebody, seed]): MakeInput => (state) => {
      const from = somebody(state);
      const { entry } = joinInput(from.userId);
      const said = proof(`move ${seed % 3}`);
      return { type: "move", ...from, entry, proof: said, leafKey: bytes(`leaf key ${seed % 500}`) };
    }),
  },
  moveEnd: { weight: 1, arbitrary: by((from) => ({ type: "moveEnd", ...from })) },
  commit: { weight: 8, arbitrary: commitInput },
  decline: {
    weight: 1,
    arbitrary: by((from) => ({ type: "decline", ...from, reason: "declined", ...bound })),
  },
  leave: { weight: 3, arbitrary: by((from) => ({ type: "leave", ...from, reason: "left", ...bound })) },
  end: {
    weight: 1,
    arbitrary: fc.tuple(sender, fc.nat(20)).map(
      ([somebody, dice]): MakeInput =>
        (state) =>
          dice === 0 ? { type: "end", ...somebody(state), proof: proof("end") } : { type: "tick" },
    ),
  },
  ringRefused: { weight: 1, arbitrary: by((from) => ({ type: "ringRefused", ...from })) },
  refuse: {
    weight: 2,
    arbitrary: fc.tuple(sender, sender).map(([somebody, joiner]): MakeInput => (state) => ({
      type: "refuse",
      ...somebody(state),
      body: { callId: callId(), joiners: [{ ...joiner(state), code: "proof.signature" }] },
    })),
  },
  rejoin: { weight: 2, arbitrary: rejoinInput },
  judge: {
    weight: 4,
    arbitrary: fc
      .tuple(sender, fc.nat(3), fc.boolean(), fc.option(digest))
      .map(([somebody, back, holds, own]): MakeInput => (state) => ({
        type: "judge",
        ...somebody(state),
        body: {
          callId: callId(),
          number: Math.max(0, state.delivery.number - back),
          ...(holds ? {} : { code: "mls.refused" }),
          ...(own === null ? {} : { digest: own }),
        },
      })),
  },
  offerGroupInfo: {
    weight: 3,
    arbitrary: fc.tuple(sender, epochOffset, digest).map(([somebody, offset, own]): MakeInput => (state) => ({
      type: "offerGroupInfo",
      ...somebody(state),
      body: {
        callId: callId(),
        epoch: Math.max(0, state.delivery.epoch + offset),
        groupInfo: bytes(`info of ${somebody(state).userId}`),
        digest: own,
      },
    })),
  },
  refuseGiver: {
    weight: 2,
    arbitrary: fc.tuple(sender, sender).map(([somebody, giver]): MakeInput => (state) => ({
      type: "refuseGiver",
      ...somebody(state),
      body: { callId: callId(), giver: giver(state).userId, code: "mls.refused" },
    })),
  },
  sync: {
    weight: 2,
    arbitrary: fc.tuple(sender, fc.nat(5)).map(([somebody, epoch]): MakeInput => (state) => ({
      type: "sync",
      ...somebody(state),
      epoch,
      number: epoch,
    })),
  },
  groupInfo: { weight: 2, arbitrary: by((from) => ({ type: "groupInfo", ...from })) },
  connected: { weight: 4, arbitrary: by((from) => ({ type: "connected", ...from })) },
  disconnected: { weight: 3, arbitrary: by((from) => ({ type: "disconnected", ...from })) },
  engaged: {
    weight: 2,
    arbitrary: fc.tuple(sender, fc.boolean()).map(([somebody, isEngaged]): MakeInput => (state) => ({
      type: "engaged",
      userId: somebody(state).userId,
      isEngaged,
    })),
  },
  unbound: {
    weight: 1,
    arbitrary: fc
      .tuple(sender, fc.constantFrom("takenOver", "released", "expired", "revoked" as const))
      .map(([somebody, reason]): MakeInput => (state) => ({
        type: "unbound",
        ...somebody(state),
        reason,
        ...(reason === "takenOver" ? { goesOn: device } : {}),
      })),
  },
  deviceEnded: {
    weight: 1,
    arbitrary: fc
      .tuple(sender, fc.constantFrom("released", "revoked" as const))
      .map(([somebody, reason]): MakeInput => (state) => ({
        type: "deviceEnded",
        userId: somebody(state).userId,
        deviceId: device,
        reason,
      })),
  },
  ...listInputs,
  tick: { weight: 3, arbitrary: fc.constant<MakeInput>(() => ({ type: "tick" })) },
};
const anyInput = fc.oneof(...Object.values(inputs));

export const history = fc.array(
  fc.tuple(anyInput, fc.oneof(fc.nat(200), fc.nat(200), fc.nat(2_000), fc.nat(10_000))),
  { maxLength: 80, size: "max" },
);
