import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";

import type { ErrorCode, ServerEvent, UserId } from "@signet/protocol";

import { ServerLink } from "../../src/session/server-link.ts";
import { ownSystem } from "../../src/system.ts";
import { ListeningServer } from "../support/listening-server.ts";

async function connected(t: TestContext) {
  const server = await ListeningServer.open();
  const events: ServerEvent[] = [];
  const closed: ErrorCode[] = [];
  const changes = new EventTarget();
  const link = new ServerLink(server.url, ownSystem, {
    opened: () => changes.dispatchEvent(new Event("opened")),
    closed: (_connection, code) => {
      closed.push(code);
      changes.dispatchEvent(new Event("closed"));
    },
    event: (_connection, event) => void events.push(event),
  });
  t.after(async () => {
    link.disconnect();
    await server.close();
  });
  const opened = once(changes, "opened");
  link.connect(1);
  await opened;
  return { server, link, events, closed, next: (name: "closed" | "opened") => once(changes, name) };
}

const ping = { serverTimeMs: 5 };

test("a request gets the reply with its id, whatever order replies come in", async (t) => {
  const { server, link } = await connected(t);
  server.reply = (type) => {
    if (type === "directory.lookup") return undefined;
    server.say({ id: 0, body: { people: [] } });
    return ping;
  };
  const lookup = link.request("directory.lookup", { userIds: [] });
  assert.deepEqual(await link.request("session.ping", {}), ping);
  assert.deepEqual(await lookup, { people: [] });
});

test("what follows from an answer is done before what came with it is heard, the end of the connection as well", async (t) => {
  const { server, link, events, closed, next } = await connected(t);
  const ended = { type: "binding.ended", body: { reason: "released" } };
  const order: string[] = [];
  const acted = (what: string): void =>
    void order.push(`${what} after ${events.length} events, ${closed.length} ends`);
  // One segment: what Node reads of it, it hands over within one task.
  server.reply = () => {
    server.cork();
    server.say({ id: 0, body: ping });
    server.say(ended);
    server.say({ id: 1, body: ping });
    server.say(ended);
    server.say({ id: 2, error: { code: "call.notFound", message: "over" } });
    server.peer?.close();
    server.uncork();
    return undefined;
  };
  const over = next("closed");
  const ask = (act: () => unknown) => link.ask("session.ping", {}, act);
  await Promise.all([
    ask(() => acted("answered")),
    ask(async () => {
      acted("begun");
      // Longer than anything of the connection takes.
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
      acted("done");
      await assert.rejects(link.request("session.ping", {}), { code: "connection.lost" });
    }),
    link.ask("session.ping", {}, (answer) => acted(answer.ok ? "?" : answer.code)),
    over,
  ]);
  assert.deepEqual(order, [
    "answered after 0 events, 0 ends",
    "begun after 1 events, 0 ends",
    "done after 1 events, 0 ends",
    "call.notFound after 2 events, 0 ends",
  ]);
});

test("who acts on an answer and fails hears of it; the rest goes on", async (t) => {
  const { server, link, events } = await connected(t);
  server.reply = () => ping;
  const failing = link.ask("session.ping", {}, () => Promise.reject(new Error("asynchronous")));
  const throwing = link.ask("session.ping", {}, () => {
    throw new Error("at once");
  });
  await assert.rejects(failing, { message: "asynchronous" });
  await assert.rejects(throwing, { message: "at once" });
  server.say({ type: "binding.ended", body: { reason: "released" } });
  await link.request("session.ping", {});
  assert.equal(events.length, 1);
});

test("a reply of the wrong form and an error are told apart from an answer", async (t) => {
  const { server, link } = await connected(t);
  server.reply = () => ({ serverTimeMs: "late" });
  await assert.rejects(link.request("session.ping", {}), { code: "protocol.badMessage" });
  server.reply = () => undefined;
  const refused = link.request("call.leave", {
    proof: { transcript: new Uint8Array(1), signature: { kind: "terminal", signature: new Uint8Array(64) } },
  });
  const unknown = link.request("session.ping", {});
  server.say({ id: 1, error: { code: "call.notFound", message: "over" } });
  server.say({ id: 2, error: { code: "no.suchCode", message: "?" } });
  await assert.rejects(refused, { code: "call.notFound" });
  await assert.rejects(unknown, { code: "server.internal" });
});

test("what was said before a request is heard when its answer is, however late that is read", async (t) => {
  const { server, link } = await connected(t);
  assert.equal(link.heardThroughMs, undefined);
  t.mock.timers.enable({ apis: ["Date"], now: 1_000 });
  const first = link.request("session.ping", {});
  t.mock.timers.setTime(1_000_000);
  const second = link.request("session.ping", {});
  server.say({ id: 0, body: ping });
  await first;
  assert.equal(link.heardThroughMs, 1_000);
  t.mock.timers.setTime(2_000_000);
  server.say({ id: 1, error: { code: "call.notFound", message: "over" } });
  await assert.rejects(second, { code: "call.notFound" });
  assert.equal(link.heardThroughMs, 1_000_000, "a refusal is an answer");
  const lost = link.request("session.ping", {});
  link.disconnect();
  await assert.rejects(lost, { code: "connection.lost" });
  assert.equal(link.heardThroughMs, 1_000_000);
});

test("without an answer a request ends by itself", async (t) => {
  const { link } = await connected(t);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const request = link.request("session.ping", {});
  t.mock.timers.tick(15_000);
  await assert.rejects(request, { code: "connection.timeout" });
});

test("what waits when the connection breaks fails; the close says why where the server said so", async (t) => {
  const { server, link, closed, next } = await connected(t);
  const request = link.request("session.ping", {});
  server.say({ error: { code: "server.stopping", message: "bye" } });
  const over = next("closed");
  server.peer?.close();
  await assert.rejects(request, { code: "connection.lost" });
  await over;
  assert.deepEqual(closed, ["server.stopping"]);
  await assert.rejects(link.request("session.ping", {}), { code: "connection.lost" });
  const opened = next("opened");
  link.connect(2);
  await opened;
  const again = next("closed");
  server.peer?.terminate();
  await again;
  assert.deepEqual(closed, ["server.stopping", "connection.lost"], "an old reason does not stick");
});

test("closing is not reported, and what an earlier connection says no longer counts", async (t) => {
  const { server, link, events, closed, next } = await connected(t);
  const former = server.peer;
  const opened = next("opened");
  link.connect(2);
  await opened;
  former?.send(JSON.stringify({ type: "presence.changed", body: { userId: "ann", reachable: true } }));
  server.say({ type: "presence.changed", body: { userId: "ben", reachable: true } });
  server.reply = () => ping;
  await link.request("session.ping", {});
  assert.deepEqual(
    events.map(({ body }) => ("userId" in body ? body.userId : "")),
    ["ben" as UserId],
  );
  link.disconnect();
  assert.deepEqual(closed, []);
});

test("garbage and unknown events pass by; a text beyond all bounds ends the connection", async (t) => {
  const { server, link, events, closed, next } = await connected(t);
  for (const text of [
    "",
    "[]",
    "{",
    '{"type":"call.unheard","body":{}}',
    '{"type":"binding.ended","body":{}}',
    '{"id":7,"body":{}}',
  ])
    server.say(text);
  server.reply = () => ping;
  assert.deepEqual(await link.request("session.ping", {}), ping);
  assert.deepEqual(events, []);
  const over = next("closed");
  server.say(`"${"x".repeat(8 * 1024 * 1024)}"`);
  await over;
  assert.deepEqual(closed, ["protocol.tooLarge"]);
});
