/** (r, n - s) for (r, s), which anybody can make of an ES256 signature: a server that hands it on changes nothing for anybody. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ProofIn } from "@signet/protocol";

import { twinOf } from "./support/forgery.ts";
import { agree, answer, participant, rings, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

const scene = sceneWithServer();
/** What is tried with it has to be found without what a log proves. */
const unlogged = sceneWithServer({ keepsLog: false });

const twinEntry = <T extends { readonly proof: ProofIn }>(entry: T): T => ({
  ...entry,
  proof: twinOf(entry.proof),
});

/** Whatever a device signed in a call comes with its other signature. */
function lie({ server: way }: Deceived): void {
  way.onEvent("call.ring", (ring) => [
    {
      ...ring,
      proof: twinOf(ring.proof),
      binding: twinOf(ring.binding),
    },
  ]);
  way.onEvent("call.commitNeeded", (task) => [
    {
      ...task,
      admit: task.admit.map((one) => ({ ...one, proof: twinOf(one.proof) })),
    },
  ]);
  way.onEvent("call.member", (said) => [
    { ...said, ...(said.binding === undefined ? {} : { binding: twinOf(said.binding) }) },
  ]);
}

test("the other signatures ring, let in, and keep nobody out; what was declined stays so", async () => {
  const [ann, ben, cleo, dan] = await scene.people("ann", "ben", "cleo", "dan");
  for (const one of [ann, ben, cleo]) lie(one);
  await ann.terminal.call([ben.userId, cleo.userId, dan.userId]);
  await answer(ben);
  await agree(ann, ben);
  await answer(cleo);
  await answer(dan);
  await agree(ann, ben, cleo, dan);
  await ann.terminal.leave();
  await agree(ben, cleo, dan);
  await ben.until((state) => participant(state, ann.userId).stateSigned, "the leave, signed");
  for (const { terminal } of [ann, ben, cleo, dan]) assert.deepEqual(terminal.state.warnings, []);
});

test("a ring that was declined does not ring again with the other signature", async () => {
  const [eve, fay, gus] = await scene.people("eve", "fay", "gus");
  let rung: Parameters<typeof fay.server.inject>[0] | undefined;
  fay.server.onEvent("call.ring", (body) => {
    rung ??= { type: "call.ring", body: { ...body, proof: twinOf(body.proof) } };
    return [body];
  });
  await eve.terminal.call([fay.userId]);
  const { ringing } = await fay.until(rings, "ringing");
  await fay.terminal.decline(ringing[0]!.callId);
  const told = fay.server.next("call.decline");
  fay.server.inject(rung!);
  await told;
  await gus.terminal.call([fay.userId]);
  const next = await fay.until(rings, "the next ring");
  assert.deepEqual(
    next.ringing.map(({ from }) => from.userId),
    ["gus"],
  );
});

for (const [of, expected] of [
  [scene, "directory.unproven"],
  [unlogged, "history.head"],
] as const)
  test(`a registration with the other signature is another history than the one that the person signs with: it does not ring, and is told (${expected})`, async () => {
    const [hal, ida] = await of.people("hal", "ida");
    ida.server.onEvent("call.ring", (ring) => [{ ...ring, initiator: twinEntry(ring.initiator) }]);
    ida.server.onReply("directory.lookup", ({ people }) => [
      {
        people: people.map((one) =>
          one.entry === undefined ? one : { ...one, entry: twinEntry(one.entry) },
        ),
      },
    ]);
    await hal.terminal.call([ida.userId]);
    const { ringing, warnings } = await ida.until(({ warnings }) => warnings.length > 0, "a warning");
    assert.deepEqual(
      [ringing.length, warnings.map(({ code, userId }) => [code, userId])],
      [0, [[expected, hal.userId]]],
    );
  });
