/** Hellos as each released form has them, read by this one; and which of them this version can work with. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  decodeReply,
  decodeRequest,
  decodeServerMessage,
  encodeMessage,
  hasFeature,
  hasNeededFeatures,
  ownFeatures,
} from "@signet/protocol";

interface Hello {
  readonly request: { readonly body: object };
  readonly reply: { readonly body: object };
}

const read = (name: string): Hello =>
  JSON.parse(readFileSync(new URL(`../released/${name}.json`, import.meta.url), "utf8")) as Hello;

/** What each side names. */
function featuresIn({ request, reply }: Hello) {
  const decoded = decodeRequest(JSON.stringify(request));
  assert.ok(decoded.ok && decoded.request.type === "session.hello");
  const message = decodeServerMessage(JSON.stringify(reply));
  assert.ok(message?.kind === "reply");
  const body = decodeReply("session.hello", message.body);
  assert.ok(body !== undefined);
  return [decoded.request.body.features, body.features];
}

test("a hello of version 0.1 can be read, and names nothing", () => {
  const named = featuresIn(read("hello-0.1"));
  assert.deepEqual(named, [undefined, undefined]);
  assert.deepEqual(named.map(hasNeededFeatures), [false, false]);
});

test("a hello of today is the one that is said", () => {
  const named = featuresIn(read("hello-1"));
  assert.deepEqual(named, [ownFeatures, ownFeatures]);
  assert.deepEqual(named.map(hasNeededFeatures), [true, true]);
});

test("features that this version does not know are passed over", () => {
  const { request, reply } = read("hello-1");
  const features = ["later", ...ownFeatures, "constructor", ""];
  const named = featuresIn({
    request: { ...request, body: { ...request.body, features } },
    reply: { ...reply, body: { ...reply.body, features } },
  });
  assert.deepEqual(named.map(hasNeededFeatures), [true, true]);
  assert.equal(hasFeature(named[0], "present"), true);
});

test("what a server says of itself is read where it can be, and is none where it cannot; servers of before say nothing", () => {
  const { reply } = read("hello-1");
  const about = { software: "signet 0.1.0", keepMissedDays: 7, wakes: true, relays: false };
  const heard = (said: unknown) => decodeReply("session.hello", { ...reply.body, about: said })?.about;
  assert.deepEqual(heard({ ...about, later: "unknown" }), about);
  assert.equal(decodeReply("session.hello", reply.body)?.about, undefined);
  for (const odd of [
    {},
    "signet",
    { ...about, software: "signet \u{202E}0.1.0" },
    { ...about, software: "a".repeat(65) },
    { ...about, keepMissedDays: -1 },
    { ...about, wakes: "yes" },
  ]) {
    const body = decodeReply("session.hello", { ...reply.body, about: odd });
    assert.ok(body !== undefined, "the hello counts");
    assert.equal(body.about, undefined, JSON.stringify(odd));
  }
});

test("what a call needs is needed, and what it can do without is not", () => {
  const without = (name: string): boolean => hasNeededFeatures(ownFeatures.filter((one) => one !== name));
  assert.deepEqual(ownFeatures.filter(without), [
    "present",
    "microphones",
    "pairing",
    "administrators",
    "moves",
    "relays",
    "mediaFlow",
    "networks",
    "documents",
    "missed",
    "push",
    "block",
    "messages",
    "guests",
    "presenceChoice",
    "pictures",
    "spoke",
    "words",
  ]);
  assert.equal(hasNeededFeatures([]), false);
  assert.equal(hasFeature([], "present"), false);
  assert.equal(hasFeature(undefined, "present"), false);
});

test("a hello has no other field more: a server that does not know one says so", () => {
  const { request } = read("hello-1");
  const text = encodeMessage({ ...request, body: { ...request.body, later: 1 } });
  assert.deepEqual(decodeRequest(text), { ok: false, code: "protocol.badMessage", id: 0 });
});
