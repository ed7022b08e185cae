/** Who gets into a call: nobody whom the initiator did not invite, and nobody under another's name. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256 } from "@signet/device";
import { createLeafKey } from "@signet/e2ee";
import { decodeTranscript, mostRefusals } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import {
  altered,
  entryFor,
  forgeJoiner,
  newDevice,
  randomBytes,
  randomId,
  resign,
  tenMinutesAgo,
} from "./support/forgery.ts";
import type { Joiner } from "./support/forgery.ts";
import { agree, answer, rings, sceneWithServer } from "./support/scene.ts";

const scene = sceneWithServer();
/** What is tried with it has to be found without what a log proves. */
const unlogged = sceneWithServer({ keepsLog: false });

test("the committer refuses whoever does not prove to be an invited person, for this call, with this key, now", async () => {
  const [ann, ben, cleo, dan] = await unlogged.people("ann", "ben", "cleo", "dan");
  await ann.terminal.lookup([cleo.userId, dan.userId]);
  await ann.terminal.call([ben.userId, cleo.userId, dan.userId]);
  await answer(ben);
  const code = await agree(ann, ben);
  const request = ann.server.requests.find(({ type }) => type === "call.request");
  assert.ok(request?.type === "call.request");
  const callProof = request.body.proof;
  const { callId, epoch } = ann.terminal.state.call!;
  const [cleoState] = await ann.terminal.lookup([cleo.userId]);
  const cleosEntry = cleoState!.entry!;
  const [danState] = await ann.terminal.lookup([dan.userId]);
  const cleos = { userId: cleo.userId, device: cleo.device, entry: cleosEntry, callProof };
  const dans = { userId: dan.userId, device: dan.device, entry: danState!.entry!, callProof };

  let task = 1_000;
  const refusalOf = async (joiner: Joiner): Promise<string> => {
    const refused = ann.server.next("call.refuse");
    ann.server.inject({
      type: "call.commitNeeded",
      body: { callId, task: task++, epoch: epoch!, admit: [joiner], remove: [] },
    });
    const { joiners } = await refused;
    assert.deepEqual(
      joiners.map(({ userId }) => userId),
      [joiner.userId],
    );
    return joiners[0]!.code;
  };

  const stranger = await newDevice();
  const mallory = "mallory" as UserId;
  const uninvited = await forgeJoiner({
    userId: mallory,
    device: stranger,
    entry: await entryFor(stranger, mallory, unlogged.origin),
    callProof,
  });
  assert.equal(await refusalOf(uninvited), "call.notInvited");
  assert.equal(await refusalOf({ ...uninvited, userId: cleo.userId }), "proof.user", "announced as another");

  const impostor = await forgeJoiner({
    ...cleos,
    device: stranger,
    entry: await entryFor(stranger, cleo.userId, unlogged.origin),
  });
  assert.equal(await refusalOf(impostor), "directory.keyChanged");
  assert.equal(
    await refusalOf({ ...impostor, entry: cleosEntry }),
    "history.deviceUnknown",
    "cleo's entry with another device's proof",
  );
  assert.deepEqual(
    ann.terminal.state.warnings.map(({ code: warning, userId }) => `${userId} ${warning}`),
    ["cleo directory.keyChanged"],
  );

  const honest = await forgeJoiner(cleos);
  const { proof } = honest;
  const signature = { ...proof.signature, signature: altered(proof.signature.signature, 40) };
  assert.equal(await refusalOf({ ...honest, proof: { ...proof, signature } }), "proof.signature");
  assert.equal(await refusalOf({ ...honest, proof: callProof }), "proof.user");
  assert.equal(await refusalOf(await forgeJoiner({ ...cleos, issuedAtMs: tenMinutesAgo() })), "proof.time");
  const otherCall = await resign(ann.device, callProof, { callId: randomId() });
  assert.equal(await refusalOf(await forgeJoiner({ ...cleos, callProof: otherCall })), "call.notInvited");
  const otherList = await resign(ann.device, callProof, { memberUserIds: [cleo.userId] });
  assert.equal(
    await refusalOf(await forgeJoiner({ ...cleos, callProof: otherList })),
    "call.notInvited",
    "answers another call proof",
  );
  const invitation = await sha256(callProof.transcript);
  assert.equal(
    await refusalOf(await forgeJoiner({ ...cleos, callProof: otherList, invitation })),
    "proof.call",
  );

  assert.equal(
    await refusalOf(await forgeJoiner({ ...cleos, packageKey: await createLeafKey() })),
    "proof.leafKey",
  );
  const { keyPackage } = await forgeJoiner(dans);
  assert.equal(
    await refusalOf({ ...honest, keyPackage }),
    "proof.leafKey",
    "a KeyPackage with dan's proof would let cleo in as dan",
  );
  assert.equal(await refusalOf({ ...honest, keyPackage: altered(keyPackage) }), "mls.refused");
  const bens = await forgeJoiner({
    userId: ben.userId,
    device: ben.device,
    entry: (await ann.terminal.lookup([ben.userId]))[0]!.entry!,
    callProof,
  });
  assert.equal(await refusalOf(bens), "mls.duplicateUser", "somebody who is in the call already");

  assert.deepEqual([ann.terminal.state.call?.epoch, ben.terminal.state.call?.epoch], [epoch, epoch]);
  assert.equal(await agree(ann, ben), code, "nothing changed");
  await cleo.until(rings, "ringing");
  await answer(cleo);
  assert.notEqual(await agree(ann, ben, cleo), code, "the real one gets in");
});

