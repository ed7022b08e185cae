import assert from "node:assert/strict";
import { before, test } from "node:test";

import type { Person } from "@signet/device";
import { MemberState, startInitiator, startMember, stepCallMember } from "@signet/protocol";
import type {
  CallId,
  CallMemberState,
  DeviceId,
  FoldedCallList,
  MemberIn,
  TerminalId,
  UserId,
} from "@signet/protocol";
import fc from "fast-check";

import { isAlone } from "../../src/call/alone.ts";
import { explainEnd } from "../../src/call/call-end.ts";
import { viewCall } from "../../src/call/call-view.ts";
import type { CallFacts } from "../../src/call/call-view.ts";
import { known, person, randomId } from "../support/people.ts";

const [ann, ben, cleo] = ["ann", "ben", "cleo"] as UserId[] as [UserId, UserId, UserId];
const callId = randomId() as CallId;
let annAsKnown: Person;

before(async () => {
  annAsKnown = (await known((await person("ann")).entry)).person;
});

/** As the `call` proof of the first one says. */
const listNaming = (...userIds: readonly UserId[]): FoldedCallList => {
  const [by = ann] = userIds;
  const digest = new Uint8Array(32);
  return {
    invitations: [{ digest, by, userIds, holdsFor: userIds }],
    statements: [],
    people: userIds,
  } as Partial<FoldedCallList> as FoldedCallList;
};

const facts = (more: Partial<CallFacts> = {}): CallFacts => ({
  startedAtMs: 1,
  initiator: annAsKnown,
  list: listNaming(ann, ben, cleo),
  names: new Map([[ann, "Ann"]]),
  lookAlikes: new Map(),
  verifications: new Map(),
  signedStates: new Map(),
  leaveReasons: new Map(),
  togetherMs: 0,
  speaking: new Set<string>(),
  media: { status: "connecting" },
  microphone: { status: "starting" },
  microphones: new Map(),
  ...more,
});
const self = (userId: UserId) => ({ userId, terminalId: randomId() as TerminalId });
const said = (...members: MemberIn[]): CallMemberState =>
  stepCallMember(startInitiator(callId, self(ann)).state, {
    type: "requested",
    members: [{ userId: ann, state: "joined" }, ...members],
  }).state;
const stateOf = (view: ReturnType<typeof viewCall>, userId: UserId) =>
  view.participants.find((one) => one.userId === userId)?.state;

test("everybody in the signed list is shown, once, the initiator first, and nobody else", () => {
  const machine = said({ userId: ben, state: "declined" }, { userId: "mallory" as UserId, state: "joined" });
  const view = viewCall(machine, facts());
  assert.deepEqual(
    view.participants.map(({ userId, state }) => [userId, state]),
    [
      ["ann", "joined"],
      ["ben", "declined"],
      ["cleo", "ringing"],
    ],
  );
  assert.deepEqual(
    view.participants.map(({ isSelf, isInitiator }) => [isSelf, isInitiator]),
    [
      [true, true],
      [false, false],
      [false, false],
    ],
  );
});

test("whatever the server claims: joined is who holds the key, and only they", () => {
  const claims = fc.constantFrom(...MemberState.options);
  fc.assert(
    fc.property(claims, claims, fc.subarray([ben, cleo]), (bens, cleos, holders) => {
      const machine = said({ userId: ben, state: bens }, { userId: cleo, state: cleos });
      const view = viewCall(machine, facts({ inGroup: new Set([ann, ...holders]) }));
      for (const [userId, claim] of [
        [ben, bens],
        [cleo, cleos],
      ] as const) {
        assert.equal(stateOf(view, userId) === "joined", holders.includes(userId));
        if (!holders.includes(userId) && claim !== "joined") assert.equal(stateOf(view, userId), claim);
      }
    }),
  );
});

test("a signature counts for the state that it was made for, and no other", () => {
  const machine = said({ userId: ben, state: "left" });
  const signed = (state: MemberState) =>
    viewCall(machine, facts({ signedStates: new Map([[ben, state]]) })).participants[1]?.stateSigned;
  assert.deepEqual([signed("left"), signed("declined")], [true, false]);
  const present = viewCall(
    machine,
    facts({ inGroup: new Set([ann, ben]), signedStates: new Map([[ben, "left"]]) }),
  );
  assert.deepEqual([present.participants[1]?.state, present.participants[1]?.stateSigned], ["joined", false]);
});

