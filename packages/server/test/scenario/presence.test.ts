/** Who is there, in a call, or not to be disturbed is seen by those to whom it is shown, and by nobody else: to them it is the same as away, whatever is true. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { mostShownTo } from "@signet/protocol";
import type { PresenceFor } from "@signet/protocol";

import { people } from "../support/group.ts";
import { startTestServer, tempDir } from "../support/test-server.ts";
import { user } from "../support/test-terminal.ts";
import type { TestTerminal } from "../support/test-terminal.ts";
import { resumed } from "../support/two-terminals.ts";

const choose = (terminal: TestTerminal, who: PresenceFor, userIds: string[] = [], doNotDisturb = false) =>
  terminal.request("presence.choose", { who, userIds: userIds.map(user), doNotDisturb });
const watch = async (terminal: TestTerminal, userId = "ben") =>
  (await terminal.request("presence.watch", { userIds: [user(userId)] })).people[0];
const lookedUp = async (terminal: TestTerminal) =>
  (await terminal.request("directory.lookup", { userIds: [user("ben")] })).people[0]?.reachable;
const release = async (terminal: TestTerminal): Promise<void> =>
  void (await terminal.request("binding.release", { proof: await terminal.releaseProof() }));
/** What a terminal was told since, after all that was on its way. */
async function told(terminal: TestTerminal): Promise<readonly string[]> {
  await terminal.request("session.ping", {});
  const heard = terminal.events.flatMap(({ body, type }) =>
    type === "presence.changed" ? [body.doing ?? (body.reachable ? "reachable" : "away")] : [],
  );
  const since = heard.slice(asked.get(terminal) ?? 0);
  asked.set(terminal, heard.length);
  return since;
}
const asked = new WeakMap<TestTerminal, number>();
const away = { userId: "ben", reachable: false };

test("whoever may not see is told the same of who is there, in a call, not to be disturbed and away, and nothing when that changes", async (t) => {
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { dataDir });
  const [ann, ben, cleo, dan] = await people(server, "ann", "ben", "cleo", "dan");
  for (const watcher of [ann, cleo]) assert.deepEqual(await watch(watcher), { ...away, reachable: true });
  await choose(ben, "people", ["cleo"]);
  assert.deepEqual([await told(ann), await told(cleo)], [["away"], []]);
  const device = ben.device ?? assert.fail();
  const assertHidden = async (): Promise<void> => {
    assert.deepEqual([await watch(ann), await lookedUp(ann), await told(ann)], [away, false, []]);
  };
  await assertHidden();
  await release(ben);
  await assertHidden();
  await ben.signIn("ben", device);
  assert.deepEqual(await told(cleo), ["away", "reachable"]);
  const { callId } = await dan.call(["ben"]);
  await ben.join(await ben.event("call.ring"));
  await cleo.event("presence.changed", ({ doing }) => doing === "inCall");
  await assertHidden();
  assert.equal((await watch(cleo))?.doing, "inCall");
  assert.equal(await lookedUp(cleo), true);
  await dan.request("call.end", { proof: await dan.statement("end", callId, "ended") });
  await ben.event("call.ended");
  assert.deepEqual(await told(cleo), ["inCall", "reachable"]);
  await choose(ben, "people", ["cleo"], true);
  await assertHidden();
  assert.deepEqual(await told(cleo), ["doNotDisturb"]);
  // Who is off the list sees no more.
  await choose(ben, "people", ["dan"], true);
  assert.deepEqual(await told(cleo), ["away"]);
  await choose(ben, "people", ["cleo"]);
  assert.deepEqual(await told(cleo), ["reachable"]);
  // Oneself, and an own terminal, are hidden from nothing.
  await choose(ben, "nobody", ["cleo"]);
  await assertHidden();
  assert.deepEqual(
    [await told(cleo), await watch(cleo), await watch(ben)],
    [["away"], away, { ...away, reachable: true }],
  );
  // It holds when the server starts anew.
  await Promise.all([ann, ben, cleo, dan].map((terminal) => terminal.close()));
  await server.close();
  await startTestServer(t, { dataDir, port: server.port });
  for (const terminal of [ann, ben, cleo]) await resumed(terminal);
  await assertHidden();
  await choose(ben, "everybody", [], true);
  assert.deepEqual(await told(ann), ["doNotDisturb"]);
  // Whom they blocked sees nothing, whatever they chose.
  await ben.request("block.set", { userId: user("ann"), isBlocked: true });
  await choose(ben, "people", ["ann", "cleo"]);
  assert.deepEqual(await told(ann), ["away"]);
  await assertHidden();
});

test("an echo that nobody registered is away, and is seen as soon as somebody runs it; the log says that it is missing", async (t) => {
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { dataDir, echo: user("ben") });
  assert.match(server.log(), /"userId":"ben","msg":"the echo is not registered yet/);
  const [ann] = await people(server, "ann");
  assert.deepEqual([await watch(ann), await told(ann)], [away, []]);
  await people(server, "ben");
  assert.deepEqual(await told(ann), ["reachable"]);
  await server.close();
  const next = await startTestServer(t, { dataDir, port: server.port, echo: user("ben") });
  assert.doesNotMatch(next.log(), /the echo is not registered/);
});

test("what one chose is nobody else's, has a bound, and is not changed all the time", async (t) => {
  const server = await startTestServer(t, { limits: { presencesPerMinute: 3 } });
  const [ann, ben] = await people(server, "ann", "ben");
  const many = (count: number) => Array.from({ length: count }, (_, i) => `one${i}`);
  await choose(ben, "people", [...many(mostShownTo - 1), "ann"]);
  assert.deepEqual(await watch(ann), { ...away, reachable: true });
  await choose(ann, "nobody");
  assert.deepEqual(await watch(ann), { ...away, reachable: true });
  const choice = { who: "people", userIds: many(mostShownTo + 1).map(user), doNotDisturb: false } as const;
  assert.equal(await ben.refusal("presence.choose", choice), "protocol.badMessage");
  await choose(ben, "people", ["cleo"]);
  await choose(ben, "everybody");
  assert.equal(await ben.refusal("presence.choose", { ...choice, userIds: [] }), "protocol.askedTooMuch");
  await release(ben);
  assert.equal(await ben.refusal("presence.choose", { ...choice, userIds: [] }), "auth.signInRequired");
});
