/** External Commits at the server: whose GroupInfo they are made of, who is asked for one, and who is at fault for a false one. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  decodeProof,
  encodeProof,
  mostGivenBytes,
  mostLeaveBytes,
  mostRefusedGivers,
  mostRejoinBytes,
} from "@signet/protocol";
import type { CallServerInput, ProofIn } from "@signet/protocol";

import { bytes, callId, from, leaf, proof, reachable, userId } from "../fixtures.ts";
import { ServerWorld, joinInput } from "./call-server-world.ts";

/** ada, who commits, and these in the group at epoch 1. */
function group(...names: readonly string[]): ServerWorld {
  const world = new ServerWorld([...new Set([...names, "eve"])].map((name) => reachable(name)));
  for (const name of names) world.join(name);
  return world.commit("ada", names);
}

const ask = (world: ServerWorld, name: string): ServerWorld =>
  world.ask({ type: "groupInfo", ...from(name) });
const reply = ({ effects }: ServerWorld): unknown => effects.find(({ type }) => type === "reply");
const refuse = (world: ServerWorld, name: string, giver: string): ServerWorld =>
  world.step({
    type: "refuseGiver",
    ...from(name),
    body: { callId: callId(), giver: userId(giver), code: "mls.refused" },
  });
const offer = (
  world: ServerWorld,
  name: string,
  groupInfo = bytes(`info of ${name}`),
  digest = bytes("digest"),
): ServerWorld =>
  world.step({
    type: "offerGroupInfo",
    ...from(name),
    body: { callId: callId(), epoch: world.state.delivery.epoch, groupInfo, digest },
  });
function rejoin(
  world: ServerWorld,
  name: string,
  commit: Uint8Array<ArrayBuffer>,
  giver?: string,
  said = proof(`join ${name}`),
): ServerWorld {
  const body: Extract<CallServerInput, { type: "rejoin" }>["body"] = {
    callId: callId(),
    epoch: world.state.delivery.epoch,
    proof: said,
    commit,
    leaf: { userId: userId(name), leaf: world.state.members.get(userId(name))?.leaf ?? leaf(7) },
    ...(giver === undefined ? {} : { giver: userId(giver) }),
  };
  return world.step({ type: "rejoin", ...from(name), body });
}

test("a GroupInfo comes with its giver and what they say that it is of; nobody gets their own", () => {
  const world = group("bob", "cyd");
  offer(world, "ada");
  ask(world, "bob");
  assert.deepEqual(reply(world), {
    type: "reply",
    body: { type: "given", epoch: 1, groupInfo: bytes("info of ada"), by: "ada", digest: bytes("digest") },
  });
  ask(world, "ada");
  assert.deepEqual(reply(world), { type: "reply", body: { type: "awaited", epoch: 1, giver: "bob" } });
  assert.deepEqual(world.to("call.groupInfoNeeded"), ["bob-1"]);
});

test("who rejoins may have another proof in their leaf than they tell: the next Welcome has room for the longest, and for the one of before", () => {
  const by = (authenticatorData: number, clientDataJson: number): ProofIn => ({
    transcript: bytes("transcript of join bob"),
    signature: {
      kind: "webauthn",
      authenticatorData: new Uint8Array(authenticatorData),
      clientDataJson: new Uint8Array(clientDataJson),
      signature: new Uint8Array(72),
    },
  });
  const longest = encodeProof(by(1024, 2048));
  assert.ok(decodeProof(longest), "in a leaf it is taken");
  const leafBytes = (world: ServerWorld): number => world.state.members.get(userId("bob"))?.leafBytes ?? 0;
  const world = group("bob", "cyd");
  rejoin(world, "bob", bytes("commit"), undefined, by(37, 90));
  assert.ok(leafBytes(world) > longest.length, `${leafBytes(world)} of ${longest.length}`);
  const large = new ServerWorld().step({ ...joinInput("bob"), keyPackage: new Uint8Array(9_000) });
  large.commit("ada", ["bob"]);
  rejoin(large, "bob", bytes("commit"), undefined, by(37, 90));
  assert.equal(leafBytes(large), 9_000);
});

