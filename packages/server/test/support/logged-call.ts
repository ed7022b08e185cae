/** A call in which all happens that a log can hold, stepped as the server steps it. Nothing in it is random. */
import {
  DeviceId,
  LeafIndex,
  CallId,
  TerminalId,
  defaultCallTimes,
  encodeTranscript,
  guestIdOf,
  startCall,
  stepCall,
  toBase64Url,
  utf8,
} from "@signet/protocol";
import type {
  Bytes,
  CallServerInput,
  CallServerState,
  DirectoryEntryIn,
  ListPurpose,
  ProofIn,
  Transcript,
  UserId,
} from "@signet/protocol";

import { toStored, wakeAtMs } from "../../src/call/call-replay.ts";
import type { CallStart, LoggedInput } from "../../src/call/call-replay.ts";
import type { StoredInput } from "../../src/store/store.ts";
import { user } from "./test-terminal.ts";

const startMs = 1_800_000_000_000;

function sized(text: string, length: number): Bytes {
  const bytes = new Uint8Array(length);
  bytes.set(utf8(text).subarray(0, length));
  return bytes;
}
const id16 = (text: string): string => toBase64Url(sized(text, 16));
const callId = CallId.parse(id16("the call"));
const leaf = (index: number): LeafIndex => LeafIndex.parse(index);
const from = (name: string) => ({ userId: user(name), terminalId: TerminalId.parse(id16(`${name}-1`)) });
const common = (name: string) => ({
  serverOrigin: "https://call.example",
  userId: user(name),
  deviceId: DeviceId.parse(id16(`device of ${name}`)),
  issuedAtMs: startMs,
});

const proof = (transcript: Transcript): ProofIn => ({
  transcript: encodeTranscript(transcript),
  signature: { kind: "software", signature: sized("signature", 64) },
});
/** What a sign-in and a registration sign of the terminal. */
const bindingFields = (name: string) => ({
  ...common(name),
  serverChallenge: sized("challenge", 32),
  terminalId: from(name).terminalId,
  terminalKey: sized(`key of ${name}`, 32),
  expiresAtMs: startMs + 3_600_000,
});
const device = common("bob").deviceId;
const guest = guestIdOf(common("guest").deviceId);
const headOf = (name: string): Bytes => sized(`head of ${name}`, 32);
const binding = (name: string): ProofIn =>
  proof({ purpose: "sign-in", ...bindingFields(name), head: headOf(name) });
const entry = (name: string): DirectoryEntryIn => {
  const publicKey = sized(`device key of ${name}`, 44);
  const displayName = name.toUpperCase();
  const more = { displayName, devicePublicKey: publicKey };
  return {
    userId: user(name),
    displayName,
    deviceId: common(name).deviceId,
    kind: "software",
    algorithm: "EdDSA",
    publicKey,
    userVerification: false,
    registeredAtMs: startMs,
    proof: proof({ purpose: "register", ...bindingFields(name), ...more }),
    statements: [],
  };
};

const people = ["bob", "cyd", "dan", "eve", "fay", "gil", "hal"];
const callDigest = sized("digest", 32);
const callProof = proof({
  purpose: "call",
  ...common("ada"),
  callId,
  memberUserIds: [...people, "ivy", "joe"],
  leafKey: sized("leaf key of ada", 32),
  head: headOf("ada"),
  checkpoint: new Uint8Array(),
});
const start: CallStart = {
  type: "start",
  invite: { callId, initiator: entry("ada"), proof: callProof, binding: binding("ada") },
  callDigest,
  terminalId: from("ada").terminalId,
  people: [
    ...people.map((name) => ({
      userId: user(name),
      // cyd has two.
      terminalIds: [from(name).terminalId, ...(name === "cyd" ? [TerminalId.parse(id16("cyd-2"))] : [])],
      outcome: "reachable" as const,
      entry: entry(name),
    })),
    { userId: user("ivy"), outcome: "offline", entry: entry("ivy") },
    { userId: user("joe"), outcome: "unknown" },
  ],
  times: defaultCallTimes,
};

type Make = (state: CallServerState) => CallServerInput;

