/** A server that gives something else in the place of a person's document: told, and nothing of it is merged; nor does a key of its own come to seal anything. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey, createTerminalKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import {
  createProfileSecret,
  importProfileKey,
  openGiven,
  openKey,
  phraseKeyPair,
  sealDocument,
  sealedHead,
  wrapKey,
  wrappedFor,
} from "@signet/e2ee";
import {
  changePerson,
  decodeTranscript,
  emptyDocument,
  keyMaker,
  TerminalId,
  toBase64Url,
  UserId,
  withKeyMaker,
} from "@signet/protocol";
import type { Bytes, EndorsedKey, ErrorCode, ReplyBody, RequestBody } from "@signet/protocol";
import { deviceAtHand } from "@signet/terminal";
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
    ({ personal, warnings }) =>
      warnings.some((warning) => warning.code === code) && personal?.carrying.status === "keptHere",
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

/** What whoever has a device can sign with it: that a key is this person's, with a terminal key of their own. */
async function vouchedBy(
  device: SignatureDevice,
  userId: UserId,
  head: Bytes,
  key: Bytes,
): Promise<EndorsedKey> {
  const terminal = await createTerminalKey();
  const issuedAtMs = Date.now();
  const common = { serverOrigin: scene.origin, userId, deviceId: device.deviceId, issuedAtMs };
  const binding = await device.sign({
    purpose: "sign-in",
    ...common,
    serverChallenge: new Uint8Array(32),
    terminalId: terminal.terminalId,
    terminalKey: terminal.publicKey,
    expiresAtMs: issuedAtMs + 60_000,
    head,
  });
  const said = { use: "profile", key, sequence: 9 };
  return { binding, proof: await terminal.sign({ purpose: "document-key", ...common, ...said }) };
}

test("after a revocation neither the key from before comes back, with the maker that it had, nor one that the revoked device made", async () => {
  const [kept, lost] = await Promise.all([
    createSoftwareKey({ algorithm: "EdDSA" }),
    createSoftwareKey({ algorithm: "EdDSA" }),
  ]);
  const devices = {
    ...deviceAtHand(kept),
    create: ({ beside }: { readonly beside?: unknown }) =>
      Promise.resolve({ device: beside === undefined ? kept : lost }),
  };
  const gita = await scene.deceived("gita", { environment: { devices } });
  await gita.terminal.addDevice({ name: "Phone" });
  const phone = await scene.visitor("gita", { device: lost });
  const signedIn = phone.server.next("sign-in.finish");
  await phone.terminal.signIn({ userId: phone.userId });
  const signed = decodeTranscript((await signedIn).proof.transcript);
  assert.ok(signed?.purpose === "sign-in");
  await written(gita, "one");
  // The key is known to whoever had the device: the phrase gives it to this test.
  const withPhrase = gita.server.next("document.put");
  const phrase = await gita.terminal.personal.makePhrase();
  const before = await withPhrase;
  const owner = { serverOrigin: scene.origin, userId: gita.userId };
  const pair = await phraseKeyPair(owner, phrase);
  const ofPhrase = before.wrappedKeys.find((wrapped) => wrappedFor(owner, wrapped).kind === "phrase");
  const known = await openKey(owner, ofPhrase!, pair);
  const key = await importProfileKey(owner, Uint8Array.from(known));
  const held = await openGiven(key, undefined, before.sealed);
  const genuine = held && keyMaker(held.document, key.keyId);
  assert.ok(genuine);

  const since = gita.server.next("document.put");
  await gita.terminal.revokeDevice(lost.deviceId, "stolen");
  const now = await since;
  await gita.until(isCarried, "that it is carried under another key");
  assert.notDeepEqual(sealedHead(now.sealed).keyId, key.keyId);
  const holder = wrappedFor(
    owner,
    now.wrappedKeys.find((one) => wrappedFor(owner, one).kind === "terminal")!,
  );
  assert.ok(holder.kind === "terminal");
  const { publicKey } = holder;
  const by = { terminalId: TerminalId.parse(toBase64Url(new Uint8Array(16))), nowMs: Date.now() + 60_000 };
  const fake = changePerson(held.document, UserId.parse("mallory"), { note: "trust me" }, by);
  const own = createProfileSecret();
  for (const secret of [known, own]) {
    const profileKey = await importProfileKey(owner, Uint8Array.from(secret));
    const { keyId } = profileKey;
    const maker = secret === known ? genuine : await vouchedBy(lost, gita.userId, signed.head, keyId);
    const version = now.version + 1;
    const given = {
      version,
      sealed: await sealDocument(profileKey, version, withKeyMaker(fake, keyId, maker, by)),
      wrappedKeys: [await wrapKey(owner, Uint8Array.from(secret), holder, publicKey)],
    };
    await assertTold(gita, given, "document.badMaker");
    assert.deepEqual(noted(gita), ["bob one"]);
    gita.server.answer("document.get", () => ({ document: asGiven(now)! }));
    gita.server.inject({ type: "document.changed", body: { version: 1_000 } });
    await gita.until(isCarried, "that what is the person's is taken again");
  }
});
