import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { concatBytes, equalBytes, fromBase64Url, fromUtf8, toBase64Url, utf8 } from "@signet/protocol";
import fc from "fast-check";

const bytes = (constraints: fc.IntArrayConstraints = {}) =>
  fc.uint8Array(constraints).map((array) => Uint8Array.from(array));

describe("base64url", () => {
  test("RFC 4648 section 10, without padding", () => {
    const vectors = ["", "f:Zg", "fo:Zm8", "foo:Zm9v", "foob:Zm9vYg", "fooba:Zm9vYmE", "foobar:Zm9vYmFy"];
    for (const vector of vectors) {
      const [plain = "", encoded = ""] = vector.split(":");
      assert.equal(toBase64Url(utf8(plain)), encoded);
      assert.deepEqual(fromBase64Url(encoded), utf8(plain));
    }
    assert.equal(toBase64Url(Uint8Array.of(0xfb, 0xef, 0xff)), "--__");
  });

  test("agrees with Node on any bytes, both ways", () => {
    fc.assert(
      fc.property(bytes({ maxLength: 200 }), (data) => {
        const encoded = toBase64Url(data);
        assert.equal(encoded, Buffer.from(data).toString("base64url"));
        assert.deepEqual(fromBase64Url(encoded), data);
      }),
    );
  });

  test("padding, white space, the other alphabet, stray bits and impossible lengths are refused", () => {
    const wrong = [
      "Zg==",
      "Zg=",
      "Z",
      "Zm9vY",
      "Zm9v ",
      " Zm9v",
      "Zm\n9v",
      "+/++",
      "Zh",
      "Zm9",
      "Zg\u0000",
      "Z\u00e9",
      "Zm8\u{1f511}",
    ];
    for (const text of wrong) assert.equal(fromBase64Url(text), undefined, JSON.stringify(text));
  });

  test("each accepted text is the only one for its bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.base64String(), fc.string({ maxLength: 12 }), fc.stringMatching(/^[\w-]*$/)),
        (text) => {
          const data = fromBase64Url(text);
          if (data !== undefined) assert.equal(toBase64Url(data), text);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("UTF-8", () => {
  test("agrees with the platform's encoder on any text, lone surrogates included", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), loneSurrogates), (text) => {
        assert.deepEqual(utf8(text), Uint8Array.from(new TextEncoder().encode(text)));
      }),
      { numRuns: 1000 },
    );
  });

  test("well-formed text comes back", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => assert.equal(fromUtf8(utf8(text)), text)));
  });

  test("accepts exactly what the platform's strict decoder accepts", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const strict = (data: Uint8Array): string | undefined => {
      try {
        return decoder.decode(data);
      } catch {
        return undefined;
      }
    };
    fc.assert(
      fc.property(fc.oneof(bytes({ maxLength: 6 }), nearUtf8), (data) => {
        assert.equal(fromUtf8(data), strict(data));
      }),
      { numRuns: 5000 },
    );
  });

  test("overlong forms, surrogates, too large points and cut sequences are refused", () => {
    const wrong = [
      "c080",
      "c1bf",
      "e08080",
      "e09fbf",
      "f0808080",
      "f08fbfbf",
      "eda080",
      "edbfbf",
      "f4908080",
      "f5808080",
    ];
    for (const hex of [...wrong, "80", "c3", "e282", "f09f94", "c328", "ff", "fe"]) {
      assert.equal(fromUtf8(Uint8Array.from(Buffer.from(hex, "hex"))), undefined, hex);
    }
  });
});

/** Code units of any kind, so that surrogates stand alone. */
const loneSurrogates = fc
  .array(fc.oneof(fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.integer({ min: 0, max: 0xffff })), {
    maxLength: 8,
  })
  .map((units) => String.fromCharCode(...units));

/** Good UTF-8 with one byte changed. */
const nearUtf8 = fc
  .tuple(fc.string({ unit: "binary", minLength: 1, maxLength: 6 }), fc.nat(), fc.nat(255))
  .map(([text, at, byte]) => {
    const data = utf8(text);
    data[at % data.length] = byte;
    return data;
  });

describe("byte strings", () => {
  test("are joined in order", () => {
    fc.assert(
      fc.property(fc.array(bytes({ maxLength: 20 }), { maxLength: 5 }), (parts) => {
        assert.deepEqual(concatBytes(...parts), Uint8Array.from(parts.flatMap((part) => [...part])));
      }),
    );
  });

  test("are equal only with the same length and bytes", () => {
    fc.assert(
      fc.property(
        bytes({ minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (data, at, by) => {
          assert.ok(equalBytes(data, data.slice()));
          const altered = data.slice();
          altered[at % data.length] = (altered[at % data.length] ?? 0) ^ by;
          assert.ok(!equalBytes(data, altered));
          assert.ok(!equalBytes(data, data.slice(1)));
          assert.ok(!equalBytes(data.slice(1), data));
        },
      ),
    );
  });
});
