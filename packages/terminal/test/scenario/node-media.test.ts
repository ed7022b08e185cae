/** The sound of one call on Node, where no connection comes about: what it tells, and when it stops. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { SignetError } from "@signet/protocol";

import { nodeMedia, toneSource } from "../../src/node/index.ts";
import { ownSystem } from "../../src/system.ts";

const secret = {
  epoch: 1n,
  senders: [0, 1].map((leaf) => ({ leaf, person: `person ${leaf}`, key: `key ${leaf}` })),
  ownLeaf: 0,
  baseKey: new Uint8Array(16).fill(7),
};

/** @param exchange answers the offers, by how many there were before */
function start(context: TestContext, exchange: (count: number) => Promise<string>) {
  const told: string[] = [];
  let offers = 0;
  let closed = 0;
  const source = () => ({ ...toneSource(440), close: () => void closed++ });
  const media = nodeMedia({ source, localAddress: "127.0.0.1" }).start({
    system: ownSystem,
    slots: 2,
    exchange: () => exchange(offers++),
    relays: async () => [],
    expectsSound: () => false,
    askFlow: async () => undefined,
    signalAnew: () => undefined,
    onSpeakers: () => undefined,
    onHeard: () => undefined,
    onConnection: ({ status }) => told.push(status),
    onMicrophone: ({ status }) => told.push(`microphone ${status}`),
    onFailure: (code) => told.push(code),
  });
  context.after(() => media.close());
  const until = async (test: () => boolean): Promise<void> => {
    while (!test()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { media, told, until, offers: () => offers, sourcesClosed: () => closed };
}

test("an epoch whose key cannot be taken stops the sound and says so: the former key is not used on", async (context) => {
  const { media, told, sourcesClosed } = start(context, () => new Promise(() => undefined));
  await media.setEpoch(secret);
  assert.equal(sourcesClosed(), 0);
  await assert.rejects(media.setEpoch({ ...secret, epoch: 2n, baseKey: null as never }));
  assert.deepEqual(told, ["microphone on", "frames.workerFailed"]);
  assert.equal(sourcesClosed(), 1, "nothing is read or sent any more");
  media.connect();
  assert.deepEqual(told.slice(2), [], "nor connected again");
});

test("what the server refuses for good is told, anything else is tried again", async (context) => {
  const refused = start(context, () => Promise.reject(new SignetError("call.notMember")));
  refused.media.connect();
  await refused.until(() => refused.told.includes("call.notMember"));
  assert.equal(refused.offers(), 1);
  const answers = ["no SDP", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\n"];
  const hopeful = start(
    context,
    async (count) => answers[count] ?? Promise.reject(new SignetError("call.notFound")),
  );
  hopeful.media.connect();
  await hopeful.until(() => hopeful.told.includes("call.notFound"));
  assert.equal(hopeful.offers(), 3);
});

test("closed while it connects, it tells nothing more and tries nothing more", async (context) => {
  for (const late of [
    (): Promise<string> => Promise.resolve("no SDP"),
    (): Promise<string> => Promise.reject(new SignetError("call.notFound")),
  ]) {
    let answer: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    const { media, told, until, offers } = start(context, () => gate.then(late));
    media.connect();
    await until(() => offers() === 1);
    media.close();
    const before = told.length;
    answer();
    // Another one, which is not closed, goes on in this time.
    const other = start(context, late);
    other.media.connect();
    await other.until(() => other.offers() > 1 || other.told.includes("call.notFound"));
    assert.deepEqual(told.slice(before), []);
    assert.equal(offers(), 1);
  }
});