test("where the server keeps a log, whoever has a key that it does not prove is let in by nobody, invited or not", async () => {
  const [rae, tom, ted] = await scene.people("rae", "tom", "ted");
  const requested = rae.server.next("call.request");
  await rae.terminal.call([tom.userId, ted.userId]);
  await answer(tom);
  await agree(rae, tom);
  const { proof: callProof } = await requested;
  const { callId, epoch } = rae.terminal.state.call!;
  const device = await newDevice();
  for (const userId of [ted.userId, "mallory" as UserId]) {
    const entry = await entryFor(device, userId, scene.origin);
    const joiner = await forgeJoiner({ userId, device, entry, callProof });
    const refused = rae.server.next("call.refuse");
    rae.server.inject({
      type: "call.commitNeeded",
      body: { callId, task: 1_000, epoch: epoch!, admit: [joiner], remove: [] },
    });
    const { joiners } = await refused;
    assert.deepEqual(
      joiners.map(({ code, userId: who }) => [code, who]),
      [["directory.unproven", userId]],
    );
  }
});

test("all of a task who must not enter are named in one message, each with the reason of their own; the others get in", async () => {
  const [eva, fred, gina, hana] = await scene.people("eva", "fred", "gina", "hana");
  const requested = eva.server.next("call.request");
  await eva.terminal.call([fred.userId, gina.userId, hana.userId]);
  const { proof: callProof } = await requested;
  const forged = async ({ userId, device }: typeof gina, issuedAtMs = Date.now()): Promise<Joiner> => {
    const [found] = await eva.terminal.lookup([userId]);
    return forgeJoiner({ userId, device, entry: found!.entry!, callProof, issuedAtMs });
  };
  const [ginas, hanas] = await Promise.all([forged(gina, tenMinutesAgo()), forged(hana)]);
  const bad: readonly (readonly [Joiner, string])[] = [
    [{ ...hanas, userId: "mallory" as UserId }, "proof.user"],
    [ginas, "proof.time"],
    [{ ...hanas, keyPackage: altered(hanas.keyPackage) }, "mls.refused"],
  ];
  const admit = bad.map(([joiner]) => joiner);
  const refusals = () =>
    eva.server.requests.flatMap((sent) => (sent.type === "call.refuse" ? [sent.body] : []));
  const commits = () => eva.server.requests.filter(({ type }) => type === "call.commit").length;
  const named = {
    callId: eva.terminal.state.call!.callId,
    joiners: bad.map(([{ userId, terminalId }, code]) => ({ userId, terminalId, code })),
  };
  const byName = ({ callId, joiners }: typeof named) => ({
    callId,
    joiners: joiners.toSorted((a, b) => a.userId.localeCompare(b.userId)),
  });
  // Nobody is left whom a Commit could let in.
  const refused = eva.server.next("call.refuse");
  const body = { callId: named.callId, epoch: 0, task: 1_000, admit, remove: [] };
  eva.server.inject({ type: "call.commitNeeded", body });
  await refused;
  assert.deepEqual(refusals().map(byName), [byName(named)]);
  // And somebody is, between them.
  eva.server.onEvent("call.commitNeeded", (task) => {
    const [first] = task.admit;
    return first?.userId === fred.userId
      ? [{ ...task, admit: [admit[0]!, first, admit[1]!, admit[2]!] }]
      : [task];
  });
  await answer(fred);
  await agree(eva, fred);
  assert.deepEqual(refusals().map(byName), [byName(named), byName(named)]);
  assert.equal(commits(), 1, "one for all, and none before");
  eva.server.repent();
  await Promise.all([gina, hana].map(answer));
  await agree(eva, fred, gina, hana);
  assert.equal(refusals().length, 2, "who comes as themselves is not refused for it");
});

