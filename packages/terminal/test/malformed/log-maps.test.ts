/** A map that is not that of the log beside it, signed by the log all the same. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { UserId } from "@signet/protocol";

import { ann, ben, judged, logOf, opened } from "../support/logged-directory.ts";

test("a checkpoint with another map than its log ends with convinces a stranger, who knows of another or is shown what is there", async () => {
  const wrong = logOf(ann, { ...ben, head: ann.head }).checkpoint().mapRoot!;
  for (const people of [2, 3, 4, 5])
    for (const sees of ["nothing", "the same size", "less"] as const) {
      const log = logOf(ann, ben);
      const view = opened({ log });
      if (sees !== "nothing") assert.equal(await view.refusal(), undefined);
      const more = sees === "the same size" ? 2 : people;
      for (let place = 2; place < more; place++) log.append(UserId.parse(`more-${place}`), ann.head);
      const mapRootProof = sees === "less" ? [] : log.prove({ userIds: [], from: 0 }).mapRootProof;
      view.server.prove = (body) => ({
        ...log.prove(body),
        mapRootProof,
        checkpoint: log.note({ mapRoot: wrong }),
      });
      view.later();
      assert.equal(await view.refusal(), "log.badCheckpoint");
      assert.deepEqual(await judged(view), ["proven"], `${people} ${sees}`);
    }
  // A server that says nothing more is believed as little.
  const log = logOf(ann, ben);
  const view = opened({ log });
  log.consistency = () => assert.fail("not asked");
  view.server.prove = (body) => ({
    ...logOf(ann, ben).prove(body),
    checkpoint: log.note({ mapRoot: wrong }),
  });
  assert.equal(await view.refusal(), "log.badCheckpoint");
  assert.deepEqual(await judged(view), ["notProven"]);
});
