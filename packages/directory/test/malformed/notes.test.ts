/** What is no note, no key, no checkpoint; and notes that the wrong one signed. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";

import { concatBytes, u64, utf8 } from "@signet/protocol";
import fc from "fast-check";

import {
  cosign,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  fromBase64,
  isKeyName,
  mostNoteCharacters,
  mostNoteSignatures,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signNote,
  toBase64,
  verifierKey,
} from "../../src/index.ts";
import type { Checkpoint, NoteSignature } from "../../src/index.ts";
import { anyBytes, anyHash, eachFlipped, flipped, fromHex } from "../support/bytes.ts";
import { log, otherLog, secondWitness, signerOf, witness } from "../support/signers.ts";

const root = new Uint8Array(32).fill(1);
const mapRoot = new Uint8Array(32).fill(2);
const checkpoint: Checkpoint = { origin: log.key.name, size: 70_000, root, mapRoot };
const text = formatCheckpoint(checkpoint);
const timeS = 1_790_000_000;
const signed = await signNote(text, log);
const cosigned = await cosign(text, timeS, witness);
const note = formatNote({ text, signatures: [signed, cosigned] });

describe("base64", () => {
  test("is as the standard has it, and one text for the same bytes", () => {
    fc.assert(
      fc.property(anyBytes(0, 70), (bytes) => {
        assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
        assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
      }),
    );
    for (const wrong of [
      "A",
      "AA",
      "AAA",
      "AA=",
      "AB==",
      "AAB=",
      "A===",
      "====",
      "AA==AA==",
      "AA-_",
      "AAA\n",
      " AAA",
    ])
      assert.equal(fromBase64(wrong), undefined, wrong);
  });
});

describe("a note", () => {
  const line = (signature: NoteSignature): string =>
    formatNote({ text: "a\n", signatures: [signature] }).slice(3);
  const valid = line(signed);
  const malformed: [what: string, note: string][] = [
    ["nothing", ""],
    ["a newline", "\n"],
    ["a text alone", "text\n"],
    ["a text and an empty line", "text\n\n"],
    ["a signature without a text", valid],
    ["a signature without an empty line", `text\n${valid}`],
    ["a line that ends in a signature", `x${valid}`],
    ["no newline at the end", `text\n\n${valid}`.slice(0, -1)],
    ["an empty line at the end", `text\n\n${valid}\n`],
    ["text after a signature", `text\n\n${valid}text\n`],
    ["a hyphen for the dash", `text\n\n${valid.replace("\u2014", "-")}`],
    ["no space after the dash", `text\n\n${valid.replace("\u2014 ", "\u2014")}`],
    ["two spaces", `text\n\n${valid.replace("\u2014 ", "\u2014  ")}`],
    ["a space at the end of a line", `text\n\n${valid.replace("\n", " \n")}`],
    ["a plus in a name", `text\n\n${valid.replace("signet", "sig+net")}`],
    ["a space of another kind in a name", `text\n\n${valid.replace("signet", "sig\u00a0net")}`],
    ["no name", `text\n\n${valid.replace(log.key.name, "")}`],
    ["signature bytes of no base64", `text\n\n${valid.replace(/[^ ]+\n$/, "!!!!\n")}`],
    ["base64url", `text\n\n\u2014 name AAAA_AAAA-A=\n`],
    ["a key ID alone", `text\n\n\u2014 name AAAAAA==\n`],
    ["a tab", `te\txt\n\n${valid}`],
    ["a carriage return", `text\r\n\r\n${valid}`],
    ["a zero", `te\u0000xt\n\n${valid}`],
    ["a lone surrogate", `te\ud800xt\n\n${valid}`],
    ["too many signatures", `text\n\n${valid.repeat(mostNoteSignatures + 1)}`],
    ["too much", `${"t".repeat(mostNoteCharacters)}\n\n${valid}`],
  ];
  for (const [what, wrong] of malformed)
    test(`is not ${what}`, async () => {
      assert.equal(parseNote(wrong), undefined);
      assert.deepEqual(await openNote(wrong, [log.key]), { ok: false, why: "malformed" });
    });

  test("ends at the last empty line, and takes as many signatures as it may have", () => {
    const parsed = parseNote(`one\n\ntwo\n\n${valid.repeat(mostNoteSignatures)}`);
    assert.equal(parsed?.text, "one\n\ntwo\n");
    assert.equal(parsed?.signatures.length, mostNoteSignatures);
    assert.equal(parseNote(`\n\n${valid}`)?.text, "\n");
    assert.ok(mostNoteSignatures >= 16);
  });

  test("is written only as one that can be read", () => {
    for (const wrong of ["", "text", "te\txt\n", "te\ud800xt\n"])
      assert.throws(() => formatNote({ text: wrong, signatures: [signed] }), RangeError, wrong);
    for (const signatures of [
      [],
      Array.from({ length: mostNoteSignatures + 1 }, () => signed),
      [{ ...signed, name: "a b" }],
      [{ ...signed, name: "" }],
      [{ ...signed, signature: new Uint8Array() }],
    ])
      assert.throws(() => formatNote({ text, signatures }), RangeError);
  });

  test("comes back as it was written", () => {
    const anyName = fc.string({ unit: "grapheme", minLength: 1 }).filter((name) => isKeyName(name));
    const anySignature = fc.record(
      {
        name: anyName,
        keyId: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        signature: anyBytes(1, 80),
      },
      { noNullPrototype: true },
    );
    const anyText = fc.string({ unit: "grapheme" }).map((line) => `${line.replaceAll(/[\p{Cc}]/gu, "\n")}\n`);
    fc.assert(
      fc.property(anyText, fc.array(anySignature, { minLength: 1, maxLength: 8 }), (some, signatures) => {
        assert.deepEqual(parseNote(formatNote({ text: some, signatures })), { text: some, signatures });
      }),
    );
  });
});

describe("an opened note", () => {
  test("names each key that signed once, and passes over others", async () => {
    assert.deepEqual(await openNote(note, [log.key, witness.key, otherLog.key]), {
      ok: true,
      text,
      by: [{ key: log.key }, { key: witness.key, timeS }],
    });
    const twice = formatNote({ text, signatures: [signed, signed, cosigned] });
    assert.deepEqual(await openNote(twice, [log.key]), { ok: true, text, by: [{ key: log.key }] });
    assert.deepEqual(await openNote(note, [otherLog.key]), { ok: false, why: "unsigned" });
    assert.deepEqual(await openNote(note, []), { ok: false, why: "unsigned" });
  });

  test("takes no name and no key ID alone for a key", async () => {
    const sameName = signerOf(log.key.name, "log", new Uint8Array(32).fill(9));
    assert.deepEqual(await openNote(note, [sameName.key]), { ok: false, why: "unsigned" });
    assert.deepEqual(await openNote(note, [{ ...log.key, name: "signet.example/else" }]), {
      ok: false,
      why: "unsigned",
    });
    // Key IDs are short: somebody can make another key with the same.
    assert.deepEqual(await openNote(note, [{ ...sameName.key, keyId: log.key.keyId }]), {
      ok: false,
      why: "signature",
    });
  });

  test("is refused where one known signature does not hold, beside others that do", async () => {
    for (const wrong of [
      flipped(signed.signature, 3),
      signed.signature.slice(1),
      Uint8Array.of(...signed.signature, 0),
    ]) {
      const broken = formatNote({ text, signatures: [signed, cosigned, { ...signed, signature: wrong }] });
      assert.deepEqual(await openNote(broken, [log.key, witness.key]), { ok: false, why: "signature" });
      assert.ok((await openNote(broken, [witness.key])).ok);
    }
  });

  test("is not one of which any bit was changed", async () => {
    for (const bit of [0, 9, 100, 333, 700]) {
      const other = Buffer.from(flipped(Uint8Array.from(Buffer.from(text)), bit * 1)).toString("latin1");
      const broken = `${other}\n${note.slice(text.length + 1)}`;
      assert.ok(!(await openNote(broken, [log.key])).ok, String(bit));
    }
    for (const signature of eachFlipped(cosigned.signature)) {
      const broken = formatNote({ text, signatures: [{ ...cosigned, signature }] });
      assert.deepEqual(await openNote(broken, [witness.key]), { ok: false, why: "signature" });
    }
  });

  test("takes a cosignature for no signature of a log, nor the other way", async () => {
    const asLog = signerOf(witness.key.name, "log", new Uint8Array(32).fill(3));
    const bare = { ...(await signNote(text, asLog)), keyId: witness.key.keyId };
    const without = formatNote({ text, signatures: [bare] });
    assert.deepEqual(await openNote(without, [witness.key]), { ok: false, why: "signature" });
    const timed = { ...cosigned, keyId: asLog.key.keyId };
    assert.deepEqual(await openNote(formatNote({ text, signatures: [timed] }), [asLog.key]), {
      ok: false,
      why: "signature",
    });
    await assert.rejects(cosign(text, timeS, log), RangeError);
    await assert.rejects(signNote(text, witness), RangeError);
  });

  test("takes no time that cannot be", async () => {
    const beyond = concatBytes(
      new Uint8Array(8).fill(255),
      await witness.sign(utf8(`cosignature/v1\ntime undefined\n${text}`)),
    );
    for (const signature of [
      beyond,
      concatBytes(u64(timeS + 1), cosigned.signature.slice(8)),
      new Uint8Array(4),
    ]) {
      const broken = formatNote({ text, signatures: [{ ...cosigned, signature }] });
      assert.deepEqual(await openNote(broken, [witness.key]), { ok: false, why: "signature" });
    }
  });

  test("takes no key that is no point of the curve", async () => {
    const nothing = { ...log.key, publicKey: new Uint8Array(31) };
    assert.deepEqual(await openNote(note, [nothing]), { ok: false, why: "signature" });
  });
});

describe("a verifier key", () => {
  const written = formatVerifierKey(log.key);

  test("comes back as it was written, for both kinds", () => {
    for (const { key } of [log, witness, secondWitness])
      assert.deepEqual(parseVerifierKey(formatVerifierKey(key)), key);
    assert.notEqual(verifierKey("a", "log", root).keyId, verifierKey("a", "cosignature", root).keyId);
  });

  test("is nothing else", () => {
    const [name = "", id = "", material = ""] = written.split("+");
    const type = (byte: number): string => toBase64(Uint8Array.of(byte, ...log.key.publicKey));
    for (const wrong of [
      "",
      name,
      `${name}+${id}`,
      `+${id}+${material}`,
      `${name}+${id}+`,
      `${name}x+${id}+${material}`,
      `${name}+${id.toUpperCase()}x+${material}`,
      `${name}+00000000+${material}`,
      `${name}+${id}+${material}\n`,
      `${name}+${id}+${material.slice(0, -1)}`,
      `${name} +${id}+${material}`,
      `${name}+${id}+${type(0)}`,
      `${name}+${id}+${type(2)}`,
      `${name}+${id}+${type(4)}`,
      `${name}+${id}+${toBase64(Uint8Array.of(1, ...log.key.publicKey, 0))}`,
      `${name}+${id}+${toBase64(Uint8Array.of(1))}`,
    ])
      assert.equal(parseVerifierKey(wrong), undefined, wrong);
  });

  test("is none of another type, under its own key ID", () => {
    const typed = (type: number): string => {
      const material = concatBytes(Uint8Array.of(type), log.key.publicKey);
      const hash = createHash("sha256").update(`${log.key.name}\n`).update(material).digest("hex");
      return `${log.key.name}+${hash.slice(0, 8)}+${toBase64(material)}`;
    };
    assert.equal(typed(1), written);
    for (const type of [0, 2, 3, 5, 6, 255]) assert.equal(parseVerifierKey(typed(type)), undefined);
  });

  test("is of a name that a line can hold, and of a key that speaks for somebody", () => {
    for (const name of ["", "a b", "a+b", "a\u2003b", "a\nb", "a\u0001b", "a\ud800"])
      assert.throws(() => verifierKey(name, "log", root), RangeError, name);
    for (const key of [
      root.slice(1),
      new Uint8Array(33),
      new Uint8Array(32),
      fromHex(`01${"00".repeat(30)}80`),
    ])
      assert.throws(() => verifierKey("a", "log", key), RangeError);
  });
});

describe("a checkpoint", () => {
  const [origin, size, rootLine, mapLine] = text.split("\n") as [string, string, string, string];

  test("is these lines", () => {
    assert.equal(
      text,
      [
        "signet.example/log",
        "70000",
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        "signet-map/v1 AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",
        "",
      ].join("\n"),
    );
    assert.deepEqual(parseCheckpoint(text), checkpoint);
    const { mapRoot: _, ...bare } = checkpoint;
    assert.deepEqual(parseCheckpoint(formatCheckpoint(bare)), bare);
    assert.deepEqual(parseCheckpoint(`${text}another line\n`), checkpoint);
    assert.deepEqual(
      parseCheckpoint(`${origin}\n${size}\n${rootLine}\nsignet-map/v10 x\n${mapLine}\n`),
      checkpoint,
    );
  });

  test("comes back as it was written", () => {
    const any = fc.record(
      {
        origin: fc.constant("a"),
        size: fc.maxSafeNat(),
        root: anyHash,
        mapRoot: anyHash,
      },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(any, (some) => assert.deepEqual(parseCheckpoint(formatCheckpoint(some)), some)));
  });

  const three = `${origin}\n${size}\n${rootLine}\n`;
  const malformed: [what: string, text: string][] = [
    ["nothing", ""],
    ["an origin alone", `${origin}\n`],
    ["two lines", `${origin}\n${size}\n`],
    ["no newline at the end", text.slice(0, -1)],
    ["an empty origin", `\n${size}\n${rootLine}\n`],
    ["a size with a zero before it", `${origin}\n070000\n${rootLine}\n`],
    ["a size with a sign", `${origin}\n+70000\n${rootLine}\n`],
    ["a negative size", `${origin}\n-1\n${rootLine}\n`],
    ["a size with a fraction", `${origin}\n1.0\n${rootLine}\n`],
    ["a size of other digits", `${origin}\n\u0667\n${rootLine}\n`],
    ["a size with an exponent", `${origin}\n7e4\n${rootLine}\n`],
    ["no size", `${origin}\n\n${rootLine}\n`],
    ["a size beyond 2^53", `${origin}\n9007199254740992\n${rootLine}\n`],
    ["a root that is too short", `${origin}\n${size}\n${toBase64(root.slice(1))}\n`],
    ["a root that is too long", `${origin}\n${size}\n${toBase64(Uint8Array.of(...root, 0))}\n`],
    ["a root without padding", `${origin}\n${size}\n${rootLine.slice(0, -1)}\n`],
    ["a root with bits beyond its end", `${origin}\n${size}\n${rootLine.slice(0, -2)}F=\n`],
    ["an empty line", `${three}\n`],
    ["an empty line before the map's", `${three}\n${mapLine}\n`],
    ["the map's root twice", `${three}${mapLine}\n${mapLine}\n`],
    ["the map's line without a root", `${three}signet-map/v1\n`],
    ["the map's line with an empty root", `${three}signet-map/v1 \n`],
    ["the map's root with two spaces", `${three}${mapLine.replace(" ", "  ")}\n`],
    ["the map's root with something behind it", `${three}${mapLine} x\n`],
    ["the map's root, too short", `${three}signet-map/v1 ${toBase64(root.slice(1))}\n`],
    ["a control character", `${three}a\tb\n`],
  ];
  for (const [what, wrong] of malformed)
    test(`is not ${what}`, () => assert.equal(parseCheckpoint(wrong), undefined));

  test("is written only as one that can be read", () => {
    const wrong: Partial<Checkpoint>[] = [
      { origin: "" },
      { origin: "a\nb" },
      { origin: "a\tb" },
      { size: -1 },
      { size: 2 ** 53 },
      { size: 0.5 },
      { root: root.slice(1) },
      { mapRoot: root.slice(1) },
    ];
    for (const each of wrong) assert.throws(() => formatCheckpoint({ ...checkpoint, ...each }), RangeError);
  });

  test("opens with its log's key, and says which witnesses signed when", async () => {
    assert.deepEqual(await openCheckpoint(note, log.key, [witness.key, secondWitness.key]), {
      ok: true,
      checkpoint,
      text,
      cosignatures: [{ key: witness.key, timeS }],
    });
    assert.deepEqual(await openCheckpoint(note, log.key), { ok: true, checkpoint, text, cosignatures: [] });
  });

  test("is refused for what it is", async () => {
    const refused = async (wrong: string, why: string, key = log.key): Promise<void> =>
      assert.deepEqual(await openCheckpoint(wrong, key, [witness.key]), { ok: false, why });
    await refused("x", "malformed");
    await refused(note, "unsigned", otherLog.key);
    await refused(formatNote({ text, signatures: [cosigned] }), "unsigned");
    await refused(formatNote({ text, signatures: [{ ...signed, signature: root }] }), "signature");
    const noCheckpoint = "no checkpoint\n";
    await refused(
      formatNote({ text: noCheckpoint, signatures: [await signNote(noCheckpoint, log)] }),
      "checkpoint",
    );
    const ofOther = await signNote(text, otherLog);
    await refused(formatNote({ text, signatures: [ofOther] }), "origin", otherLog.key);
  });
});