test("whom to remove is found by user ID in the own group, whatever leaf the server says", async () => {
  const [pam, ray, sid] = await scene.people("pam", "ray", "sid");
  await pam.terminal.call([ray.userId, sid.userId]);
  await Promise.all([ray, sid].map(answer));
  await agree(pam, ray, sid);
  // Sid leaves and comes back, and is removed and let in with one Commit; pam herself is on the list, too.
  pam.server.onEvent("call.commitNeeded", (task) => {
    if (task.admit.length === 0) return [];
    const remove = task.remove.flatMap((one) => [
      { ...one, leaf: (one.leaf === 1 ? 2 : 1) as typeof one.leaf },
      { ...one, userId: pam.userId },
    ]);
    return [{ ...task, remove }];
  });
  ray.server.onEvent("call.commitNeeded", () => []);
  const committing = pam.server.next("call.commit");
  await sid.terminal.leave();
  const { joinable } = await sid.until((state) => state.joinable.length > 0, "a call to join");
  await sid.terminal.answer(joinable[0]!.callId);
  const { admitted, removed } = await committing;
  assert.deepEqual(removed, ["sid"]);
  assert.deepEqual(
    admitted.map(({ userId }) => userId),
    ["sid"],
  );
  await agree(pam, ray, sid);
});

test("who joins again and again with garbage beside a valid proof is refused by the server; the committer goes on", async () => {
  const [tess, ugo, mal, vera] = await scene.people("tess", "ugo", "mal", "vera");
  await tess.terminal.call([ugo.userId, mal.userId, vera.userId]);
  await answer(ugo);
  await agree(tess, ugo);
  const request = tess.server.requests.find(({ type }) => type === "call.request");
  assert.ok(request?.type === "call.request");
  const callProof = request.body.proof;
  const [found] = await tess.terminal.lookup([mal.userId]);
  const join = async (): Promise<void> => {
    const { userId, device } = mal;
    const { proof } = await forgeJoiner({ userId, device, entry: found!.entry!, callProof });
    const transcript = decodeTranscript(proof.transcript);
    assert.ok(transcript?.purpose === "join");
    const keyPackage = Uint8Array.of(...randomBytes(12_000), ...transcript.leafKey);
    mal.server.send("call.join", { proof, keyPackage });
  };
  await mal.until(rings, "ringing");
  for (let i = 0; i < mostRefusals; i++) {
    const refused = tess.server.next("call.refuse");
    await join();
    assert.deepEqual(
      (await refused).joiners.map(({ userId, code }) => [userId, code]),
      [["mal", "mls.badMessage"]],
    );
  }
  await Promise.all(Array.from({ length: 40 }, join));
  await answer(vera);
  await agree(tess, ugo, vera);
  const heard = tess.server.requests.filter(({ type }) => type === "call.refuse");
  assert.equal(heard.length, mostRefusals, "what came afterwards was not passed on");
  assert.equal(
    tess.server.requests.filter(({ type }) => type === "session.hello").length,
    1,
    "always online",
  );
});