test("with whom a GroupInfo does not hold, for them another member is asked, until nobody is left; not for others", () => {
  const world = group("bob", "cyd", "dan");
  offer(world, "ada");
  refuse(world, "dan", "ada");
  assert.deepEqual(
    world.effects.filter(({ type }) => type !== "wakeAt"),
    [{ type: "reply", body: {} }],
  );
  assert.deepEqual(ask(world, "dan").to("call.groupInfoNeeded"), ["bob-1"]);
  offer(world, "bob");
  assert.deepEqual(ask(world, "dan").to("call.groupInfoNeeded"), [], "bob's is there");
  refuse(world, "dan", "bob");
  assert.deepEqual(ask(world, "dan").to("call.groupInfoNeeded"), ["cyd-1"]);
  world.step({ type: "disconnected", ...from("cyd") });
  ask(world, "dan");
  assert.deepEqual(reply(world), { type: "reply", body: { type: "awaited", epoch: 1 } }, "cyd may come back");
  refuse(world, "dan", "cyd");
  assert.equal(ask(world, "dan").refusal(), "call.noGroupInfo");
  ask(world, "cyd");
  assert.deepEqual(
    (reply(world) as { body: { by: string } }).body.by,
    "ada",
    "by dan's word nothing follows for cyd",
  );
  for (const name of ["ada", "bob", "cyd"]) assert.equal(world.memberState(name), "joined");
  // Nor does it end with the epoch.
  world.join("eve").commit("ada", ["eve"]);
  assert.deepEqual(ask(world, "dan").to("call.groupInfoNeeded"), ["eve-1"]);
});

test("who is alone in the group is told so", () => {
  const world = group("bob").leave("bob").commit("ada", [], ["bob"]);
  assert.equal(ask(world, "ada").refusal(), "call.noGroupInfo");
});

test("the same refusal is taken once, and sixteen of one person; of nobody outside, and about nobody outside", () => {
  const names = Array.from({ length: mostRefusedGivers + 1 }, (_, i) => `m${i}.x`);
  const world = group("bob", ...names);
  for (const name of names.slice(1)) assert.equal(refuse(world, "bob", name).refusal(), undefined);
  const { state } = world;
  assert.equal(refuse(world, "bob", names[1]!).replied(), true);
  assert.equal(world.state, state, "said again, it changes nothing");
  assert.equal(refuse(world, "bob", names[0]!).refusal(), "delivery.tooMuch");
  assert.equal(refuse(world, names[0]!, names[1]!).refusal(), undefined, "another's are their own");
  assert.equal(refuse(world, "eve", "ada").refusal(), "call.notMember");
  assert.equal(refuse(world, names[2]!, "mal").refusal(), "call.notMember");
});

test("what one person's rejoins take is bounded, with the GroupInfos that they are made of", () => {
  for (const more of [0, 1]) {
    const world = group("bob", "cyd");
    const infoBytes = 1024 * 1024;
    const proofBytes = proof("join bob").transcript.length;
    for (let i = 0; i < 3; i++) {
      offer(world, "ada", new Uint8Array(infoBytes));
      assert.equal(rejoin(world, "bob", bytes(`${i}`), "ada").refusal(), undefined);
      world.nowMs += 60_000;
    }
    const taken = 3 * (infoBytes + proofBytes + 1);
    const commit = new Uint8Array(mostRejoinBytes - taken - proofBytes - 1_000 + more);
    offer(world, "cyd", new Uint8Array(1_000));
    assert.equal(rejoin(world, "bob", commit).refusal(), more === 0 ? undefined : "delivery.tooMuch");
    if (more === 1)
      assert.equal(rejoin(world, "cyd", bytes("x")).refusal(), undefined, "another has their own");
    // Leaving and joining again does not begin a new count.
    if (more === 0) {
      world.leave("bob").commit("ada", [], ["bob"]).join("bob").commit("ada", ["bob"]);
      world.nowMs += 60_000;
      assert.equal(rejoin(world, "bob", bytes("x")).refusal(), "delivery.tooMuch");
    }
  }
});

