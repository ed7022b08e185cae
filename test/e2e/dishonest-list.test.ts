/** Words about who may be in a call that a server hides, shows again, or shows to some: nobody goes on with another list than the others. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { EventBody } from "@signet/protocol";

import { forgeJoiner } from "./support/forgery.ts";
import type { Headless } from "./support/headless.ts";
import { agree, answer, callAll, rings, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

const scene = sceneWithServer();

/** What is said with a Commit does not come with it. */
const hide = (person: Deceived): void =>
  person.server.onEvent("call.committed", ({ statements: _hidden, ...committed }) => [committed]);

async function ended(person: Headless) {
  const { call } = await person.until((state) => state.call?.phase === "ended", "that the call is left");
  return call?.end;
}
const timesAsked = ({ server: { requests } }: Deceived): number =>
  requests.filter(({ type }) => type === "call.list").length;

test("a removal that is kept back is asked for once; where the server hides it, the call is left rather than gone on with", async () => {
  const [ann, ben, cleo, dan] = await scene.people("ann", "ben", "cleo", "dan");
  await callAll(ann, ben, cleo, dan);
  hide(ben);
  await ann.terminal.remove([dan.userId]);
  await agree(ann, ben, cleo);
  assert.equal(timesAsked(ben), 1);
  ben.server.answer("call.list", () => ({}));
  await ann.terminal.invite([dan.userId]);
  assert.deepEqual(await ended(ben), { type: "failed", code: "mls.otherList", userId: ann.userId });
  assert.equal(timesAsked(ben), 2);
  await answer(dan);
  await agree(ann, cleo, dan);
});

test("a removal without the invitation that it voids is not the end: what is missing is asked for", async () => {
  const [una, vic, wim, xia] = await scene.people("una", "vic", "wim", "xia");
  await callAll(una, vic, wim);
  // Both in one Commit.
  una.server.onEvent("call.commitNeeded", (task) => (task.statements?.length === 2 ? [task] : []));
  vic.server.onEvent("call.committed", ({ statements = [], ...committed }) => [
    { ...committed, statements: statements.filter(({ binding }) => binding !== undefined) },
  ]);
  await una.terminal.invite([xia.userId]);
  await una.terminal.remove([xia.userId]);
  await vic.until(() => timesAsked(vic) === 1, "that the list is asked for");
  await vic.until(
    ({ call }) =>
      call?.participants.some(({ userId, state }) => userId === xia.userId && state === "removed") === true,
    "that it is known who was removed",
  );
  await agree(una, vic, wim);
});

test("whoever comes in is in the list of the others, or not in the call", async () => {
  const [eva, fred, gina, hugo] = await scene.people("eva", "fred", "gina", "hugo");
  await callAll(eva, fred);
  await eva.terminal.invite([gina.userId, hugo.userId]);
  await Promise.all([gina, hugo].map((one) => one.until(rings, "ringing")));
  // Once it is shown with the GroupInfo, after all.
  gina.server.onEvent("call.welcome", ({ statements: _hidden, ...welcome }) => [welcome]);
  await answer(gina);
  await agree(eva, fred, gina);
  hugo.server.onEvent("call.welcome", ({ statements: _hidden, ...welcome }) => [welcome]);
  hugo.server.onReply("call.groupInfo", (reply) => {
    if (reply.type !== "given") return [reply];
    const { statements: _hidden, ...given } = reply;
    return [given];
  });
  await answer(hugo);
  const end = await ended(hugo);
  assert.equal(end?.type === "failed" && end.code, "mls.otherList");
  await agree(eva, fred, gina);
});

