/** What a dishonest server may give in the place of a person's sealed document, or of its key. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  changePerson,
  concatBytes,
  DeviceId,
  emptyDocument,
  encodeFields,
  TerminalId,
  toBase64Url,
  UserId,
  utf8,
} from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import {
  createDocumentKeyPair,
  createProfileSecret,
  createRecoveryPhrase,
  importProfileKey,
  openGiven,
  openKey,
  phraseKeyPair,
  prfKeyPair,
  sealDocument,
  seenDocument,
  wrapKey,
} from "@signet/e2ee";

import { fieldsOf } from "../fields.ts";

const owner = { serverOrigin: "https://signet.example", userId: UserId.parse("anna") };
const otherPerson = { ...owner, userId: UserId.parse("ben") };
const otherServer = { ...owner, serverOrigin: "https://other.example" };
const by = { terminalId: TerminalId.parse(toBase64Url(new Uint8Array(16))), nowMs: 1 };
const document = changePerson(emptyDocument, UserId.parse("carla"), { note: "private" }, by);
const secret = createProfileSecret();
const key = await importProfileKey(owner, secret);
const sealed = await sealDocument(key, 5, document);

/** The same bytes with one field of the head in the place of another's. */
const withField = (bytes: Bytes, at: number, field: Bytes): Bytes =>
  encodeFields(fieldsOf(bytes).with(at, field));

/** Altered at some places: all of the head, and here and there after it. */
function* alterations(bytes: Bytes): Generator<Bytes> {
  for (let i = 0; i < bytes.length; i += i < 300 ? 1 : 997) {
    const altered = Uint8Array.from(bytes);
    altered[i] = (altered[i] ?? 0) ^ 0x01;
    yield altered;
  }
}