test("what one person gives of GroupInfos is bounded, and then another member is asked", () => {
  const world = group("bob", "cyd");
  const next = (): void => {
    world.leave("cyd").commit("ada", [], ["cyd"]).join("cyd").commit("ada", ["cyd"]);
    world.nowMs += 60_000;
  };
  offer(world, "ada", new Uint8Array(mostGivenBytes - 10));
  next();
  assert.equal(offer(world, "ada", new Uint8Array(11)).refusal(), "delivery.tooMuch");
  assert.equal(ask(world, "bob").to("call.groupInfoNeeded")[0], "ada-1");
  assert.equal(offer(world, "ada", new Uint8Array(10)).refusal(), undefined);
  next();
  assert.equal(ask(world, "bob").to("call.groupInfoNeeded")[0], "cyd-1");
  assert.equal(offer(world, "cyd", new Uint8Array(10)).refusal(), undefined);
});

/** bob's external Commit, made of ada's GroupInfo, which ada says is of `digest`. */
function externalCommit(
  digest: string,
  { giver }: { readonly giver?: string } = { giver: "ada" },
): ServerWorld {
  const world = group("bob", "cyd", "dan");
  offer(world, "ada", bytes("info"), bytes(digest));
  return rejoin(world, "bob", bytes("external"), giver);
}
const judge = (world: ServerWorld, name: string, digest?: string): ServerWorld =>
  world.step({
    type: "judge",
    ...from(name),
    body: {
      callId: callId(),
      number: 2,
      code: "mls.refused",
      ...(digest === undefined ? {} : { digest: bytes(digest) }),
    },
  });

test("an external Commit of a false GroupInfo puts out its giver, not the one who came in by it", () => {
  const world = externalCommit("false");
  judge(judge(world, "cyd", "true"), "dan", "true");
  assert.deepEqual(world.to("call.commitJudged").toSorted(), ["bob-1", "cyd-1", "dan-1"]);
  assert.equal(world.memberState("ada"), "left");
  assert.equal(world.memberState("bob"), "joined");
  const out = world.sent("call.member").filter(({ body }) => body.member.userId === "ada");
  assert.ok(out.length > 0 && out.every(({ body }) => body.reason === "badCommit"));
  assert.deepEqual(
    world.sent("call.commitNeeded")[0]?.body.remove.map(({ userId: id }) => id),
    ["ada"],
  );
  assert.equal(world.join("ada").refusal(), "call.putOut");
  // Bob's own leaf is as before, and by another's GroupInfo he comes back.
  world.commit("cyd", [], ["ada"]);
  assert.deepEqual(ask(world, "bob").to("call.groupInfoNeeded"), ["cyd-1"]);
  assert.equal(rejoin(world, "bob", bytes("again"), "cyd").refusal(), undefined);
});

test("an external Commit that does not hold though its GroupInfo does puts out its sender", () => {
  const ends: readonly (readonly [string, ServerWorld])[] = [
    ["as the others know the epoch", judge(judge(externalCommit("true"), "cyd", "true"), "dan", "true")],
    ["only one says otherwise", judge(judge(externalCommit("true"), "cyd", "true"), "dan", "lie")],
    ["nobody says of which epoch they are", judge(judge(externalCommit("false"), "cyd"), "dan")],
    [
      "it names somebody who gave none",
      judge(judge(externalCommit("false", { giver: "cyd" }), "cyd", "true"), "dan", "true"),
    ],
    ["it names nobody", judge(judge(externalCommit("false", {}), "cyd", "true"), "dan", "true")],
  ];
  for (const [name, world] of ends) {
    assert.equal(world.memberState("bob"), "left", name);
    for (const other of ["ada", "cyd", "dan"]) assert.equal(world.memberState(other), "joined", name);
  }
});

test("a minority that says falsely that a GroupInfo was false puts out nobody", () => {
  const world = externalCommit("true");
  judge(world, "cyd", "lie");
  for (const name of ["ada", "dan"])
    world.step({ type: "judge", ...from(name), body: { callId: callId(), number: 2 } });
  assert.equal(world.sent("call.commitJudged")[0]?.body.holds, true);
  for (const name of ["ada", "bob", "cyd", "dan"]) assert.equal(world.memberState(name), "joined");
});

