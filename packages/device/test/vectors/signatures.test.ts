/**
 * Published signatures, those that must fail among them, through what our verification consists of: the key's import, strict DER to
 * r||s, and the check itself. Wycheproof files are run whole where `../shared/vectors`, beside the project, or `SIGNET_VECTORS` has them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { derToRaw, importPublicKey } from "@signet/device";
import { publishedVectors } from "@signet/e2e/support/published-vectors.ts";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { checkRaw } from "../../src/signature-check.ts";
import { ecdsaP256 } from "./ecdsa-p256.ts";
import { ed25519 } from "./ed25519.ts";
import { rsa2048 } from "./rsa-2048.ts";
import type { VectorSet } from "./vector.ts";

const fromHex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "hex"));

type Signed = Pick<VectorSet["vectors"][number], "message" | "signature">;

async function verdict(
  { algorithm, form, publicKey }: Pick<VectorSet, "algorithm" | "form" | "publicKey">,
  vector: Signed,
): Promise<string> {
  const verifier = await importPublicKey(algorithm, fromHex(publicKey));
  assert.ok(verifier, "the key is one that Signet takes");
  const given = fromHex(vector.signature);
  const signature = form === "der" ? derToRaw(given) : given;
  // As for an assertion, whose signature is DER.
  if (signature === undefined) return "proof.encoding";
  const result = await checkRaw(algorithm, verifier, signature, fromHex(vector.message));
  return result.ok ? "valid" : result.code;
}

for (const set of [...ecdsaP256, ...ed25519, ...rsa2048]) {
  for (const vector of set.vectors) {
    const { id, why, expected } = vector;
    test(`${set.source}, ${id}, ${why}: ${expected}`, async () => {
      assert.equal(await verdict(set, vector), expected);
    });
  }
}

/**
 * EM of PKCS #1 v1.5 or PSS: the signature to the power of 65537. The highest bit of a right EM is 0; of one with that bit set, the
 * modulus is left over.
 */
function encodedMessages(publicKey: string, signature: string): readonly string[] {
  const modulus = BigInt(`0x${publicKey.slice(-10 - 512, -10)}`);
  const base = BigInt(`0x${signature}`);
  let power = base;
  for (let i = 0; i < 16; i++) power = (power * power) % modulus;
  const em = (power * base) % modulus;
  return [em, em + modulus].map((value) => value.toString(16).padStart(512, "0"));
}

/** Whatever one writes down wrongly fails too: so each altered RSA signature must still hold what it alters. */
test("the RSA signatures that must fail are copied correctly", async () => {
  for (const set of rsa2048) {
    // Made with the private key from padding that is wrong on purpose; the others are no signatures at all.
    const made = set.vectors.filter(
      ({ expected, signature, why }) =>
        expected === "proof.signature" &&
        signature.length === 512 &&
        !/^signature is|^over|^with|PKCS/.test(why),
    );
    assert.ok(made.length >= 6);
    for (const { id, why, message, signature } of made) {
      const [em = "", larger = ""] = encodedMessages(set.publicKey, signature);
      const digest = Buffer.from(await crypto.subtle.digest("SHA-256", fromHex(message))).toString("hex");
      const isRight =
        set.algorithm === "RS256"
          ? em.startsWith("0001ff") && em.includes(digest)
          : em.endsWith("bc") || larger.endsWith("bc") || why.startsWith("last byte");
      assert.ok(isRight, `${id}, ${why}: ${em}`);
    }
  }
});

test("there are 20 vectors of each kind and more, and each kind has some that must fail", () => {
  const ofForm = (form: VectorSet["form"]) => ecdsaP256.filter((set) => set.form === form);
  for (const sets of [ofForm("der"), ofForm("raw"), ed25519, rsa2048]) {
    const vectors = sets.flatMap((set) => set.vectors);
    const valid = vectors.filter(({ expected }) => expected === "valid").length;
    assert.ok(vectors.length >= 20 && valid >= 3 && vectors.length - valid >= 10);
  }
});

interface WycheproofFile {
  readonly testGroups: readonly {
    readonly publicKeyDer: string;
    readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
  }[];
}

const wycheproof: Readonly<Record<string, readonly [DeviceAlgorithm, VectorSet["form"]]>> = {
  "ecdsa_secp256r1_sha256_test.json": ["ES256", "der"],
  "ecdsa_secp256r1_sha256_p1363_test.json": ["ES256", "raw"],
  "ed25519_test.json": ["EdDSA", "raw"],
  "rsa_signature_2048_sha256_test.json": ["RS256", "raw"],
  "rsa_pss_2048_sha256_mgf1_32_test.json": ["PS256", "raw"],
};

for (const [name, [algorithm, form]] of Object.entries(wycheproof)) {
  const file = publishedVectors(name);
  if (file === undefined) continue;
  test(`Wycheproof ${name}, all of it`, async () => {
    const { testGroups } = JSON.parse(file) as WycheproofFile;
    for (const { publicKeyDer: publicKey, tests } of testGroups) {
      // Keys that are no device's, such as RSA with a small exponent.
      if ((await importPublicKey(algorithm, fromHex(publicKey))) === undefined) continue;
      for (const { tcId, msg, sig, result } of tests) {
        const found = await verdict({ algorithm, form, publicKey }, { message: msg, signature: sig });
        // "Acceptable" is what a strict verifier refuses.
        assert.equal(found === "valid", result === "valid", `${tcId}: ${found}`);
      }
    }
  });
}
