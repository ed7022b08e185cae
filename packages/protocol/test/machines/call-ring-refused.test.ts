import assert from "node:assert/strict";
import { test } from "node:test";

import { from } from "../fixtures.ts";
import { ServerWorld } from "./call-server-world.ts";

test("why a terminal could not verify the ring goes to the others; what another terminal of the person says does not count", () => {
  const member = (world: ServerWorld) =>
    world.effects.flatMap((effect) =>
      effect.type === "send" && effect.event.type === "call.member" ? [effect.event.body.member] : [],
    );
  const code = "proof.time";
  const world = new ServerWorld();
  world.step({ type: "ringRefused", ...from("bob", "bob-2"), code: "mls.failed" });
  assert.equal(world.memberState("bob"), "ringing");
  world.step({ type: "ringRefused", ...from("bob"), code });
  assert.deepEqual(
    member(world).map(({ userId: of, state, refusal }) => ({ of, state, refusal })),
    [{ of: "bob", state: "failed", refusal: code }],
  );
});
