/** Where documents are kept: of two that write at once neither loses what the other wrote, and nothing is readable without the place's key. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { changePerson, emptyDocument, TerminalId, toBase64Url, UserId, viewDocument } from "@signet/protocol";
import { FileDocumentPlace } from "@signet/terminal/node";

import type { DocumentPlace } from "../../src/document/document-place.ts";
import { holdKey, takeKey } from "../../src/document/held-key.ts";
import { LocalCopy } from "../../src/document/local-copy.ts";
import type { LocalState } from "../../src/document/local-copy.ts";
import { MemoryDocumentPlace } from "../../src/document/memory-document-place.ts";
import { folderFor } from "../support/folder.ts";

const owner = { serverOrigin: "https://signet.example:8443", userId: UserId.parse("anna") };
const by = { terminalId: TerminalId.parse(toBase64Url(new Uint8Array(16))), nowMs: 1 };
const withPerson = (name: string, of = emptyDocument) =>
  changePerson(of, UserId.parse(name), { note: "from the choir" }, by);
const stateOf = (document: LocalState["document"]): LocalState => ({
  document,
  key: undefined,
  seen: undefined,
});
const peopleIn = (state: LocalState | undefined) =>
  state && viewDocument(state.document).people.map(({ userId }) => userId as string);
const nobody = (): void => assert.fail("nobody else writes");

const kinds: readonly [string, (t: TestContext) => () => DocumentPlace][] = [
  [
    "in memory",
    () => {
      const place = new MemoryDocumentPlace();
      return () => place;
    },
  ],
  [
    "in files",
    (t) => {
      const folder = folderFor(t);
      return () => new FileDocumentPlace(join(folder, "personal"));
    },
  ],
];

for (const [kind, make] of kinds) {
  test(`${kind}: what is kept is there for the next, with key and what was seen`, async (t) => {
    const place = make(t);
    const first = new LocalCopy(owner, place(), nobody);
    assert.equal(await first.read(), undefined);
    const pair = await first.keyPair();
    await assert.rejects(crypto.subtle.exportKey("pkcs8", pair.pair.privateKey));
    const key = await holdKey(owner, new Uint8Array(32).fill(9), pair);
    const seen = { version: 4, digest: new Uint8Array(32).fill(1) };
    await first.write(() => ({ document: withPerson("ben"), key, seen }));
    assert.equal(first.lasts, true);
    const next = new LocalCopy(owner, place(), nobody);
    const read = await next.read();
    assert.deepEqual(peopleIn(read), ["ben"]);
    assert.deepEqual(read?.seen, seen);
    assert.deepEqual(read?.key?.profileKey.keyId, key.profileKey.keyId);
    assert.equal(
      await new LocalCopy({ ...owner, userId: UserId.parse("ben") }, place(), nobody).read(),
      undefined,
    );
    await takeKey(owner, key.wrapped, await next.keyPair());
  });

  test(`${kind}: of two that write the same place the later one takes up what the other wrote`, async (t) => {
    const place = make(t);
    const heard: (readonly string[] | undefined)[] = [];
    let document = withPerson("dora");
    const one = new LocalCopy(owner, place(), nobody);
    const other = new LocalCopy(owner, place(), (state) => {
      heard.push(peopleIn(state));
      document = withPerson("dora", state.document);
    });
    await one.write(() => stateOf(withPerson("carl")));
    await other.write(() => stateOf(document));
    assert.deepEqual(heard, [["carl"]]);
    assert.deepEqual(peopleIn(await new LocalCopy(owner, place(), nobody).read()), ["carl", "dora"]);
  });
}

test("in files: nobody else reads them, and what stands in them cannot be read without the key", async (t) => {
  const folder = folderFor(t);
  const local = new LocalCopy(owner, new FileDocumentPlace(folder), nobody);
  // Long enough not to come about by chance in what is encrypted.
  const name = "benedict-of-the-choir";
  await local.write(() => stateOf(withPerson(name)));
  const names = readdirSync(folder).toSorted();
  assert.deepEqual(
    names.filter((one) => one.endsWith(".json")),
    ["document-key.json", "personal-https-signet.example-8443-anna.json"],
  );
  for (const one of names) assert.equal(statSync(join(folder, one)).mode & 0o777, 0o600, one);
  const path = join(folder, "personal-https-signet.example-8443-anna.json");
  const text = readFileSync(path, "utf8");
  const { sealed } = JSON.parse(text) as { readonly sealed: string };
  for (const kept of [text, Buffer.from(sealed, "base64url").toString("latin1")])
    assert.ok(!kept.includes(name));
});

test("in files: what is of a newer version, or cut off, is not written over; it is kept in memory then", async (t) => {
  const folder = folderFor(t);
  await new LocalCopy(owner, new FileDocumentPlace(folder), nobody).write(() => stateOf(withPerson("ben")));
  const path = join(folder, "personal-https-signet.example-8443-anna.json");
  for (const text of ['{"version":2,"revision":3}', readFileSync(path, "utf8").slice(0, 100)]) {
    writeFileSync(path, text);
    const local = new LocalCopy(owner, new FileDocumentPlace(folder), nobody);
    assert.equal(await local.read(), undefined);
    await local.write(() => stateOf(withPerson("carl")));
    assert.equal(local.lasts, false);
    assert.equal(readFileSync(path, "utf8"), text);
    assert.deepEqual(peopleIn(await local.read()), ["carl"]);
  }
});
