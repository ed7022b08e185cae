/** The committer's Commit: whom it admits and removes, and that it fits into a message, however much the server asks for at once. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { Joiner } from "@signet/e2e/support/forgery.ts";

import { Committer, assertDropped } from "../support/committer.ts";
import { withDevice, withoutDevice } from "../support/histories.ts";
import { person } from "../support/people.ts";

const names = ["ben", "cleo", "dov", "eve"];

let committer: Committer;
let joiners: Joiner[];

before(async () => {
  committer = await Committer.of(names);
  joiners = await Promise.all(names.map(async (name) => committer.joiner(await person(name))));
});

test("all are admitted when they just fit, and the first half when they do not", async () => {
  const { bytes, admitted } = await committer.prepare(joiners);
  assert.deepEqual(admitted, names);
  assert.deepEqual((await committer.prepare(joiners, { most: bytes })).admitted, names);
  committer.commits.length = 0;
  const fewer = await committer.prepare(joiners, { most: bytes - 1 });
  assert.deepEqual([fewer.admitted, fewer.refused], [names.slice(0, 2), []]);
  assert.equal(committer.commits.length, 2);
  await assertDropped(committer.commits.slice(0, 1));
});

test("one who does not fit even alone is refused, so that those behind are not kept waiting", async () => {
  const { admitted, refused } = await committer.prepare(joiners, { most: 0 });
  assert.deepEqual([admitted, refused], [[], ["ben mls.refused"]]);
});

test("where nobody is to be admitted, who left is removed by a Commit of its own", async () => {
  const { group } = committer;
  await (await committer.prepare(joiners.slice(0, 1))).pending?.accept();
  assert.deepEqual(
    group.members().map(({ userId }) => userId),
    ["ann", "ben"],
  );
  const { pending, removed } = await committer.prepare([], { remove: ["ben"] });
  assert.deepEqual(removed, ["ben"]);
  await pending?.accept();
  assert.deepEqual(
    group.members().map(({ userId }) => userId),
    ["ann"],
    "whatever leaf the server said",
  );
});

test("the server's wait for a removal ends, also when there is no such leaf; nobody removes themselves", async () => {
  const { group } = committer;
  const { epoch } = group;
  const { pending, removed, bytes } = await committer.prepare([], { remove: ["ben"] });
  assert.deepEqual(removed, ["ben"]);
  await assert.rejects(committer.prepare([], { remove: ["ben"], most: bytes - 1 }), { code: "mls.failed" });
  await assertDropped(committer.commits.slice(-1));
  await pending?.accept();
  assert.equal(group.epoch, epoch + 1);
  assert.equal((await committer.prepare([], { remove: ["ann"] })).pending, undefined);
  assert.equal((await committer.prepare([])).pending, undefined);
});

test("who is in the group by a device that was revoked since is taken out with the next Commit, whatever the server asks for", async () => {
  const calling = await Committer.of(["ben", "cleo"]);
  const [ben, cleo] = [await person("ben"), await person("cleo")];
  const second = await createSoftwareKey({ algorithm: "EdDSA" });
  const both = await withDevice(ben.entry, ben.device, second);
  await (await calling.prepare([await calling.joiner(ben)])).pending?.accept();
  await calling.accept(both);
  assert.deepEqual((await calling.prepare([])).removed, []);
  // Of the other device nothing is in the group.
  const without = await withoutDevice(both, ben.device, second);
  await calling.accept(without);
  assert.equal((await calling.prepare([])).pending, undefined);

  const third = await createSoftwareKey({ algorithm: "EdDSA" });
  const more = await withDevice(without, ben.device, third);
  await calling.accept(await withoutDevice(more, third, ben.device));
  const alone = await calling.prepare([]);
  assert.deepEqual(alone.removed, ["ben"]);
  alone.pending?.drop();
  const { admitted, pending, removed } = await calling.prepare([await calling.joiner(cleo)]);
  assert.deepEqual([admitted, removed], [["cleo"], ["ben"]]);
  await pending?.accept();
  assert.deepEqual(
    calling.group.members().map(({ userId }) => userId),
    ["ann", "cleo"],
  );
});
