/** Keys on a real PKCS#11 module (SoftHSM): opened, made, and what they sign verified. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { generateTokenKey, listTokens, openToken } from "@signet/device/pkcs11";
import type { DeviceAlgorithm } from "@signet/protocol";
import { keyOrder } from "@signet/test-token";

import {
  assertProves,
  goodPin,
  neverAsked,
  rejectsWith,
  signSomething,
  tokenFor,
} from "../support/tokens.ts";

const algorithms = ["ES256", "EdDSA", "RS256", "PS256"] as const;
const kinds = { ES256: "p256", EdDSA: "ed25519", RS256: "rsa2048", PS256: "rsa2048" } as const;
/** CKM_ numbers; with one that hashes hidden, the token is given our hash. */
const mechanisms = { RS256: [0x40, 0x1], PS256: [0x43, 0xd] } as const;

const token = tokenFor({
  keys: algorithms.map((algorithm) => ({ label: algorithm, kind: kinds[algorithm] })),
});
const { modulePath } = token;

for (const algorithm of algorithms) {
  test(`${algorithm}: what a key on the token signs is accepted`, async () => {
    const device = await openToken({ modulePath, keyLabel: algorithm, algorithm }, goodPin);
    assert.equal(device.kind, "pkcs11");
    assert.equal(device.algorithm, algorithm);
    assert.deepEqual(
      { label: device.token.label, modulePath: device.token.modulePath },
      { label: "desk", modulePath },
    );
    await assertProves(device);
    device.close();
  });

  test(`${algorithm}: a key made on the token signs, and cannot be taken out of it`, async () => {
    const keyLabel = `new ${algorithm}`;
    const device = await generateTokenKey({ modulePath, keyLabel }, goodPin, { algorithm });
    assert.equal(device.algorithm, algorithm);
    await assertProves(device);
    device.close();
    const [listed] = await listTokens(modulePath, goodPin);
    const key = listed?.keys.find(({ label }) => label === keyLabel);
    assert.deepEqual([key?.maySign, key?.extractable], [true, false]);
    const again = await openToken({ modulePath, keyLabel, algorithm }, goodPin);
    assert.equal(again.deviceId, device.deviceId);
    again.close();
  });
}

for (const algorithm of ["RS256", "PS256"] as const) {
  for (const [place, hidden] of mechanisms[algorithm].entries()) {
    test(`${algorithm}: without mechanism ${hidden} the token signs by the other`, async () => {
      token.behave({ hiddenMechanisms: [hidden] });
      const device = await openToken({ modulePath, keyLabel: algorithm, algorithm }, goodPin);
      await assertProves(device);
      device.close();
      token.behave({ hiddenMechanisms: [...mechanisms[algorithm]] });
      await rejectsWith(
        openToken({ modulePath, keyLabel: algorithm, algorithm }, goodPin),
        "device.mechanismMissing",
      );
      token.behave({});
      assert.ok(place < 2);
    });
  }
}

test("ES256: a token that hashes itself is given the message", async () => {
  // CKM_ECDSA is hidden, so CKM_ECDSA_SHA256 is what was used.
  token.behave({ hashes: true, hiddenMechanisms: [0x1041] });
  const device = await openToken({ modulePath, keyLabel: "ES256" }, goodPin);
  await assertProves(device);
  device.close();
  token.behave({});
});

test("an RSA key signs PS256 where nothing else is chosen, and RS256 where the token has no PSS", async () => {
  const opened = async (): Promise<DeviceAlgorithm> => {
    const device = await openToken({ modulePath, keyLabel: "PS256" }, goodPin);
    device.close();
    return device.algorithm;
  };
  assert.equal(await opened(), "PS256");
  token.behave({ hiddenMechanisms: [0x43, 0xd] });
  assert.equal(await opened(), "RS256");
  token.behave({});
});

test("a key is found by its ID, in upper or lower case", async () => {
  const keyId = Buffer.from("EdDSA").toString("hex");
  for (const id of [keyId, keyId.toUpperCase()]) {
    const device = await openToken({ modulePath, keyId: id }, goodPin);
    assert.equal(device.algorithm, "EdDSA");
    device.close();
  }
});