const at = (terminal: string, name: string) => ({
  userId: user(name),
  terminalId: TerminalId.parse(id16(terminal)),
});
function answerOf(name: string, key = name) {
  const leafKey = sized(`leaf key of ${key}`, 32);
  const answer = {
    purpose: "join",
    ...common(name),
    callId,
    callProofDigest: callDigest,
    invitation: callDigest,
  } as const;
  return { leafKey, proof: proof({ ...answer, leafKey, head: headOf(name), checkpoint: new Uint8Array() }) };
}
const join =
  (name: string): Make =>
  () => ({
    type: "join",
    ...from(name),
    entry: entry(name),
    ...answerOf(name),
    binding: binding(name),
    keyPackage: utf8(`key package of ${name}`),
  });
const statement = (purpose: "decline" | "leave" | "end", name: string, reason: string): ProofIn =>
  proof({ purpose, ...common(name), callId, reason });
/** Of the call list, with a digest that stands for the real one. */
function said<T extends Transcript<ListPurpose>>(transcript: T) {
  const { raw, digest } = { raw: proof(transcript), digest: sized(`${transcript.purpose} digest`, 32) };
  return { transcript, digest, raw };
}
const ofCall = (name: string) => ({ ...common(name), callId, callProofDigest: callDigest });

/** By whoever was asked, with all that was said. */
const commit =
  (admitted: readonly string[], removed: readonly string[] = []): Make =>
  ({ committing, delivery, pending, tasks }) => ({
    type: "commit",
    ...from(committing?.userId ?? "ada"),
    body: {
      callId,
      task: tasks,
      epoch: delivery.epoch,
      commit: utf8(`commit ${delivery.epoch}`),
      admitted: admitted.map((name, i) => ({ userId: user(name), leaf: leaf(10 * delivery.epoch + i + 1) })),
      removed: removed.map(user),
      ...(pending.length === 0 ? {} : { statements: pending.map(({ statement }) => statement.digest) }),
      ...(admitted.length === 0 ? {} : { welcome: utf8(`welcome ${delivery.epoch + 1}`) }),
    },
  });
const judge =
  (name: string, more: { readonly code?: string; readonly digest?: Bytes } = {}): Make =>
  ({ delivery: { number } }) => ({ type: "judge", ...from(name), body: { callId, number, ...more } });

