/** A terminal and a server that do not know a word about media are not told it, and go on without. */
import assert from "node:assert/strict";
import { after, test } from "node:test";

import type { EventType } from "@signet/protocol";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { Ear } from "./support/ear.ts";
import { LossyWay } from "./support/lossy-way.ts";
import { callAll, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";
import { seededRandom } from "./support/seeded-random.ts";
import { eventually } from "./support/wait.ts";

const scene = sceneWithServer();

interface Speaker extends Deceived {
  readonly way: LossyWay;
  readonly ear: Ear;
  /** What the server told it. */
  readonly heard: EventType[];
}

async function speaker(userId: string, hertz: number): Promise<Speaker> {
  const [way, ear] = [new LossyWay(), new Ear()];
  after(() => way.close());
  const media = nodeMedia({
    source: () => toneSource(hertz),
    sink: () => ear,
    localAddress: "127.0.0.1",
  });
  const person = await scene.deceived(userId, { environment: { media: way.around(media) } });
  const heard: EventType[] = [];
  for (const type of ["call.networks", "media.quiet"] as const)
    person.server.onEvent(type, (body) => {
      heard.push(type);
      return [body];
    });
  return { ...person, way, ear, heard };
}

/** Neither side names to the other what is later. */
async function becomeOld({ server, until }: Speaker, later: readonly string[]): Promise<void> {
  const known = <Named extends { features?: string[] | undefined }>(named: Named): readonly Named[] => [
    { ...named, features: (named.features ?? []).filter((feature) => !later.includes(feature)) },
  ];
  server.onRequest("session.hello", known);
  server.onReply("session.hello", known);
  const offline = until(({ connection }) => connection.status !== "online", "offline");
  server.cut();
  await offline;
  await until(
    ({ connection, session }) => connection.status === "online" && session.status === "signedIn",
    "online again",
  );
}

const asksForFlow = ({ server }: Speaker): boolean =>
  server.requests.some(({ type }) => type === "media.flow");

test("whoever does not name the features is told neither of networks nor of silence, and finds a new way by itself", async () => {
  const old = await speaker("olga", 440);
  const fresh = await speaker("frank", 660);
  await becomeOld(old, ["networks", "mediaFlow"]);
  await callAll(fresh, old);
  for (const { until } of [old, fresh])
    await until(({ call }) => call?.media.status === "connected", "connected");

  const random = seededRandom(1);
  old.way.dropSent = () => random() < 0.3;
  await eventually("whose network is poor is told", () => fresh.heard.includes("call.networks"));
  old.way.dropSent = () => false;

  // The server misses the old one first.
  old.way.cut("up");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  fresh.way.cut("up");
  await eventually("that nothing comes is told", () => fresh.heard.includes("media.quiet"));
  await eventually("what comes is asked for", () => asksForFlow(fresh));
  assert.deepEqual(old.heard, []);

  const again = old.until(({ call }) => call?.media.status !== "connected", "nothing comes");
  old.way.cut("both");
  await again;
  await old.until(({ call }) => call?.media.status === "connected", "connected again");
  old.ear.forget();
  await old.ear.hearsOnly([440, 660], [660]);
  assert.equal(asksForFlow(old), false);
});