test("two devices of one token log in once, and the first to close does not log the other out", async () => {
  const before = token.calls().filter((name) => name === "C_Login").length;
  const first = await openToken({ modulePath, keyLabel: "ES256" }, goodPin);
  const second = await openToken({ modulePath, keyLabel: "EdDSA" }, neverAsked);
  first.close();
  await assertProves(second);
  await rejectsWith(signSomething(first), "device.tokenRemoved");
  assert.equal(token.calls().filter((name) => name === "C_Login").length, before + 1);
  second.close();
});

test("the module is initialised once for all who use it, and finalised by the last", async () => {
  const count = (): number[] =>
    ["C_Initialize", "C_Finalize"].map((wanted) => token.calls().filter((name) => name === wanted).length);
  // What is still ending ends first.
  await listTokens(modulePath);
  const [initialised = 0, finalised = 0] = count();
  const first = await openToken({ modulePath, keyLabel: "ES256" }, goodPin);
  await listTokens(modulePath);
  assert.deepEqual(count(), [initialised + 1, finalised]);
  first.close();
  await listTokens(modulePath);
  assert.deepEqual(count(), [initialised + 1, finalised + 1]);
});

test("two modules are used in one process", async () => {
  const other = tokenFor({ labels: ["other"], keys: [{ label: "key", kind: "p256" }] });
  const first = await openToken({ modulePath, keyLabel: "ES256" }, goodPin);
  const second = await openToken({ modulePath: other.modulePath }, goodPin);
  assert.deepEqual([first.token.label, second.token.label], ["desk", "other"]);
  await assertProves(first);
  await assertProves(second);
  first.close();
  await assertProves(second);
  second.close();
});

test("a key that wants the PIN for each signature has it asked each time", async () => {
  token.write([
    // CKA_ALWAYS_AUTHENTICATE
    keyOrder({
      label: "careful",
      kind: "p256",
      privateTemplate: { 0x202: true },
    }),
  ]);
  let asked = 0;
  const pin = async (): Promise<string> => {
    asked += 1;
    return "1234";
  };
  const device = await openToken({ modulePath, keyLabel: "careful" }, pin);
  assert.equal(asked, 1);
  await assertProves(device);
  assert.equal(asked, 3);
  device.close();

  const wrongLater = await openToken({ modulePath, keyLabel: "careful" }, async () => {
    asked += 1;
    return asked === 5 ? "4321" : "1234";
  });
  // SoftHSM says after one wrong PIN that few tries are left.
  await rejectsWith(signSomething(wrongLater), "device.pinWrongFew");
  await assertProves(wrongLater);
  wrongLater.close();
  (await openToken({ modulePath, keyLabel: "careful" }, goodPin)).close();
});

test("a PIN that was wrong for a signature is not tried for the next one", async () => {
  const seen: boolean[] = [];
  const answers = ["1234", "4321", "4321", "4321", "1234"];
  const device = await openToken({ modulePath, keyLabel: "careful" }, async ({ countLow }) => {
    seen.push(countLow);
    return answers.shift() ?? "";
  });
  const logins = (): number => token.calls().filter((name) => name === "C_Login").length;
  await rejectsWith(signSomething(device), "device.pinWrongFew");
  const before = logins();
  await rejectsWith(signSomething(device), "device.pinWrong");
  await rejectsWith(signSomething(device), "device.pinWrong");
  assert.equal(logins(), before, "the token was not asked");
  await signSomething(device);
  assert.deepEqual(seen, [false, false, true, true, true], "the flags are those of the moment");
  device.close();
});

test("a PIN that is entered at the reader is asked of nobody", async () => {
  // CKF_PROTECTED_AUTHENTICATION_PATH
  token.behave({ flagsSet: 0x100, padPin: "1234" });
  const device = await openToken({ modulePath, keyLabel: "ES256" }, neverAsked);
  await assertProves(device);
  device.close();
  token.behave({});
});

test("without login a list shows the public keys, with it also what they may do", async () => {
  const [open, blank] = await listTokens(modulePath);
  assert.deepEqual([open?.label, open?.blank, open?.pin, blank?.blank], ["desk", false, "ready", true]);
  const key = open?.keys.find(({ label }) => label === "PS256");
  assert.deepEqual(key?.algorithms, ["PS256", "RS256"]);
  assert.equal(key?.maySign, undefined);
  const [loggedIn] = await listTokens(modulePath, goodPin);
  assert.deepEqual(
    loggedIn?.keys.map(({ label }) => label).sort(),
    open?.keys.map(({ label }) => label).sort(),
  );
  assert.ok(loggedIn?.keys.every(({ maySign }) => maySign === true));
});
