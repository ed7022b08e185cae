/** Terminals and servers of different age: what either lacks is said in words, and what cannot be read is counted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { neededFeatures, ownFeatures } from "@signet/protocol";
import type { ErrorCode, ServerInfo } from "@signet/protocol";

import type { ConnectionState } from "../../src/state.ts";
import { connectedTerminal, serverInfo } from "../support/scripted-server.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function open(t: TestContext) {
  const opened = await connectedTerminal();
  const { server, terminal } = opened;
  t.after(() => {
    server.hangUp();
    terminal.close();
  });
  const becomes = async (...statuses: readonly ConnectionState["status"][]): Promise<void> => {
    while (!statuses.includes(terminal.state.connection.status)) await turn();
  };
  /** Connects anew, to a server that answers the hello so. */
  const meet = async (hello: ServerInfo | undefined, refusal?: ErrorCode): Promise<string> => {
    server.script["session.hello"] = () => hello;
    server.hangUp();
    await becomes("offline");
    terminal.retryNow();
    if (hello === undefined) {
      await server.asked("session.hello");
      server.refuse("session.hello", refusal ?? "server.internal");
    }
    await becomes("online", "offline");
    const { connection } = terminal.state;
    return connection.status === "offline" ? connection.code : connection.status;
  };
  return { ...opened, meet };
}

test("the terminal names its features at each hello", async (t) => {
  const { server } = await open(t);
  const hello = server.heard.find(({ type }) => type === "session.hello");
  assert.ok(hello !== undefined);
  assert.deepEqual((hello.body as { features: unknown }).features, ownFeatures);
});

test("a server of version 0.1, which cannot read this hello, is called too old", async (t) => {
  const { meet } = await open(t);
  assert.equal(await meet(undefined, "protocol.badMessage"), "server.tooOld");
  assert.equal(await meet(undefined, "protocol.version"), "protocol.version");
  assert.equal(await meet(serverInfo()), "online");
});

test("so is one that names no features, or lacks one that calls need", async (t) => {
  const { meet } = await open(t);
  const file = new URL("../../../protocol/test/released/hello-0.1.json", import.meta.url);
  const { reply } = JSON.parse(readFileSync(file, "utf8")) as { reply: { body: ServerInfo } };
  assert.equal(await meet(reply.body), "server.tooOld");
  for (const features of [
    [],
    ...neededFeatures.map((missing) => ownFeatures.filter((feature) => feature !== missing)),
  ])
    assert.equal(await meet({ ...serverInfo(), features }), "server.tooOld", features.join());
  for (const features of [[...ownFeatures, "later"], [...neededFeatures]])
    assert.equal(await meet({ ...serverInfo(), features }), "online", features.join());
});

test("a hello that cannot be read is not an older server's", async (t) => {
  const { meet } = await open(t);
  assert.equal(await meet({ ...serverInfo(), serverTimeMs: -1 }), "protocol.badMessage");
});

test("what the server says and this version cannot read is passed over, and counted", async (t) => {
  const { server, terminal } = await open(t);
  const counts: unknown[] = [];
  terminal.subscribe(({ passedOver }) => void counts.push(passedOver));
  assert.equal(terminal.state.passedOver, undefined);
  server.say({ type: "call.later", body: {} } as never);
  server.say({ type: "call.ended", body: { callId: "short" } } as never);
  server.sayText("garbage");
  assert.equal(terminal.state.passedOver, 3);
  assert.deepEqual(counts, [1, 2, 3]);
  server.say({ type: "presence.changed", body: { userId: "bob" as never, reachable: true } });
  assert.equal(terminal.state.passedOver, 3);
});