test("a newcomer is told who left before, by their latest signed word, also when they came back", () => {
  const world = group("bob", "cyd", "dan").leave("cyd").leave("dan").join("cyd");
  const joined = reply(world.join("eve")) as { body: { leaves: { userId: string; reason: string }[] } };
  assert.deepEqual(joined.body.leaves.map(({ userId: id, reason }) => `${id} ${reason}`).toSorted(), [
    "cyd left",
    "dan left",
  ]);
  assert.deepEqual(reply(world.step(joinInput("eve"))), reply(world), "the same reply, said again");
  const lost = group("bob", "cyd")
    .step({ type: "disconnected", ...from("cyd") })
    .step({ type: "tick" }, 60_000);
  assert.equal(lost.memberState("cyd"), "left");
  assert.deepEqual((reply(lost.join("eve")) as typeof joined).body.leaves, [], "nobody signed it");
});

test("of the leaves those are told that fit", () => {
  const leaves = (each: number): number => {
    const world = group("bob", "cyd", "dan");
    for (const name of ["bob", "cyd", "dan"])
      world.step({
        type: "leave",
        ...from(name),
        reason: "left",
        proof: { ...proof("leave"), transcript: new Uint8Array(each) },
        binding: proof("b"),
      });
    return (reply(world.join("eve")) as { body: { leaves: unknown[] } }).body.leaves.length;
  };
  const rest = 3 * 1_000;
  assert.equal(leaves(Math.floor((mostLeaveBytes - rest) / 3)), 3);
  assert.equal(leaves(Math.ceil(mostLeaveBytes / 3)), 2);
});

/** In the order in which they are asked to commit, while nobody does it. */
function committers(world: ServerWorld, count: number): readonly string[] {
  world.leave("eve");
  const asked = [...world.to("call.commitNeeded")];
  while (asked.length < count)
    asked.push(...world.step({ type: "tick" }, world.state.times.commitMs).to("call.commitNeeded"));
  return asked;
}

test("a leaf that is falsely said of a joiner closes nobody's way back, and gives nobody a place before others", () => {
  for (const said of [1, 2, 9]) {
    const world = group("bob", "cyd").join("eve");
    world.commit("ada", ["eve"], [], { admitted: [{ userId: userId("eve"), leaf: leaf(said) }] });
    // bob comes back in his own leaf, and cyd in one that became free.
    assert.equal(rejoin(world, "bob", bytes("external")).refusal(), undefined);
    assert.deepEqual(committers(world, 3), ["ada-1", "bob-1", "cyd-1"]);
  }
  const world = group("bob", "cyd").join("eve");
  world.commit("ada", ["eve"], [], { admitted: [{ userId: userId("eve"), leaf: leaf(1) }] }).leave("bob");
  world.commit("ada", [], ["bob"]);
  const { epoch } = world.state.delivery;
  const body = {
    callId: callId(),
    epoch,
    proof: proof("join cyd"),
    commit: bytes("external"),
    leaf: { userId: userId("cyd"), leaf: leaf(1) },
  };
  assert.equal(world.step({ type: "rejoin", ...from("cyd"), body }).refusal(), undefined);
  assert.equal(world.state.members.get(userId("cyd"))?.leaf, 1);
});

test("who says of themselves that they have another one's leaf, present or about to leave, is asked after all others", () => {
  const claim = (world: ServerWorld, name: string, at: number): ServerWorld => {
    const { epoch } = world.state.delivery;
    const body = {
      callId: callId(),
      epoch,
      proof: proof(`join ${name}`),
      commit: bytes(`external ${epoch}`),
      leaf: { userId: userId(name), leaf: leaf(at) },
    };
    return world.step({ type: "rejoin", ...from(name), body });
  };
  const four = (): ServerWorld => group("bob", "cyd", "dan", "eve");
  assert.deepEqual(committers(claim(four(), "cyd", 0), 4), ["ada-1", "bob-1", "dan-1", "cyd-1"]);
  assert.deepEqual(committers(claim(four(), "dan", 1), 4), ["ada-1", "bob-1", "cyd-1", "dan-1"]);
  assert.deepEqual(committers(claim(claim(four(), "cyd", 0), "cyd", 0), 4).at(-1), "cyd-1", "said again");
  // One that was free is a leaf as any other.
  assert.deepEqual(committers(claim(four(), "cyd", 7), 4), ["ada-1", "bob-1", "dan-1", "cyd-1"]);
  const leaving = four().leave("ada");
  assert.deepEqual(claim(leaving, "cyd", 0).to("call.commitNeeded"), ["bob-1"]);
});
