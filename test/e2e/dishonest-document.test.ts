/** A server that gives something else in the place of a person's document: told, and nothing of it is merged; nor does a key of its own come to seal anything. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createProfileSecret, importProfileKey, sealDocument, wrapKey, wrappedFor } from "@signet/e2ee";
import { changePerson, emptyDocument, TerminalId, toBase64Url, UserId } from "@signet/protocol";
import type { ErrorCode, ReplyBody, RequestBody } from "@signet/protocol";
import type { TerminalState } from "@signet/terminal";

import { sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

type Given = ReplyBody<"document.get">["document"];

const scene = sceneWithServer();
const bob = UserId.parse("bob");

const isCarried = ({ personal }: TerminalState): boolean => personal?.carrying.status === "carried";
const noted = ({ terminal }: Deceived) =>
  terminal.state.personal?.people.map(({ userId, note = "" }) => `${userId} ${note}`);

/** What the terminal puts next, once it did. */
async function written(person: Deceived, note: string): Promise<RequestBody<"document.put">> {
  const put = person.server.next("document.put");
  await person.terminal.personal.putPerson(bob, { note });
  const document = await put;
  await person.until(isCarried, "that it is carried");
  return document;
}

const asGiven = ({ replaces: _, ...document }: RequestBody<"document.put">): Given => ({
  ...document,
  wrappedKeys: [...document.wrappedKeys],
});

/** The server gives this, and says that it is new. */
async function assertTold(person: Deceived, given: Given, code: ErrorCode): Promise<void> {
  person.server.answer("document.get", () => (given === undefined ? {} : { document: given }));
  const asked = person.server.next("document.get");
  person.server.inject({ type: "document.changed", body: { version: 1_000 } });
  await asked;
  await person.until(
    ({ warnings }) => warnings.some((warning) => warning.code === code),
    `the warning ${code}`,
  );
  assert.deepEqual(person.terminal.state.personal?.carrying, { status: "keptHere", code });
}

test("an earlier one, another of the same number, none, another person's, one that was altered or has another number", async () => {
  const [anna, other] = await scene.people("anna", "other");
  const first = await written(anna, "one");
  const theirs = asGiven(await written(other, "theirs"));
  // One that the terminal made and knows nothing of: it was told that another terminal had been faster.
  anna.server.onReply("document.put", () => []);
  const lost = anna.server.next("document.put");
  await anna.terminal.personal.putPerson(bob, { note: "two" });
  const fork = asGiven(await lost);
  anna.server.answer("document.get", () => ({ document: asGiven(first)! }));
  anna.server.cut();
  anna.server.answer("document.put", () => ({}));
  const again = anna.server.next("document.put");
  await again;
  await anna.until(isCarried, "that it is carried");
  const now = asGiven(await again)!;
  assert.equal(now.version, fork?.version);
  anna.server.repent();
  anna.server.answer("document.put", () => ({}));
  const before = noted(anna);
  const puts = () => anna.server.requests.filter(({ type }) => type === "document.put").length;
  const count = puts();
  await assertTold(anna, asGiven(first), "document.old");
  await assertTold(anna, fork, "document.forked");
  await assertTold(anna, undefined, "document.missing");
  await assertTold(anna, { ...theirs!, wrappedKeys: now.wrappedKeys }, "document.otherUser");
  const altered = Uint8Array.from(now.sealed);
  altered[altered.length - 1]! ^= 1;
  await assertTold(anna, { ...now, version: now.version, sealed: altered }, "document.altered");
  assert.deepEqual(noted(anna), before);
  // Nothing is put over it by itself; what is written meanwhile stays here.
  await anna.terminal.personal.putPerson(UserId.parse("carol"), { note: "meanwhile" });
  await anna.server.next("document.get");
  assert.equal(puts(), count);
  anna.server.answer("document.get", () => ({ document: now }));
  const put = anna.server.next("document.put");
  anna.server.inject({ type: "document.changed", body: { version: 1_000 } });
  await put;
  await anna.until(isCarried, "that it is carried again");
  assert.deepEqual(noted(anna), [...(before ?? []), "carol meanwhile"]);
});

test("after a backup was put back the person decides to put what the terminal has over it, and other terminals take that", async () => {
  const [dora] = await scene.people("dora");
  const first = asGiven(await written(dora, "one"));
  const second = await written(dora, "two");
  await assertTold(dora, first, "document.old");
  // With a number after which none is left nothing could be put for good.
  const far = { ...first!, version: second.version + 1_000_001 };
  dora.server.answer("document.get", () => ({ document: far }));
  dora.server.answer("document.put", () => ({}));
  await assert.rejects(dora.terminal.personal.putOver(), { code: "document.altered" });
  dora.server.answer("document.get", () => ({ document: first! }));
  const put = dora.server.next("document.put");
  await dora.terminal.personal.putOver();
  const over = await put;
  assert.deepEqual([over.replaces, over.version], [first?.version, second.version + 1]);
  assert.equal(isCarried(dora.terminal.state), true);
});

test("a key of the server's own, wrapped for the terminal, with a document to match: nothing is merged, and nothing is sealed with it", async () => {
  const [eva] = await scene.people("eva");
  const honest = await written(eva, "one");
  const owner = { serverOrigin: scene.origin, userId: eva.userId };
  const holder = wrappedFor(owner, honest.wrappedKeys[0]!);
  assert.ok(holder.kind === "terminal");
  const secret = createProfileSecret();
  const key = await importProfileKey(owner, secret);
  const by = { terminalId: TerminalId.parse(toBase64Url(new Uint8Array(16))), nowMs: Date.now() };
  const fake = changePerson(emptyDocument, UserId.parse("mallory"), { note: "trust me" }, by);
  const given = {
    version: 7,
    sealed: await sealDocument(key, 7, fake),
    wrappedKeys: [await wrapKey(owner, secret, holder, holder.publicKey)],
  };
  await assertTold(eva, given, "document.badMaker");
  assert.deepEqual(noted(eva), ["bob one"]);
  // Also where the terminal was never let in, and has no key.
  const fresh = await scene.visitor("eva", { device: eva.device });
  await eva.terminal.release();
  fresh.server.answer("document.get", () => ({ document: asGiven(honest)! }));
  await fresh.terminal.signIn({ userId: eva.userId });
  await fresh.until(({ personal }) => personal?.carrying.status === "keptHere", "that it has no key");
  await fresh.terminal.personal.putPerson(bob, { note: "mine" });
  await fresh.server.next("document.get");
  assert.deepEqual(fresh.terminal.state.personal?.carrying, {
    status: "keptHere",
    code: "document.otherKey",
  });
  assert.equal(
    fresh.server.requests.some(({ type }) => type === "document.put"),
    false,
  );
});