const codes = async (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => "opened",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
const given = (bytes: Bytes | undefined, seen?: { version: number; digest: Bytes }): Promise<string> =>
  codes(openGiven(key, seen, bytes));

describe("a sealed document that is not the one", () => {
  test("of another person or server is told as that", async () => {
    for (const other of [otherPerson, otherServer])
      assert.equal(
        await given(await sealDocument(await importProfileKey(other, secret), 5, document)),
        "document.otherUser",
      );
  });

  test("of another person under this one's name is not opened", async () => {
    const theirs = await sealDocument(await importProfileKey(otherPerson, secret), 5, document);
    const named = withField(theirs, 2, utf8("anna"));
    assert.equal(await given(named), "document.otherKey");
    assert.equal(await given(withField(named, 4, key.keyId)), "document.altered");
  });

  test("under another key is told as that", async () => {
    const otherKey = await importProfileKey(owner, createProfileSecret());
    assert.equal(await given(await sealDocument(otherKey, 5, document)), "document.otherKey");
  });

  test("with another version number is not opened: an old one cannot be made a new one", async () => {
    const newer = Uint8Array.from(fieldsOf(sealed)[3] ?? sealed).with(7, 6);
    assert.equal(await given(withField(sealed, 3, Uint8Array.from(newer))), "document.altered");
  });

  test("altered or cut off anywhere is not opened", async () => {
    for (const altered of alterations(sealed))
      assert.match(await given(altered), /^document\.(altered|otherUser|otherKey|newer)$/);
    for (let length = 0; length < sealed.length; length += length < 300 ? 1 : 997)
      assert.equal(await given(sealed.slice(0, length)), "document.altered");
    assert.equal(await given(concatBytes(sealed, Uint8Array.of(0))), "document.altered");
  });

  test("of no version is none", async () => {
    assert.equal(await given(await sealDocument(key, 0, document)), "document.altered");
  });

  test("of a newer form says so", async () => {
    assert.equal(await given(withField(sealed, 0, utf8("signet/sealed-document/v2"))), "document.newer");
  });
});

describe("a server that turns back", () => {
  test("to an earlier one, to none, or to another one of the same number is told", async () => {
    const seen = await seenDocument(sealed);
    assert.equal(await given(sealed, seen), "opened");
    assert.equal(await given(await sealDocument(key, 6, emptyDocument), seen), "opened");
    assert.equal(await given(await sealDocument(key, 4, document), seen), "document.old");
    assert.equal(await given(await sealDocument(key, 5, document), seen), "document.forked");
    assert.equal(await given(undefined, seen), "document.missing");
    assert.equal(await given(undefined), "opened");
  });

  test("remembers with what is seen now what a later answer is held against", async () => {
    const first = await openGiven(key, undefined, sealed);
    const next = await openGiven(key, first?.seen, await sealDocument(key, 9, document));
    assert.equal(next?.seen.version, 9);
    assert.equal(await given(sealed, next?.seen), "document.old");
  });
});

describe("a wrapped key that is not the one", () => {
  const deviceId = DeviceId.parse(toBase64Url(new Uint8Array(16).fill(4)));
  const prfOutput = new Uint8Array(32).fill(6);
  const ofDevice = (of = owner) => prfKeyPair(of, deviceId, prfOutput);
  const forDevice = async (of = owner) =>
    wrapKey(of, secret, { kind: "prf", deviceId }, (await ofDevice(of)).publicKey);
  const forTerminal = ({ publicKey }: { publicKey: Bytes }) =>
    wrapKey(owner, secret, { kind: "terminal", publicKey }, publicKey);
  const forPhrase = async (phrase: string) =>
    wrapKey(owner, secret, { kind: "phrase" }, (await phraseKeyPair(owner, phrase)).publicKey);

  /** Of two characters that tell slips, one in a thousand tells nothing: with these it does not come to that. */
  const writtenDown = "3K7T-Y3PF-Z5G9-165W-KY6P-35Y9-RJTR";

  test("for another device, terminal or phrase is not opened", async () => {
    const [mine, theirs] = [await createDocumentKeyPair(), await createDocumentKeyPair()];
    const forThem = await forTerminal(theirs);
    assert.equal(await codes(openKey(owner, forThem, mine)), "document.wrongSecret");
    const named = withField(forThem, 4, mine.publicKey);
    assert.equal(await codes(openKey(owner, named, mine)), "document.wrongSecret");
    const prf = await forDevice();
    const another = await prfKeyPair(owner, deviceId, new Uint8Array(32));
    assert.equal(await codes(openKey(owner, prf, another)), "document.wrongSecret");
    assert.equal(await codes(openKey(owner, prf, mine)), "document.wrongSecret");
    assert.equal(await codes(openKey(owner, forThem, await ofDevice())), "document.wrongSecret");
    const phrase = await forPhrase(await createRecoveryPhrase());
    const other = await phraseKeyPair(owner, await createRecoveryPhrase());
    assert.equal(await codes(openKey(owner, phrase, other)), "document.wrongSecret");
  });

  test("for another person or server is told as that, and is not opened under this one's name", async () => {
    for (const [other, at, name] of [
      [otherPerson, 2, owner.userId],
      [otherServer, 1, owner.serverOrigin],
    ] as const) {
      const wrapped = await forDevice(other);
      assert.equal(await codes(openKey(owner, wrapped, await ofDevice())), "document.otherUser");
      const named = withField(wrapped, at, utf8(name));
      assert.equal(await codes(openKey(owner, named, await ofDevice(other))), "document.wrongSecret");
    }
  });

  test("altered or cut off anywhere is not opened, whatever it is wrapped with", async () => {
    const mine = await createDocumentKeyPair();
    const phrase = await createRecoveryPhrase();
    const ways = [
      [await forDevice(), await ofDevice()],
      [await forTerminal(mine), mine],
      [await forPhrase(phrase), await phraseKeyPair(owner, phrase)],
    ] as const;
    for (const [wrapped, pair] of ways) {
      for (const altered of alterations(wrapped))
        assert.match(await codes(openKey(owner, altered, pair)), /^document\.(wrongSecret|otherUser|newer)$/);
      for (let length = 0; length < wrapped.length; length++)
        assert.equal(await codes(openKey(owner, wrapped.slice(0, length), pair)), "document.wrongSecret");
      assert.equal(
        await codes(openKey(owner, concatBytes(wrapped, Uint8Array.of(0)), pair)),
        "document.wrongSecret",
      );
      assert.deepEqual(await openKey(owner, wrapped, pair), secret);
    }
  });

  test("that holds another key than it names is refused", async () => {
    const mine = await createDocumentKeyPair();
    const wrapped = await forTerminal(mine);
    assert.equal(
      await codes(
        openKey(
          owner,
          withField(
            wrapped,
            5,
            key.keyId.map((b) => b ^ 1),
          ),
          mine,
        ),
      ),
      "document.wrongSecret",
    );
  });

  test("of a newer form, or for a holder of a newer kind, says so", async () => {
    const wrapped = await forDevice();
    const newer = withField(wrapped, 0, utf8("signet/document/wrapped-key/v2"));
    assert.equal(await codes(openKey(owner, newer, await ofDevice())), "document.newer");
    assert.equal(
      await codes(openKey(owner, withField(wrapped, 3, utf8("token")), await ofDevice())),
      "document.newer",
    );
  });

  test("cannot be made for a key that is none", async () => {
    for (const publicKey of [new Uint8Array(31), new Uint8Array(33), new Uint8Array(32)])
      await assert.rejects(forTerminal({ publicKey }), { code: "document.badTerminalKey" });
  });

  test("mistyped: each slip in a recovery phrase is told before anything is tried", async () => {
    const slips = [writtenDown.slice(0, -1), `${writtenDown}7`, writtenDown.replace("3", "U"), ""];
    for (let i = 0; i + 1 < writtenDown.length; i++) {
      const [before, one = "", next = "", after] = [
        writtenDown.slice(0, i),
        writtenDown[i],
        writtenDown[i + 1],
        writtenDown.slice(i + 2),
      ];
      if (one !== "-") slips.push(before + (one === "4" ? "5" : "4") + next + after);
      if (one !== "-" && next !== "-" && one !== next) slips.push(before + next + one + after);
    }
    for (const typed of slips) assert.equal(await codes(phraseKeyPair(owner, typed)), "document.badPhrase");
  });
});
