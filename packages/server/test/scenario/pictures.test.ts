/** Pictures that people chose of themselves: kept as their device signed them, given to who asks, gone when they are taken away. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { smallPicture } from "@signet/e2e/support/small-picture.ts";
import { sha256 } from "@signet/device";
import { equalBytes, toBase64Url } from "@signet/protocol";
import type { Bytes, ErrorCode, Transcript } from "@signet/protocol";

import { people } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";
import { user } from "../support/test-terminal.ts";
import type { TestTerminal } from "../support/test-terminal.ts";

async function chosen(by: TestTerminal, picture: Bytes, twist: Partial<Transcript<"picture">> = {}) {
  const { challenge } = await by.request("history.begin", {});
  const fields = {
    ...by.common(),
    serverChallenge: challenge,
    pictureDigest: await sha256(picture),
    head: by.head,
  };
  const proof = await (by.device ?? assert.fail()).sign({ purpose: "picture", ...fields, ...twist });
  return { chosen: { picture, proof } };
}
const shownTo = async (terminal: TestTerminal, ...userIds: string[]) =>
  (await terminal.request("picture.get", { userIds: userIds.map(user) })).pictures.map(
    ({ picture, userId }) => [userId, toBase64Url(picture)] as const,
  );

test("a picture is kept in the place of the one before, given with its proof, and taken away", async (t) => {
  const server = await startTestServer(t);
  const [ann, ben] = await people(server, "ann", "ben");
  assert.deepEqual(await shownTo(ben, "ann", "ben", "nobody"), []);
  await ann.request("picture.set", await chosen(ann, smallPicture(1)));
  const second = await chosen(ann, smallPicture(2));
  await ann.request("picture.set", second);
  const { pictures } = await ben.request("picture.get", { userIds: [user("ann"), user("ann")] });
  assert.equal(pictures.length, 1);
  assert.deepEqual(pictures[0], { userId: "ann", ...second.chosen });
  await ben.request("picture.set", {});
  assert.equal((await shownTo(ben, "ann")).length, 1, "nobody takes away another's");
  await ann.request("picture.set", {});
  assert.deepEqual(await shownTo(ben, "ann"), []);
});

test("what is no picture, or is not signed as one by the person's device for now, is not kept", async (t) => {
  const server = await startTestServer(t, { limits: { picturesPerMinute: 8 } });
  const [ann, ben] = await people(server, "ann", "ben");
  const first = smallPicture(1);
  await ann.request("picture.set", await chosen(ann, first));
  const other = smallPicture(2);
  const ofAnn = await chosen(ann, other);
  for (const [code, body] of [
    ["picture.unfit", await chosen(ann, smallPicture(1, { widthPx: 97 }))],
    ["picture.unfit", { chosen: { ...ofAnn.chosen, picture: smallPicture(3) } }],
    ["proof.challenge", await chosen(ann, other, { serverChallenge: new Uint8Array(32) })],
    ["proof.time", await chosen(ann, other, { issuedAtMs: Date.now() - 180_000 })],
    ["history.head", await chosen(ann, other, { head: new Uint8Array(32) })],
    ["proof.user", await chosen(ann, other, { userId: "ben" })],
  ] as const satisfies readonly (readonly [ErrorCode, unknown])[])
    assert.equal(await ann.refusal("picture.set", body), code);
  assert.notEqual(await ben.refusal("picture.set", ofAnn), undefined, "of another person");
  await ann.request("picture.set", {});
  assert.equal(await ann.refusal("picture.set", {}), "protocol.askedTooMuch");
  assert.deepEqual(await shownTo(ben, "ann"), []);
  assert.ok(!equalBytes(first, other));
});

test("who was blocked goes on being given the picture of before, and hears of none that was chosen since", async (t) => {
  const server = await startTestServer(t);
  const [ann, ben, cleo] = await people(server, "ann", "ben", "cleo");
  await ann.request("picture.set", await chosen(ann, smallPicture(1), { issuedAtMs: Date.now() - 60_000 }));
  await ann.request("block.set", { userId: user("ben"), isBlocked: true });
  assert.equal((await shownTo(ben, "ann")).length, 1);
  await ann.request("picture.set", await chosen(ann, smallPicture(2), { issuedAtMs: Date.now() + 60_000 }));
  assert.deepEqual(await shownTo(ben, "ann"), []);
  assert.equal((await shownTo(cleo, "ann")).length, 1);
  await ann.request("block.set", { userId: user("ben"), isBlocked: false });
  assert.equal((await shownTo(ben, "ann")).length, 1);
});