/** With the time since the one before. */
const steps: readonly (readonly [laterMs: number, make: Make])[] = [
  [100, () => ({ type: "ringRefused", ...from("fay") })],
  [10, () => ({ type: "engaged", userId: user("gil"), isEngaged: true })],
  [10, () => ({ type: "engaged", userId: user("gil"), isEngaged: false })],
  [
    50,
    () => ({
      type: "decline",
      ...from("gil"),
      reason: "declined",
      proof: statement("decline", "gil", "declined"),
      binding: binding("gil"),
    }),
  ],
  [1_000, join("bob")],
  [10, join("cyd")],
  [200, commit(["bob", "cyd"])],
  [2_000, join("dan")],
  [
    100,
    () => ({
      type: "refuse",
      ...from("ada"),
      body: { callId, joiners: [{ ...from("dan"), code: "proof.signature" }] },
    }),
  ],
  [100, join("eve")],
  [100, commit(["eve"])],
  [
    100,
    () => ({
      type: "invite",
      ...from("bob"),
      statement: said({ purpose: "invite", ...ofCall("bob"), head: headOf("bob"), userIds: ["kim"] }),
      people: [
        {
          userId: user("kim"),
          outcome: "reachable",
          terminalIds: [from("kim").terminalId],
          entry: entry("kim"),
        },
      ],
    }),
  ],
  [10, commit([])],
  [
    100,
    ({ said: { invitations } }) => ({
      type: "remove",
      ...from("ada"),
      statement: {
        ...said({
          purpose: "remove",
          ...ofCall("ada"),
          userIds: ["kim", "hal"],
          voided: invitations.map(({ digest }) => digest),
        }),
        binding: binding("ada"),
      },
    }),
  ],
  [10, commit([])],
  [
    10,
    () => ({
      type: "vouch",
      ...from("ada"),
      statement: said({
        purpose: "vouch",
        ...ofCall("ada"),
        head: headOf("ada"),
        guestId: guest,
        guestKey: sized("key of the guest", 44),
        guestName: "Gus",
      }),
    }),
  ],
  [
    10,
    () => ({
      type: "letIn",
      ...from("ada"),
      statement: {
        ...said({ purpose: "let-in", ...ofCall("ada"), vouch: sized("vouch digest", 32) }),
        binding: binding("ada"),
      },
      guest: {
        userId: guest,
        outcome: "reachable",
        terminalIds: [from(guest).terminalId],
        entry: entry(guest),
      },
    }),
  ],
  [10, commit([])],
  [
    100,
    ({ list: { lastHost: previousHost } }) => ({
      type: "host",
      ...from("ada"),
      statement: {
        ...said({ purpose: "host", ...ofCall("ada"), previousHost, nextHost: "bob" }),
        binding: binding("ada"),
      },
    }),
  ],
  [10, commit([])],
  [500, () => ({ type: "disconnected", ...from("bob") })],
  [3_000, () => ({ type: "connected", ...from("bob") })],
  [
    10,
    ({ delivery: { epoch } }) => ({
      type: "offerGroupInfo",
      ...from("ada"),
      body: { callId, epoch, groupInfo: utf8("group info"), digest: sized("of the group", 32) },
    }),
  ],
  [
    10,
    () => ({
      type: "refuseGiver",
      ...from("cyd"),
      body: { callId, giver: user("ada"), code: "mls.refused" },
    }),
  ],
  [
    10,
    ({ delivery: { epoch }, members }) => ({
      type: "rejoin",
      ...from("bob"),
      body: {
        callId,
        epoch,
        proof: callProof,
        commit: utf8("external commit"),
        leaf: { userId: user("bob"), leaf: members.get(user("bob"))?.leaf ?? leaf(0) },
        giver: user("ada"),
      },
    }),
  ],
  [10, judge("cyd", { code: "mls.refused", digest: sized("of another group", 32) })],
  [10, judge("eve")],
  [10, judge("ada")],
  [
    1_000,
    () => ({
      type: "leave",
      ...from("eve"),
      reason: "left",
      proof: statement("leave", "eve", "left"),
      binding: binding("eve"),
    }),
  ],
  [10, commit([], ["eve"])],
  [10, () => ({ type: "move", ...at("bob-2", "bob"), entry: entry("bob"), ...answerOf("bob", "bob-2") })],
  [10, () => ({ type: "moveEnd", ...at("bob-2", "bob") })],
  [10, () => ({ type: "move", ...at("bob-3", "bob"), entry: entry("bob"), ...answerOf("bob", "bob-3") })],
  [
    500,
    ({ delivery: { epoch }, members }) => ({
      type: "rejoin",
      ...at("bob-3", "bob"),
      body: {
        callId,
        epoch,
        proof: answerOf("bob", "bob-3").proof,
        commit: utf8("external commit of bob-3"),
        leaf: { userId: user("bob"), leaf: members.get(user("bob"))?.leaf ?? leaf(0) },
      },
    }),
  ],
  [10, () => ({ type: "unbound", ...at("bob-3", "bob"), reason: "takenOver", goesOn: device })],
  [10, () => ({ type: "deviceEnded", userId: user("bob"), deviceId: device, reason: "released" })],
  [10, () => ({ type: "unbound", ...from("cyd"), reason: "expired" })],
  // Nobody answers at hal's.
  [60_000, () => ({ type: "tick" })],
  [10, () => ({ type: "end", ...from("ada"), proof: statement("end", "ada", "ended") })],
];

/** The call after each input that was logged. */
export interface LoggedStep {
  readonly type: LoggedInput["type"];
  readonly state: CallServerState;
  readonly wakeAtMs: number | undefined;
  /** Up to and with this one. */
  readonly log: readonly StoredInput[];
}

export function* loggedCall(): Generator<LoggedStep> {
  let nowMs = startMs;
  let { state, effects } = startCall(start, nowMs);
  let log: readonly StoredInput[] = [toStored(start, nowMs)];
  yield { type: "start", state, wakeAtMs: wakeAtMs(effects), log };
  for (const [laterMs, make] of steps) {
    nowMs += laterMs;
    const input = make(state);
    const before = state;
    ({ state, effects } = stepCall(before, input, nowMs));
    // What changes nothing is not logged.
    if (state === before) continue;
    log = [...log, toStored(input, nowMs)];
    yield { type: input.type, state, wakeAtMs: wakeAtMs(effects), log };
  }
}

/** What people would notice of a state, as JSON. */
export function outline({ delivery, ended, members, removals, tasks }: CallServerState): unknown {
  const people = Array.from(members.values(), ({ userId, state, leaf: at, stay, connected }) => ({
    userId,
    state,
    stay,
    connected,
    ...(at === undefined ? {} : { leaf: at }),
  }));
  const waiting: readonly UserId[] = removals.map(({ userId }) => userId);
  const { epoch, number } = delivery;
  return { epoch, number, tasks, people, waiting, ...(ended === undefined ? {} : { ended }) };
}
