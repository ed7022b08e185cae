/** Notes that others published, and a cosignature by an independent signer. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { Bytes } from "@signet/protocol";

import {
  cosign,
  formatNote,
  formatVerifierKey,
  fromBase64,
  openNote,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signNote,
  toBase64,
} from "../../src/index.ts";
import { flipped } from "../support/bytes.ts";
import { signerOf } from "../support/signers.ts";

const notes = [
  {
    from: "C2SP signed-note",
    key: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    note: [
      "This is an example message.",
      "",
      "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=",
      "",
    ],
  },
  {
    from: "golang.org/x/mod/sumdb/note",
    key: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    note: [
      "If you think cryptography is the answer to your problem,",
      "then you don't know what your problem is.",
      "",
      "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=",
      "",
    ],
  },
];

/** The private key of the second, as its makers publish it with their test: the type, and the seed. */
const published = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

for (const { from, key: keyText, note: lines } of notes)
  describe(`the note of ${from}`, () => {
    const key = parseVerifierKey(keyText) ?? assert.fail();
    const note = lines.join("\n");

    test("is signed by its key", async () => {
      assert.equal(formatVerifierKey(key), keyText);
      const opened = await openNote(note, [key]);
      assert.deepEqual(opened, { ok: true, text: `${lines.slice(0, -3).join("\n")}\n`, by: [{ key }] });
      assert.equal(formatNote(parseNote(note) ?? assert.fail()), note);
    });

    test("is not, with one bit of the signature changed", async () => {
      const { signatures, text } = parseNote(note) ?? assert.fail();
      const [first] = signatures;
      for (let bit = 0; bit < 512; bit += 7) {
        const signature: Bytes = flipped(first!.signature, bit);
        const broken = formatNote({ text, signatures: [{ ...first!, signature }] });
        assert.deepEqual(await openNote(broken, [key]), { ok: false, why: "signature" });
      }
    });
  });

test("the key of golang.org/x/mod signs the same note", async () => {
  const [, { key, note }] = notes as [unknown, (typeof notes)[number]];
  const signer = signerOf("PeterNeumann", "log", fromBase64(published)!.slice(1));
  assert.equal(formatVerifierKey(signer.key), key);
  const text = `${note.slice(0, -3).join("\n")}\n`;
  assert.equal(formatNote({ text, signatures: [await signNote(text, signer)] }), note.join("\n"));
});

describe("the checkpoint of C2SP tlog-cosignature", () => {
  const lines = [
    "example.com/behind-the-sofa",
    "20852163",
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    "",
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=",
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==",
    "",
  ];
  const { signatures, text } = parseNote(lines.join("\n")) ?? assert.fail();

  test("is read", () => {
    const checkpoint = parseCheckpoint(text) ?? assert.fail();
    assert.deepEqual([checkpoint.origin, checkpoint.size], ["example.com/behind-the-sofa", 20_852_163]);
    assert.equal(toBase64(checkpoint.root), lines[2]);
    assert.deepEqual(
      signatures.map(({ keyId, name, signature }) => [name, keyId.toString(16), signature.length]),
      [
        ["example.com/behind-the-sofa", "33de0ae", 64],
        ["witness.example.com/w1", "8d66cf3f", 72],
      ],
    );
  });

  /** By Python's cryptography, with the seed 0, 1, 2 ... 31. */
  const line =
    "\u2014 witness.example.com/w1 oAWfEQAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoBQGP/l73euDMQ9k+bBQ==\n";

  test("is cosigned as by an independent signer", async () => {
    const signer = signerOf(
      "witness.example.com/w1",
      "cosignature",
      Uint8Array.from({ length: 32 }, (_, i) => i),
    );
    assert.equal(
      formatVerifierKey(signer.key),
      "witness.example.com/w1+a0059f11+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
    );
    const signature = await cosign(text, 1_679_315_147, signer);
    const note = formatNote({ text, signatures: [signature] });
    assert.equal(note, `${text}\n${line}`);
    assert.deepEqual(await openNote(note, [signer.key]), {
      ok: true,
      text,
      by: [{ key: signer.key, timeS: 1_679_315_147 }],
    });
  });
});