test("who is in the group with a proof from before their signed leave is not shown as verified, and one is told why", () => {
  const machine = said({ userId: ben, state: "joined" });
  const verification = {
    kind: "software",
    deviceId: randomId() as DeviceId,
    signedAtMs: 100,
    userVerified: false,
    firstSeen: false,
  } as const;
  const shown = (leftAtMs: number, inGroup = new Set([ann, ben])) => {
    const verifications = new Map([[ben, verification]]);
    const known = facts({ inGroup, verifications, leavesAtMs: new Map([[ben, leftAtMs]]) });
    const { leaving, state, verification: badge } = viewCall(machine, known).participants[1] ?? {};
    return [state, badge !== undefined, leaving];
  };
  assert.deepEqual(shown(99), ["joined", true, undefined]);
  assert.deepEqual(shown(100), ["joined", false, true]);
  assert.deepEqual(shown(101), ["joined", false, true]);
  assert.deepEqual(shown(101, new Set([ann])), ["joining", true, undefined], "who is not in the group");
});

test("who is in the group by a device that was revoked is not shown as verified; nobody is marked who is not in it", () => {
  const machine = said({ userId: ben, state: "joined" });
  const verification = {
    kind: "software",
    deviceId: randomId() as DeviceId,
    signedAtMs: 100,
    userVerified: false,
    firstSeen: false,
  } as const;
  const shown = (inGroup: ReadonlySet<UserId>, revoked?: ReadonlySet<UserId>) => {
    const known = { inGroup, verifications: new Map([[ben, verification]]) };
    const view = viewCall(machine, facts({ ...known, ...(revoked === undefined ? {} : { revoked }) }));
    const { revoked: isRevoked, state, verification: badge } = view.participants[1] ?? {};
    return [state, badge !== undefined, isRevoked];
  };
  const both = new Set([ann, ben]);
  assert.deepEqual(shown(both), ["joined", true, undefined]);
  assert.deepEqual(shown(both, new Set([ben])), ["joined", false, true]);
  assert.deepEqual(shown(both, new Set([cleo])), ["joined", true, undefined]);
  assert.deepEqual(shown(new Set([ann]), new Set([ben])), ["joining", true, undefined]);
});

test("why somebody left is shown for who is not in the group, and not of oneself", () => {
  const machine = said({ userId: ben, state: "left" });
  const leaveReasons = new Map([
    [ben, "deviceRemoved" as const],
    [ann, "lost" as const],
  ]);
  const reasons = (more: Partial<CallFacts>) =>
    viewCall(machine, facts({ leaveReasons, ...more })).participants.map(({ leaveReason }) => leaveReason);
  assert.deepEqual(reasons({}), [undefined, "deviceRemoved", undefined]);
  assert.deepEqual(reasons({ inGroup: new Set([ann, ben]) }), [undefined, undefined, undefined]);
});

test("who may be back in a moment: of those who left by a page that went, and of nobody in the group; and nobody is alone for it", () => {
  const machine = said({ userId: ben, state: "left" }, { userId: cleo, state: "left" });
  const leaveReasons = new Map([
    [ben, "pageGone" as const],
    [cleo, "left" as const],
  ]);
  const reconnecting = new Set([ben, cleo]);
  const view = (more: Partial<CallFacts>) => viewCall(machine, facts({ leaveReasons, ...more }));
  const shown = (more: Partial<CallFacts>) => view(more).participants.map((person) => person.reconnecting);
  assert.deepEqual(shown({ reconnecting }), [undefined, true, undefined]);
  assert.deepEqual(shown({}), [undefined, undefined, undefined]);
  assert.deepEqual(shown({ reconnecting, inGroup: new Set([ann, ben]) }), [undefined, undefined, undefined]);
  assert.equal(isAlone(view({ reconnecting })), false);
  assert.equal(isAlone(view({})), true);
});

test("names are those that were verified; without one the user ID stands", async () => {
  const { entry: false1 } = await person("ben");
  const machine = said({ userId: ben, state: "joined", entry: { ...false1, displayName: "Boss" } });
  const view = viewCall(machine, facts());
  assert.deepEqual(
    view.participants.map((one) => one.guest ?? one.displayName),
    ["Ann", "ben", "cleo"],
  );
});

