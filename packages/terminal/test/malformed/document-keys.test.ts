/** Keys of the personal document that must not come to seal it, or not any more: the server and whoever had a device that was revoked are one here. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { createSoftwareKey, createTerminalKey, statedHead } from "@signet/device";
import type { Person, SignatureDevice } from "@signet/device";
import { createDocumentKeyPair, createProfileSecret, sealDocument, wrapKey } from "@signet/e2ee";
import type { DocumentKeyPair } from "@signet/e2ee";
import {
  changePerson,
  emptyDocument,
  keyHolders,
  TerminalId,
  toBase64Url,
  UserId,
  withHolder,
  withKeyMaker,
  withoutHolder,
} from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, PersonalDocument } from "@signet/protocol";

import { endorse } from "../../src/document/endorsed-key.ts";
import type { Endorsing } from "../../src/document/endorsed-key.ts";
import { holdKey } from "../../src/document/held-key.ts";
import type { HeldKey } from "../../src/document/held-key.ts";
import { mostAhead, openFromServer } from "../../src/document/open-given.ts";
import { tended } from "../../src/document/tended.ts";
import { withDevice, withoutDevice } from "../support/histories.ts";
import { known, person, randomBytes, randomId, serverOrigin } from "../support/people.ts";

const owner = { serverOrigin, userId: UserId.parse("anna") };
const terminalId = TerminalId.parse(toBase64Url(new Uint8Array(16)));
const at = (nowMs: number) => ({ terminalId, nowMs });
const isBad = { code: "document.badMaker" };

interface MadeKey {
  readonly held: HeldKey;
  readonly secret: Bytes;
}

describe("anna has three devices, of which one and then another is revoked", () => {
  let own: SignatureDevice;
  let red: SignatureDevice;
  let pair: DocumentKeyPair;
  /** With none, one and two of them revoked. */
  let people: readonly [Person, Person, Person];
  let ownTerminal: Endorsing;
  let redTerminal: Endorsing;

  before(async () => {
    const make = () => createSoftwareKey({ algorithm: "EdDSA" });
    own = await make();
    red = await make();
    const blue = await make();
    const { entry } = await person("anna", own);
    const all = await withDevice(await withDevice(entry, own, red), own, blue, "Sky");
    const one = await withoutDevice(all, own, red);
    const two = await withoutDevice(one, own, blue);
    const personOf = async (history: DirectoryEntryIn) => (await known(history)).person;
    people = [await personOf(all), await personOf(one), await personOf(two)];
    pair = await createDocumentKeyPair();
    ownTerminal = await terminalOf(own, all);
    redTerminal = await terminalOf(red, all);
  });

  async function terminalOf(device: SignatureDevice, entry: DirectoryEntryIn): Promise<Endorsing> {
    const key = await createTerminalKey();
    const fields = { serverOrigin, userId: owner.userId, deviceId: device.deviceId, issuedAtMs: Date.now() };
    const binding = await device.sign({
      purpose: "sign-in",
      ...fields,
      serverChallenge: randomBytes(32),
      terminalId: randomId(),
      terminalKey: key.publicKey,
      expiresAtMs: fields.issuedAtMs + 60_000,
      head: await statedHead(entry),
    });
    return { binding, sign: (make) => key.sign(make(fields)) };
  }

  async function madeKey(): Promise<MadeKey> {
    const secret = createProfileSecret();
    return { secret, held: await holdKey(owner, Uint8Array.from(secret), pair) };
  }

  /** Says that this key was made by a terminal that knew that much. */
  async function vouched(
    document: PersonalDocument,
    { held }: MadeKey,
    by: Endorsing,
    knew: Person,
    nowMs: number,
  ): Promise<PersonalDocument> {
    const { keyId } = held.profileKey;
    return withKeyMaker(document, keyId, await endorse(by, knew, "profile", keyId), at(nowMs));
  }

  const tend = (document: PersonalDocument, { held: key }: MadeKey, now: Person) =>
    tended(document, {
      owner,
      person: now,
      key,
      opening: { pair },
      endorsing: ownTerminal,
      by: at(1_000),
    });

  /** What the server gives, sealed and wrapped with this key, to a terminal that has that. */
  async function opened(
    given: PersonalDocument,
    { held, secret }: MadeKey,
    has: { readonly person: Person; readonly key?: MadeKey; readonly document?: PersonalDocument },
    version = 6,
  ) {
    const { publicKey } = pair;
    return openFromServer(
      {
        version,
        sealed: await sealDocument(held.profileKey, version, given),
        wrappedKeys: [await wrapKey(owner, secret, { kind: "terminal", publicKey }, publicKey)],
      },
      {
        owner,
        person: has.person,
        document: has.document ?? emptyDocument,
        seen: { version: 5, digest: new Uint8Array(32) },
        key: has.key?.held,
        opening: { pair },
      },
    );
  }

  test("what was made before a revocation seals nothing after it, whoever stands in the document as its holder", async () => {
    const first = await madeKey();
    const document = await vouched(emptyDocument, first, ownTerminal, people[0], 1);
    assert.equal((await tend(document, first, people[0])).key, first.held);
    // Had the device that is revoked been listed, and removed itself.
    const { publicKey } = await createDocumentKeyPair();
    const endorsed = await endorse(redTerminal, people[0], "terminal", publicKey);
    const listed = withHolder(document, { kind: "terminal", publicKey, endorsed }, at(2));
    const hidden = withoutHolder(listed, keyHolders(listed)[0]!, at(3));
    for (const found of [document, hidden])
      assert.notEqual((await tend(found, first, people[1])).key, first.held);
    // Nor had it written over who made the key.
    const other = await endorse(redTerminal, people[0], "profile", randomBytes(16));
    const unvouched = withKeyMaker(document, first.held.profileKey.keyId, other, at(4));
    assert.notEqual((await tend(unvouched, first, people[1])).key, first.held);
    const since = await madeKey();
    const after = await vouched(document, since, ownTerminal, people[1], 4);
    assert.equal((await tend(after, since, people[1])).key, since.held);
    assert.notEqual((await tend(after, since, people[2])).key, since.held);
  });

  test("the key from before a revocation is not taken again, with the maker that it really had; one that was made since is", async () => {
    const first = await madeKey();
    const second = await madeKey();
    const before = await vouched(emptyDocument, first, ownTerminal, people[0], 1);
    const document = await vouched(before, second, ownTerminal, people[1], 2);
    // Written above the removal.
    const again = await vouched(document, first, ownTerminal, people[0], 3);
    const has = { person: people[1], key: second, document };
    await assert.rejects(opened(again, first, has), isBad);
    // Nor where the terminal forgot that there was another one.
    const { items } = document;
    const forgot = new Map([...items].filter(([, { removed }]) => removed === undefined));
    await assert.rejects(opened(again, first, { ...has, document: { ...document, items: forgot } }), isBad);
    const third = await madeKey();
    const next = await vouched(document, third, ownTerminal, people[1], 3);
    assert.ok(await opened(next, third, has));
  });

  test("a key that another one took the place of is not taken again, without any revocation", async () => {
    const first = await madeKey();
    const second = await madeKey();
    const before = await vouched(emptyDocument, first, ownTerminal, people[0], 1);
    const document = await vouched(before, second, ownTerminal, people[0], 2);
    const again = await vouched(document, first, ownTerminal, people[0], 3);
    const has = { person: people[0], key: second };
    await assert.rejects(opened(again, first, { ...has, document }), isBad);
    assert.ok(await opened(again, first, { ...has, document: before }));
  });

  test("a key that a revoked device made is taken only where none is held, and seals nothing then", async () => {
    const first = await madeKey();
    const theirs = await madeKey();
    const document = await vouched(emptyDocument, first, ownTerminal, people[1], 1);
    const fake = changePerson(emptyDocument, UserId.parse("mallory"), {}, at(2));
    // Also where it says that it knew of the revocation.
    for (const knew of people) {
      const given = await vouched(fake, theirs, redTerminal, knew, 3);
      await assert.rejects(opened(given, theirs, { person: people[1], key: first, document }), isBad);
      const found = await opened(given, theirs, { person: people[1] });
      assert.ok(found);
      assert.notEqual((await tend(found.document, theirs, people[1])).key, theirs.held);
    }
    const given = await vouched(fake, theirs, redTerminal, people[0], 3);
    assert.ok(await opened(given, theirs, { person: people[0], key: first, document }));
  });

  test("who was away for two revocations takes the key of between them, and seals nothing with it", async () => {
    const first = await madeKey();
    const second = await madeKey();
    const document = await vouched(emptyDocument, first, ownTerminal, people[0], 1);
    const given = await vouched(document, second, ownTerminal, people[1], 2);
    const found = await opened(given, second, { person: people[2], key: first, document });
    assert.ok(found);
    assert.notEqual((await tend(found.document, second, people[2])).key, second.held);
  });

  test("a version so far ahead that none could follow it", async () => {
    const first = await madeKey();
    const document = await vouched(emptyDocument, first, ownTerminal, people[0], 1);
    const has = { person: people[0], key: first, document };
    assert.ok(await opened(document, first, has, 5 + mostAhead));
    await assert.rejects(opened(document, first, has, 6 + mostAhead), { code: "document.altered" });
  });
});
