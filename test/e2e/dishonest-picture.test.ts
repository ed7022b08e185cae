/** Pictures of people: what a dishonest server puts in their place is not shown, nor one of whom this terminal does not know as who they are. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256 } from "@signet/device";
import { decodeTranscript } from "@signet/protocol";
import type { Bytes, ReplyBody, UserId } from "@signet/protocol";

import { entryFor, newDevice } from "./support/forgery.ts";
import { rings, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";
import { smallPicture } from "./support/small-picture.ts";

const scene = sceneWithServer();
/** Whose server proves nothing of whom it shows, so that another key comes up at all. */
const unlogged = sceneWithServer({ keepsLog: false });

type Given = ReplyBody<"picture.get">["pictures"][number];

test("a picture is shown as its person chose it, and no other one in its place", async () => {
  const [ann, ben, cleo] = await scene.people("ann", "ben", "cleo");
  const [first, second] = [smallPicture(1), smallPicture(2)];
  const seen = async (by: Deceived, of: Deceived): Promise<Bytes | undefined> =>
    (await by.terminal.pictures.of([of.userId])).get(of.userId);
  assert.equal(await seen(ben, ann), undefined);
  await ann.terminal.pictures.choose(first);
  assert.deepEqual(await seen(ann, ann), first);
  const changed: UserId[] = [];
  ben.terminal.pictures.watch((userId) => changed.push(userId));
  assert.equal(await seen(ben, ann), undefined, "they never met");
  await ann.terminal.call([ben.userId]);
  const [ring] = (await ben.until(rings, "ringing")).ringing;
  await ben.terminal.decline(ring!.callId);
  assert.deepEqual(changed, [ann.userId]);
  assert.deepEqual(await seen(ben, ann), first);
  await cleo.terminal.pictures.choose(second);
  await assert.rejects(ann.terminal.pictures.choose(smallPicture(1, { widthPx: 95 })), {
    code: "picture.unfit",
  });
  const given = async (userId: UserId): Promise<Given> => {
    let found: Given | undefined;
    ben.server.onReply("picture.get", (body) => {
      [found] = body.pictures;
      return [body];
    });
    await ben.terminal.pictures.of([userId]);
    ben.server.repent();
    return found ?? assert.fail("no picture");
  };
  await ben.terminal.pictures.choose(second);
  const [ofAnn, ofBen, ofCleo] = [await given(ann.userId), await given(ben.userId), await given(cleo.userId)];
  const odd = smallPicture(1, { beside: [[0xff, 0xfe, 0, 3, 1]] });
  const signed = decodeTranscript(ofAnn.proof.transcript);
  assert.ok(signed?.purpose === "picture");
  const proofOfOdd = await ann.device.sign({ ...signed, pictureDigest: await sha256(odd) });
  for (const [what, pictures] of Object.entries({
    "another one with her proof": [{ ...ofAnn, picture: second }],
    "somebody else's": [{ ...ofCleo, userId: ann.userId }],
    "with somebody else's proof": [{ ...ofAnn, proof: ofCleo.proof }],
    "one that nobody asked for": [ofBen],
    "one that is none, as she signed it": [{ ...ofAnn, picture: odd, proof: proofOfOdd }],
    none: [],
  } satisfies Record<string, readonly Given[]>)) {
    ben.server.onReply("picture.get", () => [{ pictures: [...pictures] }]);
    assert.deepEqual(await ben.terminal.pictures.of([ann.userId]), new Map(), what);
    ben.server.repent();
  }
  assert.deepEqual(await seen(ben, ann), first);
  await ann.terminal.rename("Ann");
  await ben.terminal.lookup([ann.userId]);
  assert.deepEqual(changed, [ann.userId, ann.userId], "her history goes on");
  await ann.terminal.pictures.remove();
  assert.equal(await seen(ben, ann), undefined);
});

test("of whom another key is shown, no picture is shown until the person has decided, though it is theirs of before", async () => {
  const [dora, emil] = await unlogged.people("dora", "emil");
  await dora.terminal.pictures.choose(smallPicture(1));
  await dora.terminal.call([emil.userId]);
  const [ring] = (await emil.until(rings, "ringing")).ringing;
  await emil.terminal.decline(ring!.callId);
  const seen = async () => (await emil.terminal.pictures.of([dora.userId])).size;
  assert.equal(await seen(), 1);
  const { serverOrigin } = emil.terminal.state.server!;
  const entry = await entryFor(await newDevice(), dora.userId, serverOrigin);
  emil.server.onReply("directory.lookup", () => [
    { people: [{ userId: dora.userId, reachable: true, entry }] },
  ]);
  await emil.terminal.lookup([dora.userId]);
  emil.server.repent();
  assert.deepEqual(
    emil.terminal.state.changedKeys?.map(({ userId }) => userId),
    [dora.userId],
  );
  assert.equal(await seen(), 0);
});
