/**
 * Half an hour into a call: nobody comes in by an answer from when it began, whom all would take for longest in it; and a terminal that stood still meanwhile follows what the
 * others did. The clock of server and terminals is the test's.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import type { EventBody } from "@signet/protocol";
import type { RunningServer } from "@signet/server";

import { forgeJoiner } from "./support/forgery.ts";
import { Scene, agree, agreeOn, answer, participant } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

const halfHourMs = 30 * 60_000;
let behindMs: number;
const nowMs = (): number => Date.now() - behindMs;

let server: RunningServer;
const scene = new Scene(() => server.origin);

before(async () => {
  server = await startTestServer({ clock: nowMs });
});
beforeEach(() => {
  behindMs = halfHourMs;
});
after(async () => {
  await scene.close();
  await server.close();
});

const person = (userId: string): Promise<Deceived> => scene.deceived(userId, { environment: { nowMs } });

test("an Add of an answer that is older than the one that the server was shown: who made it is put out", async () => {
  const rogue = await scene.rogue("rogue", nowMs);
  const [eva, fred, gina] = [await person("eva"), await person("fred"), await person("gina")];
  await rogue.call([eva.userId, fred.userId, gina.userId]);
  const began = nowMs();
  for (const one of [eva, fred]) {
    await answer(one);
    await one.until(({ call }) => call?.phase === "active", "in the group");
  }
  const isTogether = ({ userId }: Deceived) => participant(eva.terminal.state, userId).state === "joined";
  await eva.until(() => isTogether(fred), "that fred is in the group");
  behindMs = 0;
  // Whatever is answered now shows that there was no Commit before.
  const [found] = await eva.terminal.lookup([gina.userId]);
  await fred.terminal.lookup([gina.userId]);
  const { userId, device } = gina;
  const entry = found!.entry!;
  const joiner = await forgeJoiner({ userId, device, entry, callProof: rogue.callProof!, packedAtMs: began });
  gina.server.send("call.join", { proof: joiner.proof, keyPackage: joiner.keyPackage });
  for (const one of [eva, fred]) {
    const isOut = () => participant(one.terminal.state, rogue.userId).leaveReason === "badCommit";
    await one.until(isOut, "that the rogue is out");
    const said = one.server.requests.find(({ type }) => type === "call.judgeCommit");
    assert.ok(said?.type === "call.judgeCommit");
    assert.equal(said.body.code, "proof.time");
  }
  await agree(eva, fred);
});

test("a terminal that stood still for half an hour follows who was let in meanwhile, and who moved", async () => {
  const [ann, ben, cleo] = [await person("ann"), await person("ben"), await person("cleo")];
  await ann.terminal.call([ben.userId, cleo.userId]);
  await answer(ben);
  await agree(ann, ben);
  const late: EventBody<"call.committed">[] = [];
  ben.server.onEvent("call.committed", (body) => {
    late.push(body);
    return [];
  });
  await answer(cleo);
  await agreeOn([ann, ben, cleo], [ann, cleo]);
  const { device } = cleo;
  const there = await scene.visitor(cleo.userId, { device, environment: { nowMs } });
  await there.terminal.signIn({ userId: cleo.userId });
  await there.until(({ elsewhere }) => elsewhere !== undefined, "offered to move");
  await there.terminal.moveHere();
  await agreeOn([ann, ben, cleo], [ann, there]);
  assert.equal(late.length, 2);
  behindMs = 0;
  ben.server.repent();
  for (const body of late) ben.server.inject({ type: "call.committed", body });
  await agree(ann, ben, there);
});