test("calling until somebody else holds the key, joining until the own Welcome, ended for good", () => {
  assert.equal(viewCall(said(), facts()).phase, "calling");
  assert.equal(viewCall(said(), facts({ activeSinceMs: 5, safetyCode: "1" })).phase, "active");
  const member = startMember(callId, self(ben), []).state;
  const joining = viewCall(member, facts());
  assert.deepEqual(
    [joining.phase, stateOf(joining, ben), joining.isInitiator, joining.safetyCode],
    ["joining", "joining", false, undefined],
  );
  const ended = stepCallMember(member, { type: "leave" }).state;
  const view = viewCall(ended, facts({ end: { type: "left" }, endedAtMs: 9 }));
  assert.deepEqual(
    [view.phase, stateOf(view, ben), view.end, view.endedAtMs],
    ["ended", "left", { type: "left" }, 9],
  );
});

test("until the server took the request nobody is said to ring", () => {
  const asking = startInitiator(callId, self(ann)).state;
  assert.equal(viewCall(asking, facts()).requesting, true);
  assert.equal(viewCall(said(), facts()).requesting, undefined);
});

test("who said that they are muted is shown so, while they are in the call and nothing is heard of them", () => {
  const verification = {
    kind: "software" as const,
    deviceId: "d" as DeviceId,
    signedAtMs: 100,
    userVerified: false,
    firstSeen: false,
  };
  const machine = said({ userId: ben, state: "joined" }, { userId: cleo, state: "joined" });
  const unheard = (more: Partial<CallFacts>, userId = ben) =>
    viewCall(
      machine,
      facts({
        verifications: new Map([[ben, verification]]),
        microphones: new Map([
          [ben, { state: "muted", saidAtMs: 100 }],
          [cleo, { state: "muted", saidAtMs: 100 }],
        ]),
        ...more,
      }),
    ).participants.find((one) => one.userId === userId)?.unheard;
  const words = (state: "on" | "muted" | "none", saidAtMs: number): Partial<CallFacts> => ({
    microphones: new Map([[ben, { state, saidAtMs }]]),
  });
  assert.equal(unheard({}), "muted");
  assert.equal(unheard(words("none", 100)), "noMicrophone");
  assert.equal(unheard(words("on", 100)), undefined);
  assert.equal(unheard(words("muted", 99)), undefined, "of an earlier stay");
  assert.equal(unheard({ speaking: new Set([ben]) }), undefined);
  assert.equal(unheard({ leavesAtMs: new Map([[ben, 100]]) }), undefined, "not as themselves");
  assert.equal(unheard({ inGroup: new Set([ann]) }), undefined, "not in the group");
  assert.equal(unheard({}, cleo), undefined, "not verified yet");
  assert.equal(unheard({ microphone: { status: "muted" } }, ann), "muted");
  assert.equal(unheard({ microphone: { status: "on", silent: true } }, ann), "muted", "by the system");
  const code = "media.noMicrophone" as const;
  assert.equal(unheard({ microphone: { status: "unavailable", code } }, ann), "noMicrophone");
});

test("whose voice is lost is shown as reconnecting while they are in the group, could be heard and have a slot of their own", () => {
  const isShown = (more: Partial<CallFacts>): boolean => {
    const inGroup = new Set<string>([ann, ben, cleo]);
    const view = viewCall(
      said(...[ben, cleo].map((userId) => ({ userId, state: "joined" as const }))),
      facts({ inGroup, slots: 2, lost: new Set([ben]), ...more }),
    );
    return view.participants.find(({ userId }) => userId === ben)?.reconnecting === true;
  };
  assert.equal(isShown({}), true);
  assert.equal(isShown({ lost: new Set([cleo]) }), false);
  assert.equal(isShown({ slots: 1 }), false, "only who speaks is forwarded then");
  assert.equal(isShown({ inGroup: new Set([ann, cleo]) }), false);
});

test("a call that ends over somebody about whom the person has to decide says so, and over whom; of other refusals only that somebody was refused", () => {
  const told = (code: "directory.keyChanged" | "directory.otherThanCompared" | "proof.user") =>
    explainEnd({ type: "failed", code }, { userId: ben, code });
  for (const code of ["directory.keyChanged", "directory.otherThanCompared"] as const)
    assert.deepEqual(told(code), { type: "failed", code, userId: ben });
  assert.deepEqual(told("proof.user"), { type: "failed", code: "call.rejectedMember", userId: ben });
});