test("an old invitation that is sent again rings for nobody, and a removed person's answer to it leads nowhere", async () => {
  const [ida, jon, kim, liz] = await scene.people("ida", "jon", "kim", "liz");
  await callAll(ida, jon);
  const invited = jon.server.next("call.invite");
  await jon.terminal.invite([kim.userId]);
  const { proof } = await invited;
  await answer(kim);
  await agree(ida, jon, kim);
  await ida.terminal.remove([kim.userId]);
  await ended(kim);
  await agree(ida, jon);
  jon.server.send("call.invite", { proof });
  // What comes after it on the same connection has been heard.
  await jon.terminal.invite([liz.userId]);
  await answer(liz);
  await agree(ida, jon, liz);
  assert.equal(kim.terminal.state.ringing.length, 0);
  // The server wants kim back: whoever is asked to commit refuses, whatever it says.
  const callProof = ida.server.requests.find(({ type }) => type === "call.request");
  assert.ok(callProof?.type === "call.request");
  const [found] = await ida.terminal.lookup([kim.userId]);
  const invitation = new Uint8Array(await crypto.subtle.digest("SHA-256", proof.transcript));
  const { proof: answered } = callProof.body;
  const joiner = { userId: kim.userId, device: kim.device, entry: found!.entry!, callProof: answered };
  const admit = [await forgeJoiner({ ...joiner, invitation }), await forgeJoiner(joiner)];
  for (const [one, code] of [
    [admit[0]!, "callList.removed"],
    [admit[1]!, "call.notInvited"],
  ] as const) {
    const refused = ida.server.next("call.refuse");
    const { callId, epoch } = ida.terminal.state.call!;
    const task: EventBody<"call.commitNeeded"> = {
      callId,
      task: 900,
      epoch: epoch!,
      admit: [one],
      remove: [],
    };
    ida.server.inject({ type: "call.commitNeeded", body: task });
    assert.deepEqual(
      (await refused).joiners.map(({ userId, code: why }) => `${userId} ${why}`),
      [`${kim.userId} ${code}`],
    );
  }
  await agree(ida, jon, liz);
});

test("that somebody was removed is the server's word where no host signed it, or it is about somebody else, or about the time before", async () => {
  const [max, ned, oda, pia] = await scene.people("max", "ned", "oda", "pia");
  await callAll(max, ned, oda, pia);
  const said: Promise<EventBody<"call.removed">> = new Promise((resolve) =>
    pia.server.onEvent("call.removed", (body) => {
      resolve(body);
      return [body];
    }),
  );
  await max.terminal.remove([pia.userId]);
  assert.deepEqual(await ended(pia), { type: "removed", userId: max.userId });
  // pia's removal, shown to ned.
  ned.server.inject({ type: "call.removed", body: await said });
  assert.deepEqual(await ended(ned), { type: "removed" });
  await agree(max, oda);
  // The one that held, shown again to who was invited anew.
  await max.terminal.invite([pia.userId]);
  await answer(pia);
  await agree(max, oda, pia);
  pia.server.inject({ type: "call.removed", body: await said });
  assert.deepEqual(await ended(pia), { type: "removed" });
});

test("an invitation of another call, and a removal by who is not host, are refused by the server, and by terminals that it hands them to", async () => {
  const [quin, rob, sue] = await scene.people("quin", "rob", "sue");
  await callAll(quin, rob);
  const invited = rob.server.next("call.invite");
  await rob.terminal.invite([sue.userId]);
  const { proof } = await invited;
  await quin.terminal.leave();
  await rob.terminal.leave();
  await Promise.all(
    [quin, rob].map((one) => one.until(({ call }) => call?.phase === "ended", "that it is over")),
  );
  quin.terminal.dismissCall();
  rob.terminal.dismissCall();
  await callAll(quin, rob);
  const answered = new Promise<string>((resolve) =>
    rob.server.onRequest("call.invite", () => {
      resolve("sent");
      return [{ proof }];
    }),
  );
  await assert.rejects(rob.terminal.invite([sue.userId]), { code: "call.notFound" });
  assert.equal(await answered, "sent");
  const removed = rob.server.next("call.remove");
  await assert.rejects(rob.terminal.remove([quin.userId]), { code: "callList.notHost" });
  const registered = rob.server.requests.find(({ type }) => type === "register.finish");
  assert.ok(registered?.type === "register.finish");
  const { proof: removal } = await removed;
  const refused = quin.server.next("call.refuse");
  const { callId, epoch } = quin.terminal.state.call!;
  const statements = [{ proof }, { proof: removal, binding: registered.body.proof }];
  const task = { callId, task: 900, epoch: epoch!, admit: [], remove: [], statements };
  quin.server.inject({ type: "call.commitNeeded", body: task });
  assert.deepEqual(
    (await refused).statements?.map(({ code }) => code),
    ["proof.call", "callList.notHost"],
  );
  await agree(quin, rob);
});
