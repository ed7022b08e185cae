import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";

import type { UserId } from "@signet/protocol";

import { Presence } from "../../src/people/presence.ts";
import { ServerLink } from "../../src/session/server-link.ts";
import { ownSystem } from "../../src/system.ts";
import { ListeningServer } from "../support/listening-server.ts";

const [ann, ben, cleo] = ["ann", "ben", "cleo"] as UserId[] as [UserId, UserId, UserId];

async function open(t: TestContext) {
  const server = await ListeningServer.open();
  const changes = new EventTarget();
  const link = new ServerLink(server.url, ownSystem, {
    opened: () => changes.dispatchEvent(new Event("opened")),
    closed: () => undefined,
    event: () => undefined,
  });
  t.after(async () => {
    link.disconnect();
    await server.close();
  });
  const opened = once(changes, "opened");
  link.connect(1);
  await opened;
  server.reply = (type, body) =>
    type === "session.ping"
      ? { serverTimeMs: 1 }
      : {
          people: (body as { userIds: UserId[] }).userIds.map((userId) => ({
            userId,
            reachable: userId === ann,
          })),
        };
  /** Replies come in order: what was asked before is answered. */
  const settled = () => link.request("session.ping", {});
  const watched = () =>
    server.heard
      .filter(({ type }) => type === "presence.watch")
      .map(({ body }) => (body as { userIds: UserId[] }).userIds);
  return { presence: new Presence(link), settled, watched, server };
}

test("the server is told the union of what is watched; each listener hears of its own", async (t) => {
  const { presence, settled, watched } = await open(t);
  const first: [string, string][][] = [];
  const second: [string, string][][] = [];
  const stop = presence.watch([ann, ben], (reachable) => first.push([...reachable]));
  presence.watch([ben, cleo], (reachable) => second.push([...reachable]));
  assert.deepEqual([first, second], [[[]], [[]]], "told at once, with nothing known");
  await settled();
  assert.deepEqual(watched().at(-1), [ann, ben, cleo]);
  assert.deepEqual(first.at(-1), [
    [ann, "reachable"],
    [ben, "away"],
  ]);
  assert.deepEqual(second.at(-1), [
    [ben, "away"],
    [cleo, "away"],
  ]);
  presence.changed({ userId: cleo, reachable: true, doing: "inCall" });
  assert.deepEqual(second.at(-1), [
    [ben, "away"],
    [cleo, "inCall"],
  ]);
  stop();
  await settled();
  assert.deepEqual(watched().at(-1), [ben, cleo]);
  const told = first.length;
  presence.changed({ userId: ben, reachable: true });
  assert.equal(first.length, told, "whoever stopped watching hears nothing");
});

test("who is watched later is told at once what is known; people nobody watches are not remembered", async (t) => {
  const { presence, settled } = await open(t);
  presence.watch([ann], () => undefined);
  await settled();
  for (const userId of ["eve", "mallory"] as UserId[]) presence.changed({ userId, reachable: true });
  const heard: [string, string][][] = [];
  presence.watch([ann, "eve" as UserId], (reachable) => heard.push([...reachable]));
  assert.deepEqual(heard, [[[ann, "reachable"]]]);
  presence.clear();
  assert.deepEqual(heard.at(-1), []);
});

test("no more are asked for than a message may name", async (t) => {
  const { presence, settled, watched } = await open(t);
  presence.watch(
    Array.from({ length: 300 }, (_, i) => `user${i}` as UserId),
    () => undefined,
  );
  await settled();
  assert.equal(watched().at(-1)?.length, 256);
});
